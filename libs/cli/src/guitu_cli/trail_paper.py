"""What `guitu case trail` prints: the drawing, and in words who did what by which article; 80 columns wide."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from corrections.audit.v1 import service_pb2 as audit
from proofs.verify import fold

from guitu_cli import trail
from guitu_cli.texts import language, say

WIDTH = 80
_DATE = 12  # columns of the date and the gap after it
_LEAST = 28  # columns that the words always have
_ROLES = {
    "SERVICE": "系统",
    "OPERATOR": "运维",
    "COUNTY_CCI": "县级社区矫正机构",
    "CITY_CCI": "市级社区矫正机构",
    "PROV_CCI": "省级社区矫正机构",
    "JO": "司法所",
    "COURT": "人民法院",
    "PROC": "人民检察院",
    "PROC_COUNTY": "人民检察院",
    "PSB_COUNTY": "公安机关",
    "PRISON": "监狱",
    "JUSTICE_DEPT_COUNTY": "司法行政部门",
    "SUBJECT": "社区矫正对象",
}
_ANSI = {"green": "32", "cyan": "36", "yellow": "33", "bold red": "1;31"}
_END = "\x1b[0m"


def show(
    case_id: str,
    steps: Sequence[audit.Step],
    missing: Sequence[str],
    hidden: Sequence[str] = (),
    pending: Sequence[str] = (),
) -> None:
    """The way of the case is printed; in colour on a terminal unless NO_COLOR is set."""
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for line in lines(case_id, steps, missing, hidden, pending, colour=colour):
        print(line)


def lines(
    case_id: str,
    steps: Sequence[audit.Step],
    missing: Sequence[str],
    hidden: Sequence[str] = (),
    pending: Sequence[str] = (),
    *,
    colour: bool = False,
) -> list[str]:
    """The lines, none wider than 80 columns unless the lanes leave the words no room."""
    proven = sum(step.proof == "PROVEN" for step in steps)
    used = trail.lanes_of(steps)
    begin = _DATE + trail.LANE * len(used)
    width = max(WIDTH, begin + _LEAST)
    found = fold(
        say(
            f"案件 {case_id} 的经过：{len(steps)} 步，{proven} 步已证明",
            f"The way of case {case_id}: {len(steps)} steps, {proven} proven",
        )
    )
    heads = "".join(trail.head_of(lane) for lane in used)
    found += [
        "",
        f"{say('日期', 'date'):<{_DATE - 2 * (language() == 'zh')}}{heads}{say('事项，依据，谁', 'event, law, who')}",
    ]
    found += ["─" * width]
    shown = ""
    for step, line in zip(steps, trail.draw(steps), strict=True):
        on = trail.day(step)
        room = width - begin
        words = fold(_title(step), width=room)
        words += fold(_words(step), first="  ", rest="  ", width=room)
        for number, text in enumerate(words):
            lanes = line.lanes if number == 0 else line.below
            date = on if number == 0 and on != shown else ""
            drawn = f"{date:<{_DATE}}{lanes:<{trail.LANE * len(used)}}{text}".rstrip()
            found.append(_coloured(drawn, _DATE + line.at, line.mark) if colour and number == 0 else drawn)
        shown = on
    return [*found, "─" * width, *_legend(missing, hidden, pending, some=bool(steps))]


def _title(step: audit.Step) -> str:
    return trail.title(step) + (say(" ⚠ 原因缺失", " ⚠ cause missing") if step.cause == "MISSING" else "")


def _words(step: audit.Step) -> str:
    """By which article, and who, with the role as people call it."""
    law = "；".join(step.law)
    role = _ROLES.get(step.role, step.role) if language() == "zh" else step.role
    who = f"{role} {step.actor.rsplit('/', 3)[-1]}".strip()
    return f"{law}。{who}" if law else who


def _legend(
    missing: Sequence[str], hidden: Sequence[str], pending: Sequence[str], *, some: bool
) -> list[str]:
    """What the marks say and whose word that is, and whether the chain is whole."""
    marks = "  ".join(f"{mark} {say(*words)}" for mark, words in trail.legend())
    found = [*fold(f"{marks}  {say('▶ 由何事引起', '▶ caused by')}")]
    found += fold(
        say(
            "“已证明”等是存证服务的说法，这里没有核对签名；自己核对：导出案卷，再用 guitu verify",
            "“proven” and the rest are audit's word, no signature was checked here: for that export the case and run guitu verify",
        )
    )
    for gap in missing:
        found += fold(gap, first="✗ ", rest="  ")
    for gap in pending:
        found += fold(gap, first="… ", rest="  ")
    for gap in hidden:
        found += fold(gap, first="· ", rest="  ")
    if not some:
        found += fold(
            say("没有任何步骤：是否完整，无从说起", "no steps: whether the chain is whole cannot be said")
        )
    elif not missing and not pending:
        found += fold(
            say(
                "✓ 链条完整：每一步的原因都有记录，各事件流从第 1 号起到所列的末一号，没有缺号",
                "✓ the chain is whole: every cause is on record, and no stream lacks a version from its first to the last one listed",
            )
        )
    return found


def _coloured(line: str, at: int, mark: str) -> str:
    """The line with its mark in the colour of its state; before the mark each letter takes one column."""
    code = _ANSI.get(trail.COLOURS.get(mark, ""), "")
    return f"{line[:at]}\x1b[{code}m{line[at]}{_END}{line[at + 1 :]}" if code else line
