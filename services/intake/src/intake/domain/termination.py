"""Corrections end before the term (终止): revoked, back in prison, dead. 社区矫正法 第四十五条、第四十八条至第五十一条."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.acts import day_or_none
from eventcore.decider import Context, Decision, Decisions, Evolutions, Invalid, Refused, Stamp, day
from eventcore.errors import NotYetHappened
from lawkit.tables import Option, measure_available

from intake.domain.state import Case, must_run, with_progress

REVOKED = ev.TerminationGround.TERMINATION_GROUND_REVOKED
REIMPRISONED = ev.TerminationGround.TERMINATION_GROUND_REIMPRISONED
DIED = ev.TerminationGround.TERMINATION_GROUND_DIED

_MEASURES: dict[ev.TerminationGround, Option] = {REVOKED: "revocation", REIMPRISONED: "reimprisonment"}


def _terminate(case: Case, c: cmd.TerminateCaseRequest, ctx: Context) -> Decision:
    if c.exchange_id in case.applied:
        return []
    if c.ground not in _MEASURES:
        raise Invalid("ground", "got a ground without a ruling, want revocation or re-imprisonment")
    verdict = measure_available(ctx.law, case.kind_id, _MEASURES[c.ground])
    if not verdict.allowed:
        raise Refused("GROUND_NOT_FOR_KIND", rule=verdict.rule_id, kind=case.kind_id)
    must_run(case, _past(c.on, "on", ctx), "on")
    return [ev.Terminated(ground=c.ground, exchange_id=c.exchange_id, on=c.on)]


def _die(case: Case, c: cmd.RecordDeathRequest, ctx: Context) -> Decision:
    if case.ground == DIED:
        return []
    must_run(case, _past(c.died_on, "died_on", ctx), "died_on")
    return [ev.Terminated(ground=DIED, on=c.died_on)]


def _past(text: str, name: str, ctx: Context) -> date:
    found = day(name, text)
    if found > ctx.today:
        raise NotYetHappened(name, found, ctx.today)
    return found


def _terminated(case: Case, e: ev.Terminated, stamp: Stamp) -> Case:
    applied = case.applied | frozenset((e.exchange_id,)) if e.exchange_id else case.applied
    case = replace(case, ground=e.ground, applied=applied)
    return with_progress(case, terminated=day_or_none(e.on) or stamp.day)


DECISIONS: Decisions[Case] = {cmd.TerminateCaseRequest: _terminate, cmd.RecordDeathRequest: _die}
EVOLUTIONS: Evolutions[Case] = {ev.Terminated: _terminated}
