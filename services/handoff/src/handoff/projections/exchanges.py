"""Which exchanges wait for whom, since when: one row an exchange."""

from __future__ import annotations

from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_INSERT = """
insert into exchange (stream_id, exchange_id, agency_code, inbound, kind, stage, since, case_id, role, open)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, true)
"""
_STAGE = """
update exchange set stage = %s, open = %s, case_id = coalesce(%s::uuid, case_id) where stream_id = %s
"""
_OTHER = "update exchange set other_contents = other_contents + 1 where stream_id = %s"


def _received(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.MessageReceived)
    row = (event.stream_id, event.subject, e.agency_code, True, e.message_type, msg.STAGE_RECEIVED)
    tx.execute(_INSERT, (*row, event.occurred_at, None, ""))


def _accepted(tx: Tx, event: Event) -> None:
    case_id = event.data_as(ev.MessageAccepted).case_id or None
    tx.execute(_STAGE, (msg.STAGE_ACCEPTED, True, case_id, event.stream_id))


def _refused(tx: Tx, event: Event) -> None:
    tx.execute(_STAGE, (msg.STAGE_REFUSED, False, None, event.stream_id))


def _held(tx: Tx, event: Event) -> None:
    tx.execute(_STAGE, (msg.STAGE_HELD, True, None, event.stream_id))


def _effected(tx: Tx, event: Event) -> None:
    tx.execute(_STAGE, (msg.STAGE_EFFECTED, False, None, event.stream_id))


def _without_effect(tx: Tx, event: Event) -> None:
    tx.execute(_STAGE, (msg.STAGE_WITHOUT_EFFECT, False, None, event.stream_id))


def _other_content(tx: Tx, event: Event) -> None:
    tx.execute(_OTHER, (event.stream_id,))


def _prepared(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.NoticePrepared)
    row = (event.stream_id, e.exchange_id, e.to, False, e.kind, msg.STAGE_UNSPECIFIED)
    tx.execute(_INSERT, (*row, event.occurred_at, e.case_id, e.role))


def _receipted(tx: Tx, event: Event) -> None:
    stage = event.data_as(ev.NoticeReceipted).stage
    tx.execute(_STAGE, (stage, False, None, event.stream_id))


def _not_taken(tx: Tx, event: Event) -> None:
    # a notice that the agency refused still waits: for people
    tx.execute(_STAGE, (msg.STAGE_REFUSED, True, None, event.stream_id))


EXCHANGES = Projection(
    "exchanges",
    handle={
        ev.MessageReceived: _received,
        ev.MessageAccepted: _accepted,
        ev.MessageRefused: _refused,
        ev.MessageHeld: _held,
        ev.MessageEffected: _effected,
        ev.MessageWithoutEffect: _without_effect,
        ev.OtherContentRefused: _other_content,
        ev.NoticePrepared: _prepared,
        ev.NoticeReceipted: _receipted,
        ev.NoticeRefused: _not_taken,
    },
    tables=("exchange",),
    key="stream_id",
)
