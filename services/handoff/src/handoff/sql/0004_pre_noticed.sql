-- The exchange of a notice that no agency has signed for, by its stream. Table of the projection `exchange-clocks`.
create table noticed (
  stream_id uuid primary key,
  exchange_id uuid not null);
