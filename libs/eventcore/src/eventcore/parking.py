"""The case is parked, never the partition (eventstore.md section 8).

A record that fails alone is kept with its error; the later records of its stream wait behind it; all other streams
flow. Unparking replays the stream in order with today's upcasters and handlers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from eventcore.link import Connection

_PARK = """
insert into es.parked (consumer, source, stream_id, version, error, attempts, since)
select %s, u.source, u.stream_id, u.version, u.error, case when u.error is null then 0 else 1 end, es.now()
from unnest(%s::text[], %s::uuid[], %s::bigint[], %s::text[]) as u(source, stream_id, version, error)
on conflict (consumer, source, stream_id, version) do nothing
"""
_LIST = """
select consumer, source, stream_id, version, error, attempts, since from es.parked
where (since, consumer, source, stream_id, version) > (%s, %s, %s, %s, %s)
order by since, consumer, source, stream_id, version limit %s
"""


class Failure(NamedTuple):
    """A record to park: with its error, or without one when it waits behind another."""

    source: str
    stream_id: UUID
    version: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked record. `error` is empty and `attempts` 0 for one that only waits behind another."""

    consumer: str
    source: str
    stream_id: UUID
    version: int
    error: str
    attempts: int
    since: datetime


def park(conn: Connection, consumer: str, failures: Sequence[Failure]) -> None:
    """The records are parked; one that is parked already stays as it is."""
    if failures:
        columns = [list(column) for column in zip(*failures, strict=True)]
        conn.execute(_PARK, (consumer, *columns))


FIRST_PARKED = (datetime.min.replace(tzinfo=UTC), "", "", UUID(int=0), -1)
"""A key before every parked record: since, consumer, source, stream, version."""


def list_parked(
    conn: Connection, after: tuple[object, ...] = FIRST_PARKED, limit: int | None = None
) -> list[Parked]:
    """Parked records of the service behind the key `after`, oldest first, at most `limit`."""
    rows = conn.execute(_LIST, (*after, limit))
    return [Parked(r[0], r[1], r[2], r[3], r[4] or "", r[5], r[6]) for r in rows]
