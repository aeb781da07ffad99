-- Day of the decision: since then the person is a subject, whenever the case was registered. Null in rows that were made
-- before: there the day of registration counts.
alter table case_list add column decided date;
