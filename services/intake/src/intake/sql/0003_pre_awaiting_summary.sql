-- Whose summary before the end of the term is not there yet. Table of the projection `release-clocks`.
create table awaiting_summary (
  case_id uuid primary key
);
