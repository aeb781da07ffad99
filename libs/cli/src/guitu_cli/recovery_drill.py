"""`guitu recovery-drill`: a county is played, rebuilt while it is read, backed up, lost, and restored; says what it proved.

Each part says what is done now, and how long it took; the last page says in one line a part what was proved.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import grpc
import typer
from corrections.intake.v1 import service_pb2 as intake
from corrections.store.v1 import store_pb2
from devstack import backup as backups
from devstack import runfiles
from devstack.errors import StackError
from devstack.home import default_home
from devstack.system import System
from rich.console import Console

from guitu_cli import checking, demo, restoring, running, witnessing
from guitu_cli.client import OPERATOR, Client
from guitu_cli.output import DONE, FAILED, Row
from guitu_cli.texts import say

_PAGE = 1000
_REST_S = 120.0
# A round of the witnesses each 30 s, and the longest rest after failures is as long.
_PROVEN_LIMIT_S = 240.0
_PARTS = 6


@dataclass
class Reader:
    """Reads the list of cases again and again, as an operator does."""

    made: System
    reads: int = 0
    answers: set[int] = field(default_factory=set[int])
    failed: list[str] = field(default_factory=list[str])
    slowest_ms: float = 0.0
    _ending: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until told to end."""
        client = Client(OPERATOR, home=self.made.home, topology=self.made.topology)
        with contextlib.closing(client):
            while not self._ending.is_set():
                began = time.monotonic()
                try:
                    page = client.call(intake.ListCasesRequest(page_size=_PAGE), intake.ListCasesResponse)
                    self.answers.add(len(page.cases))
                except grpc.RpcError as error:
                    self.failed.append(str(error))
                self.reads += 1
                self.slowest_ms = max(self.slowest_ms, (time.monotonic() - began) * 1000)

    def end(self) -> None:
        """No more is read."""
        self._ending.set()


@dataclass
class Drill:
    """What was done so far, what it proved, and what was wrong."""

    console: Console
    made: System
    proved: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    faults: list[str] = field(default_factory=list[str])

    def part(self, zh: str, en: str, do: Callable[[], tuple[str, list[str]]]) -> None:
        """The part is announced and done; what it answers is what was proved, and what was wrong."""
        began = time.monotonic()
        self.console.print(f"[bold]{len(self.proved) + 1}/{_PARTS}[/] {say(zh, en)} …")
        proved, faults = do()
        seconds = time.monotonic() - began
        self.console.print(f"    {_mark(faults)} {proved} ({seconds:.0f} s)")
        self.proved.append((f"{_mark(faults)} {proved}", seconds))
        self.faults += faults

    def last_page(self) -> None:
        """What was proved, in one place, and what was not."""
        self.console.rule(say("演练结果", "What the drill proved"))
        for number, (proved, _) in enumerate(self.proved, 1):
            self.console.print(f"{number}. {proved}")
        for fault in self.faults:
            self.console.print(f"[bold red]✗[/] {fault}")
        self.console.print(f"{sum(seconds for _, seconds in self.proved):.0f} s")
        if not self.faults:
            self.console.print(
                say("✓ 演练通过：没有丢失，没有改变", "✓ passed: nothing was lost, nothing differs")
            )


def recovery_drill(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="Seed of the county.")] = 1,
    people: Annotated[int, typer.Option(help="Invented people.")] = 30,
    days: Annotated[int, typer.Option(help="Days of the county.")] = 40,
) -> None:
    """Exit 0 when every list was made anew unseen, and what was restored is what was lost, log by log and list by list."""
    made = running.system(default_home() / "drill")
    context.with_resource(runfiles.owned(made.home))
    drill = Drill(Console(width=min(Console().width, 110)), made)
    arguments = ["--seed", str(seed), "--people", str(people), "--days", str(days), "--only", "county"]
    try:
        with tempfile.TemporaryDirectory(prefix="guitu-drill-") as folder:
            _run(drill, arguments, Path(folder))
    finally:
        made.down()
    drill.last_page()
    raise typer.Exit(FAILED if drill.faults else DONE)


def _run(drill: Drill, arguments: list[str], folder: Path) -> None:
    made, before = drill.made, dict[str, Row]()
    drill.part(
        "从空的系统开始，演一个小县", "A small county, from empty servers", lambda: _played(made, arguments)
    )
    drill.part(
        "重建每一个清单，同时不停地读", "Every list is made anew while it is read", lambda: _rebuilt(made)
    )
    drill.part("停机备份", "Down, and backed up", lambda: _backed_up(made, folder, before))
    drill.part(
        "旧备份不得放在知道得更多的主题旁边",
        "An older backup beside topics that know more",
        lambda: _refused_beside_newer_topics(made, folder),
    )
    drill.part(
        "丢掉所有服务器，从备份恢复并逐条核对",
        "All servers are lost; restored and checked event by event",
        lambda: _restored(made, folder, before),
    )
    drill.part("重新启动，等一切平息", "Started again, until all is at rest", lambda: _goes_on(made))


def _played(made: System, arguments: list[str]) -> tuple[str, list[str]]:
    made.down()
    made.wipe()
    running.bring_up(made)
    played = demo.play(made, arguments, quiet=True)
    cases = len(played.report.get("bundle_cases", []))
    told = say(
        f"{cases} 件案件，历史摘要 {played.digest[:16]}…",
        f"{cases} cases, history digest {played.digest[:16]}…",
    )
    return told, [] if played.code == DONE else [say("演出的历史与预期不符", "the played history differs")]


def _rebuilt(made: System) -> tuple[str, list[str]]:
    reader = Reader(made)
    thread = threading.Thread(target=reader.run, daemon=True)
    thread.start()
    faults: list[str] = []
    tables = rows = 0
    try:
        for service in running.services():
            for projection in checking.projections(made, service):
                with contextlib.closing(checking.rebuilding(made, service, projection)) as rebuild:
                    for report in rebuild.run(accept=True):
                        tables, rows = tables + 1, rows + report.new_rows
                        if not report.equal:
                            faults.append(f"{service} {projection.name} {report.table}: rebuilt otherwise")
    finally:
        reader.end()
        thread.join()
    if len(reader.answers) != 1 or reader.failed:
        faults.append(f"a reader saw {sorted(reader.answers)} cases and {len(reader.failed)} failures")
    told = say(
        f"{tables} 个表和期限表、{rows} 行，与现用的逐行相同；其间读取 {reader.reads} 次，"
        f"每次都是 {sorted(reader.answers)} 件案件，最慢 {reader.slowest_ms:.0f} 毫秒",
        f"{tables} tables and clocks, {rows} rows, equal row by row; read {reader.reads} times meanwhile, "
        f"each time {sorted(reader.answers)} cases, slowest {reader.slowest_ms:.0f} ms",
    )
    return told, faults


def _backed_up(made: System, folder: Path, before: dict[str, Row]) -> tuple[str, list[str]]:
    """`before` holds afterwards what each log is that the backup was made of."""
    made.down()
    made.up(only=())  # the servers alone: audit still takes over reads when all else has ended
    try:
        before |= {name: checking.check_log(made, name) for name in running.services()}
    finally:
        made.down()
    kept = backups.backup(made, folder / "events", folder / "keys")
    total = sum(kept.logs[name].events for name in before)
    until = backups.Manifest.read(folder / "keys").keys_until
    told = say(
        f"{len(before)} 个日志、{total} 个事件；密钥另存，{until} 后不得再恢复",
        f"{len(before)} logs, {total} events; the keys apart, not to be restored after {until}",
    )
    return told, [f"{name}: {row['fault']}" for name, row in before.items() if row["fault"]]


def _restored(made: System, folder: Path, before: Mapping[str, Row]) -> tuple[str, list[str]]:
    events = backups.restore(made, folder / "events", folder / "keys", wipe=True)
    try:
        found = restoring.checked(made, events, restoring.forget_again(made))
    finally:
        made.down()
    faults: list[str] = []
    for row in found:
        was = before[str(row["service"])]
        if row["fault"]:
            faults.append(f"{row['service']}: {row['fault']}")
        if (row["events"], row["root"]) != (was["events"], was["root"]):
            faults.append(f"{row['service']}: root {row['root']} of {row['events']}, was {was['root']}")
    total = sum(events.logs[name].events for name in before)
    told = say(
        f"{len(found)} 个日志、{total} 个事件：位置、根值、签名的检查点和所有清单不变",
        f"{len(found)} logs, {total} events: positions, roots, signed checkpoints and all lists as before",
    )
    return told, faults


def _refused_beside_newer_topics(made: System, folder: Path) -> tuple[str, list[str]]:
    """A backup that pretends to be older than the topics is refused before anything is written."""
    manifest = folder / "events" / backups.MANIFEST
    true = manifest.read_text("utf-8")
    older = backups.Manifest.read(folder / "events")
    logs = {name: backups.Log(max(0, log.size - 1), log.events) for name, log in older.logs.items()}
    backups.Manifest(older.installation, older.made_at, logs, older.files).write(folder / "events")
    kept = made.home / "pg"
    aside = made.home / "pg-aside"
    shutil.rmtree(aside, ignore_errors=True)  # of a drill that was killed
    kept.rename(aside)  # the database is lost, the topics are not
    try:
        backups.restore(made, folder / "events", folder / "keys")
    except StackError as error:
        told = say(f"已拒绝：{error}", f"refused: {error}")
        return told, [] if "know more" in str(error) else [str(error)]
    finally:
        made.down()
        manifest.write_text(true, "utf-8")
        shutil.rmtree(aside)
    fault = say("旧备份在知道得更多的主题旁边恢复了", "an old dump was restored beside topics that know more")
    return fault, [fault]


def _goes_on(made: System) -> tuple[str, list[str]]:
    """The restored system comes to rest with nothing set aside, and the witnesses go on from what they remember."""
    running.bring_up(made)
    until, pause = time.monotonic() + _REST_S, threading.Event()
    with contextlib.closing(Client(OPERATOR, home=made.home, topology=made.topology)) as client:
        while waiting := [name for name in running.services() if not _at_rest(client, name)]:
            if time.monotonic() > until:
                short = [f"{name}: something is behind, open or parked" for name in waiting]
                return say("没有平息", "it does not come to rest"), short
            pause.wait(0.5)
        faults = witnessing.caught_up(client, made, _PROVEN_LIMIT_S)
    told = say(
        "没有挂起，没有落后；见证人认得恢复的日志，全部已证明",
        "nothing parked, nothing behind; the witnesses know the restored logs, and all is proven",
    )
    return told, faults


def _at_rest(client: Client, name: str) -> bool:
    found = client.call_service(name, store_pb2.GetPositionsRequest(), store_pb2.GetPositionsResponse)
    behind = any(reader.seq < found.log_end for reader in found.readers)
    return not (behind or found.stored != found.log_end or found.open_commands or found.parked)


def _mark(faults: Sequence[str]) -> str:
    return "[red]✗[/]" if faults else "[green]✓[/]"
