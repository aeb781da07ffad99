"""Computations of worked examples: lateness, leave, sanctions, health, rewards, age, the end of the term."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import cast

from lawkit._check_context import Answer, Example, newest
from lawkit._facts import Facts, as_day
from lawkit.ages import minor_regime, sealing
from lawkit.endings import ending
from lawkit.errors import WrongFact
from lawkit.health import extension_approver, served_long_enough, unable_to_care_for_oneself
from lawkit.ladders import (
    Limb,
    absconded,
    admonitions_ground,
    late_report_measure,
    leave_of_the_day,
    warnings_ground,
)
from lawkit.law import Law
from lawkit.rewards import commendation, quarterly

_LIMBS = ("out-of-contact", "unapproved-departure", "overdue-return")
_EXCUSES = ("justified", "urgent", "reported")
_EXTENSION = ("health.extension.notify-procuratorate",)
_SELF_CARE = "decision.temporary.self-care-test"
_MINIMUM = "decision.temporary.minimum-served"
_UNREACHABLE = ("custody", "absconded")


def _late(law: Law, _: Example, f: Facts) -> Answer:
    start, fact = f.day("start"), f.day("fact")
    late = late_report_measure(law, f.one_of("kind", law.kinds), start, fact, justified=f.shown("justified"))
    return {"days": late.days, "measure": late.measure.value, "revocation_ground": bool(late.revocation_rule)}


def _absconded(law: Law, _: Example, f: Facts) -> Answer:
    excuses = frozenset(name for name in _EXCUSES if f.shown(name))
    limb = cast(Limb, f.one_of("limb", _LIMBS))
    return {"absconded": absconded(law, limb, f.instant("start"), f.instant("at"), excuses=excuses).absconded}


def _span(value: object) -> tuple[date, date]:
    days = tuple(cast(list[object], value)) if isinstance(value, list | tuple) else ()
    if len(days) != 2:  # not the law's: a span has two ends
        raise WrongFact("earlier", value, "pairs of a first and a last day")
    return as_day("earlier", days[0]), as_day("earlier", days[1])


def _leave(law: Law, _: Example, f: Facts) -> Answer:
    first, last = f.day("first"), f.day("last")
    if last < first:
        raise WrongFact("last", last, f"{first} or later")
    earlier = [_span(value) for value in f.listed("earlier")] if f.has("earlier") else []
    entrusted = f.flag("entrusted") if f.has("entrusted") else True
    leave = leave_of_the_day(law, first, last, earlier, office_entrusted=entrusted)
    approval = leave.approval
    return {
        "days": leave.days,
        "sum_two_months": leave.in_window,
        "approver": approval.approver if approval else None,
        "inform_procuratorate": any(role.startswith("PROC") for role in approval.informed)
        if approval
        else False,
        "rule": leave.rule_id,
    }


def _warnings(law: Law, _: Example, f: Facts) -> Answer:
    proved, on, decider = f.flag("not_corrected"), f.day("on"), f.word_or_none("decider")
    number = f.whole("count")
    ground = warnings_ground(
        law, f.one_of("kind", law.kinds), number, not_corrected=proved, on=on, decider=decider
    )
    return {"ground": ground.exists, "system_warning": ground.to_confirm}


def _admonitions(law: Law, _: Example, f: Facts) -> Answer:
    ground = admonitions_ground(law, f.whole("count"), not_corrected=f.flag("not_corrected"), on=f.day("on"))
    return {"ground": ground.exists}


def _health(law: Law, _: Example, f: Facts) -> Answer:
    approval = extension_approver(law, f.number("months"), on=newest(law, _EXTENSION))
    informed = any(role.startswith("PROC") for role in approval.informed)
    return {"approver": approval.approver, "inform_procuratorate": informed}


def _self_care(law: Law, _: Example, f: Facts) -> Answer:
    age, acts = f.whole("age"), f.whole("acts")
    # from the age of the rule on nobody asks for treatment, so the fact may be left out there
    old = age >= law.threshold(_SELF_CARE, "from_age")
    months = 0 if old and not f.has("months_treated") else f.number("months_treated")
    on = newest(law, (_SELF_CARE,))
    return {"unable": unable_to_care_for_oneself(law, age=age, acts=acts, months_treated=months, on=on)}


def _served(law: Law, _: Example, f: Facts) -> Answer:
    original = f.number("original_years") if f.has("original_years") else None
    served, danger, on = f.number("served_years"), f.shown("in_danger"), newest(law, (_MINIMUM,))
    enough = served_long_enough(law, original_years=original, served_years=served, in_danger=danger, on=on)
    return {"enough": enough}


def _commend(law: Law, _: Example, f: Facts) -> Answer:
    by_term = law.setting("set.conduct.six-months-start").choice == "term-start"
    received, on = f.day("term_start" if by_term else "reception"), f.day("on")
    found = commendation(
        law,
        received,
        on,
        outstanding=f.shown("outstanding"),
        four_conditions=f.shown("four_conditions"),
        merit=f.shown("merit"),
    )
    return {"commend": found.commend}


def _quarterly(law: Law, _: Example, f: Facts) -> Answer:
    shown = {fact for row in law.assessment.rows for fact in row.facts if f.shown(fact)}
    if f.shown("reduction_conditions"):
        shown.add("reduction")
    quarter = quarterly(
        law, f.words("ratings"), shown, kind=f.one_of_or_none("kind", law.kinds), used=f.whole_or("used", 0)
    )
    return {
        "rows": quarter.rows,
        "commend": quarter.commend,
        "excellent": quarter.excellent,
        "review": quarter.review,
        # every row is a proposal to a person (forbid.automatic-sanction)
        "automatic_effect": False,
    }


def _release(law: Law, _: Example, f: Facts) -> Answer:
    end = f.day("end")
    decision = f.word_or_none("decision")
    decided = f.day("decided") if f.has("decided") else None
    pardoned = f.day("pardoned") if f.has("pardoned") else None
    if decision == "pardoned":
        decision, pardoned = None, pardoned or decided or end
    over = ending(
        law,
        f.one_of("kind", law.kinds),
        end,
        pending=f.word_or_none("pending"),
        decision=decision,
        decided=decided,
        unreachable=[reason for reason in _UNREACHABLE if f.shown(reason)],
        pardoned=pardoned,
    )
    handover = "deferred" if over.deferred else "same-day" if over.certificate else None
    return {"state": over.state, "certificate_date": over.certificate, "handover": handover}


def _minor(law: Law, _: Example, f: Facts) -> Answer:
    reception = f.day("reception")
    earlier = law.setting("set.minor.flag-date").choice == "earlier-of-term-start-and-reception"
    start = f.day("term_start") if earlier else f.day_or("term_start", reception)
    return {
        "minor_regime": minor_regime(law, f.day("birth"), term_start=start, reception=reception, on=start)
    }


def _seal(law: Law, _: Example, f: Facts) -> Answer:
    birth, offence, completed = f.day("birth"), f.day("offence"), f.day("completed")
    months = f.number("sentence_months")
    found = sealing(law, birth, offence=offence, sentence_months=months, completed=completed, on=completed)
    return {"seal": found.seal, "by": found.by}


COMPUTATIONS: Mapping[str, Callable[[Law, Example, Facts], Answer]] = {
    "late": _late, "absconded": _absconded, "leave": _leave, "warnings": _warnings,
    "admonitions": _admonitions, "health_extension": _health, "self_care": _self_care, "commend": _commend,
    "quarterly": _quarterly, "release": _release, "minor_regime": _minor, "seal": _seal,
    "served_long_enough": _served,
}  # fmt: skip
