"""Which law judges a fact: the rule in force on its day, and no other (handbook section 1; docs/adr/0011).

Where no rule was in force on that day, no legal clock is set and nothing is derived: no measure, no lateness, no
refusal, for a later law burdens nobody for what was before it. What a document printed counts as printed; what the
organs did under texts that the catalogue lacks stands as they did it. Facts that last are judged by the law of the day
they ended on, and days before that law do not count. Where a law reaches back, a rule of the catalogue says so.
"""

from __future__ import annotations

from datetime import date, timedelta

from lawkit.counting import Due
from lawkit.law import Law
from lawkit.rules import Rule

_ONE_DAY = timedelta(days=1)


def of_the_day(law: Law, rule_id: str, day: date) -> Rule | None:
    """The version of the rule that judges a fact of the day; None: there was no such rule. Raises UnknownRule."""
    return law.rule(rule_id, day) if law.in_force(rule_id, day) else None


def due(law: Law, rule_id: str, start: date) -> Due | None:
    """Until when the duty is due that began on a day; None where no rule of that day sets a clock.

    Raises UnknownRule, NotAPeriod.
    """
    return law.due(rule_id, start) if of_the_day(law, rule_id, start) else None


def last_day(law: Law, rule_id: str, start: date) -> date | None:
    """Last day of the duty, after rest days; None where no rule of that day sets a clock.

    While the calendar of that year is missing, the nominal day: an alarm too early harms nobody.
    """
    found = due(law, rule_id, start)
    return None if found is None else found.extended or found.nominal


def provisional(law: Law, rule_id: str, start: date) -> bool:
    """Whether that last day may change once the calendar of a year is imported."""
    found = due(law, rule_id, start)
    return found is not None and not found.final


def counted_since(law: Law, rule_id: str, since: date) -> date:
    """The day after which days count for the rule: that of the fact, never one before the rule's own first day."""
    return max(since, law.versions(rule_id)[0].in_force_from - _ONE_DAY)


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
