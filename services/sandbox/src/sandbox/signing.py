"""Signed messages of the other side: an agency's own Ed25519 key over type and body (contract of `Signed`)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corrections.common.v1.common_pb2 import Signature, Signed
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from google.protobuf.message import Message

from sandbox.ids import key_id

ALGORITHM = "Ed25519"


def signed_bytes(type_name: str, body: bytes) -> bytes:
    """What a signature covers."""
    return b"guitu-signed-v1\n" + type_name.encode() + b"\n" + body


def sign(agency: str, key: Ed25519PrivateKey, message: Message) -> Signed:
    """The message, signed by an agency; serialised once and deterministically."""
    type_name = message.DESCRIPTOR.full_name
    body = message.SerializeToString(deterministic=True)
    value = key.sign(signed_bytes(type_name, body))
    return Signed(
        type=type_name,
        body=body,
        signatures=[Signature(key_id=key_id(agency), algorithm=ALGORITHM, value=value)],
    )


def verified(message: Signed, keys: Iterable[Ed25519PublicKey]) -> bool:
    """True when a signature of the message is by one of the keys."""
    covered = signed_bytes(message.type, message.body)
    return any(_fits(key, s, covered) for key in keys for s in message.signatures)


def public_key(home: Path, owner: str) -> Ed25519PublicKey:
    """The published half of an owner's signing key; FileNotFoundError before the owner's first start."""
    text = (home / "keys" / f"{owner}.ed25519.pub").read_text(encoding="ascii")
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))


def _fits(key: Ed25519PublicKey, signature: Signature, covered: bytes) -> bool:
    if signature.algorithm != ALGORITHM:
        return False
    try:
        key.verify(signature.value, covered)
    except InvalidSignature:
        return False
    return True
