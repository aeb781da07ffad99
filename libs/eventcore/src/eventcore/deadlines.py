"""The role `tick`: clocks that are due become commands (eventstore.md section 7).

A short transaction that calls nobody: a lock held while sending would stall the sequencer. Each due time is handed
over once; its command id is derived from it, so a clock lapses once, whatever crashes. A clock that waits for a calendar year rings when the year has come: what a provisional day says
is held against nobody (counting.working-day). One that nobody can ask again, for its first day is not known, rings by
the day it has, and its decider decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from eventcore.link import Connection, Link
from eventcore.relay import nothing_between

# (select es.now()) is asked once, so that the index on due_at can be used.
_HAND_OVER = """
with due as (
  select deadline_id, name, subject, due_at, command_id, target, request, correlation, causation, trace
  from es.deadline
  where handed_over_for is null and command_id is not null and due_at <= (select es.now())
    and (not provisional or since is null) and (not_before is null or not_before <= clock_timestamp())
  order by due_at, deadline_id limit %s for update skip locked),
put as (
  insert into es.command (command_id, subject, target, request, purpose, correlation, causation, trace, deadline_id,
    created)
  select command_id, subject, target, request, 'deadline/' || name, correlation, causation, trace, deadline_id, es.now()
  from due order by due_at, deadline_id
  on conflict (command_id) do nothing),
marked as (
  update es.deadline d set handed_over_for = d.due_at from due where d.deadline_id = due.deadline_id returning 1)
select count(*) from marked
"""
_NEXT = """
select min(due_at) from es.deadline
where handed_over_for is null and command_id is not null and (not provisional or since is null)
  and due_at > (select es.now())
"""


class Deadlines:
    """Hands over the due clocks of one service."""

    def __init__(
        self,
        link: Link,
        *,
        batch: int = 500,
        on_commands: Callable[[], None] = lambda: None,
        between: Callable[[str], None] = nothing_between,
    ) -> None:
        self._link = link
        self._batch = batch
        self._on_commands = on_commands
        self._between = between

    def turn(self) -> int:
        """Clocks that are due have a command each; answers how many there were."""
        self._between("looking")
        row = self._link.conn.execute(_HAND_OVER, (self._batch,)).fetchone()
        self._between("handed over")
        handed = int(row[0]) if row else 0
        if handed:
            self._on_commands()
        return handed

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()


def next_due(conn: Connection) -> datetime | None:
    """The next instant at which a clock of this service is due after now; None when none runs."""
    row = conn.execute(_NEXT).fetchone()
    return row[0] if row else None
