"""What was published of a log against what its service stores now. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from proofs.canonical import EntryTooLarge, leaf_pair

BYTES_CHANGED = "BYTES_CHANGED"
LEAF_CHANGED = "LEAF_CHANGED"
EVENT_MISSING = "EVENT_MISSING"
EVENT_TWICE = "EVENT_TWICE"

Leaves = tuple[bytes, bytes]
"""SHA-256 and SM3 leaf of one event."""


@dataclass(frozen=True, slots=True)
class Published:
    """One event as it came over its topic: the leaves of its bytes, its id, type and stream; and whether the same version of
    the stream came at an earlier position too.
    """

    leaves: Leaves
    event_id: str
    type: str
    stream_id: str = ""
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """One event as its service hands it out now: the leaves of its bytes, and those that the service states; and whether the
    same version of the stream stands at another position, asked of what was not published yet.
    """

    leaves: Leaves
    stated: Leaves
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """The first position that is not as published, and how."""

    seq: int
    finding: str


def leaves_of(meta: bytes, data: bytes) -> Leaves:
    """The leaves of stored bytes; of more than an entry can hold, leaves that agree with nothing."""
    try:
        return leaf_pair(meta, data)
    except EntryTooLarge:
        return b"", b""


def first_difference(
    published: Mapping[int, Published], stored: Mapping[int, Stored], from_seq: int, size: int
) -> Difference | None:
    """The first of the positions [from_seq, size) that disagrees; None when all agree.

    A position that was not published yet is compared with itself alone.
    """
    for seq in range(from_seq, size):
        now, before = stored.get(seq), published.get(seq)
        if now is None:
            return Difference(seq, EVENT_MISSING)
        if before is not None and before.leaves != now.leaves:
            return Difference(seq, BYTES_CHANGED)
        if now.stated != now.leaves:
            return Difference(seq, LEAF_CHANGED)
        if now.twice or (before is not None and before.twice):
            return Difference(seq, EVENT_TWICE)
    return None
