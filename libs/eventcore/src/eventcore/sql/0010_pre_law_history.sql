-- Every notice of a year as administration's events gave it: what was decided before a correction is explained by the
-- calendar that it was decided by. Notices from before this table count as always known.
create table es.calendar_notice (
  year integer not null,
  version bigint not null,                              -- of the stream calendar/<year>
  recorded_at timestamptz not null,
  content bytea not null,                               -- corrections.administration.v1.CalendarImported
  primary key (year, version));
insert into es.calendar_notice select year, version, '1970-01-01T00:00Z', content from es.calendar_year;

-- Since when this service decides with which additions of its region.
create table es.region_used (
  since timestamptz primary key,
  digest text not null);                                -- SHA-256 of the region's file in hex; '' for none

do $$
begin
  call es.allow_v1('consume', 'select, insert, update, delete', 'table es.calendar_notice');
  call es.allow_v1('consume', 'select', 'table es.region_used');
  call es.allow_v1('serve', 'select', 'table es.calendar_notice');
  call es.allow_v1('serve', 'select', 'table es.region_used');
end $$;
