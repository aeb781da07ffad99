"""SQL for lists and for who a person is. A caller sees the rows that Caller.sees names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from corrections.intake.v1 import events_pb2 as ev
from eventcore.decider import Caller
from eventcore.rows import SEEN, seen
from eventcore.store import Pool, Store
from psycopg.rows import class_row

from intake.domain.opening import IDENTITY
from intake.domain.state import Progress

DEFAULT_PAGE = 100
LONGEST_PAGE = 1000
_NO_REQUEST = UUID(int=0)

_COLUMNS = """
select case_id, person_id, exchange_id, defendant_number, kind, county, office, organ_code, effective, start_date,
  end_date, report_due, report_rule, version, opened, missed, reported, declared, planned, prepared, released, terminated,
  (es.now() at time zone 'Asia/Shanghai')::date as today
from case_list
"""
_PAGE: LiteralString = (
    _COLUMNS + "where " + SEEN + " and (%(after)s::uuid is null or case_id > %(after)s::uuid)"
    " order by case_id limit %(limit)s"
)
_OF_PERSON: LiteralString = (
    _COLUMNS + "where person_id = %(person_id)s and " + SEEN + " order by opened desc, case_id"
)
_HOLDER = "select stream_id from es.claim where kind = %(kind)s and value = %(value)s"


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a list, with the day on which it was read. report_rule: that counts a report_due which may still move."""

    case_id: UUID
    person_id: UUID
    exchange_id: UUID
    defendant_number: int
    kind: int
    county: str
    office: str
    organ_code: str
    effective: date | None
    start_date: date | None
    end_date: date | None
    report_due: date | None
    report_rule: str | None
    version: int
    opened: date
    missed: date | None
    reported: date | None
    declared: date | None
    planned: date | None
    prepared: date | None
    released: date | None
    terminated: date | None
    today: date

    @property
    def progress(self) -> Progress:
        """How far the case is."""
        return Progress(
            self.opened,
            self.missed,
            self.reported,
            self.declared,
            self.planned,
            self.prepared,
            self.released,
            self.terminated,
        )


class Queries:
    """Lists from the projection's table, and persons by their claimed number."""

    def __init__(self, pool: Pool, store: Store) -> None:
        self._pool = pool
        self._store = store

    async def cases(self, caller: Caller, *, after: UUID | None, limit: int) -> list[Row]:
        """One page of the caller's cases in order of case id."""
        size = min(limit or DEFAULT_PAGE, LONGEST_PAGE)
        return await self._rows(_PAGE, {**seen(caller), "after": after, "limit": size})

    async def cases_of(self, person_id: UUID, caller: Caller) -> list[Row]:
        """The person's cases that the caller may know of, newest first."""
        return await self._rows(_OF_PERSON, {**seen(caller), "person_id": person_id})

    async def person_with(self, identity_mac: bytes) -> UUID | None:
        """The person whose number was claimed; None when nobody has it. Never stale: read from the stream."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_HOLDER, {"kind": IDENTITY, "value": identity_mac})
            row = await cursor.fetchone()
        if row is None:
            return None
        loaded = await self._store.load(_NO_REQUEST, [row[0]])
        opened = (e.data for e in loaded.streams[row[0]].events)
        return next((UUID(e.person_id) for e in opened if isinstance(e, ev.CaseOpened)), None)

    async def _rows(self, query: LiteralString, arguments: dict[str, object]) -> list[Row]:
        async with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=class_row(Row)) as cursor,
        ):
            await cursor.execute(query, arguments)
            return await cursor.fetchall()
