"""Admonition and warning (训诫、警告). 社区矫正法 第二十八条; 社区矫正法实施办法 第三十二条、第三十四条、第三十五条、第五十五条.

A named officer of the county decides in writing, on a ground of the law, with evidence; what concerns minors is never
published. "Still not corrected" is what the evidence shows, never a counter.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.acts import day_of_act, law_ref
from eventcore.decider import Context, Decision, Decisions, Evolutions, Refused, Stamp, free_text
from lawkit import Law, ladders
from lawkit.grounds import Measure, RestsOn, is_ground, rests_on
from lawkit.ladders import admonitions_ground, sanctions_counted

from supervision.domain.recorded import must_be_on_record
from supervision.domain.state import Sanction, Supervision, must_run

TWO_ADMONITIONS = "warning.ground.two-admonitions"


def _admonish(case: Supervision, c: cmd.AdmonishRequest, ctx: Context) -> Decision:
    on = day_of_act(c, ctx)
    if _known(case.admonitions, on, c.ground):
        return []
    must_run(case, on)
    must_be_ground(case, "admonition", c.ground, ctx.law)
    must_be_on_record(case, c.ground, ctx.law, on)
    return [
        ev.Admonished(
            ground=law_ref(ctx.law, c.ground, on), evidence=free_text(c.evidence), public=not case.minor
        )
    ]


def _warn(case: Supervision, c: cmd.WarnRequest, ctx: Context) -> Decision:
    on = day_of_act(c, ctx)
    if _known(case.warnings, on, c.ground):
        return []
    must_run(case, on)
    must_be_ground(case, "warning", c.ground, ctx.law)
    must_be_on_record(case, c.ground, ctx.law, on)
    needed = rests_on(ctx.law, c.ground)
    if needed is RestsOn.ADMONITIONS and ctx.law.in_force(c.ground, on):
        count = counted(case, case.admonitions, on)
        if not admonitions_ground(ctx.law, count, not_corrected=True, on=on).exists:
            raise Refused("ADMONITIONS_TOO_FEW", rule="warning.ground.two-admonitions", counted=str(count))
    if needed is RestsOn.INJUNCTION and not case.injunction:
        raise Refused("NO_INJUNCTION", rule="warning.ground.injunction-minor")
    return [
        ev.Warned(
            ground=law_ref(ctx.law, c.ground, on), evidence=free_text(c.evidence), public=not case.minor
        )
    ]


def must_be_ground(case: Supervision, measure: Measure, ground: str, law: Law) -> None:
    """The ground is one of the law's for this kind of subject. Refused GROUND_UNKNOWN, GROUND_NOT_FOR_KIND."""
    if not is_ground(law, measure, ground):
        raise Refused("GROUND_UNKNOWN", rule="conduct.decision-written", ground=ground)
    if not law.rule(ground).applies_to(case.kind_id):
        raise Refused("GROUND_NOT_FOR_KIND", ground, kind=case.kind_id)


def counted(case: Supervision, sanctions: tuple[Sanction, ...], on: date) -> int:
    """How many of them count on the day: of this term, not used before (set.conduct.counting)."""
    facts = [ladders.Sanction(s.day, used=s.used) for s in sanctions]
    return sanctions_counted(facts, case.start or on, on)


def _known(sanctions: tuple[Sanction, ...], on: date, ground: str) -> bool:
    # one day has one decision on a ground; the evidence is sealed and tells no two of them apart
    return any((s.day, s.ground) == (on, ground) for s in sanctions)


def _admonished(case: Supervision, e: ev.Admonished, stamp: Stamp) -> Supervision:
    made = Sanction(stamp.day, e.ground.rule)
    return replace(case, admonitions=(*case.admonitions, made))


def _warned(case: Supervision, e: ev.Warned, stamp: Stamp) -> Supervision:
    case = replace(case, warnings=(*case.warnings, Sanction(stamp.day, e.ground.rule)))
    if e.ground.rule != TWO_ADMONITIONS:
        return case
    used = tuple(replace(s, used=True) if s.day <= stamp.day else s for s in case.admonitions)
    return replace(case, admonitions=used)


DECISIONS: Decisions[Supervision] = {cmd.AdmonishRequest: _admonish, cmd.WarnRequest: _warn}
EVOLUTIONS: Evolutions[Supervision] = {ev.Admonished: _admonished, ev.Warned: _warned}
