"""`guitu demo`: the main job. Official cases and a synthetic county are played, then everything is verified.

The demo has a data folder of its own, `<home>/demo`, and begins with empty servers: nothing of `guitu up` is touched,
and one seed gives one history.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from corrections.audit.v1 import service_pb2 as audit
from devstack import runfiles
from devstack.errors import StackError
from devstack.home import default_home
from devstack.system import System
from proofs.bundle import verify_bundle
from proofs.note import VerifierKey
from proofs.verify import Finding, Policy, joined_trust
from rich.console import Console

from guitu_cli import checking, running
from guitu_cli.client import Client
from guitu_cli.output import DONE, FAILED, Row, fail
from guitu_cli.texts import say

_PURPOSE = "guitu/demo"
_PLAY_LIMIT_S = 1800
# named on the screen: the official cases, which come first, and some kinds of life in the county
_NAMED = 10
_VERIFY_LIMIT = timedelta(minutes=5)
_READ_LIMIT_S = 10.0
_LOGS = 2
_EXPORTS = 3


@dataclass(frozen=True)
class Played:
    """What the player came to: its exit code and its machine-readable report."""

    code: int
    digest: str
    report: dict[str, Any]


def demo(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="One seed gives one history.")] = 1,
    people: Annotated[int, typer.Option(help="Invented people in the county.")] = 200,
    days: Annotated[int, typer.Option(help="Days of the county.")] = 90,
    keep: Annotated[bool, typer.Option(help="Leave the system running at the end.")] = False,
) -> None:
    """The whole story, from judgments to verified releases. Exit 0 when every check holds."""
    started = time.monotonic()
    console = Console(width=min(Console().width, 110))
    made = running.system(default_home() / "demo")
    context.with_resource(runfiles.owned(made.home))
    made.down()
    made.wipe()
    _check_ports()
    try:
        with console.status(
            say("正在启动 Kafka、PostgreSQL 和八个服务 …", "Starting Kafka, PostgreSQL, eight services …")
        ):
            running.bring_up(made)
        console.print(say(f"系统就绪，{_since(started)}", f"System ready, {_since(started)}"))
        played = play(made, ["--seed", str(seed), "--people", str(people), "--days", str(days)])
        faults = (
            []
            if played.code == DONE
            else [say("演示核对有不一致，见上", "the played history differs, see above")]
        )
        faults += verification(console, made, played.report.get("bundle_cases", []))
    finally:
        if not keep:
            made.down()
    console.rule()
    console.print(f"history digest {played.digest}")
    console.print(say(f"总用时 {_since(started)}", f"total {_since(started)}"))
    for fault in faults:
        console.print(f"[bold red]✗[/] {fault}")
    if not faults:
        console.print(say("✓ 全部核对一致，全部日志可验证", "✓ every check holds, every log verifies"))
    if keep:
        reach = f"GUITU_HOME={os.path.relpath(made.home)} guitu"
        console.print(say(f"系统仍在运行：{reach} status；停止：{reach} down",
                          f"The system runs on: {reach} status; to stop it: {reach} down"), soft_wrap=True)  # fmt: skip
    raise typer.Exit(FAILED if faults else DONE)


def play(made: System, arguments: Sequence[str], *, quiet: bool = False) -> Played:
    """The scenarios are played to their end by the sandbox's player, on the terminal of this command."""
    report = made.home / "run" / "played.json.out"
    report.unlink(missing_ok=True)
    environment = made.environment(made.topology.service("sandbox"))
    command = [sys.executable, "-m", "sandbox", "play", *arguments, "--report", str(report)]
    output = subprocess.DEVNULL if quiet else None
    ended = subprocess.run(
        command, env=os.environ | environment, timeout=_PLAY_LIMIT_S, check=False, stdout=output
    )
    if not report.exists():
        fail(say("演示中断，请看上面的说明", "the player ended without a report, see above"))
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return Played(ended.returncode, str(found.get("digest", "")), found)


def verification(console: Console, made: System, cases: Sequence[dict[str, str]]) -> list[str]:
    """What does not verify: logs against themselves, against audit's word, bundles offline; empty when all does."""
    faults: list[str] = []
    console.rule(say("核验", "Verification"))
    client = Client("operator/guitu", home=made.home)
    try:
        names = running.services()
        with ThreadPoolExecutor(_LOGS) as logs:
            checked = list(logs.map(partial(_checked, client, made), names))
        for name, (found, state) in zip(names, checked, strict=True):
            events = int(found["events"] or 0)
            read_all = state.verified >= events
            good = not found["fault"] and not state.mismatches and read_all
            mark = "[green]✓[/]" if good else "[red]✗[/]"
            console.print(
                f"{mark} {name:<12} {say('事件', 'events')} {found['events']:>6}  "
                f"{say('树根', 'root')} {found['root']}…  {say('审计已核', 'verified to')} {state.verified}"
            )
            if not good:
                named = "; ".join(f"{one.finding} seq {one.seq}" for one in state.found)
                if not read_all:
                    named += say(f"审计只核到 {state.verified}", f"verified to {state.verified} only")
                faults.append(f"{name}: {found['fault'] or named}")
        faults += _bundles(console, client, made.home, cases)
    finally:
        client.close()
    return faults


def _checked(client: Client, made: System, name: str) -> tuple[Row, audit.LogState]:
    """What the store says of itself, and audit of it."""
    found = checking.check_log(made, name)
    return found, _verified(client, name, int(found["events"] or 0))


def _verified(client: Client, log: str, events: int) -> audit.LogState:
    """Audit's word about a log; asked again while it has not read so far, for its own log grows by what it finds."""
    until = time.monotonic() + _READ_LIMIT_S
    while True:
        request = audit.VerifyLogRequest(request_id=str(uuid.uuid1()), log=log)
        state = client.call(request, audit.VerifyLogResponse, timeout=_VERIFY_LIMIT).state
        if state.verified >= events or state.mismatches or time.monotonic() > until:
            return state
        time.sleep(0.2)


def export(client: Client, case_id: str) -> bytes:
    """The proof bundle of a case."""
    request = audit.ExportBundleRequest(case_id=case_id)
    return client.call(request, audit.ExportBundleResponse, purpose=_PURPOSE).bundle


def tampered(bundle: bytes) -> bytes:
    """The bundle with one bit of the last event's content flipped."""
    document = json.loads(bundle)
    stream = max((s for log in document["logs"] for s in log["streams"]), key=lambda s: len(s["events"]))
    event = stream["events"][-1]
    data = bytearray(base64.b64decode(event["data"]))
    data[len(data) // 2] ^= 1
    event["data"] = base64.b64encode(bytes(data)).decode()
    return json.dumps(document, ensure_ascii=False).encode()


def _bundles(console: Console, client: Client, home: Path, cases: Sequence[dict[str, str]]) -> list[str]:
    """Every case is exported and verified offline, and a tampered copy of the first is refused."""
    if not cases:
        return [say("没有可验证的案件", "no case to verify")]
    faults: list[str] = []
    keys, policy = joined_trust(
        [(home / "keys" / name).read_text("utf-8") for name in ("logs.vkeys", "trust.policy")]
    )
    lives: set[str] = set()
    size = 0
    with ThreadPoolExecutor(_EXPORTS) as exports:
        # while one is verified here, audit makes the next ones
        exported = exports.map(partial(export, client), [one["case_id"] for one in cases])
        for one, bundle in zip(cases, exported, strict=True):
            fault = _offline(bundle, keys, policy)
            size += len(bundle)
            if fault:
                faults.append(f"{one['title']}: {fault}")
            if fault or (one["life"] not in lives and len(lives) < _NAMED):
                mark = "[red]✗[/]" if fault else "[green]✓[/]"
                console.print(f"{mark} {say('离线验证', 'offline')} {one['title']}  {len(bundle):,} B")
            lives.add(one["life"])
    console.print(
        f"{'[red]✗[/]' if faults else '[green]✓[/]'} "
        + say(
            f"逐案导出并离线验证 {len(cases) - len(faults)} / {len(cases)} 份，{size:,} 字节",
            f"one bundle a case, verified offline: {len(cases) - len(faults)} of {len(cases)}, {size:,} B",
        )
    )
    refused = verify_bundle(tampered(export(client, cases[0]["case_id"])), keys)
    if refused.proven or not refused.findings:
        faults.append(say("被篡改的副本没有被发现", "a tampered copy was not noticed"))
    else:
        named = _named(refused.findings[0])
        console.print(f"[green]✓[/] {say('被篡改的副本已拒绝：', 'tampered copy refused: ')}{named}")
    return faults


def _offline(bundle: bytes, keys: Sequence[VerifierKey], policy: Policy | None) -> str:
    """What is wrong with the bundle; nothing when every event is proven, with the quorum of the witnesses."""
    report = verify_bundle(bundle, keys, policy=policy)
    return "" if report.proven else report.text("zh")


def _named(finding: Finding) -> str:
    return f"{finding.service} seq {finding.seq}, {finding.type} v{finding.version}: {finding.code}"


def _check_ports() -> None:
    if any(one.alive for one in running.system(default_home()).status()):
        raise StackError(
            "the system runs (`guitu up`) and holds the ports: `guitu down` ends it, or set GUITU_BASE_PORT"
        )


def _since(started: float) -> str:
    return f"{time.monotonic() - started:.1f} s"
