"""Loops: each turns one reader in a thread of its own, wakes at once when there is work, and never spins.

A turn that did something is followed by the next at once; an empty one by a wait for its wake or a short time.
Within a process loops wake one another; across processes the sequencer's NOTIFY does (`Listener`).
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import random
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from psycopg import sql

from eventcore.consumer import StoreUnavailable
from eventcore.deadletter import FloodOfUnreadable
from eventcore.inbox import Fenced
from eventcore.kafka import KafkaUnavailable
from eventcore.link import TRANSIENT, Connection, Link
from eventcore.relay import ZombieRelay

log = logging.getLogger(__name__)

LOG_CHANNEL = "es_log"
"""Channel on which the sequencer tells that the log has grown."""

_PATIENCE: tuple[type[Exception], ...] = (*TRANSIENT, KafkaUnavailable, StoreUnavailable, Fenced)
_FATAL: tuple[type[Exception], ...] = (ZombieRelay,)
# One reader stands still until somebody has looked; the others of its process go on.
_STANDS: tuple[type[Exception], ...] = (FloodOfUnreadable,)
_STAND_S = 30.0
_BACKOFF_FIRST_S = 0.05
_BACKOFF_LAST_S = 2.0
_IDLE_GROWTH = 1.5
_SWITCH_S = 0.0005


class Turning(Protocol):
    """A sequencer, relay, consumer, dispatcher, …"""

    def turn(self) -> int:
        """Does what there is to do; answers how much it was."""
        ...

    def close(self) -> None:
        """Lets go of connections."""
        ...


class Wake:
    """Wakes the loops that wait for it; remembered until a loop looks."""

    def __init__(self) -> None:
        self._events: list[threading.Event] = []

    def __call__(self) -> None:
        """The loops run their next turn at once. Any thread may call it."""
        for event in self._events:
            event.set()

    def join(self, event: threading.Event) -> None:
        """The event is set at every wake from now on."""
        self._events.append(event)


@dataclass
class Loop:
    """One reader, turned in a thread.

    poll_last_s: wait after an empty turn; a wake ends it at once.
    unready: says after an empty turn that there is work whose time comes without a wake: then the wait is `poll_s` and
    grows to `poll_last_s`. poll_s is 0 for a reader whose turn waits by itself (SubscriptionConsumer).
    attempts: so many failures of an unexpected kind in a row end the process. A server that is away never does.
    turn_limit_s: a turn that takes longer hangs, and ends the process; None where a turn may take any time.
    """

    name: str
    reader: Turning
    wakes: Sequence[Wake] = ()
    poll_s: float = 0.02
    poll_last_s: float = 0.2
    attempts: int = 5
    unready: Callable[[], bool] = lambda: False
    turn_limit_s: float | None = None
    event: threading.Event = field(default_factory=threading.Event)
    turning_since: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        for wake in self.wakes:
            wake.join(self.event)

    def run(self, stop: threading.Event) -> None:
        """Turns until `stop` is set; raises the error that it cannot get over."""
        pause, failures, retries = self.poll_s, 0, 0
        while not stop.is_set():
            self.event.clear()  # before the turn: a wake during it is not lost
            try:
                work = self._turn()
            except _FATAL:
                raise
            except _STANDS as error:
                log.critical("reader stands still: loop=%s %s", self.name, error)
                stop.wait(_STAND_S)
                continue
            except Exception as error:
                expected = isinstance(error, _PATIENCE)
                retries += 1
                failures = failures if expected else failures + 1
                if failures >= self.attempts:
                    raise
                log.warning(
                    "turn failed: loop=%s attempt=%d error=%s", self.name, retries, type(error).__name__,
                    exc_info=not expected,
                )  # fmt: skip
                stop.wait(_backoff(retries))
                continue
            failures = retries = 0
            if work:
                pause = self.poll_s
            elif self.poll_s > 0:
                if not self.unready():
                    pause = self.poll_last_s
                woken = self._idle(stop, pause)
                pause = self.poll_s if woken else min(pause * _IDLE_GROWTH, self.poll_last_s)

    def hangs(self) -> bool:
        """The turn under way takes longer than it may."""
        since, limit = self.turning_since, self.turn_limit_s
        return since is not None and limit is not None and time.monotonic() - since > limit

    def _turn(self) -> int:
        self.turning_since = time.monotonic()
        try:
            return self.reader.turn()
        finally:
            self.turning_since = None

    def _idle(self, stop: threading.Event, pause: float) -> bool:
        woken = self.event.wait(pause)
        if woken and stop.is_set():
            log.debug("loop stops: %s", self.name)
        return woken


def _backoff(retries: int) -> float:
    longest = min(_BACKOFF_FIRST_S * 2 ** min(retries, 10), _BACKOFF_LAST_S)
    return longest * random.uniform(0.5, 1.0)


def take_short_turns() -> None:
    """A thread of this process that comes back from a server waits 0.5 ms, not 5, for one that computes.

    A sequencer's turn comes back twice: beside the signing of a checkpoint the default cost its events 10 ms in the 99th
    percentile (`make bench-store`).
    """
    sys.setswitchinterval(_SWITCH_S)


class Runner:
    """The loops of a process. When one of them dies all end, and the supervisor starts the process anew."""

    def __init__(self, loops: Iterable[Loop], *, on_crash: Callable[[], None] = lambda: None) -> None:
        self._loops = list(loops)
        self._on_crash = on_crash
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self.crashed: str | None = None

    def start(self) -> None:
        """Every loop turns in its thread."""
        take_short_turns()
        for loop in self._loops:
            thread = threading.Thread(target=self._main, args=(loop,), name=f"loop-{loop.name}", daemon=True)
            self._threads.append(thread)
            thread.start()
        limits = [loop.turn_limit_s for loop in self._loops if loop.turn_limit_s is not None]
        if limits:
            # of no loop, so nobody waits for its end
            threading.Thread(target=self._watch, args=(min(limits) / 4,), name="watch", daemon=True).start()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """The loops have ended after their turn; False when one did not within the time."""
        self._stop.set()
        for loop in self._loops:
            loop.event.set()
        end = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Waits until the loops were stopped or one crashed; False after the timeout."""
        return self._ended.wait(timeout_s)

    def run(self) -> int:
        """Starts, waits, stops; the exit code of the process: 0, or 1 after a crash."""
        self.start()
        self._ended.wait()
        self.stop()
        return 1 if self.crashed else 0

    def end(self) -> None:
        """`run` and `wait` return. For signal handlers."""
        self._ended.set()

    def _watch(self, every_s: float) -> None:
        while not self._stop.wait(every_s):
            for loop in self._loops:
                if loop.hangs():
                    log.critical("turn hangs: loop=%s limit_s=%g", loop.name, loop.turn_limit_s)
                    faulthandler.dump_traceback(sys.__stderr__ or sys.stderr, all_threads=True)
                    self._crash(loop)
                    return

    def _crash(self, loop: Loop) -> None:
        self.crashed = loop.name
        self._ended.set()
        self._on_crash()

    def _main(self, loop: Loop) -> None:
        try:
            loop.run(self._stop)
        except BaseException as error:
            log.critical("loop crashed: loop=%s error=%s", loop.name, type(error).__name__, exc_info=True)
            self._crash(loop)
        finally:
            with contextlib.suppress(Exception):
                loop.reader.close()


class Listener:
    """Passes the database's notifications on to wakes: LISTEN for processes other than the sequencer's."""

    def __init__(self, link: Link, channels: dict[str, Wake], *, wait_s: float = 1.0) -> None:
        self._link = link
        self._channels = channels
        self._wait_s = wait_s
        self._listening: Connection | None = None

    def turn(self) -> int:
        """Waits up to `wait_s` for a notification; everything that came has woken its loops."""
        conn = self._link.conn
        if conn is not self._listening:
            for channel in self._channels:
                conn.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
            self._listening = conn
            for wake in self._channels.values():  # whatever was said while nobody listened
                wake()
        heard = {notify.channel for notify in conn.notifies(timeout=self._wait_s, stop_after=1)}
        for channel in heard:
            self._channels[channel]()
        return len(heard)

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()


class Leader:
    """Turns a reader only while this process holds an advisory lock: of several processes one does the work.

    Safety never depends on it; the readers' positions do that by compare-and-set.
    """

    def __init__(self, reader: Turning, link: Link, key: int) -> None:
        self._reader = reader
        self._link = link
        self._key = key
        self._held: Connection | None = None

    def turn(self) -> int:
        """The reader's turn; 0 while another process leads."""
        conn = self._link.conn
        if conn is not self._held:
            row = conn.execute("select pg_try_advisory_lock(%s)", (self._key,)).fetchone()
            if row is None or not row[0]:
                return 0
            self._held = conn
        return self._reader.turn()

    def close(self) -> None:
        """The lock is free."""
        self._reader.close()
        self._held = None
        self._link.close()
