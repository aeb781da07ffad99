"""Leaves: what the trees of a log commit to (eventstore.md section 9).

A leaf is H(0x00 ‖ canonical), and canonical holds the *stored* bytes of `meta` and `data`, never a
re-serialisation: format byte 0x01, then for each of both a 4-byte big-endian length and the bytes. It commits
to ciphertext.
"""

import hashlib
from collections.abc import Iterable
from typing import Protocol

from proofs.verify import MAX_ENTRY, EntryTooLarge, canonical, sm3_pure

__all__ = ["MAX_ENTRY", "EntryTooLarge", "canonical", "leaf_pair", "leaf_pairs", "leaf_sha256", "leaf_sm3"]


class _Hash(Protocol):
    def copy(self) -> "_Hash": ...
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


def _openssl_sm3() -> _Hash | None:
    try:
        return hashlib.new("sm3")
    except ValueError:
        return None


# Looking SM3 up again costs a fifth of a leaf.
_SM3 = _openssl_sm3()
_sha256 = hashlib.sha256


def leaf_sha256(entry: bytes) -> bytes:
    """The leaf of canonical bytes in the SHA-256 tree, 32 bytes."""
    return _sha256(b"\x00" + entry).digest()


def leaf_sm3(entry: bytes) -> bytes:
    """The leaf of canonical bytes in the SM3 tree, 32 bytes."""
    if _SM3 is None:
        return sm3_pure(b"\x00" + entry)
    state = _SM3.copy()
    state.update(b"\x00" + entry)
    return state.digest()


def leaf_pair(meta: bytes, data: bytes) -> tuple[bytes, bytes]:
    """Both leaves, SHA-256 and SM3, of an event's stored bytes; raises EntryTooLarge."""
    size = len(meta) + len(data)
    if _SM3 is None or size > MAX_ENTRY - 9:
        entry = canonical(meta, data)
        return leaf_sha256(entry), leaf_sm3(entry)
    # the same in fewer steps: it is done for every event that is written or checked
    prefixed = b"\x00\x01%b%b%b%b" % (len(meta).to_bytes(4, "big"), meta, len(data).to_bytes(4, "big"), data)
    state = _SM3.copy()
    state.update(prefixed)
    return _sha256(prefixed).digest(), state.digest()


def leaf_pairs(events: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """`leaf_pair` of each (meta, data), in order."""
    return [leaf_pair(meta, data) for meta, data in events]
