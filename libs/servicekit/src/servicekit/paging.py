"""Lists page by page, as AIP-158 says: page_size, page_token, next_page_token.

A token holds the key of the last row shown, so that a page costs the same wherever it lies and rows that come or go
meanwhile neither repeat nor hide others. It fits one list and one set of conditions; to its reader it is opaque.
Where the list stands for a size of the log (servicekit.lists) it carries that too, so that the pages belong together.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Generic, Protocol, TypeVar, cast

from eventcore.errors import Invalid
from google.protobuf.message import Message

DEFAULT_SIZE = 100
LARGEST_SIZE = 1000

Row = TypeVar("Row")
Key = tuple[object, ...]
Part = Callable[[str], object]


class Request(Protocol):
    """A request for a page."""

    @property
    def page_size(self) -> int:
        """Rows wanted at most; 0 leaves it to the server."""
        ...

    @property
    def page_token(self) -> str:
        """Where the page before ended; empty for the first."""
        ...


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list ordered by a key. `after`: key of the last row before it.

    log_size: that of the pages before; None for the first page, and where lists have none.
    """

    size: int
    after: Key
    conditions: str
    key: Callable[[Row], Key]
    log_size: int | None = None

    @property
    def limit(self) -> int:
        """Rows to read: one more than is shown tells whether there is a next page."""
        return self.size + 1

    def cut(self, rows: Sequence[Row], log_size: int | None = None) -> tuple[Sequence[Row], str]:
        """The rows that are shown, and the token of the next page; empty when there is none.

        log_size: size of the log that the rows stand for.
        """
        shown = rows[: self.size]
        if len(rows) <= self.size:
            return shown, ""
        size = "" if log_size is None else str(log_size)
        parts = [self.conditions, size, *(_text(part) for part in self.key(shown[-1]))]
        return shown, base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False).encode()).decode()


def page_of(request: Request, *, parts: Sequence[Part], first: Key, key: Callable[[Row], Key]) -> Page[Row]:
    """The page that a request asks for. Invalid for a size or a token that this list never gave.

    parts: how each part of a key is read from text; first: a key before every row.
    """
    if not 0 <= request.page_size <= LARGEST_SIZE:
        raise Invalid("page_size", f"got {request.page_size}, want 0 to {LARGEST_SIZE}")
    conditions = _conditions(cast("Message", request))
    after, log_size = first, None
    if request.page_token:
        after, log_size = _after(request.page_token, conditions, parts)
    return Page(request.page_size or DEFAULT_SIZE, after, conditions, key, log_size)


def instant(text: str) -> datetime:
    """A part of a key that is an instant; ValueError without a zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("no zone")
    return found


def _conditions(request: Message) -> str:
    """What must be the same from page to page: the list and everything asked but the page."""
    asked = type(request)()
    asked.CopyFrom(request)
    asked.ClearField("page_size")
    asked.ClearField("page_token")
    content = asked.DESCRIPTOR.full_name.encode() + b"\0" + asked.SerializeToString(deterministic=True)
    return sha256(content).hexdigest()[:16]


def _after(token: str, conditions: str, parts: Sequence[Part]) -> tuple[Key, int | None]:
    try:
        found: Any = json.loads(base64.urlsafe_b64decode(token.encode()))
        given, size, *texts = found
        if given != conditions or len(texts) != len(parts):
            raise ValueError
        if not all(isinstance(text, str) for text in (size, *texts)):
            raise ValueError
        key = tuple(part(text) for part, text in zip(parts, texts, strict=True))
        return key, int(size) if size else None
    except (ValueError, TypeError, OverflowError) as error:
        raise Invalid("page_token", "is no token that this list has given for these conditions") from error


def _text(part: object) -> str:
    isoformat = getattr(part, "isoformat", None)
    return isoformat() if isoformat is not None else str(part)
