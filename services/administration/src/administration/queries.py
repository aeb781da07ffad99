"""SQL for lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from eventcore.store import Pool

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

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def years(self) -> list[Year]:
        """Imported years in order."""
        async with self._pool.connection() as connection:
            return [Year(*row) for row in await (await connection.execute(_YEARS)).fetchall()]

    async def rule_sets(self) -> list[tuple[bytes, bytes | None]]:
        """Released rule sets (RuleSetReleased) in order of their first day, and RuleSetWithdrawn or None."""
        async with self._pool.connection() as connection:
            return [(r[0], r[1]) for r in await (await connection.execute(_RULE_SETS)).fetchall()]
