"""`guitu drill`: the county of the demo, while processes are killed and deliveries go wrong; the history must not differ.

A seeded chaos thread kills (-9) services, witnesses, the broker and PostgreSQL, freezes processes, and turns relays back
so that events are published again, late and out of order. A supervisor starts again what ended, as a cluster would. At the
end nobody asks the witnesses: all that happened is proven by itself, and they keep one history.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import Annotated

import psycopg
import typer
from corrections.sandbox.v1 import service_pb2 as sandbox
from devstack import databases, runfiles
from devstack.home import default_home
from devstack.system import System, accepts
from rich.console import Console

from guitu_cli import demo, running, witnessing
from guitu_cli.client import Client
from guitu_cli.output import DONE, FAILED
from guitu_cli.texts import say

_SERVERS = ("postgres", "kafka")
_REWIND = "update es.relay set seq = greatest(0, seq - %s)"
_LEAST_KILLS = 20
# A deed falls on a system at work: so long after all of it was back from the one before.
_WORK_S = (1.0, 7.0)
_BACK_LIMIT_S = 30.0
# A second process dies while the first is away.
_TWO_AT_ONCE = 0.2
# A witness may be frozen for longer than audit waits for its answer.
_FROZEN_S, _WITNESS_FROZEN_S = (0.3, 1.5), (0.3, 5.0)
# A round of the witnesses each 30 s, and the longest rest after failures is as long.
_PROVEN_LIMIT_S = 240.0


@dataclass
class Chaos:
    """What the chaos process did so far, and to whom."""

    made: System
    random: random.Random
    kills: list[str] = field(default_factory=list[str])
    frozen: list[str] = field(default_factory=list[str])
    rewound: int = 0
    _ending: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Does harm at seeded moments until told to end."""
        # however short the county, a witness dies and one hangs
        first = [self._kill_witness, self._freeze_witness]
        while not self._ending.wait(self.random.uniform(*_WORK_S)):
            often = self.random.choices((self._kill, self._freeze, self._rewind), weights=(6, 2, 2))[0]
            deed = first.pop() if first else often
            with contextlib.suppress(ProcessLookupError, psycopg.Error):
                deed()
                if self.random.random() < _TWO_AT_ONCE:
                    self._kill()
            _settle(self.made, _BACK_LIMIT_S, self._ending)

    def end(self) -> None:
        """No more harm is done."""
        self._ending.set()

    def _kill(self) -> None:
        often, rarely = [*running.services(), "sandbox"], [*_witnesses(self.made), *_SERVERS]
        weights = [2] * len(often) + [1] * len(rarely)
        self._kill_one(self.random.choices([*often, *rarely], weights=weights)[0])

    def _kill_witness(self) -> None:
        self._kill_one(self.random.choice(_witnesses(self.made)))

    def _kill_one(self, name: str) -> None:
        found = runfiles.recorded(self.made.home).get(name)
        if found is None or not runfiles.is_alive(found):
            return
        os.kill(found.pid, signal.SIGKILL)
        self.kills.append(name)

    def _freeze(self) -> None:
        self._freeze_one(self.random.choice([*running.services(), *_witnesses(self.made)]))

    def _freeze_witness(self) -> None:
        self._freeze_one(self.random.choice(_witnesses(self.made)))

    def _freeze_one(self, name: str) -> None:
        found = runfiles.recorded(self.made.home).get(name)
        if found is None or not runfiles.is_alive(found):
            return
        limits = _WITNESS_FROZEN_S if name in _witnesses(self.made) else _FROZEN_S
        os.kill(found.pid, signal.SIGSTOP)
        self._ending.wait(self.random.uniform(*limits))
        os.kill(found.pid, signal.SIGCONT)
        self.frozen.append(name)

    def _rewind(self) -> None:
        """As if the relay had died before it noted what it had published: its last records come again."""
        service = self.random.choice(running.services())
        self._kill_one(service)
        address = databases.service_address(self.made.home, self.made.servers.address, service)
        with psycopg.connect(address.dsn(service), connect_timeout=3) as connection:
            connection.execute(_REWIND, (self.random.randint(1, 40),))
        self.rewound += 1


def drill(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="Seed of county and chaos.")] = 1,
    people: Annotated[int, typer.Option(help="Invented people.")] = 200,
    days: Annotated[int, typer.Option(help="Days of the county.")] = 90,
    calm: Annotated[str, typer.Option(help="Digest to reach; default: of a calm run before.")] = "",
    kills: Annotated[
        int, typer.Option(min=1, help="Fewer kills than these are a fault; a small county has few.")
    ] = _LEAST_KILLS,
) -> None:
    """Exit 0 when the digest is the same, no receipt is open, no message had two effects, and all verifies and is proven."""
    started = time.monotonic()
    console = Console(width=min(Console().width, 110))
    arguments = ["--seed", str(seed), "--people", str(people), "--days", str(days), "--only", "county"]
    made = running.system(default_home() / "drill")
    context.with_resource(runfiles.owned(made.home))
    want = calm or _calm(console, made, arguments)
    made.down()
    made.wipe()
    faults: list[str] = []
    try:
        running.bring_up(made)
        chaos = Chaos(made, random.Random(f"drill/{seed}"))
        played = _under(chaos, arguments)
        if played.code != DONE:
            faults.append(say("核对有不一致，见上", "the played history differs, see above"))
        if played.digest != want:
            faults.append(f"digest {played.digest}, want {want}")
        if len(chaos.kills) < kills:
            faults.append(f"{len(chaos.kills)} kills, want at least {kills}: play longer")
        faults += _effects(made)
        cases = played.report.get("bundle_cases", [])
        faults += _proven(console, made, [one["case_id"] for one in cases])
        faults += demo.verification(console, made, cases)
    finally:
        made.down()
    console.rule()
    console.print(f"history digest {played.digest} ({say('平静时', 'calm')} {want})")
    console.print(
        f"kill -9: {len(chaos.kills)} {dict(_counted(chaos.kills))}, "
        f"frozen {len(chaos.frozen)} {dict(_counted(chaos.frozen))}, republished {chaos.rewound}"
    )
    console.print(f"{time.monotonic() - started:.0f} s")
    for fault in faults:
        console.print(f"[bold red]✗[/] {fault}")
    if not faults:
        console.print(
            say(
                "✓ 与平静时是同一段历史，全部已证明",
                "✓ the same history as in a calm run, and all of it is proven",
            )
        )
    raise typer.Exit(FAILED if faults else DONE)


def _calm(console: Console, made: System, arguments: list[str]) -> str:
    console.print(say("先平静地演一遍 …", "First a calm run …"))
    made.down()
    made.wipe()
    try:
        running.bring_up(made)
        return demo.play(made, arguments).digest
    finally:
        made.down()


def _under(chaos: Chaos, arguments: list[str]) -> demo.Played:
    supervisor = chaos.made.supervisor(limit=1000)
    supervisor.start()
    thread = threading.Thread(target=chaos.run, daemon=True)
    thread.start()
    try:
        return demo.play(chaos.made, arguments)
    finally:
        chaos.end()
        thread.join()
        _settle(chaos.made, _BACK_LIMIT_S)
        supervisor.stop()


def _settle(made: System, limit_s: float, ending: threading.Event | None = None) -> None:
    """All processes live and answer again, or the limit has passed, or there is no need to wait any more."""
    until = time.monotonic() + limit_s
    names = [*running.services(), "sandbox"]
    ending = ending or threading.Event()
    while time.monotonic() < until and not (
        all(accepts(one.process, one.port) for one in made.topology.witnesses.all)
        and all(running.serving(name, made.home) for name in names)
    ):
        if ending.wait(0.2):
            return


def _witnesses(made: System) -> list[str]:
    return [one.process for one in made.topology.witnesses.all]


def _proven(console: Console, made: System, cases: list[str]) -> list[str]:
    """All of it is proven without anybody asking, every release among it, and the witnesses keep one history."""
    began = time.monotonic()
    client = Client(home=made.home)
    try:
        faults = witnessing.caught_up(client, made, _PROVEN_LIMIT_S)
        ended, short = witnessing.unproven_endings(client, cases)
    finally:
        client.close()
    faults += short
    mark = "[red]✗[/]" if faults else "[green]✓[/]"
    told = say(
        f"{len(_witnesses(made))} 个见证人自行补齐：{ended} 项解除和终止中 {ended - len(short)} 项已证明",
        f"{len(_witnesses(made))} witnesses caught up by themselves: {ended - len(short)} of {ended} endings proven",
    )
    console.print(f"{mark} {told} ({time.monotonic() - began:.0f} s)")
    return faults


def _effects(made: System) -> list[str]:
    client = Client(home=made.home)
    try:
        found = client.call(sandbox.CountEffectsRequest(), sandbox.CountEffectsResponse).agencies
    finally:
        client.close()
    return [
        f"{one.agency_code}: a message had {one.most_effects} effects"
        for one in found
        if one.most_effects > 1
    ]


def _counted(names: list[str]) -> list[tuple[str, int]]:
    return sorted((name, names.count(name)) for name in set(names))
