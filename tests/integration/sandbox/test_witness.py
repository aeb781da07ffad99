"""The witness as a process: C2SP tlog-witness over HTTP, a record that no crash takes back, keys pinned at first sight."""

from __future__ import annotations

import concurrent.futures
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from devstack import ca, process, witnesses
from devstack.process import free_port
from proofs import witness as protocol
from proofs.note import Signer, add_signatures, parse_checkpoint, sign_checkpoint, split_note
from proofs.tree import Tree
from proofs.verify import KIND_COSIGNATURE, VerifierKey, parse_policy, verify_note
from proofs.witness import Submission

from tests.e2e.world import wait

INSTALLATION = "witness-test"
ORIGIN = f"guitu/{INSTALLATION}/intake"
TREE = Tree(number.to_bytes(32, "big") for number in range(200))
FORK = Tree((number + (1 << 99)).to_bytes(32, "big") for number in range(200))


@dataclass
class Running:
    """A witness process of a data folder."""

    home: Path
    port: int = field(default_factory=free_port)
    child: process.Process | None = None

    @property
    def declared(self) -> witnesses.Witness:
        return witnesses.Witness("court", self.port)

    @property
    def key(self) -> VerifierKey:
        public = ca.signing_key(self.home, "witness-court").public_key().public_bytes_raw()
        return VerifierKey(witnesses.key_name(INSTALLATION, self.declared), KIND_COSIGNATURE, public)

    def start(self) -> None:
        assert self.key
        self.child = process.Process(witnesses.spec(self.home, INSTALLATION, self.declared))
        self.child.start()
        self.child.wait_ready(self._answers, 20.0)

    def _answers(self) -> bool:
        try:
            return self.get("/checkpoint?origin=none")[0] == 404
        except OSError:
            return False

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()

    def get(self, path: str) -> tuple[int, str, str]:
        return self.call("GET", path)

    def add(self, submission: Submission) -> tuple[int, str, str]:
        return self.call("POST", protocol.PATH, protocol.request(submission))


def log_signer(home: Path, owner: str = "intake", origin: str = ORIGIN) -> Signer:
    key = ca.signing_key(home, owner)
    return Signer(origin, key.public_key().public_bytes_raw(), key.sign)


def step(home: Path, old: int, size: int, tree: Tree = TREE, *, key: Signer | None = None) -> Submission:
    note = sign_checkpoint(ORIGIN, size, tree.root(size), key or log_signer(home))
    return Submission(old, tuple(tree.consistency(old, size) if old else ()), note)


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "logs.vkeys").write_text(f"# logs\n{log_signer(tmp_path).vkey}\n", encoding="utf-8")
    made.start()
    yield made
    if made.child is not None:
        made.child.stop()


def raw(port: int, data: bytes) -> bytes:
    """What the witness answers to these bytes, up to its end."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as held:
        held.sendall(data)
        found = b""
        while part := held.recv(4096):
            found += part
        return found


@pytest.mark.parametrize(
    ("length", "status"),
    [
        ("²".encode("latin-1"), b"400 "),
        (b"1" * 5000, b"413 "),
        (b"-1", b"400 "),
        (b"1, 1", b"400 "),
        (b"", b"400 "),
        (b"2\r\nContent-Length: 3", b"400 "),
        (b"2\r\nTransfer-Encoding: chunked", b"400 "),
    ],
)
def test_any_length_is_answered(court: Running, length: bytes, status: bytes) -> None:
    head = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: " + length + b"\r\n\r\n"
    assert raw(court.port, head).startswith(b"HTTP/1.1 " + status)


def test_any_address_is_answered(court: Running) -> None:
    for path in (b"//[x", b"/checkpoint?origin=%00", b"/add-checkpoint", b"*"):
        request = b"GET " + path + b" HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n"
        assert raw(court.port, request).startswith(b"HTTP/1.1 404 ")


def test_a_get_has_one_answer_and_other_methods_are_told_which_there_are(court: Running) -> None:
    inner = b"GET /checkpoint?origin=none HTTP/1.1\r\nHost: w\r\n\r\n"
    answer = raw(court.port, inner[:-2] + b"Content-Length: %d\r\n\r\n" % len(inner) + inner)
    assert (answer[:13], answer.count(b"HTTP/1.1 ")) == (b"HTTP/1.1 404 ", 1)
    assert court.call("HEAD", "/checkpoint?origin=none") == (404, "text/plain; charset=utf-8", "")
    for path, allowed in ((b"/checkpoint", b"GET, HEAD"), (b"/add-checkpoint", b"POST")):
        answer = raw(court.port, b"DELETE " + path + b" HTTP/1.1\r\nHost: w\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 405 ")
        assert b"\r\nAllow: " + allowed + b"\r\n" in answer


def test_two_texts_over_one_root_are_evidence(court: Running) -> None:
    notes = [
        sign_checkpoint(
            ORIGIN, 10, TREE.root(10), log_signer(court.home), extensions=[f"stream-heads {number}"]
        )
        for number in range(2)
    ]
    status, _, line = court.add(Submission(0, (), notes[0]))
    assert status == 200
    evidence = court.home / "witness" / "court" / "evidence"
    assert court.add(Submission(0, (), notes[0]))[0] == 409  # the same text, late: nothing is wrong
    assert not evidence.exists()
    assert court.add(Submission(10, (), notes[1])) == (409, "text/x.tlog.size", "10\n")
    kept = {path.read_text(encoding="utf-8") for path in evidence.iterdir()}
    assert kept == {notes[0] + line, notes[1]}


def test_idle_connections_keep_nobody_out(court: Running) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            held = stack.enter_context(socket.create_connection(("127.0.0.1", court.port), timeout=10))
            held.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 10\r\n\r\n")
        assert court.add(step(court.home, 0, 10))[0] == 200
        assert court.get("/checkpoint?origin=none")[0] == 404


def test_the_call_is_by_the_letter_of_the_specification(court: Running) -> None:
    home = court.home
    good = step(home, 0, 10)
    status, kind, line = court.add(good)
    assert (status, kind) == (200, "text/plain; charset=utf-8")
    assert line.startswith("— guitu/witness-test/witness/court ")
    signed = verify_note(add_signatures(good.note, [line], [court.key]), [court.key])
    assert signed[0].time
    assert court.add(good) == (409, "text/x.tlog.size", "10\n")
    assert court.add(Submission(10, (), good.note))[0] == 200  # the same again: a fresh time
    assert court.add(step(home, 10, 70))[0] == 200
    assert court.add(step(home, 70, 200, FORK))[0] == 422
    assert court.add(Submission(70, (), step(home, 0, 70, FORK).note)) == (409, "text/x.tlog.size", "70\n")
    assert court.add(step(home, 70, 200, key=log_signer(home, "forger")))[0] == 403
    assert court.call("POST", protocol.PATH, b"old 1")[0] == 400
    assert court.call("POST", protocol.PATH, b"x" * (protocol.MAX_BODY + 1))[0] == 413
    assert court.call("POST", "/add-checkpoints", b"")[0] == 404
    assert court.call("POST", protocol.PATH, None, **{"Transfer-Encoding": "chunked"})[0] in (400, 411)
    other = sign_checkpoint("guitu/x/y", 1, TREE.root(1), log_signer(home, origin="guitu/x/y"))
    assert court.add(Submission(0, (), other))[0] == 404
    assert court.get("/checkpoint?origin=none")[0] == 404
    status, _, last = court.get(f"/checkpoint?origin={quote(ORIGIN)}")
    assert (status, parse_checkpoint(split_note(last)[0]).size) == (200, 70)
    # two histories that the log signed are evidence, beside the one that was cosigned; what anybody may forge is not
    assert len(list((home / "witness" / "court" / "evidence").iterdir())) == 3


def test_the_sm3_log_has_an_origin_of_its_own(court: Running) -> None:
    tree = Tree((number.to_bytes(32, "big") for number in range(20)), hash="sm3")
    key = log_signer(court.home, origin=f"{ORIGIN}/sm3")
    note = sign_checkpoint(key.name, 8, tree.root(8), key)
    assert court.add(Submission(0, (), note))[0] == 200
    grown = sign_checkpoint(key.name, 20, tree.root(20), key)
    assert court.add(Submission(8, tuple(tree.consistency(8, 20)), grown))[0] == 200
    assert court.get(f"/checkpoint?origin={quote(ORIGIN)}")[0] == 404


def test_no_crash_rolls_the_record_back(court: Running) -> None:
    sizes = [10, 30, 90]
    for old, size in zip([0, *sizes], sizes, strict=False):
        assert court.add(step(court.home, old, size))[0] == 200
        assert court.child is not None
        court.child.kill()
        court.start()
        assert court.add(step(court.home, 0, 5)) == (409, "text/x.tlog.size", f"{size}\n")
    record = court.home / "witness" / "court"
    assert court.child is not None
    court.child.stop()
    damaged = record / f"{quote(ORIGIN, safe='')}.note"
    damaged.write_text("", encoding="utf-8")
    argv = witnesses.spec(court.home, INSTALLATION, court.declared).argv
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert "is damaged: restore it" in ended.stderr
    court.child = None


def test_of_two_histories_at_once_one_is_cosigned(court: Running) -> None:
    given = [step(court.home, 0, 20 + number, tree) for number in range(8) for tree in (TREE, FORK)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = [status for status, _, _ in pool.map(court.add, given)]
    assert sorted(answers) == [200] + [409] * 15


def test_a_key_is_pinned_at_first_sight(court: Running) -> None:
    assert court.add(step(court.home, 0, 10))[0] == 200
    forger = log_signer(court.home, "forger")
    listed = court.home / "keys" / "logs.vkeys"
    listed.write_text(f"{forger.vkey}\n", encoding="utf-8")
    os.utime(listed, ns=(1, 1))
    assert court.add(step(court.home, 10, 20, key=forger))[0] == 403
    assert court.child is not None
    court.child.kill()
    court.start()
    assert court.add(step(court.home, 10, 20, key=forger))[0] == 403
    assert court.add(step(court.home, 10, 20))[0] == 200


def test_it_ends_when_asked_and_two_never_share_a_record(court: Running) -> None:
    argv = [*witnesses.spec(court.home, INSTALLATION, court.declared).argv]
    argv[argv.index("--port") + 1] = str(free_port())
    second = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert (second.returncode, "in use by another witness" in second.stderr) == (1, True)
    assert court.child is not None
    assert court.child.pid is not None
    os.kill(court.child.pid, signal.SIGTERM)
    wait(lambda: court.child is not None and not court.child.is_alive(), "the witness ends", 10)


def test_it_loads_no_framework() -> None:
    """Three of them run beside everything else: they stay small."""
    script = "import sys, sandbox.witness; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"grpc", "psycopg", "kafka", "google.protobuf", "pydantic", "rich"} & set(loaded)


def test_the_policy_of_the_sandbox_is_a_c2sp_policy(tmp_path: Path) -> None:
    from devstack import topology

    declared = topology.load(environment={"GUITU_BASE_PORT": "20000"}).witnesses
    (tmp_path / "keys").mkdir()
    path = witnesses.write_policy(tmp_path, INSTALLATION, declared)
    policy = parse_policy(path.read_text(encoding="utf-8"))
    assert [one.name for one in policy.witnesses] == ["procuratorate", "court", "prison"]
    assert policy.witnesses[0].url == "http://127.0.0.1:20004"
    assert policy.rule("en") == "all of (procuratorate, 1 of (court, prison))"
    path.write_text("quorum none\n", encoding="utf-8")  # an operator's own stays
    assert witnesses.write_policy(tmp_path, INSTALLATION, declared).read_text() == "quorum none\n"
