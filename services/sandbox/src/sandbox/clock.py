"""The simulated clock that every service obeys: it moves only when nothing is under way, from due time to due time.

The truth is one row in the sandbox's database; each service reads a copy in its own (`es.now()`). The truth is
written first, then the copies: a crash in between is repaired by writing the copies again.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from eventcore.kafka import KafkaUnavailable, Partition
from eventcore.link import TRANSIENT, Link
from eventcore.positions import Positions, positions

from sandbox.idle import Consumes, Reading, busy_between, busy_inside

CHANNEL: Final = "es_clock"
"""Channel of each service's database on which the sandbox tells that the clock has moved."""

TopicEnds = Callable[[Iterable[str]], Mapping[Partition, int]]

_NUMBERS: Final = re.compile(r"\d+")
_LOCK: Final = 0x636C6F63  # any number of our own: "cloc"
_NOW = "select now from simulated_time"
_TRUTH = "update simulated_time set now = %s where now < %s"
_COPY = """
with moved as (update es.simulated_clock set now = %s where now < %s returning true)
select pg_notify('es_clock', '') from moved
"""
_READ_COPY = "select now from es.simulated_clock"
_BEGIN_TRUTH = "update simulated_time set now = %s"
_BEGIN_COPY = "update es.simulated_clock set now = %s"


class ClockError(Exception):
    """The clock cannot be moved; the message says why and what to do."""


class NotIdle(ClockError):
    """Something is still under way after the time allowed. The message names service, reader and position."""


class Clock:
    """Moves the time of an installation of the sandbox. One thread; one mover at a time, by an advisory lock.

    `waits` counts looks that found something under way, by what it was: where the wall time goes.
    """

    def __init__(
        self,
        truth: Link,
        services: Mapping[str, Link],
        topic_ends: TopicEnds,
        consumes: Consumes,
        *,
        tasks: Callable[[], int] = lambda: 0,
        poll_s: float = 0.015,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        self._truth = truth
        self._services = dict(services)
        self._topic_ends = topic_ends
        self.consumes = consumes
        self._topics = sorted({t for topics in consumes.values() for t in topics})
        self._tasks = tasks
        self._poll_s = poll_s
        self._on_close = on_close
        self._order = list(services)
        self.waits: Counter[str] = Counter()
        self._copied = False
        self._aligned = False

    def now(self) -> datetime:
        """Simulated time, UTC."""
        row = self._truth.conn.execute(_NOW).fetchone()
        if row is None:
            raise ClockError("simulated_time has no row: migrate the sandbox's database")
        return row[0]

    def begin(self, at: datetime) -> None:
        """The clock stands at `at`, be it earlier than before: only where no service has an event yet. ClockError."""
        self._lead()
        for name, link in self._services.items():
            if positions(link.conn).stored:
                raise ClockError(
                    f"{name} has a history already and the clock never goes back: begin with an empty data folder"
                )
        self._truth.conn.execute(_BEGIN_TRUTH, [at])
        for link in self._services.values():
            link.conn.execute(_BEGIN_COPY, [at])

    def align(self) -> None:
        """All services show one time: the latest that any of them shows, for a clock never goes back.

        Each began at the instant at which its database was made, so before the first move they differ.
        """
        self._copied = False
        self._repair()

    def read(self) -> Reading:
        """One look at everything."""
        services = {name: positions(link.conn) for name, link in self._services.items()}
        return Reading(services, self._topic_ends(self._topics))

    def advance(self, to: datetime, *, idle: Reading | None = None, timeout_s: float = 60.0) -> Reading:
        """The clock stands at `to`, every clock due on the way has lapsed at its time, and nothing is under way.

        idle: the answer of the last wait, where nothing was sent since. timeout_s: wall time for each wait. Nothing
        moves when `to` is in the past. NotIdle.
        """
        while True:
            reading, idle = idle or self.wait_idle(timeout_s=timeout_s), None
            try:
                self._lead()
                now = self.now()
                if now >= to:
                    return reading
                due = reading.next_due
                self._set(min(due, to) if due is not None and due > now else to)
            except TRANSIENT:
                self._copied = False  # the next wait repairs it, or says that the server is away

    def wait_idle(self, *, timeout_s: float = 60.0) -> Reading:
        """Nothing is under way: two looks with the same numbers said so. A server that is away is waited for."""
        limit = time.monotonic() + timeout_s
        first: Reading | None = None
        while True:
            try:
                self._repair()
                found, why = self._look()
            except (*TRANSIENT, KafkaUnavailable) as e:
                self._copied = False
                found, why = None, f"a server is away ({type(e).__name__})"
            if found is not None and first is not None and found == first:
                return found
            first = found
            if found is None:
                self.waits[_NUMBERS.sub("n", why)] += 1
                if time.monotonic() > limit:
                    raise NotIdle(f"not idle after {timeout_s:g} s: {why}")
                time.sleep(self._poll_s)

    def _look(self) -> tuple[Reading | None, str]:
        """A look that ends at the first thing that is not idle; the service that had it is asked first next time."""
        if count := self._tasks():
            return None, f"sandbox: {count} tasks are left"
        seen: dict[str, Positions] = {}
        for name in self._order:
            seen[name] = positions(self._services[name].conn)
            if why := next(busy_inside(name, seen[name]), None):
                self._ask_first(name)
                return None, why
        ends = self._topic_ends(self._topics)
        for name, found in seen.items():
            topics = self.consumes.get(name, frozenset())
            if why := next(busy_between(name, found, topics, ends), None):
                self._ask_first(name)
                return None, why
        return Reading({name: seen[name] for name in self._services}, dict(ends)), ""

    def _ask_first(self, name: str) -> None:
        self._order.remove(name)
        self._order.insert(0, name)

    def _set(self, to: datetime) -> None:
        self._truth.conn.execute(_TRUTH, [to, to])
        self._copied = False
        self._repair()

    def _repair(self) -> None:
        """Every service's copy is the truth, also after a crash between the two."""
        if self._copied:
            return
        if not self._aligned:
            for link in self._services.values():
                latest = link.conn.execute(_READ_COPY).fetchone()
                self._truth.conn.execute(_TRUTH, [*(latest or ()), *(latest or ())])
            self._aligned = True
        now = self.now()
        for link in self._services.values():
            link.conn.execute(_COPY, [now, now])
        self._copied = True

    def _lead(self) -> None:
        row = self._truth.conn.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
        if row is None or not row[0]:
            raise ClockError("another process moves the clock: wait until it has ended")

    def close(self) -> None:
        """No connection is held and another may move the clock."""
        self._on_close()
        self._truth.close()
        for link in self._services.values():
            link.close()
