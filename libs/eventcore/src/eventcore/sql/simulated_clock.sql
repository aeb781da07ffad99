-- The clock of an installation of the sandbox: one row that the sandbox moves. Never part of a production migration.
create table if not exists es.simulated_clock (
  one boolean primary key default true check (one),
  now timestamptz not null
);
insert into es.simulated_clock (now) values (clock_timestamp()) on conflict do nothing;
create or replace function es.now() returns timestamptz language sql volatile as 'select c.now from es.simulated_clock c';
do $$
begin
  call es.allow_v1('serve', 'select', 'table es.simulated_clock');
  call es.allow_v1('relay', 'select', 'table es.simulated_clock');
  call es.allow_v1('consume', 'select', 'table es.simulated_clock');
end $$;
