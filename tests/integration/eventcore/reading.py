"""One service that writes, one that reads, and a topic between them: real PostgreSQL, real Kafka."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from corrections.education.v1.events_pb2 import EducationOpened, SessionArranged, SessionAttended
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore.cloudevents import Outgoing, headers_of, key_of
from eventcore.consumer import Sources, Subscription, SubscriptionConsumer
from eventcore.deadletter import DeadLetters
from eventcore.event import Event
from eventcore.kafka import ConsumerFactory, Partition, Producer, Settings, consuming, producing, topic_ends
from eventcore.link import Link, connecting
from eventcore.migrate import options
from eventcore.positions import positions
from eventcore.relay import Relay, outgoing
from eventcore.testing_log import TestLog
from eventcore.tx import Handler, Tx
from eventcore.upcasting import Codec
from psycopg.conninfo import make_conninfo

from tests.integration.migrated import migrated

INSTALLATION = "guitu-test"
WRITER, READER = "education", "assistance"
SOURCE = f"{INSTALLATION}/{WRITER}"
LIMIT_S = 90.0
KEY = AESGCM.generate_key(128)
EFFECTS = """
create table effect (n bigint generated always as identity, reader text, stream_id uuid, version bigint, type text)
"""
KINDS = (EducationOpened, SessionArranged, SessionAttended)


class Crash(BaseException):
    """The process ends here."""


def crashing(step: str, times: int = 1) -> Callable[[str], None]:
    """A hook that ends the process at the n-th time that it gets to a step."""
    seen: list[str] = []

    def between(now: str) -> None:
        seen.append(now)
        if now == step and seen.count(step) == times:
            raise Crash(step)

    return between


def effect(tx: Tx, event: Event) -> None:
    """One row for each time that the event takes effect."""
    tx.execute(
        "insert into effect (reader, stream_id, version, type) values (%s, %s, %s, %s)",
        (tx.reader, event.stream_id, event.version, event.type),
    )


def subscription(name: str = "reader", **handlers: Handler) -> Subscription:
    """All events of the writer have an effect; a handler by event name replaces that."""
    handle: dict[type[Any], Handler] = {kind: handlers.get(kind.DESCRIPTOR.name, effect) for kind in KINDS}
    return Subscription(name, [WRITER], handle, ("effect",))


def seal(plain: bytes) -> bytes:
    """Unreadable without KEY; the nonce is fixed, which only a test may do."""
    return AESGCM(KEY).encrypt(bytes(12), plain, None)


@dataclass
class World:
    """The writer's log, the reader's database, the topic."""

    log: TestLog
    reader: psycopg.Connection[Any]
    reader_dsn: str
    topic: str
    dead_topic: str
    settings: Settings
    lost: set[UUID] = field(default_factory=set[UUID])
    """Streams that the writer's store does not know."""
    fetched: list[tuple[UUID, int, int]] = field(default_factory=list[tuple[UUID, int, int]])

    def link(self) -> Link:
        return Link(connecting(as_role(self.reader_dsn, READER, "consume"), "reader"))

    def relay(self, **options: Any) -> closing[Relay]:
        chosen: dict[str, Any] = {"open_producer": producing(self.settings), **options}
        return closing(
            Relay(
                Link(connecting(as_role(self.log.dsn, WRITER, "relay"), "relay")),
                installation=INSTALLATION,
                service=WRITER,
                topic=self.topic,
                **chosen,
            )
        )

    def publish(self) -> None:
        """What was written is on the topic."""
        self.log.sequence()
        with self.relay() as relay:
            sum(iter(relay.turn, 0))

    def rows(self) -> list[Outgoing]:
        """The writer's log."""
        self.log.sequence()
        return outgoing(self.log.conn, 0, 100_000)

    @contextmanager
    def producer(self) -> Generator[Producer]:
        producer = producing(self.settings)()
        try:
            yield producer
        finally:
            producer.close()

    def deliver(self, rows: Sequence[Outgoing]) -> None:
        """These rows are on the topic, in this order."""
        with self.producer() as producer:
            for row in rows:
                producer.send(
                    self.topic, key=key_of(row.stream_id), value=row.data, headers=headers_of(row, SOURCE)
                )
            producer.flush(15)

    def fetch_missing(self, service: str, stream_id: UUID, first: int, last: int) -> Sequence[Any]:
        self.fetched.append((stream_id, first, last))
        if stream_id in self.lost:
            raise LookupError("no such stream")
        return self.log.fetch_missing(service, stream_id, first, last)

    def members(self, group: str) -> ConsumerFactory:
        """Members of a group of their own, static, so that a restarted one gets its partitions back at once."""
        return consuming(self.settings, group=f"{self.topic}.{group}", topics=[self.topic], instance="only")

    def consumer(
        self,
        chosen: Subscription | None = None,
        *,
        between: Callable[[str], None] = lambda _: None,
        group: str = "",
        max_records: int = 500,
        open_consumer: ConsumerFactory | None = None,
        codec: Codec | None = None,
        **dead: Any,
    ) -> closing[SubscriptionConsumer]:
        reads = chosen or subscription()
        return closing(
            SubscriptionConsumer(
                self.link(),
                reads,
                open_consumer or self.members(f"{reads.name}{group}"),
                Sources(self.fetch_missing, self.log.list_heads, {WRITER: self.topic}),
                DeadLetters(
                    producing(self.settings), seal, consumer=reads.name, topic=self.dead_topic, **dead
                ),
                installation=INSTALLATION,
                service=READER,
                poll_s=0.05,
                max_records=max_records,
                tails_grace_s=0.0,
                look_every_s=0.0,
                codec=codec,
                between=between,
            )
        )

    def drain(self, consumer: SubscriptionConsumer, reader: str = "reader") -> None:
        """The reader's stored offsets are the topic's ends."""
        with closing(topic_ends(self.settings)) as asked:
            ends = asked([self.topic])
        until(lambda: consumer.turn() == 0 and self.offsets(reader) == ends)

    def offsets(self, reader: str = "reader") -> dict[Partition, int]:
        return {p: n for (name, p), n in positions(self.reader).offsets.items() if name == reader}

    def effects(self, reader: str = "reader") -> list[tuple[UUID, int]]:
        """What took effect, in order."""
        return self.reader.execute(
            "select stream_id, version from effect where reader = %s order by n", (reader,)
        ).fetchall()

    def check_one_effect_each(self, reader: str = "reader") -> None:
        """Every event of the writer had one effect, and those of a stream in order."""
        found = self.effects(reader)
        wanted = sorted((row.stream_id, row.version) for row in self.rows())
        assert sorted(found) == wanted
        for stream in {s for s, _ in found}:
            versions = [v for s, v in found if s == stream]
            assert versions == sorted(versions)


def as_role(dsn: str, service: str, process: str) -> str:
    """The same database in the role and with the limits of a process."""
    return make_conninfo(dsn, options=options(service, process))


def until(done: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    """The condition holds; fails when it does not within the limit."""
    end = time.monotonic() + limit_s
    while not done():
        assert time.monotonic() < end, "the condition does not hold in time"


@contextmanager
def make_world(factory: DatabaseFactory, topic: TopicFactory, partitions: int = 2) -> Generator[World]:
    writer, reader = migrated(factory, WRITER), migrated(factory, READER)
    log = TestLog(writer.dsn, installation=INSTALLATION, service=WRITER)
    conn: psycopg.Connection[Any] = psycopg.connect(reader.dsn, autocommit=True)
    conn.execute(EFFECTS)
    settings = Settings(topic.bootstrap, "test")
    try:
        yield World(
            log,
            conn,
            reader.dsn,
            topic("events", partitions=partitions),
            topic("dead"),
            settings,
        )
    finally:
        with suppress(psycopg.Error):
            log.close()
        conn.close()
