"""What a case's education is, folded from its events: dated facts only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from corrections.common.v1.common_pb2 import SealTo
from corrections.education.v1 import events_pb2 as ev
from eventcore.decider import Stamp, evolving


@dataclass(frozen=True, slots=True)
class Session:
    """One session: the day it is held on, when it was arranged and what came of it, each with its day."""

    topic: ev.SessionTopic
    on: date
    arranged: date
    attended: date | None = None
    minutes: int = 0
    excused: date | None = None
    missed: date | None = None

    @property
    def settled(self) -> bool:
        """True when nothing more is awaited of it."""
        return bool(self.attended or self.excused or self.missed)

    def state_on(self, day: date) -> str:
        """State as of a day: ARRANGED, ATTENDED, EXCUSED or MISSED."""
        # who is excused or registered after the lapse was not missed, whatever the days say
        facts = {"ATTENDED": self.attended, "EXCUSED": self.excused, "MISSED": self.missed}
        return next((name for name, on in facts.items() if on is not None and on <= day), "ARRANGED")


@dataclass(frozen=True, slots=True)
class Education:
    """A case in education. `closed`: last day of a served term, else the day of the end."""

    county: str = ""
    office: str = ""
    minor: bool = False
    end: date | None = None
    closed: date | None = None
    seal_to: SealTo | None = None
    sessions: Mapping[str, Session] = field(default_factory=lambda: MappingProxyType({}))


def _opened(state: Education, e: ev.EducationOpened, _: Stamp) -> Education:
    end = date.fromisoformat(e.end_date)
    return replace(state, county=e.county, office=e.office, minor=e.minor, end=end, seal_to=e.seal_to)


def _closed(state: Education, e: ev.EducationClosed, _: Stamp) -> Education:
    return replace(state, closed=date.fromisoformat(e.on))


def _arranged(state: Education, e: ev.SessionArranged, stamp: Stamp) -> Education:
    return _with(state, e.session_id, Session(e.topic, date.fromisoformat(e.on), stamp.day))


def _attended(state: Education, e: ev.SessionAttended, stamp: Stamp) -> Education:
    return _settled(state, e.session_id, attended=stamp.day, minutes=e.minutes)


def _excused(state: Education, e: ev.SessionExcused, stamp: Stamp) -> Education:
    return _settled(state, e.session_id, excused=stamp.day)


def _missed(state: Education, e: ev.SessionMissed, stamp: Stamp) -> Education:
    return _settled(state, e.session_id, missed=stamp.day)


def _settled(state: Education, session_id: str, **facts: Any) -> Education:
    # as of an earlier day the session may not have been arranged
    session = state.sessions.get(session_id)
    return state if session is None else _with(state, session_id, replace(session, **facts))


def _with(state: Education, session_id: str, session: Session) -> Education:
    return replace(state, sessions=MappingProxyType({**state.sessions, session_id: session}))


evolve = evolving(
    {
        ev.EducationOpened: _opened,
        ev.EducationClosed: _closed,
        ev.SessionArranged: _arranged,
        ev.SessionAttended: _attended,
        ev.SessionExcused: _excused,
        ev.SessionMissed: _missed,
    }
)
