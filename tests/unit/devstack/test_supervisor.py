"""What ends is started again; what ends again and again, after pauses that grow."""

from __future__ import annotations

import threading
import time

from devstack.errors import StackError
from devstack.supervisor import Kept, Supervisor


class Dying:
    """Ends at once, so often as told, then lives."""

    def __init__(self, times: int) -> None:
        self.starts: list[float] = []
        self.times = times
        self.lives = threading.Event()

    def is_alive(self) -> bool:
        return self.lives.is_set()

    def start(self) -> None:
        self.starts.append(time.monotonic())
        if len(self.starts) > self.times:
            self.lives.set()
            return
        raise StackError("it ended at its start")


def test_pauses_grow_while_a_process_ends_at_its_start():
    one, told = Dying(3), list[str]()
    supervisor = Supervisor(
        [Kept("one", one.is_alive, one.start)], limit=None, longest_pause_s=1.0, tell=told.append
    )
    supervisor.start()
    try:
        assert one.lives.wait(20)
    finally:
        supervisor.stop()
    pauses = [after - before for before, after in zip(one.starts, one.starts[1:], strict=False)]
    assert pauses[0] >= 0.5
    assert pauses[1] >= 1.0
    assert pauses[2] >= 1.0
    assert told == ["one"] * 4
    assert not supervisor.failures


def test_a_bound_of_restarts_is_kept():
    one = Dying(100)
    supervisor = Supervisor([Kept("one", one.is_alive, one.start)], limit=2)
    supervisor.start()
    until, pause = time.monotonic() + 10, threading.Event()
    while "ended 2 times" not in supervisor.failures.get("one", ""):
        assert time.monotonic() < until
        pause.wait(0.05)
    supervisor.stop()
    assert len(one.starts) == 2
    assert supervisor.failures["one"] == "one ended 2 times: see its log"
