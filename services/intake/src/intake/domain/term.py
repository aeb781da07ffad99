"""The term changes by a ruling or decision, never by itself: shortened, renewed, recalculated.

社区矫正法 第三十三条; 刑法 第七十八条; 刑事诉讼法 第二百六十五条、第二百六十八条; 法释〔2016〕23号 第十八条.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import ceil

from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.acts import day_or_none
from eventcore.decider import Context, Decision, Decisions, Evolutions, Refused, Stamp, day
from lawkit import Law
from lawkit.errors import BelowFloor, InvalidTerm
from lawkit.tables import reduction_allowed, reduction_keeps_half
from lawkit.terms import Length, Term, extend, shorten, term

from intake.domain.state import Case, LastDay, length_of, must_run, punished

_TEMPORARY = SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE
_DATES = "reduction.dates-in-ruling"


def _shorten(case: Case, c: cmd.ShortenTermRequest, ctx: Context) -> Decision:
    if c.exchange_id in case.applied:
        return []
    ruled = day("ruling_date", c.ruling_date)
    must_run(case, ruled, "ruling_date")
    _must_be_open_to_reduction(ctx.law, case, ruled)
    by = _taken_off(c)
    try:
        if by is None:
            raise InvalidTerm("no reduction", "a length")
        if case.kind == _TEMPORARY:
            _must_keep_half(ctx.law, case, by)
        shorter = shorten(ctx.law, _served(ctx.law, case), by, punishment=punished(case.penalty))
    except BelowFloor as error:
        raise Refused("TERM_BELOW_FLOOR", rule=error.rule_id, floor=error.want.isoformat()) from error
    except InvalidTerm as error:
        raise Refused("TERM_NOT_POSSIBLE", rule=_DATES, reason=str(error)) from error
    return [
        ev.TermShortened(
            exchange_id=c.exchange_id,
            ruling_date=c.ruling_date,
            reduction=c.reduction if c.HasField("reduction") else None,
            sentence_reduction=c.sentence_reduction if c.HasField("sentence_reduction") else None,
            # nobody is released before the ruling that releases him
            end_date=max(shorter.end, ruled).isoformat(),
        )
    ]


def _taken_off(ruling: cmd.ShortenTermRequest | ev.TermShortened) -> Length | None:
    """Off the period of probation; elsewhere off the sentence, which is what is served."""
    return length_of(ruling.reduction) or length_of(ruling.sentence_reduction)


def _must_be_open_to_reduction(law: Law, case: Case, ruled: date) -> None:
    rules = {SubjectKind.SUBJECT_KIND_PROBATION: "reduction.probation.exception"}
    needed = rules.get(case.kind)
    if needed is not None and not law.in_force(needed, ruled):
        return  # the ruling governs where the catalogue has no rule of that day
    verdict = reduction_allowed(law, case.kind_id, major_merit=True, on=ruled)
    if not verdict.allowed:
        raise Refused("REDUCTION_NOT_FOR_KIND", rule=verdict.rule_id, kind=case.kind_id)


def _must_keep_half(law: Law, case: Case, by: Length) -> None:
    """Of the original sentence, over all reductions since corrections began."""
    if case.sentence is None:
        return
    months = case.sentence.in_months
    verdict = reduction_keeps_half(law, months, months - (case.reduced + by).in_months)
    if not verdict.allowed:
        raise Refused("TERM_BELOW_FLOOR", rule=verdict.rule_id, floor=f"{ceil(months)} months, half of them")


def _served(law: Law, case: Case) -> Term:
    """The term as lawkit reckons with it: its length only while nothing but the law has fixed the end."""
    if case.start is None or case.end is None:
        raise InvalidTerm("no term", "a term with its last day")
    first = case.last_days[0].end
    stated = case.probation if case.kind == SubjectKind.SUBJECT_KIND_PROBATION else case.sentence
    credit = 0
    if stated is not None and case.computed_end is not None:
        whole = term(law, case.kind_id, case.start, stated)
        credit = max((whole.end - case.computed_end) // timedelta(days=1), 0)
    begun = Term(case.kind_id, case.start, first, stated if first == case.computed_end else None, credit, ())
    return begun if case.end == first else replace(begun, end=case.end, length=None, unreduced=begun)


def _renew(case: Case, c: cmd.RenewTemporaryServiceRequest, _: Context) -> Decision:
    if c.exchange_id in case.applied:
        return []
    decided = day("decision_date", c.decision_date)
    must_run(case, decided, "decision_date")
    if case.kind != _TEMPORARY:
        raise Refused("NOT_TEMPORARY_SERVICE", rule="health.recheck", kind=case.kind_id)
    if c.until:
        day("until", c.until)
    return [
        ev.TemporaryServiceRenewed(exchange_id=c.exchange_id, decision_date=c.decision_date, until=c.until)
    ]


def _recalculate(case: Case, c: cmd.RecalculateTermRequest, ctx: Context) -> Decision:
    if c.exchange_id in case.applied:
        return []
    ruled = day("ruling_date", c.ruling_date)
    if case.kind != _TEMPORARY:
        raise Refused("NOT_TEMPORARY_SERVICE", rule="reimprison.noncounted.law", kind=case.kind_id)
    if case.ground != ev.TerminationGround.TERMINATION_GROUND_REIMPRISONED:
        # back in prison the sentence goes on, so such a ruling may come years after the end of corrections
        must_run(case, ruled, "ruling_date")
    try:
        longer = extend(ctx.law, _served(ctx.law, case), length_of(c.not_counted) or Length())
    except InvalidTerm as error:
        raise Refused("TERM_NOT_POSSIBLE", rule="reimprison.noncounted.law", reason=str(error)) from error
    return [
        ev.TermRecalculated(
            exchange_id=c.exchange_id,
            ruling_date=c.ruling_date,
            not_counted=c.not_counted,
            end_date=longer.end.isoformat(),
        )
    ]


def _shortened(case: Case, e: ev.TermShortened, stamp: Stamp) -> Case:
    case = replace(case, reduced=case.reduced + (_taken_off(e) or Length()))
    return _fixed(case, e.exchange_id, e.end_date, day_or_none(e.ruling_date) or stamp.day)


def _recalculated(case: Case, e: ev.TermRecalculated, stamp: Stamp) -> Case:
    return _fixed(case, e.exchange_id, e.end_date, day_or_none(e.ruling_date) or stamp.day)


def _renewed(case: Case, e: ev.TemporaryServiceRenewed, _: Stamp) -> Case:
    return replace(
        case, temporary_until=day_or_none(e.until), applied=case.applied | frozenset((e.exchange_id,))
    )


def _fixed(case: Case, exchange_id: str, end_date: str, since: date) -> Case:
    end = day_or_none(end_date)
    days = (*case.last_days, LastDay(since, end)) if end is not None else case.last_days
    return replace(case, last_days=days, applied=case.applied | frozenset((exchange_id,)))


DECISIONS: Decisions[Case] = {
    cmd.ShortenTermRequest: _shorten,
    cmd.RenewTemporaryServiceRequest: _renew,
    cmd.RecalculateTermRequest: _recalculate,
}
EVOLUTIONS: Evolutions[Case] = {
    ev.TermShortened: _shortened,
    ev.TemporaryServiceRenewed: _renewed,
    ev.TermRecalculated: _recalculated,
}
