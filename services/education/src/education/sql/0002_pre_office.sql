-- An office sees the sessions of the cases that are entrusted to it; empty: to none.
alter table entering add column office text not null default '';

alter table session add column office text not null default '';

alter table taking_part add column office text not null default '';
