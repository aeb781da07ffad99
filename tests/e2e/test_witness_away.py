"""G33 in a whole system: a release takes effect on its day whatever the witnesses do, and is called proven only afterwards.

The witnesses are the real processes, frozen, killed, with a record of another history, or with somebody in their place who
has the key and lies; the term ends by the clock. When they are back nobody does anything: the proof comes by itself. Each
kind of lie: tests/integration/audit/test_witnesses.py.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from audit.domain.logs import LOGS
from corrections.audit.v1 import service_pb2 as audit
from devstack import ca, runfiles
from devstack.witnesses import key_name
from guitu_cli.client import OPERATOR
from guitu_cli.main import app
from proofs import witness as protocol
from proofs.note import Signer, cosignature_line
from sandbox.witness import Record, Trust, Witness, server
from servicekit.witnesses import machine_seconds

from tests.commands import CliRunner
from tests.e2e.world import World, judgment, wait

COURT = "away-court"
DONE, FAILED, USAGE, REFUSED = range(4)
PROC = "witness-procuratorate"
# a round of the witnesses each 30 s, and after failures a rest of as long
BY_ITSELF_S = 200.0
ONE = timedelta(days=1)
Guitu = Callable[..., Any]


@pytest.fixture(scope="module")
def guitu(world: World) -> Guitu:
    """Runs a command; its document with --json, else what it printed in Chinese, on both ways out."""

    def run(*arguments: str | Path, code: int | None = DONE) -> Any:
        environment = {**world.environment, "GUITU_LANG": "zh"}
        ended = CliRunner().invoke(app, [str(one) for one in arguments], env=environment)
        assert code in (None, ended.exit_code), (arguments, ended.stdout, ended.stderr)
        return json.loads(ended.stdout) if "--json" in arguments else ended.stdout + ended.stderr

    run("agency", "new", COURT, "--name", "己法院", "--json")
    return run


def opened(world: World, number: int, last_day: date) -> str:
    """A case whose year of probation ends on that day."""
    effective = (last_day + ONE).replace(year=last_day.year - 1)
    decided = (effective - timedelta(days=15)).isoformat()
    body = judgment(COURT, number, effective_date=effective.isoformat())
    body.decision_date = decided
    world.submit(COURT, body)
    world.settled()
    return world.case_id(COURT, f"{COURT}/{number}")


def proofs_of(guitu: Guitu, case: str) -> dict[str, str]:
    """State of proof of each step, by the last word of its type."""
    steps = guitu("case", "trail", case, "--json")["steps"]
    return {one["type"].rpartition(".")[2]: one["proof"] for one in steps}


def read_by_audit(world: World) -> None:
    """Audit has verified intake's log: nothing but cosignatures is missing. Its own watch does so each 30 s."""
    request = audit.VerifyLogRequest(request_id=f"away/{machine_seconds()}", log="intake", tail_only=True)
    world.by(OPERATOR).call(request, audit.VerifyLogResponse)
    world.settled()


def states_of(guitu: Guitu, witness: str, code: int) -> set[str]:
    """How the witness stands to intake's two trees."""
    found = guitu("witness", "list", "--json", code=code)["witnesses"]
    return {one["state"] for one in found if one["witness"] == witness and one["log"] == "intake"}


def all_well(guitu: Guitu) -> bool:
    """Every witness has cosigned each log, and the command says so with its exit code."""
    asked = ("witness", "list", "--json")
    states = {one["state"] for one in guitu(*asked, code=None)["witnesses"]}
    return states == {"OK"} and bool(guitu(*asked, code=DONE))


def by_itself(true: Callable[[], bool], what: str) -> None:
    """It comes true within some rounds of the witnesses; looked at now and then, for every look is a recorded read."""
    until, pause = time.monotonic() + BY_ITSELF_S, threading.Event()
    while not true():
        assert time.monotonic() < until, f"{what} within {BY_ITSELF_S} s"
        pause.wait(1.0)


def ends_on(world: World, guitu: Guitu, case: str, last_day: date) -> None:
    """The clock passes the last day of the term: the release is in force with its end, in the list and in the case."""
    guitu("clock", "set", f"{last_day + ONE}T09:00")
    world.settled()
    shown = guitu("case", "show", case, "--json")
    assert shown["case"]["state"] == "RELEASED"
    [released] = [one for one in shown["trail"] if one["type"].endswith(".Released")]
    assert released["occurredAt"] == f"{last_day}T16:00:00Z"  # 24:00 in Asia/Shanghai
    assert [one["state"] for one in guitu("case", "list", "--json") if one["case"] == case] == ["RELEASED"]


def is_pending(world: World, guitu: Guitu, case: str, last_day: date, folder: Path) -> None:
    """Everybody who asks is told that the release holds and that its proof waits for witnesses; nothing says proven."""
    in_force = f"自 {last_day + ONE} 起生效；存证：待见证"
    assert in_force in guitu("case", "show", case)
    read_by_audit(world)
    assert in_force in guitu("case", "show", case)
    assert proofs_of(guitu, case)["Released"] == "LOGGED"
    [drawn] = [line for line in guitu("case", "trail", case).splitlines() if "解除" in line and "◐" in line]
    assert "●" not in drawn
    assert "WITNESS_PENDING" in guitu("proof", case, code=REFUSED)
    bundle = folder / f"{case}.json"
    guitu("export", case, "--output", bundle)
    assert guitu("verify", bundle, "--json", code=REFUSED)["state"] == "WITNESS_PENDING"
    told = guitu("verify", bundle, code=REFUSED)
    assert "待见证" in told


def is_proven(guitu: Guitu, case: str, folder: Path) -> None:
    """The release alone, and the case whole."""
    assert "起生效；存证：已证明" in guitu("case", "show", case)
    proof, bundle = folder / f"{case}.tlog-proof", folder / f"{case}.proven.json"
    guitu("proof", case, "--output", proof)
    guitu("export", case, "--output", bundle)
    for file in (proof, bundle):
        assert guitu("verify", file, "--json")["state"] == "PROVEN"


def harm(world: World, name: str, number: signal.Signals) -> None:
    """The process of that name gets the signal."""
    os.kill(runfiles.recorded(world.system.home)[name].pid, number)


def test_a_release_holds_from_its_day_and_is_proven_by_itself_when_the_witness_is_back(
    world: World, guitu: Guitu, tmp_path: Path
) -> None:
    today = date.fromisoformat(guitu("clock", "show", "--json")["now"][:10])
    days = [today + ONE, today + 2 * ONE]
    first, second = (opened(world, number, day) for number, day in enumerate(days, 1))
    by_itself(lambda: proofs_of(guitu, second)["CaseOpened"] == "PROVEN", "all well before")
    harm(world, PROC, signal.SIGSTOP)  # its port still takes calls: nobody answers them
    try:
        ends_on(world, guitu, first, days[0])
        is_pending(world, guitu, first, days[0], tmp_path)
        assert "SLOW" in states_of(guitu, "procuratorate", FAILED)
        assert "SLOW 应答太慢" in guitu("witness", "list", code=FAILED)
        harm(world, PROC, signal.SIGKILL)
        ends_on(world, guitu, second, days[1])
        is_pending(world, guitu, second, days[1], tmp_path)
        by_itself(lambda: "AWAY" in states_of(guitu, "procuratorate", FAILED), "nobody answers")
        assert "AWAY 无应答" in guitu("witness", "list", code=FAILED)
        # what was proven before stays so, and the others cosign all the same
        assert proofs_of(guitu, second)["CaseOpened"] == "PROVEN"
        assert states_of(guitu, "court", FAILED) == {"OK"}
    finally:
        _stopped(world, "procuratorate", signal.SIGKILL)
        world.system.start_service(PROC)
    by_itself(
        lambda: {proofs_of(guitu, case)["Released"] for case in (first, second)} == {"PROVEN"},
        "proven without anybody asking",
    )
    for case in (first, second):
        is_proven(guitu, case, tmp_path)
    by_itself(lambda: all_well(guitu), "it is back")


def test_a_witness_of_another_history_and_one_that_lies_are_named_prove_nothing_and_stop_nobody(
    world: World, guitu: Guitu, tmp_path: Path
) -> None:
    last_day = date.fromisoformat(guitu("clock", "show", "--json")["now"][:10]) + ONE
    case = opened(world, 3, last_day)
    by_itself(lambda: asked(world, guitu, case, "CaseOpened") == "PROVEN", "all well before")
    with another_history(world, "court"):
        with liar(world, "procuratorate"):
            ends_on(world, guitu, case, last_day)
            is_pending(world, guitu, case, last_day, tmp_path)
            # a round over both trees changes nothing of it: the prison alone is no quorum
            assert asked(world, guitu, case, "Released") == "LOGGED"
            told = guitu("witness", "list", code=FAILED)
            assert "DISAGREES 见过另一段历史" in told
            assert "FALSE_SIGNATURE 签名不真" in told
            assert "已证明，其余待见证" in told
            assert states_of(guitu, "court", FAILED) == {"DISAGREES"}
            assert states_of(guitu, "procuratorate", FAILED) == {"FALSE_SIGNATURE"}
            assert states_of(guitu, "prison", FAILED) == {"OK"}
            assert proofs_of(guitu, case)["CaseOpened"] == "PROVEN"
        # the true procuratorate and the prison are enough, whatever the court says
        by_itself(lambda: asked(world, guitu, case, "Released") == "PROVEN", "proven by the two")
        is_proven(guitu, case, tmp_path)
        assert states_of(guitu, "court", FAILED) == {"DISAGREES"}
        evidence = world.system.home / "witness" / "court" / "evidence"
        assert any(evidence.iterdir())  # what the log signed, to be compared
    by_itself(lambda: asked(world, guitu, case, "Released") == "PROVEN" and all_well(guitu), "it is forgiven")


def asked(world: World, guitu: Guitu, case: str, step: str) -> str:
    """State of proof of the step, after a round of the witnesses over every log; audit's own come each 30 s."""
    for log in LOGS:
        world.by(OPERATOR).call(audit.CosignLogRequest(log=log), audit.CosignLogResponse)
    return proofs_of(guitu, case)[step]


@contextmanager
def another_history(world: World, name: str) -> Generator[None]:
    """Inside the block the witness has a record of other roots of intake's log; then its own again."""
    folder = world.system.home / "witness" / name
    _stopped(world, name)
    true = {path: path.read_text("utf-8") for path in folder.glob("*intake*.note")}
    assert len(true) == 2  # SHA-256 and SM3
    for path, note in true.items():
        path.write_text(_of_another_root(note), "utf-8")
    world.system.start_service(f"witness-{name}")
    try:
        yield
    finally:
        _stopped(world, name)
        for path, note in true.items():
            path.write_text(note, "utf-8")
        world.system.start_service(f"witness-{name}")


class Liar(Witness):
    """Signs with the witness's key what it was not asked for, about intake's log."""

    def __init__(self, signer: Signer, record: Record, trust: Trust) -> None:
        super().__init__(signer, record, trust)
        self._key = signer

    def add_checkpoint(self, body: bytes) -> str:
        note = protocol.parse_request(body).note
        if "/intake" not in note.partition("\n")[0]:
            return super().add_checkpoint(body)
        return cosignature_line(_of_another_root(note), self._key, machine_seconds())


@contextmanager
def liar(world: World, name: str) -> Generator[None]:
    """Inside the block somebody with the witness's key and record answers on its port; then itself again.

    Connections that the liar has taken stay open, as behind an address that moved: nobody may be asked over them again.
    """
    topology = world.system.topology
    [declared] = [one for one in topology.witnesses.all if one.name == name]
    key = ca.signing_key(world.system.home, declared.process)
    signer = Signer(key_name(topology.installation, declared), key.public_key().public_bytes_raw(), key.sign)
    _stopped(world, name)
    record = Record(world.system.home / "witness" / name)
    trust = Trust(world.system.home / "keys" / "logs.vkeys", record)
    serving = server("127.0.0.1", declared.port, Liar(signer, record, trust))
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        serving.shutdown()
        serving.server_close()
        thread.join()
        record.close()
        world.system.start_service(declared.process)


def _of_another_root(note: str) -> str:
    lines = note.split("\n")
    lines[2] = "A" * 43 + "="
    return "\n".join(lines)


def _stopped(world: World, name: str, number: signal.Signals = signal.SIGTERM) -> None:
    process = runfiles.recorded(world.system.home)[f"witness-{name}"]
    if runfiles.is_alive(process):
        os.kill(process.pid, number)
    wait(lambda: not runfiles.is_alive(process), "the witness has ended")
