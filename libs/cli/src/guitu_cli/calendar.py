"""`guitu calendar import|show|list`: the working-day calendar, year by year, with the notice that it rests on."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from corrections.administration.v1 import service_pb2 as pb
from corrections.common.v1.common_pb2 import Outcome
from google.protobuf import json_format
from google.protobuf.timestamp_pb2 import Timestamp

from guitu_cli.calendar_file import WrongCalendarFile, request_of
from guitu_cli.client import Client, client
from guitu_cli.output import USAGE, document, fail, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

calendar = typer.Typer(no_args_is_help=True, help=say("工作日历", "The working-day calendar."))
As = Annotated[
    str,
    typer.Option(
        "--as", help="Who does it: <role>@<unit>/<name>, of the justice department of the province."
    ),
]
BUREAU = "JUSTICE_DEPT@33/guitu"


@calendar.command(
    "import", help=say("按国务院通知导入或更正一年", "Import or correct a year from its notice.")
)
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    by: As = BUREAU,
    as_json: AsJson = False,
) -> None:
    """The year is imported; the same file again changes nothing, another content corrects the year."""
    try:
        request = request_of(file)
    except WrongCalendarFile as error:
        fail(str(error), USAGE)
    with client(principal(by)) as to:
        listed = to.call(pb.ListCalendarsRequest(), pb.ListCalendarsResponse).calendars
        version = next((one.version for one in listed if one.year == request.year), 0)
        # the place in the year's history: a file that was corrected can come back
        content = sha256(request.SerializeToString(deterministic=True)).hexdigest()
        request.request_id = f"calendar/{request.year}/{version}/{content}"
        outcome = _imported(to, request)
    told(outcome, as_json)


def _imported(to: Client, request: pb.ImportCalendarRequest) -> Outcome:
    return to.call(request, pb.ImportCalendarResponse).outcome


@calendar.command(help=say("某年的放假调休安排", "The days off and make-up days of a year."))
def show(
    year: int,
    known: Annotated[str, typer.Option("--known", help="As it was known at this instant, ISO 8601.")] = "",
    as_json: AsJson = False,
) -> None:
    """The year's days, its working days, and the notice."""
    request = pb.GetCalendarRequest(year=year)
    if known:
        request.known_at.CopyFrom(_instant(known))
    with client() as to:
        found = to.call(request, pb.GetCalendarResponse).calendar
    if as_json:
        document(json_format.MessageToDict(found, preserving_proto_field_name=True))
        return
    table = [
        {
            head("日期", "day"): day.on,
            head("安排", "arranged"): say("上班", "work") if day.work else say("放假", "off"),
            head("节日", "holiday"): day.name,
        }
        for day in found.days
    ]
    rows(say(f"{year} 年，工作日 {found.working_days} 天", f"{year}: {found.working_days} working days"),
         table, as_json=False)  # fmt: skip
    typer.echo(
        f"{found.source.title} {found.source.number} {found.source.url}".strip()
        or say("随软件发布", "came with the release of the software")
    )


@calendar.command("list", help=say("列出已导入的年份", "List the imported years."))
def list_(as_json: AsJson = False) -> None:
    """Imported years; those that came with the release of the software are named in the title."""
    with client() as to:
        found = to.call(pb.ListCalendarsRequest(), pb.ListCalendarsResponse)
    table = [
        {
            head("年份", "year"): one.year,
            head("第几次", "version"): one.version,
            head("工作日", "working days"): one.working_days,
            head("通知", "notice"): one.source.title,
            head("文号", "number"): one.source.number,
        }
        for one in found.calendars
    ]
    title = say(f"已导入 {len(table)} 年，随软件发布：{found.built_in}",
                f"{len(table)} imported years; with the release: {found.built_in}")  # fmt: skip
    rows(title, table, as_json=as_json)


def principal(by: str) -> str:
    """Path of a staff member's identity from <role>@<unit>/<name>."""
    role, _, place = by.partition("@")
    unit, _, name = place.partition("/")
    if not (role and unit and name):
        fail(say(f"--as {by} 应为 <角色>@<单位>/<姓名>", f"--as {by}: want <role>@<unit>/<name>"), USAGE)
    return f"staff/{unit}/{role}/{name}"


def told(outcome: Outcome, as_json: bool) -> None:
    """What is now true is printed."""
    if as_json:
        document(json_format.MessageToDict(outcome, preserving_proto_field_name=True))
        return
    for event in outcome.events:
        typer.echo(f"{event.title_zh}  {event.event_id}")
    if not outcome.events:
        typer.echo(say("没有变化。", "Nothing changed."))


def _instant(text: str) -> Timestamp:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        fail(say(f"--known {text} 不是时刻", f"--known {text}: want an instant, ISO 8601"), USAGE)
    made = Timestamp()
    made.FromDatetime(found.astimezone(UTC))
    return made
