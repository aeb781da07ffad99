"""The agencies' book: what was delivered, what it caused, how each agency behaves. Database `sandbox`.

A delivery and its effect are one transaction, so a repetition, even one that runs beside the first, has no effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corrections.sandbox.v1 import service_pb2 as api
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from sandbox.agencies.behaviour import Behaviour, Incoming

_NOW = "select now from simulated_time"
_KNOWN = """
update delivery set deliveries = deliveries + 1 where agency = %(agency)s and message = %(message)s
returning body_sha256, receipt
"""
_FILE = """
insert into delivery (agency, message, body_sha256, deliveries, receipt)
values (%(agency)s, %(message)s, %(body_sha256)s, 1, %(receipt)s)
on conflict do nothing returning true
"""
_EFFECT = "insert into effect (agency, message, kind, at) values (%(agency)s, %(message)s, %(kind)s, %(at)s)"
_SCRIPT = "select behaviour, remaining from behaviour where agency = %(agency)s for update"
_SPEND = "update behaviour set remaining = remaining - 1 where agency = %(agency)s and remaining > 1"
_SPENT = "delete from behaviour where agency = %(agency)s and remaining = 1"
_SET = """
insert into behaviour (agency, behaviour, remaining) values (%(agency)s, %(behaviour)s, %(messages)s)
on conflict (agency) do update set behaviour = excluded.behaviour, remaining = excluded.remaining
"""
_COUNT = """
select d.agency, sum(d.deliveries)::bigint, coalesce(e.messages, 0), coalesce(e.most, 0)
from delivery d
left join (
  select agency, sum(n)::bigint as messages, max(n) as most
  from (select agency, message, count(*) as n from effect group by agency, message) per_message group by agency
) e on e.agency = d.agency
group by d.agency, e.messages, e.most order by d.agency
"""


class OtherContent(Exception):
    """A message came under an id that already has other content."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Deliveries with repetitions, effects, and the most effects of one message."""

    agency: str
    deliveries: int
    effects: int
    most_effects: int


class Book:
    """The book of all agencies of the sandbox. asyncio."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def now(self) -> datetime:
        """Simulated time, UTC."""
        async with self._pool.connection() as connection:
            return await _now(connection)

    async def known(self, agency: str, incoming: Incoming) -> bytes | None:
        """The receipt that the message got before, its repetition counted; None when it is new. OtherContent."""
        async with self._pool.connection() as connection:
            return await _known(connection, agency, incoming)

    async def take_up(self, agency: str, incoming: Incoming, receipt: bytes, *, effect: bool) -> bytes:
        """The message is in the book with its receipt and, unless it was refused, its one effect.

        Answers the receipt that stands in the book: another delivery of the message may have been faster.
        """
        values = {
            "agency": agency,
            "message": incoming.key,
            "body_sha256": incoming.body_sha256,
            "receipt": receipt,
            "kind": incoming.kind,
        }
        async with self._pool.connection() as connection, connection.transaction():
            if await (await connection.execute(_FILE, values)).fetchone() is None:
                return await _known(connection, agency, incoming) or receipt
            if effect:
                await connection.execute(_EFFECT, {**values, "at": await _now(connection)})
        return receipt

    async def script(self, agency: str) -> Behaviour:
        """What the agency does with this delivery; one of its scripted messages is spent."""
        async with self._pool.connection() as connection, connection.transaction():
            row = await (await connection.execute(_SCRIPT, {"agency": agency})).fetchone()
            if row is None:
                return api.BEHAVIOUR_ACCEPT
            if row[1]:
                await connection.execute(_SPENT if row[1] == 1 else _SPEND, {"agency": agency})
            return row[0]

    async def set_behaviour(self, agency: str, behaviour: Behaviour, messages: int) -> None:
        """The agency behaves so for the next messages; 0 = until changed."""
        values = {"agency": agency, "behaviour": int(behaviour), "messages": messages}
        async with self._pool.connection() as connection:
            await connection.execute(_SET, values)

    async def count(self) -> list[Counted]:
        """What each agency received, by code."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_COUNT)).fetchall()
        return [Counted(*row) for row in rows]


async def _now(connection: AsyncConnection[TupleRow]) -> datetime:
    row = await (await connection.execute(_NOW)).fetchone()
    if row is None:
        raise LookupError("simulated_time has no row")
    return row[0]


async def _known(connection: AsyncConnection[TupleRow], agency: str, incoming: Incoming) -> bytes | None:
    values = {"agency": agency, "message": incoming.key}
    row = await (await connection.execute(_KNOWN, values)).fetchone()
    if row is None:
        return None
    if row[0] != incoming.body_sha256:
        raise OtherContent(f"{agency} has message {incoming.key} with other content")
    return row[1]
