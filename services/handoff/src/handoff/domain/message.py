"""What an agency may send, and whether it may be taken up: the pure half of receiving a message.

社区矫正法 第二十条: the deciding organ delivers; 社区矫正法实施办法 第十六条: the institution answers with a receipt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from corrections.common.v1 import facts_pb2 as facts
from corrections.handoff.v1 import messages_pb2 as msg
from google.protobuf.message import DecodeError, Message
from lawkit import Law
from lawkit.organs import COURT, may_act, organ_of

from handoff.domain import judgment, ruling
from handoff.domain.refusals import Finding

# 8 MiB: contract of the exchange (Signed.body)
MAX_BODY_BYTES: Final = 8 * 1024 * 1024  # not the law's: contract of the exchange

TYPES: Final[Mapping[str, type[Message]]] = MappingProxyType(
    {
        t.DESCRIPTOR.full_name: t
        for t in (
            msg.Judgment,
            msg.RevocationRuling,
            msg.ReductionRuling,
            msg.TemporaryServiceRenewal,
            msg.ReimprisonmentDecision,
            msg.TermRecalculation,
            msg.FoundNotice,
            msg.CorrectionOpinion,
        )
    }
)


@dataclass(frozen=True, slots=True)
class Sender:
    """The agency that sent a message: code, role of the catalogue, organs whose decisions it may pass on, unit."""

    code: str
    role: str
    speaks_for: frozenset[str] = frozenset()
    unit: str = ""


def read(type_name: str, body: bytes) -> Message | Finding:
    """The body as its type says, or why it cannot be read."""
    kind = TYPES.get(type_name)
    if kind is None:
        return Finding("UNKNOWN_TYPE", "type")
    if len(body) > MAX_BODY_BYTES:
        return Finding("MESSAGE_TOO_LARGE", "body")
    try:
        message = kind.FromString(body)
    except (DecodeError, ValueError, RecursionError):
        return Finding("UNREADABLE_BODY", "body")
    # an empty body is a valid encoding of every type and says nothing
    return message if getattr(message, "message_id", "") else Finding("UNREADABLE_BODY", "message_id")


def organ(body: Message, sender: Sender, registered: frozenset[str], law: Law) -> Iterator[Finding]:
    """Who decided: a registered organ, and the sender itself or one that the sender may speak for."""
    if not isinstance(body, msg.Judgment):
        yield from ruling.sender(body, sender.role, law)
        return
    known = body.organ_code in registered or body.organ_code in sender.speaks_for
    if not known:
        yield Finding("ORGAN_UNKNOWN", "organ_code", "decision.deliver-documents")
    elif body.organ_code != sender.code and body.organ_code not in sender.speaks_for:
        yield Finding("SENDER_NOT_ORGAN", "organ_code", "decision.deliver-documents")
    elif not may_act(law, "decision.temporary.who", sender.role) or (
        _only_a_court_decides(body) and organ_of(law, sender.role) != COURT
    ):
        yield Finding("RULING_NOT_FROM_ORGAN", "organ_code", "decision.temporary.who")


def shape(body: Message) -> Iterator[Finding]:
    """Impossible days and negative lengths, with the law's word for them."""
    return judgment.shape(body) if isinstance(body, msg.Judgment) else ruling.shape(body)


def substance(
    body: Message, law: Law, now: datetime, today: date, *, by_court: bool = True
) -> Iterator[Finding]:
    """What the law or the calendar does not allow, in a body whose shape is right. by_court: a court decided it."""
    if isinstance(body, msg.Judgment):
        return judgment.substance(body, law, today, by_court=by_court)
    return ruling.substance(body, now, today)


def _only_a_court_decides(body: msg.Judgment) -> bool:
    temporary = facts.SUBJECT_KIND_TEMPORARY_SERVICE
    return any(d.kind not in (facts.SUBJECT_KIND_UNSPECIFIED, temporary) for d in body.defendants)
