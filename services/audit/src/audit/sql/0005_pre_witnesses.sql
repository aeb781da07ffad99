-- The newest checkpoint of each log that has the quorum of the witnesses: what is called proven lies below it.
create table cosigned (
  log text not null,
  tree text not null,
  size bigint not null,
  note text not null,
  cosigned_at timestamptz not null,
  primary key (log, tree)
);

-- How each witness stands to each log. No facts of a case and no projection: what was last heard from outside.
create table witness_state (
  witness text not null,
  log text not null,
  tree text not null,
  state text not null,
  size bigint not null,
  cosigned_at timestamptz,
  detail text not null,
  failures integer not null,
  primary key (witness, log, tree)
);

do $$
begin
  call es.allow_v1('serve', 'insert, update', 'table cosigned, witness_state');
end $$;
