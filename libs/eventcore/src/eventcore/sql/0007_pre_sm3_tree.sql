-- The SM3 tree grows with the log. size_sm3 says of how many leaves frontier_sm3 is: in a log of a release before this
-- one, or beside a process of it, that is fewer than seq, and the sequencer catches up from es.log.
alter table es.sequencer add column size_sm3 bigint not null default 0;

-- sequence_v1 with both trees: the first number given, the frontiers before it, the leaves in order, 32 bytes each.
create function es.sequence_v2(p_limit integer)
returns table (first_seq bigint, frontier_sha256 bytea[], leaves_sha256 bytea,
               size_sm3 bigint, frontier_sm3 bytea[], leaves_sm3 bytea) language plpgsql as $$
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
    select head.seq, head.frontier_sha256, string_agg(f.leaf_sha256, ''::bytea order by f.seq),
           head.size_sm3, head.frontier_sm3, string_agg(f.leaf_sm3, ''::bytea order by f.seq) from final f;
end $$;
-- v1 stays for processes of the release before, which still ask it.
