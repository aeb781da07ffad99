"""`guitu why`: why a clock, a date, a state or a refusal in a case is as it is, with events, articles and counted days."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import grpc
import typer
from contracts import registry
from corrections.law.v1 import explanation_pb2 as told
from corrections.law.v1 import service_pb2 as pb
from google.protobuf import json_format

from guitu_cli.agency import parsed
from guitu_cli.client import Client, client, county_of
from guitu_cli.output import FAILED, USAGE, document, fail, plain, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

SERVICES = ("intake", "supervision", "education", "assistance", "handoff")
_PURPOSE = "guitu/why"
_NOT_HERE = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT)
_STATES = {
    told.DAY_STATE_START: say("起", "start"),
    told.DAY_STATE_COUNTED: say("计", "counted"),
    told.DAY_STATE_SKIPPED: say("跳过", "skipped"),
    told.DAY_STATE_EXTENDED: say("顺延至", "rolled to"),
}


def why(
    case_id: Annotated[str, typer.Argument(help="Case id; of handoff the id of an exchange.")],
    what: Annotated[str, typer.Argument(help="task, status, deadline, date or refusal.")] = "status",
    name: Annotated[
        str,
        typer.Argument(
            help="reporting-in, end_date, MISSED_INTAKE, CASE_ENDED …: name of the clock or date, code of the "
            "state or refusal. Default for status: the state; for task: everything that is open."
        ),
    ] = "",
    command: Annotated[
        str, typer.Option(help="Refused command, for example CertifyRelease; refusal only.")
    ] = "",
    day: Annotated[str, typer.Option(help="Day of the refused act, ISO 8601; default today.")] = "",
    request: Annotated[
        Path | None,
        typer.Option(
            "--request",
            exists=True,
            dir_okay=False,
            help="Content of the refused command, YAML or JSON in the proto's JSON mapping; refusal only.",
        ),
    ] = None,
    role: Annotated[str, typer.Option(help="Role that asks, and whose command is refused.")] = "COUNTY_CCI",
    service: Annotated[str, typer.Option(help="Service to ask; default: the first that knows.")] = "",
    unit: Annotated[
        str, typer.Option(help="Unit in whose name it is read; default: the case's county.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Events, rule with its version, articles with their words, counted days, in plain Chinese. Exit 1: nothing to explain."""
    if request and what != "refusal":
        fail(say("--request 只用于 refusal", "--request is for a refusal only"), USAGE)
    asked = (service,) if service else SERVICES
    if unknown := set(asked) - set(SERVICES):
        fail(say(f"没有服务 {unknown.pop()}", f"want one of {', '.join(SERVICES)}"), USAGE)
    content = _content(command, request, service) if request else b""
    one = None if what == "task" else _request(case_id, what, name, command, day, content)
    unit = unit or _unit_of(case_id)
    with client(f"staff/{unit}/{role}/guitu") as to:
        if one is None:
            _tasks(to, asked, case_id, name, as_json=as_json)
            return
        explanation = _first(to, asked, one)
    if as_json:
        document(_structure(explanation))
    else:
        show(explanation)


def _unit_of(case_id: str) -> str:
    """The county of the case, or of the case that an exchange with an open clock is about."""
    with client() as operator:
        asked = pb.ListDeadlinesRequest(case_id=case_id)
        found = operator.call_service("handoff", asked, pb.ListDeadlinesResponse).deadlines
    return next((one.county for one in found if one.county), "") or county_of(case_id, purpose=_PURPOSE)


def _has(service: str, command: str) -> bool:
    return f"/corrections.{service}.v1.{service.capitalize()}Service/{command}" in registry.methods()


def _content(command: str, file: Path, service: str) -> bytes:
    """The refused command with the file's content."""
    there = [one for one in ((service,) if service else SERVICES) if _has(one, command)]
    if not there:
        fail(say(f"--command {command}: 没有这一命令", f"--command {command}: there is no such RPC"), USAGE)
    path = f"/corrections.{there[0]}.v1.{there[0].capitalize()}Service/{command}"
    try:
        found = parsed(file, registry.methods()[path].request())
    except json_format.ParseError as error:
        fail(f"{file.name}: {error}", USAGE)
    return found.SerializeToString()


def _tasks(to: Client, services: tuple[str, ...], case_id: str, name: str, *, as_json: bool) -> None:
    """Each open duty of the case, the earliest first: since when, until when, and why. Exit 1 where there is none."""
    listing = pb.ListDeadlinesRequest(case_id=case_id, page_size=1000)
    found = [
        (service, one)
        for service in services
        for one in to.call_service(service, listing, pb.ListDeadlinesResponse).deadlines
        if name in ("", one.name)
    ]
    if not found:
        fail(say("没有这样的待办事项", "there is no such open duty"), FAILED)
    found.sort(key=lambda pair: pair[1].due_at.ToNanoseconds())
    told_of: list[tuple[str, pb.Deadline, told.Explanation]] = []
    for service, one in found:
        asked = pb.ExplainRequest(case_id=case_id, deadline=one.name)
        answer = to.call_service(service, asked, pb.ExplainResponse, purpose=_PURPOSE)
        told_of.append((service, one, answer.explanation))
    if as_json:
        document([{"service": s, "deadline": plain(d), "explanation": _structure(e)} for s, d, e in told_of])
        return
    for service, one, explanation in told_of:
        left = say(f"余 {one.days_left} 日", f"{one.days_left} days left")
        if one.days_left < 0:
            left = say(f"已逾期 {-one.days_left} 日", f"{-one.days_left} days overdue")
        typer.echo(f"■ {one.title_zh}({service}/{one.name}) {one.last_day} {left}")
        show(explanation)
        typer.echo("")


def _structure(explanation: told.Explanation) -> dict[str, Any]:
    return json_format.MessageToDict(explanation, preserving_proto_field_name=True)


def _request(case_id: str, what: str, name: str, command: str, day: str, content: bytes) -> pb.ExplainRequest:
    match what:
        case "status":
            return pb.ExplainRequest(case_id=case_id, status=name)
        case "deadline" if name:
            return pb.ExplainRequest(case_id=case_id, deadline=name)
        case "date" if name:
            return pb.ExplainRequest(case_id=case_id, date=name)
        case "refusal" if command:
            refusal = pb.AskedRefusal(code=name, command=command, day=day, request=content)
            return pb.ExplainRequest(case_id=case_id, refusal=refusal)
        case _:
            zh = "请写 task [名称]、status [代码]、deadline 名称、date 名称,或 refusal [代码] --command 命令"
            return fail(
                say(
                    zh,
                    "want task [NAME], status [CODE], deadline NAME, date NAME, refusal [CODE] --command COMMAND",
                ),
                USAGE,
            )


def _first(to: Client, services: tuple[str, ...], request: pb.ExplainRequest) -> told.Explanation:
    """What the first service answers that knows of it; the error of the last one when none does."""
    if request.WhichOneof("asked") == "refusal":
        services = tuple(one for one in services if _has(one, request.refusal.command)) or services
    *others, last = services
    for one in others:
        try:
            return to.call_service(one, request, pb.ExplainResponse, purpose=_PURPOSE).explanation
        except grpc.RpcError as error:
            if error.code() not in _NOT_HERE:  # pyright: ignore[reportAttributeAccessIssue]
                raise
    return to.call_service(last, request, pb.ExplainResponse, purpose=_PURPOSE).explanation


def show(explanation: told.Explanation) -> None:
    """The sentences, then the days one by one, then the events to look up."""
    typer.echo("\n".join(explanation.sentences_zh))
    if explanation.counting.provisional:
        typer.echo(
            say(
                "此日为暂定。",
                "provisional: a year of working days that may move this day is not imported yet",
            )
        )
    if explanation.counting.days:
        days = [
            {
                head("日", "day"): one.day,
                head("第几日", "number"): one.number or "",
                head("状态", "state"): _STATES.get(one.state, ""),
                head("原因", "why"): one.why_zh,
            }
            for one in explanation.counting.days
        ]
        typer.echo("")
        rows(say("逐日", "Day by day"), days, as_json=False)
    if explanation.events:
        happened = [
            {
                head("日", "day"): one.day,
                head("事件", "event"): one.title_zh,
                head("服务", "service"): one.service,
                head("编号", "id"): one.event_id,
            }
            for one in explanation.events
        ]
        typer.echo("")
        rows(say("依据的事件", "Events"), happened, as_json=False)
