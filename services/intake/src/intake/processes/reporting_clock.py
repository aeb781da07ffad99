"""The clock for reporting in lapses at 24:00 of the last day unless the person came. 社区矫正法 第二十一条."""

from __future__ import annotations

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.acts import day_or_none
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import end_of_day

from intake.domain.reporting_in import DEADLINE

_CLOCK = "reporting-in"


def _ordered(tx: Tx, event: Event) -> None:
    ordered = event.data_as(ev.ReportingInOrdered)
    known = (ordered.printed_due, ordered.extended_due, ordered.provisional_due, ordered.nominal_due)
    last = next((found for found in map(day_or_none, known) if found), None)
    if last is None:
        return
    due = end_of_day(last)
    request = cmd.LapseReportingInRequest(case_id=str(event.subject))
    request.due_at.FromDatetime(due)
    tx.deadline(
        _CLOCK,
        event.subject,
        due,
        request,
        rule=ordered.law.rule or DEADLINE,
        since=day_or_none(ordered.effective_date),
        provisional=not (ordered.printed_due or ordered.extended_due),
    )


def _settled(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_CLOCK, event.subject)


REPORTING_CLOCK = Projection(
    "reporting-clock",
    handle={
        ev.ReportingInOrdered: _ordered,
        ev.ReportedIn: _settled,
        ev.ReportingInMissed: _settled,
        ev.Released: _settled,
        ev.Terminated: _settled,
    },
)
