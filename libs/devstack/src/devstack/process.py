"""One started process: recorded, logged, waited for with a limit, ended with a limit."""

from __future__ import annotations

import atexit
import fcntl
import itertools
import os
import random
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devstack import runfiles
from devstack.errors import StackError
from devstack.runfiles import Running

TERM_THEN_KILL: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0))
_POLL_S = 0.02
# Below the ports that Linux gives to outgoing connections (ip_local_port_range, by default from 32768).
_FIRST_OWN, _OWN_PORTS, _ROW = 10_000, 20_000, 20
# Processes of one test run begin in different places.
_next_port = itertools.count(random.SystemRandom().randrange(_OWN_PORTS // _ROW))
# Locks on the rows that this process was given; they end with it.
_ROWS: deque[int] = deque()
_MOST_ROWS = 64
# A Popen that is collected while its process runs warns; these processes are meant to outlive their object.
_STARTED: list[subprocess.Popen[bytes]] = []
# Held while a process is started and not yet recorded: who holds it may end this program and leave nothing unknown.
STARTING = threading.Lock()


@atexit.register
def _leave_running() -> None:
    for child in _STARTED:
        child.returncode = 0


@dataclass(frozen=True, slots=True)
class Spec:
    """What to start. `env` is the whole environment of the process; `cwd` must exist."""

    name: str
    argv: Sequence[str]
    home: Path
    env: Mapping[str, str]
    cwd: Path | None = None
    ports: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def log(self) -> Path:
        """Standard output and error of the process are appended here."""
        return self.home / "logs" / f"{self.name}.log"


class Process:
    """A process started from a Spec. It outlives this object and this program unless it is stopped."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._child: subprocess.Popen[bytes] | None = None
        self._running: Running | None = None
        self._log_start = 0

    def start(self) -> None:
        """The process runs and is recorded in `<home>/run/<name>.json`."""
        spec = self.spec
        spec.log.parent.mkdir(parents=True, exist_ok=True)
        with STARTING, open(spec.log, "ab") as log:
            self._log_start = log.tell()
            child = subprocess.Popen(
                list(spec.argv), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=dict(spec.env), cwd=spec.cwd, start_new_session=True,
            )  # fmt: skip
            _STARTED.append(child)
            self._child = child
            self._running = runfiles.identify(spec.name, child.pid, dict(spec.ports))
            if self._running is not None:
                runfiles.record(spec.home, self._running)

    @property
    def pid(self) -> int | None:
        """The pid of the live process, else None."""
        return self._running.pid if self._running is not None and self.is_alive() else None

    def is_alive(self) -> bool:
        """True while the started process runs."""
        return self._child is not None and self._child.poll() is None

    def wait_ready(self, ready: Callable[[], bool], limit_s: float) -> None:
        """`ready()` has answered True. Raises StackError when the process ends first or the limit passes."""
        until = time.monotonic() + limit_s
        while not ready():
            if not self.is_alive():
                raise StackError(
                    f"{self.spec.name} ended at its start: {self.last_words()} (all of it: {self.spec.log})"
                )
            if time.monotonic() > until:
                raise StackError(f"{self.spec.name} was not ready within {limit_s:g} s: see {self.spec.log}")
            time.sleep(_POLL_S)

    def stop(self, steps: Sequence[tuple[signal.Signals, float]] = TERM_THEN_KILL) -> None:
        """The process has ended and is no longer recorded."""
        if self._running is not None:
            runfiles.end(self._running, steps)
        self._reap()
        runfiles.forget(self.spec.home, self.spec.name)

    def kill(self) -> None:
        """The process has been ended by SIGKILL, as a power cut would; its run file stays."""
        if self._running is not None:
            runfiles.end(self._running, [(signal.SIGKILL, 5.0)])
        self._reap()

    def last_words(self) -> str:
        """The last error line that this start wrote to its log, for a message of one sentence."""
        with open(self.spec.log, "rb") as log:
            log.seek(self._log_start)
            lines = [
                line for line in log.read()[-20_000:].decode(errors="replace").splitlines() if line.strip()
            ]
        if any("No space left on device" in line for line in lines):
            return "the disk is full, free some space and start again"
        bad = [line for line in lines if "FATAL" in line or "ERROR" in line or "Exception" in line]
        return (bad or lines or ["it wrote nothing"])[-1].strip()

    def _reap(self) -> None:
        if self._child is not None:
            self._child.wait(5)
            if self._child in _STARTED:
                _STARTED.remove(self._child)


def reap_ended() -> None:
    """No process that this program started and that has ended stays in the process table."""
    with STARTING:
        for child in list(_STARTED):
            if child.poll() is not None:
                _STARTED.remove(child)


def free_port() -> int:
    """A port of the loopback that nobody listens on; a thousand answers of a process differ.

    None of the kernel's own choice: an outgoing connection of any program could take that one before it is used.
    """
    return free_ports(1)


def free_ports(number: int) -> int:
    """The first of so many ports in a row, at most 20, each as `free_port`. Raises StackError when there are none."""
    assert number <= _ROW, "rows do not overlap"
    for _ in range(_OWN_PORTS // _ROW):
        first = _FIRST_OWN + next(_next_port) * _ROW % _OWN_PORTS
        if all(_is_free(first + n) for n in range(number)) and _is_ours(first):
            return first
    raise StackError("no port is free below those of outgoing connections: end programs that listen")


def _is_ours(first: int) -> bool:
    """No other program of this user was given the row lately: between the answer and the use it looks free to all."""
    folder = Path(tempfile.gettempdir()) / f"guitu-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    held = os.open(folder / str(first), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return False
    _ROWS.append(held)
    if len(_ROWS) > _MOST_ROWS:
        os.close(_ROWS.popleft())  # in use by now, or never
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def require_port(port: int, name: str) -> None:
    """Raises StackError when somebody listens on this port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackError(
                f"port {port}, wanted by {name}, is in use: end the program that listens there "
                f"(`ss -ltnp sport = :{port}` names it) or set GUITU_BASE_PORT to move all ports"
            ) from error


def require_space(folder: Path, need_mb: int) -> None:
    """Raises StackError when the file system of `folder` has less than `need_mb` MB left."""
    stat = os.statvfs(folder)
    free_mb = stat.f_bavail * stat.f_frsize // 1_000_000
    if free_mb < need_mb:
        raise StackError(
            f"{folder} has {free_mb} MB free and {need_mb} MB are needed: free some space or set GUITU_HOME "
            "to a folder on another disk"
        )
