-- A stream with a record that does not agree with what was published is read-only (docs/runbooks/mismatch.md). Audit
-- finds the mismatch and asks for the stop; an officer's decision, an event of audit's log, lifts it.
create table es.stopped (
  stream_id uuid primary key,
  seq bigint not null,                                  -- position of the bad event
  finding text not null,
  since timestamptz not null
);

-- The fence of a stopped stream is younger than every transaction: an append refuses it, at no cost to the others. A
-- stream that lost its head gets one, so that nobody starts it anew.
create function es.stop_v1(p_stream uuid, p_seq bigint, p_finding text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into es.stopped (stream_id, seq, finding, since) values (p_stream, p_seq, p_finding, es.now())
    on conflict (stream_id) do nothing;
  insert into es.stream as s (stream_id, category, version, gen, last_xid, last_recorded)
    values (p_stream, '', 0, 32767, '0', es.now())
    on conflict (stream_id) do update set gen = 32767 where s.gen <> 32767;
end $$;

create function es.reopen_v1(p_stream uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from es.stopped s where s.stream_id = p_stream;
  if found then
    update es.stream s set gen = (select g.gen from es.generation g), last_xid = pg_current_xact_id()
      where s.stream_id = p_stream;
  end if;
end $$;

-- As in 0001, and before all else ES006: the stream is stopped. Only a refused append comes here.
create or replace function es.refuse_head_v1(
  p_stream uuid, p_expected bigint, p_gen smallint, p_xid xid8, p_recorded timestamptz)
returns void language plpgsql as $$
declare
  head es.stream;
  stop es.stopped;
begin
  select * into stop from es.stopped s where s.stream_id = p_stream;
  if found then
    raise exception 'stream %: stopped, event % is %', p_stream, stop.seq, stop.finding
      using errcode = 'ES006', detail = stop.seq || ' ' || stop.finding;
  end if;
  select * into head from es.stream s where s.stream_id = p_stream;
  if coalesce(head.version, 0) <> p_expected then
    raise exception 'stream %: got version %, want %', p_stream, coalesce(head.version, 0), p_expected
      using errcode = 'ES001';
  elsif (head.gen, head.last_xid) > (p_gen, p_xid) then
    -- a younger transaction wrote already: this one would stand before it in the log
    raise exception 'stream %: transaction % is older than %', p_stream, p_xid, head.last_xid
      using errcode = 'serialization_failure';
  else
    raise exception 'stream %: recorded_at % is before %', p_stream, p_recorded, head.last_recorded
      using errcode = 'ES003';
  end if;
end $$;

-- load_v1, and on the row of each head whether the stream is stopped: position of the bad event and finding, else null.
create function es.load_v2(p_request uuid, p_streams uuid[])
returns table (stream_id uuid, version bigint, recorded_at timestamptz, meta bytea, data bytea, digest bytea,
               answer bytea, stopped text)
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select null::uuid, 0::bigint, es.now(), null::bytea, null::bytea, r.digest, r.answer, null::text
  from (select) one left join es.request r on r.request_id = p_request
  union all
  (select s.stream_id, s.version, s.last_recorded, null, null, null, null,
          (select x.seq || ' ' || x.finding from es.stopped x where x.stream_id = s.stream_id)
   from es.stream s where s.stream_id = any (p_streams))
  union all
  (select e.stream_id, e.version, e.recorded_at, e.meta, e.data, null, null, null
   from es.event e where e.stream_id = any (p_streams) order by e.stream_id, e.version)
$$;
-- load_v1 stays for processes of the release before, which still ask it.

revoke all on function es.stop_v1, es.reopen_v1, es.load_v2 from public;
do $$
declare
  process text;
begin
  foreach process in array array['serve', 'relay', 'consume'] loop
    call es.allow_v1(process, 'select', 'table es.stopped');
  end loop;
  call es.allow_v1('serve', 'execute', 'function es.stop_v1, es.reopen_v1, es.load_v2');
end $$;
