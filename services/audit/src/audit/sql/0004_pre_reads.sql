-- Who read this case? A row for each case that a read showed; seq is the event's position in audit's log.
create table case_read (
  case_id uuid not null,
  seq bigint not null,
  stream_id uuid not null,
  at timestamptz not null,
  service text not null,
  reads text not null,
  fields text[] not null,
  unit text not null,
  role text not null,
  purpose text not null,
  actor text not null,
  refused text not null,
  shown integer not null,
  primary key (case_id, seq)
);

create index case_read_stream on case_read (stream_id);
