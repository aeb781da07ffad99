"""A service process in one call: every role, kills, parked cases, the StoreService over a real database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import grpc
import psycopg
import pytest
from corrections.education.v1 import service_pb2, service_pb2_grpc
from corrections.store.v1 import store_pb2, store_pb2_grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from devstack.postgres import Address
from devstack.process import free_port
from devstack.topics import create_topics
from devstack.topology import Topic
from eventcore import ids
from eventcore.checkpoint import signer
from eventcore.testing import SEAL_TO
from lawkit import load_law
from proofs.note import parse_checkpoint, parse_vkey, split_note, verify_note
from psycopg import sql
from servicekit import signing
from servicekit.law_release import folder, signed
from servicekit.peers import Peers
from servicekit.ready import is_serving
from servicekit.settings import Settings
from servicekit.testing import INSTALLATION, Authority, release_the_law
from servicekit.tls import Material

from tests.integration.servicekit.programs import BROKEN

PROGRAM = Path(__file__).with_name("programs.py")
LIMIT_S = 90.0
OVER, OPEN = UUID(int=11), UUID(int=12)
AUTHOR = signer("zhang/author", Ed25519PrivateKey.generate())


@dataclass
class Started:
    """One process of the service, its log lines as they come."""

    popen: subprocess.Popen[str]
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    raw: list[str] = field(default_factory=list[str])

    def read(self) -> None:
        assert self.popen.stderr is not None
        for line in self.popen.stderr:
            self.raw.append(line)
            if line.startswith("{"):
                self.lines.append(json.loads(line))

    def ready(self) -> bool:
        assert self.popen.poll() is None, "".join(self.raw)
        return any(line["event"] == "ready" for line in self.lines)


def wait(true: Callable[[], bool], what: str) -> None:
    """Returns when the condition holds; fails the test after the limit."""
    until = time.monotonic() + LIMIT_S
    pause = threading.Event()
    while not true():
        assert time.monotonic() < until, f"{what} within {LIMIT_S} s"
        pause.wait(0.02)


@dataclass
class Probe:
    """A service under a name of this test, its processes and what it takes to call it."""

    name: str
    authority: Authority
    environment: dict[str, str]
    started: list[Started] = field(default_factory=list[Started])
    channels: list[grpc.Channel] = field(default_factory=list[grpc.Channel])

    def start(self, role: str = "all", **more: str) -> Started:
        run = subprocess.Popen(
            [sys.executable, str(PROGRAM), role],
            env={**os.environ, **self.environment, **more},
            stderr=subprocess.PIPE,
            text=True,
        )
        one = Started(run)
        threading.Thread(target=one.read, daemon=True).start()
        self.started.append(one)
        wait(one.ready, "ready")
        return one

    def stop(self, one: Started, number: signal.Signals = signal.SIGTERM) -> int:
        one.popen.send_signal(number)
        return one.popen.wait(LIMIT_S)

    def channel(self, identity: str) -> grpc.Channel:
        folder = self.authority.issue(*identity.split("/", 1))
        address = f"127.0.0.1:{self.environment['GUITU_PORT']}"
        made = grpc.secure_channel(address, Material.read(folder).channel_credentials())
        grpc.channel_ready_future(made).result(LIMIT_S)
        self.channels.append(made)
        return made

    def store(self) -> store_pb2_grpc.StoreServiceStub:
        return store_pb2_grpc.StoreServiceStub(self.channel("operator/li"))

    def open(self, case: UUID, end_date: str, **given: str) -> service_pb2.OpenEducationResponse:
        stub = service_pb2_grpc.EducationServiceStub(self.channel("service/intake"))
        request = {
            "request_id": f"open {case}",
            "case_id": str(case),
            "county": "330203",
            "end_date": end_date,
            "seal_to": SEAL_TO,
        }
        return stub.OpenEducation(
            service_pb2.OpenEducationRequest(**cast("Any", {**request, **given})), timeout=10
        )

    def settled(self, store: store_pb2_grpc.StoreServiceStub, events: int) -> store_pb2.GetPositionsResponse:
        """The positions once everything stands at this number of events and no command is open."""
        found: list[store_pb2.GetPositionsResponse] = []

        def true() -> bool:
            now = store.GetPositions(store_pb2.GetPositionsRequest(), timeout=10)
            found.append(now)
            ends = {now.stored, now.log_end, *(r.seq for r in now.readers)}
            return ends == {events} and len(now.readers) == 2 and not now.open_commands

        wait(true, f"{events} events everywhere")
        return found[-1]

    def stream(self, case: UUID) -> UUID:
        return ids.stream_id(INSTALLATION, self.name, "case", str(case))


@pytest.fixture
def probe(postgres_server: Address, kafka_server: str, tmp_path: Path) -> Iterator[Probe]:
    name = "probe_" + "".join(chr(ord("a") + int(digit)) for digit in str(time.monotonic_ns()))
    authority = Authority(tmp_path)
    authority.issue("service", name, "education")
    create_topics(kafka_server, [Topic(f"corrections.{name}.v1", 1)])
    release_the_law(tmp_path)
    port = free_port()
    made = Probe(
        name,
        authority,
        {
            "GUITU_SERVICE": name,
            "GUITU_INSTALLATION": INSTALLATION,
            "GUITU_HOME": str(tmp_path),
            "GUITU_PORT": str(port),
            "GUITU_POSTGRES": postgres_server.conninfo(),
            "GUITU_KAFKA": kafka_server,
            "GUITU_PEERS": json.dumps({"education": f"127.0.0.1:{port}", name: f"127.0.0.1:{port}"}),
            "PYTHONPATH": str(Path(__file__).parents[3]),
        },
    )
    databases = [sql.Identifier(name), sql.Identifier(f"{name}_keys")]
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as connection:
        for database in databases:
            connection.execute(sql.SQL("create database {}").format(database))
    yield made
    for channel in made.channels:
        channel.close()
    for one in made.started:
        if one.popen.poll() is None:
            one.popen.kill()
        one.popen.wait(LIMIT_S)
        assert one.popen.stderr is not None
        one.popen.stderr.close()
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as connection:
        for database in databases:
            connection.execute(sql.SQL("drop database {} with (force)").format(database))


def test_one_process_does_every_role(probe: Probe):
    asking = probe.authority.issue("operator", "li")
    address = f"127.0.0.1:{probe.environment['GUITU_PORT']}"
    named = ids.server_name(INSTALLATION, probe.name)
    assert not is_serving(address, asking, server_name=named, timeout_s=0.2)
    one = probe.start()
    assert is_serving(address, asking, server_name=named)
    first = probe.open(OVER, "1999-01-01").outcome
    assert [e.title_zh for e in first.events] == ["纳入教育矫正"]
    assert probe.open(OVER, "1999-01-01").outcome == first
    probe.open(OPEN, "2030-01-01")
    store = probe.store()
    probe.settled(store, events=3)

    note = store.GetCheckpoint(store_pb2.GetCheckpointRequest(min_size=3), timeout=10).note
    key = signing.log_signer(probe.authority.home, installation=INSTALLATION, service=probe.name).vkey
    verify_note(note, [parse_vkey(str(key))])
    assert parse_checkpoint(split_note(note)[0]).size == 3

    pages = list(store.ReadLog(store_pb2.ReadLogRequest(), timeout=10))
    assert [e.seq for page in pages for e in page.entries] == [0, 1, 2]
    assert [
        e.seq
        for p in store.ReadLog(store_pb2.ReadLogRequest(from_seq=1, limit=1), timeout=10)
        for e in p.entries
    ] == [1]
    assert probe.stop(one) == 0
    wait(lambda: any(line["event"] == "server.drained" for line in one.lines), "the drain in the log")
    events = [line["event"] for line in one.lines]
    assert events.index("ready") < events.index("stopping") < events.index("server.drained")
    assert [line for line in one.lines if line["level"] == "error"] == []
    assert all(line["service"] == probe.name for line in one.lines)


def test_peers_read_what_a_topic_did_not_bring(probe: Probe):
    probe.start()
    probe.open(OVER, "1999-01-01")
    probe.open(OPEN, "2030-01-01")
    probe.settled(probe.store(), events=3)
    probe.authority.issue("service", "intake")
    settings = Settings.model_validate(
        {
            "service": "intake",
            "installation": INSTALLATION,
            "home": probe.authority.home,
            "port": 0,
            "postgres": "host=127.0.0.1",
            "kafka": "127.0.0.1:9",
            "peers": json.loads(probe.environment["GUITU_PEERS"]),
        }
    )
    peers = Peers(settings)
    try:
        heads = peers.list_heads(probe.name, None)
        assert dict(heads) == {probe.stream(OVER): 2, probe.stream(OPEN): 1}
        assert list(heads) == sorted(heads)
        assert peers.list_heads(probe.name, heads[-1][0]) == []
        missing = peers.fetch_missing(probe.name, probe.stream(OVER), 2, 2)
        assert len(missing) == 1
        assert len(missing[0].leaf_sha256) == 32
        with pytest.raises(LookupError):
            peers.fetch_missing(probe.name, probe.stream(OVER), 3, 9)
        call = "/corrections.education.v1.EducationService/OpenEducation"
        request = service_pb2.OpenEducationRequest(
            request_id="r",
            case_id=str(UUID(int=14)),
            county="330203",
            end_date="2030-01-01",
            seal_to=SEAL_TO,
        )
        chain = [("guitu-correlation", str(UUID(int=7))), ("guitu-purpose", "test")]
        answer = peers.call(call, request.SerializeToString(), chain, 10.0).result(LIMIT_S)
        assert len(service_pb2.OpenEducationResponse.FromString(answer).outcome.events) == 1
        assert peers.call(call, b"\xff", chain, 10.0).exception(LIMIT_S) is not None
    finally:
        peers.close()


def test_a_stream_without_sequenced_events_has_no_head(probe: Probe):
    probe.start()
    store = probe.store()
    with pytest.raises(grpc.RpcError) as e:
        store.GetCheckpoint(store_pb2.GetCheckpointRequest(min_size=5), timeout=3)
    assert cast("grpc.Call", e.value).code() == grpc.StatusCode.UNAVAILABLE


def test_a_parked_case_survives_a_kill_and_is_unparked_after_the_repair(probe: Probe):
    one = probe.start()
    probe.open(BROKEN, "1999-01-01")
    probe.open(OVER, "1999-01-01")
    probe.settled(probe.store(), events=3)
    probe.stop(one, signal.SIGKILL)

    probe.start(PROBE_REPAIRED="1")
    store = probe.store()
    [parked] = store.ListParked(store_pb2.ListParkedRequest(), timeout=10).parked
    assert (parked.consumer, UUID(parked.stream_id), parked.attempts) == ("closing", probe.stream(BROKEN), 1)
    assert parked.error == "ValueError: this case fails"
    request = store_pb2.UnparkRequest(
        request_id="u", consumer=parked.consumer, source=parked.source, stream_id=parked.stream_id
    )
    done = store.Unpark(request, timeout=10)
    assert (done.replayed, done.remaining) == (1, 0)
    probe.settled(store, events=4)
    assert store.ListParked(store_pb2.ListParkedRequest(), timeout=10).parked == []


REFUSED = """
insert into es.command (command_id, subject, target, request, purpose, correlation, created, refusal)
select u, u, '/corrections.education.v1.EducationService/CloseEducation', '', 'closing', u, now(),
  'FAILED_PRECONDITION CASE_IS_CLOSED' from unnest(%s::uuid[]) as u
"""
UNREADABLE = """
insert into es.dead_letter (consumer, topic, partition, "offset", reason, since)
values ('echo', 'corrections.x.v1', 0, 7, 'no header', now())
"""


def test_refusals_and_dead_letters_are_counted_listed_and_closed_by_an_operator(
    probe: Probe, postgres_server: Address
):
    probe.start()
    store = probe.store()
    probe.settled(store, events=0)
    with psycopg.connect(postgres_server.dsn(probe.name), autocommit=True) as connection:
        connection.execute(REFUSED, ([OVER, OPEN],))
        connection.execute(UNREADABLE)
    now = store.GetPositions(store_pb2.GetPositionsRequest(), timeout=10)
    assert (now.refusals, now.dead_letters) == (2, 1)

    first = store.ListRefusals(store_pb2.ListRefusalsRequest(page_size=1), timeout=10)
    assert [(UUID(r.command_id), r.reason, r.purpose) for r in first.refusals] == [
        (OVER, "FAILED_PRECONDITION CASE_IS_CLOSED", "closing")
    ]
    asked = store_pb2.ListRefusalsRequest(page_size=1, page_token=first.next_page_token)
    second = store.ListRefusals(asked, timeout=10)
    assert [UUID(r.command_id) for r in second.refusals] == [OPEN]
    assert not second.next_page_token
    settle = store_pb2.SettleRefusalRequest(request_id="s", command_id=str(OVER), note="closed by hand")
    for _ in range(2):
        store.SettleRefusal(settle, timeout=10)

    [letter] = store.ListDeadLetters(store_pb2.ListDeadLettersRequest(), timeout=10).dead_letters
    assert (letter.consumer, letter.partition, letter.offset, letter.reason) == ("echo", 0, 7, "no header")
    close = store_pb2.CloseDeadLetterRequest(
        request_id="c", consumer="echo", topic=letter.topic, partition=0, offset=7, note="sent again"
    )
    store.CloseDeadLetter(close, timeout=10)

    now = store.GetPositions(store_pb2.GetPositionsRequest(), timeout=10)
    assert (now.refusals, now.dead_letters) == (1, 0)
    with psycopg.connect(postgres_server.dsn(probe.name)) as connection:
        row = connection.execute("select settled_by, settled_note from es.command where settled is not null")
        assert row.fetchall() == [(f"spiffe://{INSTALLATION}/operator/li", "closed by hand")]
    close.offset = 8
    settle.command_id = str(BROKEN)
    for ask in (
        lambda: store.SettleRefusal(settle, timeout=10),
        lambda: store.CloseDeadLetter(close, timeout=10),
    ):
        with pytest.raises(grpc.RpcError) as e:
            ask()
        assert cast("grpc.Call", e.value).code() == grpc.StatusCode.NOT_FOUND


def test_the_roles_work_in_processes_of_their_own(probe: Probe):
    started = [probe.start(role) for role in ("serve", "relay", "consume", "tick")]
    probe.open(OVER, "1999-01-01")
    probe.settled(probe.store(), events=2)
    assert [probe.stop(one) for one in started] == [0, 0, 0, 0]


def test_a_missing_database_is_named(probe: Probe):
    environment = {**os.environ, **probe.environment, "GUITU_SERVICE": "nobody"}
    probe.authority.issue("service", "nobody")
    run = subprocess.run(
        [sys.executable, str(PROGRAM)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.startswith("GUITU_POSTGRES: database nobody cannot be opened")
    assert run.stderr.count("\n") == 1


def test_outside_the_sandbox_an_unsigned_rule_set_is_refused(probe: Probe):
    home = Path(probe.environment["GUITU_HOME"])
    (folder(home) / "rules.release").write_text(signed(load_law().digest, AUTHOR), encoding="utf-8")
    (folder(home) / "law.vkeys").write_text(f"{AUTHOR.vkey}\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(PROGRAM)],
        env={**os.environ, **probe.environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.startswith("GUITU_HOME: an author and another person as checker must sign")
