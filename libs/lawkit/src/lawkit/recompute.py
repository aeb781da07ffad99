"""Deadlines whose year the State Council has not arranged yet, and what becomes of them when it has.

Rule counting.working-day, set.counting.missing-calendar. A question that nobody can answer yet is kept as a
record that names the missing year; asking again needs nothing but the record and the new law.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from lawkit.counting import Due
from lawkit.errors import CalendarMissing, NotAPeriod, NotInForce, UnknownRule
from lawkit.law import Law


@dataclass(frozen=True, slots=True)
class Clock:
    """A running period: the rule, its start fact, and the day whose law judges it (None: the start's)."""

    rule_id: str
    start: date | datetime
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A period in working days that runs into a year without a calendar: no day can be named yet."""

    rule_id: str
    year: int


@dataclass(frozen=True, slots=True)
class Known:
    """The last day of a period as far as it is known; not final while the calendar of a year is missing."""

    day: date
    final: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A clock whose answer differs after the new calendar."""

    clock: Clock
    before: Due | Missing
    after: Due | Missing


def due_or_missing(law: Law, clock: Clock) -> Due | Missing:
    """Until when the period runs, or the year that is missing. Raises UnknownRule, NotInForce, NotAPeriod."""
    try:
        return law.due(clock.rule_id, clock.start, clock.on)
    except CalendarMissing as missing:
        return Missing(clock.rule_id, missing.year)


_MISSING_CALENDAR = "set.counting.missing-calendar"
_FLAGGED = "statutory-days-only-flagged"


def known_day(law: Law, rule_id: str, start: date) -> Known | None:
    """Until when the period runs: by the years that are known, else after the statutory rest days, else by plain
    counting. None where nobody can name a day, or the rule sets no period for that day.
    """
    asked = due_or_none(law, rule_id, start)
    if asked is not None and asked.final and asked.extended is not None:
        return Known(asked.extended, True)
    flagged = due_or_none(law.with_settings({_MISSING_CALENDAR: _FLAGGED}), rule_id, start)
    return Known(flagged.extended or flagged.nominal, False) if flagged else None


def due_or_none(law: Law, rule_id: str, start: date) -> Due | None:
    """Until when the period runs; None for a missing year, and where the rule sets no period for that day."""
    try:
        return law.due(rule_id, start)
    except (CalendarMissing, NotAPeriod, NotInForce, UnknownRule):
        return None


def is_final(answer: Due | Missing) -> bool:
    """Whether importing a year that is not known yet cannot change the answer."""
    return isinstance(answer, Due) and answer.final


def recomputed(law: Law, clocks: Iterable[tuple[Clock, Due | Missing]]) -> Iterator[Change]:
    """The clocks whose answer changes under this law.

    Final answers are asked again too: a notice for a new year may move the last days of the year before.
    """
    for clock, before in clocks:
        after = due_or_missing(law, clock)
        if after != before:
            yield Change(clock, before, after)
