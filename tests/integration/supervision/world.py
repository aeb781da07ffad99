"""A service in its own process, the logs of intake and handoff as topics, and handoff's side of GetDecision.

Supervision's, and with another name that of education and assistance.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import grpc
import psycopg
from corrections.handoff.v1 import events_pb2 as handoff
from corrections.supervision.v1 import service_pb2 as pb
from corrections.supervision.v1.service_pb2_grpc import SupervisionServiceStub
from devstack.postgres import Address
from devstack.process import free_port
from devstack.topics import create_topics
from devstack.topology import Topic
from eventcore.kafka import Settings as KafkaSettings
from eventcore.kafka import consuming
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
    """One installation of the service."""

    stub: Callable[[grpc.Channel], Any]
    authority: Authority
    port: int
    dsn: str
    name: str
    kafka: str
    suffix: str
    publisher: Publisher
    intake: Log
    handoff: Log
    decisions: Decisions
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
            self.publisher.tell(self.intake, f"case/{case_id}", event, at)

    def accept(self, name: str, body: Message, case_id: UUID) -> str:
        """handoff has accepted a message about the case; the service hears of it twice. The exchange."""
        exchange = str(uuid5(NAMESPACE, f"{self.suffix}/exchange/{name}"))
        self.decisions.bodies[exchange] = body
        accepted = handoff.MessageAccepted(
            message_type=body.DESCRIPTOR.full_name, case_id=str(case_id), exchange_id=exchange
        )
        self.publisher.tell(self.handoff, f"exchange/{exchange}", accepted)
        return exchange


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
    authority, ending = Authority(home), suffix()
    name = f"{service}_{ending}"
    others = [f"{other}_{ending}" for other in ("intake", "handoff", "administration")]
    others = [one for one in others if one != name]
    create_topics(kafka, [Topic(f"corrections.{s}.v1", 1) for s in (name, *others)])
    with databases(postgres, [name, *others]):
        logs = [Log(postgres.dsn(o), installation=INSTALLATION, service=o) for o in others]
        decisions = Decisions()  # pyright: ignore[reportAbstractUsage]  # only what is asked
        port, settings = free_port(), environment(postgres, kafka, home, name)
        with peers(authority, logs, decisions) as at:
            settings["GUITU_PORT"] = str(port)
            addresses = {service: f"127.0.0.1:{port}", **at, "handoff": at[others[1]]}
            settings["GUITU_PEERS"] = json.dumps(addresses)
            authority.issue("service", name, service)
            with process(settings), closing(Publisher(kafka)) as publisher:
                world = World(
                    stub,
                    authority,
                    port,
                    postgres.dsn(name),
                    name,
                    kafka,
                    ending,
                    publisher,
                    logs[0],
                    logs[1],
                    decisions,
                )
                yield world
                for channel in world.channels:
                    channel.close()
        for log in logs:
            log.close()
