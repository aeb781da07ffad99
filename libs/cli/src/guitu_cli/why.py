"""`guitu why`: why a clock, a date, a state or a refusal in a case is as it is, with events, articles and counted days."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import grpc
import typer
from contracts import registry
from corrections.law.v1 import explanation_pb2 as told
from corrections.law.v1 import service_pb2 as pb
from google.protobuf import json_format

from guitu_cli import why_tasks
from guitu_cli.agency import parsed
from guitu_cli.client import Client, client, county_of
from guitu_cli.explained import show, structure
from guitu_cli.output import USAGE, document, fail
from guitu_cli.running import AsJson
from guitu_cli.texts import say

SERVICES = ("intake", "supervision", "education", "assistance", "handoff")
_PURPOSE = "guitu/why"
# services that have a case from its reception on, and the first command of intake that waits for it
_FROM_RECEPTION = ("supervision", "education", "assistance")
_AFTER_RECEPTION, _NOT_RECEIVED = "FormGroup", "NOT_RECEIVED"
_NOT_HERE = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT)


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
    command = _command(command) if what == "refusal" and command else command
    content = _content(command, request, service) if request else b""
    one = None if what == "task" else _request(case_id, what, name, command, day, content)
    unit = unit or _unit_of(case_id)
    with client(f"staff/{unit}/{role}/guitu") as to:
        if one is None:
            why_tasks.show_all(to, asked, case_id, name, as_json=as_json)
            return
        explanation = _first(to, asked, one)
    if as_json:
        document(structure(explanation))
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


def _command(given: str) -> str:
    """The name of the RPC: also where the name of its request was given. Ends with USAGE for any other word."""
    name = given.rpartition("/")[2]
    for one in (name, name.removesuffix("Request")):
        if any(_has(service, one) for service in SERVICES):
            return one
    known = {path.rpartition("/")[2] for path in registry.methods()}
    near = ", ".join(get_close_matches(name.removesuffix("Request"), sorted(known), 1))
    zh, en = f"--command {given}：没有这一命令", f"--command {given}: there is no such RPC"
    return fail(say(f"{zh}，是否 {near}", f"{en}; did you mean {near}?") if near else say(zh, en), USAGE)


def _content(command: str, file: Path, service: str) -> bytes:
    """The refused command with the file's content."""
    there = [one for one in ((service,) if service else SERVICES) if _has(one, command)]
    if not there:
        fail(say(f"--command {command}：没有这一命令", f"--command {command}: there is no such RPC"), USAGE)
    path = f"/corrections.{there[0]}.v1.{there[0].capitalize()}Service/{command}"
    try:
        found = parsed(file, registry.methods()[path].request())
    except json_format.ParseError as error:
        fail(f"{file.name}: {error}", USAGE)
    return found.SerializeToString()


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
            zh = "请写 task [名称]、status [代码]、deadline 名称、date 名称，或 refusal [代码] --command 命令"
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
    try:
        return to.call_service(last, request, pb.ExplainResponse, purpose=_PURPOSE).explanation
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:  # pyright: ignore[reportAttributeAccessIssue]
            raise
        before = _before_reception(to, last, request)
        if before is None:
            raise
        return before


def _before_reception(to: Client, service: str, request: pb.ExplainRequest) -> told.Explanation | None:
    """Why intake refuses what follows the reception; None where it does not, or the caller may not know of the case.

    The other services have a case from its reception on: before it they know nothing of it, whatever the command.
    """
    refusal = request.refusal
    asked = request.WhichOneof("asked") == "refusal"
    if not asked or service not in _FROM_RECEPTION or refusal.code not in ("", _NOT_RECEIVED):
        return None
    first = pb.AskedRefusal(code=_NOT_RECEIVED, command=_AFTER_RECEPTION, day=refusal.day)
    if refusal.HasField("at"):
        first.at.CopyFrom(refusal.at)
    question = pb.ExplainRequest(case_id=request.case_id, refusal=first)
    try:
        return to.call_service("intake", question, pb.ExplainResponse, purpose=_PURPOSE).explanation
    except grpc.RpcError as error:
        if error.code() in (*_NOT_HERE, grpc.StatusCode.PERMISSION_DENIED):  # pyright: ignore[reportAttributeAccessIssue]
            return None
        raise
