"""The reads of one event of audit's own log, or what is wrong with the event: one that was altered takes no other with it.

What was altered is known by its leaves, before its bytes are believed: bytes that were cut short may still be an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import service_pb2 as pb
from corrections.common.v1.common_pb2 import EventMeta
from eventcore.texts import Unopenable
from google.protobuf.message import DecodeError
from psycopg.rows import TupleRow
from servicekit.sealing import FileKey, KeyUnknown

from audit import sealed
from audit.domain.comparing import EVENT_MISSING, Leaves, Published, Stored, first_difference, leaves_of

NOT_READABLE = "NOT_READABLE"
"""The stored bytes are those of the log, and yet hold no reads that audit's key opens."""

# Both leaves of each as one value: nothing where the row is not there.
EVENTS: LiteralString = """
select asked.seq, e.meta, e.data, l.leaf_sha256, l.leaf_sm3, o.leaf_sha256, o.leaf_sm3
from unnest(%s::bigint[]) as asked(seq) left join es.log l using (seq)
left join es.event e on e.stream_id = l.stream_id and e.version = l.version
left join own_entry o on o.service = 'audit' and o.seq = asked.seq
"""
"""Position, stored bytes, stated and read leaves of events of audit's log; null for what is not there."""


class Damaged(Exception):
    """The event is not as it was recorded, so its reads cannot be told; `finding` says how, as `guitu log list` does."""

    def __init__(self, finding: str) -> None:
        super().__init__(finding)
        self.finding = finding


def reads_of(row: TupleRow, key: FileKey) -> Sequence[pb.ReadAt]:
    """The reads of a row of `EVENTS`, in their order; raises Damaged."""
    _, meta, data, *leaves = row
    stated, read = _pair(leaves[:2]), _pair(leaves[2:])
    if meta is None or data is None:
        raise Damaged(EVENT_MISSING)
    published = {0: Published(read, "", "")} if read[0] else {}
    different = first_difference(published, {0: Stored(leaves_of(meta, data), stated)}, 0, 1)
    if different is not None:
        raise Damaged(different.finding)
    try:
        return _opened(meta, data, key)
    except (DecodeError, KeyUnknown, Unopenable) as error:
        raise Damaged(NOT_READABLE) from error


def _pair(leaves: Sequence[bytes | None]) -> Leaves:
    sha256, sm3 = leaves
    return sha256 or b"", sm3 or b""


def _opened(meta: bytes, data: bytes, key: FileKey) -> Sequence[pb.ReadAt]:
    event = ev.RecordRead.FromString(data)
    if sealed.is_sealed(event):
        return sealed.opened(event.sealed, key)
    return [pb.ReadAt(at=EventMeta.FromString(meta).occurred_at, read=sealed.in_the_clear(event))]
