"""`guitu case trail`: a case's way through the agencies, drawn: one lane a service, an arrow from cause to effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from corrections.audit.v1 import service_pb2 as audit
from eventcore.decider import SHANGHAI
from google.protobuf.timestamp_pb2 import Timestamp

from guitu_cli.texts import say

PROVEN, LOGGED, STORED, MISMATCH = "●", "◐", "○", "✗"
_MARKS = {"PROVEN": PROVEN, "LOGGED": LOGGED, "STORED": STORED, "MISMATCH": MISMATCH}
COLOURS = {PROVEN: "green", LOGGED: "cyan", STORED: "yellow", MISMATCH: "bold red"}
_PROOFS = {
    "PROVEN": ("已证明", "proven"),
    "LOGGED": ("待见证", "witness pending"),
    "STORED": ("已存，待签入", "stored, not signed yet"),
    "MISMATCH": ("与签名或公布不符", "differs from what was signed"),
}
# What ends a case. It is in force on its day; only its proof may wait.
_ENDINGS = ("corrections.intake.v1.Released", "corrections.intake.v1.Terminated")
LANE = 5  # columns of a lane: a mark and the way to the next one

# The way of a case: from the agencies inward, then to those who do the daily work.
_LANES = ("handoff", "intake", "supervision", "education", "assistance", "audit", "administration")
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
    """One line of the drawing: the lanes, the step's mark and place in them, and the lanes that run on below it."""

    lanes: str
    mark: str
    at: int
    below: str


def draw(steps: Sequence[audit.Step]) -> list[Drawn]:
    """One line a step: `●──▶●` leads from the lane of the cause to that of the effect; lanes run while they are used."""
    used = lanes_of(steps)
    place = {lane: number * LANE for number, lane in enumerate(used)}
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
        line = [" "] * (LANE * len(used))
        for lane in used:
            if first[lane] <= row <= last[lane]:
                line[place[lane]] = "│"
        here = place[step.service]
        cause = rows.get(step.causation_id)
        if cause is not None and steps[cause].service != step.service:
            source = steps[cause].service
            _arrow(line, place[source], here, goes_on=row < last[source])
        line[here] = _MARKS.get(step.proof, "?")
        below = [" "] * (LANE * len(used))
        for lane in used:
            if first[lane] <= row < last[lane]:
                below[place[lane]] = "│"
        drawn.append(Drawn("".join(line).rstrip(), line[here], here, "".join(below).rstrip()))
    return drawn


def lanes_of(steps: Sequence[audit.Step]) -> list[str]:
    """The services that have a step, in the order of a case's way."""
    used = {step.service for step in steps}
    return [lane for lane in _LANES if lane in used] + sorted(used - set(_LANES))


def legend() -> list[tuple[str, tuple[str, str]]]:
    """Each mark, and what it says in Chinese and English."""
    return [(mark, _PROOFS[state]) for state, mark in _MARKS.items()]


def proof(step: audit.Step) -> str:
    """How far the step is proven, in words."""
    return say(*_PROOFS.get(step.proof, (step.proof, step.proof)))


def ends(steps: Sequence[audit.Step]) -> list[audit.Step]:
    """The steps that ended the case."""
    return [step for step in steps if step.type in _ENDINGS]


def endings(steps: Sequence[audit.Step]) -> list[str]:
    """What ended the case, since when, and how far that is proven: it holds from its day whatever the proof waits for."""
    return [
        say(
            f"{step.title_zh}，自 {day(step)} 起生效；存证：{_awaited(step)}",
            f"{step.type.rsplit('.', 1)[-1]}: in force since {day(step)}; proof: {_awaited(step)}",
        )
        for step in ends(steps)
    ]


def _awaited(step: audit.Step) -> str:
    """How far it is proven; what is not even signed waits for the witnesses too."""
    if step.proof != "STORED":
        return proof(step)
    return say(
        *(
            f"{pending}（{stored}）"
            for pending, stored in zip(_PROOFS["LOGGED"], _PROOFS["STORED"], strict=True)
        )
    )


def actor(step: audit.Step) -> str:
    """Who acted, as the caller's certificate names them, and in which role."""
    return step.actor.rsplit("/", 3)[-1] + f" {step.role}"


def gaps(answer: audit.GetCaseTrailResponse) -> list[str]:
    """What the trail lacks, in words: causes and versions that no log holds, links that were not made in time; empty when none
    is known.
    """
    found = [
        say(
            f"“{s.title_zh}”（{s.service} 日志序号 {s.seq}，从 0 起）的原因 {s.causation_id} 不在任何已读日志中",
            f"the cause {s.causation_id} of {s.type} ({s.service}, index {s.seq} from 0) is in no log that was read",
        )
        for s in answer.steps
        if s.cause == "MISSING"
    ]
    return (
        found
        + [
            say(
                f"{gap.service} 的事件流 {gap.stream_id} 缺第 {gap.first} 至 {gap.last} 号事件",
                f"stream {gap.stream_id} of {gap.service} lacks versions {gap.first} to {gap.last}",
            )
            for gap in answer.gaps
            if not gap.hidden
        ]
        + links(answer, "MISSING")
    )


def links(answer: audit.GetCaseTrailResponse, state: str) -> list[str]:
    """Exchanges that opened the case and do not name it, in words: those on their way (NOT_YET_MADE), or lost (MISSING)."""
    late = state == "MISSING"
    return [
        say(
            f"开启本案的往来（handoff 的事件流 {link.stream_id}）"
            + ("逾一小时仍未写明本案：关联缺失" if late else "尚未写明本案：关联待建立"),
            f"the exchange that opened the case (stream {link.stream_id} of handoff) does not name it"
            + (" after more than an hour: the link is missing" if late else " yet: link not yet made"),
        )
        for link in answer.links
        if link.state == state
    ]


def hidden(answer: audit.GetCaseTrailResponse) -> list[str]:
    """What is on record but not shown here, in words: no gap."""
    return [
        say(
            f"{gap.service} 的事件流 {gap.stream_id} 第 {gap.first} 至 {gap.last} 号事件有记录，但关乎他案或他事，这里不显示",
            f"versions {gap.first} to {gap.last} of stream {gap.stream_id} of {gap.service} are on record, but about another case "
            "or matter: not shown here",
        )
        for gap in answer.gaps
        if gap.hidden
    ]


def _arrow(line: list[str], source: int, here: int, *, goes_on: bool) -> None:
    """From the lane of the cause to the effect; lanes in between are crossed."""
    right = here > source
    line[source] = ("├" if right else "┤") if goes_on else ("└" if right else "┘")
    between = range(source + 1, here) if right else range(here + 1, source)
    for at in between:
        line[at] = "┼" if line[at] == "│" else "─"
    line[here - 1 if right else here + 1] = "▶" if right else "◀"


def head_of(lane: str) -> str:
    """Head of a lane, as wide as the lane."""
    zh, en = _NAMES.get(lane, (lane[:2], lane[:2].upper()))
    return say(zh + " " * (LANE - 4), en.ljust(LANE))


def day(step: audit.Step) -> str:
    """The day of the step in Asia/Shanghai, ISO 8601."""
    return _day(step.occurred_at)


def since(step: audit.Step) -> str:
    """The day since when what the step says was so, ISO 8601: by it a day that is asked about counts."""
    return _day(step.since) if step.HasField("since") else day(step)


def title(step: audit.Step) -> str:
    """The step in words, and since when it was so where that is another day than the one it was written of."""
    held = since(step)
    return (
        step.title_zh
        if held == day(step)
        else f"{step.title_zh}{say(f'（自 {held} 起）', f' (since {held})')}"
    )


def _day(stamp: Timestamp) -> str:
    at: datetime = stamp.ToDatetime(UTC)
    return at.astimezone(SHANGHAI).date().isoformat()
