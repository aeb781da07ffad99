"""An approved leave lapses at 24:00 of its last day unless the person is back. 社区矫正法实施办法 第二十八条."""

from __future__ import annotations

from datetime import date

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import end_of_day

_RULE = "leave.return"


def _clock(leave_id: str) -> str:
    return f"leave/{leave_id}"


def _approved(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.LeaveApproved)
    first, due = date.fromisoformat(e.from_date), end_of_day(date.fromisoformat(e.to_date))
    request = cmd.LapseLeaveRequest(case_id=str(event.subject), leave_id=e.leave_id)
    request.due_at.FromDatetime(due)
    request.occurred_at.FromDatetime(due)
    tx.deadline(_clock(e.leave_id), event.subject, due, request, rule=_RULE, since=first)


def _returned(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_clock(event.data_as(ev.LeaveReturned).leave_id), event.subject)


def _overdue(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_clock(event.data_as(ev.LeaveOverdue).leave_id), event.subject)


def _closed(tx: Tx, event: Event) -> None:
    tx.clear_deadlines(event.subject)


LEAVE_CLOCKS = Projection(
    "leave-clocks",
    handle={
        ev.LeaveApproved: _approved,
        ev.LeaveReturned: _returned,
        ev.LeaveOverdue: _overdue,
        ev.SupervisionClosed: _closed,
    },
)
