"""`python -m sandbox play`: plays the scenarios on a running system, checks and reports. Exit 0, or 1 when anything differs."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from eventcore.decider import SHANGHAI
from lawkit import load_law
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from servicekit.settings import load_or_exit

from sandbox import report
from sandbox.agencies.post import keys_of
from sandbox.client import Principals
from sandbox.clock import Clock, ClockError
from sandbox.county.make import FIRST_DAY, county
from sandbox.digest import digest_of, history
from sandbox.idle import Reading
from sandbox.player import Played, Player
from sandbox.scenario import Scenario, instant, official
from sandbox.stores import Stores
from sandbox.summary import Exchanges, Summary, summarise
from sandbox.timing import Timing
from sandbox.wiring import DATABASE, Installation

_CHECKPOINTS = "select coalesce(max(size), 0) from es.checkpoint"
_MOST = (
    "select coalesce(max(n), 0) from (select count(*) as n from effect group by agency, message) per_message"
)
Progressed = Callable[[datetime, int, int], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What a play came to."""

    played: Played
    summary: Summary
    digest: str
    reading: Reading
    seconds: float
    timing: Timing
    bundle_cases: Sequence[Mapping[str, str]]
    waits: Counter[str]

    @property
    def good(self) -> bool:
        """True when every expectation was met and every equality holds."""
        return not self.played.failures and all(c.holds for c in self.summary.checks)

    def as_json(self) -> str:
        """The result for programs."""
        found = {
            "ok": self.good,
            "digest": self.digest,
            "bundle_cases": self.bundle_cases,
            "seconds": round(self.seconds, 1),
            "acts": self.played.acts,
            "instants": self.played.instants,
            "events": self.reading.events,
            "failures": [str(f) for f in self.played.failures],
            "summary": self.summary.numbers,
            "checks": {c.name: c.holds for c in self.summary.checks},
            "set_aside": self.reading.set_aside,
            "timing": self.timing.lines(),
            "waits": dict(self.waits.most_common(20)),
        }
        return json.dumps(found, ensure_ascii=False, indent=2)


def run(argv: Sequence[str]) -> int:
    """Plays as the arguments say; the exit code: 0 as expected, 1 not, 2 cannot be played."""
    parser = argparse.ArgumentParser(prog="python -m sandbox play", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--only", choices=("official", "county"))
    parser.add_argument(
        "--json", action="store_true", help="the result as one JSON document on standard output"
    )
    parser.add_argument("--report", type=Path, help="file for the same JSON document")
    parser.add_argument(
        "--history", type=Path, help="file for the lines that the digest is of: two runs can be compared"
    )
    args = parser.parse_args(argv)
    scenarios = [] if args.only == "county" else list(official())
    if args.only != "official":
        scenarios.append(county(args.seed, args.people, args.days))
    until = None if args.only == "official" else instant(FIRST_DAY + timedelta(days=args.days))
    console = Console(stderr=args.json, width=report.WIDTH if not sys.stdout.isatty() else None)
    installation = Installation.of(load_or_exit(service=DATABASE))
    try:
        result = asyncio.run(_play(installation, scenarios, until, console, args.history))
    except ClockError as e:
        print(str(e), file=sys.stderr)
        return 2
    if args.json:
        print(result.as_json())
    if args.report is not None:
        args.report.parent.mkdir(parents=True, exist_ok=True)
        args.report.write_text(result.as_json(), encoding="utf-8")
    return 0 if result.good else 1


async def _play(
    installation: Installation,
    scenarios: Sequence[Scenario],
    until: datetime | None,
    console: Console,
    history_file: Path | None,
) -> Result:
    settings = installation.settings
    began = time.monotonic()
    clock = installation.clock()
    stores = Stores({**installation.links(), DATABASE: installation.link(DATABASE)}, settings.installation)
    principals = Principals(settings.home, settings.installation, dict(settings.peers))
    with _progress(console) as progressed, contextlib.closing(clock), contextlib.closing(stores):
        player = Player(
            scenarios,
            installation=settings.installation,
            clock=clock,
            principals=principals,
            stores=stores,
            key_of=keys_of(settings.home),
            progress=progressed,
        )
        try:
            played = await player.play(until=until)
        finally:
            await principals.close()
        seconds = time.monotonic() - began
        return await asyncio.to_thread(
            _report, player, played, clock, stores, scenarios, console, seconds, history_file
        )


def _report(
    player: Player,
    played: Played,
    clock: Clock,
    stores: Stores,
    scenarios: Sequence[Scenario],
    console: Console,
    seconds: float,
    history_file: Path | None,
) -> Result:
    reading = clock.read()
    exchanges = Exchanges.of(stores.all("handoff"))
    _cases(player, stores, scenarios, exchanges, console)
    summary = summarise(
        exchanges,
        list(stores.all("intake")),
        list(stores.all("supervision")),
        sent=played.messages,
        repeated=played.repetitions,
        subjects=sum(1 for s in scenarios for c in s.cases.values() if c.pushed_by[1] != "none"),
        most_effects=int(stores.query(DATABASE, _MOST)[0][0]),
        set_aside=sum(parked + letters for parked, _, letters in reading.set_aside.values()),
    )
    lines = history(stores)
    digest = digest_of(lines)
    if history_file is not None:
        history_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report.show_summary(console, summary)
    report.show_failures(console, played.failures)
    for service, (parked, refusals, letters) in reading.set_aside.items():
        console.print(f"{service}：搁置 {parked}，被拒的内部命令 {refusals}，无法读取 {letters}")
    console.print(
        f"{played.acts:,} 个行为，{played.instants} 个时刻，{reading.events:,} 个事件，{seconds:.1f} 秒；"
        + "；".join(player.timing.lines())
    )
    console.print(f"history digest {digest}")
    bundles = _bundles(player, scenarios)
    return Result(played, summary, digest, reading, seconds, player.timing, bundles, clock.waits)


def _bundles(player: Player, scenarios: Sequence[Scenario]) -> list[Mapping[str, str]]:
    """Every case, the official ones first; `life` names what happens in it."""
    return [
        {
            "title": f"{scenario.title} {subject.title}",
            "life": subject.title.partition(" ")[2] if scenario.name == "county" else subject.title,
            "case_id": str(player.cast.case_id(scenario.name, key)),
        }
        for scenario in scenarios
        for key, subject in scenario.cases.items()
        if subject.pushed_by[1] != "none"
    ]


def _cases(
    player: Player,
    stores: Stores,
    scenarios: Sequence[Scenario],
    exchanges: Exchanges,
    console: Console,
) -> None:
    law_of = load_law()
    notices = exchanges.by_cause()
    proven = {s: int(stores.query(s, _CHECKPOINTS)[0][0]) for s in ("intake", "supervision")}
    for scenario in scenarios:
        if scenario.name == "county":
            continue
        agencies: Mapping[str, str] = {a.code: a.name_zh for a in scenario.agencies}
        for key in scenario.cases:
            case: UUID = player.cast.case_id(scenario.name, key)
            events = [e for s in ("intake", "supervision") for e in stores.case(s, case)]
            rows = report.timeline(
                events,
                law_of=law_of,
                agencies=agencies,
                notices=notices,
                senders=exchanges.senders,
                proven=proven,
            )
            report.show_case(console, scenario.title, f"{scenario.source}。{scenario.credit}", rows)


@contextlib.contextmanager
def _progress(console: Console) -> Generator[Progressed]:
    """Told of each instant: a bar with the time left on a terminal, a line at every tenth elsewhere."""
    if not console.is_terminal:
        told = 0

        def tenth(at: datetime, done: int, total: int) -> None:
            nonlocal told
            if done * 10 // total > told:
                told = done * 10 // total
                console.print(f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {done:,} / {total:,}")

        yield tenth
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=40),
        TaskProgressColumn(),
        TextColumn("剩余"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("开始", total=None)

        def move(at: datetime, done: int, total: int) -> None:
            day = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
            bar.update(task, description=day, completed=done, total=total)

        yield move
