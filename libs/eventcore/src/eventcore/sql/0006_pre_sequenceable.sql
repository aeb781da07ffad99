-- Whether there is work for the sequencer: null when every event has a number, false while the next one is not final
-- (an open transaction could still come before it), true when it is. The sequencer looks again soon only after a false.
create function es.sequenceable_v2() returns boolean language sql volatile as $$
  select (e.gen, e.xid) < ((select g.gen from es.generation g), pg_snapshot_xmin(pg_current_snapshot()))
  from es.event e
  where (e.gen, e.xid, e.ord) > ((select s.gen from es.sequencer s), (select s.xid from es.sequencer s),
                                 (select s.ord from es.sequencer s))
  order by e.gen, e.xid, e.ord limit 1
$$;
-- v1 stays for processes of the release before, which still ask it.
