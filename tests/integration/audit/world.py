"""Audit beside the real logs of three services: PostgreSQL, Kafka and gRPC, each loop turned by hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import grpc
import psycopg
from audit.domain.logs import OWN
from audit.main import SERVICE
from audit.processes.stops import Stops
from audit.server import AuditServicer
from corrections.audit.v1 import service_pb2 as pb
from corrections.audit.v1 import service_pb2_grpc as rpc
from corrections.store.v1 import store_pb2_grpc
from corrections.store.v1.store_pb2 import LogEntry
from devstack.testing import Database, DatabaseFactory, TopicFactory
from eventcore import kafka, store
from eventcore.checkpoint import Checkpoints
from eventcore.consumer import Sources, SubscriptionConsumer
from eventcore.deadletter import DeadLetters
from eventcore.decider import Caller, Decider, StreamKey
from eventcore.handler import Commands
from eventcore.link import Link, connecting
from eventcore.positions import positions
from eventcore.projection import Projections
from eventcore.relay import Relay
from eventcore.sequencer import Sequencer
from eventcore.store import Store
from eventcore.unpark import Unparker
from google.protobuf.message import Message
from lawkit import load_law
from servicekit import signing
from servicekit.agencies import Agencies
from servicekit.cosigning import Cosigning
from servicekit.deps import Deps
from servicekit.errors import Texts
from servicekit.peers import AsyncPeers, Peers
from servicekit.read_log import ReadLog, waiting_key
from servicekit.server import Server
from servicekit.settings import Settings
from servicekit.store_service import StoreServicer
from servicekit.testing import INSTALLATION, Authority, Channels
from servicekit.witnesses import PolicyFile

from tests.integration.migrated import migrated

LAW = load_law()
LIMIT_S = 90.0
CLERK = Caller(f"spiffe://{INSTALLATION}/staff/330203/COUNTY_CCI/li", "330203", "COUNTY_CCI", "test")
PROCURATORATE = "[{code: proc, kind: PROC_COUNTY, name_zh: 检察院, unit: '330203'}]"
PURPOSE = (("guitu-purpose", "supervision"),)


def _writes(_state: None, event: Message, _ctx: object) -> list[Message]:
    return [event]


def _recorder(event: Message) -> Decider[None]:
    """Decides that the command is the event."""
    return Decider(None, lambda state, _e, _s: state, _writes, opens=frozenset({type(event)}))


@dataclass
class Log:
    """A service's store, sequencer, relay and StoreService."""

    service: str
    database: Database
    store: Store
    sequencer: Sequencer
    checkpoints: Checkpoints
    open_relay: Callable[[], Relay] | None
    pool: store.Pool
    port: int
    written: int = 0

    async def write(
        self, stream: StreamKey, subject: UUID, event: Message, *, cause: UUID | None = None
    ) -> UUID:
        """The event is stored; its id."""
        self.written += 1
        request = pb.VerifyLogRequest(request_id=f"{self.service} {self.written}", log=self.service)
        outcome = await Commands(self.store, lambda _: load_law(), digest_key=b"test").run(
            request,
            decider=_recorder(event),
            stream=stream,
            subject=subject,
            caller=CLERK,
            command=event,
            causation_id=cause,
        )
        return UUID(outcome.events[0].event_id)

    def publish(self) -> None:
        """Everything stored is in the log, signed, and twice on the topic."""
        while self.sequencer.turn():
            pass
        self.checkpoints.turn()
        for _ in range(2):
            with self.owner() as connection:
                connection.execute("update es.relay set seq = 0")
            if self.open_relay is not None:
                with closing(self.open_relay()) as relay:
                    while relay.turn():
                        pass

    def owner(self) -> psycopg.Connection[Any]:
        """A connection of the superuser."""
        return psycopg.connect(self.database.dsn, autocommit=True)

    def tamper(self, statement: str, *parameters: object) -> None:
        """The superuser changes history, with its guards switched off."""
        with self.owner() as connection, connection.transaction():
            for table in ("es.event", "es.log"):
                connection.execute(f"alter table {table} disable trigger history".encode())
            changed = connection.execute(statement.encode(), parameters)
            assert changed.rowcount > 0
            for table in ("es.event", "es.log"):
                connection.execute(f"alter table {table} enable always trigger history".encode())


@dataclass
class World(Channels):
    """Logs by service, audit's readers, and channels to audit as any caller."""

    logs: dict[str, Log] = field(default_factory=dict[str, Log])
    consumer: SubscriptionConsumer | None = None
    projections: Projections | None = None
    topic_ends: Any = None
    peers: Peers | None = None
    home: Path = Path()

    async def settle(self) -> None:
        """Everything written is published twice and has reached audit; audit's own log is read."""
        await asyncio.to_thread(self._settle)  # the consumer asks the stores, which this event loop serves

    def _settle(self) -> None:
        for log in self.logs.values():
            log.publish()
        assert self.consumer is not None
        assert self.projections is not None
        ends = self.topic_ends()
        end = time.monotonic() + LIMIT_S
        while self.consumer.turn() or self.offsets() != ends:
            assert time.monotonic() < end, f"got {self.offsets()}, want {ends}"
        while self.projections.turn():
            pass

    async def tell_stops(self) -> int:
        """Each service has heard which of its streams are read-only, as after a restart of audit; how many answered."""
        assert self.peers is not None
        link = Link(connecting(self.logs[OWN].database.dsn, "stops"))
        with closing(Stops(link, self.peers.store)) as stops:
            return await asyncio.to_thread(stops.turn)

    def offsets(self) -> dict[kafka.Partition, int]:
        with self.logs[OWN].owner() as connection:
            return {p: n for (_, p), n in positions(connection).offsets.items()}

    def stub(self, kind: str, name: str) -> Any:
        return rpc.AuditServiceStub(self.by(kind, name))

    @property
    def clerk(self) -> Any:
        """Audit as the county's staff sees it."""
        return self.stub("staff", "330203/COUNTY_CCI/li")

    async def verify(self, log: str, request_id: str, *, tail_only: bool = False) -> pb.VerifyLogResponse:
        request = pb.VerifyLogRequest(request_id=request_id, log=log, tail_only=tail_only)
        return await self.stub("operator", "wang").VerifyLog(request, timeout=10)

    async def export(self, case_id: UUID) -> bytes:
        request = pb.ExportBundleRequest(case_id=str(case_id))
        return (await self.clerk.ExportBundle(request, metadata=PURPOSE, timeout=10)).bundle

    async def trail(self, case_id: UUID, **fields: Any) -> Sequence[pb.Step]:
        request = pb.GetCaseTrailRequest(case_id=str(case_id), **fields)
        return (await self.clerk.GetCaseTrail(request, metadata=PURPOSE, timeout=10)).steps

    def rows(self, query: str) -> list[Any]:
        """Rows of audit's database."""
        with self.logs[OWN].owner() as connection:
            return connection.execute(query.encode()).fetchall()


def case(name: str) -> UUID:
    """Id of a case of the test."""
    return uuid5(UUID(int=330203), name)


@asynccontextmanager
async def open_world(
    services: Sequence[str], databases: DatabaseFactory, topics: TopicFactory, home: Path
) -> AsyncGenerator[World]:
    authority = Authority(home)
    (home / "agencies.yaml").write_text(PROCURATORATE, encoding="utf-8")
    names = {service: topics(service, partitions=2) for service in services if service != OWN}
    async with AsyncExitStack() as stack:
        logs = {
            service: await _log(stack, service, names.get(service), databases, topics.bootstrap, authority)
            for service in services
        }
        peers = {service: f"127.0.0.1:{log.port}" for service, log in logs.items()}
        settings = settings_of(authority, OWN, peers)
        own = logs[OWN]
        async_peers, sync_peers = AsyncPeers(settings), Peers(settings)
        stack.push_async_callback(async_peers.close)
        stack.callback(sync_peers.close)
        deps = Deps(
            settings=settings,
            law_in_use=load_law,
            pool=own.pool,
            store=own.store,
            commands=Commands(own.store, lambda _: load_law(), digest_key=b"test"),
            peers=async_peers,
            agencies=Agencies.of(home),
            signer=signing.log_signer(home, installation=INSTALLATION, service=OWN),
        )
        world = World(authority, 0, logs=logs, home=home, peers=sync_peers)
        others = [name for name in services if name != OWN]

        def add(server: grpc.aio.Server) -> None:
            rpc.add_AuditServiceServicer_to_server(AuditServicer(deps, others), server)

        world.port = await _serve(stack, settings, add, Texts(OWN), _read_log(own.pool, OWN, home))
        stack.push_async_callback(world.close)
        _readers(stack, world, topics.bootstrap, names, sync_peers)
        yield world


@asynccontextmanager
async def open_log(service: str, databases: DatabaseFactory, home: Path) -> AsyncGenerator[tuple[Log, Peers]]:
    """The log of one service that publishes to no topic, and channels to its StoreService as audit has them."""
    authority = Authority(home)
    (home / "agencies.yaml").write_text("[]", encoding="utf-8")
    async with AsyncExitStack() as stack:
        log = await _log(stack, service, None, databases, "", authority)
        peers = Peers(settings_of(authority, OWN, {service: f"127.0.0.1:{log.port}"}))
        stack.callback(peers.close)
        yield log, peers


def settings_of(authority: Authority, service: str, peers: dict[str, str]) -> Settings:
    authority.issue("service", service)
    return Settings.model_validate(
        {
            "service": service,
            "installation": INSTALLATION,
            "home": authority.home,
            "port": 0,
            "postgres": "host=127.0.0.1",
            "kafka": "127.0.0.1:9",
            "peers": peers,
        }
    )


def _no_entries(_service: str, _stream: UUID, _first: int, _last: int) -> Sequence[LogEntry]:
    return ()


def _read_log(pool: store.Pool, service: str, home: Path) -> ReadLog:
    return ReadLog(pool, service=service, key=waiting_key(home, service))


async def _serve(stack: AsyncExitStack, settings: Settings, add: Any, texts: Texts, reads: ReadLog) -> int:
    server = Server(settings, Agencies.of(settings.home), texts, load_law, add, reads)
    port = await server.start()
    stack.push_async_callback(server.drain)
    await server.serving()
    return port


async def _log(
    stack: AsyncExitStack,
    service: str,
    topic: str | None,
    databases: DatabaseFactory,
    bootstrap: str,
    authority: Authority,
) -> Log:
    database = migrated(databases, service, *([service] if service == OWN else []))
    pool = await stack.enter_async_context(store.pool(database.dsn, service=service, min_size=1, max_size=4))
    signer = signing.log_signer(authority.home, installation=INSTALLATION, service=service)

    def link(name: str) -> Link:
        made = Link(connecting(database.dsn, name))
        stack.callback(made.close)
        return made

    own = link("store service")
    unparker = Unparker(own, [], _no_entries, installation=INSTALLATION, service=service)
    cosigning = Cosigning(pool, PolicyFile(authority.home))
    servicer = StoreServicer(pool=pool, link=own, unparker=unparker, cosigning=cosigning)

    def add(server: grpc.aio.Server) -> None:
        store_pb2_grpc.add_StoreServiceServicer_to_server(servicer, server)

    port = await _serve(
        stack, settings_of(authority, service, {}), add, Texts(), _read_log(pool, service, authority.home)
    )
    sequencer = Sequencer(link("sequencer"), service=service)
    stack.callback(sequencer.close)
    checkpoints = Checkpoints(link("checkpoints"), signer, interval_s=0.0)
    stack.callback(checkpoints.close)
    own_store = Store(pool, service=service, installation=INSTALLATION)
    relays = None if topic is None else _relays(link("relay"), bootstrap, service, topic)
    return Log(service, database, own_store, sequencer, checkpoints, relays, pool, port)


def _relays(link: Link, bootstrap: str, service: str, topic: str) -> Callable[[], Relay]:
    producing = kafka.producing(kafka.Settings(bootstrap, service))
    return lambda: Relay(link, producing, installation=INSTALLATION, service=service, topic=topic)


def _readers(
    stack: AsyncExitStack, world: World, bootstrap: str, topics: dict[str, str], peers: Peers
) -> None:
    subscription = SERVICE.subscriptions[0]
    settings, dsn = kafka.Settings(bootstrap, OWN), world.logs[OWN].database.dsn
    names = list(topics.values())
    # Only the services that run in this test; the rest of the subscription is as it is.
    chosen = type(subscription)(subscription.name, list(topics), subscription.handle, subscription.tables)
    world.consumer = stack.enter_context(
        closing(
            SubscriptionConsumer(
                Link(connecting(dsn, "every-log")),
                chosen,
                kafka.consuming(settings, group=names[0], topics=names, instance="only"),
                Sources(peers.fetch_missing, peers.list_heads, topics),
                DeadLetters(kafka.producing(settings), bytes, consumer=chosen.name),
                installation=INSTALLATION,
                service=OWN,
                poll_s=0.05,
            )
        )
    )
    world.projections = stack.enter_context(
        closing(
            Projections(
                Link(connecting(dsn, "projections")),
                SERVICE.projections_of(world.home),
                installation=INSTALLATION,
                service=OWN,
            )
        )
    )
    asked = stack.enter_context(closing(kafka.topic_ends(settings)))
    world.topic_ends = lambda: dict(asked(names))
