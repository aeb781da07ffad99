-- An office sees the referrals of the cases that are entrusted to it; empty: to none.
alter table helped add column office text not null default '';

alter table open_referral add column office text not null default '';
