"""`guitu case trail`: a case's way through the agencies, drawn: one lane a service, an arrow from cause to effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from corrections.audit.v1 import service_pb2 as audit
from eventcore.decider import SHANGHAI
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from guitu_cli.output import WIDTH
from guitu_cli.texts import say

LOGGED, STORED, MISMATCH = "●", "○", "✗"
_MARKS = {"LOGGED": LOGGED, "STORED": STORED, "MISMATCH": MISMATCH}
_COLOURS = {LOGGED: "green", STORED: "yellow", MISMATCH: "bold red"}
_LANE = 5  # columns of a lane: a mark and the way to the next one

# The way of a case: from the agencies inward, then to those who do the daily work.
_LANES = ("handoff", "intake", "supervision", "education", "assistance", "audit", "administration")
_EXCHANGES = "handoff"
_NAMES = {
    "handoff": ("移送", "HO"),
    "intake": ("接收", "IN"),
    "supervision": ("监管", "SU"),
    "education": ("教育", "ED"),
    "assistance": ("帮扶", "AS"),
    "audit": ("存证", "AU"),
    "administration": ("法规", "AD"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line of the drawing: the lanes, and the step's mark and place in them."""

    lanes: str
    mark: str
    at: int


def draw(steps: Sequence[audit.Step]) -> list[Drawn]:
    """One line a step: `●──▶●` leads from the lane of the cause to that of the effect; lanes run while they are used."""
    used = lanes_of(steps)
    place = {lane: number * _LANE for number, lane in enumerate(used)}
    rows = {step.event_id: row for row, step in enumerate(steps)}
    last = {step.service: row for row, step in enumerate(steps)}
    # a lane also runs on as long as it still causes something
    for row, step in enumerate(steps):
        if step.causation_id in rows:
            lane = steps[rows[step.causation_id]].service
            last[lane] = max(last[lane], row)
    first: dict[str, int] = {}
    for row, step in enumerate(steps):
        first.setdefault(step.service, row)
    drawn: list[Drawn] = []
    for row, step in enumerate(steps):
        line = [" "] * (_LANE * len(used))
        for lane in used:
            if first[lane] <= row <= last[lane]:
                line[place[lane]] = "│"
        here = place[step.service]
        cause = rows.get(step.causation_id)
        if cause is not None and steps[cause].service != step.service:
            source = steps[cause].service
            _arrow(line, place[source], here, goes_on=row < last[source])
        line[here] = _MARKS.get(step.proof, "?")
        drawn.append(Drawn("".join(line).rstrip(), line[here], here))
    return drawn


def lanes_of(steps: Sequence[audit.Step]) -> list[str]:
    """The services that have a step, in the order of a case's way."""
    used = {step.service for step in steps}
    return [lane for lane in _LANES if lane in used] + sorted(used - set(_LANES))


def show(case_id: str, steps: Sequence[audit.Step], missing: Sequence[str]) -> None:
    """The drawing with date, event, article and actor of each step, what the marks mean, and what is missing."""
    console = Console()
    console = Console(width=max(console.width, WIDTH) if not console.is_terminal else None)
    logged = sum(step.proof == "LOGGED" for step in steps)
    table = Table(
        title=say(
            f"案件 {case_id} 的经过：{len(steps)} 步，{logged} 步已入签名检查点",
            f"The way of case {case_id}: {len(steps)} steps, {logged} under a signed checkpoint",
        ),
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    used = lanes_of(steps)
    heads = "".join(_head(lane) for lane in used)
    table.add_column(say("日期", "date"), width=10, no_wrap=True)
    table.add_column(heads, width=_LANE * len(used), no_wrap=True)
    for name in (say("事项", "event"), say("依据", "law"), say("谁", "who")):
        table.add_column(name, overflow="fold")
    shown = ""
    for step, line in zip(steps, draw(steps), strict=True):
        lanes = Text(line.lanes)
        lanes.stylize(_COLOURS.get(line.mark, ""), line.at, line.at + 1)
        title = step.title_zh + (say(" ⚠ 原因缺失", " ⚠ cause missing") if step.cause == "MISSING" else "")
        on = day(step)
        table.add_row("" if on == shown else on, lanes, title, "；".join(step.law), actor(step))
        shown = on
    console.print(table)
    console.print(
        say(
            f"{LOGGED} 已入签名检查点  {STORED} 已存，待签入  {MISMATCH} 与签名或公布不符  ▶ 由何事引起",
            f"{LOGGED} under a signed checkpoint  {STORED} stored, not signed yet  {MISMATCH} differs  ▶ caused by",
        )
    )
    for gap in missing:
        console.print(f"✗ {gap}")
    if not missing:
        console.print(
            say(
                "✓ 链条完整：每一步的原因都有记录，各事件流无缺号",
                "✓ the chain is whole: every cause is on record, no stream skips a version",
            )
        )


def actor(step: audit.Step) -> str:
    """Who acted, as the caller's certificate names them, and in which role."""
    return step.actor.rsplit("/", 3)[-1] + f" {step.role}"


def gaps(steps: Sequence[audit.Step]) -> list[str]:
    """What the trail lacks, in words: causes that no log holds, versions that a stream skips; empty when whole."""
    found = [
        say(
            f"“{s.title_zh}”（{s.service} seq {s.seq}）的原因 {s.causation_id} 不在任何已读日志中",
            f"the cause {s.causation_id} of {s.type} ({s.service} seq {s.seq}) is in no log that was read",
        )
        for s in steps
        if s.cause == "MISSING"
    ]
    streams: dict[tuple[str, str], list[int]] = {}
    for step in steps:
        # an exchange may be about several cases: what is about another person is not shown
        if step.service != _EXCHANGES:
            streams.setdefault((step.service, step.stream_id), []).append(step.version)
    for (service, stream), versions in sorted(streams.items()):
        for before, after in pairwise(sorted(versions)):
            if after > before + 1:
                found.append(
                    say(
                        f"{service} 的事件流 {stream} 缺第 {before + 1} 至 {after - 1} 号事件",
                        f"stream {stream} of {service} lacks versions {before + 1} to {after - 1}",
                    )
                )
    return found


def _arrow(line: list[str], source: int, here: int, *, goes_on: bool) -> None:
    """From the lane of the cause to the effect; lanes in between are crossed."""
    right = here > source
    line[source] = ("├" if right else "┤") if goes_on else ("└" if right else "┘")
    between = range(source + 1, here) if right else range(here + 1, source)
    for at in between:
        line[at] = "┼" if line[at] == "│" else "─"
    line[here - 1 if right else here + 1] = "▶" if right else "◀"


def _head(lane: str) -> str:
    zh, en = _NAMES.get(lane, (lane[:2], lane[:2].upper()))
    return say(zh + " " * (_LANE - 4), en.ljust(_LANE))


def day(step: audit.Step) -> str:
    """The valid day of the step in Asia/Shanghai, ISO 8601."""
    at: datetime = step.occurred_at.ToDatetime(UTC)
    return at.astimezone(SHANGHAI).date().isoformat()
