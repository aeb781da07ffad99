"""Reduction of the sentence (减刑): the city's proposal and the court's ruling.

社区矫正法 第三十三条; 刑法 第七十八条; 社区矫正法实施办法 第四十二条; 检例第133号. Probation is reduced only for major merit; for parole
no text provides a reduction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corrections.common.v1.facts_pb2 import Penalty, Period, SubjectKind
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.acts import day_of_act, day_or_none, law_ref, past_day, text_of
from eventcore.decider import Context, Decision, Decisions, Evolutions, Invalid, Refused, Stamp, free_text
from lawkit import Law
from lawkit.grounds import is_major_merit, reduction_grounds
from lawkit.law_of_the_day import last_day, provisional
from lawkit.served import months_served
from lawkit.tables import reduction_allowed, reduction_may_start

from supervision.domain.levels import institutions_of
from supervision.domain.state import Proposal, Supervision, answered, must_run


def _propose(case: Supervision, c: cmd.ProposeReductionRequest, ctx: Context) -> Decision:
    on = day_of_act(c, ctx)
    pending = next((p for p in case.reductions if not p.answered), None)
    if pending is not None:
        if pending.ground == c.ground:
            return []
        raise Refused("REDUCTION_PENDING", rule="reduction.ruling-time", since=pending.day.isoformat())
    must_run(case, on)
    if c.ground not in reduction_grounds(ctx.law):
        raise Refused("GROUND_UNKNOWN", rule="reduction.may", ground=c.ground)
    _must_be_allowed(case, c.ground, ctx.law, on)
    _must_have_served(case, c.ground, ctx.law, on)
    _must_be_of_the_courts_level(case, ctx, on)
    return [
        ev.ReductionProposed(
            ground=law_ref(ctx.law, c.ground, on),
            evidence=free_text(c.evidence),
            ruling_due=text_of(last_day(ctx.law, "reduction.ruling-time", on)),
            provisional=provisional(ctx.law, "reduction.ruling-time", on),
        )
    ]


def _must_be_allowed(case: Supervision, ground: str, law: Law, on: date) -> None:
    """The rule of the day judges; where there was none yet, the organs' act stands (docs/adr/0011)."""
    if case.kind == SubjectKind.SUBJECT_KIND_PAROLE:
        raise Refused("REDUCTION_NOT_FOR_KIND", rule="reduction.parole.no-rule", kind=case.kind_id)
    needed = {SubjectKind.SUBJECT_KIND_PROBATION: "reduction.probation.exception"}.get(case.kind, ground)
    if not law.in_force(needed, on):
        return
    verdict = reduction_allowed(law, case.kind_id, major_merit=is_major_merit(law, ground), on=on)
    if not verdict.allowed:
        raise Refused("REDUCTION_NEEDS_MAJOR_MERIT", rule="reduction.probation.exception", ground=ground)


def _must_be_of_the_courts_level(case: Supervision, ctx: Context, on: date) -> None:
    """A life sentence is reduced by the high court, any other by the intermediate court: their level submits."""
    life = case.penalty == Penalty.PENALTY_LIFE
    rule = "reduction.path.high-court" if life else "reduction.path.intermediate"
    levels = institutions_of(ctx.law, "high" if life else "intermediate", case.county)
    if ctx.caller.role not in levels and ctx.law.in_force(rule, on):
        raise Refused("PROPOSER_NOT_OF_COURT_LEVEL", rule, proposer=",".join(levels))


def _must_have_served(case: Supervision, ground: str, law: Law, on: date) -> None:
    """A first reduction of imprisonment waits for its share of the sentence; major merit waits for nothing.

    法释〔2016〕23号 第六条、第十六条. The sentence's first day follows from its length and its last day. Where the
    remainder is so short that the text lets the court begin earlier, nothing is refused.
    """
    rule, sentence, start, end = "reduction.start", case.sentence, case.start, case.end
    first = not any(p.answered for p in case.reductions)
    judged = first and case.penalty == Penalty.PENALTY_FIXED_TERM and law.in_force(rule, on)
    if not judged or not law.rule(rule, on).applies_to(case.kind_id):
        return
    if sentence is None or start is None or end is None:
        return
    served, before = months_served(sentence, end, on), months_served(sentence, end, start)
    merit, rest = is_major_merit(law, ground), sentence - before
    if not reduction_may_start(law, sentence, served, major_merit=merit, remainder_months=rest).allowed:
        raise Refused("REDUCTION_TOO_EARLY", rule="reduction.start", months_served=str(served))


def _rule(case: Supervision, c: cmd.RecordReductionRulingRequest, ctx: Context) -> Decision:
    if c.exchange_id in case.applied:
        return []
    ruled = past_day("ruling_date", c.ruling_date, ctx, since=case.decided).isoformat()
    if not c.reduced:
        return [ev.ReductionRefused(exchange_id=c.exchange_id, ruling_date=ruled)]
    if _length(c.probation_reduction) and case.kind != SubjectKind.SUBJECT_KIND_PROBATION:
        raise Invalid("probation_reduction", f"got one for {case.kind_id}, want none")
    event = ev.ReductionRuled(exchange_id=c.exchange_id, ruling_date=ruled)
    if _length(c.sentence_reduction):
        event.sentence_reduction.CopyFrom(c.sentence_reduction)
    if _length(c.probation_reduction):
        event.probation_reduction.CopyFrom(c.probation_reduction)
    return [event]


def _length(period: Period) -> int:
    return period.months + period.days


def _proposed(case: Supervision, e: ev.ReductionProposed, stamp: Stamp) -> Supervision:
    return replace(case, reductions=(*case.reductions, Proposal(stamp.day, e.ground.rule)))


def _ruled(case: Supervision, e: ev.ReductionRuled, stamp: Stamp) -> Supervision:
    day = day_or_none(e.ruling_date) or stamp.day
    applied = case.applied | {e.exchange_id}
    return replace(case, applied=applied, reductions=answered(case.reductions, day))


def _refused(case: Supervision, e: ev.ReductionRefused, stamp: Stamp) -> Supervision:
    day = day_or_none(e.ruling_date) or stamp.day
    applied = case.applied | {e.exchange_id}
    return replace(case, applied=applied, reductions=answered(case.reductions, day))


DECISIONS: Decisions[Supervision] = {
    cmd.ProposeReductionRequest: _propose,
    cmd.RecordReductionRulingRequest: _rule,
}
EVOLUTIONS: Evolutions[Supervision] = {
    ev.ReductionProposed: _proposed,
    ev.ReductionRuled: _ruled,
    ev.ReductionRefused: _refused,
}
