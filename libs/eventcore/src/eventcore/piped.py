"""Statements of handlers sent without waiting for each: for replaying many events on tables of one's own (eventcore.past).

A handler's statement costs a round trip and psycopg's bookkeeping each time it runs. Here each text is prepared once, its
parameters go out in libpq's pipeline mode, and answers are read a batch at a time. What runs is the same, in the same order.
"""

from __future__ import annotations

import select
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, LiteralString, cast

import psycopg
from psycopg import errors, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.rows import TupleRow

from eventcore.link import Connection

Params = Sequence[Any] | Mapping[str, Any] | None

_BATCH = 200  # statements under way: their answers fit the socket's buffers many times over
_GOOD = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.PIPELINE_SYNC})
_PREFIX = b"piped_"


class Sent:
    """What a statement that was only sent answers: nothing is known of it yet."""

    rowcount = -1


class Piped:
    """Stands for a connection in handlers. Nothing else uses the connection until `done`, which raises what a statement raised."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._pgconn = conn.pgconn
        self._transformer = Transformer(conn)
        self._prepared: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._texts: dict[str, bytes] = {}
        self._waiting = 0

    def execute(self, query: str, params: Params = None) -> Sent | psycopg.Cursor[TupleRow]:
        """The statement is sent; one without parameters, or with named ones, has run."""
        if not isinstance(params, (tuple, list)):
            return self.waited().execute(cast(LiteralString, query), params)
        if not self._waiting:
            self._pgconn.enter_pipeline_mode()
        self._send(query, cast("tuple[Any, ...]", params))
        if self._waiting >= _BATCH:
            self.done()
        return _SENT

    def waited(self) -> Connection:
        """Everything that was sent has run; the connection, for a statement whose rows are wanted."""
        self.done()
        return self._conn

    def done(self) -> None:
        """Everything that was sent has run. The first error of a statement is raised as psycopg would."""
        if not self._waiting:
            return
        self._pgconn.pipeline_sync()
        wanted, self._waiting = self._waiting + 1, 0
        failed: pq.abc.PGresult | None = None
        try:
            for result in self._results(wanted):
                if result.status not in _GOOD and failed is None:
                    failed = result
        finally:
            with suppress(psycopg.Error):
                self._pgconn.exit_pipeline_mode()
        if failed is not None:
            raise errors.error_from_result(failed)

    def _send(self, query: str, params: tuple[Any, ...]) -> None:
        values = self._transformer.dump_sequence(params, [PyFormat.AUTO] * len(params))
        types = self._transformer.types or ()
        name = self._prepared.get((query, types))
        if name is None:
            name = self._prepared[query, types] = _PREFIX + str(len(self._prepared)).encode()
            text = self._texts.get(query) or self._texts.setdefault(query, _numbered(query))
            self._pgconn.send_prepare(name, text, types)
            self._waiting += 1
        formats = self._transformer.formats
        self._pgconn.send_query_prepared(name, values, formats)
        self._waiting += 1

    def _results(self, wanted: int) -> Iterable[pq.abc.PGresult]:
        """One result a statement and one for the end of the batch; reads and writes as the server lets it."""
        pgconn = self._pgconn
        left = wanted
        unsent = pgconn.flush()
        while left:
            if pgconn.is_busy() or unsent:
                readable, writable, _ = select.select([pgconn.socket], [pgconn.socket] if unsent else [], [])
                if readable:
                    pgconn.consume_input()
                if writable:
                    unsent = pgconn.flush()
                continue
            result = pgconn.get_result()
            if result is None:
                continue  # the end of one statement's results
            left -= 1
            yield result


_SENT = Sent()


def _numbered(query: str) -> bytes:
    """The text with $1, $2, ... for %s, as the server wants it."""
    parts = query.split("%s")
    text = "".join(f"{part}${number}" for number, part in enumerate(parts[:-1], start=1)) + parts[-1]
    return text.replace("%%", "%").encode()
