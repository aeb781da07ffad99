-- How far audit is with reading each log again as a whole. No facts and no projection: where the work goes on.
create table rereading (
  log text primary key,
  -- passes that were begun
  pass bigint not null,
  -- first position that the pass has not read yet
  next bigint not null,
  -- where the pass ends; 0 = none is under way
  size bigint not null,
  -- the last pass that came to its end: when, and the size of the log that was read
  whole_at timestamptz,
  whole_size bigint
);

-- What a refused bundle made doubtful, until audit has looked at it: an event of a log, or the log as a whole (seq is null).
create table doubt (
  id bigint generated always as identity primary key,
  log text not null,
  seq bigint,
  unique nulls not distinct (log, seq)
);

do $$
begin
  call es.allow_v1('serve', 'insert', 'table doubt');
end $$;
