"""Deliveries to the agencies of the sandbox: verified, taken up once, answered with a signed receipt."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from corrections.common.v1.common_pb2 import Signed
from corrections.sandbox.v1 import service_pb2 as api
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from devstack import ca
from servicekit.agencies import Agency

from sandbox.agencies.behaviour import read, receipt, seal
from sandbox.agencies.book import Book
from sandbox.signing import public_key, verified

PLATFORM = "handoff"


class Away(Exception):
    """The agency is away, or its answer got lost; the platform is to deliver again."""


class NotForUs(Exception):
    """No agency of the sandbox has that code."""


class Forged(Exception):
    """The message is not signed by the platform."""


class Post:
    """The agencies' common post room: one endpoint, the addressee is named by each delivery."""

    def __init__(
        self,
        book: Book,
        *,
        installation: str,
        agency: Callable[[str], Agency | None],
        key_of: Callable[[str], Ed25519PrivateKey],
        platform_key: Callable[[], Ed25519PublicKey],
    ) -> None:
        self._book = book
        self._installation = installation
        self._agency = agency
        self._key_of = key_of
        self._platform_key = platform_key

    async def deliver(self, to: str, message: Signed) -> Signed:
        """The agency has the message and the answer is its receipt, the same for every repetition.

        Away, NotForUs, Forged, Unreadable, OtherContent.
        """
        if self._agency(to) is None:
            raise NotForUs(to)
        if not verified(message, [self._platform_key()]):
            raise Forged(to)
        incoming = read(message)
        known = await self._book.known(to, incoming)
        if known is not None:
            return Signed.FromString(known)
        behaviour = await self._book.script(to)
        if behaviour == api.BEHAVIOUR_DELAY:
            raise Away(to)
        answer = receipt(to, self._installation, incoming, behaviour, await self._book.now())
        signed = seal(to, answer, behaviour, self._key_of)
        if behaviour == api.BEHAVIOUR_FORGE:
            # Not kept: the next delivery gets the agency's true receipt.
            return signed
        effect = behaviour != api.BEHAVIOUR_REFUSE
        stored = await self._book.take_up(to, incoming, signed.SerializeToString(), effect=effect)
        if behaviour == api.BEHAVIOUR_REPEAT:
            raise Away(to)
        return Signed.FromString(stored)


def keys_of(home: Path) -> Callable[[str], Ed25519PrivateKey]:
    """The agencies' signing keys of a data folder, each read once."""

    @cache
    def key(code: str) -> Ed25519PrivateKey:
        return ca.signing_key(home, code)

    return key


def platform_key(home: Path) -> Callable[[], Ed25519PublicKey]:
    """The key that handoff signs with, read once it has been published."""

    @cache
    def key() -> Ed25519PublicKey:
        return public_key(home, PLATFORM)

    return key
