"""SQL for lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from eventcore.decider import Caller
from eventcore.rows import SEEN, seen
from eventcore.store import Pool

_MISSING: LiteralString = (
    "select case_id, since, police_requested from missing where since is not null and "
    + SEEN
    + " order by since, case_id"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One open search."""

    case_id: UUID
    since: datetime
    police_requested: bool


class Queries:
    """Lists from the projections' tables; a caller sees the rows that Caller.sees names."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def missing(self, caller: Caller) -> list[Row]:
        """Who is out of contact among the cases that the caller sees, longest first."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_MISSING, seen(caller))
            return [Row(*row) for row in await cursor.fetchall()]
