"""Which case a reference names; a ruling that came before its case is released once the case is there.

Both halves come from handoff's own log, in one order: the acceptance of the judgment names the references by keyed
hash, the effect names the case. So nothing can slip between them.
"""

from __future__ import annotations

from uuid import UUID

from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import service_pb2 as cmd
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_REFERENCE = """
insert into reference (exchange_id, defendant_number, mac) values (%s, %s, %s) on conflict do nothing
"""
_CASE = """
update reference set case_id = %s where exchange_id = %s and defendant_number = %s returning mac
"""
_WAITING = "select exchange_id from held where mac = %s order by exchange_id"
_HOLD = "insert into held (exchange_id, mac) values (%s, %s) on conflict do nothing"
_KNOWN = "select case_id from reference where mac = %s and case_id is not null"
_TAKEN_UP = "delete from held where exchange_id = %s"


def _accepted(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.MessageAccepted)
    tx.execute(_TAKEN_UP, (event.subject,))
    for number, mac in zip(e.defendant_numbers, e.reference_macs, strict=True):
        tx.execute(_REFERENCE, (event.subject, number, mac))


def _effect(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.EffectNoted)
    for (mac,) in tx.fetch(_CASE, (e.case_id, event.subject, e.defendant_number)):
        for (waiting,) in tx.fetch(_WAITING, (mac,)):
            _release(tx, waiting, e.case_id)


def _held(tx: Tx, event: Event) -> None:
    mac = event.data_as(ev.MessageHeld).reference_mac
    tx.execute(_HOLD, (event.subject, mac))
    for (case_id,) in tx.fetch(_KNOWN, (mac,)):
        _release(tx, event.subject, str(case_id))


def _release(tx: Tx, exchange_id: UUID, case_id: str) -> None:
    request = cmd.ReleaseHeldRequest(exchange_id=str(exchange_id), case_id=case_id)
    tx.command(f"release {exchange_id}", request, exchange_id)


REFERENCES = Projection(
    "references",
    handle={ev.MessageAccepted: _accepted, ev.EffectNoted: _effect, ev.MessageHeld: _held},
    tables=("reference", "held"),
    key="exchange_id",
)
