-- What was known at an instant: the events of the log before the first one that was recorded later. Nothing that was
-- written down afterwards is ever among them, and once such an event is in the log the answer never changes.
-- recorded_at grows with seq but for what was under way at the same time, which a transaction's limit bounds
-- (transaction_timeout is half of the margin): halving leads to a place before it, from there each event is looked at.
create function es.log_size_at_v1(p_known_at timestamptz) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  low bigint := 0;
  high bigint := (select s.seq from es.sequencer s);
  middle bigint;
  found bigint;
begin
  while low < high loop
    middle := (low + high) / 2;
    if (select e.recorded_at from es.log l join es.event e using (stream_id, version) where l.seq = middle)
        > p_known_at - interval '60 seconds' then
      high := middle;
    else
      low := middle + 1;
    end if;
  end loop;
  select l.seq into found from es.log l join es.event e using (stream_id, version)
  where l.seq >= low - 1 and e.recorded_at > p_known_at order by l.seq limit 1;
  return coalesce(found, (select s.seq from es.sequencer s));
end $$;

do $$
begin
  revoke execute on function es.log_size_at_v1(timestamptz) from public;
  call es.allow_v1('serve', 'execute', 'function es.log_size_at_v1(timestamptz)');
  call es.allow_v1('consume', 'execute', 'function es.log_size_at_v1(timestamptz)');
end $$;
