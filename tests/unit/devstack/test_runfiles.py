"""Run files: whose process is whose."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from devstack import runfiles
from devstack.errors import StackError
from devstack.process import Process, Spec, free_port, free_ports, require_port, require_space


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    yield child
    child.kill()
    child.wait(5)


def _recorded(child: subprocess.Popen[bytes]) -> runfiles.Running:
    running = runfiles.identify("sleeper", child.pid, {"grpc": 1})
    assert running is not None
    return running


def test_recorded_process_is_found_again(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    runfiles.record(tmp_path, _recorded(sleeper))
    assert runfiles.recorded(tmp_path) == {"sleeper": _recorded(sleeper)}
    assert runfiles.is_alive(runfiles.recorded(tmp_path)["sleeper"])


def test_other_process_with_the_same_pid_is_not_ours(sleeper: subprocess.Popen[bytes]) -> None:
    stranger = replace(_recorded(sleeper), started=1)
    assert not runfiles.is_alive(stranger)
    runfiles.end(stranger, [(signal.SIGKILL, 1.0)])
    assert sleeper.poll() is None


def test_process_of_an_earlier_boot_is_not_ours(sleeper: subprocess.Popen[bytes]) -> None:
    assert not runfiles.is_alive(replace(_recorded(sleeper), boot="before"))


def test_ended_process_that_nobody_reaped_is_not_alive(sleeper: subprocess.Popen[bytes]) -> None:
    running = _recorded(sleeper)
    sleeper.kill()
    assert runfiles.wait_ended(running, 5)
    assert not runfiles.is_alive(running)


def test_process_deaf_to_the_first_signal_is_ended_by_the_second() -> None:
    deaf = "import signal; signal.signal(15, signal.SIG_IGN); print(flush=True)\nwhile True: signal.pause()"
    child = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    runfiles.end(_recorded(child), [(signal.SIGTERM, 0.1), (signal.SIGKILL, 5.0)])
    child.stdout.close()
    assert child.wait(5) == -signal.SIGKILL


def test_second_launcher_is_kept_out(tmp_path: Path) -> None:
    with (
        runfiles.home_lock(tmp_path),
        pytest.raises(StackError, match="another guitu command works on"),
        runfiles.home_lock(tmp_path),
    ):
        pass
    with runfiles.home_lock(tmp_path):
        pass


def test_damaged_run_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "intake.json").write_text("{}")
    with pytest.raises(StackError, match=r"intake\.json is not a run file"):
        runfiles.recorded(tmp_path)


def test_started_process_logs_and_is_recorded_until_it_is_stopped(tmp_path: Path) -> None:
    script = "print('ready', flush=True); import signal; signal.pause()"
    process = Process(Spec("one", [sys.executable, "-c", script], tmp_path, dict(os.environ)))
    process.start()
    process.wait_ready(lambda: process.spec.log.read_text() == "ready\n", 10)
    assert runfiles.recorded(tmp_path)["one"].pid == process.pid
    process.stop()
    assert runfiles.recorded(tmp_path) == {}
    assert not process.is_alive()


def test_process_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    script = "raise SystemExit('FATAL: no such court')"
    process = Process(Spec("one", [sys.executable, "-c", script], tmp_path, dict(os.environ)))
    process.start()
    with pytest.raises(StackError, match="one ended at its start: FATAL: no such court"):
        process.wait_ready(lambda: False, 10)


def test_full_disk_is_said_with_its_remedy(tmp_path: Path) -> None:
    script = "raise OSError(28, 'No space left on device')"
    process = Process(Spec("one", [sys.executable, "-c", script], tmp_path, dict(os.environ)))
    process.start()
    with pytest.raises(StackError, match="the disk is full, free some space"):
        process.wait_ready(lambda: False, 10)
    with pytest.raises(StackError, match="set GUITU_HOME"):
        require_space(tmp_path, 10**12)


def test_a_row_of_ports_is_given_to_one_program_until_it_has_used_it() -> None:
    first = free_ports(20)
    held = Path(tempfile.gettempdir()) / f"guitu-ports-{os.getuid()}" / str(first)
    with held.open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_free_port_is_free() -> None:
    require_port(free_port(), "intake")


def test_a_second_demo_does_not_wipe_the_first(tmp_path: Path) -> None:
    with (
        runfiles.owned(tmp_path),
        pytest.raises(StackError, match="another guitu command works on"),
        runfiles.owned(tmp_path),
    ):
        pass
    with runfiles.owned(tmp_path), runfiles.home_lock(tmp_path):
        pass


def test_a_running_process_is_found_where_it_was_started(tmp_path: Path) -> None:
    mine = runfiles.identify("intake", os.getpid(), {"grpc": 23001})
    assert mine is not None
    runfiles.record(tmp_path, mine)
    assert runfiles.port(tmp_path, "intake", "grpc", 17410) == 23001
    assert runfiles.port(tmp_path, "handoff", "grpc", 17412) == 17412
    runfiles.record(tmp_path, replace(mine, started=mine.started + 1))
    assert runfiles.port(tmp_path, "intake", "grpc", 17410) == 17410
