"""`guitu deadlines`: the legal clocks that run, of every service, the earliest first, each with its article."""

from __future__ import annotations

from typing import Annotated

import typer
from corrections.law.v1 import service_pb2 as law

from guitu_cli.client import Client, client, reader
from guitu_cli.moment import AsOf, Known, moment
from guitu_cli.output import USAGE, Row, document, fail, plain, rows
from guitu_cli.paging import pages
from guitu_cli.running import AsJson, services
from guitu_cli.texts import head, say

_PAGE = 1000
Unit = Annotated[str, typer.Option(help="Unit in whose name it is read, GB/T 2260; default: operator.")]
Found = tuple[str, law.Deadline]


def deadlines(
    due: Annotated[str, typer.Option("--due", help="Due within so many days: 7d; default: all.")] = "",
    case: Annotated[str, typer.Option("--case", help="Clocks of this case only.")] = "",
    as_of: AsOf = "",
    known: Known = "",
    unit: Unit = "",
    as_json: AsJson = False,
) -> None:
    """Legal clocks of every service that the caller sees, by due date. Exit 0 whether there are any."""
    request = law.ListDeadlinesRequest(
        case_id=case, within_days=_days(due), page_size=_PAGE, at=moment(as_of, known)
    )
    with client(reader(unit)) as to:
        found = merged([(name, one) for name in services() for one in _clocks(to, name, request)])
    if as_json:
        document([{"service": name, **plain(one)} for name, one in found])
        return
    title = say(f"期限 {len(found)}", f"{len(found)} deadlines")
    rows(title, [row(name, one) for name, one in found], as_json=False)


def merged(found: list[Found]) -> list[Found]:
    """The clocks of all services, the earliest first."""
    return sorted(found, key=lambda one: (one[1].due_at.ToNanoseconds(), one[0], one[1].case_id, one[1].name))


def row(service: str, one: law.Deadline) -> Row:
    """One clock as a row."""
    return {
        head("截止", "due"): one.last_day,
        head("余日", "days left"): one.days_left,
        head("暂定", "provisional"): one.provisional,
        head("事项", "title"): one.title_zh,
        head("依据", "law"): one.article_zh or say("规则库未收录", "none in the catalogue"),
        head("规则", "rule"): f"{one.rule}@{one.rule_from}" if one.rule_from else one.rule,
        head("起算", "since"): one.since,
        head("案件", "case"): one.case_id,
        head("时钟", "clock"): f"{service}/{one.name}",
    }


def _clocks(to: Client, service: str, request: law.ListDeadlinesRequest) -> list[law.Deadline]:
    asked = law.ListDeadlinesRequest()
    asked.CopyFrom(request)
    found = pages(lambda one: to.call_service(service, one, law.ListDeadlinesResponse), asked)
    return [clock for page in found for clock in page.deadlines]


def _days(due: str) -> int | None:
    if not due:
        return None
    if not due.removesuffix("d").isdecimal():
        fail(say(f"应为天数，例如 7d，得到 {due}", f"got {due!r}, want days, for example 7d"), USAGE)
    return int(due.removesuffix("d"))
