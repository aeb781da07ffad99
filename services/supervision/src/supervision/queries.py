"""SQL for lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventcore.decider import Caller
from eventcore.store import Pool

_MISSING = """
select case_id, since, police_requested from missing
where since is not null and case
  when %(role)s in ('SERVICE', 'OPERATOR') then true
  when %(role)s = 'JO' then office = %(office)s
  else %(unit)s <> '' and starts_with(county, %(unit)s) end
order by since, case_id
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One open search."""

    case_id: UUID
    since: datetime
    police_requested: bool


class Queries:
    """Lists from the projections' tables; a caller sees the rows of its own territory."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def missing(self, caller: Caller) -> list[Row]:
        """Who is out of contact in the caller's territory, longest first."""
        arguments = {"role": caller.role, "unit": caller.county, "office": caller.unit}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_MISSING, arguments)
            return [Row(*row) for row in await cursor.fetchall()]
