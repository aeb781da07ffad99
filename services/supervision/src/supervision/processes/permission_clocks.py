"""Until when an application for leave is decided, and until when a permission for recurring trips holds.

社区矫正法 第二十七条; 社区矫正法实施办法 第二十七条、第二十九条. These clocks are watched. A permission that ends stays listed until
another one begins or supervision ends: who still needs the trips has to apply again.
"""

from __future__ import annotations

from datetime import date

from corrections.supervision.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import end_of_day

_TRAVEL = "regular-travel"


def _requested(tx: Tx, event: Event) -> None:
    leave_id = event.data_as(ev.LeaveRequested).leave_id
    tx.watch(_decision(leave_id), event.subject, "leave.must-approve-justified", event.day)


def _approved(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_decision(event.data_as(ev.LeaveApproved).leave_id), event.subject)


def _denied(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_decision(event.data_as(ev.LeaveDenied).leave_id), event.subject)


def _may_travel(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.RegularTravelApproved)
    due, since = end_of_day(date.fromisoformat(e.to_date)), date.fromisoformat(e.from_date)
    tx.deadline(_TRAVEL, event.subject, due, None, rule="travel.regular.validity", since=since)


def _closed(tx: Tx, event: Event) -> None:
    tx.clear_deadlines(event.subject)


def _decision(leave_id: str) -> str:
    return f"leave-decision/{leave_id}"


PERMISSION_CLOCKS = Projection(
    "permission-clocks",
    handle={
        ev.LeaveRequested: _requested,
        ev.LeaveApproved: _approved,
        ev.LeaveDenied: _denied,
        ev.RegularTravelApproved: _may_travel,
        ev.SupervisionClosed: _closed,
    },
)
