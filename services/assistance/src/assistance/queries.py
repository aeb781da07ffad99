"""SQL for lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from eventcore.decider import Caller
from eventcore.store import Pool

_OPEN = """
select case_id, referral_id, need, department, made_on, accepted from open_referral
where %(all)s or starts_with(county, %(unit)s) order by made_on, case_id, referral_id
"""


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
    """Lists from the projections' tables; a caller sees the rows of its own territory."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open_referrals(self, caller: Caller) -> list[Row]:
        """Referrals of the caller's territory that have no outcome, oldest first."""
        async with self._pool.connection() as connection:
            arguments = {"all": caller.role == "SERVICE", "unit": caller.county}
            cursor = await connection.execute(_OPEN, arguments)
            return [Row(*row) for row in await cursor.fetchall()]
