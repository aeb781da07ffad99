"""Loss of contact, unapproved departure, search, 脱管, found (失去联系、擅自外出、查找、脱管、查找到).

社区矫正法 第二十七条、第三十条; 社区矫正法实施办法 第二十八条、第三十八条; 司发通〔2026〕8号 第十三条、第十四条. The search starts at once;
the hours decide only whether an officer may confirm 脱管, the days decide what is proposed when the person is found.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.acts import day_of_act, instant, instant_of_act, instant_or_none, law_ref
from eventcore.decider import Context, Decision, Decisions, Evolutions, Invalid, Refused, Stamp, free_text
from eventcore.errors import NotYetHappened
from lawkit import Law
from lawkit.counting import day_of, end_of_day
from lawkit.ladders import Limb, absconded

from supervision.domain.measures import proposed
from supervision.domain.state import (
    Departure,
    Leave,
    Search,
    Step,
    Supervision,
    must_run,
    not_before_decision,
    with_departure,
    with_one,
    with_search,
)

SEARCH = "missing.search-immediately"
_HOUR = timedelta(hours=1)


def _lose(case: Supervision, c: cmd.RecordContactLostRequest, ctx: Context) -> Decision:
    since, at = instant("since", c.since), instant_of_act(c, ctx)
    if since > at:
        raise Invalid("since", f"got {since.isoformat()}, want no later than {at.isoformat()}")
    not_before_decision(case, day_of(since), "since")
    if case.search is not None and case.search.lost:
        return []
    must_run(case, day_of(at))
    return [ev.ContactLost(since=c.since)]


def _left(case: Supervision, c: cmd.RecordUnapprovedDepartureRequest, ctx: Context) -> Decision:
    since, at = instant("since", c.since), instant_of_act(c, ctx)
    if since > at:
        raise Invalid("since", f"got {since.isoformat()}, want no later than {at.isoformat()}")
    not_before_decision(case, day_of(since), "since")
    if case.departure is not None:
        return []
    must_run(case, day_of(at))
    approved = next((i for i, one in case.leaves.items() if _covers(one, since)), None)
    if approved is not None:
        raise Refused("DEPARTURE_WAS_APPROVED", rule="leave.approval-required", leave_id=approved)
    return [ev.UnapprovedDepartureFound(since=c.since)]


def _covers(leave: Leave, since: datetime) -> bool:
    """Whether the leave allowed to be away at that instant; who stays too long is overdue, which is another limb."""
    gone = leave.approved is not None and leave.returned is None
    return gone and leave.first <= day_of(since) <= leave.last


def _step(case: Supervision, c: cmd.RecordSearchStepRequest, ctx: Context) -> Decision:
    at = instant_of_act(c, ctx)
    search = _open_search(case, SEARCH)
    if Step(at, c.method) in search.steps:
        return []
    must_run(case, day_of(at))
    return [ev.SearchStepRecorded(method=c.method, result=free_text(c.result))]


def _ask_police(case: Supervision, c: cmd.RequestPoliceSearchRequest, ctx: Context) -> Decision:
    rule = "missing.notify-police"
    search = _open_search(case, rule)
    if search.police:
        return []
    on = day_of_act(c, ctx)
    must_run(case, on)
    if not search.steps and ctx.law.in_force(rule, on):
        raise Refused("SEARCH_NOT_MADE", rule=rule, since=search.since.isoformat())
    return [ev.PoliceSearchRequested()]


def _classify(case: Supervision, c: cmd.ClassifyAbscondedRequest, ctx: Context) -> Decision:
    at = instant_of_act(c, ctx)
    limb, since, known = _limb(case)
    if known:
        return []
    must_run(case, day_of(at))
    rule = _absconded_rule(ctx.law, limb, since, at)
    event = ev.AbscondedClassified(
        law=law_ref(ctx.law, rule, day_of(at)), hours=max(0, (at - since) // _HOUR)
    )
    event.since.FromDatetime(since)
    return [event]


def _limb(case: Supervision) -> tuple[Limb, datetime, bool]:
    """The limb that the recorded facts show, since when, and whether it was confirmed already."""
    search, late = case.search, case.overdue
    if search is not None and search.lost:
        return "out-of-contact", search.since, search.absconded is not None
    if (away := case.departure) is not None:
        return "unapproved-departure", away.since, away.absconded is not None
    if late is not None:
        _, leave = late
        return "overdue-return", end_of_day(leave.last), leave.absconded is not None
    raise Refused("NOT_OUT_OF_CONTACT", rule="absconded.out-of-contact")


def _absconded_rule(law: Law, limb: Limb, since: datetime, at: datetime) -> str:
    """The rule that makes it 脱管; before the opinion of 2026 there was no line in hours."""
    if not law.in_force(f"absconded.{limb}", day_of(at)):
        return "history.2016.absconded-no-48h"
    verdict = absconded(law, limb, since, at)
    if not verdict.absconded:
        raise Refused(
            "NOT_YET_ABSCONDED",
            rule=verdict.rule_id,
            since=since.isoformat(),
            after=verdict.line.isoformat(),
        )
    return verdict.rule_id


def _found(case: Supervision, c: cmd.RecordFoundRequest, ctx: Context) -> Decision:
    found_at = _found_at(c, ctx)
    if c.exchange_id in case.applied:
        return []
    over = case.search is None and case.departure is None
    before = case.searches[-1] if case.searches and over else None
    if before is not None and c.exchange_id:
        # the office was quicker: the notice of the police is taken to the file and changes nothing
        days = max(0, (day_of(found_at) - before.began).days)
        return [ev.SubjectFound(found_at=c.found_at, exchange_id=c.exchange_id, days_missing=days)]
    if before is not None and before.ended == day_of(found_at):
        return []
    since = _gone_since(case)
    if found_at < since:
        raise Invalid("found_at", f"got {found_at.isoformat()}, want no earlier than {since.isoformat()}")
    if not c.exchange_id:
        must_run(case, day_of_act(c, ctx))
    on, began = day_of(found_at), day_of(since)
    found = ev.SubjectFound(found_at=c.found_at, exchange_id=c.exchange_id, days_missing=(on - began).days)
    # who never reported in is measured when reporting in; after the end of corrections nothing is proposed
    never_came = case.departure is None and case.search is not None and not case.search.lost
    if never_came or case.closed is not None:
        return [found]
    return [found, *proposed(ctx.law, case.kind_id, began, on, "脱离监管")]


def _gone_since(case: Supervision) -> datetime:
    """Since when the person is gone: of a departure and a search, the one that began first."""
    away = case.departure
    if away is None:
        return _open_search(case, "missing.after-found").since
    return away.since if case.search is None else min(away.since, case.search.since)


def _found_at(c: cmd.RecordFoundRequest, ctx: Context) -> datetime:
    if not c.HasField("found_at"):
        raise Invalid("found_at", "got none, want when the person was found")
    found_at = instant("found_at", c.found_at)
    if found_at > ctx.now:
        raise NotYetHappened("found_at", found_at, ctx.now)
    return found_at


def _open_search(case: Supervision, rule: str) -> Search:
    if case.search is None:
        raise Refused("NOT_OUT_OF_CONTACT", rule)
    return case.search


def _lost(case: Supervision, e: ev.ContactLost, stamp: Stamp) -> Supervision:
    since = instant_or_none(e.since) or stamp.occurred_at
    if case.search is not None:
        return with_search(case, replace(case.search, since=since, lost=True))
    return replace(case, searches=(*case.searches, Search(since, lost=True)))


def _departed(case: Supervision, e: ev.UnapprovedDepartureFound, stamp: Stamp) -> Supervision:
    since = instant_or_none(e.since) or stamp.occurred_at
    return replace(case, departures=(*case.departures, Departure(since)))


def _stepped(case: Supervision, e: ev.SearchStepRecorded, stamp: Stamp) -> Supervision:
    search = case.search
    if search is None:
        return case
    step = Step(stamp.occurred_at, e.method)
    return with_search(case, replace(search, steps=(*search.steps, step)))


def _asked(case: Supervision, _: ev.PoliceSearchRequested, stamp: Stamp) -> Supervision:
    search = case.search
    return case if search is None else with_search(case, replace(search, police=stamp.day))


def _classified(case: Supervision, _: ev.AbscondedClassified, stamp: Stamp) -> Supervision:
    search, late = case.search, case.overdue
    if search is not None and search.lost:
        return with_search(case, replace(search, absconded=stamp.day))
    if (away := case.departure) is not None:
        return with_departure(case, replace(away, absconded=stamp.day))
    if late is None:
        return case
    leave_id, leave = late
    return replace(case, leaves=with_one(case.leaves, leave_id, replace(leave, absconded=stamp.day)))


def _was_found(case: Supervision, e: ev.SubjectFound, stamp: Stamp) -> Supervision:
    if e.exchange_id:
        case = replace(case, applied=case.applied | {e.exchange_id})
    on = day_of(instant_or_none(e.found_at) or stamp.occurred_at)
    if (away := case.departure) is not None:
        case = with_departure(case, replace(away, ended=on))
    search = case.search
    return case if search is None else with_search(case, replace(search, ended=on))


DECISIONS: Decisions[Supervision] = {
    cmd.RecordUnapprovedDepartureRequest: _left,
    cmd.RecordContactLostRequest: _lose,
    cmd.RecordSearchStepRequest: _step,
    cmd.RequestPoliceSearchRequest: _ask_police,
    cmd.ClassifyAbscondedRequest: _classify,
    cmd.RecordFoundRequest: _found,
}
EVOLUTIONS: Evolutions[Supervision] = {
    ev.UnapprovedDepartureFound: _departed,
    ev.ContactLost: _lost,
    ev.SearchStepRecorded: _stepped,
    ev.PoliceSearchRequested: _asked,
    ev.AbscondedClassified: _classified,
    ev.SubjectFound: _was_found,
}
