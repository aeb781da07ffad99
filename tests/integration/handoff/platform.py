"""Handoff as a real process on servers of its own, the agencies on the other side, and the logs of its neighbours.

Intake's and supervision's events are written to real stores and relayed to the real topics; the agencies are what the
contract says of them and nothing more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid5

import grpc
import psycopg
import yaml
from corrections.common.v1.common_pb2 import Moment, Signature, Signed
from corrections.handoff.v1 import agency_pb2, agency_pb2_grpc
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import service_pb2 as api
from corrections.handoff.v1 import service_pb2_grpc as rpc
from corrections.intake.v1 import service_pb2 as intake_pb2
from corrections.law.v1.service_pb2_grpc import LawServiceStub
from corrections.store.v1 import store_pb2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from devstack import ca
from devstack.process import free_port
from devstack.system import System
from devstack.topology import Topology, load
from eventcore import ids, kafka
from eventcore.link import Link, connecting
from eventcore.relay import Relay
from eventcore.testing import SEALING_KEY
from eventcore.testing_log import TestLog
from eventcore.texts import opened
from google.protobuf.message import Message
from servicekit.testing import release_the_law
from servicekit.tls import Material

LIMIT_S = 90.0
COURT, OTHER_COURT, PROC, POLICE, FAR_POLICE = "court", "other-court", "proc", "police", "far-police"
AGENCIES = {
    COURT: ("COURT", "330203"),
    OTHER_COURT: ("COURT", "440305"),
    PROC: ("PROC_COUNTY", "330203"),
    POLICE: ("PSB_COUNTY", "330203"),
    FAR_POLICE: ("PSB_COUNTY", "440305"),
}
_numbers = count(1)
M = TypeVar("M", bound=Message)


def wait(true: Callable[[], bool], what: str, limit_s: float | None = None) -> None:
    """Returns when the condition holds; fails the test after the limit."""
    limit_s = LIMIT_S if limit_s is None else limit_s
    until, pause = time.monotonic() + limit_s, threading.Event()
    while not true():
        assert time.monotonic() < until, f"{what} within {limit_s} s"
        pause.wait(0.05)


def signed(message: Message, key: Ed25519PrivateKey, key_id: str) -> Signed:
    """The message under an agency's key."""
    made = Signed(type=message.DESCRIPTOR.full_name, body=message.SerializeToString())
    resign(made, key, key_id)
    return made


def resign(message: Signed, key: Ed25519PrivateKey, key_id: str) -> None:
    """The signature fits what the message now says."""
    covered = b"guitu-signed-v1\n" + message.type.encode() + b"\n" + message.body
    del message.signatures[:]
    message.signatures.append(Signature(key_id=key_id, algorithm="Ed25519", value=key.sign(covered)))


@dataclass
class Agencies(agency_pb2_grpc.AgencyServiceServicer):
    """Every agency behind one endpoint. `script` says what each does with its next messages: away, forge, refuse."""

    home: Path
    received: list[tuple[str, Signed]] = field(default_factory=list[tuple[str, Signed]])
    script: dict[str, str] = field(default_factory=dict[str, str])

    def Deliver(
        self, request: agency_pb2.DeliverRequest, context: grpc.ServicerContext
    ) -> agency_pb2.DeliverResponse:
        """The agency's signed receipt."""
        does = self.script.get(request.to, "")
        if does == "away":
            context.abort(grpc.StatusCode.UNAVAILABLE, "away")
        self.received.append((request.to, request.message))
        if request.message.type == msg.Receipt.DESCRIPTOR.full_name:
            return agency_pb2.DeliverResponse()
        notice = msg.Notice.FromString(request.message.body)
        stage = msg.STAGE_REFUSED if does == "refuse" else msg.STAGE_ACCEPTED
        receipt = msg.Receipt(
            message_id=notice.message_id,
            sender="guitu-dev",
            receiver=request.to,
            stage=stage,
            body_sha256=sha256(request.message.body).digest(),
        )
        receipt.at.FromSeconds(1_800_000_000)
        if does == "refuse":
            receipt.refusal.code = "WRONG_ADDRESSEE"
        key = Ed25519PrivateKey.generate() if does == "forge" else ca.signing_key(self.home, request.to)
        return agency_pb2.DeliverResponse(receipt=signed(receipt, key, f"{request.to}.1"))

    def notices(self, to: str, kind: str = "") -> list[msg.Notice]:
        """Notices that an agency got, in order, repetitions included."""
        bodies = [
            msg.Notice.FromString(m.body)
            for code, m in self.received
            if code == to and m.type == msg.Notice.DESCRIPTOR.full_name
        ]
        return [notice for notice in bodies if notice.kind.endswith(kind)]

    def receipts(self, to: str) -> list[msg.Receipt]:
        """Receipts that were pushed to an agency."""
        return [
            msg.Receipt.FromString(m.body)
            for code, m in self.received
            if code == to and m.type == msg.Receipt.DESCRIPTOR.full_name
        ]


class Log(TestLog):
    """A log whose cases got their ids from another service."""

    def __init__(self, dsn: str, *, installation: str, service: str) -> None:
        super().__init__(dsn, installation=installation, service=service)
        self.known: dict[str, UUID] = {}

    def subject(self, name: str) -> UUID:
        """The case as it was named first."""
        return self.known.get(name) or super().subject(name)


class Answers:
    """What a neighbour answers: its stream heads, its streams, whom it finds by identity number."""

    def __init__(self, log: TestLog) -> None:
        self._log = log
        self.cases: dict[str, list[tuple[UUID, str]]] = {}

    def handlers(self) -> list[grpc.GenericRpcHandler]:
        """To be added to a server."""
        store = {
            "ListHeads": _handler(self._heads, store_pb2.ListHeadsRequest),
            "ReadStream": _handler(self._stream, store_pb2.ReadStreamRequest),
        }
        persons = {
            "FindCases": _handler(self._find, intake_pb2.FindCasesRequest),
            "OpenTexts": _handler(self._open, intake_pb2.OpenTextsRequest),
        }
        return [
            grpc.method_handlers_generic_handler("corrections.store.v1.StoreService", store),
            grpc.method_handlers_generic_handler("corrections.intake.v1.IntakeService", persons),
        ]

    def _heads(self, request: store_pb2.ListHeadsRequest) -> Message:
        after = UUID(request.after) if request.after else None
        heads = self._log.list_heads("", after)
        return store_pb2.ListHeadsResponse(
            heads=[store_pb2.Head(stream_id=str(stream), version=version) for stream, version in heads]
        )

    def _stream(self, request: store_pb2.ReadStreamRequest) -> Message:
        entries = self._log.fetch_missing("", UUID(request.stream_id), request.from_version, 2**31)
        return store_pb2.ReadStreamResponse(entries=entries)

    def _find(self, request: intake_pb2.FindCasesRequest) -> Message:
        found = self.cases.get(request.identity_number, [])
        return intake_pb2.FindCasesResponse(
            cases=[intake_pb2.Case(case_id=str(case), county=county) for case, county in found]
        )

    def _open(self, request: intake_pb2.OpenTextsRequest) -> Message:
        case = UUID(request.case_id)
        return intake_pb2.OpenTextsResponse(texts=[opened(text, SEALING_KEY, case) for text in request.texts])


def _handler(answer: Callable[[M], Message], request: type[M]) -> grpc.RpcMethodHandler[M, Message]:
    def behaviour(asked: M, context: grpc.ServicerContext) -> Message:
        return answer(asked)

    return grpc.unary_unary_rpc_method_handler(behaviour, request.FromString, lambda m: m.SerializeToString())


@dataclass
class Neighbour:
    """Another service's log: real store, real relay, real topic, and what it answers."""

    log: Log
    anew: Callable[[], Relay]
    relay: Relay
    server: grpc.Server
    answers: Answers

    def tell(self, case: str, *events: Message, about: UUID | None = None) -> None:
        """The events are on the service's topic; `about`: the case where another service gave it its id."""
        if about is not None:
            self.log.known[f"case/{case}"] = about
        self.log.write(f"case/{case}", *events)
        # an open transaction anywhere in the cluster holds the horizon back for a moment
        wait(self._sequenced, "every event of the neighbour is sequenced")
        while self.relay.turn():
            pass

    def again(self) -> None:
        """Everything that was ever told is on the topic once more."""
        self.log.conn.execute("update es.relay set seq = 0")
        self.relay.close()
        self.relay = self.anew()
        while self.relay.turn():
            pass

    def _sequenced(self) -> bool:
        row = self.log.conn.execute("select count(*) from es.event").fetchone()
        return row is not None and self.log.sequence() == row[0]

    def case(self, name: str) -> UUID:
        """The case that events of this name are about."""
        return self.log.subject(f"case/{name}")


@dataclass
class Platform:
    """The system under test."""

    system: System
    agencies: Agencies
    intake: Neighbour
    supervision: Neighbour
    server: grpc.Server
    channels: list[grpc.Channel] = field(default_factory=list[grpc.Channel])
    stubs: dict[str, rpc.HandoffServiceStub] = field(default_factory=dict[str, rpc.HandoffServiceStub])

    @property
    def home(self) -> Path:
        """The data folder."""
        return self.system.home

    def folder(self, identity: str) -> Path:
        """Certificate of an identity."""
        return ca.issue(self.home, identity, installation=self.system.topology.installation).cert.parent

    def by(self, identity: str) -> rpc.HandoffServiceStub:
        """Handoff as this caller sees it; an agency by its code."""
        identity = f"agency/{identity}" if identity in AGENCIES else identity
        if identity not in self.stubs:
            self.stubs[identity] = rpc.HandoffServiceStub(self._channel(identity))
        return self.stubs[identity]

    def law(self, identity: str = "staff/330203/COUNTY_CCI/li") -> LawServiceStub:
        """Handoff's word on the law, as this caller gets it."""
        return LawServiceStub(self._channel(identity))

    def _channel(self, identity: str) -> grpc.Channel:
        port = self.system.topology.service("handoff").port
        credentials = Material.read(self.folder(identity)).channel_credentials()
        options = [(f"grpc.max_{way}_message_length", 64 * 1024 * 1024) for way in ("send", "receive")]
        channel = grpc.secure_channel(f"127.0.0.1:{port}", credentials, options=options)
        self.channels.append(channel)
        return channel

    def sign(self, agency: str, message: Message) -> Signed:
        """The message under the agency's own key."""
        return signed(message, ca.signing_key(self.home, agency), f"{agency}.1")

    def submit(self, agency: str, message: Message | Signed, *, request_id: str = "") -> list[msg.Receipt]:
        """The receipts, each verified."""
        envelope = message if isinstance(message, Signed) else self.sign(agency, message)
        request = api.SubmitRequest(request_id=request_id or f"r-{next(_numbers)}", message=envelope)
        return self.opened(self.by(agency).Submit(request, timeout=20).receipts)

    def exchange_id(self, agency: str, message_id: str) -> str:
        """Exchange of an agency's message."""
        namespace = ids.namespace(self.system.topology.installation)
        return str(uuid5(namespace, f"exchange/{agency}/{message_id}"))

    def receipts(self, agency: str, message_id: str) -> list[msg.Receipt]:
        """The receipts so far."""
        request = api.GetReceiptsRequest(message_id=message_id)
        return self.opened(self.by(agency).GetReceipts(request, timeout=20).receipts)

    def opened(self, receipts: Iterable[Signed]) -> list[msg.Receipt]:
        """Receipts whose signature fits handoff's published key."""
        text = (self.home / "keys" / "handoff.ed25519.pub").read_text(encoding="ascii")
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))
        found: list[msg.Receipt] = []
        for one in receipts:
            covered = b"guitu-signed-v1\n" + one.type.encode() + b"\n" + one.body
            public.verify(one.signatures[0].value, covered)
            found.append(msg.Receipt.FromString(one.body))
        return found

    def tally(
        self, identity: str = "staff/330203/COUNTY_CCI/li", at: Moment | None = None
    ) -> api.GetTallyResponse:
        """Counts; now, or at a moment."""
        return self.by(identity).GetTally(api.GetTallyRequest(at=at), timeout=20)

    def open_exchanges(
        self, identity: str = "staff/330203/COUNTY_CCI/li", at: Moment | None = None
    ) -> list[api.OpenExchange]:
        """What waits; now, or at a moment."""
        request = api.ListOpenExchangesRequest(page_size=1000, at=at)
        answer = self.by(identity).ListOpenExchanges(request, timeout=20)
        return list(answer.exchanges)

    @contextmanager
    def registered(self, code: str, kind: str, unit: str) -> Generator[None]:
        """One more agency is registered while the block runs."""
        path = self.home / "agencies.yaml"
        before = path.read_text(encoding="utf-8")
        entries = yaml.safe_load(before)
        ca.issue(self.home, f"agency/{code}", installation=self.system.topology.installation)
        where = {name: entries[0][name] for name in ("endpoint", "server_name")}
        path.write_text(yaml.safe_dump([*entries, _entry(self.home, code, kind, unit) | where]))
        yield
        path.write_text(before, encoding="utf-8")

    def rows(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        """Rows of handoff's database, as its owner sees them."""
        with psycopg.connect(self.system.servers.address.dsn("handoff"), autocommit=True) as connection:
            return connection.execute(statement.encode(), parameters).fetchall()


def start(home: Path) -> Platform:
    """Everything runs, on ports that nobody has. The caller ends it with `stop`."""
    topology = replace(_on_free_ports(load(environment={})), simulated_clock=False)
    system, agency_port = System(home, profile="quick", topology=topology), free_port()
    for code in AGENCIES:
        ca.issue(home, f"agency/{code}", installation=topology.installation)
    (home / "agencies.yaml").write_text(
        yaml.safe_dump(_registry(home, agency_port, ids.agency_server_name(topology.installation, COURT))),
        encoding="utf-8",
    )
    release_the_law(home)
    agencies = Agencies(home)
    server = grpc.server(ThreadPoolExecutor(8))
    agency_pb2_grpc.add_AgencyServiceServicer_to_server(agencies, server)
    _listen(server, system, f"endpoint/{COURT}", agency_port)
    try:
        system.up(only=("handoff",))
        intake, supervision = (_neighbour(system, name) for name in ("intake", "supervision"))
    except BaseException:
        server.stop(None)
        system.down()
        raise
    return Platform(system, agencies, intake, supervision, server)


def _on_free_ports(topology: Topology) -> Topology:
    services = tuple(replace(service, port=free_port()) for service in topology.services)
    return replace(
        topology,
        postgres_port=free_port(),
        kafka_port=free_port(),
        kafka_controller_port=free_port(),
        services=services,
    )


def stop(platform: Platform) -> None:
    """Nothing of it runs any more."""
    for channel in platform.channels:
        channel.close()
    platform.server.stop(None).wait()
    for neighbour in (platform.intake, platform.supervision):
        neighbour.server.stop(None).wait()
        neighbour.relay.close()
        neighbour.log.close()
    platform.system.down()


def _listen(server: grpc.Server, system: System, identity: str, port: int) -> None:
    material = Material.read(
        ca.issue(system.home, identity, installation=system.topology.installation).cert.parent
    )
    credentials = grpc.ssl_server_credentials(
        [(material.key, material.certificate)], material.root, require_client_auth=True
    )
    server.add_secure_port(f"127.0.0.1:{port}", credentials)
    server.start()


def _registry(home: Path, port: int, server_name: str) -> list[dict[str, object]]:
    where = {"endpoint": f"127.0.0.1:{port}", "server_name": server_name}
    return [_entry(home, code, kind, unit) | where for code, (kind, unit) in AGENCIES.items()]


def _entry(home: Path, code: str, kind: str, unit: str) -> dict[str, object]:
    public = ca.signing_key(home, code).public_key().public_bytes_raw().hex()
    key = {"key_id": f"{code}.1", "algorithm": "Ed25519", "public_hex": public}
    return {"code": code, "kind": kind, "name_zh": code, "unit": unit, "keys": [key]}


def _neighbour(system: System, name: str) -> Neighbour:
    dsn = system.servers.address.dsn(name)
    installation = system.topology.installation
    log = Log(dsn, installation=installation, service=name)

    def relay() -> Relay:
        return Relay(
            Link(connecting(dsn, f"{name} relay")),
            kafka.producing(kafka.Settings(system.servers.bootstrap, name)),
            installation=installation,
            service=name,
            topic=f"corrections.{name}.v1",
        )

    server, answers = grpc.server(ThreadPoolExecutor(4)), Answers(log)
    server.add_generic_rpc_handlers(answers.handlers())
    _listen(server, system, f"service/{name}", system.topology.service(name).port)
    return Neighbour(log, relay, relay(), server, answers)
