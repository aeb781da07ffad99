"""SQL for lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from eventcore.decider import Caller
from eventcore.rows import SEEN, seen
from eventcore.store import Pool

_ON_DAY: LiteralString = (
    "select case_id, session_id, topic, state from session where held_on = %(day)s and "
    + SEEN
    + " order by case_id, session_id"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One session of a day."""

    case_id: UUID
    session_id: str
    topic: int
    state: str


class Queries:
    """Lists from the projections' tables; a caller sees the rows that Caller.sees names."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def sessions_on(self, day: date, caller: Caller) -> list[Row]:
        """Sessions that the caller sees on a day, in order of case."""
        arguments = {"day": day, **seen(caller)}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_ON_DAY, arguments)
            return [Row(*row) for row in await cursor.fetchall()]
