"""When who is out of contact, away without approval, or not back from leave, is gone so long that the office must decide on 脱管.

衔接配合意见 第十三条. These clocks are watched: a named officer classifies, no program. They end when the person is found or
back, when it is decided, and with supervision.
"""

from __future__ import annotations

from datetime import UTC, date

from corrections.supervision.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import end_of_day

_CONTACT = "out-of-contact"
_DEPARTURE = "unapproved-departure"


def _lost(tx: Tx, event: Event) -> None:
    lost = event.data_as(ev.ContactLost)
    since = lost.since.ToDatetime(tzinfo=UTC) if lost.HasField("since") else event.occurred_at
    tx.watch(_CONTACT, event.subject, "absconded.out-of-contact", since)


def _departed(tx: Tx, event: Event) -> None:
    left = event.data_as(ev.UnapprovedDepartureFound)
    since = left.since.ToDatetime(tzinfo=UTC) if left.HasField("since") else event.occurred_at
    tx.watch(_DEPARTURE, event.subject, "absconded.unapproved-departure", since)


def _overdue(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.LeaveOverdue)
    since = end_of_day(date.fromisoformat(e.to_date))
    tx.watch(_return(e.leave_id), event.subject, "absconded.overdue-return", since)


def _returned(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_return(event.data_as(ev.LeaveReturned).leave_id), event.subject)


def _ended(tx: Tx, event: Event) -> None:
    tx.clear_deadlines(event.subject)


def _return(leave_id: str) -> str:
    return f"overdue-leave/{leave_id}"


ABSENCE_CLOCKS = Projection(
    "absence-clocks",
    handle={
        ev.ContactLost: _lost,
        ev.UnapprovedDepartureFound: _departed,
        ev.LeaveOverdue: _overdue,
        ev.LeaveReturned: _returned,
        ev.SubjectFound: _ended,
        ev.AbscondedClassified: _ended,
        ev.SupervisionClosed: _ended,
    },
)
