-- The store: streams, events, requests, claims, log, checkpoints, positions; how they are written and who may.
-- eventstore.md sections 2 to 5. eventcore.migrate makes the schema and the roles <service>_serve, _relay, _consume
-- before this file.

-- Grants to the role of this service's process: call es.allow_v1('relay', 'select, insert', 'table es.log').
create procedure es.allow_v1(p_process text, p_privileges text, p_objects text) language plpgsql as $$
begin
  execute format('grant %s on %s to %I', p_privileges, p_objects,
                 current_setting('guitu.service') || '_' || p_process);
end $$;

-- The service's clock. An installation of the sandbox replaces it (simulated_clock.sql).
create function es.now() returns timestamptz language sql volatile as 'select clock_timestamp()';

-- A table of its own: a hot row would slow every append. It grows by one after a logical restore.
create table es.generation (
  one boolean primary key default true check (one),
  gen smallint not null
);
insert into es.generation (gen) values (1);

-- The only row lock that an append takes; (gen, last_xid) is the fence.
create table es.stream (
  stream_id uuid primary key,
  category text not null,
  version bigint not null check (version >= 0),
  gen smallint not null,
  last_xid xid8 not null,
  last_recorded timestamptz not null
) with (fillfactor = 70);

-- meta and data are the bytes that were hashed; the columns repeat some of meta for indexes, fsck compares them.
-- The check is the limit of a transparency log's entry: 65,535 bytes of format byte, two lengths, meta, data.
create table es.event (
  stream_id uuid,
  version bigint,
  gen smallint not null,
  xid xid8 not null,
  ord bigint generated always as identity,
  type text not null,
  subject uuid not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  meta bytea not null,
  data bytea not null check (octet_length(meta) + octet_length(data) <= 65526),
  trace text,
  leaf_sha256 bytea not null,
  leaf_sm3 bytea not null,
  primary key (stream_id, version)
);
create index event_tail on es.event (gen, xid, ord);

create table es.request (
  request_id uuid primary key,
  digest bytea not null,
  answer bytea not null
);

create table es.claim (
  kind text,
  value bytea,
  stream_id uuid not null,
  primary key (kind, value)
);

-- Written by the sequencer only. seq is the read position and the leaf index: 0, 1, 2, ... without holes.
create table es.log (
  seq bigint primary key,
  stream_id uuid not null,
  version bigint not null,
  leaf_sha256 bytea not null,
  leaf_sm3 bytea not null
);
create index log_stream on es.log (stream_id, version);

-- (gen, xid, ord) is the last event taken, seq the next number, the frontiers the right edge of the trees.
create table es.sequencer (
  one boolean primary key default true check (one),
  gen smallint not null,
  xid xid8 not null,
  ord bigint not null,
  seq bigint not null,
  frontier_sha256 bytea[] not null,
  frontier_sm3 bytea[] not null
);
insert into es.sequencer (gen, xid, ord, seq, frontier_sha256, frontier_sm3) values (0, '0', 0, 0, '{}', '{}');

create table es.checkpoint (
  tree text,
  size bigint,
  root bytea not null,
  note text not null,
  cosigned_at timestamptz,
  primary key (tree, size)
);

create table es.relay (
  one boolean primary key default true check (one),
  seq bigint not null
);
insert into es.relay (seq) values (0);

-- History cannot be changed, by the owner neither. Always: also where session_replication_role switches triggers off.
create function es.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'history cannot be changed: % of es.%', tg_op, tg_table_name using errcode = 'ES403';
end $$;
create trigger history before update or delete or truncate on es.event
  for each statement execute function es.refuse_change();
create trigger history before update or delete or truncate on es.log
  for each statement execute function es.refuse_change();
alter table es.event enable always trigger history;
alter table es.log enable always trigger history;

-- What a decision needs in one round trip: the stored answer of the request, the clock, heads and events of streams.
-- First row: digest and answer (null if new), now. Then a row per head (meta null), then its events in order.
create function es.load_v1(p_request uuid, p_streams uuid[])
returns table (stream_id uuid, version bigint, recorded_at timestamptz, meta bytea, data bytea, digest bytea, answer bytea)
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select null::uuid, 0::bigint, es.now(), null::bytea, null::bytea, r.digest, r.answer
  from (select) one left join es.request r on r.request_id = p_request
  union all
  (select s.stream_id, s.version, s.last_recorded, null, null, null, null
   from es.stream s where s.stream_id = any (p_streams))
  union all
  (select e.stream_id, e.version, e.recorded_at, e.meta, e.data, null, null
   from es.event e where e.stream_id = any (p_streams) order by e.stream_id, e.version)
$$;

-- Refusals of an append. ES409: same request, other content. ES001: not the expected version. ES002: claimed by
-- another stream. ES003: recorded_at is off. ES004: a group holds a request that was answered. ES005: not first write.
create function es.refuse_head_v1(p_stream uuid, p_expected bigint, p_gen smallint, p_xid xid8, p_recorded timestamptz)
returns void language plpgsql as $$
declare
  head es.stream;
begin
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

-- A recorded_at that is more than 5 seconds off the service's clock is refused, unless it is a stream's last one and
-- the clock is behind that.
create function es.refuse_clock_v1(p_recorded timestamptz, p_clock timestamptz, p_streams uuid[])
returns void language plpgsql as $$
begin
  if p_recorded < p_clock or not exists (
    select from es.stream s where s.stream_id = any (p_streams) and s.last_recorded = p_recorded) then
    raise exception 'recorded_at is %, the clock %', p_recorded, p_clock using errcode = 'ES003';
  end if;
end $$;

-- One event under one expectation: the usual append, with scalars. Answers null, or the stored answer of a repeat.
create function es.append1_v1(
  p_request uuid, p_digest bytea, p_answer bytea,
  p_stream uuid, p_category text, p_expected bigint,
  p_type text, p_subject uuid, p_occurred timestamptz, p_recorded timestamptz,
  p_meta bytea, p_data bytea, p_trace text, p_leaf_sha256 bytea, p_leaf_sm3 bytea)
returns bytea language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  stored es.request;
  generation smallint;
  own xid8;
  clock timestamptz := es.now();
begin
  if pg_current_xact_id_if_assigned() is not null then
    raise exception 'append is not the first write of its transaction' using errcode = 'ES005';
  end if;
  if p_recorded not between clock - interval '5 seconds' and clock + interval '5 seconds' then
    perform es.refuse_clock_v1(p_recorded, clock, array[p_stream]);
  end if;
  insert into es.request (request_id, digest, answer) values (p_request, p_digest, p_answer)
    on conflict (request_id) do nothing;
  if not found then
    select * into stored from es.request r where r.request_id = p_request;
    if stored.digest <> p_digest then
      raise exception 'request %: other content under the same id', p_request using errcode = 'ES409';
    end if;
    return stored.answer;
  end if;
  select g.gen into generation from es.generation g;
  own := pg_current_xact_id();
  if p_expected = 0 then
    insert into es.stream as s (stream_id, category, version, gen, last_xid, last_recorded)
      values (p_stream, p_category, 1, generation, own, p_recorded)
      on conflict (stream_id) do update
        set version = 1, gen = generation, last_xid = own, last_recorded = p_recorded
        where s.version = 0 and (s.gen, s.last_xid) <= (generation, own) and s.last_recorded <= p_recorded;
  else
    update es.stream s set version = p_expected + 1, gen = generation, last_xid = own, last_recorded = p_recorded
      where s.stream_id = p_stream and s.version = p_expected
        and (s.gen, s.last_xid) <= (generation, own) and s.last_recorded <= p_recorded;
  end if;
  if not found then
    perform es.refuse_head_v1(p_stream, p_expected, generation, own, p_recorded);
  end if;
  insert into es.event (stream_id, version, gen, xid, type, subject, occurred_at, recorded_at,
                        meta, data, trace, leaf_sha256, leaf_sm3)
    values (p_stream, p_expected + 1, generation, own, p_type, p_subject, p_occurred, p_recorded,
            p_meta, p_data, p_trace, p_leaf_sha256, p_leaf_sm3);
  return null;
end $$;

-- Any append: one request, or a group of independent ones; several streams, relied-on streams (heads without events),
-- claims. p_event_heads holds for each event the place (from 1) of its stream in p_streams; events of one stream stand
-- in version order. Answers null, or the stored answer of a repeat where it is the only request.
create function es.append_v1(
  p_requests uuid[], p_digests bytea[], p_answers bytea[],
  p_streams uuid[], p_categories text[], p_expected bigint[], p_recorded timestamptz[],
  p_claim_kinds text[], p_claim_values bytea[], p_claim_streams uuid[], p_claim_held boolean[],
  p_event_heads integer[], p_types text[], p_subjects uuid[], p_occurred timestamptz[],
  p_metas bytea[], p_datas bytea[], p_traces text[], p_leaves_sha256 bytea[], p_leaves_sm3 bytea[])
returns bytea language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  stored es.request;
  generation smallint;
  own xid8;
  clock timestamptz := es.now();
  item record;
  written bigint;
  counted bigint := 0;
begin
  if pg_current_xact_id_if_assigned() is not null then
    raise exception 'append is not the first write of its transaction' using errcode = 'ES005';
  end if;

  -- Before the first write: a taker that waits for the releaser has no transaction id yet, so it gets a younger one.
  if cardinality(p_claim_kinds) > 0 then
    for item in
      select distinct hashtextextended(c.kind || encode(c.value, 'hex'), 0) as key
      from unnest(p_claim_kinds, p_claim_values) as c (kind, value) order by 1
    loop
      perform pg_advisory_xact_lock(item.key);
    end loop;
  end if;

  insert into es.request (request_id, digest, answer)
    select * from unnest(p_requests, p_digests, p_answers) as r (id, digest, answer) order by r.id
    on conflict (request_id) do nothing;
  get diagnostics written = row_count;
  if written < cardinality(p_requests) then
    if cardinality(p_requests) > 1 then
      raise exception 'a request of the group has been answered' using errcode = 'ES004';
    end if;
    select * into stored from es.request r where r.request_id = p_requests[1];
    if stored.digest <> p_digests[1] then
      raise exception 'request %: other content under the same id', p_requests[1] using errcode = 'ES409';
    end if;
    return stored.answer;
  end if;

  select g.gen into generation from es.generation g;
  own := pg_current_xact_id();
  for item in
    select h.stream_id, h.category, h.expected, h.recorded, coalesce(c.n, 0) as n
    from unnest(p_streams, p_categories, p_expected, p_recorded)
           with ordinality as h (stream_id, category, expected, recorded, place)
    left join (select e.head, count(*) as n from unnest(p_event_heads) as e (head) group by e.head) c
      on c.head = h.place
    order by h.stream_id
  loop
    counted := counted + item.n;
    if item.recorded not between clock - interval '5 seconds' and clock + interval '5 seconds' then
      perform es.refuse_clock_v1(item.recorded, clock, p_streams);
    end if;
    if item.expected = 0 then
      insert into es.stream as s (stream_id, category, version, gen, last_xid, last_recorded)
        values (item.stream_id, item.category, item.n, generation, own, item.recorded)
        on conflict (stream_id) do update
          set version = item.n, gen = generation, last_xid = own, last_recorded = item.recorded
          where s.version = 0 and (s.gen, s.last_xid) <= (generation, own) and s.last_recorded <= item.recorded;
    else
      update es.stream s
        set version = s.version + item.n, gen = generation, last_xid = own, last_recorded = item.recorded
        where s.stream_id = item.stream_id and s.version = item.expected
          and (s.gen, s.last_xid) <= (generation, own) and s.last_recorded <= item.recorded;
    end if;
    if not found then
      perform es.refuse_head_v1(item.stream_id, item.expected, generation, own, item.recorded);
    end if;
  end loop;

  if cardinality(p_claim_kinds) > 0 then
    perform es.claim_v1(p_claim_kinds, p_claim_values, p_claim_streams, p_claim_held);
  end if;

  if cardinality(p_event_heads) > 0 then
    insert into es.event (stream_id, version, gen, xid, type, subject, occurred_at, recorded_at,
                          meta, data, trace, leaf_sha256, leaf_sm3)
      select p_streams[e.head], p_expected[e.head] + row_number() over (partition by e.head order by e.place),
             generation, own, e.type, e.subject, e.occurred_at, p_recorded[e.head],
             e.meta, e.data, e.trace, e.leaf_sha256, e.leaf_sm3
      from unnest(p_event_heads, p_types, p_subjects, p_occurred, p_metas, p_datas, p_traces,
                  p_leaves_sha256, p_leaves_sm3)
             with ordinality as e (head, type, subject, occurred_at, meta, data, trace, leaf_sha256, leaf_sm3, place)
      order by e.place;
    if counted <> cardinality(p_event_heads) then
      raise exception 'got % events, % of them on an expected stream', cardinality(p_event_heads), counted
        using errcode = 'ES001';
    end if;
  end if;
  return null;
end $$;

-- Releases, then takes. A value that the stream holds already stays its own.
create function es.claim_v1(p_kinds text[], p_values bytea[], p_streams uuid[], p_held boolean[])
returns void language plpgsql as $$
declare
  other record;
begin
  delete from es.claim c using unnest(p_kinds, p_values, p_streams, p_held) as n (kind, value, stream_id, held)
    where not n.held and c.kind = n.kind and c.value = n.value and c.stream_id = n.stream_id;
  insert into es.claim (kind, value, stream_id)
    select n.kind, n.value, n.stream_id
    from unnest(p_kinds, p_values, p_streams, p_held) as n (kind, value, stream_id, held)
    where n.held order by n.kind, n.value
    on conflict (kind, value) do nothing;
  select c.kind, c.stream_id into other
    from unnest(p_kinds, p_values, p_streams, p_held) as n (kind, value, stream_id, held)
    join es.claim c on c.kind = n.kind and c.value = n.value
    where n.held and c.stream_id <> n.stream_id limit 1;
  if found then
    raise exception 'a % is held by stream %', other.kind, other.stream_id using errcode = 'ES002';
  end if;
end $$;

-- One turn of the sequencer, in the role of the relay. The row lock comes first; the statement after it reads the
-- transactions' horizon and the rows in one snapshot, so every row below the horizon is final (eventstore.md 1).
-- Answers the first number given, the frontier before it, and the leaves in order, 32 bytes each; null if none.
create function es.sequence_v1(p_limit integer)
returns table (first_seq bigint, frontier bytea[], leaves bytea) language plpgsql as $$
declare
  head es.sequencer;
begin
  select * into head from es.sequencer for update;
  return query
    with final as materialized (
      select e.stream_id, e.version, e.gen, e.xid, e.ord, e.leaf_sha256, e.leaf_sm3,
             head.seq - 1 + row_number() over (order by e.gen, e.xid, e.ord) as seq
      from es.event e
      where (e.gen, e.xid, e.ord) > (head.gen, head.xid, head.ord)
        and (e.gen, e.xid) < ((select g.gen from es.generation g), pg_snapshot_xmin(pg_current_snapshot()))
      order by e.gen, e.xid, e.ord
      limit p_limit),
    logged as (
      insert into es.log (seq, stream_id, version, leaf_sha256, leaf_sm3)
      select f.seq, f.stream_id, f.version, f.leaf_sha256, f.leaf_sm3 from final f order by f.seq),
    moved as (
      update es.sequencer s set gen = l.gen, xid = l.xid, ord = l.ord, seq = l.seq + 1
      from (select f.gen, f.xid, f.ord, f.seq from final f order by f.seq desc limit 1) l)
    select head.seq, head.frontier_sha256, string_agg(f.leaf_sha256, ''::bytea order by f.seq) from final f;
end $$;

-- Without a lock and without a transaction id: whether a turn would find anything.
create function es.sequenceable_v1() returns boolean language sql volatile as $$
  select exists (
    select from es.event e
    where (e.gen, e.xid, e.ord) > ((select s.gen from es.sequencer s), (select s.xid from es.sequencer s),
                                   (select s.ord from es.sequencer s))
      and (e.gen, e.xid) < ((select g.gen from es.generation g), pg_snapshot_xmin(pg_current_snapshot())))
$$;

-- Who holds the horizon back: the oldest transaction with an id, in any database. By the owner's right to see others.
create function es.xmin_holder_v1()
returns table (pid integer, application_name text, seconds double precision)
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select h.pid, h.application_name, extract(epoch from clock_timestamp() - h.since)::double precision
  from (
    select a.pid, a.application_name, a.xact_start as since, age(a.backend_xid) as age
    from pg_stat_activity a where a.backend_xid is not null and a.pid <> pg_backend_pid()
    union all
    select 0, 'prepared transaction ' || p.gid, p.prepared, age(p.transaction) from pg_prepared_xacts p) h
  order by h.age desc limit 1
$$;

revoke all on function es.append_v1, es.append1_v1, es.load_v1, es.xmin_holder_v1 from public;
do $$
declare
  process text;
begin
  foreach process in array array['serve', 'relay', 'consume'] loop
    call es.allow_v1(process, 'usage', 'schema es, public');
    call es.allow_v1(process, 'select', 'table es.generation, es.stream, es.event, es.claim, es.log, es.sequencer,'
                                        ' es.checkpoint, es.relay');
    call es.allow_v1(process, 'execute', 'function es.xmin_holder_v1');
  end loop;
  call es.allow_v1('serve', 'execute', 'function es.append_v1, es.append1_v1, es.load_v1');
  call es.allow_v1('relay', 'insert', 'table es.log');
  call es.allow_v1('relay', 'update', 'table es.sequencer');
  call es.allow_v1('relay', 'insert, update', 'table es.checkpoint');
  call es.allow_v1('relay', 'update', 'table es.relay');
end $$;
