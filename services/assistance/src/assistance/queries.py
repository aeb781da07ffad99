"""SQL for lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from eventcore.decider import Caller
from eventcore.rows import SEEN, seen
from eventcore.store import Pool

_OPEN: LiteralString = (
    "select case_id, referral_id, need, department, made_on, accepted from open_referral where "
    + SEEN
    + " order by made_on, case_id, referral_id"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One referral without outcome."""

    case_id: UUID
    referral_id: str
    need: int
    department: str
    made_on: date
    accepted: bool


class Queries:
    """Lists from the projections' tables; a caller sees the rows that Caller.sees names."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open_referrals(self, caller: Caller) -> list[Row]:
        """Referrals that the caller sees and that have no outcome, oldest first."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_OPEN, seen(caller))
            return [Row(*row) for row in await cursor.fetchall()]
