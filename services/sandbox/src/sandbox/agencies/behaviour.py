"""What an agency does with a delivery: by its script, and once a message whatever the script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from corrections.common.v1.common_pb2 import Signed
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.sandbox.v1 import service_pb2 as api
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.message import DecodeError

from sandbox.signing import sign

Behaviour = api.Behaviour

_NOTICE = msg.Notice.DESCRIPTOR.full_name
_RECEIPT = msg.Receipt.DESCRIPTOR.full_name


class Unreadable(Exception):
    """The body is neither a notice nor a receipt of the contract."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A verified message of the platform. `key` tells one message from another; a receipt is one per stage."""

    message_id: str
    key: str
    kind: str
    body: bytes

    @property
    def body_sha256(self) -> bytes:
        """SHA-256 of the body as it came."""
        return sha256(self.body).digest()


def read(message: Signed) -> Incoming:
    """The message as the agency files it; Unreadable."""
    try:
        if message.type == _NOTICE:
            notice = msg.Notice.FromString(message.body)
            return Incoming(notice.message_id, notice.message_id, notice.kind, message.body)
        if message.type == _RECEIPT:
            receipt = msg.Receipt.FromString(message.body)
            key = f"{receipt.message_id}#{msg.Stage.Name(receipt.stage)}"
            return Incoming(receipt.message_id, key, message.type, message.body)
    except DecodeError as e:
        raise Unreadable(f"the body is no {message.type}") from e
    raise Unreadable(f"got a {message.type}, want {_NOTICE} or {_RECEIPT}")


def receipt(
    agency: str, platform: str, incoming: Incoming, behaviour: Behaviour, at: datetime
) -> msg.Receipt:
    """The agency's word about a message: accepted, or refused where its script says so."""
    answer = msg.Receipt(
        message_id=incoming.message_id,
        sender=platform,
        receiver=agency,
        stage=msg.STAGE_ACCEPTED,
        body_sha256=incoming.body_sha256,
    )
    answer.at.FromDatetime(at)
    if behaviour == api.BEHAVIOUR_REFUSE:
        answer.stage = msg.STAGE_REFUSED
        answer.refusal.CopyFrom(
            msg.Refusal(code="NOT_COMPETENT", remedy_zh="本单位无管辖权，请核对受文单位。")
        )
    return answer


def seal(
    agency: str,
    message: msg.Receipt,
    behaviour: Behaviour,
    key_of: Callable[[str], Ed25519PrivateKey],
) -> Signed:
    """The receipt, signed by the agency's key, or by another where the script says forge."""
    key = Ed25519PrivateKey.generate() if behaviour == api.BEHAVIOUR_FORGE else key_of(agency)
    return sign(agency, key, message)
