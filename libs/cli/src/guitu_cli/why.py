"""`guitu why`: why a clock, a date, a state or a refusal in a case is as it is, with events, articles and counted days."""

from __future__ import annotations

from typing import Annotated

import grpc
import typer
from corrections.law.v1 import explanation_pb2 as told
from corrections.law.v1 import service_pb2 as pb
from google.protobuf import json_format

from guitu_cli.client import Client, client, county_of
from guitu_cli.output import USAGE, document, fail, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

SERVICES = ("intake", "supervision", "education", "assistance")
_PURPOSE = "guitu/why"
_NOT_HERE = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT)
_STATES = {
    told.DAY_STATE_START: say("起", "start"),
    told.DAY_STATE_COUNTED: say("计", "counted"),
    told.DAY_STATE_SKIPPED: say("跳过", "skipped"),
    told.DAY_STATE_EXTENDED: say("顺延至", "rolled to"),
}


def why(
    case_id: Annotated[str, typer.Argument(help="Case id.")],
    what: Annotated[str, typer.Argument(help="status, deadline, date or refusal.")] = "status",
    name: Annotated[
        str,
        typer.Argument(
            help="reporting-in, end_date, MISSED_INTAKE, CASE_ENDED …: name of the clock or date, code of the "
            "state or refusal. Default for status: the state."
        ),
    ] = "",
    command: Annotated[
        str, typer.Option(help="Refused command, for example CertifyRelease; refusal only.")
    ] = "",
    day: Annotated[str, typer.Option(help="Day of the refused act, ISO 8601; default today.")] = "",
    service: Annotated[str, typer.Option(help="Service to ask; default: the first that knows.")] = "",
    unit: Annotated[
        str, typer.Option(help="Unit in whose name it is read; default: the case's county.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Events, rule with its version, articles with their words, counted days, in plain Chinese. Exit 1: nothing to explain."""
    request = _request(case_id, what, name, command, day)
    asked = (service,) if service else SERVICES
    if unknown := set(asked) - set(SERVICES):
        fail(say(f"没有服务 {unknown.pop()}", f"want one of {', '.join(SERVICES)}"), USAGE)
    unit = unit or county_of(case_id, purpose=_PURPOSE)
    with client(f"staff/{unit}/COUNTY_CCI/guitu") as to:
        explanation = _first(to, asked, request)
    if as_json:
        document(json_format.MessageToDict(explanation, preserving_proto_field_name=True))
    else:
        show(explanation)


def _request(case_id: str, what: str, name: str, command: str, day: str) -> pb.ExplainRequest:
    match what:
        case "status":
            return pb.ExplainRequest(case_id=case_id, status=name)
        case "deadline" if name:
            return pb.ExplainRequest(case_id=case_id, deadline=name)
        case "date" if name:
            return pb.ExplainRequest(case_id=case_id, date=name)
        case "refusal" if command:
            refusal = pb.AskedRefusal(code=name, command=command, day=day)
            return pb.ExplainRequest(case_id=case_id, refusal=refusal)
        case _:
            zh = "请写 status [代码]、deadline 名称、date 名称,或 refusal [代码] --command 命令"
            return fail(
                say(zh, "want status [CODE], deadline NAME, date NAME, refusal [CODE] --command COMMAND"),
                USAGE,
            )


def _first(to: Client, services: tuple[str, ...], request: pb.ExplainRequest) -> told.Explanation:
    """What the first service answers that knows of it; the error of the last one when none does."""
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
