"""SQL for lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from eventcore.decider import Caller
from eventcore.rows import SEEN, seen
from servicekit import paging
from servicekit.lists import Lists, Rows, When
from servicekit.paging import Page

_ON_DAY: LiteralString = (
    "select case_id, session_id, topic, state from session where held_on = %(day)s and "
    + SEEN
    + " and (case_id, session_id) > (%(case_id)s, %(session_id)s)"
    + " order by case_id, session_id limit %(limit)s"
)


PROJECTION = "sessions"


@dataclass(frozen=True, slots=True)
class Row:
    """One session of a day."""

    case_id: UUID
    session_id: str
    topic: int
    state: str


def page_of(request: paging.Request) -> Page[Row]:
    """The page of ListSessions that is asked for."""
    return paging.page_of(
        request, parts=(UUID, str), first=(UUID(int=0), ""), key=lambda row: (row.case_id, row.session_id)
    )


class Queries:
    """Lists from the projections' tables; a caller sees the rows that Caller.sees names."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    async def sessions_on(
        self, day: date, caller: Caller, page: Page[Row], when: When
    ) -> tuple[list[Row], Rows]:
        """Sessions that the caller sees on a day, in order of case: the page and one more; and for which moment."""
        case_id, session_id = page.after
        arguments = {
            **seen(caller),
            "day": day,
            "case_id": case_id,
            "session_id": session_id,
            "limit": page.limit,
        }
        found = await self._lists.read(PROJECTION, _ON_DAY, arguments, when)
        return [Row(*row) for row in found.rows], found
