"""One service in a process of its own, the others as logs with topics, and handoff's side of GetDecision."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import grpc
import psycopg
from corrections.handoff.v1 import service_pb2 as handoff_service
from corrections.handoff.v1.service_pb2_grpc import (
    HandoffServiceServicer,
    add_HandoffServiceServicer_to_server,
)
from corrections.store.v1 import store_pb2
from corrections.store.v1.store_pb2_grpc import StoreServiceServicer, add_StoreServiceServicer_to_server
from devstack.postgres import Address
from eventcore.cloudevents import Outgoing, headers_of, key_of
from eventcore.kafka import Producer, producing
from eventcore.kafka import Settings as KafkaSettings
from eventcore.relay import outgoing
from eventcore.testing import instant
from eventcore.testing_log import TestLog
from google.protobuf.message import Message
from psycopg import sql
from servicekit.testing import INSTALLATION, Authority
from servicekit.tls import server_credentials

PROGRAM = Path(__file__).with_name("program.py")
LIMIT_S = 90.0
COUNTY = "staff/330203/COUNTY_CCI/wang"
NAMESPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def wait(true: Callable[[], bool], what: str) -> None:
    """Returns when the condition holds; fails the test after the limit."""
    until, pause = time.monotonic() + LIMIT_S, threading.Event()
    while not true():
        assert time.monotonic() < until, f"{what} within {LIMIT_S} s"
        pause.wait(0.02)


class Log(TestLog):
    """A log whose streams are `category/<uuid>` and whose events are about that uuid."""

    def subject(self, name: str) -> UUID:
        return UUID(name.partition("/")[2])


class Store(StoreServiceServicer):
    """Another service's store, as far as consumers ask it."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def ListHeads(self, request: store_pb2.ListHeadsRequest, context: object) -> store_pb2.ListHeadsResponse:
        heads = self._log.list_heads("", UUID(request.after) if request.after else None)
        return store_pb2.ListHeadsResponse(
            heads=[store_pb2.Head(stream_id=str(s), version=v) for s, v in heads]
        )


class Decisions(HandoffServiceServicer):
    """handoff's answers: bodies of accepted messages."""

    def __init__(self) -> None:
        self.bodies: dict[str, Message] = {}

    def GetDecision(
        self, request: handoff_service.GetDecisionRequest, context: grpc.ServicerContext
    ) -> handoff_service.GetDecisionResponse:
        body = self.bodies.get(request.exchange_id)
        if body is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such exchange")
        assert body is not None
        return handoff_service.GetDecisionResponse(
            type=body.DESCRIPTOR.full_name, body=body.SerializeToString()
        )


@dataclass
class Publisher:
    """Puts what others' logs hold on their topics, each record twice."""

    kafka: str
    published: dict[str, int] = field(default_factory=dict[str, int])
    producer: Producer | None = None

    def tell(self, log: Log, stream: str, event: Message, at: str = "") -> None:
        """The event is in the log and twice on the topic. at: when it took place; default: now."""
        start = self.published.get(log.service, 0)
        log.write(stream, event, occurred_at=instant(at) if at else None)
        # a transaction of another database may hold the numbering back for a moment
        wait(lambda: log.sequence() > start, "sequenced")
        rows = outgoing(log.conn, start, 1000)
        self.published[log.service] = start + len(rows)
        wait(lambda: self._sent(log, (*rows, *rows)), "published")

    def _sent(self, log: Log, rows: Sequence[Outgoing]) -> bool:
        """True when the topic has every row; a producer that lost one is given up."""
        producer = self.producer = self.producer or producing(KafkaSettings(self.kafka, "test"))()
        source = f"{INSTALLATION}/{log.service}"
        sent = [
            producer.send(
                f"corrections.{log.service}.v1",
                key=key_of(row.stream_id),
                value=row.data,
                headers=headers_of(row, source),
            )
            for row in rows
        ]
        producer.flush(15)
        if all(one.succeeded() for one in sent):
            return True
        self.close()
        return False

    def close(self) -> None:
        """The producer is closed."""
        if self.producer is not None:
            self.producer.close()
            self.producer = None


def suffix() -> str:
    """An ending of names, in letters, that no other test has."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(time.monotonic_ns()))


def environment(postgres: Address, kafka: str, home: Path, name: str) -> dict[str, str]:
    """Settings of the service under this name, with a simulated clock."""
    return {
        "GUITU_SERVICE": name,
        "GUITU_INSTALLATION": INSTALLATION,
        "GUITU_HOME": str(home),
        "GUITU_POSTGRES": postgres.conninfo(),
        "GUITU_KAFKA": kafka,
        "GUITU_SIMULATED_CLOCK": "1",
    }


@contextmanager
def databases(postgres: Address, names: list[str]) -> Generator[None]:
    """The databases exist while the block runs."""
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield
        for name in names:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@contextmanager
def peers(authority: Authority, logs: list[Log], decisions: Decisions) -> Generator[dict[str, str]]:
    """The other services' gRPC sides, by service name."""
    servers: list[grpc.Server] = []
    addresses: dict[str, str] = {}
    for log in logs:
        # one thread, for one connection to the log's database
        server = grpc.server(ThreadPoolExecutor(1))
        add_StoreServiceServicer_to_server(Store(log), server)  # pyright: ignore[reportAbstractUsage]
        add_HandoffServiceServicer_to_server(decisions, server)
        credentials = server_credentials(authority.issue("service", log.service, log.service.split("_")[0]))
        addresses[log.service] = f"127.0.0.1:{server.add_secure_port('127.0.0.1:0', credentials)}"
        server.start()
        servers.append(server)
    yield addresses
    for server in servers:
        server.stop(None).wait(LIMIT_S)


@contextmanager
def process(environment: dict[str, str]) -> Generator[None]:
    """The service is ready and runs in all roles while the block does; AssertionError unless it ends as it should."""
    run = subprocess.Popen(
        [sys.executable, str(PROGRAM), "all"],
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    lines: list[str] = []
    ready = threading.Event()

    def read() -> None:
        for line in run.stderr or ():
            lines.append(line)
            if '"ready"' in line:
                ready.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    wait(lambda: ready.is_set() or run.poll() is not None, "ready")
    assert run.poll() is None, "".join(lines)
    try:
        yield
    finally:
        run.terminate()
        code = run.wait(LIMIT_S)
        reader.join(LIMIT_S)
        run.stderr.close()
        sys.stderr.write("".join(lines))
    assert code == 0, code
