"""Loops wake at once, wait while there is nothing, and end the process when they cannot go on."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest
from eventcore.deadletter import FloodOfUnreadable
from eventcore.relay import ZombieRelay
from eventcore.runner import Loop, Runner, Wake

LONG_S = 20.0


class Work:
    """Does what is put to it; counts its turns."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.todo = 0
        self.turns = 0
        self.done = threading.Semaphore(0)
        self.closed = threading.Event()

    def turn(self) -> int:
        self.turns += 1
        if self.errors:
            raise self.errors.pop(0)
        work, self.todo = self.todo, 0
        for _ in range(work):
            self.done.release()
        return work

    def close(self) -> None:
        self.closed.set()


def test_a_wake_ends_the_wait_at_once() -> None:
    work, wake = Work(), Wake()
    runner = Runner([Loop("work", work, [wake], poll_s=LONG_S, poll_last_s=LONG_S)])
    runner.start()
    begun = time.monotonic()
    work.todo = 1
    wake()
    assert work.done.acquire(timeout=LONG_S / 2)
    assert runner.stop()
    assert time.monotonic() - begun < LONG_S / 2
    assert work.closed.is_set()


def test_an_idle_loop_turns_rarely() -> None:
    work = Work()
    runner = Runner([Loop("work", work, poll_s=0.01, poll_last_s=0.2)])
    runner.start()
    assert not runner.wait(0.5)
    runner.stop()
    assert work.turns < 15


def test_work_whose_time_comes_without_a_wake_is_looked_for_soon() -> None:
    work = Work()
    loop = Loop("work", work, poll_s=0.001, poll_last_s=LONG_S, unready=lambda: work.turns < 10)
    runner = Runner([loop])
    begun = time.monotonic()
    runner.start()
    while work.turns < 10 and time.monotonic() < begun + LONG_S / 2:
        assert not runner.wait(0.005)
    assert work.turns == 10
    assert not runner.wait(0.05)
    assert runner.stop()
    assert work.turns <= 11  # the last wait is the long one


def test_a_server_that_is_away_is_waited_for() -> None:
    work = Work(*[psycopg.OperationalError("away") for _ in range(4)])
    runner = Runner([Loop("work", work, attempts=2)])
    runner.start()
    work.todo = 1
    assert work.done.acquire(timeout=LONG_S)
    runner.stop()
    assert runner.crashed is None


@pytest.mark.parametrize("errors", [[ValueError()] * 3, [ZombieRelay()]])
def test_a_loop_that_cannot_go_on_ends_the_process(errors: list[Exception]) -> None:
    other = Work()
    runner = Runner([Loop("broken", Work(*errors), attempts=3), Loop("other", other)])
    assert runner.run() == 1
    assert runner.crashed == "broken"
    assert other.closed.wait(LONG_S)


def test_a_turn_that_hangs_ends_the_process_and_tells_where(capfd: pytest.CaptureFixture[str]) -> None:
    class Hanging(Work):
        def turn(self) -> int:
            self.closed.wait(LONG_S)
            return 0

    hanging, other = Hanging(), Work()
    runner = Runner([Loop("hanging", hanging, turn_limit_s=0.2), Loop("other", other, turn_limit_s=0.2)])
    runner.start()
    other.todo = 1
    assert other.done.acquire(timeout=LONG_S)
    assert runner.wait(LONG_S)
    hanging.closed.set()
    assert runner.stop()
    assert runner.crashed == "hanging"
    assert "in turn" in capfd.readouterr().err


def test_a_reader_that_meets_a_flood_stands_still_and_the_others_go_on() -> None:
    other = Work()
    flooded = Work(*[FloodOfUnreadable("c: 40 of the last 40 records are unreadable")] * 3)
    runner = Runner([Loop("flooded", flooded, attempts=1), Loop("other", other)])
    runner.start()
    other.todo = 1
    assert other.done.acquire(timeout=LONG_S)
    assert runner.crashed is None
    assert runner.stop()
    assert flooded.turns == 1


def test_a_runner_that_is_ended_has_exit_code_zero() -> None:
    runner = Runner([Loop("work", Work())])
    threading.Timer(0.05, runner.end).start()
    assert runner.run() == 0
