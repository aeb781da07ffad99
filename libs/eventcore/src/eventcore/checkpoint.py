"""Signed checkpoints: what the log was at a size, in a C2SP note that outside verifiers read (eventstore.md 9).

A checkpoint is signed over a committed frontier only: a signature over numbers that a crash takes back would be a fork.
"""

from __future__ import annotations

import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from proofs import note
from proofs.tree import Frontier

from eventcore.link import Connection

TREE = "sha256"

_COMMITTED = """
select s.seq, s.frontier_sha256, coalesce((select max(c.size) from es.checkpoint c where c.tree = 'sha256'), 0)
from es.sequencer s
"""
_STORE = """
insert into es.checkpoint (tree, size, root, note) values (%s, %s, %s, %s) on conflict (tree, size) do nothing
"""


def origin(installation: str, service: str) -> str:
    """Origin of a service's log; verifiers pin it together with its key."""
    return f"guitu/{installation}/{service}"


def signer(name: str, key: Ed25519PrivateKey) -> note.Signer:
    """A signer of notes with the log's key, named like its origin."""
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return note.Signer(name, public, key.sign)


class Checkpoints:
    """Signs the log's state at most every `interval_s` seconds. The origin is the signer's name."""

    def __init__(self, signer: note.Signer, *, interval_s: float = 0.2) -> None:
        self._signer = signer
        self._interval_s = interval_s
        self._next = 0.0

    def turn(self, connection: Connection) -> bool:
        """Whether a new checkpoint is stored; none is before its time or without new events."""
        if time.monotonic() < self._next:
            return False
        signed = sign(connection, self._signer)
        self._next = time.monotonic() + self._interval_s
        return signed


def sign(connection: Connection, signer: note.Signer) -> bool:
    """The log's committed state has a signed checkpoint; False when it had one already or is empty."""
    row = connection.execute(_COMMITTED).fetchone()
    assert row is not None, "es.sequencer has its row since the first migration"
    size, hashes, covered = row
    if size <= covered:
        return False
    root = Frontier(hashes, size).root()
    signed = note.sign_checkpoint(signer.name, size, root, signer)
    return connection.execute(_STORE, [TREE, size, root, signed]).rowcount == 1
