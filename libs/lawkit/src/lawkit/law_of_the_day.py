"""Which law judges a fact: the rule in force on its day, and no other (handbook section 1; docs/adr/0011).

Where no rule was in force on that day, no legal clock is set and nothing is derived: no measure, no lateness, no
refusal, for a later law burdens nobody for what was before it. What a document printed counts as printed; what the
organs did under texts that the catalogue lacks stands as they did it. Facts that last are judged by the law of the day
they ended on, and days and hours before that law do not count against anybody (`counted_since`, `counted_from`). Where
a law reaches back, a rule of the catalogue says so; where an older rule was superseded, it judges its own days.

A question about such a day is answered "not in force", by deciders, by lawkit's functions and by `guitu law` alike.
Only the guidance of a published case is read otherwise: its days may be invented or older than the law that it
teaches, so an example marked `official` is asked by the law it names as if that had always stood (`Law.read_back`),
and its result says so. Nobody is judged that way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from lawkit.counting import Due, day_of, end_of_day
from lawkit.errors import CalendarMissing, NotAPeriod, NotInForce, UnknownRule
from lawkit.law import Law
from lawkit.rules import Rule

_ONE_DAY = timedelta(days=1)
_MISSING_CALENDAR = "set.counting.missing-calendar"
_FLAGGED = "statutory-days-only-flagged"


@dataclass(frozen=True, slots=True)
class Known:
    """The last day of a period as far as it is known; not final while a year that may move it is still to come."""

    day: date
    final: bool


def of_the_day(law: Law, rule_id: str, day: date) -> Rule | None:
    """The version of the rule that judges a fact of the day; None: there was no such rule. Raises UnknownRule."""
    return law.rule(rule_id, day) if law.in_force(rule_id, day) else None


def due(law: Law, rule_id: str, start: date) -> Due | None:
    """Until when the duty is due that began on a day; None where no rule of that day sets a clock.

    Raises UnknownRule, NotAPeriod, CalendarMissing.
    """
    return law.due(rule_id, start) if of_the_day(law, rule_id, start) else None


def known_day(law: Law, rule_id: str, start: date) -> Known | None:
    """Until when the period runs: by the years that are known, else after the statutory rest days, else by plain
    counting. None where nobody can name a day, or the rule sets no period for that day.

    Asked again when a year has come, it needs nothing but the rule and the day (set.counting.missing-calendar).
    """
    asked = _due_or_none(law, rule_id, start)
    if asked is not None and asked.final and asked.extended is not None:
        return Known(asked.extended, True)
    flagged = _due_or_none(_flagged(law), rule_id, start)
    return Known(flagged.extended or flagged.nominal, False) if flagged else None


# the law of the moment and the one before
@lru_cache(maxsize=4)  # not the law's: a cache
def _flagged(law: Law) -> Law:
    return law.with_settings({_MISSING_CALENDAR: _FLAGGED})


def _due_or_none(law: Law, rule_id: str, start: date) -> Due | None:
    try:
        return due(law, rule_id, start)
    except (CalendarMissing, NotAPeriod, NotInForce, UnknownRule):
        return None


def last_day(law: Law, rule_id: str, start: date) -> date | None:
    """Last day of the duty as far as it is known, after rest days; None where no rule of that day sets a clock."""
    found = known_day(law, rule_id, start)
    return found.day if found else None


def final_day(law: Law, rule_id: str, start: date) -> date | None:
    """Last day of the duty when no year that is still to come can move it: only such a day may be held against anybody."""
    found = known_day(law, rule_id, start)
    return found.day if found and found.final else None


def provisional(law: Law, rule_id: str, start: date) -> bool:
    """Whether that last day may change once the calendar of a year is imported."""
    found = known_day(law, rule_id, start)
    return found is not None and not found.final


def counted_since(law: Law, rule_id: str, since: date) -> date:
    """The day after which days count for the rule: that of the fact, never one before the rule's own first day."""
    first = law.versions(rule_id)[0].in_force_from
    return since if since >= first else first - _ONE_DAY


def counted_from(law: Law, rule_id: str, since: datetime) -> datetime:
    """The instant from which hours count for the rule: that of the fact, never one before the rule's own first day."""
    first = law.versions(rule_id)[0].in_force_from
    return since if day_of(since) >= first else end_of_day(first - _ONE_DAY)


def lasts(rule: Rule) -> bool:
    """Whether the rule draws a line through a fact that lasts, such as being away, and sets nobody a day to act by."""
    by_hours = rule.counting.profile == "P-HOUR" and rule.bound == "more_than"
    return by_hours or rule.counting.profile == "P-LATE"


def line(law: Law, rule_id: str, since: datetime) -> Due | None:
    """When the hours that began at an instant are over; None where no rule of that day counts them.

    A fact that lasts into the law has its hours from the law's first day on. Raises UnknownRule, NotAPeriod.
    """
    if lasts(law.rule(rule_id)):
        since = counted_from(law, rule_id, since)
    return law.due(rule_id, since) if of_the_day(law, rule_id, day_of(since)) else None


def basis(law: Law, rule_id: str, day: date) -> str:
    """Id of the rule that a fact of the day rests on: this one, also where only an older text among its sources was in
    force (such a text grounds the act, no more), else the older rule that it superseded.

    Empty where the catalogue has no law of that day. Raises UnknownRule.
    """
    if of_the_day(law, rule_id, day):
        return rule_id
    if law.adopted(rule_id) and any(law.sources[one.text].in_force(day) for one in law.rule(rule_id).source):
        return rule_id
    return next((one for one in law.superseded.get(rule_id, ()) if of_the_day(law, one, day)), "")


def article_zh(law: Law, rule_id: str, day: date) -> str:
    """The article of that basis as it stood on the day; empty where there is none. Raises UnknownRule."""
    found = basis(law, rule_id, day)
    return law.article_zh(found, day) if found else ""
