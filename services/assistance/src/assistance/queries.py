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

_OPEN: LiteralString = (
    "select case_id, referral_id, need, department, made_on, accepted from open_referral where "
    + SEEN
    + " and (made_on, case_id, referral_id) > (%(made_on)s, %(case_id)s, %(referral_id)s)"
    + " order by made_on, case_id, referral_id limit %(limit)s"
)


PROJECTION = "referrals"


@dataclass(frozen=True, slots=True)
class Row:
    """One referral without outcome."""

    case_id: UUID
    referral_id: str
    need: int
    department: str
    made_on: date
    accepted: bool


def page_of(request: paging.Request) -> Page[Row]:
    """The page of ListOpenReferrals that is asked for."""
    return paging.page_of(
        request,
        parts=(date.fromisoformat, UUID, str),
        first=(date.min, UUID(int=0), ""),
        key=lambda row: (row.made_on, row.case_id, row.referral_id),
    )


class Queries:
    """Lists from the projections' tables; a caller sees the rows that Caller.sees names."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    async def open_referrals(self, caller: Caller, page: Page[Row], when: When) -> tuple[list[Row], Rows]:
        """Referrals that the caller sees and that have no outcome, oldest first: the page and one more; and for which moment."""
        made_on, case_id, referral_id = page.after
        arguments = {
            **seen(caller),
            "made_on": made_on,
            "case_id": case_id,
            "referral_id": referral_id,
            "limit": page.limit,
        }
        found = await self._lists.read(PROJECTION, _OPEN, arguments, when)
        return [Row(*row) for row in found.rows], found
