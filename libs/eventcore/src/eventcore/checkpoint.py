"""Signed checkpoints: what the log was at a size, in a C2SP note that outside verifiers read (eventstore.md 9).

Both trees have their own log for outsiders, the SM3 one under `<origin>/sm3`, signed by the same key: a key's id follows
from its name too, so a verifier pins one for each. A checkpoint is signed over a committed frontier only: a signature over numbers that a crash takes back would be a fork.
"""

from __future__ import annotations

import time
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from proofs import note
from proofs.tree import Frontier, HashName

from eventcore.link import Connection

_COMMITTED = """
select s.seq, s.frontier_sha256, s.size_sm3, s.frontier_sm3,
  coalesce((select max(c.size) from es.checkpoint c where c.tree = 'sha256'), 0),
  coalesce((select max(c.size) from es.checkpoint c where c.tree = 'sm3'), 0)
from es.sequencer s
"""
_STORE = """
insert into es.checkpoint (tree, size, root, note)
select * from unnest(%s::text[], %s::bigint[], %s::bytea[], %s::text[]) on conflict (tree, size) do nothing
"""


def origin(installation: str, service: str) -> str:
    """Origin of a service's log; verifiers pin it together with its key."""
    return f"guitu/{installation}/{service}"


def sm3_name(name: str) -> str:
    """Origin of the SM3 log beside a log, and the name of the key that signs it."""
    return f"{name}/sm3"


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
    """The log's committed state has a signed checkpoint of each tree; False when it had them already or is empty."""
    row = connection.execute(_COMMITTED).fetchone()
    assert row is not None, "es.sequencer has its row since the first migration"
    size, hashes, size_sm3, hashes_sm3, covered, covered_sm3 = row
    made: list[tuple[str, int, bytes, str]] = []
    if size > covered:
        made.append(_signed("sha256", size, hashes, signer))
    if size_sm3 > covered_sm3:
        made.append(_signed("sm3", size_sm3, hashes_sm3, replace(signer, name=sm3_name(signer.name))))
    if not made:
        return False
    columns = [list(column) for column in zip(*made, strict=True)]
    return connection.execute(_STORE, columns).rowcount > 0


def _signed(
    tree: HashName, size: int, hashes: list[bytes], signer: note.Signer
) -> tuple[str, int, bytes, str]:
    root = Frontier(hashes, size, hash=tree).root()
    return tree, size, root, note.sign_checkpoint(signer.name, size, root, signer)
