"""The relay: every event of the log reaches its topic, per stream in order, at least once (eventstore.md section 6).

The log is the outbox: no status column, no deletes, no Kafka transaction. The position moves only after all records
of a batch are acknowledged, and by compare-and-set, which fences a relay that was thought dead.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from eventcore.cloudevents import Outgoing, headers_of, key_of
from eventcore.entry import source_of
from eventcore.kafka import KafkaUnavailable, Producer, ProducerFactory, Sent
from eventcore.link import NOT_AWAITED, Connection, Link

log = logging.getLogger(__name__)

_PAGE = """
select l.seq, l.stream_id, l.version, e.type, e.subject, e.occurred_at, e.meta, e.data, e.trace
from es.log l join es.event e using (stream_id, version)
where l.seq >= %s order by l.seq limit %s
"""
_POSITION = "select seq from es.relay"
# lost in a crash, the records go out again and readers skip them
_MOVE = f"update es.relay set seq = %s where seq = %s returning {NOT_AWAITED}"


class ZombieRelay(Exception):
    """Another relay has moved the position; this one must stop."""


class RecordFailed(KafkaUnavailable):
    """A record of the batch was not acknowledged; the relay starts again at its position."""


def nothing_between(_step: str) -> None:
    """Default of the hook `between`, by which tests stop a reader between two steps."""


class Relay:
    """Moves one service's log to its topic. One leader at a time saves work; two do no harm."""

    def __init__(
        self,
        link: Link,
        open_producer: ProducerFactory,
        *,
        installation: str,
        service: str,
        topic: str,
        batch: int = 1000,
        flush_timeout_s: float = 15.0,
        between: Callable[[str], None] = nothing_between,
    ) -> None:
        self._link = link
        self._open_producer = open_producer
        self._source = source_of(installation, service)
        self._topic = topic
        self._batch = batch
        self._flush_timeout_s = flush_timeout_s
        self._between = between
        self._producer: Producer | None = None
        self._position: int | None = None
        self._ahead: list[Outgoing] = []

    def turn(self) -> int:
        """The next batch is on the topic and the position behind it; answers the number of records.

        Raises ZombieRelay when the position is not where this relay left it, KafkaUnavailable when a record failed.
        """
        try:
            conn = self._link.conn
            if self._position is None:
                self._position = _position(conn)
            page, self._ahead = self._ahead or outgoing(conn, self._position, self._batch), []
            if not page:
                return 0
            self._between("read")
            self._publish(conn, page)
            self._between("published")
            self._move(conn, page[-1].seq + 1)
        except BaseException:
            self._restart()  # with the connection the last move may be lost
            raise
        self._between("moved")
        return len(page)

    def close(self) -> None:
        """Producer and connection are closed."""
        self._restart()
        self._link.close()

    def _publish(self, conn: Connection, page: Sequence[Outgoing]) -> None:
        if self._producer is None:
            self._producer = self._open_producer()
        producer = self._producer
        sent: list[Sent] = [
            producer.send(
                self._topic, key=key_of(e.stream_id), value=e.data, headers=headers_of(e, self._source)
            )
            for e in page
        ]
        if len(page) == self._batch:  # the log never changes, so the next page is read while this one travels
            self._ahead = outgoing(conn, page[-1].seq + 1, self._batch)
        producer.flush(self._flush_timeout_s)
        failed = [e.seq for e, s in zip(page, sent, strict=True) if not s.succeeded()]
        if failed:
            raise RecordFailed(f"{len(failed)} of {len(page)} records failed, the first at seq {failed[0]}")

    def _move(self, conn: Connection, to: int) -> None:
        moved = conn.execute(_MOVE, (to, self._position)).rowcount
        if moved != 1:
            raise ZombieRelay(f"got another position, want {self._position}")
        self._position = to

    def _restart(self) -> None:
        """The next turn starts at the stored position with a new producer: later batches of the old one may be out."""
        self._position, self._ahead = None, []
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close()


def outgoing(conn: Connection, position: int, limit: int) -> list[Outgoing]:
    """The next rows of the log, as they go on the topic."""
    rows = conn.cursor(binary=True).execute(_PAGE, (position, limit))
    return [Outgoing._make(row) for row in rows]


def _position(conn: Connection) -> int:
    row = conn.execute(_POSITION).fetchone()
    if row is None:
        raise LookupError("es.relay has no row")
    return int(row[0])
