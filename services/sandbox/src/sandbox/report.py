"""The report of a play in Chinese: a time line for each official case, the summary, the equalities. 100 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from contracts.registry import title_zh
from corrections.handoff.v1.events_pb2 import NoticePrepared
from eventcore.decider import SHANGHAI
from lawkit import Law, law_of_the_day
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from sandbox.player import Failure
from sandbox.stores import Stored
from sandbox.summary import Check, Summary

WIDTH: Final = 100
_COMPACT: Final[Mapping[str, Any]] = {
    "title_justify": "left",
    "caption_justify": "left",
    "padding": (0, 1, 0, 0),
    "pad_edge": False,
}
_ROLES: Final[Mapping[str, str]] = {
    "COUNTY_CCI": "县矫正机构",
    "CITY_CCI": "市矫正机构",
    "JO": "司法所",
    "SERVICE": "系统",
    "SUBJECT": "矫正对象",
}
NO_LAW: Final = "（规则库未收录）"
# What other services repeat of intake's facts, and what is about the person's papers only.
_ECHOES: Final = frozenset(
    {
        "PersonRegistered",
        "PersonNoted",
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
    senders: Mapping[bytes, str],
    proven: Mapping[str, int],
) -> list[Row]:
    """The rows of a case, by valid time.

    senders: agency whose message began a chain of events, by correlation id. proven: size of each service's last
    signed checkpoint.
    """
    shown = [e for e in events if e.short not in _ECHOES]
    shown.sort(key=lambda e: (e.occurred_at, e.service, e.version))
    return [
        Row(
            f"{e.occurred_at.astimezone(SHANGHAI):%Y-%m-%d}",
            title_zh(e.type),
            _article(law_of, e),
            _who(e, agencies, senders),
            _receipt(notices.get(str(UUID(bytes=e.meta.event_id)), ())),
            "已签入" if e.seq is not None and e.seq < proven.get(e.service, 0) else "待签入",
        )
        for e in shown
    ]


def show_case(console: Console, title: str, source: str, rows: Sequence[Row]) -> None:
    """The time line of one case is on the console."""
    table = Table(title=title, caption=source, box=SIMPLE_HEAD, **_COMPACT)
    for name, width in (("日期", 10), ("事件", 22), ("依据", 28), ("作出", 14), ("回执", 6), ("存证", 6)):
        table.add_column(name, width=width, overflow="fold")
    for row in rows:
        table.add_row(row.day, row.event, row.article, row.who, row.receipt, row.proof)
    console.print(table)


def show_summary(console: Console, summary: Summary) -> None:
    """Numbers and equalities are on the console."""
    table = Table(title="汇总", box=SIMPLE_HEAD, show_header=False, **_COMPACT)
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
    """The article in force on the fact's day; the reader is told where the catalogue knows none (docs/adr/0011)."""
    day = event.occurred_at.astimezone(SHANGHAI).date()
    return (
        law_of_the_day.article_zh(law_of, event.meta.legal_basis, day) if event.meta.legal_basis else NO_LAW
    )


def _who(event: Stored, agencies: Mapping[str, str], senders: Mapping[bytes, str]) -> str:
    kind, _, name = event.meta.actor.removeprefix("spiffe://").partition("/")[2].partition("/")
    if kind == "agency":
        return agencies.get(name, name)
    sender = senders.get(event.meta.correlation_id) if event.meta.role == "SERVICE" else None
    return agencies.get(sender, sender) if sender else _ROLES.get(event.meta.role, event.meta.role)


def _receipt(notices: Sequence[tuple[NoticePrepared, bool]]) -> str:
    if not notices:
        return "—"
    signed = sum(1 for _, done in notices if done)
    return "已签收" if signed == len(notices) else f"{signed}/{len(notices)}"
