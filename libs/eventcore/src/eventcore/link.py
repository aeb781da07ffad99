"""The one database connection of a loop: opened when needed, opened anew after it was lost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import psycopg
from psycopg.rows import TupleRow

Connection = psycopg.Connection[TupleRow]
Connect = Callable[[], Connection]

TRANSIENT = (psycopg.OperationalError, psycopg.InterfaceError)
"""Errors that say nothing about the record at hand: lost connection, deadlock, serialization failure, shutdown."""


NOT_AWAITED = "set_config('synchronous_commit', 'off', true)"
"""In a statement of a transaction: its commit does not wait for the disk. Only for what is made again by itself after a
crash of the server. A later commit that waits takes this one along, so nothing durable rests on what may be lost."""


class Link:
    """Holds the connection of one thread. Autocommit: a transaction is what `conn.transaction()` encloses."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._conn: Connection | None = None

    @property
    def conn(self) -> Connection:
        """An open connection; psycopg.OperationalError while the server is away."""
        if self._conn is None or self._conn.closed:
            conn = self._connect()
            conn.autocommit = True
            self._conn = conn
        return self._conn

    def beside(self) -> Link:
        """Another connection to the same database."""
        return Link(self._connect)

    def close(self) -> None:
        """No connection is held."""
        conn, self._conn = self._conn, None
        if conn is not None:
            with contextlib.suppress(psycopg.Error):
                conn.close()


def connecting(dsn: str, application_name: str) -> Connect:
    """Opens connections to a database; the name shows in the server's activity and in the sequencer's stall gauge."""

    def connect() -> Connection:
        return psycopg.connect(dsn, autocommit=True, application_name=application_name, connect_timeout=5)

    return connect
