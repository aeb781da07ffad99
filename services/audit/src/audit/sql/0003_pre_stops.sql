-- Streams that are read-only because of a mismatch, and those that were.
create table stop (
  log text not null,
  stream_id uuid not null,
  stopped boolean not null,
  seq bigint not null,
  finding text not null,
  primary key (log, stream_id)
);
