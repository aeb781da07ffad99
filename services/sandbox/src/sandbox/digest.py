"""The history digest: one number for what happened in all cases, the same for one seed in every installation."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from sandbox.stores import Stores, line

SERVICES: Final = ("intake", "supervision", "education", "assistance", "handoff")


def history_digest(stores: Stores) -> str:
    """SHA-256, hex, over valid time, type and facts of all events, in an order that recording has no part in.

    Recorded times, roots, signatures and ciphertext are left out: they differ from run to run.
    """
    lines = sorted(line(event) for service in SERVICES for event in stores.all(service))
    total = sha256()
    for text in lines:
        total.update(text.encode())
        total.update(b"\n")
    return total.hexdigest()
