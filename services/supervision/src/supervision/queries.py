"""SQL for lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import LiteralString
from uuid import UUID

from corrections.supervision.v1 import events_pb2 as ev
from eventcore.decider import Caller
from eventcore.rows import SEEN, seen
from google.protobuf.message import Message
from servicekit import paging
from servicekit.lists import Lists, Rows, When
from servicekit.paging import Page

_MISSING: LiteralString = (
    "select case_id, since, police_requested from missing where since <= %(now)s::timestamptz and "
    + SEEN
    + " and (since, case_id) > (%(since)s, %(case_id)s) order by since, case_id limit %(limit)s"
)


PROJECTION = "missing"
MEASURES = "measures"
MEASURE_NAMES: Mapping[type[Message], str] = {
    ev.Admonished: "admonition",
    ev.Warned: "warning",
    ev.MeasureProposed: "penalty-proposed",
    ev.RevocationProposed: "revocation-proposed",
    ev.RevocationRuled: "revocation-ruled",
    ev.ReimprisonmentDecided: "reimprisonment-decided",
    ev.ReductionProposed: "reduction-proposed",
    ev.ReductionRuled: "reduction-ruled",
    ev.ContactLost: "contact-lost",
    ev.AbscondedClassified: "absconded",
}
"""As what each event is counted, in the table `measure` and in the figures."""


@dataclass(frozen=True, slots=True)
class Row:
    """One open search."""

    case_id: UUID
    since: datetime
    police_requested: bool


def page_of(request: paging.Request) -> Page[Row]:
    """The page of ListMissing that is asked for."""
    first = (datetime.min.replace(tzinfo=UTC), UUID(int=0))
    return paging.page_of(
        request, parts=(paging.instant, UUID), first=first, key=lambda row: (row.since, row.case_id)
    )


class Queries:
    """Lists from the projections' tables; a caller sees the rows that Caller.sees names."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    async def missing(self, caller: Caller, page: Page[Row], when: When) -> tuple[list[Row], Rows]:
        """Who is out of contact among the cases that the caller sees, longest first: the page and one more; and for which moment."""
        since, case_id = page.after
        arguments = {**seen(caller), "since": since, "case_id": case_id, "limit": page.limit}
        found = await self._lists.read(PROJECTION, _MISSING, arguments, when)
        return [Row(*row) for row in found.rows], found
