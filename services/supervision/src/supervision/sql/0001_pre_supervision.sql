-- Cases of intake: what was heard of them before their term came, and whether supervision was ordered.
create table following (
  case_id uuid primary key,
  opening bytea,
  opened boolean not null default false
);

-- Messages of other organs about cases that intake's topic has not brought yet: there is no order between topics.
create table waiting (
  exchange_id text primary key,
  case_id uuid not null,
  message_type text not null
);

create index waiting_case on waiting (case_id);

-- Who is out of contact? `since` is null while nobody searches; `lost` is false while only reporting in was missed.
create table missing (
  case_id uuid primary key,
  county text not null,
  office text not null,
  since timestamptz,
  lost boolean not null default false,
  police_requested boolean not null default false
);

create index missing_since on missing (since, case_id) where since is not null;
