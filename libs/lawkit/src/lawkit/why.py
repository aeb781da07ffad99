"""Why a date, a deadline or a decision is as it is: facts, rules with version and articles, counted days.

Every answer names what it rests on and can be followed: a rule id leads to its version in force on the day of the fact,
that to its articles with the words quoted, and a date to the days that were counted. The sentences say it in Chinese
(saying.py); `structure` says the same as a structure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import cast

from lawkit import counted, saying
from lawkit.counting import MONTHS_PER_YEAR, SHANGHAI, Due, Period, count, day_of
from lawkit.errors import CalendarMissing, NotAPeriod, NotInForce
from lawkit.law import Law
from lawkit.law_of_the_day import basis, counted_from, counted_since, lasts
from lawkit.rules import Rule
from lawkit.terms import Length, Term

# the rules of counting that each way of counting applies; the roll is added where it took place
_COUNTING_RULES: Mapping[str, tuple[str, ...]] = {
    "P-HOUR": ("counting.start-excluded",),
    "P-DAY": ("counting.start-excluded",),
    "P-DAY-STRICT": ("counting.start-excluded", "counting.custody-no-roll"),
    "P-WD": ("counting.start-excluded", "counting.working-day"),
    "P-MONTH": ("counting.start-excluded", "counting.month-period"),
    "P-MONTH-STRICT": ("counting.month-period",),
    "P-BACK-MONTH": ("counting.month-period",),
    "P-INTERVAL": ("counting.month-period",),
    "P-DEVICE": ("counting.month-period",),
    "P-PERMIT": ("counting.month-period",),
}
_ROLL = "counting.holiday-roll"


@dataclass(frozen=True, slots=True)
class Article:
    """A place in a legal text. quote: its words, where the catalogue quotes them. in_force: on the day of the fact."""

    source: str
    title_zh: str
    place_zh: str
    quote: str | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """One version of a rule with its articles, the one that carries the rule first."""

    rule: str
    title_zh: str
    in_force_from: date
    in_force_to: date | None
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Counting:
    """How a day was found. due: None while the calendar of missing_year is not there.

    total: how many days were counted, None for hours and ages. days: as counted.days gives them.
    """

    period: Period
    start: date | datetime
    due: Due | None
    total: int | None
    days: tuple[counted.Day, ...]
    missing_year: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """facts: what it rests on, by Chinese name. grounds: the rule asked about first, then those that counted."""

    facts: tuple[tuple[str, str], ...]
    grounds: tuple[Ground, ...]
    counting: Counting | None
    sentences: tuple[str, ...]

    @property
    def article_zh(self) -> str:
        """The article that carries it as printed, for example 社区矫正法 第二十七条第一款: the first one in force on the day."""
        articles = self.grounds[0].articles
        found = next((one for one in articles if one.in_force), articles[0])
        return f"{found.title_zh} {found.place_zh}".rstrip()


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that fixed a term anew: its rule, and the last day that it led to.

    by: the length it states. on: its day; None where only its effect is asked about.
    """

    rule_id: str
    end: date
    by: Length | None = None
    on: date | None = None


def ground(law: Law, rule_id: str, on: date | None = None) -> Ground:
    """The version of the rule that judges a fact of the day, else the older rule it superseded, else the newest.

    Raises UnknownRule.
    """
    rule = _version(law, rule_id, on)
    articles: list[Article] = []
    for citation in rule.source:
        source = law.sources[citation.text]
        # the quotation stands in the first article (meta.keys of rules.yaml)
        quote = None if articles else rule.quote
        in_force = on is None or source.in_force(on)
        articles.append(Article(source.id, source.short_zh, citation.place_zh, quote, in_force))
    return Ground(rule.id, rule.title_zh, rule.in_force_from, rule.in_force_to, tuple(articles))


def _version(law: Law, rule_id: str, on: date | None) -> Rule:
    if on is None:
        return law.rule(rule_id)
    for version in law.versions(rule_id):
        if version.in_force(on):
            return version
    found = basis(law, rule_id, on) or rule_id
    return law.rule(rule_id) if found == rule_id else law.rule(found, on)


def why(
    law: Law,
    rule_id: str,
    since: date | datetime | None = None,
    facts: Mapping[str, str] | None = None,
    *,
    on: date | None = None,
    length: int | None = None,
) -> Explanation:
    """Why the rule gives what it gives: with the day it counts from, also the days counted.

    since: the start fact (backward: the end). on: the day whose law judges, by default that of `since`. length: as a
    decision states it, in the rule's unit. A rule that counts nothing explains itself without days. Raises UnknownRule.
    """
    judged = on or (None if since is None else day_of(since) if isinstance(since, datetime) else since)
    main = ground(law, rule_id, judged)
    counting = None if since is None else _counting(law, main.rule, since, judged, length)
    grounds = (main, *_unique((ground(law, one, judged) for one in _counting_rules(counting)), main))
    told = tuple((facts or {}).items())
    return Explanation(told, grounds, counting, saying.explained(told, grounds, counting))


def _counting(
    law: Law, rule_id: str, since: date | datetime, on: date | None, length: int | None
) -> Counting | None:
    try:
        period = law.period(rule_id, since, on)
        if lasts(law.rule(rule_id, on)):
            exact = isinstance(since, datetime)
            since = counted_from(law, rule_id, since) if exact else counted_since(law, rule_id, since)
    except (NotAPeriod, NotInForce):
        return None
    if length is not None:
        period = dataclasses.replace(period, count=length)
    try:
        due = count(period, since, law.calendar)
    except CalendarMissing as missing:
        return Counting(period, since, None, None, (), missing.year)
    except NotAPeriod:
        return None
    days = counted.days(period, due, law.calendar)
    return Counting(period, since, due, counted.total(period, due), days, due.missing_year)


def _counting_rules(counting: Counting | None) -> tuple[str, ...]:
    if counting is None:
        return ()
    if counting.period.profile == "P-TERM":
        whole_years = counting.period.count % MONTHS_PER_YEAR == 0
        return ("counting.term-years",) if whole_years else ("counting.term-years", "counting.term-months")
    rolled = counting.period.roll and counting.due is not None and counting.due.skipped
    return (*_COUNTING_RULES.get(counting.period.profile, ()), *((_ROLL,) if rolled else ()))


def _unique(found: Iterable[Ground], *first: Ground) -> tuple[Ground, ...]:
    seen = {one.rule for one in first}
    return tuple(one for one in found if one.rule not in seen and not seen.add(one.rule))


def why_term(
    law: Law, begun: Term, changes: Sequence[Change] = (), facts: Mapping[str, str] | None = None
) -> Explanation:
    """Why a term runs from its first to its last day: as begun, then each decision that fixed it anew.

    Raises UnknownRule.
    """
    begun_by = [ground(law, one, begun.start) for one in begun.rules]
    changed_by = [ground(law, one.rule_id, one.on) for one in changes]
    grounds = _unique([*begun_by, *changed_by])
    told = tuple((facts or {}).items())
    sentences = saying.term_explained(told, begun, list(zip(changes, changed_by, strict=True)), grounds)
    return Explanation(told, grounds, None, sentences)


def together(first: Explanation, then: Explanation) -> Explanation:
    """Both as one: the first tells what came of it, the second how its day was found."""
    facts = (*first.facts, *(fact for fact in then.facts if fact not in first.facts))
    grounds = _unique([*first.grounds, *then.grounds])
    return Explanation(facts, grounds, then.counting or first.counting, (*first.sentences, *then.sentences))


def structure(value: object) -> object:
    """The explanation, or a part of it, as a structure of JSON: days and instants as ISO 8601 in Asia/Shanghai."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: structure(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): structure(one) for key, one in cast(Mapping[str, object], value).items()}
    if isinstance(value, tuple | list):
        return [structure(one) for one in cast(Sequence[object], value)]
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    return value.isoformat() if isinstance(value, date) else value.value if isinstance(value, Enum) else value
