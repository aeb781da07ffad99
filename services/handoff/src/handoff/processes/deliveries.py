"""What is ready goes out: notices, and receipts about what came of a message later."""

from __future__ import annotations

from uuid import UUID, uuid5

from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import service_pb2 as cmd
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

DELIVER = "deliver"
# received and accepted, the first two events of a stream, are answered by Submit itself
_ANSWERED_BY_SUBMIT = 2  # not the law's: receipts of one call


def _prepared(tx: Tx, event: Event) -> None:
    exchange_id = event.data_as(ev.NoticePrepared).exchange_id
    # in the order of the exchange, not of the case: an agency that is away holds back nobody else's notice
    tx.command(DELIVER, cmd.DeliverNoticeRequest(exchange_id=exchange_id), UUID(exchange_id))


def _accepted(tx: Tx, event: Event) -> None:
    if event.version > _ANSWERED_BY_SUBMIT:
        _receipt(tx, event, msg.STAGE_ACCEPTED)


def _effected(tx: Tx, event: Event) -> None:
    _receipt(tx, event, msg.STAGE_EFFECTED)


def _without_effect(tx: Tx, event: Event) -> None:
    _receipt(tx, event, msg.STAGE_WITHOUT_EFFECT)


def _receipt(tx: Tx, event: Event, stage: msg.Stage) -> None:
    request = cmd.DeliverReceiptRequest(exchange_id=str(event.subject), stage=stage)
    # in an order of its own: an agency that is away holds back no effect of the exchange
    tx.command("receipt", request, uuid5(event.subject, "receipts"))


DELIVERIES = Projection(
    "deliveries",
    handle={
        ev.NoticePrepared: _prepared,
        ev.MessageAccepted: _accepted,
        ev.MessageEffected: _effected,
        ev.MessageWithoutEffect: _without_effect,
    },
)
