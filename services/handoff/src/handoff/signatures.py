"""Signatures of agencies over type and body, and the platform's own on receipts and notices (Ed25519)."""

from __future__ import annotations

from dataclasses import dataclass

from corrections.common.v1.common_pb2 import Signature, Signed
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from google.protobuf.message import Message
from servicekit.agencies import Agency

from handoff.domain.refusals import Finding

ALGORITHM = "Ed25519"
PLATFORM_KEY_ID = "handoff"
# Each is checked over the whole body: eight of them over eight megabytes take 0.1 s.
MAX_SIGNATURES = 8


def signed_bytes(message: Signed) -> bytes:
    """What a signature covers: the type and the body as they came."""
    return b"guitu-signed-v1\n" + message.type.encode() + b"\n" + message.body


def problem(message: Signed, agency: Agency) -> Finding | None:
    """Why the message is not proven to be the agency's; None when one of its registered keys signed it."""
    if not message.signatures:
        return Finding("SIGNATURE_MISSING", "signatures")
    if len(message.signatures) > MAX_SIGNATURES:
        return Finding("SIGNATURES_TOO_MANY", "signatures")
    covered, known = signed_bytes(message), False
    for signature in message.signatures:
        key = agency.key(signature.key_id)
        if key is not None and key.algorithm == signature.algorithm == ALGORITHM:
            known = True
            if _fits(key.public, signature.value, covered):
                return None
    return Finding("SIGNATURE_INVALID" if known else "KEY_UNKNOWN", "signatures")


def _fits(public: bytes, value: bytes, covered: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(value, covered)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class PlatformSigner:
    """Signs what the platform sends; its public half is `<home>/keys/handoff.ed25519.pub`."""

    key: Ed25519PrivateKey

    def sign(self, message: Message) -> Signed:
        """The message, serialised once and signed."""
        made = Signed(type=message.DESCRIPTOR.full_name, body=message.SerializeToString(deterministic=True))
        value = self.key.sign(signed_bytes(made))
        made.signatures.append(Signature(key_id=PLATFORM_KEY_ID, algorithm=ALGORITHM, value=value))
        return made
