-- Who reports the own health each month. Table of the projection `report-clocks`.
create table health_reporting (
  case_id uuid primary key
);
