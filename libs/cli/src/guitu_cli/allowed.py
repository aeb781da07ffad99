"""`guitu case allowed`: what may be done in a case, by a role, and from when on; every service that keeps it is asked."""

from __future__ import annotations

from typing import Annotated, cast

import grpc
import typer
from corrections.law.v1 import service_pb2 as law

from guitu_cli.client import Client, client, county_of
from guitu_cli.output import Row, document, plain, rows
from guitu_cli.running import AsJson, services
from guitu_cli.texts import head, say

_PURPOSE = "guitu/case/allowed"


def allowed(
    case_id: str,
    as_of: Annotated[
        str, typer.Option("--as-of", help="Day on which it would be done, today or later, ISO 8601.")
    ] = "",
    unit: Annotated[
        str, typer.Option(help="Unit that would do it, GB/T 2260; default: the case's county.")
    ] = "",
    role: Annotated[str, typer.Option(help="Role that would do it.")] = "COUNTY_CCI",
    as_json: AsJson = False,
) -> None:
    """Each command as the law and the case stand: allowed, or refused with article, remedy and earliest day."""
    unit = unit or county_of(case_id, purpose=_PURPOSE)
    asked = law.ListAllowedCommandsRequest(case_id=case_id, as_of=as_of)
    with client(f"staff/{unit}/{role}/guitu") as to:
        found = _everywhere(to, asked)
    if as_json:
        document([plain(one) for one in found])
        return
    rows(say(f"办理事项 {len(found)}", f"{len(found)} commands"), [row(one) for one in found], as_json=False)


def row(one: law.AllowedCommand) -> Row:
    """One answer as a row."""
    service, _, command = one.method.removeprefix("/corrections.").partition("/")
    answer = say("可以", "allowed") if one.allowed else say("不可以", "refused")
    if one.nothing_to_do:
        answer = say("已办", "done already")
    return {
        head("事项", "command"): f"{service.partition('.')[0]}/{command}",
        head("对象", "item"): one.item,
        head("结论", "answer"): answer,
        head("视内容", "depends on content"): one.depends_on_content,
        head("最早", "earliest"): one.earliest_date,
        head("代码", "code"): one.code,
        head("依据", "law"): one.article_zh,
        head("说明", "remedy"): one.remedy_zh or "、".join(one.event_titles_zh),
    }


def _everywhere(to: Client, request: law.ListAllowedCommandsRequest) -> list[law.AllowedCommand]:
    """The answers of every service that has the case; grpc.RpcError when none has."""
    found: list[law.AllowedCommand] = []
    absent: grpc.RpcError | None = None
    for name in services():
        try:
            answer = to.call_service(name, request, law.ListAllowedCommandsResponse, purpose=_PURPOSE)
            found.extend(answer.commands)
        except grpc.RpcError as error:
            if cast("grpc.Call", error).code() is not grpc.StatusCode.NOT_FOUND:
                raise
            absent = error
    if absent is not None and not found:
        raise absent
    return found
