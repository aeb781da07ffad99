"""A correct service process in one call; `main.py` of a service is this and nothing more.

    SERVICE = Service(
        name="education",
        add_to_server=lambda server, deps: add_EducationServiceServicer_to_server(EducationServicer(deps),
        server), projections=[caseload.PROJECTION],
        subscriptions=[intake_cases.SUBSCRIPTION],
    )

    def run() -> None:
        main(SERVICE)        # python -m education serve|relay|consume|tick|all|migrate

SIGTERM: health says NOT_SERVING, running calls finish within `drain_s`, loops end after their turn, exit 0.
Exit 1: a loop died or the database did not come; exit 2: a setting is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import faulthandler
import gc
import signal
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import grpc
import psycopg
import uvloop
from corrections.law.v1 import service_pb2_grpc as law_grpc
from corrections.store.v1 import store_pb2_grpc
from eventcore import migrate
from eventcore.consumer import Subscription
from eventcore.handler import Commands
from eventcore.projection import Projection
from eventcore.runner import Loop, Runner
from eventcore.store import Store
from eventcore.store import pool as open_pool
from eventcore.upcasting import Codec
from lawkit import Law, load_law
from lawkit.errors import WrongFile

from servicekit import checks, law_release, logs, region_in_use, sealing, settings, telemetry
from servicekit.agencies import Agencies, RegistryError
from servicekit.cases import Cases, Subjects
from servicekit.cosigning import Cosigning
from servicekit.deps import Deps
from servicekit.errors import Texts, Translator
from servicekit.law_in_use import LawInUse
from servicekit.law_service import LawServicer
from servicekit.lists import Lists
from servicekit.logs import log
from servicekit.peers import AsyncPeers, Peers
from servicekit.read_log import ReadLog, waiting_key
from servicekit.rule_sets import RuleSets
from servicekit.server import Server
from servicekit.settings import Settings
from servicekit.signing import log_signer
from servicekit.store_service import StoreServicer
from servicekit.witnesses import PolicyFile
from servicekit.workers import ROLES, Workers

# New objects between two looks of the collector; most die by themselves when their call has ended.
_REGION_USED = """
insert into es.region_used (since, digest) select es.now(), %(digest)s
where (select digest from es.region_used order by since desc limit 1) is distinct from %(digest)s
on conflict (since) do nothing
"""
_GARBAGE = 10_000

DATABASE_WAIT_S = 60.0
# Errors that waiting does not mend: wrong password, no such role or database.
_HOPELESS = ("28P01", "28000", "3D000", "42501")


@dataclass(frozen=True)
class Service:
    """What a service adds to what all have in common.

    add_to_server: adds its servicers. projections: readers of its own log, opening: those that open what stands sealed in
    it, given the data folder with the keys; subscriptions: of other services'
    topics; handlers that call tx.command make either a process manager. cases: the cases that it keeps;
    subjects: what its clocks are about where it keeps none. keys: True for a key store `<name>_keys` and a key pair for sealed topics.
    migrations: packages with `sql/NNNN_*.sql`. texts: packages with `errors_zh.yaml`. None: the service's own
    package. loops: further loops of the role `consume`. prepare: is awaited before the service says SERVING.
    """

    name: str
    add_to_server: Callable[[grpc.aio.Server, Deps], None]
    projections: Sequence[Projection] = ()
    opening: Callable[[Path], Sequence[Projection]] = lambda _: ()
    subscriptions: Sequence[Subscription] = ()
    cases: Cases[Any] | None = None
    subjects: Subjects | None = None
    keys: bool = False
    migrations: Sequence[str] | None = None
    texts: Sequence[str] | None = None
    codec: Codec = field(default_factory=Codec)
    loops: Callable[[Workers], Sequence[Loop]] = lambda _: ()
    prepare: Callable[[Deps], Awaitable[None]] | None = None

    def projections_of(self, home: Path) -> list[Projection]:
        """All readers of the service's own log, with the keys in the data folder."""
        return [*self.projections, *self.opening(home)]


def main(service: Service, argv: Sequence[str] | None = None) -> NoReturn:
    """The process does its role until SIGTERM or SIGINT, then ends with its exit code."""
    parser = argparse.ArgumentParser(prog=f"python -m {service.name}")
    parser.add_argument("role", nargs="?", default="all", choices=(*ROLES, "all", "migrate"))
    role = parser.parse_args(argv).role
    read = settings.load_or_exit(service=service.name)
    logs.configure(service=service.name, level=read.log_level)
    # where every thread stands, into the log of a process that seems to hang: places in the code, no values
    faulthandler.register(signal.SIGUSR2, all_threads=True)
    telemetry.configure(service=service.name, installation=read.installation, endpoint=read.otlp_endpoint)
    law = _law_in_use(read)
    upgrade(service, read)
    if role == "migrate":
        raise SystemExit(0)
    with _connected(read, service.name) as connection:
        connection.execute(_REGION_USED, {"digest": region_in_use.digest_of(read.home)})
        law.load(connection)
    # modules, contracts and rules live as long as the process: the collector need not look at them again and again
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE, *gc.get_threshold()[1:])
    roles = ROLES if role == "all" else (role,)
    run = _serve(service, read, law, roles) if "serve" in roles else _work(service, read, law, roles)
    code = uvloop.run(run)
    telemetry.flush()
    raise SystemExit(code)


def upgrade(service: Service, read: Settings) -> None:
    """The databases of the service have today's schema. Waits for a server that starts; exits when it never
    comes.
    """
    packages = (service.name,) if service.migrations is None else service.migrations
    with _connected(read, service.name) as connection:
        done = migrate.migrate(
            connection, service=service.name, packages=packages, simulated_clock=read.simulated_clock
        )
    if service.keys:
        with _connected(read, f"{service.name}_keys") as connection:
            connection.execute(sealing.SCHEMA)
    if done:
        log().info("migrated", files=done)


def _connected(read: Settings, database: str) -> psycopg.Connection:
    until = time.monotonic() + DATABASE_WAIT_S
    while True:
        try:
            return psycopg.connect(
                read.conninfo(database),
                autocommit=True,
                connect_timeout=5,
                application_name=f"{read.service} migrate",
            )
        except psycopg.OperationalError as e:
            said = (str(e).strip().splitlines() or [""])[-1]
            hopeless = e.sqlstate in _HOPELESS or "does not exist" in said
            if hopeless or time.monotonic() > until:
                print(
                    f"GUITU_POSTGRES: database {database} cannot be opened ({said}); "
                    "start the server and create it with `make up`, or correct the variable.",
                    file=sys.stderr,
                )
                raise SystemExit(2 if hopeless else 1) from e
            time.sleep(0.2)


def _law(read: Settings) -> Law:
    law = load_law()
    if read.law_digest not in (None, law.digest):
        print(
            f"GUITU_LAW_DIGEST is {read.law_digest}, the rules of this release have {law.digest}; "
            "deploy the release that the installation decided for, or correct the variable.",
            file=sys.stderr,
        )
        raise SystemExit(2)
    if not read.simulated_clock:
        try:
            law_release.required(law.digest, read.home)
        except law_release.NotReleased as e:
            print(
                f"GUITU_HOME: {e}; let author and checker sign it with `guitu law sign`, "
                "see docs/how-to/change-a-rule.md.",
                file=sys.stderr,
            )
            raise SystemExit(2) from e
    return law


def _law_in_use(read: Settings) -> LawInUse:
    national, signed = _law(read), not read.simulated_clock

    def here(law: Law) -> Law:
        return region_in_use.law_here(law, read.home, signed=signed)

    try:
        rule_sets = RuleSets(national, read.home, signed=signed, here=here)
        rule_sets.keep()

        def then(digest: str, region: str) -> Law:
            return region_in_use.law_then(rule_sets.text(digest), read.home, region)

        return LawInUse(here(national), rule_sets.law, rule_sets.checked, then)
    except WrongFile as e:
        print(str(e), file=sys.stderr)
        raise SystemExit(2) from e
    except law_release.NotReleased as e:
        print(
            f"{region_in_use.path_of(read.home)}: {e}; let author and checker sign it with "
            "`guitu law sign --region FILE`, see docs/how-to/change-a-rule.md.",
            file=sys.stderr,
        )
        raise SystemExit(2) from e


def workers(service: Service, read: Settings, law: LawInUse, *, alone: bool) -> Workers:
    """Reach of the synchronous roles of a service."""
    return Workers(
        settings=read,
        law=law,
        signer=log_signer(read.home, installation=read.installation, service=service.name),
        peers=Peers(read),
        agencies=_agencies(read),
        codec=service.codec,
        projections=service.projections_of(read.home),
        subscriptions=service.subscriptions,
        alone=alone,
    )


def _agencies(read: Settings) -> Agencies:
    try:
        return Agencies.of(read.home)
    except RegistryError as e:
        print(f"GUITU_HOME: {e}; correct the entry.", file=sys.stderr)
        raise SystemExit(2) from e


@contextlib.asynccontextmanager
async def reach(service: Service, made: Workers) -> AsyncGenerator[Deps]:
    """What the servicers are given, open inside the block."""
    read = made.settings
    async with contextlib.AsyncExitStack() as stack:
        pool = open_pool(read.conninfo(), service=service.name, min_size=1, max_size=read.limits.pool_size)
        pool.timeout = read.limits.pool_wait_s
        await stack.enter_async_context(pool)
        store = Store(
            pool,
            service=service.name,
            installation=read.installation,
            codec=service.codec,
            appended=made.wakes.appended,
        )
        stack.push_async_callback(store.drain)
        peers = AsyncPeers(read)
        stack.push_async_callback(peers.close)
        lists = Lists(
            pool,
            lambda: made.link("serve", "past"),
            service.projections_of(read.home),
            installation=read.installation,
            service=service.name,
            codec=service.codec,
            law=made.law,
        )
        stack.push_async_callback(lists.close)
        keys: sealing.KeyStore | None = None
        if service.keys:
            key_pool = sealing.key_pool(read.conninfo(f"{service.name}_keys"), service=service.name)
            await stack.enter_async_context(key_pool)
            keys = sealing.KeyStore(key_pool, sealing.master_key(read.home, service.name))
        yield Deps(
            settings=read,
            law_in_use=made.law,
            laws=lambda: made.law.past,
            pool=pool,
            store=store,
            commands=Commands(store, made.law.at, digest_key=sealing.digest_key(read.home, service.name)),
            peers=peers,
            agencies=made.agencies,
            signer=made.signer,
            key_store=keys,
            topic_key_pair=sealing.TopicKeyPair.load(read.home, service.name) if service.keys else None,
            lists_of=lists,
        )


async def _serve(service: Service, read: Settings, law: LawInUse, roles: Sequence[str]) -> int:
    stopping = _stopping()
    made = workers(service, read, law, alone=len(roles) > 1)
    runner = Runner(_loops(service, made, roles), on_crash=_from_thread(stopping))
    link = made.link("consume", "store service")
    async with reach(service, made) as deps:
        if service.prepare is not None:
            await service.prepare(deps)

        texts = Texts(*((service.name,) if service.texts is None else service.texts))

        def add(server: grpc.aio.Server) -> None:
            servicer = StoreServicer(
                pool=deps.pool,
                link=link,
                unparker=made.unparker(link),
                cosigning=Cosigning(deps.pool, PolicyFile(read.home)),
            )
            store_pb2_grpc.add_StoreServiceServicer_to_server(servicer, server)
            told = Translator(service=read.service, texts=texts, law=law)
            lawful = LawServicer(deps, service.cases, told, service.subjects)
            law_grpc.add_LawServiceServicer_to_server(lawful, server)
            service.add_to_server(server, deps)

        reads = ReadLog(deps.pool, service=service.name, key=waiting_key(read.home, service.name))
        server = Server(read, made.agencies, texts, law, add, reads)
        try:
            port = await server.start()
        except OSError as e:
            print(str(e), file=sys.stderr)
            return 2
        runner.start()
        await server.serving()
        log().info("ready", roles=list(roles), port=port)
        await asyncio.to_thread(checks.warm)
        await stopping.wait()
        log().info("stopping", crashed=runner.crashed)
        await server.drain()
    stopped = await asyncio.to_thread(runner.stop, read.limits.drain_s)
    made.peers.close()
    link.close()
    return 1 if runner.crashed or not stopped else 0


async def _work(service: Service, read: Settings, law: LawInUse, roles: Sequence[str]) -> int:
    stopping = _stopping()
    made = workers(service, read, law, alone=False)
    runner = Runner(_loops(service, made, roles), on_crash=_from_thread(stopping))
    runner.start()
    log().info("ready", roles=list(roles))
    await stopping.wait()
    stopped = await asyncio.to_thread(runner.stop, read.limits.drain_s)
    made.peers.close()
    return 1 if runner.crashed or not stopped else 0


def _loops(service: Service, made: Workers, roles: Sequence[str]) -> list[Loop]:
    own = service.loops(made) if "consume" in roles else ()
    return [*made.loops(roles), *own]


def _stopping() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


def _from_thread(stopping: asyncio.Event) -> Callable[[], None]:
    running = asyncio.get_running_loop()

    def stop() -> None:
        running.call_soon_threadsafe(stopping.set)

    return stop
