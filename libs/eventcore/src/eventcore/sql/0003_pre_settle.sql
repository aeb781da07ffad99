-- Who dealt with a refused command or an unreadable record, and what was done.
alter table es.command add column settled_by text, add column settled_note text;
alter table es.dead_letter add column closed_by text, add column closed_note text;
