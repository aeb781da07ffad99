"""The detached supervisor of `guitu up`, `python -m devstack supervise`: what ended runs again.

It watches what the run files of its data folder name, whoever started it, with pauses that grow up to half a minute.
How often it restarted each stands in `<home>/run/restarts`, why in `<home>/logs/supervisor.log`. `guitu down` ends it
first.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from devstack import process, runfiles
from devstack.process import Process, Spec
from devstack.supervisor import Kept, Supervisor

NAME = "supervisor"
_LONGEST_PAUSE_S = 30.0
# How long one look waits for the end of a process; the end itself is seen at once.
_LOOK_S = 5.0


def start(home: Path) -> None:
    """The supervisor of the data folder runs, detached, with the environment of this program."""
    (home / "run" / "restarts").unlink(missing_ok=True)
    environment = {**os.environ, "GUITU_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    Process(Spec(NAME, [sys.executable, "-m", "devstack", "supervise"], home, environment, home)).start()


def restarts(home: Path) -> dict[str, int]:
    """How often the supervisor has restarted each process since it was started."""
    path = home / "run" / "restarts"
    return json.loads(path.read_text()) if path.exists() else {}


def supervisor(home: Path, starters: dict[str, Callable[[], None]]) -> Supervisor:
    """A supervisor over the recorded processes that `starters` can start, not yet started."""
    names = [name for name in runfiles.recorded(home) if name in starters]
    told = _Told(home)
    kept = [Kept(name, _lives(home, name), _reaping(starters[name])) for name in names]
    return Supervisor(kept, limit=None, longest_pause_s=_LONGEST_PAUSE_S, tell=told)


def run(home: Path, starters: dict[str, Callable[[], None]]) -> None:
    """Restarts what ends until SIGTERM; then this program ends at once, and nothing that it started is unrecorded."""
    ending = threading.Event()

    def told(_number: int, _frame: object) -> None:
        ending.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    supervisor(home, starters).start()
    ending.wait()
    process.STARTING.acquire()
    os._exit(0)


class _Told:
    """Counts restarts where `guitu status` reads them."""

    def __init__(self, home: Path) -> None:
        self._path = home / "run" / "restarts"
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}

    def __call__(self, name: str) -> None:
        with self._lock:
            self._counts[name] = self._counts.get(name, 0) + 1
            partial = self._path.with_name("restarts.partial")
            partial.write_text(json.dumps(self._counts))
            partial.replace(self._path)
            print(
                f"{datetime.now(UTC).isoformat()} {name} had ended, restart {self._counts[name]}", flush=True
            )


def _lives(home: Path, name: str) -> Callable[[], bool]:
    def look() -> bool:
        running = runfiles.found(home, name)
        return running is not None and not runfiles.wait_ended(running, _LOOK_S)

    return look


def _reaping(start: Callable[[], None]) -> Callable[[], None]:
    def begin() -> None:
        process.reap_ended()
        start()

    return begin
