"""Loops of other processes wake when the sequencer tells of new entries; of several processes one leads."""

from __future__ import annotations

import threading
from contextlib import closing

from devstack.testing import Database
from eventcore.link import Link, connecting
from eventcore.runner import LOG_CHANNEL, Leader, Listener, Wake
from eventcore.testing_log import TestLog

from tests.integration.eventcore.reading import until


def test_a_notification_of_another_process_wakes_the_loops(database: Database) -> None:
    wake, event = Wake(), threading.Event()
    wake.join(event)
    link = Link(connecting(database.dsn, "test"))
    log = TestLog(database.dsn, installation="guitu-test", service="education")
    with closing(log), closing(Listener(link, {LOG_CHANNEL: wake}, wait_s=0.2)) as listener:
        listener.turn()
        assert event.is_set()  # whatever was said before it listened
        event.clear()
        assert listener.turn() == 0
        log.conn.execute("select pg_notify(%s, '')", (LOG_CHANNEL,))
        until(lambda: listener.turn() == 1)
        assert event.is_set()


class Counting:
    def __init__(self) -> None:
        self.turns = 0

    def turn(self) -> int:
        self.turns += 1
        return 1

    def close(self) -> None:
        return None


def test_one_of_two_processes_leads_until_it_ends(database: Database) -> None:
    def leader(reader: Counting) -> Leader:
        return Leader(reader, Link(connecting(database.dsn, "test")), key=7)

    first, second = Counting(), Counting()
    with closing(leader(second)) as other:
        with closing(leader(first)) as leading:
            assert leading.turn() == 1
            assert other.turn() == 0
        until(lambda: other.turn() == 1)
    assert (first.turns, second.turns) == (1, 1)
