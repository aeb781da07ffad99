"""The report of a play in Chinese: a time line for each official case, the summary, the equalities. 100 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from contracts.registry import law, title_zh
from corrections.handoff.v1.events_pb2 import NoticePrepared
from eventcore.decider import SHANGHAI
from lawkit import Law
from lawkit.errors import LawError
from rich.console import Console
from rich.table import Table

from sandbox.player import Failure
from sandbox.stores import Stored
from sandbox.summary import Check, Summary

WIDTH: Final = 100
_ROLES: Final[Mapping[str, str]] = {
    "COUNTY_CCI": "县级矫正机构",
    "CITY_CCI": "市级矫正机构",
    "JO": "司法所",
    "SERVICE": "系统",
    "SUBJECT": "矫正对象",
}
# What other services repeat of intake's facts, and what is about the person's papers only.
_ECHOES: Final = frozenset(
    {
        "PersonRegistered",
        "ReceptionNoted",
        "MissedReceptionNoted",
        "TermNoted",
        "SupervisionOpened",
        "SupervisionClosed",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a time line."""

    day: str
    event: str
    article: str
    who: str
    receipt: str
    proof: str


def timeline(
    events: Iterable[Stored],
    *,
    law_of: Law,
    agencies: Mapping[str, str],
    notices: Mapping[str, Sequence[tuple[NoticePrepared, bool]]],
    proven: Mapping[str, int],
) -> list[Row]:
    """The rows of a case, by valid time. `proven`: size of each service's last signed checkpoint."""
    shown = [e for e in events if e.short not in _ECHOES]
    shown.sort(key=lambda e: (e.occurred_at, e.service, e.version))
    return [
        Row(
            f"{e.occurred_at.astimezone(SHANGHAI):%Y-%m-%d}",
            title_zh(e.type),
            _article(law_of, e),
            _who(e, agencies),
            _receipt(notices.get(str(UUID(bytes=e.meta.event_id)), ())),
            "已签入" if e.seq is not None and e.seq < proven.get(e.service, 0) else "待签入",
        )
        for e in shown
    ]


def show_case(console: Console, title: str, source: str, rows: Sequence[Row]) -> None:
    """The time line of one case is on the console."""
    table = Table(title=title, caption=source, width=WIDTH, title_justify="left", caption_justify="left")
    for name, width in (("日期", 10), ("事件", 22), ("依据", 26), ("作出", 12), ("回执", 8), ("存证", 6)):
        table.add_column(name, width=width, overflow="fold")
    for row in rows:
        table.add_row(row.day, row.event, row.article, row.who, row.receipt, row.proof)
    console.print(table)


def show_summary(console: Console, summary: Summary) -> None:
    """Numbers and equalities are on the console."""
    table = Table(title="合成县与官方案例汇总", width=WIDTH, title_justify="left", show_header=False)
    for _ in range(4):
        table.add_column(width=14)
        table.add_column(width=6, justify="right")
    items = [text for name, number in summary.numbers.items() for text in (name, f"{number:,}")]
    for start in range(0, len(items), 8):
        table.add_row(*items[start : start + 8])
    console.print(table)
    for check in summary.checks:
        console.print(_line(check))


def show_failures(console: Console, failures: Sequence[Failure], *, most: int = 20) -> None:
    """The first failures are on the console, and how many there are."""
    for failure in failures[:most]:
        console.print(f"[red]✗[/red] {failure.act.place}")
        console.print(f"    应为 {failure.want}，实为 {failure.got}", markup=False)
    if len(failures) > most:
        console.print(f"    …… 共 {len(failures)} 处不符")


def _line(check: Check) -> str:
    mark = "[green]✓[/green]" if check.holds else "[red]✗[/red]"
    numbers = f"{check.got:,}" if check.holds else f"{check.got:,} ≠ {check.want:,}"
    return f"{mark} {check.name}：{numbers}"


def _article(law_of: Law, event: Stored) -> str:
    day = event.occurred_at.astimezone(SHANGHAI).date()
    basis = event.meta.legal_basis
    try:
        return law_of.article_zh(basis, day) if basis else law(event.type)[0]
    except LawError:
        return law(event.type)[0]


def _who(event: Stored, agencies: Mapping[str, str]) -> str:
    kind, _, name = event.meta.actor.removeprefix("spiffe://").partition("/")[2].partition("/")
    if kind == "agency":
        return agencies.get(name, name)
    return _ROLES.get(event.meta.role, event.meta.role)


def _receipt(notices: Sequence[tuple[NoticePrepared, bool]]) -> str:
    if not notices:
        return "—"
    signed = sum(1 for _, done in notices if done)
    return "已签收" if signed == len(notices) else f"{signed}/{len(notices)}"
