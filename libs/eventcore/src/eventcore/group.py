"""Grouped append: appends that wait in one process share one transaction, one call and one fsync.

If anything in a group fails, its members are appended one by one, so one caller's conflict is nobody else's. That is
safe after any failure, also a lost connection: a member that was stored gets its stored answer (eventstore.md 3).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import psycopg

from eventcore.append import Append
from eventcore.errors import AlreadyExists, Busy, Conflict

Write = Callable[[Sequence[Append]], Awaitable[bytes | None]]
Waiting = tuple[Append, "asyncio.Future[bytes | None]"]


class Group:
    """Appends in groups of at most `limit`, at most `flights` groups at a time, at most `waiting` waiting."""

    def __init__(self, write: Write, *, flights: int = 1, limit: int = 64, waiting: int = 1024) -> None:
        self._write = write
        self._flights = flights
        self._limit = limit
        self._most = waiting
        self._waiting: deque[Waiting] = deque()
        # counted apart from the tasks: one that has seen nothing waiting is still a task until its callbacks ran
        self._flying = 0
        # flights that have a group with them
        self._aloft = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def append(self, one: Append) -> bytes | None:
        """The append is durable; the answer is None, or the stored one of a repeat. Raises what its write raised.

        Busy when as many wait as may: then nothing was done.
        """
        if len(self._waiting) >= self._most:
            raise Busy(f"{len(self._waiting)} appends wait")
        future: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, future))
        if self._flying < self._flights:
            self._flying += 1
            task = asyncio.create_task(self._fly())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def drain(self) -> None:
        """Nothing waits any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _fly(self) -> None:
        try:
            while self._waiting:
                taken = self._take()
                self._aloft += 1
                try:
                    await self._land(taken)
                except BaseException as error:
                    # the task ends: nobody may wait for ever
                    for _, future in taken:
                        _fail(future, error)
                    raise
                finally:
                    self._aloft -= 1
        finally:
            self._flying -= 1

    async def _land(self, taken: list[Waiting]) -> None:
        if len(taken) > 1:
            try:
                await self._write([one for one, _ in taken])
            except (psycopg.Error, Conflict, AlreadyExists):
                pass
            else:
                for _, future in taken:
                    _answer(future, None)
                return
        for one, future in taken:
            try:
                _answer(future, await self._write([one]))
            except Exception as error:
                _fail(future, error)

    def _take(self) -> list[Waiting]:
        """The next group: no stream, request or claimed value twice; who meets one of the group waits a round."""
        taken: list[Waiting] = []
        later: list[Waiting] = []
        seen: set[UUID | tuple[str, bytes]] = set()
        # who flies first leaves the others their share: one group is made while another one is stored
        free = self._flights - self._aloft
        share = min(self._limit, -(-len(self._waiting) // free))
        while self._waiting and len(taken) < share:
            entry = self._waiting.popleft()
            names = _names(entry[0])
            if seen.isdisjoint(names):
                taken.append(entry)
            else:
                later.append(entry)
            seen |= names
        self._waiting.extendleft(reversed(later))
        return taken


def _names(one: Append) -> set[UUID | tuple[str, bytes]]:
    return {
        one.request_id,
        *(head.stream_id for head in one.heads),
        *((claim.kind, claim.value) for claim in one.claims),
    }


def _answer(future: asyncio.Future[bytes | None], value: bytes | None) -> None:
    if not future.done():
        future.set_result(value)


def _fail(future: asyncio.Future[bytes | None], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
