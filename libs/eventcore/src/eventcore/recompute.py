"""Dates that waited for a calendar year are found when it comes. 社区矫正法实施办法 第十四条 (counting.working-day).

A clock whose date was provisional when it was decided says so (es.deadline.asked_of). With each calendar that comes, in
short transactions, such clocks are asked again: once for each rule and first day, however many clocks share them. A date
that was final when it was decided stays: who decided it said so under the calendar of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from hashlib import sha1
from typing import NamedTuple

from contracts import registry
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit import Law
from lawkit.counting import end_of_day
from lawkit.law_of_the_day import known_day

from eventcore import arrays, meta
from eventcore.link import Connection, Link

# two ranges, for an index serves no inequality
_WAITING = """
select uuid_send(deadline_id), rule, since, due_at, target, request from es.deadline
where handed_over_for is null and asked_of is not null and (asked_of < %(version)s or asked_of > %(version)s)
limit %(batch)s for update skip locked
"""
_ASKED = """
update es.deadline d set asked_of = %s, provisional = u.provisional
from unnest(%b::uuid[], %b::boolean[]) as u(deadline_id, provisional) where d.deadline_id = u.deadline_id
"""
_MOVED = """
update es.deadline d set asked_of = %s, provisional = u.provisional, due_at = u.due_at,
  command_id = case when d.command_id is not null then u.command_id end,
  request = case when d.command_id is not null then u.request end, too_early = 0, not_before = null
from unnest(%b::uuid[], %b::boolean[], %b::timestamptz[], %b::uuid[], %b::bytea[])
  as u(deadline_id, provisional, due_at, command_id, request)
where d.deadline_id = u.deadline_id
"""
_DONE = """
update es.calendar_year c set recomputed = true from unnest(%s::int[], %s::bigint[]) as u(year, version)
where not c.recomputed and c.year = u.year and c.version = u.version
"""
_OPEN = "select year, version from es.calendar_year where not recomputed"


_UUID_BYTES = 16


class _Clock(NamedTuple):
    id: bytes
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
        years: Callable[[], Collection[tuple[int, int]]],
        batch: int = 10_000,
        on_moved: Callable[[], None] = lambda: None,
    ) -> None:
        self._link = link
        self._law = law
        self._years = years
        self._batch = batch
        self._on_moved = on_moved
        self._answers: dict[tuple[str, date], tuple[datetime, bool] | None] = {}
        self._version = ""

    def turn(self) -> int:
        """The clocks of one batch are asked; answers how many. A year counts as recomputed when none waits for it.

        `years` says of which years the law has which version: another one counts as not yet asked about.
        """
        # the years before the law: that one has these versions or later ones
        held = frozenset(self._years())
        law, conn = self._law(), self._link.conn
        if law.calendar_version != self._version:
            self._version, self._answers = law.calendar_version, {}
        # seen before the clocks: a year that comes meanwhile stays open
        years = conn.execute(_OPEN).fetchall()
        with conn.transaction():
            found = conn.execute(
                _WAITING, {"version": self._version, "batch": self._batch}, binary=True
            ).fetchall()
            moved = self._ask(conn, law, [_Clock(*row) for row in found]) if found else 0
        if moved:
            self._on_moved()
        current = [row for row in years if not found and (row[0], row[1]) in held]
        if current:
            conn.execute(_DONE, [list(column) for column in zip(*current, strict=True)])
        return len(found)

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()

    def _ask(self, conn: Connection, law: Law, clocks: Sequence[_Clock]) -> int:
        same: list[tuple[bytes, bool]] = []
        moved: list[tuple[bytes, bool, datetime, bytes, bytes]] = []
        for clock in clocks:
            due_at, provisional = self._answer(law, clock) or (clock.due_at, True)
            if due_at == clock.due_at:
                same.append((clock.id, provisional))
            else:
                moved.append((clock.id, provisional, due_at, *_lapse(clock, due_at)))
        if same:
            ids, provisional_ = zip(*same, strict=True)
            conn.execute(_ASKED, (self._version, arrays.uuid_bytes(ids), arrays.booleans(provisional_)))
        if moved:
            ids, provisional_, dues, commands, requests = zip(*moved, strict=True)
            columns = (
                arrays.uuid_bytes(ids),
                arrays.booleans(provisional_),
                arrays.timestamps(dues),
                arrays.uuid_bytes(commands),
                arrays.byteas(requests),
            )
            conn.execute(_MOVED, (self._version, *columns))
        return len(moved)

    def _answer(self, law: Law, clock: _Clock) -> tuple[datetime, bool] | None:
        """When the clock is due, UTC, and whether that is provisional; None where nobody can say."""
        if clock.since is None:
            return None
        key = (clock.rule, clock.since)
        if key not in self._answers:
            known = known_day(law, *key)
            self._answers[key] = (end_of_day(known.day).astimezone(UTC), not known.final) if known else None
        return self._answers[key]


def _lapse(clock: _Clock, due_at: datetime) -> tuple[bytes, bytes]:
    """Command and request of the new due time; a clock that is only watched has neither, and keeps none."""
    command_id = lapse_bytes(clock.id, _name(due_at))
    if clock.target is None or clock.request is None:
        return command_id, b""
    kind, stamped = _shape(clock.target)
    request = kind.FromString(clock.request)
    for name in stamped:
        if request.HasField(name):
            getattr(request, name).CopyFrom(_stamp(due_at))
    text = command_id.hex()
    own = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    setattr(request, "request_id", own)  # noqa: B010  every lapse has one, by its contract
    return command_id, request.SerializeToString()


def lapse_bytes(deadline_id: bytes, name: bytes) -> bytes:
    """As tx.lapse_id, from bytes to bytes: making the objects takes longer than anything else that a clock needs."""
    made = bytearray(sha1(deadline_id + name, usedforsecurity=False).digest()[:_UUID_BYTES])
    # RFC 9562: version 5, variant 10
    made[6] = made[6] & 0x0F | 0x50
    made[8] = made[8] & 0x3F | 0x80
    return bytes(made)


@lru_cache(maxsize=1024)
def _name(due_at: datetime) -> bytes:
    return due_at.isoformat().encode()


@lru_cache(maxsize=1024)
def _stamp(due_at: datetime) -> Timestamp:
    return meta.timestamp(due_at)


@cache
def _shape(target: str) -> tuple[type[Message], tuple[str, ...]]:
    """The request of a command, and which of its fields say when it is due."""
    kind = registry.methods()[target].request
    return kind, tuple(name for name in ("due_at", "occurred_at") if name in kind.DESCRIPTOR.fields_by_name)
