"""Which measures were given, and when? Tables `supervised`, `measure`: for counts, never for a person's rating."""

from __future__ import annotations

from collections.abc import Callable

from corrections.supervision.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from google.protobuf.message import Message
from lawkit.counting import day_of

_OPENED = "insert into supervised (case_id, county, kind) values (%s, %s, %s) on conflict do nothing"
_ADD = "insert into measure (case_id, version, name, given_on, since_on) values (%s, %s, %s, %s, %s)"
_NAMES: dict[type[Message], str] = {
    ev.Admonished: "admonition",
    ev.Warned: "warning",
    ev.MeasureProposed: "penalty-proposed",
    ev.RevocationProposed: "revocation-proposed",
    ev.RevocationRuled: "revocation-ruled",
    ev.ReimprisonmentDecided: "reimprisonment-decided",
    ev.ReductionProposed: "reduction-proposed",
    ev.ReductionRuled: "reduction-ruled",
    ev.ContactLost: "contact-lost",
    ev.AbscondedClassified: "absconded",
}


def _opened(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.SupervisionOpened)
    tx.execute(_OPENED, (event.subject, e.county, e.kind))


def _given(name: str) -> Callable[[Tx, Event], None]:
    return lambda tx, event: _put(tx, event, name)


def _put(tx: Tx, event: Event, name: str) -> None:
    tx.execute(_ADD, (event.subject, event.version, name, event.day, day_of(event.since)))


MEASURES = Projection(
    "measures",
    handle={ev.SupervisionOpened: _opened, **{kind: _given(name) for kind, name in _NAMES.items()}},
    tables=("supervised", "measure"),
)
