"""Which measures were given, and when? Tables `supervised`, `measure`: for counts, never for a person's rating."""

from __future__ import annotations

from collections.abc import Callable

from corrections.supervision.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import day_of

from supervision.queries import MEASURE_NAMES

_OPENED = "insert into supervised (case_id, county, kind) values (%s, %s, %s) on conflict do nothing"
_ADD = "insert into measure (case_id, version, name, given_on, since_on) values (%s, %s, %s, %s, %s)"


def _opened(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.SupervisionOpened)
    tx.execute(_OPENED, (event.subject, e.county, e.kind))


def _given(name: str) -> Callable[[Tx, Event], None]:
    return lambda tx, event: _put(tx, event, name)


def _put(tx: Tx, event: Event, name: str) -> None:
    tx.execute(_ADD, (event.subject, event.version, name, event.day, day_of(event.since)))


MEASURES = Projection(
    "measures",
    handle={ev.SupervisionOpened: _opened, **{kind: _given(name) for kind, name in MEASURE_NAMES.items()}},
    tables=("supervised", "measure"),
)
