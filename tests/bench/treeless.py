"""What both trees cost: the same appends with leaves and a sequencer that grows the trees, and without either.

The side without trees writes into a database of its own: constant leaves, events numbered, no frontier grown.
"""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import psycopg
from devstack.postgres import Address
from eventcore.link import Connection, Link
from eventcore.migrate import migrate, options
from eventcore.sequencer import Sequencer

from workloads import DATABASE, SERVICE, TREELESS  # isort: skip

if TYPE_CHECKING:
    from measures import Crew

WRITERS = 4
IDLE_S = 0.002
_NUMBER = "select first_seq from es.sequence_v2(5000)"


def prepare(address: Address) -> None:
    """The database of the side without trees is there."""
    with psycopg.connect(address.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {TREELESS}".encode())
    with psycopg.connect(address.dsn(TREELESS), autocommit=True) as connection:
        migrate(connection, service=SERVICE)


def rates(address: Address, crew: Crew, rounds: int, seconds: float) -> tuple[float, float, float]:
    """Appends per second with both trees and without, 4 writers; and the median of the ratios of the rounds."""
    from measures import rate

    with_trees: list[float] = []
    without: list[float] = []
    for turn in range(rounds):
        sides: list[Callable[[], None]] = [
            lambda: with_trees.append(
                _with_trees(address, lambda: rate(crew.run("ours 1", WRITERS, seconds)))
            ),
            lambda: without.append(_without(address, lambda: rate(crew.run("treeless 1", WRITERS, seconds)))),
        ]
        for side in sides if turn % 2 == 0 else reversed(sides):
            side()
    ratio = statistics.median(a / b for a, b in zip(with_trees, without, strict=True))
    return statistics.median(with_trees), statistics.median(without), ratio


def _connection(address: Address, database: str) -> Connection:
    return psycopg.connect(address.dsn(database), autocommit=True, options=options(SERVICE, "relay"))


def _with_trees(address: Address, appending: Callable[[], float]) -> float:
    link = Link(lambda: _connection(address, DATABASE))
    with closing(Sequencer(link, service=SERVICE)) as sequencer, _beside(sequencer.turn):
        return appending()


def _without(address: Address, appending: Callable[[], float]) -> float:
    with _connection(address, TREELESS) as connection:

        def number() -> int:
            if not _sequenceable(connection):
                return 0
            row = connection.execute(_NUMBER, prepare=True).fetchone()
            return 0 if row is None or row[0] is None else 1

        with _beside(number):
            return appending()


def _sequenceable(connection: Connection) -> bool:
    row = connection.execute("select es.sequenceable_v2()", prepare=True).fetchone()
    return row == (True,)


@contextmanager
def _beside(turn: Callable[[], int]) -> Generator[None]:
    """Turns go on in a thread until the block ends and nothing waits; what a turn raised is raised here."""
    stop = threading.Event()
    raised: list[Exception] = []

    def work() -> None:
        try:
            while turn() or not stop.is_set():
                stop.wait(IDLE_S)
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
    if raised:
        raise raised[0]
