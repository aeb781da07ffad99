"""Who is out of contact, since when, and were the police asked? Table `missing`."""

from __future__ import annotations

from datetime import UTC, date

from corrections.supervision.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import end_of_day

_ADD = "insert into missing (case_id, county, office) values (%s, %s, %s) on conflict do nothing"
_AWAITED = "update missing set since = %s where case_id = %s and since is null"
_LOST = "update missing set since = %s, lost = true where case_id = %s"
_POLICE = "update missing set police_requested = true where case_id = %s and since is not null"
_CAME = "update missing set since = null, police_requested = false where case_id = %s and not lost"
_FOUND = "update missing set since = null, lost = false, police_requested = false where case_id = %s"


def _opened(tx: Tx, event: Event) -> None:
    opened = event.data_as(ev.SupervisionOpened)
    tx.execute(_ADD, (event.subject, opened.county, opened.office))


def _awaited(tx: Tx, event: Event) -> None:
    due = date.fromisoformat(event.data_as(ev.MissedReceptionNoted).due_date)
    tx.execute(_AWAITED, (end_of_day(due), event.subject))


def _lost(tx: Tx, event: Event) -> None:
    tx.execute(_LOST, (event.data_as(ev.ContactLost).since.ToDatetime(UTC), event.subject))


def _police(tx: Tx, event: Event) -> None:
    tx.execute(_POLICE, (event.subject,))


def _came(tx: Tx, event: Event) -> None:
    tx.execute(_CAME, (event.subject,))


def _found(tx: Tx, event: Event) -> None:
    tx.execute(_FOUND, (event.subject,))


MISSING = Projection(
    "missing",
    handle={
        ev.SupervisionOpened: _opened,
        ev.MissedReceptionNoted: _awaited,
        ev.ContactLost: _lost,
        ev.PoliceSearchRequested: _police,
        ev.ReceptionNoted: _came,
        ev.SubjectFound: _found,
        ev.SupervisionClosed: _found,
    },
    tables=("missing",),
)
