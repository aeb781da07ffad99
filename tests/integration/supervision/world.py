"""A service in its own process, the logs of intake and handoff as topics, and handoff's side of GetDecision.

Supervision's, and with another name that of education and assistance.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import grpc
import psycopg
from corrections.handoff.v1 import events_pb2 as handoff
from corrections.handoff.v1 import service_pb2 as handoff_service
from corrections.handoff.v1.service_pb2_grpc import (
    HandoffServiceServicer,
    add_HandoffServiceServicer_to_server,
)
from corrections.store.v1 import store_pb2
from corrections.store.v1.store_pb2_grpc import StoreServiceServicer, add_StoreServiceServicer_to_server
from corrections.supervision.v1 import service_pb2 as pb
from corrections.supervision.v1.service_pb2_grpc import SupervisionServiceStub
from devstack.postgres import Address
from devstack.process import free_port
from devstack.topics import create_topics
from devstack.topology import Topic
from eventcore.cloudevents import headers_of, key_of
from eventcore.kafka import Producer, consuming, producing
from eventcore.kafka import Settings as KafkaSettings
from eventcore.relay import outgoing
from eventcore.testing import instant
from eventcore.testing_log import TestLog
from google.protobuf.message import Message
from psycopg import sql
from servicekit.testing import INSTALLATION, Authority
from servicekit.tls import Material, server_credentials

PROGRAM = Path(__file__).with_name("program.py")
LIMIT_S = 40.0
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
class World:
    """One installation of the service."""

    stub: Callable[[grpc.Channel], Any]
    authority: Authority
    port: int
    dsn: str
    name: str
    kafka: str
    suffix: str
    producer: Producer
    intake: Log
    handoff: Log
    decisions: Decisions
    published: dict[str, int] = field(default_factory=dict[str, int])
    stubs: dict[str, Any] = field(default_factory=dict[str, Any])
    channels: list[grpc.Channel] = field(default_factory=list[grpc.Channel])

    def at(self, when: str) -> None:
        """The clock of the service shows this."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute("update es.simulated_clock set now = %s", (instant(when),))

    def query(self, text: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows of the service's database."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            return connection.execute(text, parameters).fetchall()  # pyright: ignore[reportArgumentType, reportCallIssue]

    def call(self, method: str, request: Message, *, by: str = COUNTY, purpose: str = "test") -> Any:
        """The answer of an RPC; grpc.RpcError where it has none."""
        if by not in self.stubs:
            kind, _, name = by.partition("/")
            credentials = Material.read(self.authority.issue(kind, name)).channel_credentials()
            channel = grpc.secure_channel(f"127.0.0.1:{self.port}", credentials)
            self.channels.append(channel)
            self.stubs[by] = self.stub(channel)
        metadata = (("guitu-purpose", purpose),) if purpose else ()
        return getattr(self.stubs[by], method)(request, timeout=10, metadata=metadata)

    def case(self, name: str) -> UUID:
        """A case id of this world."""
        return uuid5(NAMESPACE, f"{self.suffix}/{name}")

    def conduct(self, case_id: UUID, as_of: str = "") -> pb.Conduct:
        """The case as the county reads it."""
        return self.call("GetConduct", pb.GetConductRequest(case_id=str(case_id), as_of=as_of)).conduct

    def events(self, case_id: UUID) -> list[str]:
        """Names of the case's events, in order."""
        rows = self.query("select type from es.event where subject = %s order by version", case_id)
        return [row[0].rsplit(".", 1)[1] for row in rows]

    def has(self, case_id: UUID, *names: str) -> None:
        """Waits until the case has exactly these events, and no command is under way."""

        def there() -> bool:
            open_ = self.query("select 1 from es.command where answer is null and refusal is null")
            return self.events(case_id) == list(names) and not open_

        try:
            wait(there, f"{names}")
        except AssertionError:
            parked = self.query("select consumer, error from es.parked")
            refused = self.query(
                "select target, refusal, last_error, attempts from es.command where answer is null"
            )
            offsets = self.query("select topic, partition, next from es.consumer_offset")
            got = f"got {self.events(case_id)}, want {list(names)}"
            raise AssertionError(f"{got}; parked {parked}; open or refused {refused}; {offsets}") from None

    def records(self, type_name: str) -> list[tuple[bytes, bytes]]:
        """Value and headers of all records of the service's topic, once one of this type is among them."""
        topic = f"corrections.{self.name}.v1"
        found: dict[tuple[int, int], tuple[bytes, bytes]] = {}
        with closing(
            consuming(KafkaSettings(self.kafka, "test"), group=f"{topic}.look", topics=[topic])()
        ) as consumer:

            def there() -> bool:
                for records in consumer.poll(0.1, 1000).values():
                    found.update(
                        {(r.partition, r.offset): (r.value or b"", repr(r.headers).encode()) for r in records}
                    )
                return any(type_name.encode() in headers for _, headers in found.values())

            wait(there, f"{type_name} on {topic}")
        return list(found.values())

    def missing(self, by: str = COUNTY) -> dict[str, bool]:
        """The caller's list of open searches: case -> whether the police were asked."""
        found = self.call("ListMissing", pb.ListMissingRequest(), by=by).missing
        return {one.case_id: one.police_requested for one in found}

    def intake_says(self, case_id: UUID, *events: Message, at: str = "") -> None:
        """intake has written the events; the service hears of each twice."""
        for event in events:
            self.tell(self.intake, f"case/{case_id}", event, at)

    def accept(self, name: str, body: Message, case_id: UUID) -> str:
        """handoff has accepted a message about the case; the service hears of it twice. The exchange."""
        exchange = str(uuid5(NAMESPACE, f"{self.suffix}/exchange/{name}"))
        self.decisions.bodies[exchange] = body
        accepted = handoff.MessageAccepted(
            message_type=body.DESCRIPTOR.full_name, case_id=str(case_id), exchange_id=exchange
        )
        self.tell(self.handoff, f"exchange/{exchange}", accepted)
        return exchange

    def tell(self, log: Log, stream: str, event: Message, at: str = "") -> None:
        """The event is in the log and twice on the topic."""
        log.write(stream, event, occurred_at=instant(at) if at else None)
        start = self.published.get(log.service, 0)
        # a transaction of anybody on the server that is still open holds the horizon back
        wait(lambda: log.sequence() > start, "sequenced")
        rows = outgoing(log.conn, start, 1000)
        self.published[log.service] = start + len(rows)
        for row in (*rows, *rows):
            source = f"{INSTALLATION}/{log.service}"
            self.producer.send(
                f"corrections.{log.service}.v1",
                key=key_of(row.stream_id),
                value=row.data,
                headers=headers_of(row, source),
            )
        self.producer.flush(LIMIT_S)


@contextmanager
def running(
    postgres: Address,
    kafka: str,
    home: Path,
    *,
    service: str = "supervision",
    stub: Callable[[grpc.Channel], Any] = SupervisionServiceStub,
) -> Generator[World]:
    """The service runs in all roles while the block does."""
    suffix = "".join(chr(ord("a") + int(digit)) for digit in str(time.monotonic_ns()))
    authority, name = Authority(home), f"{service}_{suffix}"
    others = [f"intake_{suffix}", f"handoff_{suffix}", f"administration_{suffix}"]
    others = [one for one in others if one != name]
    create_topics(kafka, [Topic(f"corrections.{s}.v1", 1) for s in (name, *others)])
    with _databases(postgres, [name, *others]):
        logs = [Log(postgres.dsn(o), installation=INSTALLATION, service=o) for o in others]
        decisions = Decisions()  # pyright: ignore[reportAbstractUsage]  # only what is asked
        port, environment = free_port(), _environment(postgres, kafka, home, name)
        with _peers(authority, logs, decisions) as peers:
            environment["GUITU_PORT"] = str(port)
            addresses = {service: f"127.0.0.1:{port}", **peers, "handoff": peers[others[1]]}
            environment["GUITU_PEERS"] = json.dumps(addresses)
            authority.issue("service", name, service)
            with _process(environment):
                with closing(producing(KafkaSettings(kafka, "test"))()) as producer:
                    world = World(
                        stub,
                        authority,
                        port,
                        postgres.dsn(name),
                        name,
                        kafka,
                        suffix,
                        producer,
                        logs[0],
                        logs[1],
                        decisions,
                    )
                    yield world
                for channel in world.channels:
                    channel.close()
        for log in logs:
            log.close()


def _environment(postgres: Address, kafka: str, home: Path, name: str) -> dict[str, str]:
    return {
        "GUITU_SERVICE": name,
        "GUITU_INSTALLATION": INSTALLATION,
        "GUITU_HOME": str(home),
        "GUITU_POSTGRES": postgres.conninfo(),
        "GUITU_KAFKA": kafka,
        "GUITU_SIMULATED_CLOCK": "1",
    }


@contextmanager
def _databases(postgres: Address, names: list[str]) -> Generator[None]:
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield
        for name in names:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@contextmanager
def _peers(authority: Authority, logs: list[Log], decisions: Decisions) -> Generator[dict[str, str]]:
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
def _process(environment: dict[str, str]) -> Generator[None]:
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
    try:
        wait(lambda: ready.is_set() or run.poll() is not None, "ready")
        assert run.poll() is None, "".join(lines)
        yield
    finally:
        run.terminate()
        code = run.wait(LIMIT_S)
        reader.join(LIMIT_S)
        run.stderr.close()
        sys.stderr.write("".join(lines))
    assert code == 0, code
