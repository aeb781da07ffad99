"""SQL over what was published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from eventcore.decider import Caller, NotFound
from eventcore.store import Pool
from proofs.maps import Entry, Pair
from proofs.tree import HashName
from psycopg.rows import TupleRow

from audit.domain.comparing import Published
from audit.domain.links import NAMES, OpenLink, names_read
from audit.domain.log import Mismatch
from audit.domain.logs import OTHERS, OWN
from audit.domain.trail import Seen

_COUNTY = "select county, office from audited_case where case_id = %(case_id)s"
_CASES = """
select case_id from audited_case
where (%(all)s or (%(county)s <> '' and starts_with(county, %(county)s))) and (%(after)s::uuid is null or case_id > %(after)s)
order by case_id limit %(limit)s
"""
_CASE_COUNT = """
select count(*) from audited_case where %(all)s or (%(county)s <> '' and starts_with(county, %(county)s))
"""
# An exchange may be about several cases: what is about another one, or names only others, is not shown. What names the case
# is shown, whatever it is about itself: the erasure of its person.
# A known time is one size of each log: what was recorded before its first event that was recorded later.
_TRAIL = """
with known as (
  select service, min(seq) as size from log_entry where recorded_at > %(known_at)s::timestamptz group by service
)
select e.service, e.seq, e.stream_id, e.version, e.event_id, e.type, e.occurred_at, e.recorded_at, e.actor, e.role,
  e.unit, e.causation_id, e.legal_basis, coalesce(e.since, e.occurred_at)
from log_entry e
where (e.subject = %(case_id)s
   or ((e.stream_id in (select s.stream_id from stream_case s where s.case_id = %(case_id)s)
         or (e.about <> '{}' and e.about @> array[%(case_id)s::uuid]))
       and (e.about = '{}' or e.about @> array[%(case_id)s::uuid])
       and not exists (select from audited_case c where c.case_id = e.subject)))
  and not exists (select from known k where k.service = e.service and e.seq >= k.size)
"""
# The streams that speak of the case, as the logs' checkpoints commit them. Then those of the exchanges that opened or
# changed it that do not say so themselves, or not yet: they caused one of its events or were caused by one, which an offline
# verifier can check without knowing what the events mean.
_STREAMS = """
select distinct e.service, e.stream_id from log_entry e where e.subject = %(case_id)s
union
select e.service, e.stream_id from log_entry e where e.about <> '{}' and e.about @> array[%(case_id)s::uuid]
union
select e.service, e.stream_id from stream_case s join log_entry e on e.stream_id = s.stream_id
where s.case_id = %(case_id)s and exists (
  select from log_entry c where c.subject = %(case_id)s and (c.causation_id = e.event_id or e.causation_id = c.event_id))
"""
# What a read may be recorded under that was one of the case: the case, and its exchanges, but no other case.
_READ_AS = """
select %(case_id)s::uuid union
select e.subject from stream_case s join log_entry e on e.stream_id = s.stream_id
where s.case_id = %(case_id)s and not exists (select from audited_case c where c.case_id = e.subject)
"""
_ENDS = "select service, max(seq) + 1 from log_entry where stream_id = any(%(ids)s) group by service"
_VERSIONS = "select stream_id, version from log_entry where stream_id = any(%(ids)s)"
# Those that some log holds, and whether the caller may know them: not where they are about cases, and none of these is the
# caller's.
_KNOWN = """
select e.event_id, coalesce(bool_or(%(all)s or (%(county)s <> '' and starts_with(c.county, %(county)s))), true)
from log_entry e left join audited_case c on c.case_id = e.subject or c.case_id = any(e.about)
  or c.case_id in (select s.case_id from stream_case s where s.stream_id = e.stream_id)
where e.event_id = any(%(ids)s) group by e.event_id
union all
select event_id, true from own_entry where event_id = any(%(ids)s)
"""
# As known at an instant.
_LINKS_OF = """
select case_id, stream_id, opened_at from stream_case
where case_id = %(case_id)s and opened_at <= %(at)s and (named_at is null or named_at > %(at)s)
"""
_LINKS = """
select s.case_id, s.stream_id, s.opened_at from stream_case s join audited_case c on c.case_id = s.case_id
where s.opened_at is not null and s.named_at is null
  and (%(all)s or (%(county)s <> '' and starts_with(c.county, %(county)s)))
order by s.opened_at, s.case_id limit 1000
"""
_STATES = "select log, verified from log_state"
_MISMATCHES = "select log, seq, finding, event_id, type from mismatch order by log, seq, finding"
_STOPS = "select log, stream_id from stop where stopped order by log, stream_id"
_REREADS = "select log, next, whole_at, whole_size from rereading"
# Events and streams of the caller's cases, the exchanges of such a case among them.
_OWN_PLACES = """
select e.event_id::text, e.stream_id::text from log_entry e
where (e.event_id = any(%(events)s::text[]::uuid[]) or e.stream_id = any(%(streams)s::text[]::uuid[]))
  and exists (select from audited_case c where %(county)s <> '' and starts_with(c.county, %(county)s)
    and (c.case_id = e.subject or c.case_id in (select s.case_id from stream_case s where s.stream_id = e.stream_id)))
"""
_NOW = "select es.now()"
_FIRST = "select min(recorded_at) from log_entry where service = any(%(logs)s) and seq = 0"
_COUNTS = """
select service, count(*) from log_entry group by service union all select service, count(*) from own_entry group by service
"""


@dataclass(frozen=True, slots=True)
class Reread:
    """How far the pass under way is, 0 = none; when the last one ended and what it read."""

    next: int
    whole_at: datetime | None
    whole_size: int | None


@dataclass(frozen=True, slots=True)
class Logs:
    """Per log: events read, size verified, mismatches, stopped streams, passes over the whole."""

    read: Mapping[str, int]
    verified: Mapping[str, int]
    mismatches: Sequence[tuple[str, Mismatch]]
    stopped: Sequence[tuple[str, str]]
    rereads: Mapping[str, Reread]

    @property
    def names_read(self) -> bool:
        """All that is verified of the log that names cases has been read here."""
        return names_read(self.read.get(NAMES, 0), self.verified.get(NAMES, 0))


class Queries:
    """Reads the projections' tables in the role of `serve`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def require(self, case_id: UUID, caller: Caller) -> None:
        """The case exists and is of the caller's territory or office; NotFound otherwise. Operations see every case."""
        rows = await self._fetch(_COUNTY, {"case_id": case_id})
        if not rows or not caller.sees(*rows[0]):
            raise NotFound

    async def read_as(self, case_id: UUID) -> list[UUID]:
        """The case and its exchanges: under which ids reads of it are recorded."""
        return [row[0] for row in await self._fetch(_READ_AS, {"case_id": case_id})]

    async def cases(self, caller: Caller, after: UUID | None, limit: int) -> list[UUID]:
        """Cases of the caller's territory after a case, in order of case id."""
        rows = await self._fetch(_CASES, {**_territory(caller), "after": after, "limit": limit})
        return [row[0] for row in rows]

    async def case_count(self, caller: Caller) -> int:
        """How many cases the caller's territory has."""
        return (await self._fetch(_CASE_COUNT, _territory(caller)))[0][0]

    async def trail(self, case_id: UUID, known_at: datetime | None) -> list[Seen]:
        """Events about the case in all services, those of its exchanges, and those that name it, as known at an instant."""
        return [Seen(*row) for row in await self._fetch(_TRAIL, {"case_id": case_id, "known_at": known_at})]

    async def versions(self, streams: Collection[UUID]) -> set[tuple[UUID, int]]:
        """Stream and version of everything that was published of these streams, whatever it is about."""
        if not streams:
            return set()
        return {(row[0], row[1]) for row in await self._fetch(_VERSIONS, {"ids": list(streams)})}

    async def published_of(self, ids: Collection[UUID], caller: Caller) -> dict[UUID, bool]:
        """Those of the events that some log holds, and whether the caller may know which they are."""
        if not ids:
            return {}
        rows = await self._fetch(_KNOWN, {"ids": list(ids), **_territory(caller)})
        return {row[0]: row[1] for row in rows}

    async def links_of(self, case_id: UUID, at: datetime) -> list[OpenLink]:
        """Links of the case that were not made as known at an instant."""
        return [OpenLink(*row) for row in await self._fetch(_LINKS_OF, {"case_id": case_id, "at": at})]

    async def links(self, caller: Caller) -> list[OpenLink]:
        """The first 1,000 links that are not made, of the caller's cases, oldest first."""
        return [OpenLink(*row) for row in await self._fetch(_LINKS, _territory(caller))]

    async def streams(self, case_id: UUID) -> list[tuple[str, UUID]]:
        """(service, stream) of each stream that belongs to the proof of the case."""
        return [(row[0], row[1]) for row in await self._fetch(_STREAMS, {"case_id": case_id})]

    async def ends(self, streams: Collection[UUID]) -> dict[str, int]:
        """By service, the size of its log that covers what was published of these streams."""
        return {row[0]: row[1] for row in await self._fetch(_ENDS, {"ids": list(streams)})}

    async def leaves(self, log: str, from_seq: int, tree: HashName) -> list[tuple[int, bytes]]:
        """Position and leaf in a tree of what was published from a position on, in order."""
        query = f"select seq, leaf_{tree} from {_table(log)} where service = %(log)s and seq >= %(from_seq)s order by seq"
        return [(row[0], row[1]) for row in await self._fetch(query, {"log": log, "from_seq": from_seq})]

    async def entries(self, log: str, from_seq: int) -> list[tuple[int, Entry]]:
        """Position, and what it adds to the log's maps, of what was published from a position on, in order."""
        query = f"""
        select seq, uuid_send(stream_id), version, subject, about from {_table(log)}
        where service = %(log)s and seq >= %(from_seq)s order by seq
        """
        rows = await self._fetch(query, {"log": log, "from_seq": from_seq})
        return [
            (seq, (stream, version, (subject.bytes, *(one.bytes for one in about))))
            for seq, stream, version, subject, about in rows
        ]

    async def pairs(self, log: str, streams: Collection[bytes], size: int) -> set[Pair]:
        """Which of the streams speak of which subjects in the first `size` entries of the log."""
        query = f"""
        select distinct uuid_send(s.subject), uuid_send(e.stream_id)
        from {_table(log)} e cross join lateral unnest(e.subject || e.about) s(subject)
        where e.service = %(log)s and e.stream_id = any(%(ids)s) and e.seq < %(size)s
        """
        ids = [UUID(bytes=stream) for stream in streams]
        rows = await self._fetch(query, {"log": log, "ids": ids, "size": size})
        return {(row[0], row[1]) for row in rows}

    async def published(self, log: str, from_seq: int, end: int) -> dict[int, Published]:
        """What was published at the positions [from_seq, end), by position."""
        query = f"""
        select e.seq, e.leaf_sha256, e.leaf_sm3, e.event_id, e.type, e.stream_id, exists (
          select from {_table(log)} o where o.stream_id = e.stream_id and o.version = e.version and o.service = e.service
            and o.seq < e.seq)
        from {_table(log)} e where e.service = %(log)s and e.seq >= %(from_seq)s and e.seq < %(end)s
        """
        rows = await self._fetch(query, {"log": log, "from_seq": from_seq, "end": end})
        return {row[0]: Published((row[1], row[2]), str(row[3]), row[4], str(row[5]), row[6]) for row in rows}

    async def places(self, log: str, versions: Collection[tuple[bytes, int]]) -> dict[tuple[bytes, int], int]:
        """Where these versions of streams were published, as far as they were: the first position each."""
        query = f"""
        select uuid_send(e.stream_id), e.version, min(e.seq) from {_table(log)} e
        join unnest(%(streams)s::uuid[], %(versions)s::bigint[]) as asked (stream_id, version) using (stream_id, version)
        where e.service = %(log)s group by 1, 2
        """
        streams = [UUID(bytes=stream) for stream, _ in versions]
        given = {"log": log, "streams": streams, "versions": [version for _, version in versions]}
        return {(row[0], row[1]): row[2] for row in await self._fetch(query, given)}

    async def logs(self) -> Logs:
        """How far each log is."""
        counts = await self._fetch(_COUNTS, {})
        states = await self._fetch(_STATES, {})
        found = await self._fetch(_MISMATCHES, {})
        return Logs(
            {row[0]: row[1] for row in counts},
            {row[0]: row[1] for row in states},
            [(row[0], Mismatch(*row[1:])) for row in found],
            [(log, str(stream)) for log, stream in await self._fetch(_STOPS, {})],
            await self.rereads(),
        )

    async def rereads(self) -> dict[str, Reread]:
        """How audit is with reading each log again; a log that it has not begun with is left out."""
        return {row[0]: Reread(*row[1:]) for row in await self._fetch(_REREADS, {})}

    async def logs_for(self, caller: Caller) -> Logs:
        """The same as the caller may know it: which event and stream do not fit only where the case is of the caller's
        territory; that something does not, everybody. Operations see all.
        """
        found = await self.logs()
        if caller.of_the_platform:
            return found
        events = [m.event_id for _, m in found.mismatches if m.event_id]
        streams = [stream for _, stream in found.stopped]
        given = {"events": events, "streams": streams, "county": caller.county}
        rows = await self._fetch(_OWN_PLACES, given)
        own = {id_ for row in rows for id_ in row}
        return replace(
            found,
            mismatches=[
                (log, m if m.event_id in own else replace(m, event_id="", type=""))
                for log, m in found.mismatches
            ],
            stopped=[(log, stream) for log, stream in found.stopped if stream in own],
        )

    async def now(self) -> datetime:
        """The service's clock, UTC."""
        return (await self._fetch(_NOW, {}))[0][0]

    async def first_recorded(self) -> datetime | None:
        """When the first event of any log was recorded, UTC; None while nothing was published."""
        return (await self._fetch(_FIRST, {"logs": list(OTHERS)}))[0][0]

    async def _fetch(self, query: str, parameters: Mapping[str, object]) -> list[TupleRow]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(query.encode(), parameters)
            return await cursor.fetchall()


def _territory(caller: Caller) -> dict[str, object]:
    return {"all": caller.of_the_platform, "county": caller.county}


def _table(log: str) -> str:
    return "own_entry" if log == OWN else "log_entry"
