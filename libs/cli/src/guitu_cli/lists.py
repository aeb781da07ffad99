"""`guitu list`: any list of any service, of today or as it was on a day and as it was known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer
from corrections.administration.v1 import service_pb2 as administration
from corrections.assistance.v1 import service_pb2 as assistance
from corrections.common.v1.common_pb2 import Moment
from corrections.education.v1 import service_pb2 as education
from corrections.handoff.v1 import service_pb2 as handoff
from corrections.intake.v1 import service_pb2 as intake
from corrections.law.v1 import service_pb2 as law
from corrections.supervision.v1 import service_pb2 as supervision
from google.protobuf.message import Message

from guitu_cli.client import Client, client, reader
from guitu_cli.moment import AsOf, Known, moment
from guitu_cli.output import USAGE, Row, document, fail, plain, rows
from guitu_cli.running import AsJson, services
from guitu_cli.texts import say

_PAGE = 1000
_PURPOSE = "guitu/list"
OnDay = Annotated[str, typer.Option("--on", help="Sessions alone: those of this day, ISO 8601.")]
Unit = Annotated[str, typer.Option(help="Unit in whose name it is read, GB/T 2260; default: operator.")]


class Name(StrEnum):
    """The lists."""

    CASES = "cases"
    MISSING = "missing"
    SESSIONS = "sessions"
    REFERRALS = "referrals"
    EXCHANGES = "exchanges"
    DEADLINES = "deadlines"
    CALENDARS = "calendars"
    RULE_SETS = "rule-sets"


@dataclass(frozen=True, slots=True)
class List:
    """A list: its request, its answer and the field of the answer that holds its rows."""

    request: type[Message]
    answer: type[Message]
    field: str
    zh: str


LISTS: Mapping[Name, List] = {
    Name.CASES: List(intake.ListCasesRequest, intake.ListCasesResponse, "cases", "案件"),
    Name.MISSING: List(supervision.ListMissingRequest, supervision.ListMissingResponse, "missing", "失联"),
    Name.SESSIONS: List(education.ListSessionsRequest, education.ListSessionsResponse, "sessions", "教育"),
    Name.REFERRALS: List(
        assistance.ListOpenReferralsRequest, assistance.ListOpenReferralsResponse, "referrals", "未结转介"
    ),
    Name.EXCHANGES: List(
        handoff.ListOpenExchangesRequest, handoff.ListOpenExchangesResponse, "exchanges", "未结往来"
    ),
    Name.DEADLINES: List(law.ListDeadlinesRequest, law.ListDeadlinesResponse, "deadlines", "期限"),
    Name.CALENDARS: List(
        administration.ListCalendarsRequest, administration.ListCalendarsResponse, "calendars", "工作日历"
    ),
    Name.RULE_SETS: List(
        administration.ListRuleSetsRequest, administration.ListRuleSetsResponse, "rule_sets", "规则集"
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of one service, and the moment that they stand for."""

    service: str
    at: Moment
    rows: list[Row]


def list_(
    name: Name, as_of: AsOf = "", known: Known = "", on: OnDay = "", unit: Unit = "", as_json: AsJson = False
) -> None:
    """All rows that the caller sees. --on: day of the sessions. The size of each log is told: it repeats the answer."""
    wanted = LISTS[name]
    if name in _STAFF and not unit:
        fail(
            say(f"{wanted.zh}只有单位可以查阅：请给出 --unit", "only a unit reads this list: name a --unit"),
            USAGE,
        )
    with client(reader(unit)) as to:
        found = [_read(to, service, wanted, moment(as_of, known), on) for service in _services(name, wanted)]
    if as_json:
        told = [{"service": one.service, "at": plain(one.at), "rows": one.rows} for one in found]
        document(told)
        return
    for one in found:
        title = f"{say(wanted.zh, name.value)} {len(one.rows)}"
        at = say(f"{one.at.as_of} 当日", f"as of {one.at.as_of}")
        size = say(f"日志 {one.service} 前 {one.at.log_size} 条", f"log {one.service} of {one.at.log_size}")
        rows(f"{title} · {at} · {size}", one.rows, as_json=False)


_STAFF = frozenset({Name.MISSING, Name.SESSIONS, Name.REFERRALS})  # lists that no operator reads


def _services(name: Name, wanted: List) -> list[str]:
    if name is Name.DEADLINES:
        return services()
    return [wanted.request.DESCRIPTOR.full_name.split(".")[1]]


def _read(to: Client, service: str, wanted: List, at: Moment, on: str) -> Found:
    request = wanted.request(at=at)
    if "page_size" in request.DESCRIPTOR.fields_by_name:  # years and rule sets are few: they come at once
        setattr(request, "page_size", _PAGE)  # noqa: B010
    if "on" in request.DESCRIPTOR.fields_by_name:
        if not on and not at.as_of:
            fail(say("请用 --on 指明日期", "name the day with --on"), USAGE)
        setattr(request, "on", on or at.as_of)  # noqa: B010
    found: list[Row] = []
    while True:
        answer = to.call_service(service, request, wanted.answer, purpose=_PURPOSE)
        found.extend(plain(one) for one in getattr(answer, wanted.field))
        token: str = getattr(answer, "next_page_token", "")
        if not token:
            return Found(service, getattr(answer, "at"), found)  # noqa: B009
        setattr(request, "page_token", token)  # noqa: B010
