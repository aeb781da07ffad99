"""Recurring trips (经常性跨市、县活动). 社区矫正法 第二十七条; 社区矫正法实施办法 第二十九条; 检例第135号.

One approval has the time of the law, other provinces included; afterwards a new application is made. Where no time was
in force on the day, the permission lasts until the end of the term.
"""

from __future__ import annotations

from dataclasses import replace

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.acts import day_of_act, text_of
from eventcore.decider import Context, Decision, Decisions, Evolutions, Invalid, Refused, Stamp, free_text

from supervision.domain.places import must_be_inland
from supervision.domain.state import Supervision, Travel, must_run, with_one

RULE = "travel.regular.approval"
VALIDITY = "travel.regular.validity"


def _request(case: Supervision, c: cmd.RequestRegularTravelRequest, ctx: Context) -> Decision:
    asked = Travel(tuple(c.destinations))
    known = case.travels.get(c.travel_id)
    if known is not None:
        if known.destinations == asked.destinations:
            return []
        raise Refused("TRAVEL_ID_TAKEN", rule=RULE, travel_id=c.travel_id)
    on = day_of_act(c, ctx)
    must_run(case, on)
    if not asked.destinations:
        raise Invalid("destinations", "got none, want at least one place")
    for number, place in enumerate(asked.destinations):
        must_be_inland(f"destinations[{number}]", place, ctx.law, on)
    return [
        ev.RegularTravelRequested(
            travel_id=c.travel_id, destinations=c.destinations, purpose=free_text(c.purpose)
        )
    ]


def _approve(case: Supervision, c: cmd.ApproveRegularTravelRequest, ctx: Context) -> Decision:
    if _known(case, c.travel_id).approved:
        return []
    on = day_of_act(c, ctx)
    must_run(case, on)
    last = case.end
    if ctx.law.in_force(VALIDITY, on):
        due = ctx.law.due(VALIDITY, on)
        last = due.last_day_within(case.end) if case.end else due.nominal
    return [ev.RegularTravelApproved(travel_id=c.travel_id, from_date=on.isoformat(), to_date=text_of(last))]


def _deny(case: Supervision, c: cmd.DenyRegularTravelRequest, ctx: Context) -> Decision:
    travel = _known(case, c.travel_id)
    if travel.approved:
        raise Refused("TRAVEL_ALREADY_APPROVED", rule=RULE, travel_id=c.travel_id)
    if travel.denied:
        return []
    must_run(case, day_of_act(c, ctx))
    return [ev.RegularTravelDenied(travel_id=c.travel_id, reason=free_text(c.reason))]


def _known(case: Supervision, travel_id: str) -> Travel:
    try:
        return case.travels[travel_id]
    except KeyError:
        raise Refused("TRAVEL_UNKNOWN", rule=RULE, travel_id=travel_id) from None


def _requested(case: Supervision, e: ev.RegularTravelRequested, _: Stamp) -> Supervision:
    asked = Travel(tuple(e.destinations))
    return replace(case, travels=with_one(case.travels, e.travel_id, asked))


def _approved(case: Supervision, e: ev.RegularTravelApproved, stamp: Stamp) -> Supervision:
    travel = case.travels.get(e.travel_id)
    if travel is None:
        return case
    return replace(case, travels=with_one(case.travels, e.travel_id, replace(travel, approved=stamp.day)))


def _denied(case: Supervision, e: ev.RegularTravelDenied, stamp: Stamp) -> Supervision:
    travel = case.travels.get(e.travel_id)
    if travel is None:
        return case
    return replace(case, travels=with_one(case.travels, e.travel_id, replace(travel, denied=stamp.day)))


DECISIONS: Decisions[Supervision] = {
    cmd.RequestRegularTravelRequest: _request,
    cmd.ApproveRegularTravelRequest: _approve,
    cmd.DenyRegularTravelRequest: _deny,
}
EVOLUTIONS: Evolutions[Supervision] = {
    ev.RegularTravelRequested: _requested,
    ev.RegularTravelApproved: _approved,
    ev.RegularTravelDenied: _denied,
}
