-- Which measures were given, and when: for counts by kind of subject and territory.
create table supervised (
  case_id uuid primary key,
  county text not null,
  kind integer not null
);

create table measure (
  case_id uuid not null,
  version bigint not null,
  name text not null,
  given_on date not null,
  primary key (case_id, version)
);
