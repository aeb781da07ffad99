"""Lists as of a day and as known at an instant: one way for all of them (docs/adr/0026).

A list of today reads the projection's tables. A list of the past runs the same query on the same tables as they were at
a moment (eventcore.past); a few moments are kept, so that the pages of one list and the same question again cost what a
list of today does. Every answer says for which size of the log it stands, and so does the token of its next page.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import LiteralString

import psycopg
from corrections.common.v1.common_pb2 import Moment as Asked
from eventcore import meta
from eventcore.decider import day
from eventcore.errors import Invalid
from eventcore.link import Link
from eventcore.past import DEADLINES, SIZE_AT, Moment, Past
from eventcore.projection import Projection
from eventcore.store import Pool
from eventcore.upcasting import Codec
from eventcore.valid_time import before_of, require_possible
from lawkit import Law
from lawkit.counting import day_of
from psycopg.rows import TupleRow

MOMENTS = 4
"""Moments kept by a process, each on a connection of its own."""
_LAST_INSTANT = timedelta(microseconds=1)
_SNAPSHOT = "set transaction isolation level repeatable read, read only"
_POSITION = "select min(seq), es.now() from es.projection where name = any(%(names)s)"
_NOW = """
select es.now(), s.seq, (select e.recorded_at from es.log l join es.event e using (stream_id, version) where l.seq = 0)
from es.sequencer s
"""


@dataclass(frozen=True, slots=True)
class When:
    """The moment that a request asks for; all empty: now. `log_size` wins over `known_at`. by_act: see eventcore.past.Moment."""

    as_of: date | None = None
    known_at: datetime | None = None
    log_size: int | None = None
    by_act: bool = False

    @classmethod
    def of(cls, asked: Asked, page_size: int | None = None) -> When:
        """As a request's `at` says; page_size: size of the log that the token of the page before carries."""
        known = meta.instant(asked.known_at) if asked.HasField("known_at") else None
        size = page_size if page_size is not None else asked.log_size or None
        return cls(day("at.as_of", asked.as_of) if asked.as_of else None, known, size)

    @property
    def now(self) -> datetime | None:
        """The instant that stands for now: the end of the day asked about, else the known time; None: the clock."""
        return self.before - _LAST_INSTANT if self.before is not None else self.known_at

    @property
    def before(self) -> datetime | None:
        """End of the day asked about; None: today."""
        return None if self.as_of is None else before_of(self.as_of)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a query, and the moment that they stand for."""

    rows: list[TupleRow]
    log_size: int
    on: date

    def at(self) -> Asked:
        """The moment as the answer tells it: asked for again it gives the same rows."""
        return Asked(as_of=self.on.isoformat(), log_size=self.log_size)


@dataclass(slots=True)
class _Kept:
    """A moment, made once; whoever holds the lock uses its connection. users: who reads it now or waits to."""

    past: Past
    made: asyncio.Task[int]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0

    @property
    def failed(self) -> bool:
        """True when it could not be made."""
        return self.made.done() and (self.made.cancelled() or self.made.exception() is not None)


_Key = tuple[tuple[str, ...], Moment, bool]


class Lists:
    """Lists of one service. `connect`: opens a connection in the role of `serve`."""

    def __init__(
        self,
        pool: Pool,
        connect: Callable[[], Link],
        projections: Sequence[Projection],
        *,
        installation: str,
        service: str,
        codec: Codec,
        law: Callable[[], Law],
    ) -> None:
        self._pool = pool
        self._connect = connect
        self._projections = {p.name: p for p in projections}
        self._origin = (installation, service)
        self._codec = codec
        self._law = law
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._making = asyncio.Lock()  # one at a time: it takes a thread and reads the log
        self._freed = asyncio.Event()
        self._forgetting: set[asyncio.Task[None]] = set()

    async def read(
        self, projection: str, query: LiteralString, arguments: Mapping[str, object], when: When
    ) -> Rows:
        """Rows of the query over the projection's tables, which it names unqualified.

        `%(now)s` is set for it: the instant that stands for now; and `%(past)s`: whether that is not the clock.

        Invalid for a moment that has not come yet.
        """
        return await self._read((projection,), query, arguments, when, clocks=False)

    async def clocks(self, query: LiteralString, arguments: Mapping[str, object], when: When) -> Rows:
        """Rows of the query over the service's legal clocks, table `{clocks}`; `{clocks}` is es.deadline today."""
        return await self._read(tuple(self._projections), query, arguments, when, clocks=True)

    async def close(self) -> None:
        """Every moment is forgotten."""
        while self._kept:
            _, kept = self._kept.popitem()
            self._forget(kept)
        await asyncio.gather(*self._forgetting)

    async def _read(
        self,
        names: tuple[str, ...],
        query: LiteralString,
        arguments: Mapping[str, object],
        when: When,
        *,
        clocks: bool,
    ) -> Rows:
        if when.known_at is None and when.as_of is None:
            found = await self._today(names, query, arguments, when)
            if found is not None:
                return found
        moment, now = await self._moment(when)
        key = (names, moment, clocks)
        kept = await self._at(key)
        text = query.replace("{clocks}", DEADLINES)
        kept.users += 1
        try:
            # who asked may give up; the moment is kept for who asks again
            await asyncio.shield(kept.made)
            async with kept.lock:
                rows = await asyncio.to_thread(kept.past.fetch, text, {**arguments, "now": now, "past": True})
        except psycopg.OperationalError:
            if self._kept.get(key) is kept:
                del self._kept[key]
                self._forget(kept)
            raise
        finally:
            kept.users -= 1
            self._freed.set()
        return Rows(rows, moment.log_size, day_of(now))

    async def _today(
        self, names: tuple[str, ...], query: LiteralString, arguments: Mapping[str, object], when: When
    ) -> Rows | None:
        """The live tables; None where a page belongs to another size of the log than they have reached."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_SNAPSHOT)
            [(position, now)] = await (await connection.execute(_POSITION, {"names": list(names)})).fetchall()
            if when.log_size is not None and when.log_size != position:
                return None
            text = query.replace("{clocks}", "es.deadline")
            cursor = await connection.execute(text, {**arguments, "now": now, "past": False})
            return Rows(await cursor.fetchall(), position or 0, day_of(now))

    async def _moment(self, when: When) -> tuple[Moment, datetime]:
        async with self._pool.connection() as connection:
            [(clock, end, first)] = await (await connection.execute(_NOW)).fetchall()
            size = when.log_size
            known_at = when.known_at if size is None else None
            require_possible("at.", as_of=when.as_of, known_at=known_at, now=clock, first=first)
            if known_at is not None:
                cursor = await connection.execute(SIZE_AT, {"known_at": known_at})
                [(size,)] = await cursor.fetchall()
        size = end if size is None else size
        if size > end:
            raise Invalid("at.log_size", f"got {size}, the log has {end}")
        return Moment(size, when.before, when.by_act), when.now or clock

    async def _at(self, key: _Key) -> _Kept:
        """The moment, made or under way: who asks for another one does not wait for it.

        Of the moments that nobody reads the oldest are forgotten; where all that may be kept are in use it waits for one.
        """
        while (kept := self._kept.get(key)) is None or kept.failed:
            if kept is not None:
                self._forget(self._kept.pop(key))
            unused = [other for other, one in self._kept.items() if not one.users and one.made.done()]
            for other in unused[: max(len(self._kept) + 1 - MOMENTS, 0)]:
                self._forget(self._kept.pop(other))
            if len(self._kept) < MOMENTS:
                self._kept[key] = self._begun(key)
            else:
                self._freed.clear()
                await self._freed.wait()
        self._kept.move_to_end(key)
        return kept

    def _begun(self, key: _Key) -> _Kept:
        names, moment, clocks = key
        installation, service = self._origin
        past = Past(
            self._connect(),
            [self._projections[name] for name in names],
            installation=installation,
            service=service,
            codec=self._codec,
            law=self._law,
        )
        made = asyncio.create_task(self._made(past, moment, clocks=clocks))
        made.add_done_callback(lambda _: self._freed.set())
        return _Kept(past, made)

    async def _made(self, past: Past, moment: Moment, *, clocks: bool) -> int:
        async with self._making:
            return await asyncio.to_thread(past.make, moment, clocks=clocks)

    def _forget(self, kept: _Kept) -> None:
        task = asyncio.create_task(self._closed(kept))
        self._forgetting.add(task)
        task.add_done_callback(self._forgetting.discard)

    async def _closed(self, kept: _Kept) -> None:
        await asyncio.gather(kept.made, return_exceptions=True)
        async with kept.lock:
            await asyncio.to_thread(kept.past.close)
