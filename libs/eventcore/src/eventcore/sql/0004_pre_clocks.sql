-- Every open legal clock says which rule set it, from which day it counts and whether the calendar of a year is missing.
alter table es.deadline
  add column rule text not null default '',             -- id of the rule catalogue
  add column since date,                                -- day that the period is counted from
  add column provisional boolean not null default false;

-- A clock that somebody else has to answer is watched: when it is due nothing is sent (command_id is null).
-- No program but eventcore reads these columns, so none misses the constraint.
-- squawk-ignore ban-drop-not-null
alter table es.deadline alter column command_id drop not null;
-- squawk-ignore ban-drop-not-null
alter table es.deadline alter column target drop not null;
-- squawk-ignore ban-drop-not-null
alter table es.deadline alter column request drop not null;

create index deadline_subject on es.deadline (subject);
