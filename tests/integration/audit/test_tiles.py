"""The logs as third parties fetch and check them: tiles over HTTP, exported folders, consistency. G32, G35."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path

import grpc
import pytest
from audit.domain.logs import OWN
from audit.keys import log_keys, log_vkeys, sm2_vkeys
from audit.processes.publish import Publish
from audit.tiles import WITHHELD, TileFolder, TileServer
from corrections.audit.v1 import service_pb2 as pb
from corrections.education.v1 import events_pb2 as education
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore import checkpoint
from eventcore.checkpoint import sm3_name
from eventcore.decider import StreamKey
from proofs.canonical import canonical
from proofs.note import (
    Checkpoint,
    VerifierKey,
    add_signatures,
    cosignature_line,
    split_note,
    verify_note,
)
from proofs.tiles import check_tiles
from proofs.tree import HashName
from servicekit.peers import Peers
from servicekit.testing import INSTALLATION
from servicekit.tile_files import LogKeys, NotProven, OtherHistory, publish

from tests.integration.audit import outsider
from tests.integration.audit.world import Log, World, case, open_log, open_world

LOG = "education"


@dataclass(frozen=True)
class Alone:
    """One log, its keys' folder, and audit's channels to it."""

    log: Log
    peers: Peers
    home: Path


@pytest.fixture
async def alone(database_factory: DatabaseFactory, tmp_path: Path) -> AsyncIterator[Alone]:
    async with open_log(LOG, database_factory, tmp_path) as (log, peers):
        yield Alone(log, peers, tmp_path)


@pytest.fixture
async def world(
    database_factory: DatabaseFactory, topic: TopicFactory, tmp_path: Path
) -> AsyncIterator[World]:
    async with open_world((LOG, OWN), database_factory, topic, tmp_path) as made:
        yield made


async def grows(log: Log, events: int) -> None:
    """So many events are in the log and under a signed checkpoint."""
    opened = education.EducationOpened(county="330203", end_date="2027-03-01")
    await asyncio.gather(
        *(
            log.write(StreamKey("case", str(case_id)), case_id, opened)
            for case_id in (case(f"{log.written + n}") for n in range(events))
        )
    )
    await asyncio.to_thread(log.publish)


def key_of(alone: Alone) -> VerifierKey:
    [key] = log_vkeys(alone.home, INSTALLATION, [LOG])
    return key


def keys_of(alone: Alone) -> dict[str, LogKeys]:
    return log_keys(alone.home, INSTALLATION, [LOG])


async def export(alone: Alone, folder: Path) -> dict[str, Checkpoint]:
    made = await asyncio.to_thread(publish, folder, alone.peers.store(LOG), keys_of(alone)[LOG])
    return {str(tree): checkpoint for tree, checkpoint in made.checkpoints.items()}


def publication(alone: Alone, folder: Path) -> Publish:
    """What audit runs: publishes when it is asked for a checkpoint."""

    def serve(refresh: object) -> TileServer:
        return TileServer("127.0.0.1", 0, TileFolder(folder, [LOG], publishing.refresh))

    publishing = Publish(
        folder, alone.peers.store, lambda: keys_of(alone), serve, interval_s=600, fresh_s=0.0
    )
    return publishing


@pytest.mark.parametrize("size", [1, 256, 300])
async def test_exported_events_verify_from_tiles(alone: Alone, tmp_path: Path, size: int) -> None:
    await grows(alone.log, size)
    made = await export(alone, tmp_path / "out")
    folders: dict[HashName, Path] = {"sha256": tmp_path / "out", "sm3": tmp_path / "out" / "sm3"}
    for tree, folder in folders.items():
        assert made[tree].size == size

        def read(path: str, of: Path = folder) -> bytes:
            return (of / path).read_bytes()

        check_tiles(read, size, made[tree].root, hash=tree)
        files = {str(f.relative_to(folder)) for f in (folder / "tile").rglob("*") if f.is_file()}
        assert ("tile/0/000" in files) == ("tile/1/000.p/1" in files) == (size >= 256)
        assert ("tile/0/000.p/1" in files) == (size == 1)
        assert ("tile/0/001.p/44" in files) == (size == 300)
        assert not list(folder.glob(".new*"))


async def test_an_outsider_fetches_both_logs_and_agrees(alone: Alone, tmp_path: Path) -> None:
    await grows(alone.log, 300)
    publishing = publication(alone, tmp_path / "tiles")
    with closing(publishing):
        server = await asyncio.to_thread(served, publishing)
        url, key = f"http://127.0.0.1:{server.port}/{LOG}", key_of(alone)
        first = await asyncio.to_thread(outsider.verified, url, str(key))
        sm3_key = VerifierKey(sm3_name(key.name), key.kind, key.public_key)
        sm3 = await asyncio.to_thread(outsider.verified, f"{url}/sm3", str(sm3_key), hash="sm3")
        assert (first.size, sm3.size) == (300, 300)
        # both maps of ADR 0029 and 0032 recomputed; the SM3 log commits none
        assert (first.committed, sm3.committed) == ({"stream-heads", "subject-streams"}, frozenset())
        assert first.entries == sm3.entries == stored(alone.log)
        vkeys = [await fetched(f"{url}{log}/log.vkey") for log in ("", "/sm3")]
        assert vkeys == [f"{key}\n".encode(), f"{sm3_key}\n".encode()]
        [sm2] = sm2_vkeys(alone.home, INSTALLATION, [LOG])
        for log, pinned in (("", sm2), ("/sm3", replace(sm2, name=sm3_name(sm2.name)))):
            assert await fetched(f"{url}{log}/sm2.vkey") == f"{pinned}\n".encode()
            note = (await fetched(f"{url}{log}/checkpoint")).decode()
            assert [one.key for one in verify_note(note, [pinned])] == [pinned]
            assert len(split_note(note)[1]) == 2

        await grows(alone.log, 250)
        second = await asyncio.to_thread(outsider.verified, url, str(key))
        assert (second.size, second.leaves[:300]) == (550, first.leaves)
        # partial tiles of a size that had a checkpoint stay, though the full tile is there
        assert await fetched(f"{url}/tile/0/001.p/44") == b"".join(first.leaves[256:])
        assert len(await fetched(f"{url}/tile/entries/001.p/7")) < len(
            await fetched(f"{url}/tile/entries/001")
        )


async def test_the_go_projects_own_packages_agree(alone: Alone, tmp_path: Path) -> None:
    program = await asyncio.to_thread(built, tmp_path / "sumdb")
    await grows(alone.log, 300)
    publishing = publication(alone, tmp_path / "tiles")
    with closing(publishing):
        server = await asyncio.to_thread(served, publishing)
        url, key = f"http://127.0.0.1:{server.port}/{LOG}", key_of(alone)
        first = (await export(alone, tmp_path / "first"))["sha256"]
        earlier = ["300", base64.b64encode(first.root).decode()]
        assert await asyncio.to_thread(ran, program, url, str(key)) == f"ok {' '.join(earlier)}\n"
        await grows(alone.log, 250)
        assert (await asyncio.to_thread(ran, program, url, str(key), *earlier)).startswith("ok 550 ")
        forked = ["300", base64.b64encode(bytes(32)).decode()]
        assert "invalid transparency proof" in await asyncio.to_thread(ran, program, url, str(key), *forked)
        # theirs knows SHA-256 only: the SM3 log is refused for its hashes, after its note was opened
        sm3_key = VerifierKey(sm3_name(key.name), key.kind, key.public_key)
        assert "inconsistent" in await asyncio.to_thread(ran, program, f"{url}/sm3", str(sm3_key))


async def test_the_go_projects_own_packages_skip_lines_of_witnesses_and_sm2(
    alone: Alone, tmp_path: Path
) -> None:
    program = await asyncio.to_thread(built, tmp_path / "sumdb")
    await grows(alone.log, 300)
    await export(alone, tmp_path / LOG)
    file, key = tmp_path / LOG / "checkpoint", key_of(alone)
    note = file.read_text(encoding="utf-8")
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    witness = checkpoint.signer("guitu/guitu-test/witness/court", private)
    cosigned = add_signatures(note, [cosignature_line(note, witness, 1_700_000_000)], [witness.witness_vkey])
    assert len(split_note(cosigned)[1]) == 3
    served = TileServer("127.0.0.1", 0, TileFolder(tmp_path, [LOG], lambda _: None))
    with closing(served):
        url = f"http://127.0.0.1:{served.port}/{LOG}"
        for kept in (note, cosigned):
            file.write_text(kept, encoding="utf-8")
            assert (await asyncio.to_thread(ran, program, url, str(key))).startswith("ok 300 ")
            found = await asyncio.to_thread(outsider.verified, url, str(key))
            assert found.size == 300
        file.write_text(cosigned.replace("\n300\n", "\n299\n"), encoding="utf-8")
        assert "invalid signature" in await asyncio.to_thread(ran, program, url, str(key))


def built(program: Path) -> Path:
    """The verifier of `sumdb/`; the test is skipped where Go or its module proxy is out of reach."""
    go, source = shutil.which("go"), Path(__file__).parent / "sumdb"
    if go is None:
        pytest.skip("there is no `go` on the path")
    ready = subprocess.run([go, "mod", "download"], cwd=source, capture_output=True, timeout=60, check=False)
    if ready.returncode:
        pytest.skip(f"Go modules are out of reach: {ready.stderr.decode().strip()[-200:]}")
    subprocess.run([go, "build", "-o", str(program), "."], cwd=source, check=True, timeout=600)
    return program


def ran(program: Path, *arguments: str) -> str:
    """What the verifier says: its line, or why it refuses."""
    done = subprocess.run([str(program), *arguments], capture_output=True, timeout=120, check=False)
    return (done.stderr if done.returncode else done.stdout).decode()


def served(publishing: Publish) -> TileServer:
    publishing.turn()
    assert publishing.server is not None
    return publishing.server


def stored(log: Log) -> list[bytes]:
    with log.owner() as connection:
        rows = connection.execute(
            "select e.meta, e.data from es.log l join es.event e using (stream_id, version) order by l.seq"
        )
        return [canonical(meta, data) for meta, data in rows]


async def fetched(url: str) -> bytes:
    with await asyncio.to_thread(urllib.request.urlopen, url, timeout=10) as answer:
        return answer.read()


async def test_tiles_may_be_kept_for_ever_and_checkpoints_not(alone: Alone, tmp_path: Path) -> None:
    await grows(alone.log, 3)
    publishing = publication(alone, tmp_path / "tiles")
    with closing(publishing):
        port = (await asyncio.to_thread(served, publishing)).port

        def headers(path: str, method: str = "GET", **sent: str) -> dict[str, str]:
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method, headers=sent)
            with urllib.request.urlopen(request, timeout=10) as answer:
                return {name.lower(): value for name, value in answer.headers.items()}

        def missing(path: str) -> bool:
            try:
                headers(path)
            except urllib.error.HTTPError as error:
                with closing(error):
                    return error.code == 404 and error.headers["Cache-Control"] == "no-store"
            return False

        def look() -> None:
            checkpoint = headers(f"/{LOG}/checkpoint")
            assert checkpoint["content-type"] == "text/plain; charset=utf-8"
            assert checkpoint["cache-control"] == "public, max-age=2"
            for path in ("tile/0/000.p/3", "tile/0/000.p/1", "tile/entries/000.p/3", "sm3/tile/0/000.p/3"):
                tile = headers(f"/{LOG}/{path}", "HEAD")
                assert tile["content-type"] == "application/octet-stream"
                assert tile["cache-control"] == "public, max-age=31536000, immutable"
            packed = {"Accept-Encoding": "gzip"}
            assert headers(f"/{LOG}/tile/entries/000.p/3", **packed)["content-encoding"] == "gzip"
            for path in (
                "",
                "tile/0/000",
                "tile/0/000.p/4",
                "tile/1/000.p/1",
                "tile/0/001.p/1",
                "tile/entries/000",
                "tile/0/000.p/03",
                "tile/0/../checkpoint",
                "sm3",
                "sm3/sm3/checkpoint",
                ".new.1/checkpoint",
            ):
                assert missing(f"/{LOG}/{path}"), path
            assert missing("/audit/checkpoint")
            assert missing(f"/../{LOG}/checkpoint")

        await asyncio.to_thread(look)


async def test_a_folder_of_another_history_is_refused_and_stays_as_it_was(
    alone: Alone, tmp_path: Path
) -> None:
    await grows(alone.log, 5)
    folder = tmp_path / "out"
    await export(alone, folder)
    before = {f: f.read_bytes() for f in folder.rglob("*") if f.is_file()}
    await grows(alone.log, 5)
    log = alone.log
    log.tamper("update es.event set data = data || '\\x00' where data <> '' and version = 1")
    with pytest.raises(OtherHistory, match="from its 5 entries on"):
        await export(alone, folder)
    assert {f: f.read_bytes() for f in folder.rglob("*") if f.is_file()} == before
    with pytest.raises(NotProven, match="root of 10 entries"):
        await export(alone, tmp_path / "new")
    assert not (tmp_path / "new" / "checkpoint").exists()


async def test_a_log_that_shrank_or_forked_is_refused(alone: Alone, tmp_path: Path) -> None:
    await grows(alone.log, 5)
    await export(alone, tmp_path / "out")
    log = alone.log
    with log.owner() as connection:
        connection.execute("delete from es.checkpoint")
    assert await export(alone, tmp_path / "out") == {}
    await grows(alone.log, 1)
    await export(alone, tmp_path / "out")
    tile = tmp_path / "out" / "tile" / "0" / "000.p" / "6"
    tile.write_bytes(bytes(len(tile.read_bytes())))
    with pytest.raises(OtherHistory, match="do not give the root of its checkpoint"):
        await export(alone, tmp_path / "out")
    checkpoint = tmp_path / "out" / "checkpoint"
    checkpoint.write_text(checkpoint.read_text().replace(f"/{LOG}", "/elsewhere"))
    with pytest.raises(OtherHistory, match="no signature of a known key"):
        await export(alone, tmp_path / "out")


@pytest.mark.parametrize("tree", ["sha256", "sm3"])
async def test_any_two_sizes_of_a_log_are_proven_consistent(world: World, tree: str) -> None:
    await grows(world.logs[LOG], 20)
    await world.settle()

    def h(data: bytes) -> bytes:
        return hashlib.new(tree, data).digest()

    leaves = [h(b"\x00" + entry) for entry in stored(world.logs[LOG])]
    for size1, size2 in ((1, 20), (7, 8), (8, 20), (13, 0), (20, 20)):
        request = pb.GetConsistencyRequest(log=LOG, size1=size1, size2=size2, tree=tree)
        answer = await world.clerk.GetConsistency(request, timeout=10)
        end = size2 or 20
        assert answer.size2 == end
        assert (answer.root1, answer.root2) == (
            outsider.mth(h, leaves[:size1]),
            outsider.mth(h, leaves[:end]),
        )
        assert outsider.consistent(h, size1, end, answer.root1, answer.root2, list(answer.proof))
        assert not outsider.consistent(h, size1, end, bytes(32), answer.root2, list(answer.proof))
    for size1, size2 in ((0, 20), (1, 21), (21, 20), (20, 3)):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await world.clerk.GetConsistency(
                pb.GetConsistencyRequest(log=LOG, size1=size1, size2=size2, tree=tree), timeout=10
            )
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_an_installation_may_withhold_the_entries_and_nothing_else(
    alone: Alone, tmp_path: Path
) -> None:
    await grows(alone.log, 300)
    await export(alone, tmp_path / LOG)
    folder = TileFolder(tmp_path, [LOG], lambda _: None, entries=False)
    server = TileServer("127.0.0.1", 0, folder)

    def status(path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
        with closing(connection):
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")

    try:
        for tree in ("", "sm3/"):
            for entries in ("tile/entries/000", "tile/entries/001.p/44", "tile/entries/999"):
                assert await asyncio.to_thread(status, f"/{LOG}/{tree}{entries}") == (403, WITHHELD)
            for path in ("checkpoint", "tile/0/000", "tile/0/001.p/44"):
                assert (await asyncio.to_thread(status, f"/{LOG}/{tree}{path}"))[0] == 200
    finally:
        server.close()
    assert (tmp_path / LOG / "tile" / "entries" / "000").is_file()  # the operator's export has them


@pytest.fixture
def served_folder(tmp_path: Path) -> Iterator[int]:
    """Port of a server of one log of files that are never published anew."""
    folder = tmp_path / LOG
    folder.mkdir()
    (folder / "log.vkey").write_text("key\n", encoding="utf-8")
    (folder / "checkpoint").write_text(
        f"guitu/x/{LOG}\n1\n{base64.b64encode(bytes(32)).decode()}\n\n— x {base64.b64encode(bytes(68)).decode()}\n",
        encoding="utf-8",
    )
    (folder / "tile" / "entries" / "000.p").mkdir(parents=True)
    (folder / "tile" / "entries" / "000.p" / "1").write_bytes(b"\x00\x05entry")
    with closing(TileServer("127.0.0.1", 0, TileFolder(tmp_path, [LOG], lambda _: None))) as server:
        yield server.port


def asked(
    port: int, path: str, method: str = "GET", source: str = "127.0.0.1", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    with closing(
        http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(source, 0))
    ) as link:
        link.request(method, f"/{LOG}/{path}", headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = link.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


@pytest.mark.parametrize("server", ["http://log.example", "HTTP://log.example:80"])
def test_the_server_may_be_named_in_the_path(served_folder: int, server: str) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", served_folder, timeout=10)) as link:
        for path, status in ((f"/{LOG}/checkpoint?x", 200), (f"/{LOG}/nothing", 404), ("", 404), ("?x", 404)):
            link.request("GET", f"{server}{path}")
            answer = link.getresponse()
            answer.read()
            assert answer.status == status, path


def test_the_body_of_a_get_is_no_request(served_folder: int) -> None:
    head = f"GET /{LOG}/checkpoint HTTP/1.1\r\nHost: x\r\n".encode()
    tag = asked(served_folder, "checkpoint")[1]["etag"]
    for more, status in (("", b"200"), (f"If-None-Match: {tag}\r\n", b"304")):
        inner = head + b"\r\n"
        length = f"Content-Length: {len(inner)}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", served_folder), timeout=10) as held:
            held.sendall(head + more.encode() + length + inner)
            with held.makefile("rb") as answers:
                answer = answers.read()
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert answer.count(b"HTTP/1.1 ") == 1


def test_a_full_tile_has_no_width_in_its_path(tmp_path: Path) -> None:
    (tmp_path / LOG / "tile" / "0").mkdir(parents=True)
    tile = bytes(range(256)) * 32
    (tmp_path / LOG / "tile" / "0" / "000").write_bytes(tile)
    root = base64.b64encode(bytes(32)).decode()
    (tmp_path / LOG / "checkpoint").write_text(
        f"guitu/x/{LOG}\n256\n{root}\n\n— x {root}\n", encoding="utf-8"
    )
    with closing(TileServer("127.0.0.1", 0, TileFolder(tmp_path, [LOG], lambda _: None))) as server:
        status, headers, body = asked(server.port, "tile/0/000")
        assert (status, headers["content-length"], body) == (200, "8192", tile)
        assert headers["content-type"] == "application/octet-stream"
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        again = asked(server.port, "tile/0/000", "HEAD", If_None_Match=headers["etag"])
        assert (again[0], again[2]) == (304, b"")
        assert (
            asked(server.port, "tile/0/000.p/255")[2] == tile[: 255 * 32]
        )  # its beginning may still be asked for
        assert asked(server.port, "tile/0/000.p/256")[0] == 404
        assert asked(server.port, "tile/0/001")[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_told_which_there_are(served_folder: int, method: str) -> None:
    status, headers, _ = asked(served_folder, "checkpoint", method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_what_is_known_is_not_sent_again(served_folder: int) -> None:
    for path, packed in (("checkpoint", ""), ("tile/entries/000.p/1", "gzip"), ("tile/entries/000.p/1", "")):
        status, headers, body = asked(served_folder, path, Accept_Encoding=packed)
        assert (status, bool(body)) == (200, True)
        again = asked(
            served_folder, path, Accept_Encoding=packed, If_None_Match=f'"other", {headers["etag"]}'
        )
        assert (again[0], again[1]["etag"], again[2]) == (304, headers["etag"], b"")
        assert asked(served_folder, path, Accept_Encoding=packed, If_None_Match='"other"')[0] == 200


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("gzip;q=0", False), ("gzip; q=0.000, *", False), ("br, *;q=0.5", True), ("br", False)],
)
def test_gzip_is_sent_to_whoever_takes_it(served_folder: int, accepted: str, packed: bool) -> None:
    headers = asked(served_folder, "tile/entries/000.p/1", Accept_Encoding=accepted)[1]
    assert ("content-encoding" in headers) == packed


def test_idle_and_deaf_connections_of_one_address_do_not_shut_the_server(served_folder: int) -> None:
    with ExitStack() as stack:
        for number in range(100):
            held = stack.enter_context(socket.create_connection(("127.0.0.1", served_folder), timeout=10))
            held.sendall(b"" if number % 2 else b"GET /education/checkpoint HTTP/1.1\r\n")
        assert asked(served_folder, "checkpoint", source="127.0.0.2")[0] == 200
        assert asked(served_folder, "checkpoint")[0] == 200
