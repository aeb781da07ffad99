"""A case comes under supervision, and intake's word on reporting in, term and end is taken to its file.

社区矫正法 第二十一条、第二十二条、第四十四条、第四十五条; 司发通〔2026〕8号 第十二条. A missed reporting-in opens a search at once;
it is not yet a loss of contact.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.acts import day_or_none
from eventcore.decider import Context, Decision, Decisions, Evolutions, Invalid, Stamp, day
from lawkit.counting import end_of_day

from supervision.domain.measures import proposed
from supervision.domain.state import Search, Supervision, with_search


def _open(case: Supervision, c: cmd.OpenSupervisionRequest, _: Context) -> Decision:
    if case.opened is not None:
        return []
    if day("end_date", c.end_date) < day("start_date", c.start_date):
        raise Invalid("end_date", f"got {c.end_date}, want no day before {c.start_date}")
    opened = ev.SupervisionOpened(
        kind=c.kind,
        county=c.county,
        office=c.office,
        organ_code=c.organ_code,
        start_date=c.start_date,
        end_date=c.end_date,
        effective_date=c.effective_date,
        penalty=c.penalty,
        minor=c.minor,
        injunction=c.injunction,
        organ_unit=c.organ_unit,
        decision_date=c.decision_date,
        seal_to=c.seal_to,
    )
    if c.HasField("sentence"):
        opened.sentence.CopyFrom(c.sentence)
    if c.HasField("probation"):
        opened.probation.CopyFrom(c.probation)
    return [opened]


def _reception(case: Supervision, c: cmd.NoteReceptionRequest, ctx: Context) -> Decision:
    if case.reported is not None or case.closed is not None:
        return []
    reported = day("reported_on", c.reported_on)
    noted = ev.ReceptionNoted(reported_on=c.reported_on, days_late=c.days_late)
    since = reported - timedelta(days=c.days_late)
    return [noted, *proposed(ctx.law, case.kind_id, since, reported, "逾期报到")]


def _missed(case: Supervision, c: cmd.NoteMissedReceptionRequest, _: Context) -> Decision:
    if case.missed is not None or case.reported is not None or case.closed is not None:
        return []
    day("due_date", c.due_date)
    return [ev.MissedReceptionNoted(due_date=c.due_date)]


def _term(case: Supervision, c: cmd.NoteTermRequest, _: Context) -> Decision:
    end = day("end_date", c.end_date)
    return [] if end == case.end or case.closed is not None else [ev.TermNoted(end_date=c.end_date)]


def _close(case: Supervision, c: cmd.CloseSupervisionRequest, _: Context) -> Decision:
    day("on", c.on)
    return [] if case.closed is not None else [ev.SupervisionClosed(on=c.on)]


def _opened(case: Supervision, e: ev.SupervisionOpened, stamp: Stamp) -> Supervision:
    return replace(
        case,
        kind=e.kind,
        county=e.county,
        office=e.office,
        penalty=e.penalty,
        sentence=e.sentence.months if e.sentence.months and not e.sentence.days else None,
        organ_unit=e.organ_unit,
        decided=day_or_none(e.decision_date),
        minor=e.minor,
        injunction=e.injunction,
        seal_to=e.seal_to,
        opened=stamp.day,
        start=day_or_none(e.start_date),
        end=day_or_none(e.end_date),
    )


def _received(case: Supervision, e: ev.ReceptionNoted, stamp: Stamp) -> Supervision:
    reported = day_or_none(e.reported_on) or stamp.day
    missed = reported - timedelta(days=max(0, e.days_late)) if e.days_late > 0 else None
    case = replace(case, reported=reported, days_late=e.days_late, missed=missed)
    search = case.search
    # who was only awaited has come; who is out of contact is found by a fact of its own
    return case if search is None or search.lost else with_search(case, replace(search, ended=reported))


def _not_received(case: Supervision, e: ev.MissedReceptionNoted, stamp: Stamp) -> Supervision:
    due = day_or_none(e.due_date) or stamp.day
    case = replace(case, missed=due)
    if case.search is not None:
        return case
    return replace(case, searches=(*case.searches, Search(end_of_day(due), lost=False)))


def _term_noted(case: Supervision, e: ev.TermNoted, _: Stamp) -> Supervision:
    return replace(case, end=day_or_none(e.end_date) or case.end)


def _closed(case: Supervision, e: ev.SupervisionClosed, stamp: Stamp) -> Supervision:
    on: date = day_or_none(e.on) or stamp.day
    return replace(case, closed=on)


DECISIONS: Decisions[Supervision] = {
    cmd.OpenSupervisionRequest: _open,
    cmd.NoteReceptionRequest: _reception,
    cmd.NoteMissedReceptionRequest: _missed,
    cmd.NoteTermRequest: _term,
    cmd.CloseSupervisionRequest: _close,
}
EVOLUTIONS: Evolutions[Supervision] = {
    ev.SupervisionOpened: _opened,
    ev.ReceptionNoted: _received,
    ev.MissedReceptionNoted: _not_received,
    ev.TermNoted: _term_noted,
    ev.SupervisionClosed: _closed,
}
