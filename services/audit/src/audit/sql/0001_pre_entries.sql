-- Every event of every other service as published: its place, who did it, and both leaves. No content is copied.
create table log_entry (
  service text not null,
  seq bigint not null check (seq >= 0),
  stream_id uuid not null,
  version bigint not null,
  event_id uuid not null,
  type text not null,
  subject uuid not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  actor text not null,
  role text not null,
  unit text not null,
  causation_id uuid,
  legal_basis text not null,
  leaf_sha256 bytea not null,
  leaf_sm3 bytea not null,
  primary key (service, seq)
);

create index log_entry_subject on log_entry (subject);
create index log_entry_stream on log_entry (stream_id);

-- The same of audit's own log.
create table own_entry (like log_entry including all);

-- Cases that an exchange's events name, though their subject is the exchange.
create table stream_case (
  case_id uuid not null,
  stream_id uuid not null,
  primary key (case_id, stream_id)
);

-- County of each case: who may see its trail.
create table audited_case (
  case_id uuid primary key,
  county text not null
);

-- How far each log is verified.
create table log_state (
  log text primary key,
  verified bigint not null
);

-- Mismatches that were found and not mended.
create table mismatch (
  log text not null,
  seq bigint not null,
  finding text not null,
  event_id text not null,
  type text not null,
  primary key (log, seq, finding)
);
