"""The law by which a process decides: the rules of the release with every calendar year that administration imported.

A Law is immutable; when a year comes the process takes another one as a whole, between two decisions. Every process
reads the table es.calendar_year at its start, is told of a change by NOTIFY, and looks by itself now and then.
"""

from __future__ import annotations

import time
from datetime import date

from corrections.administration.v1.events_pb2 import CalendarImported
from eventcore.link import Connection, Link
from lawkit import Law
from lawkit.arrangement import ArrangedDay, Arrangement, arranged

# Channel on which the subscription to administration tells that a year has come.
LAW_CHANNEL = "es_law"

_WAIT_S = 1.0
_LOOK_EVERY_S = 10.0
_YEARS = "select year, version, content from es.calendar_year order by year"
_LISTEN = "listen es_law"


class LawInUse:
    """Call it for the law of the moment. Any thread may."""

    def __init__(self, released: Law) -> None:
        self._released = released
        self._law = released
        self._years: tuple[tuple[int, int], ...] = ()

    def __call__(self) -> Law:
        """The law of the moment; one value for each decision."""
        return self._law

    @property
    def years(self) -> tuple[tuple[int, int], ...]:
        """Year and version of each imported calendar that the law has, or that an earlier one had."""
        return self._years

    def load(self, conn: Connection) -> bool:
        """The law has the years of the table; True when they are others than before."""
        rows = conn.execute(_YEARS).fetchall()
        years = tuple((row[0], row[1]) for row in rows)
        if years == self._years:
            return False
        calendar = self._released.calendar.without_provisional_years()
        self._law = self._released.with_calendar(arranged(calendar, [_arrangement(row[2]) for row in rows]))
        self._years = years
        return True


class LawWatch:
    """Turns until a year has come: one thread and one connection of a process."""

    def __init__(self, link: Link, law: LawInUse, *, wait_s: float = _WAIT_S) -> None:
        self._link = link
        self._law = law
        self._wait_s = wait_s
        self._listening: Connection | None = None
        self._look_at = 0.0

    def turn(self) -> int:
        """Waits up to `wait_s` for a notification; the law of the process is that of the table."""
        conn = self._link.conn
        if conn is self._listening:
            told = list(conn.notifies(timeout=self._wait_s, stop_after=1))
            if not told and time.monotonic() < self._look_at:
                return 0
        else:
            conn.execute(_LISTEN)
            self._listening = conn
        self._look_at = time.monotonic() + _LOOK_EVERY_S
        return int(self._law.load(conn))

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()


def _arrangement(content: bytes) -> Arrangement:
    found = CalendarImported.FromString(content)
    days = [ArrangedDay(date.fromisoformat(d.on), d.work, d.name) for d in found.days]
    return Arrangement.of(found.year, days)
