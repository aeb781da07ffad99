"""SQL for lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from eventcore.decider import Caller
from eventcore.store import Pool

_ON_DAY = """
select case_id, session_id, topic, state from session
where held_on = %(day)s and (%(all)s or starts_with(county, %(unit)s)) order by case_id, session_id
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One session of a day."""

    case_id: UUID
    session_id: str
    topic: int
    state: str


class Queries:
    """Lists from the projections' tables; a caller sees the rows of its own territory."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def sessions_on(self, day: date, caller: Caller) -> list[Row]:
        """Sessions of the caller's territory on a day, in order of case."""
        arguments = {"day": day, "all": caller.role == "SERVICE", "unit": caller.county}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_ON_DAY, arguments)
            return [Row(*row) for row in await cursor.fetchall()]
