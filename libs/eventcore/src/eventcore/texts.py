"""Free text about a person is sealed to the person when a decision is written, and nowhere stored in the clear.

A decider returns it as `free_text(...)`; the handler seals it with the public half that the case was opened with
(`Decider.seal_to`), so no service but intake can read it back. HPKE, RFC 9180: X25519, HKDF-SHA256, AES-256-GCM. What a
ciphertext is about is bound to it: it cannot be moved to another field, event type or case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, TypeVar
from uuid import UUID

from contracts import registry
from corrections.common.v1.common_pb2 import Sealed, SealedText, SealTo
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from google.protobuf.message import Message

from eventcore import meta
from eventcore.event import Event

M = TypeVar("M", bound=Message)

SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_PURPOSE: Final = b"guitu-text-v1"


class NowhereToSeal(RuntimeError):
    """The event holds free text about a person, and its case has no key that the text could be sealed to."""


class Unopenable(Exception):
    """The text was not sealed to this person for this field, event type and case, or was changed since."""


def sealed(event: M, to: SealTo | None, subject: UUID) -> M:
    """The event with its free text sealed; the event itself where it has none. Raises NowhereToSeal."""
    name = event.DESCRIPTOR.full_name
    if not any(_is_open(one) for field in _fields(name) for one in _values(event, field)):
        return event
    if to is None or not to.public_key:
        raise NowhereToSeal(name)
    copy = type(event)()
    copy.CopyFrom(event)
    for field in _fields(name):
        for one in _values(copy, field):
            if _is_open(one):
                one.CopyFrom(seal(one.ciphertext, to, event_type=name, field=field, subject=subject))
    return copy


def seal(plain: bytes, to: SealTo, *, event_type: str, field: str, subject: UUID) -> Sealed:
    """The text, sealed to the person for this field of an event about the subject."""
    public = X25519PublicKey.from_public_bytes(to.public_key)
    info = _info(to.key_id, event_type, field, subject)
    return Sealed(key_id=to.key_id, ciphertext=SUITE.encrypt(plain, public, info))


def opened(text: SealedText, private: X25519PrivateKey, subject: UUID) -> str:
    """The text in the clear. Raises Unopenable."""
    info = _info(text.sealed.key_id, text.event_type, text.field, subject)
    try:
        return SUITE.decrypt(text.sealed.ciphertext, private, info).decode()
    except (InvalidTag, ValueError):
        raise Unopenable(f"{text.event_type}.{text.field} of {subject}") from None


def texts_of(events: Iterable[Event]) -> list[SealedText]:
    """The sealed texts of the events, in order."""
    found: list[SealedText] = []
    for event in events:
        for text in sealed_texts(event.data):
            text.occurred_at.CopyFrom(meta.timestamp(event.occurred_at))
            found.append(text)
    return found


def sealed_texts(event: Message, *names: str) -> Iterator[SealedText]:
    """The texts that an event holds sealed to the person, in these fields or in all."""
    name = event.DESCRIPTOR.full_name
    for field in names or _fields(name):
        for one in _values(event, field):
            if one.key_id and not one.nonce:
                yield SealedText(event_type=name, field=field, sealed=one)


def _is_open(one: Sealed) -> bool:
    return not one.key_id and bool(one.ciphertext)


def _values(event: Message, field: str) -> tuple[Sealed, ...]:
    value = getattr(event, field)
    if isinstance(value, Sealed):
        return (value,) if event.HasField(field) else ()
    return tuple(value)


@cache
def _fields(event_type: str) -> tuple[str, ...]:
    """Names of the event's sealed fields."""
    fields = registry.event_types()[event_type].DESCRIPTOR.fields
    return tuple(field.name for field in fields if registry.personal(field))


def _info(key_id: bytes, event_type: str, field: str, subject: UUID) -> bytes:
    parts = (_PURPOSE, key_id, event_type.encode(), field.encode(), subject.bytes)
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)
