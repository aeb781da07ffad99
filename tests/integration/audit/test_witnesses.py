"""Nothing is called proven before its checkpoint has the quorum, and a release waits for nobody. 社区矫正法 第六十二条; G33."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import psycopg
import pytest
from audit import cosigning
from audit.domain.logs import OWN
from audit.keys import log_keys, write_log_vkeys
from corrections.audit.v1 import service_pb2 as pb
from corrections.handoff.v1 import events_pb2 as handoff
from corrections.intake.v1 import events_pb2 as intake
from corrections.store.v1 import store_pb2, store_pb2_grpc
from devstack import ca, process, witnesses
from devstack.process import free_port
from devstack.system import accepts
from devstack.testing import DatabaseFactory, TopicFactory
from devstack.witnesses import Witness, Witnesses
from eventcore.decider import StreamKey
from proofs.canonical import leaf_pair
from proofs.maps import LogMaps
from proofs.note import Signer, cosignature_line, parse_checkpoint, sign_checkpoint, split_note
from proofs.tree import Frontier
from proofs.verify import Policy, VerifierKey, parse_policy, verify_bundle, verify_file, verify_note
from proofs.witness import SIZE, Submission, parse_request, request
from servicekit import signing
from servicekit.peers import AsyncPeers, Peers
from servicekit.testing import INSTALLATION
from servicekit.tile_files import publish
from servicekit.witnesses import WitnessClient, machine_seconds

from tests.integration.audit.test_audit import EXCHANGE, refusal
from tests.integration.audit.world import PURPOSE, World, case, open_world, settings_of

CASE = case("witnessed")
NAMES = ("procuratorate", "court", "prison")
Answer = tuple[int, str, bytes]


@dataclass
class Court:
    """The witnesses of one test: processes, or scripts in their place."""

    home: Path
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in NAMES})
    running: dict[str, process.Process] = field(default_factory=dict[str, process.Process])

    def __post_init__(self) -> None:
        groups = ("group others any court prison", "group two all procuratorate others")
        declared = Witnesses(tuple(Witness(n, p) for n, p in self.ports.items()), groups, "two")
        witnesses.write_policy(self.home, INSTALLATION, declared)
        write_log_vkeys(self.home, INSTALLATION, ["intake", "handoff", OWN])

    @property
    def policy(self) -> Policy:
        return parse_policy((self.home / "keys" / "trust.policy").read_text(encoding="utf-8"))

    def start(self, *names: str) -> None:
        for name in names:
            made = process.Process(witnesses.spec(self.home, INSTALLATION, Witness(name, self.ports[name])))
            made.start()
            self.running[name] = made
        for name in names:
            self.running[name].wait_ready(lambda port=self.ports[name]: _listens(port), 20.0)

    def stop(self, *names: str) -> None:
        for name in names or tuple(self.running):
            self.running.pop(name).stop()

    def key(self, name: str) -> Signer:
        key = ca.signing_key(self.home, f"witness-{name}")
        public = key.public_key().public_bytes_raw()
        return Signer(f"guitu/{INSTALLATION}/witness/{name}", public, key.sign)

    @contextmanager
    def scripted(self, name: str, answer: Callable[[bytes], Answer]) -> Generator[list[bytes]]:
        """In the place of a witness something that answers as told; what it was asked."""
        asked: list[bytes] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked.append(body)
                status, kind, data = answer(body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """Who asked has gone."""

        server = Quiet(("127.0.0.1", self.ports[name]), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield asked
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _listens(port: int) -> bool:
    return accepts("", port)


@pytest.fixture
async def world(
    database_factory: DatabaseFactory, topic: TopicFactory, tmp_path: Path
) -> AsyncIterator[World]:
    async with open_world(("intake", "handoff", OWN), database_factory, topic, tmp_path) as made:
        yield made


@pytest.fixture
def court(world: World) -> Iterator[Court]:
    made = Court(world.home)
    yield made
    made.stop()


async def opened(world: World) -> None:
    """A judgment opened the case."""
    sent = await world.logs["handoff"].write(
        StreamKey("exchange", str(EXCHANGE)), EXCHANGE, handoff.MessageAccepted(defendant_numbers=[1])
    )
    made = intake.CaseOpened(exchange_id=str(EXCHANGE), county="330203")
    await world.logs["intake"].write(StreamKey("case", str(CASE)), CASE, made, cause=sent)
    await world.settle()


async def ends(world: World) -> None:
    """The term ended."""
    over = intake.Released(end_date="2026-03-01")
    await world.logs["intake"].write(StreamKey("case", str(CASE)), CASE, over)
    await world.settle()


async def cosign(world: World, log: str = "intake") -> pb.CosignLogResponse:
    return await world.stub("operator", "wang").CosignLog(pb.CosignLogRequest(log=log), timeout=20)


async def states(world: World, log: str = "intake") -> dict[str, pb.WitnessState]:
    found = await world.stub("operator", "wang").ListWitnesses(pb.ListWitnessesRequest(), timeout=10)
    return {one.witness: one for one in found.witnesses if one.log == log and one.tree == "sha256"}


async def checkpoint(world: World, *, cosigned: bool, tree: str = "sha256") -> str:
    request = store_pb2.GetCheckpointRequest(cosigned=cosigned, tree=tree)
    async with intake_store(world) as store:
        return (await store.GetCheckpoint(request, timeout=10)).note


@asynccontextmanager
async def intake_store(world: World) -> AsyncGenerator[Any]:
    """Intake's StoreService as audit sees it."""
    peers = AsyncPeers(
        settings_of(world.authority, OWN, {"intake": f"127.0.0.1:{world.logs['intake'].port}"})
    )
    try:
        yield store_pb2_grpc.StoreServiceStub(peers.channel("intake"))
    finally:
        await peers.close()


async def proof(world: World, **fields: str) -> str:
    request = pb.ExportProofRequest(case_id=str(CASE), **fields)
    return (await world.clerk.ExportProof(request, metadata=PURPOSE, timeout=20)).proof


async def shown(world: World) -> dict[str, str]:
    """State of proof of each step, by the last word of its type."""
    return {step.type.rsplit(".", 1)[-1]: step.proof for step in await world.trail(CASE)}


async def test_a_checkpoint_gets_its_quorum_and_everything_below_is_proven(
    world: World, court: Court, tmp_path: Path
) -> None:
    court.start(*NAMES)
    await opened(world)
    assert await shown(world) == {"CaseOpened": "STORED", "MessageAccepted": "STORED"}
    await world.verify("intake", "seen")
    await world.settle()
    assert (await shown(world))["CaseOpened"] == "LOGGED"
    sizes = await cosign(world)
    assert (sizes.sha256, sizes.sm3) == (1, 1)
    assert await shown(world) == {"CaseOpened": "PROVEN", "MessageAccepted": "STORED"}
    for tree in ("sha256", "sm3"):
        note = await checkpoint(world, cosigned=True, tree=tree)
        signed = verify_note(note, court.policy.keys)
        assert court.policy.cosigners(signed) == NAMES
        assert all(abs(one.time - machine_seconds()) < 60 for one in signed if one.time)
    assert {name: (one.state, one.size) for name, one in (await states(world)).items()} == dict.fromkeys(
        NAMES, ("OK", 1)
    )
    # who has signed is not asked again
    assert (await cosign(world)).sha256 == 1
    # the bundle asks for what it lacks by itself
    report = verify_bundle(await world.export(CASE), (), policy=court.policy, case_id=CASE)
    assert (report.state, report.findings) == ("PROVEN", ())
    assert {log.service: log.size for log in report.logs} == {"handoff": 1, "intake": 1, OWN: 1}
    # what is published is the note with its cosignatures
    listed = (await world.clerk.ListLogs(pb.ListLogsRequest(), timeout=10)).logs
    assert {log.log: log.cosigned for log in listed if log.cosigned} == {"intake": 1, "handoff": 1, OWN: 1}


async def test_a_witness_that_died_is_shown_though_its_log_does_not_grow(
    world: World, court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    court.start(*NAMES)
    await opened(world)
    assert (await cosign(world)).sha256 == 1
    before = await checkpoint(world, cosigned=True)
    court.stop("court")
    await cosign(world)
    assert (await states(world))["court"].state == "OK"  # heard of a moment ago
    monkeypatch.setattr(cosigning, "QUIET_S", 0.0)
    await cosign(world)
    found = await states(world)
    assert {name: one.state for name, one in found.items()} == {**dict.fromkeys(NAMES, "OK"), "court": "AWAY"}
    assert await checkpoint(world, cosigned=True) == before
    monkeypatch.undo()
    court.start("court")
    until = time.monotonic() + 20
    while (await states(world))["court"].state != "OK":
        assert time.monotonic() < until
        await cosign(world)
        await asyncio.sleep(0.2)
    # what it cosigned first stands, and no second line beside it
    assert await checkpoint(world, cosigned=True) == before


async def test_proof_waits_for_quorum_release_does_not(world: World, court: Court) -> None:
    """The witnesses are away when the term ends: the release is in force, its proof is not made; then it is."""
    court.start(*NAMES)
    await opened(world)
    await cosign(world)
    await cosign(world, "handoff")
    before = await checkpoint(world, cosigned=True)
    court.stop("procuratorate")  # the two others alone are no quorum
    await ends(world)
    await world.verify("intake", "released")
    await world.settle()
    assert (await cosign(world)).sha256 == 1
    assert await shown(world) == {"CaseOpened": "PROVEN", "Released": "LOGGED", "MessageAccepted": "PROVEN"}
    assert (await states(world))["procuratorate"].state == "AWAY"
    assert await checkpoint(world, cosigned=True) == before
    partly = verify_note(await checkpoint(world, cosigned=False), court.policy.keys)
    assert court.policy.cosigners(partly) == ("court", "prison")
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await proof(world)
    assert refused.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert refusal(refused.value).reason == "WITNESS_PENDING"
    report = verify_bundle(await world.export(CASE), (), policy=court.policy)
    assert (report.state, report.proven, report.findings) == ("WITNESS_PENDING", False, ())
    assert {log.service for log in report.logs if not log.witnessed} == {"intake", OWN}
    # what was proven before stays provable
    early = next(step.event_id for step in await world.trail(CASE) if step.type.endswith("CaseOpened"))
    assert verify_file((await proof(world, event_id=early)).encode(), (), policy=court.policy).proven

    court.start("procuratorate")
    until = time.monotonic() + 20
    while (await cosign(world)).sha256 < 2:  # it is left alone for a moment after each failure
        assert time.monotonic() < until
        await asyncio.sleep(0.2)
    assert (await shown(world))["Released"] == "PROVEN"
    report = verify_bundle(await world.export(CASE), (), policy=court.policy)
    assert report.state == "PROVEN"
    for tree in ("sha256", "sm3"):
        text = await proof(world, tree=tree)
        one = verify_file(
            text.encode(), court.policy.keys if tree == "sha256" else _sm3(court), policy=court.policy
        )
        assert one.proven, one.text("en")
    assert (await states(world))["procuratorate"].state == "OK"


def _sm3(court: Court) -> list[VerifierKey]:
    return [VerifierKey(f"{key.name}/sm3", key.kind, key.public_key) for key in court.policy.logs]


def _slow(_: bytes) -> Answer:
    threading.Event().wait(6)
    return 200, "text/plain", b""


def lies(court: Court, state: str) -> Callable[[bytes], Answer]:
    """How a faulty court answers."""

    def another_root(body: bytes) -> Answer:
        lines = parse_request(body).note.split("\n")
        lines[2] = "A" * 43 + "="
        return (
            200,
            "text/plain",
            cosignature_line("\n".join(lines), court.key("court"), machine_seconds()).encode(),
        )

    def another_time(body: bytes) -> Answer:
        note = parse_request(body).note
        return (
            200,
            "text/plain",
            cosignature_line(note, court.key("court"), machine_seconds() - 4000).encode(),
        )

    def fork(body: bytes) -> Answer:
        size = parse_checkpoint(split_note(parse_request(body).note)[0]).size
        return 409, SIZE, f"{size}\n".encode()

    answers: dict[str, Callable[[bytes], Answer]] = {
        "FALSE_SIGNATURE": another_root,
        "WRONG_TIME": another_time,
        "DISAGREES": fork,
        "AHEAD": lambda _: (409, SIZE, b"900\n"),
        "RUBBISH": lambda _: (200, "text/plain", b"x" * 10_000_000),
        "UNKNOWN_LOG": lambda _: (404, "text/plain", b""),
        "AWAY": lambda _: (503, "text/plain", b"overloaded"),
        "SLOW": _slow,
    }
    return answers[state]


@pytest.mark.parametrize(
    "state", ["FALSE_SIGNATURE", "WRONG_TIME", "DISAGREES", "AHEAD", "RUBBISH", "UNKNOWN_LOG", "AWAY", "SLOW"]
)
async def test_a_faulty_witness_is_shown_and_the_others_are_enough(
    world: World, court: Court, state: str
) -> None:
    court.start("procuratorate", "prison")
    with court.scripted("court", lies(court, state)) as asked:
        await opened(world)
        started = time.monotonic()
        assert (await cosign(world)).sha256 == 1
        assert time.monotonic() - started < 5
        until = time.monotonic() + 10
        # nobody asks once more: also what comes when the quorum waits no longer is told
        while (await states(world)).get("court", pb.WitnessState()).state in ("", "NEW"):
            assert time.monotonic() < until
            await asyncio.sleep(0.1)
        found = (await states(world))["court"]
        assert (found.state, found.size, found.failures > 0) == (state, 0, True)
        assert found.detail
        calls = len(asked)
        await cosign(world)
        assert len(asked) <= calls + 2  # it is left alone for a while
    signed = verify_note(await checkpoint(world, cosigned=True), court.policy.keys)
    assert court.policy.cosigners(signed) == ("procuratorate", "prison")
    assert verify_bundle(await world.export(CASE), (), policy=court.policy).proven


async def test_a_rebuilt_history_gets_no_cosignature(world: World, court: Court) -> None:
    """A superuser edits the database and makes the log anew: the witnesses have seen another one."""
    court.start(*NAMES)
    await opened(world)
    await ends(world)
    assert (await cosign(world)).sha256 == 2
    log = world.logs["intake"]
    log.tamper(
        "update es.event set data = %s where type = 'corrections.intake.v1.Released'",
        intake.Released(end_date="2026-02-01").SerializeToString(),
    )
    rebuild(log.owner)
    await asyncio.to_thread(log.publish)
    assert parse_checkpoint(split_note(await checkpoint(world, cosigned=False))[0]).size == 2
    await cosign(world)
    # audit's own tree is of what was published; it submits nothing else
    assert (await world.verify("intake", "rebuilt")).state.mismatches == 1
    # nor would a witness sign it
    answer = await submit(world, court, await checkpoint(world, cosigned=False), old=2)
    assert answer == (409, SIZE)
    with pytest.raises(grpc.aio.AioRpcError):
        await checkpoint(world, cosigned=True)


@pytest.mark.parametrize("tree", ["sha256", "sm3"])
async def test_a_checkpoint_that_is_not_of_the_log_is_not_submitted_and_audit_looks_at_the_log(
    world: World, court: Court, tree: str
) -> None:
    """The log's own key signs false maps beside the true root; or a false root of the SM3 tree."""
    with court.scripted("court", lies(court, "AWAY")) as asked:
        await opened(world)
        await world.verify("intake", "seen")
        signer = signing.log_signer(world.home, installation=INSTALLATION, service="intake")
        if tree == "sm3":
            note = sign_checkpoint(
                f"{signer.name}/sm3", 1, bytes(32), replace(signer, name=f"{signer.name}/sm3")
            )
        else:
            true = parse_checkpoint(split_note(await checkpoint(world, cosigned=False))[0])
            note = sign_checkpoint(signer.name, 1, true.root, signer, extensions=LogMaps().lines())
        with world.logs["intake"].owner() as connection:
            connection.execute("update es.checkpoint set note = %s where tree = %s", [note, tree])
        for _ in range(2):
            await cosign(world)
        assert not any(note.split("\n\n")[0].encode() in body for body in asked)
        assert world.rows("select log, seq from doubt") == [("intake", None)]
        found = (await world.verify("intake", "looked at", tail_only=True)).state.found
        assert [one.finding for one in found] == ["ROOT_DIFFERS" if tree == "sm3" else "HEADS_DIFFER"]


def rebuild(owner: Callable[[], psycopg.Connection[Any]]) -> None:
    """Leaves, trees and checkpoints follow from the edited events."""
    connection = owner()
    with connection, connection.transaction():
        for table in ("es.event", "es.log"):
            connection.execute(f"alter table {table} disable trigger history".encode())
        rows = connection.execute(
            "select l.seq, e.stream_id, e.version, e.meta, e.data from es.log l join es.event e using (stream_id, version)"
            " order by l.seq"
        ).fetchall()
        sha256, sm3 = Frontier(), Frontier(hash="sm3")
        for seq, stream, version, meta, data in rows:
            one, two = leaf_pair(meta, data)
            sha256.extend([one])
            sm3.extend([two])
            for table, where in (("es.event", "stream_id = %s and version = %s"), ("es.log", "seq = %s")):
                values = (stream, version) if table == "es.event" else (seq,)
                connection.execute(
                    f"update {table} set leaf_sha256 = %s, leaf_sm3 = %s where {where}".encode(),
                    (one, two, *values),
                )
        connection.execute(
            "update es.sequencer set frontier_sha256 = %s, frontier_sm3 = %s", (sha256.hashes, sm3.hashes)
        )
        connection.execute("delete from es.checkpoint")
        for table in ("es.event", "es.log"):
            connection.execute(f"alter table {table} enable always trigger history".encode())


async def submit(world: World, court: Court, note: str, *, old: int) -> tuple[int, str]:
    client = WitnessClient(f"http://127.0.0.1:{court.ports['court']}")
    status, kind, _ = await client.ask(request(Submission(old, (), note)), deadline_s=5)
    client.close()
    return status, kind


async def test_cosignatures_that_do_not_hold_never_reach_a_checkpoint(world: World, court: Court) -> None:
    court.start(*NAMES)
    await opened(world)
    note = await checkpoint(world, cosigned=False)

    async def add(text: str) -> bool:
        async with intake_store(world) as store:
            request = store_pb2.AddCosignaturesRequest(note=text)
            return (await store.AddCosignatures(request, timeout=10)).cosigned

    forged = Signer(court.key("court").name, court.key("court").public_key, court.key("prison").sign)
    for bad in (
        note + cosignature_line(note, forged, machine_seconds()),
        note.replace("\n1\n", "\n2\n"),
        "rubbish",
    ):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await add(bad)
        assert refused.value.code() in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND)
    stranger = cosignature_line(note, Signer("x/y", forged.public_key, forged.sign), machine_seconds())
    assert not await add(note + stranger)
    assert await checkpoint(world, cosigned=False) == note


async def test_what_is_published_has_the_quorum(world: World, court: Court, tmp_path: Path) -> None:
    """The folder that outside tools read holds the note with its cosignatures, and never one without the quorum."""
    await opened(world)
    port = world.logs["intake"].port
    peers = Peers(settings_of(world.authority, OWN, {"intake": f"127.0.0.1:{port}"}))
    keys = log_keys(world.home, INSTALLATION, ["intake"])["intake"]

    async def published() -> set[str]:
        made = await asyncio.to_thread(publish, tmp_path / "out", peers.store("intake"), keys, cosigned=True)
        return {str(tree) for tree in made.checkpoints}

    assert await published() == set()
    court.start(*NAMES)
    await cosign(world)
    assert await published() == {"sha256", "sm3"}
    note = (tmp_path / "out" / "checkpoint").read_text(encoding="utf-8")
    assert court.policy.met(verify_note(note, court.policy.keys))
    peers.close()
