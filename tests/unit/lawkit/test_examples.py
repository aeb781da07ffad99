"""Every worked example whose computation lawkit knows runs through its public interface.

An example names its computation (`compute.fn`). UNCOVERED lists the computations that issue 4 adds; the list
may only shrink, and no example is left out silently.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from lawkit import load_law
from lawkit.counting import SHANGHAI, Due, Period, count, span
from lawkit.errors import BelowFloor, CalendarMissing
from lawkit.ladders import (
    Limb,
    absconded,
    late_report_measure,
    leave_approver,
    leave_days,
    leave_days_in_window,
    warnings_ground,
)
from lawkit.tables import (
    group_lacks,
    measure_available,
    probation_keeps_floor,
    reduction_keeps_half,
    reduction_may_start,
)
from lawkit.terms import (
    Length,
    extend,
    injunction_breaches,
    parole_from_life,
    probation_breaches,
    shorten,
    surveillance_breaches,
    term,
    term_until,
)

Example = Mapping[str, Any]
LAW = load_law()
FILE = Path(__file__).parents[2] / "data" / "law" / "examples.yaml"
EXAMPLES = cast(
    list[Example], yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["examples"]
)
# examples of older facts ask "by today's rule"
TODAY = date(2026, 11, 21)

UNCOVERED = frozenset({
    "addressee", "arrest", "commend", "copies", "device", "dossier", "exit_ban", "fast_track_due",
    "health_extension", "injunction_breach", "is_leave", "minor_regime", "nationality_notice", "proposer",
    "psa_record", "quarterly", "release", "screening_key", "seal", "self_care", "subject_created",
})  # fmt: skip


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def _length(c: Example) -> Length:
    return Length(c.get("years", 0), c.get("months", 0), c.get("days", 0))


def _period_rules(e: Example, number: int) -> list[str]:
    known = [r for r in e["rules"] if r in LAW.rule_ids]
    return [r for r in known if LAW.rule(r).duration == number and LAW.rule(r).counting.profile != "P-NONE"]


def _due(e: Example, start: date | datetime, number: int, profile: str, unit: str) -> Due:
    """By the example's own rule when it has the number, else by the bare counting profile."""
    rules = _period_rules(e, number)
    if rules:
        return LAW.due(rules[0], start, on=TODAY)
    return count(
        Period(e["id"], profile, number, unit, roll=profile in {"P-DAY", "P-MONTH"}), start, LAW.calendar
    )


def _dates(profile: str, unit: str) -> Callable[[Example, Example], Example]:
    def answer(e: Example, c: Example) -> Example:
        try:
            due = _due(e, _day(c["start"]), c["n"], profile, unit)
        except CalendarMissing as missing:
            return {"error": f"calendar-missing {missing.year}"}
        extended = str(due.extended) if due.extended else "calendar-missing"
        # `due` asks for the day without rolling (ex.num.024: the court did not roll the Saturday)
        return {"nominal_due": str(due.nominal), "extended_due": extended, "due": str(due.nominal)}

    return answer


def _hours(e: Example, c: Example) -> Example:
    instant = _due(e, _instant(c["start"]), c["hours"], "P-HOUR", "hour").instant
    assert instant is not None
    return {"due": instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")}


def _before(unit: str) -> Callable[[Example, Example], Example]:
    profile = f"P-BACK-{unit.upper()}"
    return lambda e, c: {"latest": str(_due(e, _day(c["end"]), c["n"], profile, unit).nominal)}


def _window(e: Example, c: Example) -> Example:
    due = _due(e, _day(c["end"]), c["months"], "P-BACK-MONTH", "month")
    return {"first": str(due.nominal), "last": str(due.window_last)}


def _earlier(_: Example, c: Example) -> Example:
    return {"due": str(min(map(_day, c["list"])))}


def _in_force(_: Example, c: Example) -> Example:
    return {"rules": [r for r in c["rule_ids"] if LAW.in_force(r, _day(c["on"]))]}


def _term(e: Example, c: Example) -> Example:
    if "counting.parole.life-ten-years" in e["rules"]:
        return {"last_day": str(parole_from_life(LAW, _day(c["start"])).end)}
    return {"last_day": str(term(LAW, "PROBATION", _day(c["start"]), _length(c)).end)}


def _term_credit(_: Example, c: Example) -> Example:
    kind = "PROBATION" if c["rate"] == 0 else "PUBLIC_SURVEILLANCE"
    credited = term(LAW, kind, _day(c["start"]), _length(c), custody_days=c["custody_days"])
    assert credited.credit_days == c["rate"] * c["custody_days"]
    return {"last_day": str(credited.end)}


def _term_extend(_: Example, c: Example) -> Example:
    sentence = term_until(LAW, "TEMPORARY_SERVICE", _day("2013-09-27"), _day(c["end"]))
    return {"last_day": str(extend(LAW, sentence, _length(c)).end)}


def _span(_: Example, c: Example) -> Example:
    years, months, days = span(_day(c["start"]), _day(c["end"]))
    return {"years": years, "days": days} if not months else {"months": months}


def _permit(e: Example, c: Example) -> Example:
    if _period_rules(e, c["months"]):
        due = _due(e, _day(c["start"]), c["months"], "P-PERMIT", "month")
        return {"last_day": str(due.last_day_within(_day(c.get("term_end", "9999-12-31"))))}
    return {"last_day": str(term(LAW, "TEMPORARY_SERVICE", _day(c["start"]), _length(c)).end)}


def _probation_valid(_: Example, c: Example) -> Example:
    lengths = Length(months=c["sentence_months"]), Length(months=c["probation_months"])
    return {"valid": not probation_breaches(LAW, c["punishment"], *lengths)}


def _surveillance_valid(_: Example, c: Example) -> Example:
    return {"valid": not surveillance_breaches(LAW, _length(c), combined=c.get("combined", False))}


def _injunction_valid(_: Example, c: Example) -> Example:
    return {"valid": not injunction_breaches(LAW, c["kind"], _length(c))}


def _shortened(_: Example, c: Example) -> Example:
    allowed = probation_keeps_floor(LAW, c["punishment"], c["months"]).allowed
    before = term(LAW, "PROBATION", _day("2018-03-27"), Length(months=c["months"] + 12))
    try:
        shorten(LAW, before, Length(months=12), punishment=c["punishment"])
    except BelowFloor:
        assert not allowed
    else:
        assert allowed
    return {"valid": allowed}


def _half(_: Example, c: Example) -> Example:
    return {"valid": reduction_keeps_half(LAW, c["sentence_months"], c["served_months_after"]).allowed}


def _start(_: Example, c: Example) -> Example:
    merit = c.get("major_merit", False)
    verdict = reduction_may_start(LAW, c["sentence_months"], c["served_months"], major_merit=merit)
    return {"allowed": verdict.allowed}


def _late(_: Example, c: Example) -> Example:
    start, fact = _day(c["start"]), _day(c["fact"])
    justified = c.get("justified", False)
    late = late_report_measure(LAW, c["kind"], start, fact, justified=justified, on=TODAY)
    return {"days": late.days, "measure": late.measure.value, "revocation_ground": bool(late.revocation_rule)}


def _absconded(_: Example, c: Example) -> Example:
    excuses = frozenset(key for key in ("justified", "urgent", "reported") if c.get(key))
    limb = cast(Limb, c["limb"])
    return {
        "absconded": absconded(LAW, limb, _instant(c["start"]), _instant(c["at"]), excuses=excuses).absconded
    }


def _leave(_: Example, c: Example) -> Example:
    first, last = _day(c["first"]), _day(c["last"])
    earlier = [(_day(begin), _day(end)) for begin, end in c.get("earlier", [])]
    days, total = leave_days(LAW, first, last), leave_days_in_window(LAW, first, last, earlier)
    approval = leave_approver(LAW, days, total, office_entrusted=c.get("entrusted", True), on=first)
    told = "PROC_COUNTY" in approval.informed
    return {
        "days": days,
        "sum_two_months": total,
        "approver": approval.approver,
        "inform_procuratorate": told,
    }


def _warnings(_: Example, c: Example) -> Example:
    ground = warnings_ground(
        LAW,
        c["kind"],
        c["count"],
        not_corrected=c["not_corrected"],
        on=_day(c["on"]),
        decider=c.get("decider"),
    )
    return {"ground": ground.exists, "system_warning": ground.to_confirm}


def _measure(_: Example, c: Example) -> Example:
    return {"available": measure_available(LAW, c["kind"], c["measure"]).allowed}


def _group(_: Example, c: Example) -> Example:
    woman = c["sex"] == "female"
    lacking = group_lacks(LAW, woman=woman, minor=c["minor"], members=c["members"], on=TODAY)
    names = {"group.woman-member": "woman-member", "minor.group-expert": "minor-expert"}
    return {"valid": not lacking, "missing": [names[rule_id] for rule_id in lacking]}


COVERED: Mapping[str, Callable[[Example, Example], Example]] = {
    "due_days": _dates("P-DAY", "day"), "due_days_strict": _dates("P-DAY-STRICT", "day"),
    "due_working_days": _dates("P-WD", "working_day"), "due_months": _dates("P-MONTH", "month"),
    "due_months_strict": _dates("P-MONTH-STRICT", "month"), "hours_due": _hours,
    "before_days": _before("day"), "before_months": _before("month"), "window_before": _window,
    "earlier": _earlier, "in_force": _in_force, "term": _term, "term_credit": _term_credit,
    "term_extend": _term_extend, "span": _span, "permit_end": _permit, "permit_end_capped": _permit,
    "probation_valid": _probation_valid, "surveillance_valid": _surveillance_valid,
    "injunction_term_valid": _injunction_valid, "probation_shortened": _shortened, "reduction_half": _half,
    "reduction_start": _start, "late": _late, "absconded": _absconded, "leave": _leave,
    "warnings": _warnings, "measure_available": _measure, "group_valid": _group,
}  # fmt: skip


def test_every_computation_is_covered_or_named_as_not_yet() -> None:
    asked = {e["compute"]["fn"] for e in EXAMPLES}
    assert asked - COVERED.keys() == UNCOVERED
    assert COVERED.keys() <= asked


def test_every_rule_an_example_names_exists() -> None:
    other = ("set.", "trap.", "forbid.")
    named = {r for e in EXAMPLES for r in e["rules"] if not r.startswith(other)}
    assert named <= set(LAW.rule_ids)


@pytest.mark.parametrize("e", [e for e in EXAMPLES if e["compute"]["fn"] in COVERED], ids=lambda e: e["id"])
def test_worked_example(e: Example) -> None:
    got = COVERED[e["compute"]["fn"]](e, e["compute"])
    expected = {key: value for key, value in e["expect"].items() if key != "outcome"}
    assert {key: got.get(key) for key in expected} == expected, e["articles"]


def test_an_example_of_a_period_uses_the_rule_of_its_number() -> None:
    periods = [e for e in EXAMPLES if e["compute"]["fn"].startswith(("due_", "before_", "hours_"))]
    by_rule = [e for e in periods if _period_rules(e, e["compute"].get("n", e["compute"].get("hours")))]
    assert len(by_rule) > len(periods) - len(by_rule)
