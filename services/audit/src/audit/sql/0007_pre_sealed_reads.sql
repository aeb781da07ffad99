-- Who read this case? Made anew from the log. Under audit's key the case, and where in audit's log the read stands sealed; nothing of it in the clear.
-- squawk-ignore ban-drop-table
drop table case_read;
create table case_read (
  case_key bytea not null,
  seq bigint not null,
  number integer not null,                              -- place in the batch of that event
  stream_id uuid not null,
  told boolean not null,                                -- the person may know of it
  primary key (case_key, seq, number)
);
create index case_read_stream on case_read (stream_id);
update es.projection set seq = 0 where name = 'reads';

-- Judicial office that a case is entrusted to, 9 digits; empty when none.
alter table audited_case add column office text not null default '';
