-- Since when what an event says was so (eventcore.valid_time). Null in rows that were made before: there it is when it occurred.
alter table log_entry add column since timestamptz;

alter table own_entry add column since timestamptz;
