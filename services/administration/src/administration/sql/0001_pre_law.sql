-- Which calendar years were imported, with the last notice of each.
create table calendar_year (
  year integer primary key,
  version integer not null,
  source bytea not null,
  working_days integer not null
);

-- Which rule sets two people released.
create table rule_set (
  stream_id uuid primary key,
  rule_set_id text not null,
  released bytea not null,
  effective_on date not null,
  withdrawn_from text not null default ''
);
