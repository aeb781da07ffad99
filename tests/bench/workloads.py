"""One operation of each kind that the bench compares, and the process that repeats it.

Both sides do the whole of what they do in use: ours builds metadata and both leaves, writes request, head and event;
the eventsourcing library uses its default recorder with its own pool. Streams get ten operations each.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from multiprocessing.connection import Connection as Pipe
from unittest.mock import patch
from uuid import UUID

import psycopg
import uvloop
from corrections.education.v1.events_pb2 import SessionAttended
from devstack.postgres import Address
from eventcore import append, ids, meta
from eventcore import store as stores
from eventcore.append import Append, Head
from eventcore.decider import Caller
from eventcore.link import Connection
from eventcore.migrate import options
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.rows import TupleRow
from psycopg.types.numeric import Int8
from psycopg_pool import AsyncConnectionPool

SERVICE = "education"
INSTALLATION = "guitu-bench"
DATABASE = "bench"
TREELESS = "bench_treeless"  # the same store, without leaves and trees
TEXT = "x" * 150
WAITING = 16
NO_LEAF = bytes(32)
OPERATIONS_PER_STREAM = 10

TABLES = """
create table plain (position bigserial primary key, stream_id uuid, version bigint, type text, data bytea,
                    unique (stream_id, version));
create table ordered (gen smallint not null default 1, xid xid8 not null default pg_current_xact_id(),
                      ord bigint generated always as identity, stream_id uuid, version bigint, type text, data bytea,
                      primary key (stream_id, version));
create index on ordered (gen, xid, ord);
create table bare (stream_id uuid, version bigint, type text, data bytea, primary key (stream_id, version));
"""

_CALLER = Caller("spiffe://guitu-bench/staff/330203/JO/bench", "330203", "JO", "bench")
_INSERTS = {
    "plain": "insert into plain (stream_id, version, type, data) values (%b, %b, %b, %b)",
    "ordered": "insert into ordered (stream_id, version, type, data) values (%b, %b, %b, %b)",
    "bare": "insert into bare (stream_id, version, type, data) values (%b, %b, %b, %b)",
}
_DATA = SessionAttended(session_id=TEXT, minutes=60).SerializeToString()
_TYPE = SessionAttended.DESCRIPTOR.full_name

Operation = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Task:
    """Repeat an operation from a monotonic instant on for some seconds."""

    kind: str
    start: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """How often it was done, and the stream, version and start of each `timed` append, or time of a `bare timed` one."""

    count: int
    seconds: float
    marks: list[tuple[UUID, int, float]]


class Streams:
    """Streams of one writer: which is next and at which version."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._number = 0
        self._uses = 0
        self.version = 0
        self.id = UUID(int=0)

    def step(self, events: int) -> tuple[UUID, int]:
        """Stream and version before the next operation of so many events."""
        if self._uses % OPERATIONS_PER_STREAM == 0:
            self._number += 1
            self.version = 0
            self.id = ids.stream_id(INSTALLATION, SERVICE, "case", f"{self._name}/{self._number}")
        self._uses += 1
        before = self.version
        self.version += events
        return self.id, before


def new_append(streams: Streams, events: int) -> Append:
    """A command's append, built as the handler builds it."""
    stream, version = streams.step(events)
    now = datetime.now(UTC)
    request = ids.derived(INSTALLATION, str(stream), str(version))
    origin = meta.Origin(SERVICE, _CALLER, request, None, "0" * 64, "2004-2026")
    made = tuple(
        append.new_event(
            SessionAttended(session_id=TEXT, minutes=60),
            origin=origin,
            head=0,
            stream=stream,
            version=version + n,
            subject=stream,
            occurred_at=now,
            recorded_at=now,
        )
        for n in range(1, events + 1)
    )
    head = Head(stream, "case", version, now)
    return Append(request, sha256(_DATA).digest(), _DATA[:100], (head,), made)


def no_leaves(meta_bytes: bytes, data: bytes) -> tuple[bytes, bytes]:
    """Constant leaves: nothing is hashed."""
    del meta_bytes, data
    return NO_LEAF, NO_LEAF


def worker(pipe: Pipe, address: Address, number: int) -> None:
    """Does the tasks that come through the pipe until None comes."""
    process = _Process(address, number)
    while (task := pipe.recv()) is not None:
        pipe.send(process.run(task))
    process.close()


class _Process:
    def __init__(self, address: Address, number: int) -> None:
        self._address = address
        self._runs = 0
        self._number = number
        dsn = address.dsn(DATABASE)
        self._owner = psycopg.connect(dsn, autocommit=True)
        self._serve = psycopg.connect(dsn, autocommit=True, options=options(SERVICE, "serve"))
        self._treeless = psycopg.connect(
            address.dsn(TREELESS), autocommit=True, options=options(SERVICE, "serve")
        )
        self._datastore = PostgresDatastore(
            DATABASE, address.host, address.port, address.user, address.password, pool_size=1
        )
        self._recorder = PostgresApplicationRecorder(self._datastore)
        self._loop = asyncio.Runner(loop_factory=uvloop.new_event_loop)

    def run(self, task: Task) -> Done:
        self._runs += 1
        streams = Streams(f"{self._number}/{self._runs}")
        marks: list[tuple[UUID, int, float]] = []
        if task.kind in ("grouped", "bare waiting"):
            return self._loop.run(self._waiting(task, streams))
        operation = self._operation(task.kind, streams, marks)
        if task.kind == "treeless 1":
            with patch("eventcore.append.leaf_pair", no_leaves):
                return _repeated(operation, task, marks)
        return _repeated(operation, task, marks)

    def close(self) -> None:
        self._owner.close()
        self._serve.close()
        self._treeless.close()
        self._datastore.close()
        self._loop.close()

    def _operation(self, kind: str, streams: Streams, marks: list[tuple[UUID, int, float]]) -> Operation:
        if kind in _INSERTS:
            return self._insert(kind, streams)
        if kind == "bare timed":
            return self._insert("bare", streams, marks)
        events = 10 if kind.endswith("10") else 1
        if kind.startswith("eventsourcing"):
            return self._theirs(streams, events)
        connection = self._treeless if kind == "treeless 1" else self._serve
        return self._ours(connection, streams, events, marks if kind == "timed" else None)

    def _insert(
        self, table: str, streams: Streams, marks: list[tuple[UUID, int, float]] | None = None
    ) -> Operation:
        cursor, statement = self._owner.cursor(binary=True), _INSERTS[table].encode()

        def operation() -> None:
            stream, version = streams.step(1)
            began = time.monotonic()
            cursor.execute(statement, (stream, Int8(version), _TYPE, _DATA), prepare=True)
            if marks is not None:
                marks.append((stream, version, time.monotonic() - began))

        return operation

    def _theirs(self, streams: Streams, events: int) -> Operation:
        def operation() -> None:
            stream, version = streams.step(events)
            made = [StoredEvent(stream, version + n, _TYPE, _DATA) for n in range(1, events + 1)]
            self._recorder.insert_events(made)

        return operation

    def _ours(
        self,
        connection: Connection,
        streams: Streams,
        events: int,
        marks: list[tuple[UUID, int, float]] | None,
    ) -> Operation:
        cursor = connection.cursor(binary=True)

        def operation() -> None:
            one = new_append(streams, events)
            began = time.monotonic()
            statement, parameters = append.call([one])
            cursor.execute(statement, parameters, prepare=True)
            if marks is not None:
                marks.append((streams.id, streams.version, began))

        return operation

    async def _waiting(self, task: Task, streams: Streams) -> Done:
        """One process in which so many commands wait at once: grouped, or each its own insert on its own connection."""
        dsn = self._address.dsn(DATABASE)
        if task.kind == "grouped":
            pool = stores.pool(dsn, service=SERVICE, min_size=2, max_size=2)
        else:
            pool = AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]](
                dsn, kwargs={"autocommit": True}, min_size=WAITING, max_size=WAITING, open=False
            )
        async with pool:
            await pool.wait()
            store = stores.Store(pool, service=SERVICE, installation=INSTALLATION)
            statement = _INSERTS["bare"].encode()

            async def grouped(own: Streams) -> None:
                await store.append(new_append(own, 1))

            async def bare(own: Streams) -> None:
                stream, version = own.step(1)
                async with pool.connection() as connection:
                    await connection.execute(
                        statement, (stream, Int8(version), _TYPE, _DATA), prepare=True, binary=True
                    )

            one: Callable[[Streams], Awaitable[None]] = grouped if task.kind == "grouped" else bare
            end = time.monotonic() + task.seconds
            began = time.monotonic()

            async def command(number: int) -> int:
                own, count = Streams(f"{self._number}/{self._runs}/{number}"), 0
                while time.monotonic() < end:
                    await one(own)
                    count += 1
                return count

            counts = await asyncio.gather(*(command(n) for n in range(WAITING)))
            return Done(sum(counts), time.monotonic() - began, [])


def _repeated(operation: Operation, task: Task, marks: list[tuple[UUID, int, float]]) -> Done:
    while time.monotonic() < task.start:
        pass
    count = 0
    began = now = time.monotonic()
    while now < task.start + task.seconds:
        operation()
        count += 1
        now = time.monotonic()
    return Done(count, now - began, marks)
