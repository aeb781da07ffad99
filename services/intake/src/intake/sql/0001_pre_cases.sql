-- Which cases are there, and how far is each? Days of the steps; the state is asked of the day it is read.
create table case_list (
  case_id uuid primary key,
  person_id uuid not null,
  exchange_id uuid not null,
  defendant_number integer not null,
  kind integer not null,
  county text not null,
  office text not null,
  organ_code text not null,
  effective date,
  start_date date,
  end_date date,
  report_due date,
  opened date not null,
  missed date,
  reported date,
  declared date,
  planned date,
  prepared date,
  released date,
  terminated date,
  version bigint not null
);

-- A unit's cases, by the first digits of the county.
create index case_list_county on case_list (county text_pattern_ops, case_id);

-- An office's cases.
create index case_list_office on case_list (office, case_id);

-- A person's cases.
create index case_list_person on case_list (person_id);

-- Cases whose term runs: the term's clock starts anew only for them.
create table running_term (
  case_id uuid primary key
);
