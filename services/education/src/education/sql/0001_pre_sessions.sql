-- Cases whose term is not known yet: intake's word comes in two events.
create table entering (
  case_id uuid primary key,
  county text not null,
  minor boolean not null
);

-- Which sessions are on a day, for the list of an office.
create table session (
  case_id uuid not null,
  session_id text not null,
  county text not null,
  topic integer not null,
  held_on date not null,
  state text not null,
  primary key (case_id, session_id)
);

create index session_day on session (held_on, case_id);

-- County of each case in education: rows of other tables take it from here.
create table taking_part (
  case_id uuid primary key,
  county text not null
);
