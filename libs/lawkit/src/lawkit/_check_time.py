"""Computations of worked examples: days, working days, months, hours, terms, and the lines of a rule."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction

from lawkit._check_context import Answer, Example
from lawkit._facts import Facts, as_day
from lawkit.assessment import assessment_term
from lawkit.counting import SHANGHAI, Due, Period, count, end_of_day, span
from lawkit.endings import nationality_notice
from lawkit.errors import BelowFloor, MissingFact, WrongFact
from lawkit.law import Law
from lawkit.lengths import (
    injunction_breaches,
    parole_breaches,
    probation_breaches,
    sentence_breaches,
    surveillance_breaches,
)
from lawkit.tables import probation_keeps_floor, reduction_keeps_half, reduction_may_start
from lawkit.terms import (
    Length,
    credited,
    extend,
    parole_from_life,
    shorten,
    term,
    term_until,
)
from lawkit.thresholds import meets

_CREDIT = "credit_days_per_custody_day"
_LIFE = "counting.parole.life-ten-years"
_RESOLUTION = timedelta(microseconds=1)
_UNITS = {
    "P-WD": "working_day", "P-MONTH": "month", "P-MONTH-STRICT": "month", "P-BACK-MONTH": "month",
    "P-HOUR": "hour", "P-PERMIT": "month",
}  # fmt: skip
# the rule says whether its period rolls; that it runs forward, backward or with its first day, the question says
_FORWARD = ("P-DAY", "P-DAY-STRICT", "P-WD", "P-MONTH", "P-MONTH-STRICT", "P-INTERVAL", "P-LATE", "P-HOUR")
_LENGTHS = ("_days", "_months", "_hours")
_ALIKE = (_FORWARD, ("P-BACK-DAY", "P-BACK-MONTH"), ("P-PERMIT", "P-DEVICE"))


def _own_rule(law: Law, e: Example, fact: str, length: int, profile: str) -> str | None:
    """The rule that the example names and whose period the question is about; None when it names none.

    Raises WrongFact when the period that it names has another length, or is counted in another unit.
    """
    alike = next(profiles for profiles in _ALIKE if profile in profiles)
    unit = _UNITS.get(profile, "day")
    found = e.period_rule(law, length, unit, alike)
    if found is None:
        named = [v for r in e.rules if r in law.rule_ids for v in law.versions(r)]
        periods = [v for v in named if v.duration is not None and v.counting.profile in alike]
        # what may last at most so long may be shorter; a second length of a rule is its own as well
        shorter = [v for v in periods if v.counting.profile == "P-PERMIT" and length < (v.duration or 0)]
        others = {n for v in periods for k, n in v.numbers.items() if k.endswith(_LENGTHS)}
        if periods and not shorter and length not in others:
            known = ", ".join(f"{v.duration} {v.unit} of {v.id}" for v in periods)
            raise WrongFact(fact, f"{length} {unit}", f"{known}, which the example names")
    return found


def _due(law: Law, e: Example, start: date | datetime, fact: str, length: int, profile: str) -> Due:
    """By the example's own rule when it names one with a period, else by the bare counting profile."""
    rule_id = _own_rule(law, e, fact, length, profile)
    if rule_id is not None:
        return law.due(rule_id, start)
    if length < 1:
        raise WrongFact(fact, length, "1 or more")
    rolls = profile in {"P-DAY", "P-MONTH"} and law.setting("set.counting.holiday-roll").flag
    return count(Period(e.id, profile, length, _UNITS.get(profile, "day"), rolls), start, law.calendar)


def _forward(profile: str) -> Callable[[Law, Example, Facts], Answer]:
    def answer(law: Law, e: Example, f: Facts) -> Answer:
        due = _due(law, e, f.day("start"), "n", f.whole("n"), profile)
        extended = due.extended or "calendar-missing"
        # `due` is the day without rolling (ex.num.024: the court did not roll the Saturday)
        return {"nominal_due": due.nominal, "extended_due": extended, "due": due.nominal}

    return answer


def _hours(law: Law, e: Example, f: Facts) -> Answer:
    instant = _due(law, e, f.instant("start"), "hours", f.whole("hours"), "P-HOUR").alarm_at
    return {"due": instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")}


def _backward(profile: str) -> Callable[[Law, Example, Facts], Answer]:
    return lambda law, e, f: {"latest": _due(law, e, f.day("end"), "n", f.whole("n"), profile).nominal}


def _window(law: Law, e: Example, f: Facts) -> Answer:
    end = f.day("end")
    due = _due(law, e, end, "months", f.whole("months"), "P-BACK-MONTH")
    return {"first": due.nominal, "last": end}


def _earlier(_: Law, __: Example, f: Facts) -> Answer:
    days = [as_day("list", value) for value in f.listed("list")]
    if not days:
        raise MissingFact("list")
    return {"due": min(days)}


def _in_force(law: Law, _: Example, f: Facts) -> Answer:
    asked = f.words("rule_ids")
    # an example that names a local rule is about a region that has adopted it
    local = law.with_local_rules(r for r in asked if law.rule(r).binding == "local")
    return {"rules": [r for r in asked if local.in_force(r, f.day("on"))]}


def _length(f: Facts) -> Length:
    if not any(map(f.has, ("years", "months", "days"))):
        raise MissingFact("years, months or days")
    return Length(f.whole_or("years", 0), f.whole_or("months", 0), f.whole_or("days", 0))


def _term(law: Law, e: Example, f: Facts) -> Answer:
    length = _length(f)
    if _LIFE in e.rules and length.in_months == law.threshold(_LIFE):
        return {"last_day": parole_from_life(law, f.day("start")).end}
    kind = f.one_of("kind", law.kinds) if f.has("kind") else "PROBATION"
    return {"last_day": term(law, kind, f.day("start"), length).end}


def _term_credit(law: Law, e: Example, f: Facts) -> Answer:
    rate = f.number("rate")
    known = {r: law.rule(r).numbers.get(_CREDIT) for r in law.rule_ids if _CREDIT in law.rule(r).numbers}
    by_rate = [r for r, its in known.items() if its == rate]
    named = [r for r in e.rules if r in known]
    if not by_rate or (named and not set(named) & set(by_rate)):
        raise WrongFact("rate", rate, f"the rate of {', '.join(named or known)}")
    served = term(law, "PROBATION", f.day("start"), _length(f))
    rule_id = next(iter(named), by_rate[0])
    return {"last_day": credited(law, served, rule_id, f.whole("custody_days")).end}


def _term_extend(law: Law, _: Example, f: Facts) -> Answer:
    end = f.day("end")
    return {"last_day": extend(law, term_until(law, "TEMPORARY_SERVICE", end, end), _length(f)).end}


def _span(_: Law, __: Example, f: Facts) -> Answer:
    years, months, days = span(f.day("start"), f.day("end"))
    return {"years": years, "months": months, "days": days}


def _permit(law: Law, e: Example, f: Facts) -> Answer:
    start, months = f.day("start"), f.whole("months")
    if _own_rule(law, e, "months", months, "P-PERMIT"):
        last = _due(law, e, start, "months", months, "P-PERMIT").nominal
    else:
        last = term(law, "TEMPORARY_SERVICE", start, Length(months=months)).end
    return {"last_day": min(last, f.day("term_end")) if f.has("term_end") else last}


def _permit_capped(law: Law, e: Example, f: Facts) -> Answer:
    f.day("term_end")
    return _permit(law, e, f)


def _probation_valid(law: Law, _: Example, f: Facts) -> Answer:
    sentence, period = (Length(months=f.whole(f"{what}_months")) for what in ("sentence", "probation"))
    punishment = f.one_of("punishment", ("detention", "imprisonment"))
    combined = f.shown("combined")
    return {"valid": not probation_breaches(law, punishment, sentence, period, combined=combined)}  # type: ignore[reportArgumentType]


def _sentence_valid(law: Law, _: Example, f: Facts) -> Answer:
    punishment = f.one_of("punishment", ("detention", "imprisonment"))
    total = Length(months=f.whole("total_months")) if f.has("total_months") else None
    broken = sentence_breaches(law, punishment, _length(f), combined=f.shown("combined"), total=total)  # type: ignore[reportArgumentType]
    return {"valid": not broken}


def _parole_valid(law: Law, _: Example, f: Facts) -> Answer:
    sentence, rest = (Length(months=f.whole(f"{what}_months")) for what in ("sentence", "rest"))
    return {"valid": not parole_breaches(law, sentence, rest, approved=f.shown("approved"))}


def _surveillance_valid(law: Law, _: Example, f: Facts) -> Answer:
    return {"valid": not surveillance_breaches(law, _length(f), combined=f.shown("combined"))}


def _injunction_valid(law: Law, _: Example, f: Facts) -> Answer:
    kind, length = f.one_of("kind", law.kinds), _length(f)
    if not law.kind(kind).injunction:
        return {"valid": False}
    within = Length(months=f.whole("term_months")) if f.has("term_months") else None
    return {"valid": not injunction_breaches(law, kind, length, within=within)}


def _shortened(law: Law, _: Example, f: Facts) -> Answer:
    punishment = f.one_of("punishment", ("detention", "imprisonment"))
    return {"valid": probation_keeps_floor(law, punishment, f.number("months")).allowed}


def _half(law: Law, _: Example, f: Facts) -> Answer:
    months = f.number("sentence_months"), f.number("served_months_after")
    return {"valid": reduction_keeps_half(law, *months).allowed}


def _reduced(law: Law, _: Example, f: Facts) -> Answer:
    """Reductions of so many months, one after another: the last day, or the least one that a ruling may leave."""
    punishment = f.one_of("punishment", ("detention", "imprisonment")) if f.has("punishment") else None
    served = term(law, f.one_of("kind", law.kinds), f.day("start"), _length(f))
    try:
        for months in f.listed("reductions"):
            by = Length(months=Facts({"reductions": months}).whole("reductions"))
            served = shorten(law, served, by, punishment=punishment)  # type: ignore[reportArgumentType]
    except BelowFloor as below:
        return {"valid": False, "least": below.want}
    return {"valid": True, "last_day": served.end}


def _start(law: Law, _: Example, f: Facts) -> Answer:
    months, merit = (f.number("sentence_months"), f.number("served_months")), f.shown("major_merit")
    rest = f.number("remainder_months") if f.has("remainder_months") else None
    return {"allowed": reduction_may_start(law, *months, major_merit=merit, remainder_months=rest).allowed}


def _fast_track(law: Law, _: Example, f: Facts) -> Answer:
    received, fast, minor = f.day("received"), f.flag("fast_track"), f.flag("minor")
    answer = assessment_term(law, received, fast_track=fast, minor=minor, on=received)
    rejected = {"error": "fast-track not for minors"} if answer.rejected_by else {}
    return {"due": answer.due.nominal, **rejected}


def _nationality(law: Law, _: Example, f: Facts) -> Answer:
    entry, end = f.day("entry"), f.day("end")
    notice = nationality_notice(law, entry, end, end)
    return {"notify_by": notice.by, **({"notify": "at-entry"} if notice.at_entry else {})}


def _in_time(law: Law, _: Example, f: Facts) -> Answer:
    """Whether an act of that day or instant keeps the rule: forward from `start`, backward from `end`.

    key: a second period of the rule; extensions: how often its time was extended.
    """
    rule_id = f.word("rule")
    profile = law.rule(rule_id).counting.profile
    if profile == "P-HOUR":
        due = law.due(rule_id, f.instant("start"))
        return {"in_time": not due.overdue(f.instant("at")), "due": due.instant}
    if profile.startswith("P-BACK"):
        end, act = f.day("end"), f.day("at")
        due = law.due(rule_id, end)
        inside = due.nominal <= act <= end if due.window_last else act <= due.nominal
        return {"in_time": inside, "due": due.nominal}
    start, act = f.day("start"), f.day("at")
    if f.has("key"):
        due = law.due_by_number(rule_id, f.word("key"), start)
    elif f.has("extensions"):
        due = law.due_extended(rule_id, start, f.whole("extensions"))
    else:
        due = law.due(rule_id, start)
    # an act of the day is done by 24:00: the last instant before the day is over
    return {
        "in_time": act <= due.nominal or not due.overdue(end_of_day(act) - _RESOLUTION),
        "due": due.extended,
    }


def _meets(law: Law, _: Example, f: Facts) -> Answer:
    """Whether a value lies where the rule wants it; `of` makes it a share of another one, `key` asks a second number."""
    value = f.number("value")
    if f.has("of") and not f.number("of"):
        raise WrongFact("of", 0, "a whole that is not nothing")
    share = Fraction(str(value)) / Fraction(str(f.number("of"))) if f.has("of") else value
    rule = law.rule(f.word("rule"), f.day("on") if f.has("on") else None)
    return {"meets": meets(rule, share, f.word("key") if f.has("key") else None)}


def _age_reached(law: Law, _: Example, f: Facts) -> Answer:
    """Whether somebody has the age of the rule on that day."""
    rule_id, birth, on = f.word("rule"), f.day("birth"), f.day("on")
    since = law.due(rule_id, birth, on).nominal
    return {"reached": on >= since, "since": since}


COMPUTATIONS: Mapping[str, Callable[[Law, Example, Facts], Answer]] = {
    "due_days": _forward("P-DAY"), "due_days_strict": _forward("P-DAY-STRICT"),
    "due_working_days": _forward("P-WD"), "due_months": _forward("P-MONTH"),
    "due_months_strict": _forward("P-MONTH-STRICT"), "hours_due": _hours,
    "before_days": _backward("P-BACK-DAY"), "before_months": _backward("P-BACK-MONTH"),
    "window_before": _window, "earlier": _earlier, "in_force": _in_force, "term": _term,
    "term_credit": _term_credit, "term_extend": _term_extend, "span": _span, "permit_end": _permit,
    "permit_end_capped": _permit_capped, "probation_valid": _probation_valid,
    "surveillance_valid": _surveillance_valid, "injunction_term_valid": _injunction_valid,
    "probation_shortened": _shortened, "reduction_half": _half, "reduction_start": _start,
    "fast_track_due": _fast_track, "nationality_notice": _nationality, "in_time": _in_time, "meets": _meets,
    "age_reached": _age_reached, "reduced": _reduced, "sentence_valid": _sentence_valid, "parole_valid": _parole_valid,
}  # fmt: skip
