"""What is running, as files: `<home>/run/<name>.json` holds pid and start time of each process we started.

The start time and the boot id tell our process from another one that was given the same pid later,
so `down` ends only what belongs to this data folder, even when the launcher was killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from devstack.errors import StackError

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Running:
    """One process of ours. `started` is in clock ticks since boot (field 22 of /proc/<pid>/stat)."""

    name: str
    pid: int
    started: int
    boot: str
    ports: dict[str, int] = field(default_factory=dict[str, int])


def identify(name: str, pid: int, ports: dict[str, int] | None = None) -> Running | None:
    """The identity of a live process, or None when it has ended (a zombie has ended)."""
    started = _start_time(pid)
    if started is None or _has_ended(pid, 0):
        return None
    return Running(name, pid, started, _BOOT_ID.read_text().strip(), ports or {})


def is_alive(running: Running) -> bool:
    """True while this very process lives: same pid, same start time, same boot."""
    return _is_same(running) and not _has_ended(running.pid, 0)


def record(home: Path, running: Running) -> None:
    """The run file exists on disk under its final name, whole."""
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{running.name}.json.partial"
    partial.write_text(json.dumps(asdict(running)))
    partial.replace(folder / f"{running.name}.json")


def forget(home: Path, name: str) -> None:
    """No run file of this name exists."""
    (home / "run" / f"{name}.json").unlink(missing_ok=True)


def recorded(home: Path) -> dict[str, Running]:
    """All run files of a data folder, by name; those of ended processes too."""
    found: dict[str, Running] = {}
    for path in sorted((home / "run").glob("*.json")):
        try:
            found[path.stem] = Running(**json.loads(path.read_text()))
        except (ValueError, TypeError) as error:
            raise StackError(
                f"{path} is not a run file ({error}): delete it and run the command again"
            ) from error
    return found


def found(home: Path, name: str) -> Running | None:
    """The run file of this name, None when there is none."""
    try:
        return Running(**json.loads((home / "run" / f"{name}.json").read_text()))
    except FileNotFoundError:
        return None


def port(home: Path, name: str, kind: str, planned: int) -> int:
    """Where the live process of this name listens, as it was started; `planned` where none runs."""
    running = found(home, name)
    return running.ports.get(kind, planned) if running is not None and is_alive(running) else planned


def wait_ended(running: Running, limit_s: float) -> bool:
    """True as soon as the process has ended, False when it still runs after `limit_s` seconds."""
    return not _is_same(running) or _has_ended(running.pid, limit_s)


def end(running: Running, steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """The process has ended; each signal is given its limit in seconds before the next one is sent."""
    for number, limit_s in steps:
        if not is_alive(running):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(running.pid, number)
        if wait_ended(running, limit_s):
            return
    if is_alive(running):
        raise StackError(
            f"process {running.pid} ({running.name}) does not end: end it with `kill -9 {running.pid}`"
        )


@contextlib.contextmanager
def home_lock(home: Path) -> Generator[None]:
    """While the block runs no other launcher works on this data folder."""
    with _alone(home, "lock"):
        yield


@contextlib.contextmanager
def owned(home: Path) -> Generator[None]:
    """While the block runs nobody else owns this data folder from start to wiping, as a demo and a drill do.

    Raises StackError where somebody does.
    """
    with _alone(home, "owner"):
        yield


@contextlib.contextmanager
def _alone(home: Path, name: str) -> Generator[None]:
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / name, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StackError(f"another guitu command works on {home}: wait for it or end it first") from error
        yield


def processes_in(folder: Path) -> list[int]:
    """Pids of the processes whose working directory is `folder`, as far as we may look."""
    wanted = str(folder.resolve())
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if os.readlink(entry / "cwd") == wanted and not _has_ended(int(entry.name), 0):
                    found.append(int(entry.name))
    return found


def _is_same(running: Running) -> bool:
    return _start_time(running.pid) == running.started and _BOOT_ID.read_text().strip() == running.boot


def _has_ended(pid: int, limit_s: float) -> bool:
    # Not by the state Z in /proc: the first thread shows it while others still hold files and ports.
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poller = select.poll()
        poller.register(handle, select.POLLIN)
        return bool(poller.poll(limit_s * 1000))
    finally:
        os.close(handle)


def _start_time(pid: int) -> int | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The command name in parentheses may contain spaces and parentheses itself.
    fields = text[text.rindex(")") + 2 :].split()
    return int(fields[19])
