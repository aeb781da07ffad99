"""Which sessions are on a day? Table `session`."""

from __future__ import annotations

from corrections.education.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_COUNTY = "insert into taking_part (case_id, county, office) values (%s, %s, %s) on conflict do nothing"
_ADD = """
insert into session (case_id, session_id, county, office, topic, held_on, state)
select %s, %s, t.county, t.office, %s, %s, 'ARRANGED' from taking_part t where t.case_id = %s
on conflict do nothing
"""
_SETTLE = "update session set state = %s where case_id = %s and session_id = %s"


def _opened(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.EducationOpened)
    tx.execute(_COUNTY, (event.subject, e.county, e.office))


def _arranged(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.SessionArranged)
    tx.execute(_ADD, (event.subject, e.session_id, e.topic, e.on, event.subject))


def _attended(tx: Tx, event: Event) -> None:
    tx.execute(_SETTLE, ("ATTENDED", event.subject, event.data_as(ev.SessionAttended).session_id))


def _excused(tx: Tx, event: Event) -> None:
    tx.execute(_SETTLE, ("EXCUSED", event.subject, event.data_as(ev.SessionExcused).session_id))


def _missed(tx: Tx, event: Event) -> None:
    tx.execute(_SETTLE, ("MISSED", event.subject, event.data_as(ev.SessionMissed).session_id))


SESSIONS = Projection(
    "sessions",
    handle={
        ev.EducationOpened: _opened,
        ev.SessionArranged: _arranged,
        ev.SessionAttended: _attended,
        ev.SessionExcused: _excused,
        ev.SessionMissed: _missed,
    },
    tables=("taking_part", "session"),
)
