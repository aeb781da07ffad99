"""Lists page by page (AIP-158)."""

from __future__ import annotations

import base64
import json
from typing import NamedTuple

import pytest
from corrections.education.v1.service_pb2 import ListSessionsRequest
from corrections.handoff.v1.service_pb2 import ListOpenExchangesRequest
from eventcore.errors import Invalid
from servicekit.paging import DEFAULT_SIZE, Page, page_of


class Row(NamedTuple):
    number: int
    name: str


ROWS = [Row(n // 2, f"甲{n:03}") for n in range(7)]


def page(request: ListSessionsRequest | ListOpenExchangesRequest) -> Page[Row]:
    return page_of(request, parts=(int, str), first=(-1, ""), key=tuple)


def read(found: Page[Row]) -> list[Row]:
    """What a database answers."""
    return [row for row in ROWS if tuple(row) > found.after][: found.limit]


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
def test_every_row_comes_once_and_the_last_page_has_no_token(size: int):
    request, seen = ListSessionsRequest(on="2026-03-02", page_size=size), list[Row]()
    for _ in range(len(ROWS) + 1):
        asked = page(request)
        shown, request.page_token = asked.cut(read(asked))
        assert len(shown) <= size
        seen += shown
        if not request.page_token:
            break
    assert seen == ROWS


def test_no_size_leaves_it_to_the_server():
    assert page(ListSessionsRequest(on="2026-03-02")).size == DEFAULT_SIZE


@pytest.mark.parametrize("size", [-1, 1001])
def test_a_size_out_of_bounds_is_invalid(size: int):
    with pytest.raises(Invalid, match="page_size"):
        page(ListOpenExchangesRequest(page_size=size))


def test_a_token_fits_its_own_list_and_conditions_only():
    asked = page(ListSessionsRequest(on="2026-03-02", page_size=2))
    _, token = asked.cut(read(asked))
    assert page(ListSessionsRequest(on="2026-03-02", page_size=5, page_token=token)).after == tuple(ROWS[1])
    for other in (
        ListSessionsRequest(on="2026-03-03", page_token=token),
        ListOpenExchangesRequest(page_token=token),
    ):
        with pytest.raises(Invalid, match="page_token"):
            page(other)


def made_up(*parts: object) -> str:
    conditions = page(ListOpenExchangesRequest()).conditions
    return base64.urlsafe_b64encode(json.dumps([conditions, *parts]).encode()).decode()


@pytest.mark.parametrize("token", ["!", "bm90aGluZw==", made_up("x", "y"), made_up(1, "y"), made_up("1")])
def test_a_made_up_token_is_invalid(token: str):
    with pytest.raises(Invalid, match="page_token"):
        page(ListOpenExchangesRequest(page_token=token))
