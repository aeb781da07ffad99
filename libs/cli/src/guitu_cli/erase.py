"""`guitu erase`: what is kept about a person is destroyed, by two people. 个人信息保护法 第四十七条; 档案法 第十四条."""

from __future__ import annotations

import re
import threading
import time
from hashlib import sha256
from typing import Annotated, NoReturn
from uuid import UUID

import grpc
import typer
from corrections.intake.v1 import service_pb2 as intake
from eventcore.decider import SHANGHAI

from guitu_cli.client import Client, client
from guitu_cli.output import FAILED, USAGE, document, fail, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

_PURPOSE = "guitu/erase"
_LIMIT_S = 60.0
_LOOK_EVERY_S = 0.5


def erase(
    who: Annotated[str, typer.Argument(help="Person or case, UUID.")],
    unit: Annotated[str, typer.Option(help="Unit in whose name it is done, GB/T 2260.")],
    name: Annotated[str, typer.Option("--name", help="Who acts: one proposes, another approves.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the record, sealed.")] = "",
    kept_until: Annotated[
        str, typer.Option("--kept-until", help="Last day of the keeping period by the archive schedule.")
    ] = "",
    approve: Annotated[bool, typer.Option("--approve", help="Approve what another proposed.")] = False,
    as_json: AsJson = False,
) -> None:
    """One officer proposes (--reason, --kept-until), another approves (--approve): then the keys are destroyed.

    Exit 3 while a case of the person runs, while the keeping period runs, or when the same officer approves. Every proof
    stays as it is; readers are told that the content was destroyed.
    """
    if not re.fullmatch("[A-Za-z0-9_.-]+", name):
        fail(
            say(
                f"--name {name} 不能写进证书：请用工号或拼音，只含字母、数字和 _ . -",
                f"--name {name} cannot stand in a certificate: letters, digits and _ . - alone",
            ),
            USAGE,
        )
    if not approve and not (reason and kept_until):
        fail(
            say("提出销毁须给出 --reason 和 --kept-until", "a proposal needs --reason and --kept-until"),
            USAGE,
        )
    with client(f"staff/{unit}/COUNTY_CCI/{name}") as to:
        person_id = _person_of(to, who)
        if not approve:
            proposal = intake.ProposeErasureRequest(
                request_id=_id("propose", person_id, kept_until, reason),
                person_id=person_id,
                kept_until=kept_until,
                reason=reason,
            )
            to.call(proposal, intake.ProposeErasureResponse, purpose=_PURPOSE)
            _told(
                {"person": person_id, head("状态", "state"): say("已提出，待另一人批准", "proposed")}, as_json
            )
            return
        request = intake.ApproveErasureRequest(
            request_id=_id("approve", person_id, time.time_ns()), person_id=person_id
        )
        to.call(request, intake.ApproveErasureResponse, purpose=_PURPOSE)
        _told(_row(person_id, _carried_out(to, person_id)), as_json)


def _carried_out(to: Client, person_id: str) -> intake.Erased:
    """Waits for the record that the keys are destroyed."""
    until, pause = time.monotonic() + _LIMIT_S, threading.Event()
    ask = intake.GetPersonRequest(
        request_id=_id("read", person_id, time.time_ns()), person_id=person_id, erasure_only=True
    )
    while True:
        found = to.call(ask, intake.GetPersonResponse, purpose=_PURPOSE).erased
        if found.HasField("at"):
            return found
        if time.monotonic() > until:
            _unfinished()
        pause.wait(_LOOK_EVERY_S)


def _unfinished() -> NoReturn:
    fail(
        say(
            "已批准，但尚未执行完毕；系统会继续执行，见 `guitu status` 和 `guitu work-items`",
            "approved, not carried out yet; it goes on: see `guitu status` and `guitu work-items`",
        ),
        FAILED,
    )


def _person_of(to: Client, who: str) -> str:
    """The person of a case, or the person itself."""
    try:
        UUID(who)
    except ValueError:
        fail(say(f"{who} 不是编号", f"{who} is no UUID"), USAGE)
    try:
        request = intake.GetCaseRequest(case_id=who)
        return to.call(request, intake.GetCaseResponse, purpose=_PURPOSE).case.person_id
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.NOT_FOUND:  # pyright: ignore[reportAttributeAccessIssue]
            raise
        return who


def _id(*parts: object) -> str:
    """The same words again are the same request."""
    return f"erase/{sha256(repr(parts).encode()).hexdigest()}"


def _row(person_id: str, found: intake.Erased) -> dict[str, str]:
    at = found.at.ToDatetime(SHANGHAI)
    return {
        "person": person_id,
        head("状态", "state"): say("已销毁", "destroyed"),
        head("时间", "time"): at.strftime("%Y-%m-%d %H:%M"),
        head("提出", "proposed by"): found.proposed_by.rpartition("/")[2],
        head("批准", "approved by"): found.approved_by.rpartition("/")[2],
        head("保管期限", "kept until"): found.kept_until,
    }


def _told(row: dict[str, str], as_json: bool) -> None:
    document(row) if as_json else rows(say("销毁", "Erasure"), [row], as_json=False)
