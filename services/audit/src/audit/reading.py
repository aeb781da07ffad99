"""The read log: taken over from the services, told to the procuratorate, and to the person as far as the law allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from corrections.audit.v1 import service_pb2 as pb
from eventcore import meta
from eventcore.decider import Invalid
from servicekit import paging
from servicekit.caller import service_of
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.paging import Page

from audit.domain.reads import READS, stream_of, told_to_the_person
from audit.queries import Queries

_UUID_BYTES = 16  # not the law's: bytes of a UUID
_OF_CASE: LiteralString = """
select at, seq, service, reads, fields, unit, role, purpose, actor, refused, shown from case_read
where case_id = %(case_id)s and seq > %(seq)s
  and (%(all)s or (refused = '' and not starts_with(role, 'PSB') and not starts_with(role, 'PROC')))
order by seq limit %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One read of a case."""

    at: datetime
    seq: int
    service: str
    reads: str
    fields: list[str]
    unit: str
    role: str
    purpose: str
    actor: str
    refused: str
    shown: int


class Reading:
    """RPCs about reads."""

    def __init__(self, deps: Deps, queries: Queries) -> None:
        self._deps = deps
        self._queries = queries

    async def record(self, request: pb.RecordReadsRequest, context: object) -> pb.RecordReadsResponse:
        """Each read is an event. Invalid where a service speaks of another one's reads."""
        caller = service_of(caller_of(context))
        for number, one in enumerate(request.reads):
            if one.read.service != caller:
                raise Invalid(f"reads[{number}].read.service", f"got {one.read.service}, want {caller}")
            if len(one.read.cases) % _UUID_BYTES:
                raise Invalid(f"reads[{number}].read.cases", "is no row of UUIDs of 16 bytes")
        stream = stream_of(request.request_id)
        outcome = await self._deps.run(
            request, context, decider=READS, stream=stream, subject=self._deps.store.stream_id(stream)
        )
        return pb.RecordReadsResponse(outcome=outcome)

    async def of_case(self, request: pb.ListReadsRequest, context: object) -> pb.ListReadsResponse:
        """All reads of a case that the caller sees, with who it was; refused attempts too."""
        page = _page(request)
        rows, token = page.cut(await self._rows(request.case_id, context, page, all_=True))
        return pb.ListReadsResponse(reads=[_told(row) for row in rows], next_page_token=token)

    async def for_person(
        self, request: pb.ListPersonReadsRequest, context: object
    ) -> pb.ListPersonReadsResponse:
        """The reads that the person may know of, without names."""
        page = _page(request)
        rows, token = page.cut(await self._rows(request.case_id, context, page, all_=False))
        told = [_to_the_person(row) for row in rows if told_to_the_person(row.role, row.refused)]
        return pb.ListPersonReadsResponse(reads=told, next_page_token=token)

    async def _rows(self, case_id: str, context: object, page: Page[Row], *, all_: bool) -> list[Row]:
        case = UUID(case_id)
        await self._queries.require(case, caller_of(context))
        arguments = {"case_id": case, "seq": page.after[0], "all": all_, "limit": page.limit}
        async with self._deps.pool.connection() as connection:
            cursor = await connection.execute(_OF_CASE, arguments)
            return [Row(*row) for row in await cursor.fetchall()]


def _page(request: pb.ListReadsRequest | pb.ListPersonReadsRequest) -> Page[Row]:
    return paging.page_of(request, parts=(int,), first=(-1,), key=lambda row: (row.seq,))


def _told(row: Row) -> pb.CaseRead:
    told = _to_the_person(row)
    told.actor, told.refused, told.shown = row.actor, row.refused, row.shown
    return told


def _to_the_person(row: Row) -> pb.CaseRead:
    return pb.CaseRead(
        at=meta.timestamp(row.at),
        service=row.service,
        reads=row.reads,
        fields=row.fields,
        unit=row.unit,
        role=row.role,
        purpose=row.purpose,
        seq=row.seq,
    )
