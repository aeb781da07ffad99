"""The LawService of a service under test, as its callers ask it."""

from __future__ import annotations

from datetime import date
from typing import Protocol
from uuid import UUID

import grpc
from corrections.law.v1 import explanation_pb2 as told
from corrections.law.v1 import service_pb2 as pb
from corrections.law.v1.service_pb2_grpc import LawServiceStub
from lawkit import load_law
from servicekit.calls import purpose
from servicekit.testing import Authority
from servicekit.tls import Material

LAW = load_law()
COUNTY = "staff/330203/COUNTY_CCI/wang"


class Serving(Protocol):
    """A service that runs."""

    authority: Authority
    port: int


def deadlines(world: Serving, by: str = COUNTY, *, size: int = 0, **asked: object) -> list[pb.Deadline]:
    """The clocks that the caller sees, page by page."""
    request = pb.ListDeadlinesRequest(page_size=size, **asked)  # pyright: ignore[reportArgumentType]
    found: list[pb.Deadline] = []
    with _channel(world, by) as channel:
        while True:
            page = LawServiceStub(channel).ListDeadlines(request, timeout=10)
            found.extend(page.deadlines)
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token


def clocks(world: Serving, case: UUID, by: str = COUNTY) -> dict[str, str]:
    """The case's clocks that the caller sees: name -> last day."""
    return {one.name: one.last_day for one in deadlines(world, by, case_id=str(case))}


def allowed(world: Serving, case: UUID, by: str = COUNTY, as_of: str = "") -> dict[str, pb.AllowedCommand]:
    """What the caller may do in the case: name of the RPC and what it is about -> the answer."""
    request = pb.ListAllowedCommandsRequest(case_id=str(case), as_of=as_of)
    with _channel(world, by) as channel:
        metadata = (("guitu-purpose", "test"),)
        found = LawServiceStub(channel).ListAllowedCommands(request, timeout=10, metadata=metadata).commands
    return {f"{one.method.rpartition('/')[2]} {one.item}".rstrip(): one for one in found}


def explain(world: Serving, case: UUID, by: str = COUNTY, **asked: object) -> told.Explanation:
    """Why it is as it is, by the service's own word."""
    request = pb.ExplainRequest(case_id=str(case), **asked)  # pyright: ignore[reportArgumentType]
    with _channel(world, by) as channel:
        answer = LawServiceStub(channel).Explain(request, timeout=10, metadata=(purpose("test"),))
    return answer.explanation


def must_be_closed(found: told.Explanation, logged: set[str]) -> None:
    """Every rule that it names is in the catalogue in that version with an article, every event in the log."""
    assert found.rules
    assert found.sentences_zh
    for one in found.rules:
        assert LAW.rule(one.rule, date.fromisoformat(one.in_force_from)).title_zh == one.title_zh
        assert one.articles
        assert one.articles[0].title_zh
    assert found.events
    assert {one.event_id for one in found.events} <= logged


def _channel(world: Serving, by: str) -> grpc.Channel:
    kind, _, name = by.partition("/")
    credentials = Material.read(world.authority.issue(kind, name)).channel_credentials()
    return grpc.secure_channel(f"127.0.0.1:{world.port}", credentials)
