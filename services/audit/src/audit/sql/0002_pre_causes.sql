-- Which event caused which, across services: a cause that no log holds is a missing link.
create index log_entry_event on log_entry (event_id);
create index own_entry_event on own_entry (event_id);
