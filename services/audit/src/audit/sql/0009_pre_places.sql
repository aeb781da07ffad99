-- Is a version of a stream in the log twice? Asked for every event that is read again.
-- squawk-ignore require-concurrent-index-deletion
drop index log_entry_stream;
create index log_entry_place on log_entry (stream_id, version);
create index own_entry_place on own_entry (stream_id, version);
