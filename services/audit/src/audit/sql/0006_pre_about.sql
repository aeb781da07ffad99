-- Cases that an event speaks of besides its subject, as its metadata says: they are in no event of an earlier release.
alter table log_entry add column about uuid[] not null default '{}';
alter table own_entry add column about uuid[] not null default '{}';
create index log_entry_about on log_entry using gin (about) where about <> '{}';
