"""Appends by hand, so that a test decides when each transaction starts, waits and ends."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

import psycopg
from corrections.education.v1.events_pb2 import SessionAttended
from devstack.postgres import Postgres
from devstack.testing import Database
from eventcore import append, ids, meta
from eventcore.append import Append, ClaimChange, Head, NewEvent
from eventcore.checkpoint import Checkpoints
from eventcore.decider import Caller
from eventcore.link import Connection, Link
from eventcore.migrate import options
from eventcore.sequencer import Sequencer
from proofs import note

INSTALLATION = "guitu-test"
SERVICE = "education"
CALLER = Caller("spiffe://guitu-test/staff/330203/JO/tester", "330203", "JO", "test")
LIMIT_S = 90.0

T = TypeVar("T")


def connect(database: Database, process: str = "serve", name: str = "test") -> Connection:
    """An autocommit connection in the role of a process of the service."""
    return psycopg.connect(
        database.dsn, autocommit=True, options=options(SERVICE, process), application_name=name
    )


def owner(database: Database) -> Connection:
    """An autocommit connection of the database's owner."""
    return psycopg.connect(database.dsn, autocommit=True)


def stream(key: str) -> UUID:
    """Stream of a case."""
    return ids.stream_id(INSTALLATION, SERVICE, "case", key)


def make(
    request: str,
    *streams: tuple[str, int, int],
    claims: Sequence[tuple[str, bool]] = (),
    content: str | None = None,
    recorded_at: datetime | None = None,
    padding: int = 0,
) -> Append:
    """An append: per stream its key, the expected version and how many events; claims of the first stream."""
    at = recorded_at or datetime.now(UTC)
    request_id = ids.derived(INSTALLATION, request)
    heads = tuple(Head(stream(key), "case", expected, at) for key, expected, _ in streams)
    events = tuple(
        _event(place, head, head.expected + n, request_id, at, f"{request}{'x' * padding}")
        for place, (head, (_, _, count)) in enumerate(zip(heads, streams, strict=True))
        for n in range(1, count + 1)
    )
    digest = sha256((content or request).encode()).digest()
    changes = tuple(ClaimChange("number", value.encode(), heads[0].stream_id, held) for value, held in claims)
    return Append(request_id, digest, f"answer to {request}".encode(), heads, events, changes)


def _event(place: int, head: Head, version: int, cause: UUID, at: datetime, text: str) -> NewEvent:
    return append.new_event(
        SessionAttended(session_id=text, minutes=version),
        origin=meta.Origin(SERVICE, CALLER, cause, None, "00" * 32, "test"),
        head=place,
        stream=head.stream_id,
        version=version,
        subject=head.stream_id,
        occurred_at=at,
        recorded_at=at,
    )


def write(connection: Connection, *appends: Append) -> bytes | None:
    """The appends are written in one call; raises what their refusal means."""
    statement, parameters = append.call(appends)
    try:
        row = connection.cursor(binary=True).execute(statement, parameters).fetchone()
    except psycopg.Error as error:
        raise append.translated(error) from error
    assert row is not None
    return row[0]


def sequencer(database: Database, *, elect: bool = True, limit: int = 5000) -> Sequencer:
    """A sequencer in the role of the relay."""
    link = Link(lambda: connect(database, "relay", "sequencer"))
    return Sequencer(link, service=SERVICE, elect=elect, limit=limit)


def checkpoints(database: Database, signer: note.Signer, *, interval_s: float = 0.0) -> Checkpoints:
    """Signs in the role of the relay."""
    link = Link(lambda: connect(database, "relay", "checkpoints"))
    return Checkpoints(link, signer, interval_s=interval_s)


def turn(database: Database) -> int:
    """One turn of a sequencer; how many events it numbered."""
    with closing(sequencer(database)) as one:
        return one.turn()


def in_log(connection: Connection) -> list[tuple[UUID, int]]:
    """Stream and version of every event of the log, in order."""
    return connection.execute("select stream_id, version from es.log order by seq").fetchall()


def aside(work: Callable[[], T]) -> Future[T]:
    """The work runs in a thread of its own."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def until(true: Callable[[], bool]) -> None:
    """The condition holds; AssertionError after the limit."""
    end = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end, f"the condition did not hold within {LIMIT_S} s"
        threading.Event().wait(0.005)


def waits(watcher: Connection, connection: Connection) -> None:
    """The connection's statement waits for a lock."""
    pid = connection.info.backend_pid
    query = "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s"
    until(lambda: watcher.execute(query, [pid]).fetchone() == (True,))


def immediate_stop(server: Postgres) -> None:
    """The server is gone without a checkpoint: what it had not flushed is lost."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGQUIT)
