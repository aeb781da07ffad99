-- First day of the term: the term's clock says from when it counts.
alter table running_term add column start_date date;
