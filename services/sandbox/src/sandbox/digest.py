"""The history digest: one number for what happened in all cases, the same for one seed in every installation."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from sandbox.stores import Stores, line

SERVICES: Final = ("intake", "supervision", "education", "assistance", "handoff")


def history(stores: Stores) -> list[str]:
    """Valid time, type and facts of all events, a line each, in an order that recording has no part in.

    Recorded times, roots, signatures and ciphertext are left out: they differ from run to run.
    """
    return sorted(line(event) for service in SERVICES for event in stores.all(service))


def digest_of(lines: Iterable[str]) -> str:
    """SHA-256 of a history, hex."""
    total = sha256()
    for text in lines:
        total.update(text.encode())
        total.update(b"\n")
    return total.hexdigest()
