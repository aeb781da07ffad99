"""Reading the log and streams: integers, dense, no gap logic. What is read is sequenced, so it never changes.

The functions are for the synchronous roles; `serve` executes the same statements on its own connections and builds
records with `record`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from eventcore.event import Event
from eventcore.upcasting import Codec

Connection: TypeAlias = "psycopg.Connection[TupleRow]"

_COLUMNS = "l.seq, l.stream_id, l.version, e.meta, e.data, coalesce(e.trace, ''), l.leaf_sha256, l.leaf_sm3"

LOG_PAGE = f"""
select {_COLUMNS}
from es.log l join es.event e on e.stream_id = l.stream_id and e.version = l.version
where l.seq >= %(from_seq)s::bigint and l.seq < %(from_seq)s::bigint + %(limit)s::bigint
order by l.seq
"""

STREAM = f"""
select {_COLUMNS}
from es.log l join es.event e on e.stream_id = l.stream_id and e.version = l.version
where l.stream_id = %(stream_id)s and l.version >= %(from_version)s and l.seq < %(log_size)s
order by l.version
"""

STREAMS = f"""
select {_COLUMNS}
from es.log l join es.event e on e.stream_id = l.stream_id and e.version = l.version
where l.stream_id = any(%(stream_ids)s) and l.seq < %(log_size)s
order by l.stream_id, l.version
"""

HEADS = """
select l.stream_id, max(l.version)
from es.log l
where l.stream_id > coalesce(%(after)s, '00000000-0000-0000-0000-000000000000'::uuid)
group by l.stream_id
order by l.stream_id
limit %(limit)s
"""

LOG_END = "select seq from es.sequencer"

CHECKPOINT = "select size, root, note from es.checkpoint where tree = %(tree)s order by size desc limit 1"
COSIGNED = """
select size, root, note from es.checkpoint where tree = %(tree)s and cosigned_at is not null order by size desc limit 1
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A sequenced event as stored, before anybody knows its type."""

    seq: int
    stream_id: UUID
    version: int
    meta: bytes
    data: bytes
    trace: str
    leaf_sha256: bytes
    leaf_sm3: bytes

    def event(self, codec: Codec) -> Event:
        """The record in today's schema; UnknownEventType when this release does not know it."""
        return codec.event(self.meta, self.data, seq=self.seq, trace=self.trace)


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A signed checkpoint: size of the log, root (32 bytes), C2SP note."""

    size: int
    root: bytes
    note: str


def record(row: TupleRow) -> Record:
    """The record of a row of LOG_PAGE or STREAM."""
    return Record(*row)


def log_end(connection: Connection) -> int:
    """Length of the log: the position after its last event."""
    row = connection.execute(LOG_END).fetchone()
    assert row is not None, "es.sequencer has its row since the first migration"
    return row[0]


def log_page(connection: Connection, from_seq: int, limit: int = 1000) -> list[Record]:
    """At most `limit` records from a position on (from 0), in log order; empty at the end of the log."""
    parameters = {"from_seq": from_seq, "limit": limit}
    with connection.cursor(binary=True) as cursor:
        return [record(row) for row in cursor.execute(LOG_PAGE, parameters)]


def log(connection: Connection, from_seq: int = 0, *, page: int = 1000) -> Iterator[Record]:
    """Every record from a position to the end of the log as of the last page, in log order."""
    while records := log_page(connection, from_seq, page):
        yield from records
        from_seq = records[-1].seq + 1


def stream(
    connection: Connection, stream_id: UUID, *, from_version: int = 1, log_size: int | None = None
) -> list[Record]:
    """The sequenced records of one stream from a version on, as the log stood at a size (default: now)."""
    size = log_end(connection) if log_size is None else log_size
    parameters = {"stream_id": stream_id, "from_version": from_version, "log_size": size}
    with connection.cursor(binary=True) as cursor:
        return [record(row) for row in cursor.execute(STREAM, parameters)]


def heads(connection: Connection, *, after: UUID | None = None, limit: int = 1000) -> list[tuple[UUID, int]]:
    """Last sequenced version of each stream, in order of stream id, one page after a stream."""
    return connection.execute(HEADS, {"after": after, "limit": limit}).fetchall()


def newest_checkpoint(connection: Connection, *, tree: str = "sha256") -> StoredCheckpoint | None:
    """The newest signed checkpoint of a tree; None before the first."""
    row = connection.execute(CHECKPOINT, {"tree": tree}).fetchone()
    return None if row is None else StoredCheckpoint(*row)


def decoded(records: Iterable[Record], codec: Codec) -> Iterator[Event]:
    """The records as events; UnknownEventType at the first that this release does not know."""
    return (one.event(codec) for one in records)
