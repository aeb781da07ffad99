-- What the other side keeps: the truth of the simulated clock, messages taken up, scripted behaviour.

-- The truth of the clock. It is written before any service's es.simulated_clock, so a crash in the middle is repaired
-- by writing those again.
create table simulated_time (
  one boolean primary key default true check (one),
  now timestamptz not null
);
insert into simulated_time (now) values (clock_timestamp());

-- One row a message of the platform; the receipt is kept so that a repetition gets the same bytes.
create table delivery (
  agency text,
  message text,
  body_sha256 bytea not null,
  deliveries bigint not null,
  receipt bytea not null,
  primary key (agency, message)
);

-- What an agency did because of a message. No key forbids a second row: that there is none is what is measured.
create table effect (
  ord bigint generated always as identity primary key,
  agency text not null,
  message text not null,
  kind text not null,
  at timestamptz not null
);
create index effect_message on effect (agency, message);

-- remaining 0 = until changed
create table behaviour (
  agency text primary key,
  behaviour integer not null,
  remaining integer not null check (remaining >= 0)
);

do $$
begin
  call es.allow_v1('serve', 'select, insert, update, delete', 'table simulated_time, delivery, effect, behaviour');
end $$;
