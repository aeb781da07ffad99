"""Intake in its own process, the logs of handoff and supervision as topics, and handoff's side of GetDecision."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
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
from corrections.intake.v1 import service_pb2 as pb
from corrections.intake.v1.service_pb2_grpc import IntakeServiceStub
from devstack.postgres import Address
from devstack.process import free_port
from devstack.topics import create_topics
from devstack.topology import Topic
from eventcore.testing import instant
from google.protobuf.message import Message
from servicekit.testing import INSTALLATION, Authority
from servicekit.tls import Material

from tests.integration.one_service import (
    COUNTY,
    NAMESPACE,
    Decisions,
    Log,
    Publisher,
    databases,
    environment,
    peers,
    process,
    suffix,
    wait,
)


@dataclass
class World:
    """One installation of intake."""

    authority: Authority
    port: int
    dsn: str
    suffix: str
    publisher: Publisher
    handoff: Log
    supervision: Log
    administration: Log
    decisions: Decisions
    restart: Callable[[], None]
    stubs: dict[str, IntakeServiceStub] = field(default_factory=dict[str, IntakeServiceStub])
    channels: list[grpc.Channel] = field(default_factory=list[grpc.Channel])
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
        self.publisher.tell(self.handoff, f"exchange/{exchange}", accepted)
        return exchange

    def rule(self, case_id: UUID, event: Message) -> None:
        """supervision has written the event; intake hears of it twice."""
        self.publisher.tell(self.supervision, f"case/{case_id}", event)


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
    authority, ending = Authority(home), suffix()
    name = f"intake_{ending}"
    organs = [{"code": "C-330203", "kind": "COURT", "name_zh": "某区人民法院", "unit": "330203"}]
    (home / "agencies.yaml").write_text(yaml.safe_dump(organs, allow_unicode=True))
    others = [f"{other}_{ending}" for other in ("handoff", "supervision", "administration")]
    create_topics(kafka, [Topic(f"corrections.{s}.v1", 1) for s in (name, *others)])
    with databases(postgres, [name, f"{name}_keys", *others]):
        logs = [Log(postgres.dsn(o), installation=INSTALLATION, service=o) for o in others]
        decisions = Decisions()  # pyright: ignore[reportAbstractUsage]  the rest answers UNIMPLEMENTED
        port, settings = free_port(), environment(postgres, kafka, home, name)
        with peers(authority, logs, decisions) as at:
            settings["GUITU_PORT"] = str(port)
            addresses = {"intake": f"127.0.0.1:{port}", **at, "handoff": at[others[0]]}
            settings["GUITU_PEERS"] = json.dumps(addresses)
            authority.issue("service", name, "intake")
            with ExitStack() as life:
                life.enter_context(process(settings))

                def restart() -> None:
                    life.close()
                    life.enter_context(process(settings))

                dsn, publisher = postgres.dsn(name), Publisher(kafka)
                world = World(
                    authority, port, dsn, ending, publisher, logs[0], logs[1], logs[2], decisions, restart
                )
                yield world
                publisher.close()
                for channel in world.channels:
                    channel.close()
        for log in logs:
            log.close()
