"""SQL for lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from servicekit.lists import Lists, Rows, When

_YEARS: LiteralString = "select year, version, source, working_days from calendar_year order by year"
_RULE_SETS: LiteralString = "select released, withdrawn from rule_set order by effective_on, rule_set_id"


@dataclass(frozen=True, slots=True)
class Year:
    """An imported year; source: SourceDocument."""

    year: int
    version: int
    source: bytes
    working_days: int


class Queries:
    """Lists from the projections' tables."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    async def years(self, when: When) -> tuple[list[Year], Rows]:
        """Imported years in order; and for which moment."""
        found = await self._lists.read("calendar-years", _YEARS, {}, when)
        return [Year(*row) for row in found.rows], found

    async def rule_sets(self, when: When) -> tuple[list[tuple[bytes, bytes | None]], Rows]:
        """Released rule sets (RuleSetReleased) in order of their first day, and RuleSetWithdrawn or None; and for which moment."""
        found = await self._lists.read("rule-sets", _RULE_SETS, {}, when)
        return [(r[0], r[1]) for r in found.rows], found
