"""The read log: taken over from the services, told to the procuratorate, and to the person as far as the law allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from corrections.audit.v1 import service_pb2 as pb
from eventcore.decider import Invalid, Refused
from psycopg.rows import TupleRow
from servicekit import paging
from servicekit.caller import service_of
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.logs import log
from servicekit.paging import Page
from servicekit.sealing import FileKey, KeyFileLost

from audit import opening, sealed
from audit.domain.logs import OWN
from audit.domain.reads import READS, cases_of, stream_of, together
from audit.doubting import Doubting
from audit.opening import Damaged
from audit.queries import Queries

RULE = "privacy.sensitive"
_UUID_BYTES = 16  # not the law's: bytes of a UUID
_OF_CASE: LiteralString = """
select distinct seq, number from case_read
where case_key = any(%(keys)s) and (seq, number) > (%(seq)s, %(number)s) and (%(all)s or told)
order by seq, number limit %(limit)s
"""
_PARKED: LiteralString = "select exists (select from es.parked where consumer = 'reads')"


@dataclass(frozen=True, slots=True)
class Row:
    """One read of a case, and where it stands: position in audit's log, place in that event's batch.

    finding: what is wrong with the event; then the read is not known.
    """

    seq: int
    number: int
    one: pb.ReadAt
    finding: str = ""


class Reading:
    """RPCs about reads."""

    def __init__(self, deps: Deps, queries: Queries) -> None:
        self._deps = deps
        self._queries = queries
        self._doubting = Doubting(deps.pool)
        self._checked: FileKey | None = None

    async def record(self, request: pb.RecordReadsRequest, context: object) -> pb.RecordReadsResponse:
        """The reads are events, sealed. Invalid where a service speaks of another one's reads, refused while the key is
        lost: they wait where they are.
        """
        caller = service_of(caller_of(context))
        for number, one in enumerate(request.reads):
            if one.read.service != caller:
                raise Invalid(f"reads[{number}].read.service", f"got {one.read.service}, want {caller}")
            if len(one.read.cases) % _UUID_BYTES:
                raise Invalid(f"reads[{number}].read.cases", "is no row of UUIDs of 16 bytes")
        stream = stream_of(request.request_id)
        outcome = await self._deps.run(
            request,
            context,
            decider=READS,
            stream=stream,
            subject=self._deps.store.stream_id(stream),
            command=sealed.sealed(together(request.reads), await self._key()),
        )
        return pb.RecordReadsResponse(outcome=outcome)

    async def of_case(self, request: pb.ListReadsRequest, context: object) -> pb.ListReadsResponse:
        """All reads of a case that the caller sees, with who it was; refused attempts too."""
        page = _page(request)
        rows, token = page.cut(await self._rows(request.case_id, context, page, all_=True))
        return pb.ListReadsResponse(
            reads=[_told(row) for row in rows], next_page_token=token, incomplete=await self._incomplete()
        )

    async def for_person(
        self, request: pb.ListPersonReadsRequest, context: object
    ) -> pb.ListPersonReadsResponse:
        """The reads that the person may know of, without names."""
        page = _page(request)
        rows, token = page.cut(await self._rows(request.case_id, context, page, all_=False))
        return pb.ListPersonReadsResponse(
            reads=[_to_the_person(row) for row in rows],
            next_page_token=token,
            incomplete=await self._incomplete(),
        )

    async def _rows(self, case_id: str, context: object, page: Page[Row], *, all_: bool) -> list[Row]:
        case = UUID(case_id)
        await self._queries.require(case, caller_of(context))
        key = await self._key()
        keys = [sealed.index(key, one) for one in await self._queries.read_as(case)]
        seq, number = page.after
        arguments = {"keys": keys, "seq": seq, "number": number, "all": all_, "limit": page.limit}
        async with self._deps.pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            places = await (await cursor.execute(_OF_CASE, arguments)).fetchall()
            events = await (
                await cursor.execute(opening.EVENTS, [list({seq for seq, _ in places})])
            ).fetchall()
        reads, damaged = _opened(events, key)
        rows = [_row(seq, number, reads.get(seq, ()), damaged.get(seq, "")) for seq, number in places]
        await self._doubt({row.seq: row.finding for row in rows if row.finding})
        return rows

    async def _doubt(self, damaged: Mapping[int, str]) -> None:
        """Audit looks at the first event that is damaged, which stops its stream; the passes over the log find the others."""
        if damaged:
            seq = min(damaged)
            await self._doubting.of(OWN, seq)
            log().error("reads.damaged", seq=seq, finding=damaged[seq], remedy="docs/runbooks/mismatch.md")

    async def _key(self) -> FileKey:
        """The key, once it is known to be the log's; refused while it is not."""
        if self._checked is None:
            try:
                self._checked = await key_of_log(self._deps)
            except KeyFileLost as error:
                facts = {"file": error.file, "key": error.key_id}
                raise Refused("READS_NOT_READABLE", rule=RULE, **facts) from error
        return self._checked

    async def _incomplete(self) -> bool:
        """Reads may be missing: their key was given up, or their batch waits for somebody."""
        if sealed.lost(self._deps.settings.home):
            return True
        async with self._deps.pool.connection() as connection:
            row = await (await connection.execute(_PARKED)).fetchone()
        return row is not None and row[0]


async def key_of_log(deps: Deps) -> FileKey:
    """The key under which the log's reads stand. KeyFileLost, told as an alarm, where its file does not hold it."""
    async with deps.pool.connection() as connection:
        cursor = connection.cursor(binary=True)
        batches = await (await cursor.execute(sealed.BATCHES)).fetchall()
    try:
        return sealed.reads_key(deps.settings.home, (row[0] for row in batches))
    except KeyFileLost as error:
        log().error(
            "reads.not_readable", file=error.file, key=error.key_id, remedy="docs/runbooks/restore.md"
        )
        raise


def _opened(
    events: Iterable[TupleRow], key: FileKey
) -> tuple[dict[int, Sequence[pb.ReadAt]], dict[int, str]]:
    """The reads of each event by its position, and what is wrong with those that are not as recorded."""
    reads, damaged = dict[int, Sequence[pb.ReadAt]](), dict[int, str]()
    for event in events:
        try:
            reads[event[0]] = opening.reads_of(event, key)
        except Damaged as error:
            damaged[event[0]] = error.finding
    return reads, damaged


def _row(seq: int, number: int, reads: Sequence[pb.ReadAt], finding: str) -> Row:
    if number < len(reads):
        return Row(seq, number, reads[number])
    return Row(seq, number, pb.ReadAt(), finding or opening.NOT_READABLE)


def _page(request: pb.ListReadsRequest | pb.ListPersonReadsRequest) -> Page[Row]:
    return paging.page_of(request, parts=(int, int), first=(-1, -1), key=lambda row: (row.seq, row.number))


def _told(row: Row) -> pb.CaseRead:
    told, read = _to_the_person(row), row.one.read
    if row.finding:
        return told
    told.actor, told.refused, told.shown = read.actor, read.refused, len(list(cases_of(read)))
    told.times = read.times
    return told


def _to_the_person(row: Row) -> pb.CaseRead:
    if row.finding:
        return pb.CaseRead(seq=row.seq, finding=row.finding)
    read = row.one.read
    return pb.CaseRead(
        at=row.one.at,
        service=read.service,
        reads=read.reads,
        fields=read.fields,
        unit=read.unit,
        role=read.role,
        purpose=read.purpose,
        seq=row.seq,
    )
