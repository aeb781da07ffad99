"""A session lapses at 24:00 of its day unless something came of it. 社区矫正法 第三十六条."""

from __future__ import annotations

from datetime import date

from corrections.education.v1 import events_pb2 as ev
from corrections.education.v1 import service_pb2 as cmd
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import end_of_day

from education.domain.session import RULE


def _clock(session_id: str) -> str:
    return f"session/{session_id}"


def _arranged(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.SessionArranged)
    due = end_of_day(date.fromisoformat(e.on))
    request = cmd.LapseSessionRequest(case_id=str(event.subject), session_id=e.session_id)
    request.due_at.FromDatetime(due)
    request.occurred_at.FromDatetime(due)
    tx.deadline(_clock(e.session_id), event.subject, due, request, rule=RULE, since=event.day)


def _attended(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_clock(event.data_as(ev.SessionAttended).session_id), event.subject)


def _excused(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_clock(event.data_as(ev.SessionExcused).session_id), event.subject)


def _missed(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_clock(event.data_as(ev.SessionMissed).session_id), event.subject)


def _closed(tx: Tx, event: Event) -> None:
    tx.clear_deadlines(event.subject)


SESSION_CLOCKS = Projection(
    "session-clocks",
    handle={
        ev.SessionArranged: _arranged,
        ev.SessionAttended: _attended,
        ev.SessionExcused: _excused,
        ev.SessionMissed: _missed,
        ev.EducationClosed: _closed,
    },
)
