"""`guitu why CASE task`: each thing that waits for somebody in a case, and why it does.

Two kinds wait: a legal clock that runs, and a step of the platform that a service refused (`guitu refusals`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import grpc
import typer
from corrections.law.v1 import explanation_pb2 as told
from corrections.law.v1 import service_pb2 as pb
from corrections.store.v1 import store_pb2 as store
from eventcore import meta
from google.protobuf.message import Message
from lawkit.counting import day_of
from lawkit.saying import day_zh

from guitu_cli.client import Client, client
from guitu_cli.explained import show, structure
from guitu_cli.output import FAILED, document, fail, plain
from guitu_cli.running import services as all_services
from guitu_cli.texts import say
from guitu_cli.work_items import refusals_of

_PURPOSE = "guitu/why"
_UNEXPLAINED = (
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.FAILED_PRECONDITION,
)


@dataclass(frozen=True)
class Task:
    """One of them: what it is called, when it is due or since when it waits, and why. kind: deadline or refusal."""

    service: str
    kind: str
    item: Message
    title: str
    nanoseconds: int
    explanation: told.Explanation


def show_all(to: Client, services: tuple[str, ...], case_id: str, name: str, *, as_json: bool) -> None:
    """Each open task of the case, the earliest first, or the one of that name. Exit 1 where there is none."""
    with client() as operator:
        refused = list(_refusals(to, operator, services, case_id, name))
    found = sorted([*_deadlines(to, services, case_id, name), *refused], key=lambda one: one.nanoseconds)
    if not found:
        fail(say("没有这样的待办事项", "there is no such open duty"), FAILED)
    if as_json:
        document(
            [
                {"service": one.service, one.kind: plain(one.item), "explanation": structure(one.explanation)}
                for one in found
            ]
        )
        return
    for one in found:
        typer.echo(f"■ {one.title}")
        show(one.explanation)
        typer.echo("")


def _deadlines(to: Client, services: tuple[str, ...], case_id: str, name: str) -> Iterator[Task]:
    listing = pb.ListDeadlinesRequest(case_id=case_id, page_size=1000)
    for service in services:
        for one in to.call_service(service, listing, pb.ListDeadlinesResponse).deadlines:
            if name not in ("", one.name):
                continue
            asked = pb.ExplainRequest(case_id=case_id, deadline=one.name)
            answer = to.call_service(service, asked, pb.ExplainResponse, purpose=_PURPOSE)
            left = say(f"余 {one.days_left} 日", f"{one.days_left} days left")
            if one.days_left < 0:
                left = say(f"已逾期 {-one.days_left} 日", f"{-one.days_left} days overdue")
            title = f"{one.title_zh}({service}/{one.name}) {one.last_day} {left}"
            yield Task(service, "deadline", one, title, one.due_at.ToNanoseconds(), answer.explanation)


def _refusals(
    to: Client, operator: Client, services: tuple[str, ...], case_id: str, name: str
) -> Iterator[Task]:
    """Commands about the case that a service of the list has sent or refused, and that nobody has dealt with."""
    for sender in all_services():
        for one in refusals_of(operator, sender):
            target = one.target.split(".")[1]
            known = ("", f"{sender}/{one.command_id}", one.target.rpartition("/")[2])
            if one.subject != case_id or name not in known or not {sender, target} & set(services):
                continue
            since = day_zh(day_of(meta.instant(one.since)))
            title = say(
                f"被退回的内部事项 {one.target.rpartition('/')[2]}（{sender}/{one.command_id}）自{since} {one.reason}",
                f"refused step {one.target.rpartition('/')[2]} ({sender}/{one.command_id}) {one.reason}",
            )
            yield Task(sender, "refusal", one, title, one.since.ToNanoseconds(), _why(to, target, one))


def _why(to: Client, target: str, one: store.Refusal) -> told.Explanation:
    """Why the service refused, by the law of that time; its bare words where it cannot say any more."""
    command = one.target.rpartition("/")[2]
    asked = pb.AskedRefusal(code=one.reason.rpartition(" ")[2], command=command, at=one.since)
    request = pb.ExplainRequest(case_id=one.subject, refusal=asked)
    try:
        return to.call_service(target, request, pb.ExplainResponse, purpose=_PURPOSE).explanation
    except grpc.RpcError as error:
        if error.code() not in _UNEXPLAINED:  # pyright: ignore[reportAttributeAccessIssue]
            raise
    said = f"{target} 退回了 {command}：{one.reason}。请核对后用 guitu settle 记明处理结果。"
    return told.Explanation(sentences_zh=[said])
