"""What `guitu status` says of the exchanges that wait for an agency or for us."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from corrections.handoff.v1 import messages_pb2, service_pb2

from guitu_cli.output import Row, rows
from guitu_cli.paging import pages
from guitu_cli.texts import head, say

FIRST = 10


class Waiting(TypedDict):
    """Number of open exchanges, age of the oldest in whole days (0 when there is none), the first ten."""

    open: int
    oldest_days: int
    first: list[Row]


def waiting(
    ask: Callable[[service_pb2.ListOpenExchangesRequest], service_pb2.ListOpenExchangesResponse],
) -> Waiting:
    """Every page is read; the list is oldest first. Raises what `ask` raises."""
    request, number, oldest, first = service_pb2.ListOpenExchangesRequest(page_size=1000), 0, 0, list[Row]()
    for page in pages(ask, request):
        number += len(page.exchanges)
        oldest = max([oldest, *(one.age_days for one in page.exchanges)])
        first.extend(_row(one) for one in page.exchanges[: FIRST - len(first)])
    return Waiting(open=number, oldest_days=oldest, first=first)


def show(found: Waiting) -> None:
    """The table for people."""
    number, days = found["open"], found["oldest_days"]
    title = say(f"未结的往来 {number}，最久 {days} 天", f"{number} open exchanges, the oldest of {days} days")
    rows(title, found["first"], as_json=False)


def _row(one: service_pb2.OpenExchange) -> Row:
    return {
        head("机关", "agency"): one.agency_code,
        head("种类", "kind"): one.kind.rpartition(".")[2],
        head("方向", "direction"): "in" if one.inbound else "out",
        head("阶段", "stage"): messages_pb2.Stage.Name(one.stage).removeprefix("STAGE_"),
        head("天数", "days"): one.age_days,
        head("无处可送", "undeliverable"): one.undeliverable,
        "exchange": one.exchange_id,
    }
