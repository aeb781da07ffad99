"""Keeps a set of processes running: what ends without being told to is started again, and counted."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from devstack.errors import StackError

_LOOK_EVERY_S = 0.1
# What lived so long was not ended by its start: it is started again at once.
_STEADY_S = 10.0
_FIRST_PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that runs: a server or a service."""

    name: str
    is_alive: Callable[[], bool]
    start: Callable[[], None]


class Supervisor:
    """Restarts what ended. `limit` bounds the restarts of each; beyond it the failure is kept and nothing is done.

    `longest_pause_s`: what ends again and again is started after pauses that double up to this length. `tell` is
    called before each restart with the name.
    """

    def __init__(
        self,
        kept: list[Kept],
        *,
        limit: int | None = 100,
        longest_pause_s: float = 0.0,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._kept = kept
        self._limit = limit
        self._longest_pause_s = longest_pause_s
        self._tell = tell
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._keep, args=(one,), daemon=True) for one in kept]
        self.restarts: Counter[str] = Counter()
        self.failures: dict[str, str] = {}

    def start(self) -> None:
        """From now on each one is watched, in a thread of its own: a slow server delays no service."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Nothing is restarted any more; a restart that is under way has come to its end (its waits are bounded)."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _keep(self, one: Kept) -> None:
        began, pause = float("-inf"), 0.0
        while not self._ending.wait(_LOOK_EVERY_S):
            if one.is_alive():
                continue
            if self._limit is not None and self.restarts[one.name] >= self._limit:
                self.failures[one.name] = f"{one.name} ended {self._limit} times: see its log"
                return
            steady = time.monotonic() - began > _STEADY_S
            pause = 0.0 if steady else min(max(2 * pause, _FIRST_PAUSE_S), self._longest_pause_s)
            if self._ending.wait(pause):
                return
            began = time.monotonic()
            self.restarts[one.name] += 1
            self._tell(one.name)
            try:
                one.start()
            except StackError as error:
                self.failures[one.name] = str(error)
            else:
                self.failures.pop(one.name, None)
