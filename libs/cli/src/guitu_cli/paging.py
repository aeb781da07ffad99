"""Lists come in pages; a command wants all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar


class _Asked(Protocol):
    page_token: str


class _Page(Protocol):
    next_page_token: str


Q = TypeVar("Q", bound=_Asked)
P = TypeVar("P", bound=_Page)


def pages(ask: Callable[[Q], P], request: Q) -> Iterator[P]:
    """Every page of a list, in order; `request` names the last one afterwards. Raises what `ask` raises."""
    while True:
        page = ask(request)
        yield page
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token
