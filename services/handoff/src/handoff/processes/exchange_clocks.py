"""Until when documents of another organ are answered, completed, and ours are signed for.

社区矫正法 第二十条; 社区矫正法实施办法 第十六条. Only what a rule gives a time for is a clock: the receipt for legal documents, the
documents that a held ruling waits for, and a notice whose own rule counts days. These clocks are watched, by exchange.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_RECEIPT, _SUPPLEMENT, _NOTICE = "documents-receipt", "documents-supplement", "notice-receipt"
# what orders something in a case; a find and an opinion of the procuratorate are no legal documents of a decision
_LEGAL_DOCUMENTS: Final = frozenset(
    kind.DESCRIPTOR.full_name
    for kind in (
        msg.Judgment,
        msg.RevocationRuling,
        msg.ReductionRuling,
        msg.TemporaryServiceRenewal,
        msg.ReimprisonmentDecision,
        msg.TermRecalculation,
    )
)
# the receipt of a notice names its stream alone, and the case as its subject
_KNOW = "insert into noticed (stream_id, exchange_id) values (%s, %s) on conflict do nothing"
_KNOWN = "delete from noticed where stream_id = %s returning exchange_id"


def term_of(first: Event) -> str:
    """The rule that gives a time for the exchange that this event opens; empty where none may."""
    if isinstance(first.data, ev.MessageReceived):
        return "intake.documents.receipt" if first.data.message_type in _LEGAL_DOCUMENTS else ""
    return first.data.law.rule if isinstance(first.data, ev.NoticePrepared) else ""


def _received(tx: Tx, event: Event) -> None:
    rule = term_of(event)
    if rule:
        tx.watch(_RECEIPT, event.subject, rule, event.day)


def _held(tx: Tx, event: Event) -> None:
    tx.watch(_SUPPLEMENT, event.subject, "intake.documents.supplement", event.day)


def _accepted(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_SUPPLEMENT, event.subject)


def _ended(tx: Tx, event: Event) -> None:
    tx.clear_deadlines(event.subject)


def _prepared(tx: Tx, event: Event) -> None:
    notice = event.data_as(ev.NoticePrepared)
    tx.execute(_KNOW, (event.stream_id, notice.exchange_id))
    tx.watch(_NOTICE, UUID(notice.exchange_id), term_of(event), event.day)


def _signed_for(tx: Tx, event: Event) -> None:
    for (exchange_id,) in tx.fetch(_KNOWN, (event.stream_id,)):
        tx.clear_deadline(_NOTICE, exchange_id)


EXCHANGE_CLOCKS = Projection(
    "exchange-clocks",
    handle={
        ev.MessageReceived: _received,
        ev.MessageHeld: _held,
        ev.MessageAccepted: _accepted,
        ev.MessageRefused: _ended,
        ev.MessageEffected: _ended,
        ev.MessageWithoutEffect: _ended,
        ev.NoticePrepared: _prepared,
        ev.NoticeReceipted: _signed_for,
    },
    tables=("noticed",),
    key="stream_id",
)
