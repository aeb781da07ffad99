"""How long a person is under corrections.

刑法 第三十八条、第四十一条、第七十三条、第八十三条; 最高法刑诉解释 第二百零二条.

The documents govern (set.term.authority): what is computed here checks them and warns. The arithmetic of
article 202 is used for every day, also before 2021-03-01; the official cases of 2016 to 2020 agree with it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import Literal

from lawkit.counting import MONTHS_PER_YEAR, add_months, add_years, end_of_day, span
from lawkit.errors import BelowFloor, InvalidTerm, Unlawful
from lawkit.law import Law
from lawkit.tables import measure_available

Punishment = Literal["detention", "imprisonment"]
_ONE_DAY = timedelta(days=1)
# counting.month-period: half a month is 15 days
DAYS_PER_MONTH = 30  # not the law's: for bounds in months and parts of one; the calendar counts whole ones
_CREDIT_RULES = {
    "PUBLIC_SURVEILLANCE": "counting.credit.surveillance",
    "PROBATION": "counting.credit.probation",
}
# where the sentence itself begins with the decision, its penalty says what custody counts for
_SENTENCE_CREDIT_RULES: dict[Punishment, str] = {
    "detention": "counting.credit.detention",
    "imprisonment": "counting.credit.imprisonment",
}
# the penalties that end on a day, by the catalogue's words for penalties
_PUNISHMENTS: dict[str, Punishment] = {"DETENTION": "detention", "FIXED_TERM": "imprisonment"}
_CREDIT_KEY = "credit_days_per_custody_day"
_FLOORS: dict[Punishment, str] = {
    "detention": "reduction.probation.floor-detention",
    "imprisonment": "reduction.probation.floor-imprisonment",
}


@dataclass(frozen=True, slots=True)
class Length:
    """A length as a judgment states it. Four years and forty-eight months are not counted alike."""

    years: int = 0
    months: int = 0
    days: int = 0

    @property
    def in_months(self) -> float:
        """The length for comparing with a bound in months."""
        return self.years * MONTHS_PER_YEAR + self.months + self.days / DAYS_PER_MONTH

    def __str__(self) -> str:
        parts = ((self.years, "年"), (self.months, "个月"), (self.days, "日"))
        return "".join(f"{number}{unit}" for number, unit in parts if number) or "0"

    def __add__(self, other: "Length") -> "Length":
        return Length(self.years + other.years, self.months + other.months, self.days + other.days)


@dataclass(frozen=True, slots=True)
class Term:
    """From the start to the end, both included; it is over at 24:00 of the end in Asia/Shanghai.

    length: as stated, None when only the end is given. credit_days: days deducted for custody.
    rules: the rules that determined the dates. unreduced: the term before its first reduction, None without one.
    """

    kind: str
    start: date
    end: date
    length: Length | None
    credit_days: int
    rules: tuple[str, ...]
    unreduced: "Term | None" = None

    @property
    def ends_at(self) -> datetime:
        """The instant (UTC) at which the term is over."""
        return end_of_day(self.end)


def term(
    law: Law,
    kind: str,
    start: date,
    length: Length,
    *,
    custody_days: int = 0,
    punishment: Punishment | None = None,
) -> Term:
    """The term of a stated length, ended on the day before the same day, less the credit for custody.

    Custody counts by the kind's own credit rule: surveillance two for one, probation none. Temporary service
    whose sentence begins with it (decided by a court) names the punishment, whose rule counts: 刑法
    第四十四条、第四十七条. Other terms continue a sentence from which custody has been deducted.
    Raises UnknownRule, InvalidTerm; Unlawful for custody that no rule of the kind offsets, so that none gets lost.
    """
    _check(length)
    law.kind(kind)
    if custody_days < 0:
        raise InvalidTerm(f"{custody_days} days of custody", "none or more")
    rules = [
        r
        for r, used in (("counting.term-years", length.years), ("counting.term-months", length.months))
        if used
    ]
    end = _first_day_after(law, start, length) - _ONE_DAY
    served = Term(kind, start, end, length, 0, tuple(rules))
    if not custody_days:
        return served
    rule_id = credit_rule(kind, punishment)
    if rule_id is None:
        unknown = kind == "TEMPORARY_SERVICE"
        rule_id = _SENTENCE_CREDIT_RULES["imprisonment"] if unknown else law.kind(kind).term_rule
        want = (
            "its punishment, which says what it counts for"
            if unknown
            else "a sentence that it is off already"
        )
        raise Unlawful(rule_id, f"{custody_days} days of custody", want)
    return credited(law, served, rule_id, custody_days)


def credited(law: Law, served: Term, rule_id: str, custody_days: int) -> Term:
    """The term less the custody before it, at the rate of the rule. Raises InvalidTerm, NoNumber."""
    if custody_days < 0:
        raise InvalidTerm(f"{custody_days} days of custody", "none or more")
    credit = custody_days * int(law.threshold(rule_id, _CREDIT_KEY))
    end = served.end - timedelta(days=credit)
    if end < served.start:
        raise InvalidTerm(f"a credit of {credit} days", "less than the term")
    return replace(served, end=end, credit_days=served.credit_days + credit, rules=(*served.rules, rule_id))


def credit_rule(kind: str, punishment: Punishment | None = None) -> str | None:
    """The rule by which custody before the judgment shortens a term of this kind; None where none does."""
    if kind in _CREDIT_RULES:
        return _CREDIT_RULES[kind]
    return _SENTENCE_CREDIT_RULES[punishment] if kind == "TEMPORARY_SERVICE" and punishment else None


def credit_per_day(law: Law, kind: str, punishment: Punishment | None = None) -> int:
    """Days of the term that one day of custody counts for; 0 where custody shortens no term of this kind."""
    rule_id = credit_rule(kind, punishment)
    return int(law.threshold(rule_id, _CREDIT_KEY)) if rule_id is not None else 0


def term_until(law: Law, kind: str, start: date, end: date) -> Term:
    """The term whose end a document gives: the rest of the sentence, or the end of the cause.

    Raises UnknownRule, InvalidTerm.
    """
    law.kind(kind)
    if end < start:
        raise InvalidTerm(f"an end of {end}", f"{start} or later")
    rules = ("counting.start.parole",) if kind == "PAROLE" else ()
    return Term(kind, start, end, None, 0, rules)


def parole_from_life(law: Law, start: date) -> Term:
    """The term of a parole from life imprisonment, counted from the parole date."""
    rule_id = "counting.parole.life-ten-years"
    due = law.due(rule_id, start)
    years, months = divmod(int(law.threshold(rule_id)), MONTHS_PER_YEAR)
    return Term("PAROLE", start, due.nominal, Length(years, months), 0, (rule_id, "counting.start.parole"))


def punishment_of(penalty: str) -> Punishment | None:
    """The imprisonment or detention that the penalty is; None for every other. What custody counts for follows from it."""
    return _PUNISHMENTS.get(penalty)


def has_length(penalty: str) -> bool:
    """Whether a judgment states how long the penalty lasts. 刑法 第三十八条、第四十二条、第四十五条."""
    return penalty in _PUNISHMENTS or penalty == "PUBLIC_SURVEILLANCE"


def term_of_decision(
    law: Law,
    kind: str,
    start: date,
    *,
    sentence: Length | None,
    probation: Length | None,
    custody_days: int,
    life: bool,
    punishment: Punishment | None,
    by_court: bool,
) -> Term | None:
    """The term that a decision lets compute; None where a document must say the last day. Raises InvalidTerm.

    The rest of a sentence (parole, temporary service granted in prison) needs a document. Temporary service that a court
    decides before delivery to prison begins the sentence, less the custody before it (刑法 第四十四条、第四十七条).
    """
    match kind:
        case "PUBLIC_SURVEILLANCE":
            return term(law, kind, start, sentence or Length(), custody_days=custody_days)
        case "PROBATION":
            return term(law, kind, start, probation or Length(), custody_days=custody_days)
        case "PAROLE" if life:
            return parole_from_life(law, start)
        case "TEMPORARY_SERVICE" if by_court and sentence and (punishment or not custody_days):
            return term(law, kind, start, sentence, custody_days=custody_days, punishment=punishment)
        case _:
            return None


def shorten(law: Law, served: Term, by: Length, *, punishment: Punishment | None = None) -> Term:
    """The term after a reduction ruling.

    Probation keeps its floor for the punishment, surveillance half of its length before the first reduction
    (credit counts as served). A reduction of temporary service concerns the sentence: ask tables.reduction_keeps_half.
    Raises BelowFloor, InvalidTerm (no rest, or probation without its punishment), Unlawful for a kind whose term no text
    lets shorten: what is left under parole is the sentence itself (刑法 第七十八条、第八十三条).
    """
    _check(by)
    if not law.kind(served.kind).reduction:
        want = "a kind that a reduction exists for"
        raise Unlawful(measure_available(law, served.kind, "reduction").rule_id, served.kind, want)
    whole = served.unreduced or served
    shorter = replace(_shortened(law, served, by), unreduced=whole)
    if shorter.end < served.start:
        raise InvalidTerm(f"a reduction by {by}", "less than the term")
    if served.kind == "PROBATION":
        if punishment is None:
            raise InvalidTerm("probation without its punishment", "detention or imprisonment")
        _keep_floor(law, shorter, _FLOORS[punishment])
    if served.kind == "PUBLIC_SURVEILLANCE":
        _keep_half(law, whole, shorter)
    return shorter


def extend(law: Law, served: Term, by: Length, *, rule_id: str = "reimprison.noncounted.law") -> Term:
    """The term after a ruling that time does not count: it ends later by that time.

    Raises InvalidTerm, Unlawful for a kind whose time always counts.
    """
    _check(by)
    if not law.rule(rule_id).applies_to(served.kind):
        raise Unlawful(rule_id, served.kind, " or ".join(law.rule(rule_id).kinds))
    end = _first_day_after(law, served.end + _ONE_DAY, by) - _ONE_DAY
    return replace(served, end=end, length=None, rules=(*served.rules, rule_id))


def _check(length: Length) -> None:
    parts = (length.years, length.months, length.days)
    if min(parts) < 0 or not any(parts):
        raise InvalidTerm(f"{length}", "a length of at least one day and no negative part")


def _first_day_after(law: Law, start: date, length: Length) -> date:
    """The day after the last: years first, then months, then days."""
    day = add_years(start, length.years)
    if law.setting("set.term.month-arithmetic").choice == "iterated":
        for _ in range(length.months):
            day = add_months(day, 1)
    else:
        day = add_months(day, length.months)
    return day + timedelta(days=length.days)


def _shortened(law: Law, served: Term, by: Length) -> Term:
    rules = (*served.rules, "reduction.dates-in-ruling")
    before = served.length
    if before is not None and not before.days and not by.days:
        years, months = before.years - by.years, before.months - by.months
        if months < 0 or years < 0:
            years, months = divmod(years * MONTHS_PER_YEAR + months, MONTHS_PER_YEAR)
        if years >= 0 and years + months:
            length = Length(years, months)
            end = _first_day_after(law, served.start, length) - timedelta(days=served.credit_days + 1)
            return replace(served, end=end, length=length, rules=rules)
    back = add_months(add_years(served.end + _ONE_DAY, -by.years), -by.months)
    return replace(served, end=back - timedelta(days=by.days + 1), length=None, rules=rules)


def _keep_floor(law: Law, shorter: Term, rule_id: str) -> None:
    years, months = divmod(int(law.threshold(rule_id)), MONTHS_PER_YEAR)
    floor = _first_day_after(law, shorter.start, Length(years, months)) - _ONE_DAY
    if shorter.end < floor:
        raise BelowFloor(rule_id, shorter.end, floor)


def _keep_half(law: Law, whole: Term, shorter: Term) -> None:
    """Half of the months of the sentence, as the court counts it: half of 24 months is 12, with or without a leap day."""
    rule_id = "reduction.floor-half"
    credit = timedelta(days=whole.credit_days + 1)
    length = whole.length or Length(*span(whole.start, whole.end + credit))
    least = _first_day_after(law, whole.start, _part(length, law.threshold(rule_id))) - credit
    if shorter.end < least:
        raise BelowFloor(rule_id, shorter.end, least)


def _part(length: Length, share: float) -> Length:
    months = (length.years * MONTHS_PER_YEAR + length.months) * share
    years, whole = divmod(int(months), MONTHS_PER_YEAR)
    return Length(years, whole, ceil((months - int(months)) * DAYS_PER_MONTH + length.days * share))
