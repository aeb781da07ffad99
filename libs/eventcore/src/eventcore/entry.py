"""One sequenced event as its bytes travel: from the own log, from a topic, or from another service's store."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from corrections.common.v1.common_pb2 import EventMeta
from corrections.store.v1.store_pb2 import LogEntry
from google.protobuf.message import DecodeError
from proofs.canonical import canonical, leaf_sha256


class Unreadable(Exception):
    """The bytes are no event of the log that they are said to be from. The message holds no content."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Stored bytes of one event and what a reader must know to place it. `leaf` is the SHA-256 leaf of the bytes."""

    source: str
    stream_id: UUID
    version: int
    type: str
    meta: bytes
    data: bytes
    leaf: bytes
    seq: int
    trace: str


def source_of(installation: str, service: str) -> str:
    """Name of a service's log."""
    return f"{installation}/{service}"


def of_bytes(source: str, meta: bytes, data: bytes, *, seq: int, trace: str) -> Entry:
    """The entry of stored bytes, its leaf computed from them; raises Unreadable."""
    try:
        head = EventMeta.FromString(meta)
        stream_id = UUID(bytes=head.stream_id)
    except (DecodeError, ValueError) as error:
        raise Unreadable(f"meta: {type(error).__name__}") from error
    if head.version < 1:
        raise Unreadable("meta: no version")
    leaf = leaf_sha256(canonical(meta, data))
    return Entry(source, stream_id, head.version, head.type, meta, data, leaf, seq, trace)


def of_log_entry(source: str, entry: LogEntry) -> Entry:
    """The entry that a service's StoreService handed out; raises Unreadable when it does not hash to its leaf."""
    read = of_bytes(source, entry.meta, entry.data, seq=entry.seq, trace=entry.trace)
    if entry.leaf_sha256 and entry.leaf_sha256 != read.leaf:
        raise Unreadable("the bytes do not hash to the leaf")
    return read
