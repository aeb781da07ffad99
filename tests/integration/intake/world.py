"""Intake in its own process, the logs of handoff and supervision as topics, and handoff's side of GetDecision."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import grpc
import psycopg
import yaml
from corrections.handoff.v1 import events_pb2 as handoff
from corrections.handoff.v1 import messages_pb2 as message
from corrections.handoff.v1 import service_pb2 as handoff_service
from corrections.handoff.v1.service_pb2_grpc import (
    HandoffServiceServicer,
    add_HandoffServiceServicer_to_server,
)
from corrections.intake.v1 import service_pb2 as pb
from corrections.intake.v1.service_pb2_grpc import IntakeServiceStub
from corrections.store.v1 import store_pb2
from corrections.store.v1.store_pb2_grpc import StoreServiceServicer, add_StoreServiceServicer_to_server
from devstack.postgres import Address
from devstack.process import free_port
from devstack.topics import create_topics
from devstack.topology import Topic
from eventcore.cloudevents import Outgoing, headers_of, key_of
from eventcore.kafka import Producer, producing
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
    """handoff's answers to intake: bodies of accepted messages."""

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
    """One installation of intake."""

    authority: Authority
    port: int
    dsn: str
    suffix: str
    kafka: str
    handoff: Log
    supervision: Log
    administration: Log
    decisions: Decisions
    restart: Callable[[], None]
    published: dict[str, int] = field(default_factory=dict[str, int])
    stubs: dict[str, IntakeServiceStub] = field(default_factory=dict[str, IntakeServiceStub])
    channels: list[grpc.Channel] = field(default_factory=list[grpc.Channel])
    producer: Producer | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, when: str) -> None:
        """The clock of intake shows this."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute("update es.simulated_clock set now = %s", (instant(when),))

    def query(self, text: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows of intake's database."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            return connection.execute(text, parameters).fetchall()  # pyright: ignore[reportArgumentType, reportCallIssue]

    def stub(self, identity: str = COUNTY) -> IntakeServiceStub:
        """Intake as this caller sees it."""
        with self.lock:
            if identity not in self.stubs:
                kind, _, name = identity.partition("/")
                credentials = Material.read(self.authority.issue(kind, name)).channel_credentials()
                channel = grpc.secure_channel(f"127.0.0.1:{self.port}", credentials)
                self.channels.append(channel)
                self.stubs[identity] = IntakeServiceStub(channel)
            return self.stubs[identity]

    def call(self, method: str, request: Message, *, by: str = COUNTY, purpose: str = "test") -> Any:
        """The answer of an RPC; grpc.RpcError where it has none."""
        metadata = (("guitu-purpose", purpose),) if purpose else ()
        return getattr(self.stub(by), method)(request, timeout=10, metadata=metadata)

    def case(self, case_id: UUID, **asked: Any) -> pb.Case:
        """The case as the platform sees it."""
        request = pb.GetCaseRequest(case_id=str(case_id), **asked)
        return self.call("GetCase", request, by="service/supervision").case

    def state(self, case_id: UUID) -> str:
        """State of the case; empty while there is none."""
        try:
            return self.case(case_id).state
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.NOT_FOUND:  # pyright: ignore[reportAttributeAccessIssue]
                raise
            return ""

    def becomes(self, case_id: UUID, state: str) -> None:
        """Waits until the case is in the state."""
        wait(lambda: self.state(case_id) == state, f"{case_id} {state}")

    def listed(self, case_id: UUID, state: str, *, by: str = COUNTY) -> None:
        """Waits until the list shows the case in the state."""
        wait(lambda: self.states(by).get(str(case_id)) == state, f"{case_id} listed {state}")

    def states(self, by: str = COUNTY) -> dict[str, str]:
        """The caller's list, page by page."""
        found: dict[str, str] = {}
        after = ""
        while True:
            page = self.call("ListCases", pb.ListCasesRequest(after=after, page_size=2), by=by).cases
            if not page:
                return found
            found |= {c.case_id: c.state for c in page}
            after = page[-1].case_id

    def accept(
        self, name: str, body: Message, *, case_id: UUID | None = None, numbers: tuple[int, ...] = ()
    ) -> str:
        """handoff has accepted the message; intake hears of it twice. The exchange."""
        exchange = str(uuid5(NAMESPACE, f"{self.suffix}/{name}"))
        self.decisions.bodies[exchange] = body
        accepted = handoff.MessageAccepted(
            message_type=body.DESCRIPTOR.full_name,
            defendant_numbers=numbers,
            case_id=str(case_id) if case_id else "",
            exchange_id=exchange,
        )
        self.tell(self.handoff, f"exchange/{exchange}", accepted)
        return exchange

    def rule(self, case_id: UUID, event: Message) -> None:
        """supervision has written the event; intake hears of it twice."""
        self.tell(self.supervision, f"case/{case_id}", event)

    def tell(self, log: Log, stream: str, event: Message) -> None:
        """The event is in the log and twice on the topic."""
        start = self.published.get(log.service, 0)
        log.write(stream, event)
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


def judgment(
    number: str, *defendants: message.Defendant, decided: str, organ: str = "C-330203"
) -> message.Judgment:
    """A judgment of these persons."""
    return message.Judgment(
        message_id=number, organ_code=organ, case_number=number, decision_date=decided, defendants=defendants
    )


@contextmanager
def running(postgres: Address, kafka: str, home: Path) -> Generator[World]:
    """Intake runs in all roles while the block does."""
    suffix = "".join(chr(ord("a") + int(digit)) for digit in str(time.monotonic_ns()))
    authority, name = Authority(home), f"intake_{suffix}"
    organs = [{"code": "C-330203", "kind": "COURT", "name_zh": "某区人民法院", "unit": "330203"}]
    (home / "agencies.yaml").write_text(yaml.safe_dump(organs, allow_unicode=True))
    others = [f"handoff_{suffix}", f"supervision_{suffix}", f"administration_{suffix}"]
    create_topics(kafka, [Topic(f"corrections.{s}.v1", 1) for s in (name, *others)])
    with _databases(postgres, [name, f"{name}_keys", *others]):
        logs = [Log(postgres.dsn(o), installation=INSTALLATION, service=o) for o in others]
        decisions = Decisions()  # pyright: ignore[reportAbstractUsage]  the rest answers UNIMPLEMENTED
        port, environment = free_port(), _environment(postgres, kafka, home, name)
        with _peers(authority, logs, decisions) as peers:
            environment["GUITU_PORT"] = str(port)
            addresses = {"intake": f"127.0.0.1:{port}", **peers, "handoff": peers[others[0]]}
            environment["GUITU_PEERS"] = json.dumps(addresses)
            authority.issue("service", name, "intake")
            with ExitStack() as life:
                life.enter_context(_process(environment))

                def restart() -> None:
                    life.close()
                    life.enter_context(_process(environment))

                dsn = postgres.dsn(name)
                world = World(
                    authority, port, dsn, suffix, kafka, logs[0], logs[1], logs[2], decisions, restart
                )
                yield world
                world.close()
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
        # the rest of both contracts answers UNIMPLEMENTED
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
