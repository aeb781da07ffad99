"""The whole system as `guitu up` brings it up, and callers of every kind beside it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import TypeVar
from uuid import UUID, uuid5

import psycopg
from corrections.common.v1 import facts_pb2 as facts
from corrections.common.v1.common_pb2 import Signed
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import service_pb2 as handoff
from corrections.intake.v1 import service_pb2 as intake
from corrections.store.v1 import store_pb2 as store
from devstack import ca, runfiles
from devstack.system import System
from eventcore import ids, kafka
from google.protobuf.message import Message
from guitu_cli.client import OPERATOR, Client
from guitu_cli.running import services
from sandbox import registry, signing
from sandbox.clock import Clock, NotIdle
from sandbox.scenario import AgencyEntry, county_frame
from sandbox.wiring import Installation
from servicekit.settings import Settings

COUNTY = "330203"
BEGIN = datetime.fromisoformat("2026-03-02T09:00+08:00")
IDLE_S = 120.0
_PAGE = 1000
_LOOK_EVERY_S = 0.2
_TOLD = 20_000  # characters of a log
_SET_ASIDE = (
    "select 'refused', target, purpose, refusal, subject, created from es.command"
    " where refusal is not null and settled is null",
    "select 'parked', consumer, source, error, stream_id, version from es.parked",
    "select 'unreadable', consumer, topic, reason, partition, \"offset\" from es.dead_letter where closed is null",
)
R = TypeVar("R", bound=Message)


def wait(true: Callable[[], bool], what: str, limit_s: float = 60.0) -> None:
    """Returns when the condition holds; fails the test after the limit."""
    until, pause = time.monotonic() + limit_s, threading.Event()
    while not true():
        assert time.monotonic() < until, f"{what} within {limit_s} s"
        pause.wait(0.05)


@dataclass
class World:
    """One installation of everything."""

    system: System
    seconds_to_start: float = 0.0
    clients: dict[str, Client] = field(default_factory=dict[str, Client])
    opening: threading.Lock = field(default_factory=threading.Lock)

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes a `guitu` command work on this system."""
        base = self.system.topology.postgres_port - 1
        return {
            "GUITU_HOME": str(self.system.home),
            "GUITU_BASE_PORT": str(base),
            "GUITU_INSTALLATION": self.system.topology.installation,
            "GUITU_LANG": "en",
        }

    def by(self, principal: str) -> Client:
        """The system as this caller sees it: agency/<code>, staff/<unit>/<ROLE>/<name>, operator/<name>."""
        with self.opening:
            if principal not in self.clients:
                self.clients[principal] = Client(
                    principal, home=self.system.home, topology=self.system.topology
                )
            return self.clients[principal]

    def close(self) -> None:
        """No channel is open."""
        for client in self.clients.values():
            client.close()

    def register(self, courts: Mapping[str, str]) -> None:
        """Courts by code, with their names, may send messages; the sandbox receives what is sent to them."""
        agencies = tuple(AgencyEntry(code, "COURT", name, COUNTY) for code, name in courts.items())
        sandbox = self.system.topology.service("sandbox")
        registry.write(
            self.system.home,
            installation=self.system.topology.installation,
            endpoint=f"127.0.0.1:{sandbox.port}",
            of=[replace(county_frame(), agencies=agencies)],
        )

    def submit(self, court: str, body: Message) -> list[msg.Receipt]:
        """The body goes to handoff under the court's signature; the receipts, each verified."""
        signed = signing.sign(court, ca.signing_key(self.system.home, court), body)
        digest = sha256(signed.body).hexdigest()
        request = handoff.SubmitRequest(request_id=f"e2e/{digest}", message=signed)
        answer = self.by(f"agency/{court}").call(request, handoff.SubmitResponse)
        return self.opened(answer.receipts)

    def receipts(self, court: str, message_id: str) -> list[msg.Receipt]:
        """The receipts of a court's message so far."""
        request = handoff.GetReceiptsRequest(message_id=message_id)
        return self.opened(self.by(f"agency/{court}").call(request, handoff.GetReceiptsResponse).receipts)

    def opened(self, receipts: Iterable[Signed]) -> list[msg.Receipt]:
        """The receipts; each carries handoff's signature."""
        found: list[msg.Receipt] = []
        for one in receipts:
            assert signing.verified(one, [signing.public_key(self.system.home, "handoff")])
            found.append(msg.Receipt.FromString(one.body))
        return found

    def exchange(self, court: str, message_id: str) -> str:
        """Exchange of a court's message."""
        namespace = ids.namespace(self.system.topology.installation)
        return str(uuid5(namespace, f"exchange/{court}/{message_id}"))

    def case_id(self, court: str, message_id: str, defendant: int = 1) -> str:
        """Case of one person of a court's judgment."""
        return str(uuid5(UUID(self.exchange(court, message_id)), str(defendant)))

    def cases(self, courts: Iterable[str], by: str = OPERATOR) -> list[intake.Case]:
        """The cases that these courts decided, as intake lists them."""
        found: list[intake.Case] = []
        while True:
            request = intake.ListCasesRequest(after=found[-1].case_id if found else "", page_size=_PAGE)
            page = self.by(by).call(request, intake.ListCasesResponse).cases
            found.extend(page)
            if len(page) < _PAGE:
                wanted = set(courts)
                return [case for case in found if case.organ_code in wanted]

    def positions(self, service: str) -> store.GetPositionsResponse:
        """How far the service is."""
        request = store.GetPositionsRequest()
        return self.by(OPERATOR).call_service(service, request, store.GetPositionsResponse)

    def settled(self, limit_s: float = IDLE_S) -> None:
        """Nothing is under way in any service, and nothing was set aside."""
        with closing(self._clock()) as clock:
            try:
                reading = clock.wait_idle(timeout_s=limit_s)
            except NotIdle as error:
                raise AssertionError(f"{error}\n{self._threads(str(error).partition(': ')[2])}") from error
        assert not reading.set_aside, self._set_aside()
        assert [self.positions(name).open_commands for name in services()] == [0] * len(services())

    def begin(self, at: datetime) -> None:
        """The clock stands at the instant; no service has an event yet."""
        with closing(self._clock()) as clock:
            clock.begin(at)

    @contextmanager
    def superuser(self, database: str) -> Generator[psycopg.Connection]:
        """A connection for which no privilege and no trigger is a limit."""
        with psycopg.connect(self.system.servers.address.dsn(database), autocommit=True) as connection:
            yield connection

    def _threads(self, why: str) -> str:
        """The end of the log of the service that is not idle, with where each of its threads stands."""
        name = why.partition(":")[0]
        log, process = (
            self.system.home / "logs" / f"{name}.log",
            runfiles.recorded(self.system.home).get(name),
        )
        if process is None:
            return f"{name} is none of the services"
        if runfiles.is_alive(process):
            before = log.stat().st_size
            os.kill(process.pid, signal.SIGUSR2)
            wait(lambda: log.stat().st_size > before, f"{name} tells its threads")
        return log.read_text("utf-8", "replace")[-_TOLD:]

    def _set_aside(self) -> dict[str, list[tuple[object, ...]]]:
        """What a person would have to deal with, by service: refused commands, parked records, unreadable ones."""
        found: dict[str, list[tuple[object, ...]]] = {}
        for name in services():
            with self.superuser(name) as connection:
                found[name] = [row for asked in _SET_ASIDE for row in connection.execute(asked)]
        return {name: rows for name, rows in found.items() if rows}

    def _clock(self) -> Clock:
        of = self._installation()
        ends = kafka.topic_ends(kafka.Settings(self.system.servers.bootstrap, "e2e"))
        truth = of.link("sandbox", durable=True)
        return Clock(truth, of.links(), ends, of.consumes, poll_s=_LOOK_EVERY_S, on_close=ends.close)

    def _installation(self) -> Installation:
        environment = self.system.environment(self.system.topology.service("sandbox"))
        named = {
            name.removeprefix("GUITU_").lower(): value
            for name, value in environment.items()
            if name.startswith("GUITU_")
        }
        settings = Settings.model_validate(named)
        consumes = {
            one.name: frozenset(one.consumes)
            for one in self.system.topology.services
            if one.name != "sandbox"
        }
        return Installation(settings, consumes)


def judgment(court: str, number: int, **changed: object) -> msg.Judgment:
    """An invented judgment that puts one man on probation for a year."""
    made = msg.Judgment(
        message_id=f"{court}/{number}",
        organ_code=court,
        case_number=f"（2026）浙0203刑初{number}号",
        decision_date="2026-02-10",
        defendants=[
            msg.Defendant(
                number=1,
                name="张某甲",
                sex=facts.SEX_MALE,
                charges=["诈骗罪"],
                penalty=facts.PENALTY_FIXED_TERM,
                sentence=facts.Period(months=8),
                kind=facts.SUBJECT_KIND_PROBATION,
                probation=facts.Period(months=12),
                effective_date="2026-02-25",
                execution_county=COUNTY,
            )
        ],
    )
    for name, value in changed.items():
        setattr(made.defendants[0], name, value)
    return made
