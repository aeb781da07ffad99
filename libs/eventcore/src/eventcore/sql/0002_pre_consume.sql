-- What a reader keeps: positions, versions seen, parked records, commands to send, deadlines, unreadable records.
-- All of it lives in the database of the service that reads (eventstore.md sections 2, 5, 7, 8).

create table es.projection (
  name text primary key,
  seq bigint not null);                                 -- next position of the own log

create table es.consumer_offset (
  consumer text, topic text, partition int,
  next bigint not null,                                 -- Kafka offset of the next record
  primary key (consumer, topic, partition));

create table es.seen (                                  -- last version handled of each stream; versions of ignored types count too
  consumer text, source text, stream_id uuid,           -- source = installation/service
  version bigint not null, leaf bytea not null,         -- SHA-256 leaf of that version
  primary key (consumer, source, stream_id)) with (fillfactor = 70);

create table es.parked (                                -- a failed record, and behind it the later ones of its stream (error is null)
  consumer text, source text, stream_id uuid, version bigint,
  error text, attempts int not null, since timestamptz not null,
  primary key (consumer, source, stream_id, version));

create table es.command (
  command_id uuid primary key,                          -- becomes the request id: sending twice has one effect
  ord bigint generated always as identity,
  subject uuid not null, target text not null, request bytea not null,
  purpose text not null, correlation uuid not null, causation uuid, trace text,
  deadline_id uuid,                                     -- the clock that lapses, null for commands of process managers
  created timestamptz not null,
  attempts int not null default 0, next_try timestamptz,    -- next_try is wall time: retries do not wait for a simulated clock
  last_error text,                                      -- why it is tried again
  answer bytea,
  refusal text, refusal_status bytea,                   -- code and reason; google.rpc.Status
  settled timestamptz);                                 -- a person has dealt with the refusal
create index command_open on es.command (subject, ord) where answer is null and refusal is null;
create index command_refused on es.command (ord) where refusal is not null and settled is null;

create table es.deadline (
  deadline_id uuid primary key,                         -- of name and subject: one clock each
  name text not null, subject uuid not null, owner text not null,
  due_at timestamptz not null,
  command_id uuid not null,                             -- of deadline_id and due_at: another due time is another command
  target text not null, request bytea not null,
  correlation uuid not null, causation uuid, trace text,
  handed_over_for timestamptz,                          -- due time for which es.command has had its row
  too_early int not null default 0, not_before timestamptz);  -- NOT_YET_DUE answers; wall time of the next hand-over
create index deadline_due on es.deadline (due_at) where handed_over_for is null;

create table es.dead_letter (                           -- unreadable records; their bytes are sealed on the dead-letter topic
  consumer text, topic text, partition int, "offset" bigint,
  reason text not null, since timestamptz not null, closed timestamptz,
  primary key (consumer, topic, partition, "offset"));

do $$
begin
  call es.allow_v1('consume', 'select, insert, update, delete',
    'table es.projection, es.consumer_offset, es.seen, es.parked, es.command, es.deadline, es.dead_letter');
  call es.allow_v1('serve', 'select',
    'table es.projection, es.consumer_offset, es.seen, es.parked, es.command, es.deadline, es.dead_letter');
end $$;
