"""SQL of the role `serve`: what the projections hold, and the two tables that `serve` itself writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from corrections.common.v1.common_pb2 import SealTo
from eventcore.store import Pool
from psycopg.rows import TupleRow
from servicekit.lists import Lists, Rows, When

from handoff.domain.missing_status import Period

_HOLDER = "select stream_id from es.claim where kind = %s and value = %s"
_ANY_HELD = "select 1 from es.claim where kind = %s and value = any(%s) limit 1"
_KNOWN_CASE = """
select exchange_id, defendant_number, county, organ_code, seal_to from known_case where case_id = %s
"""
_MISSING = "select since, found_at, awaited from missing_period where case_id = %s"
_STORED = "select sealed from stored_message where digest = %s"
_STORE = """
insert into stored_message (digest, exchange_id, sealed) values (%s, %s, %s) on conflict (digest) do nothing
"""
_REPEATED = """
insert into repetition (exchange_id, request_id) values (%s, %s) on conflict do nothing
"""
_OPEN = """
select e.exchange_id, e.agency_code, e.inbound, e.kind, e.stage, e.since, coalesce(c.county, ''), %(now)s::timestamptz
from exchange e left join known_case c on c.case_id = e.case_id
where e.open and (e.since, e.exchange_id) > (%(since)s, %(exchange_id)s) order by e.since, e.exchange_id limit %(limit)s
"""
_COUNTY = """
select min(k.county) from exchange e join known_case k on k.case_id = e.case_id or k.exchange_id = e.exchange_id
where e.exchange_id = %s
"""
# Whose clocks a caller sees: those of an exchange whose case is known; all others only the platform and its operators.
CLOCK_SUBJECTS: LiteralString = """
(select e.exchange_id as case_id, min(k.county) as county, '' as office
 from exchange e join known_case k on k.case_id = e.case_id or k.exchange_id = e.exchange_id group by 1)
"""
# Those of the case, and its judgment's once no person of it is left; one that waits for nobody any more.
_TO_ERASE = """
select e.exchange_id from exchange e where e.case_id = %(case_id)s
union
select k.exchange_id from known_case k where k.case_id = %(case_id)s and not exists (
  select from known_case other where other.exchange_id = k.exchange_id
    and other.case_id not in (select case_id from erased_case))
order by 1
"""
_TALLY = """
select e.agency_code, coalesce(c.county, ''),
  coalesce(sum(1 + other_contents) filter (where inbound), 0)::bigint,
  count(*) filter (where inbound and stage in (2, 5, 6)),
  coalesce(sum((stage = 3)::int + other_contents) filter (where inbound), 0)::bigint,
  count(*) filter (where inbound and stage = 4),
  count(*) filter (where inbound and stage = 5),
  count(*) filter (where not inbound and starts_with(role, 'PROC')),
  count(*) filter (where not inbound and starts_with(role, 'PROC') and not open),
  count(*) filter (where not inbound),
  count(*) filter (where not inbound and not open),
  coalesce(sum(r.n), 0)::bigint
from exchange e left join known_case c on c.case_id = e.case_id
left join (
  select exchange_id, count(*) as n from repetition
  where repeated_at is null or repeated_at <= least(%(now)s::timestamptz, %(known_at)s::timestamptz)
  group by 1) r on r.exchange_id = e.exchange_id
group by 1, 2
"""


PROJECTION = "exchanges"


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case that intake opened: the message that ordered it, the person's number, its place, its organ, its key."""

    exchange_id: UUID
    defendant_number: int
    county: str
    organ_code: str
    seal_to: SealTo


@dataclass(frozen=True, slots=True)
class Open:
    """An exchange that waits for somebody; `county` is empty while no case is known."""

    exchange_id: UUID
    agency_code: str
    inbound: bool
    kind: str
    stage: int
    since: datetime
    county: str
    now: datetime


async def holder(pool: Pool, kind: str, value: bytes) -> UUID | None:
    """The stream that holds a claimed value; None when none does."""
    rows = await _fetch(pool, _HOLDER, kind, value)
    return rows[0][0] if rows else None


async def any_held(pool: Pool, kind: str, values: Sequence[bytes]) -> bool:
    """True when a stream holds one of the claimed values."""
    return bool(await _fetch(pool, _ANY_HELD, kind, list(values)))


async def known_case(pool: Pool, case_id: UUID) -> KnownCase | None:
    """What is known of a case; None before intake's event has come."""
    rows = await _fetch(pool, _KNOWN_CASE, case_id)
    if not rows:
        return None
    *known, seal_to = rows[0]
    return KnownCase(*known, seal_to=SealTo.FromString(seal_to))


async def exchanges_to_erase(pool: Pool, case_id: UUID) -> list[UUID]:
    """Exchanges that are about this case, or about it and others whose persons were erased too."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_TO_ERASE, {"case_id": case_id})
        return [row[0] for row in await cursor.fetchall()]


async def missing_periods(pool: Pool, case_id: UUID) -> list[Period]:
    """When the person was out of contact."""
    return [Period(*row) for row in await _fetch(pool, _MISSING, case_id)]


async def county_of(pool: Pool, exchange_id: UUID) -> str:
    """The place of execution of the case that an exchange is about; empty while none is known."""
    ((county,),) = await _fetch(pool, _COUNTY, exchange_id)
    return county or ""


async def stored_message(pool: Pool, digest: bytes) -> bytes | None:
    """A sealed message kept beside its event."""
    rows = await _fetch(pool, _STORED, digest)
    return rows[0][0] if rows else None


async def store_message(pool: Pool, digest: bytes, exchange_id: UUID, sealed: bytes) -> None:
    """The sealed message is kept, before the event that names it by digest."""
    await _write(pool, _STORE, digest, exchange_id, sealed)


async def count_repetition(pool: Pool, exchange_id: UUID, request_id: str) -> None:
    """The repetition counts, once a request."""
    await _write(pool, _REPEATED, exchange_id, request_id)


async def open_exchanges(
    lists: Lists, after: tuple[object, ...], limit: int, when: When
) -> tuple[list[Open], Rows]:
    """What waits, oldest first, behind the exchange of this age and id; and for which moment.

    A case's place is that of today: it comes from intake's topic, which has no past here.
    """
    arguments = {"since": after[0], "exchange_id": after[1], "limit": limit}
    found = await lists.read(PROJECTION, _OPEN, arguments, when)
    return [Open(*row) for row in found.rows], found


async def tally(lists: Lists, when: When) -> Rows:
    """Of each agency and county ("" where no case is known): these, and counts in the order of GetTallyResponse.

    A case's place is that of today, as in `open_exchanges`. A repetition is no event: it has the instant at which it came.
    """
    return await lists.read(PROJECTION, _TALLY, {"known_at": when.known_at}, when)


async def _fetch(pool: Pool, statement: LiteralString, *parameters: object) -> list[TupleRow]:
    async with pool.connection() as connection:
        return await (await connection.cursor(binary=True).execute(statement, parameters)).fetchall()


async def _write(pool: Pool, statement: LiteralString, *parameters: object) -> None:
    async with pool.connection() as connection:
        await connection.execute(statement, parameters)
