-- Years of the working-day calendar as administration's events give them, the last notice of each.
create table es.calendar_year (
  year integer primary key,
  version bigint not null,                              -- of the stream calendar/<year>
  content bytea not null,                               -- corrections.administration.v1.CalendarImported
  recomputed boolean not null default false);           -- the clocks that waited for a calendar were asked again

-- A date that waited for the calendar is asked again with each new one: its version when last asked, '' before;
-- null where the date was final when it was decided.
alter table es.deadline add column asked_of text;
create index deadline_asked on es.deadline (asked_of) where asked_of is not null and handed_over_for is null;

do $$
begin
  call es.allow_v1('consume', 'select, insert, update, delete', 'table es.calendar_year');
  call es.allow_v1('serve', 'select', 'table es.calendar_year');
end $$;
