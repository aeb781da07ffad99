"""Dates that waited for a calendar year are found when it comes. 社区矫正法实施办法 第十四条 (counting.working-day).

A clock whose date was provisional when it was decided says so (es.deadline.asked_of). With each calendar that comes, in
short transactions, such clocks are asked again: once for each rule and first day, however many clocks share them. A date
that was final when it was decided stays: who decided it said so under the calendar of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from contracts import registry
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit import Law
from lawkit.counting import end_of_day
from lawkit.recompute import Known, known_day

from eventcore.link import Connection, Link
from eventcore.tx import lapse_id, with_id

# two ranges, for an index serves no inequality
_WAITING = """
select deadline_id, rule, since, due_at, target, request from es.deadline
where handed_over_for is null and asked_of is not null and (asked_of < %(version)s or asked_of > %(version)s)
limit %(batch)s for update skip locked
"""
_ASKED = """
update es.deadline d set asked_of = %s, provisional = u.provisional
from unnest(%s::uuid[], %s::boolean[]) as u(deadline_id, provisional) where d.deadline_id = u.deadline_id
"""
_MOVED = """
update es.deadline d set asked_of = %s, provisional = u.provisional, due_at = u.due_at, command_id = u.command_id,
  request = u.request, too_early = 0, not_before = null
from unnest(%s::uuid[], %s::boolean[], %s::timestamptz[], %s::uuid[], %s::bytea[])
  as u(deadline_id, provisional, due_at, command_id, request)
where d.deadline_id = u.deadline_id
"""
_DONE = """
update es.calendar_year c set recomputed = true from unnest(%s::int[], %s::bigint[]) as u(year, version)
where not c.recomputed and c.year = u.year and c.version = u.version
"""
_OPEN = "select year, version from es.calendar_year where not recomputed"


@dataclass(frozen=True, slots=True)
class _Clock:
    id: UUID
    rule: str
    since: date | None
    due_at: datetime
    target: str | None
    request: bytes | None


class Recompute:
    """Asks the waiting clocks of one service again, under the law of the moment."""

    def __init__(
        self,
        link: Link,
        law: Callable[[], Law],
        *,
        batch: int = 10_000,
        on_moved: Callable[[], None] = lambda: None,
    ) -> None:
        self._link = link
        self._law = law
        self._batch = batch
        self._on_moved = on_moved
        self._answers: dict[tuple[str, date], Known | None] = {}
        self._version = ""

    def turn(self) -> int:
        """The clocks of one batch are asked; answers how many. A year counts as recomputed when none waits for it."""
        law, conn = self._law(), self._link.conn
        if law.calendar_version != self._version:
            self._version, self._answers = law.calendar_version, {}
        # seen before the clocks: a year that comes meanwhile stays open
        years = conn.execute(_OPEN).fetchall()
        with conn.transaction():
            found = conn.execute(_WAITING, {"version": self._version, "batch": self._batch}).fetchall()
            moved = self._ask(conn, law, [_Clock(*row) for row in found]) if found else 0
        if moved:
            self._on_moved()
        current = [row for row in years if not found and row[0] in law.calendar.years]
        if current:
            conn.execute(_DONE, [list(column) for column in zip(*current, strict=True)])
        return len(found)

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()

    def _ask(self, conn: Connection, law: Law, clocks: Sequence[_Clock]) -> int:
        same: list[tuple[UUID, bool]] = []
        moved: list[tuple[UUID, bool, datetime, UUID | None, bytes | None]] = []
        for clock in clocks:
            known = self._answer(law, clock)
            due_at = end_of_day(known.day).astimezone(UTC) if known else clock.due_at
            provisional = known is None or not known.final
            if due_at == clock.due_at:
                same.append((clock.id, provisional))
            else:
                moved.append((clock.id, provisional, due_at, *_lapse(clock, due_at)))
        if same:
            conn.execute(_ASKED, (self._version, *_columns(same)))
        if moved:
            conn.execute(_MOVED, (self._version, *_columns(moved)))
        return len(moved)

    def _answer(self, law: Law, clock: _Clock) -> Known | None:
        if clock.since is None:
            return None
        key = (clock.rule, clock.since)
        if key not in self._answers:
            self._answers[key] = known_day(law, *key)
        return self._answers[key]


def _lapse(clock: _Clock, due_at: datetime) -> tuple[UUID | None, bytes | None]:
    """Command and request of the new due time; none for a clock that is only watched."""
    if clock.target is None or clock.request is None:
        return None, None
    command_id = lapse_id(clock.id, due_at)
    request = registry.methods()[clock.target].request.FromString(clock.request)
    for name in ("due_at", "occurred_at"):
        if name in request.DESCRIPTOR.fields_by_name and request.HasField(name):
            stamp: Timestamp = getattr(request, name)
            stamp.FromDatetime(due_at)
    return command_id, with_id(request, command_id)


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
