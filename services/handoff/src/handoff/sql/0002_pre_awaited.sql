-- persons who never reported in are searched for as well, in a state of their own
alter table missing_period add column awaited boolean not null default false;
