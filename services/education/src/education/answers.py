"""States and rows as the contract's messages."""

from __future__ import annotations

from collections.abc import Iterable

from corrections.common.v1.common_pb2 import Moment
from corrections.education.v1 import events_pb2 as ev
from corrections.education.v1 import service_pb2 as pb
from eventcore.reads import Read
from eventcore.texts import texts_of

from education.domain.state import Education
from education.queries import Row


def education(read: Read[Education]) -> pb.GetEducationResponse:
    """A case's education on the day that was read, sessions in order of their day."""
    day = read.on
    ordered = sorted(read.state.sessions.items(), key=lambda item: (item[1].on, item[0]))
    sessions = [
        pb.Session(
            session_id=session_id,
            topic=session.topic,
            on=session.on.isoformat(),
            state=session.state_on(day),
            minutes=session.minutes if session.state_on(day) == "ATTENDED" else 0,
        )
        for session_id, session in ordered
    ]
    minutes = sum(s.minutes for s in sessions)
    return pb.GetEducationResponse(sessions=sessions, minutes=minutes, texts=texts_of(read.events))


def sessions(rows: Iterable[Row], next_page_token: str, at: Moment) -> pb.ListSessionsResponse:
    """A page of the list of a day."""
    return pb.ListSessionsResponse(
        next_page_token=next_page_token,
        at=at,
        sessions=[
            pb.ArrangedSession(
                case_id=str(row.case_id),
                session_id=row.session_id,
                topic=ev.SessionTopic.Name(row.topic),
                state=row.state,
            )
            for row in rows
        ],
    )
