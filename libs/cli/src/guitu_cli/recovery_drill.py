"""`guitu recovery-drill`: a county is played, rebuilt while it is read, backed up, lost, and restored; says what it proved."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
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

from guitu_cli import checking, demo, restoring, running
from guitu_cli.client import OPERATOR, Client
from guitu_cli.output import DONE, FAILED
from guitu_cli.texts import say

_PAGE = 1000
_REST_S = 120.0


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


def recovery_drill(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="Seed of the county.")] = 1,
    people: Annotated[int, typer.Option(help="Invented people.")] = 30,
    days: Annotated[int, typer.Option(help="Days of the county.")] = 40,
) -> None:
    """Exit 0 when every list was made anew unseen, and what was restored is what was lost, log by log and list by list."""
    console = Console(width=min(Console().width, 110))
    made = running.system(default_home() / "drill")
    context.with_resource(runfiles.owned(made.home))
    made.down()
    made.wipe()
    faults: list[str] = []
    try:
        running.bring_up(made)
        arguments = ["--seed", str(seed), "--people", str(people), "--days", str(days), "--only", "county"]
        played = demo.play(made, arguments, quiet=True)
        faults += [] if played.code == DONE else [say("核对有不一致", "the played history differs")]
        faults += _rebuilt(console, made)
        with tempfile.TemporaryDirectory(prefix="guitu-drill-") as folder:
            faults += _restored(console, made, Path(folder))
        running.bring_up(made)
        faults += _goes_on(console, made)
    finally:
        made.down()
    for fault in faults:
        console.print(f"[bold red]✗[/] {fault}")
    raise typer.Exit(FAILED if faults else DONE)


def _rebuilt(console: Console, made: System) -> list[str]:
    reader = Reader(made)
    thread = threading.Thread(target=reader.run, daemon=True)
    thread.start()
    faults: list[str] = []
    tables = rows = 0
    try:
        for service in running.services():
            for projection in checking.projections(service):
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
    console.print(
        say(
            f"重建:{tables} 个表和期限表、{rows} 行,与现用的逐行相同;其间读取 {reader.reads} 次,"
            f"每次都是 {sorted(reader.answers)} 件案件,最慢 {reader.slowest_ms:.0f} 毫秒",
            f"rebuilt: {tables} tables and clocks, {rows} rows, equal row by row; read {reader.reads} times meanwhile, "
            f"each time {sorted(reader.answers)} cases, slowest {reader.slowest_ms:.0f} ms",
        )
    )
    return faults


def _restored(console: Console, made: System, folder: Path) -> list[str]:
    before = {name: checking.check_log(made, name) for name in running.services()}
    made.down()
    backups.backup(made, folder / "events", folder / "keys")
    faults = _refused_beside_newer_topics(console, made, folder)
    events = backups.restore(made, folder / "events", folder / "keys", wipe=True)
    try:
        found = restoring.checked(made, events, restoring.forget_again(made))
    finally:
        made.down()
    for row in found:
        was = before[str(row["service"])]
        if row["fault"]:
            faults.append(f"{row['service']}: {row['fault']}")
        if (row["events"], row["root"]) != (was["events"], was["root"]):
            faults.append(f"{row['service']}: root {row['root']} of {row['events']}, was {was['root']}")
    total = sum(log.events for log in events.logs.values())
    console.print(
        say(
            f"恢复到新的服务器:{len(found)} 个日志、{total} 个事件,位置、根值与签名的检查点不变",
            f"restored into new servers: {len(found)} logs, {total} events; positions, roots and signed checkpoints as before",
        )
    )
    return faults


def _refused_beside_newer_topics(console: Console, made: System, folder: Path) -> list[str]:
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
        console.print(say(f"拒绝:{error}", f"refused: {error}"))
        return [] if "know more" in str(error) else [str(error)]
    finally:
        made.down()
        manifest.write_text(true, "utf-8")
        shutil.rmtree(aside)
    return ["an old dump was restored beside topics that know more"]


def _goes_on(console: Console, made: System) -> list[str]:
    """The restored system comes to rest with nothing set aside, and goes on from where it was."""
    until, pause = time.monotonic() + _REST_S, threading.Event()
    with contextlib.closing(Client(OPERATOR, home=made.home, topology=made.topology)) as client:
        while waiting := [name for name in running.services() if not _at_rest(client, name)]:
            if time.monotonic() > until:
                return [f"{name}: something is behind, open or parked" for name in waiting]
            pause.wait(0.5)
    console.print(say("重新启动:没有挂起,没有落后", "started again: nothing parked, nothing behind"))
    return []


def _at_rest(client: Client, name: str) -> bool:
    found = client.call_service(name, store_pb2.GetPositionsRequest(), store_pb2.GetPositionsResponse)
    behind = any(reader.seq < found.log_end for reader in found.readers)
    return not (behind or found.stored != found.log_end or found.open_commands or found.parked)
