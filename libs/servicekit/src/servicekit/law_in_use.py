"""The law by which a process decides: the rule set of the day with every calendar year that administration imported.

A Law is immutable; when a year or a rule set comes the process takes another one as a whole, between two decisions. Every
process reads the tables es.calendar_year and es.rule_set at its start, is told of a change by NOTIFY, and looks by itself
now and then. Which rule set decides follows from the day of the decision, not from when somebody looked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from corrections.administration.v1.events_pb2 import CalendarImported, RuleSetReleased, RuleSetWithdrawn
from eventcore.link import Connection, Link
from lawkit import Law
from lawkit.arrangement import ArrangedDay, Arrangement, arranged
from lawkit.counting import day_of

from servicekit.law_then import Notice, Past, Text, always
from servicekit.rule_sets import RuleSet, RuleSetMissing, needed, of_the_day

log = logging.getLogger(__name__)

# Channel on which the subscription to administration tells that a year or a rule set has come.
LAW_CHANNEL = "es_law"

_WAIT_S = 1.0
_LOOK_EVERY_S = 10.0
_YEARS = "select year, version, content from es.calendar_year order by year"
_RULE_SETS = "select content, withdrawn_from, withdrawal from es.rule_set order by stream_id"
_NOTICES = "select recorded_at, version, content from es.calendar_notice order by recorded_at, version"
_REGIONS = "select since, digest from es.region_used order by since"
_TODAY = "select es.now()"
_LISTEN = "listen es_law"

Released = Callable[[RuleSet], Law]
"""The law of a rule set. Raises RuleSetMissing."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What a process has read; one value for each decision."""

    built_in: Law
    today: date = date.min
    years: tuple[tuple[int, int], ...] = ()
    sets: tuple[RuleSet, ...] = ()
    laws: dict[str, Law | RuleSetMissing] = field(default_factory=dict[str, "Law | RuleSetMissing"])

    def of(self, on: date) -> Law:
        """The law of the day. Raises RuleSetMissing."""
        found = of_the_day(self.sets, on)
        if found is None:
            return self.built_in
        law = self.laws.get(found.release.digest) or RuleSetMissing(
            f"{found.release.rule_set_id}: not read yet"
        )
        if isinstance(law, RuleSetMissing):
            raise law
        return law


def _as_told(one: RuleSet) -> RuleSet:
    return one


class LawInUse:
    """Call it for the law of the moment. Any thread may."""

    def __init__(
        self,
        released: Law,
        of: Released | None = None,
        checked: Callable[[RuleSet], RuleSet] = _as_told,
        text: Text | None = None,
    ) -> None:
        self._released = released
        self._of = of
        self._checked = checked
        self._text = text or always(released)
        self._held = _Held(released)
        self._past = Past(self._text)
        self._rows: object = None

    def __call__(self) -> Law:
        """The law of the moment, for who only reads: where its rule set is missing, that of the software."""
        held = self._held
        try:
            return held.of(held.today)
        except RuleSetMissing:
            return held.built_in

    def at(self, now: datetime) -> Law:
        """The law that decides at that instant. Raises RuleSetMissing: nothing is decided under another one."""
        return self._held.of(day_of(now))

    @property
    def past(self) -> Past:
        """The laws of other times."""
        return self._past

    @property
    def years(self) -> tuple[tuple[int, int], ...]:
        """Year and version of each imported calendar that the law has, or that an earlier one had."""
        return self._held.years

    def load(self, conn: Connection) -> bool:
        """The law has the years and rule sets of the tables; True when they are others than before."""
        rows, released = conn.execute(_YEARS).fetchall(), conn.execute(_RULE_SETS).fetchall()
        [(now,)] = conn.execute(_TODAY).fetchall()
        today, missing = day_of(now), any(isinstance(one, RuleSetMissing) for one in self._held.laws.values())
        if (rows, released, today) == self._rows and not missing:
            return False
        before, sets = self._held, tuple(self._checked(_rule_set(*row)) for row in released)
        years = [_arrangement(row[2]) for row in rows]
        laws = (
            {one.release.digest: self._law_of(one, years) for one in needed(sets, today)} if self._of else {}
        )
        known = sets if self._of else ()
        versions = tuple((row[0], row[1]) for row in rows)
        self._held = _Held(_arranged(self._released, years), today, versions, known, laws)
        self._rows = rows, released, today
        notices = [Notice(r[0], r[1], _arrangement(r[2])) for r in conn.execute(_NOTICES).fetchall()]
        self._past = Past(self._text, tuple(known), notices, conn.execute(_REGIONS).fetchall())
        return before.years != versions or before.sets != known

    def _law_of(self, one: RuleSet, years: list[Arrangement]) -> Law | RuleSetMissing:
        assert self._of is not None
        try:
            return _arranged(self._of(one), years)
        except RuleSetMissing as missing:
            # somebody must act, best before the day comes
            log.warning("rule set missing: %s", missing)
            return missing


def _rule_set(content: bytes, withdrawn_from: date | None, withdrawal: bytes | None) -> RuleSet:
    signed = None if withdrawal is None else RuleSetWithdrawn.FromString(withdrawal)
    return RuleSet(RuleSetReleased.FromString(content), withdrawn_from, signed)


def _arranged(law: Law, years: list[Arrangement]) -> Law:
    return law.with_calendar(arranged(law.calendar.without_provisional_years(), years)) if years else law


class LawWatch:
    """Turns until a year or a rule set has come: one thread and one connection of a process."""

    def __init__(self, link: Link, law: LawInUse, *, wait_s: float = _WAIT_S) -> None:
        self._link = link
        self._law = law
        self._wait_s = wait_s
        self._listening: Connection | None = None
        self._look_at = 0.0

    def turn(self) -> int:
        """Waits up to `wait_s` for a notification; the law of the process is that of the tables."""
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
