"""How far a service is, by its durable positions, in one statement: whether anything is still under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from eventcore.kafka import Partition
from eventcore.link import Connection

# One snapshot, so the numbers belong together. Events beyond the sequencer's cursor are counted through event_tail.
_POSITIONS = """
select s.seq,
  (select count(*) from es.event e where (e.gen, e.xid, e.ord) > (s.gen, s.xid, s.ord)),
  (select r.seq from es.relay r),
  (select coalesce(jsonb_object_agg(p.name, p.seq), '{}') from es.projection p),
  (select coalesce(jsonb_agg(jsonb_build_array(o.consumer, o.topic, o.partition, o.next)), '[]')
     from es.consumer_offset o),
  (select count(*) from es.command c where c.answer is null and c.refusal is null and not exists (
     select from es.command s where s.subject = c.subject and s.answer is null and s.refusal is null
       and s.last_error = 'STREAM_STOPPED')),
  (select count(*) from es.deadline d
     where d.handed_over_for is null and d.command_id is not null and (not d.provisional or d.since is null)
       and d.due_at <= (select es.now())),
  (select min(d.due_at) from es.deadline d
     where d.handed_over_for is null and d.command_id is not null and (not d.provisional or d.since is null)
       and d.due_at > (select es.now())),
  (select count(*) from es.calendar_year y where not y.recomputed),
  (select count(*) from es.parked),
  (select count(*) from es.command c where c.refusal is not null and c.settled is null),
  (select count(*) from es.dead_letter l where l.closed is null),
  (select count(*) from es.stopped),
  (select es.now())
from es.sequencer s
"""


@dataclass(frozen=True, slots=True)
class Positions:
    """Durable positions of one service. Positions count log entries: the next one to read; `now` is its clock, UTC.

    open_commands: without those that wait for a stopped stream. stopped: streams that are read-only.
    """

    stored: int
    log_end: int
    relay: int
    projections: Mapping[str, int]
    offsets: Mapping[tuple[str, Partition], int]
    open_commands: int
    due_deadlines: int
    next_due: datetime | None
    open_years: int
    parked: int
    refusals: int
    dead_letters: int
    stopped: int
    now: datetime

    @property
    def settled(self) -> bool:
        """Nothing is under way inside the service; its consumers are compared with their topics' ends elsewhere."""
        read = all(seq == self.log_end for seq in self.projections.values())
        waiting = self.open_commands + self.due_deadlines + self.open_years
        return self.stored == self.log_end == self.relay and read and waiting == 0


def positions(conn: Connection) -> Positions:
    """The positions as of now."""
    row = conn.execute(_POSITIONS).fetchone()
    if row is None:
        raise LookupError("es.sequencer has no row")
    log_end, beyond, relay, projections, offsets, *rest = row
    return Positions(
        log_end + beyond,
        log_end,
        relay,
        projections,
        {(c, Partition(t, p)): n for c, t, p, n in offsets},
        *rest,
    )
