-- County of each case in assistance: rows of other tables take it from here.
create table helped (
  case_id uuid primary key,
  county text not null
);

-- Which referrals have no outcome yet, for the list of an office.
create table open_referral (
  case_id uuid not null,
  referral_id text not null,
  county text not null,
  need integer not null,
  department text not null,
  made_on date not null,
  accepted boolean not null,
  primary key (case_id, referral_id)
);
