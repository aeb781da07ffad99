-- one row an exchange: stage and age. Table of the projection `exchanges`.
create table exchange (
  stream_id uuid primary key,
  exchange_id uuid not null,
  agency_code text not null,
  inbound boolean not null,
  kind text not null,
  stage smallint not null,             -- corrections.handoff.v1.Stage
  since timestamptz not null,
  case_id uuid,
  role text not null default '',
  other_contents integer not null default 0,
  open boolean not null);
create index exchange_open on exchange (since, exchange_id) where open;

-- which case a reference names, by keyed hash. Tables of the projection `references`.
create table reference (
  exchange_id uuid not null,
  defendant_number integer not null,
  mac bytea not null,
  case_id uuid,
  primary key (exchange_id, defendant_number));
create index reference_mac on reference (mac);
create table held (
  exchange_id uuid primary key,
  mac bytea not null);
create index held_mac on held (mac);

-- cases of intake, and events that wait for their case. Tables of the subscription `notices`.
create table known_case (
  case_id uuid primary key,
  exchange_id uuid not null,
  defendant_number integer not null,
  county text not null,
  organ_code text not null,
  kind text not null);
create table waiting_notice (
  event_id uuid primary key,
  case_id uuid not null,
  type text not null,
  occurred_at timestamptz not null,
  data bytea not null);
create index waiting_notice_case on waiting_notice (case_id);

-- when persons were out of contact. Table of the subscription `missing-periods`.
create table missing_period (
  case_id uuid not null,
  since timestamptz not null,
  found_at timestamptz,
  primary key (case_id, since));

-- messages too large for an event, sealed, by digest; repetitions of messages. Written by `serve`.
create table stored_message (
  digest bytea primary key,
  exchange_id uuid not null,
  sealed bytea not null);
create table repetition (
  exchange_id uuid not null,
  request_id text not null,
  primary key (exchange_id, request_id));
grant insert on stored_message, repetition to handoff_serve;
