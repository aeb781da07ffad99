"""SQL for lists and for who a person is. A caller sees the rows that Caller.sees names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as pb
from eventcore.decider import Caller
from eventcore.rows import SEEN, seen
from eventcore.store import Pool, Store
from servicekit import paging
from servicekit.lists import Lists, Rows, When
from servicekit.paging import Page

from intake.domain.opening import IDENTITY
from intake.domain.state import Progress

_NO_REQUEST = UUID(int=0)

_COLUMNS = """
select case_id, person_id, exchange_id, defendant_number, kind, county, office, organ_code, effective, start_date,
  end_date, report_due, report_rule, version, opened, missed, reported, declared, planned, prepared, released, terminated,
  (%(now)s::timestamptz at time zone 'Asia/Shanghai')::date as today
from case_list
"""
_PAGE: LiteralString = (
    _COLUMNS + "where " + SEEN + " and case_id > %(after)s::uuid order by case_id limit %(limit)s"
)
_OF_PERSON: LiteralString = (
    _COLUMNS + "where person_id = %(person_id)s and " + SEEN + " order by opened desc, case_id"
)
_HOLDER = "select stream_id from es.claim where kind = %(kind)s and value = %(value)s"
_ALL_OF_PERSON = "select case_id from case_list where person_id = %(person_id)s order by case_id"
_CLAIMS = "select stream_id, value from es.claim where kind = %(kind)s and stream_id = any(%(streams)s)"


PROJECTION = "cases"


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


def page_of(request: pb.ListCasesRequest) -> Page[Row]:
    """The page of ListCases that is asked for."""
    first = UUID(request.after) if request.after else UUID(int=0)
    return paging.page_of(request, parts=(UUID,), first=(first,), key=lambda row: (row.case_id,))


class Queries:
    """Lists from the projection's table, and persons by their claimed number."""

    def __init__(self, pool: Pool, store: Store, lists: Lists) -> None:
        self._pool = pool
        self._store = store
        self._lists = lists

    async def cases(self, caller: Caller, page: Page[Row], when: When) -> tuple[list[Row], Rows]:
        """The caller's cases in order of case id: the page and one more; and for which moment."""
        arguments = {**seen(caller), "after": page.after[0], "limit": page.limit}
        found = await self._lists.read(PROJECTION, _PAGE, arguments, when)
        return [Row(*row) for row in found.rows], found

    async def cases_of(self, person_id: UUID, caller: Caller) -> list[Row]:
        """The person's cases that the caller may know of, newest first."""
        found = await self._lists.read(
            PROJECTION, _OF_PERSON, {**seen(caller), "person_id": person_id}, When()
        )
        return [Row(*row) for row in found.rows]

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

    async def all_cases_of(self, person_id: UUID) -> list[UUID]:
        """All cases of the person, whoever asks."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_ALL_OF_PERSON, {"person_id": person_id})
            return [row[0] for row in await cursor.fetchall()]

    async def identity_claims(self, streams: Mapping[UUID, str]) -> list[tuple[str, bytes]]:
        """The claimed identity numbers (keyed hashes) of these case streams, each with its case."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_CLAIMS, {"kind": IDENTITY, "streams": list(streams)})
            return [(streams[stream_id], value) for stream_id, value in await cursor.fetchall()]
