"""The store of one service for its role `serve`: load in one round trip, append in one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import psycopg
from google.protobuf.message import DecodeError
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from eventcore import append, ids
from eventcore.append import Append
from eventcore.decider import StreamKey
from eventcore.errors import Stopped
from eventcore.event import Event
from eventcore.group import Group
from eventcore.migrate import options
from eventcore.upcasting import Codec

Pool = AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]]

_LOAD = (
    "select stream_id, version, recorded_at, meta, data, digest, answer, stopped"
    " from es.load_v2(%b::uuid, %b::uuid[])"
)
_VERSION_AT = """
select coalesce(max(l.version), 0) from es.log l
where l.stream_id = %(stream_id)s and l.seq < (select es.log_size_at_v1(%(known_at)s))
"""
_FIRST_RECORDED = (
    "select e.recorded_at from es.log l join es.event e using (stream_id, version) where l.seq = 0"
)
# Who waits for a connection; more than this many would wait longer than their deadlines.
_WAITING = 1024


@dataclass(slots=True)
class Stream:
    """A stream as loaded: version 0 and no events where there is none. stopped: what commands on it are refused with."""

    version: int = 0
    last_recorded: datetime | None = None
    events: list[Event] = field(default_factory=list[Event])
    stopped: Stopped | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one snapshot holds: the clock, the request's stored digest and answer (None if new), the streams."""

    now: datetime
    digest: bytes | None
    answer: bytes | None
    streams: dict[UUID, Stream]


def pool(dsn: str, *, service: str, min_size: int = 2, max_size: int = 8) -> Pool:
    """A pool of connections in the role of `serve`, not yet open; each in autocommit, as appends need it."""
    return AsyncConnectionPool(
        dsn,
        kwargs={
            "autocommit": True,
            "options": options(service, "serve"),
            "application_name": f"{service} serve",
        },
        min_size=min_size,
        max_size=max_size,
        max_waiting=_WAITING,
        open=False,
    )


class Store:
    """Streams of one service.

    appended: called after every append that was written, to wake the sequencer. flights: groups that are written at
    the same time; with two, one is made while the other one is stored.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        service: str,
        installation: str,
        codec: Codec | None = None,
        appended: Callable[[], None] | None = None,
        flights: int = 2,
    ) -> None:
        self.service = service
        self.installation = installation
        self.codec = codec or Codec()
        self._pool = pool
        self._appended = appended
        self._group = Group(self._write, flights=flights)

    def stream_id(self, key: StreamKey) -> UUID:
        """Stream of a key in this service."""
        return ids.stream_id(self.installation, self.service, key.category, key.key)

    async def load(self, request_id: UUID, streams: Sequence[UUID]) -> Loaded:
        """The request's stored answer, the clock and the streams, read in one snapshot. UnknownEventType."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(_LOAD, [request_id, list(streams)], prepare=True)
            rows = await cursor.fetchall()
        _, _, now, _, _, digest, answer, _ = rows[0]
        found = {stream: Stream() for stream in streams}
        for stream_id, version, recorded_at, meta, data, _, _, stopped in rows[1:]:
            stream = found[stream_id]
            if meta is None:
                stream.version, stream.last_recorded = version, recorded_at
                if stopped is not None:
                    stream.stopped = Stopped(str(stream_id), *stopped.split(" ", 1))
            else:
                stream.events.append(self._event(stream, meta, data))
        return Loaded(now, digest, answer, found)

    async def version_at(self, stream_id: UUID, known_at: datetime) -> int:
        """Version of the stream in the log as it was known at an instant; 0 before its first event."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_VERSION_AT, {"stream_id": stream_id, "known_at": known_at})
            [(version,)] = await cursor.fetchall()
        return version

    async def first_recorded(self) -> datetime | None:
        """When the first event of the log was recorded; None while there is none."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_FIRST_RECORDED)).fetchone()
        return None if row is None else row[0]

    def _event(self, stream: Stream, meta: bytes, data: bytes) -> Event:
        try:
            return self.codec.event(meta, data)
        except DecodeError:
            if stream.stopped is None:
                raise
            raise stream.stopped from None  # known to be altered: its refusal says more

    async def append(self, one: Append) -> bytes | None:
        """The append is durable. None, or the stored answer when the request was answered before.

        Raises Busy, Conflict, Claimed, AlreadyExists (other content under the same request id).
        """
        return await self._group.append(one)

    async def drain(self) -> None:
        """No append waits any more."""
        await self._group.drain()

    async def _write(self, appends: Sequence[Append]) -> bytes | None:
        statement, parameters = append.call(appends)
        try:
            async with self._pool.connection() as connection:
                cursor = connection.cursor(binary=True)
                await cursor.execute(statement, parameters, prepare=True)
                row = await cursor.fetchone()
        except psycopg.Error as error:
            raise append.translated(error) from error
        if self._appended is not None:
            self._appended()
        return None if row is None else row[0]
