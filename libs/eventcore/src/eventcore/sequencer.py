"""The sequencer numbers every event of the service, 0, 1, 2, ..., once and without holes (eventstore.md section 4).

It runs in the role of the relay. Safety does not depend on being the only one: two meet at the row lock of
es.sequencer, and `seq` is a primary key. The advisory lock only saves work.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

from opentelemetry import metrics
from proofs.tree import Frontier

from eventcore.checkpoint import LogTorn
from eventcore.link import Connection, Link

log = logging.getLogger(__name__)

HASH_SIZE = 32
_MUCH = 4  # events in one turn
CHANNEL = "es_log"

_NOTIFY = "select set_config('synchronous_commit', 'off', true), pg_notify(%s, '')"
_LEADER = 0x65735F6C6F67  # "es_log": the advisory lock of a database's sequencer
_TAKE = "select first_seq, frontier_sha256, leaves_sha256, size_sm3, frontier_sm3, leaves_sm3 from es.sequence_v2(%s)"
_GROW = "update es.sequencer set frontier_sha256 = %s, size_sm3 = %s, frontier_sm3 = %s"
_BEHIND = "select seq, size_sm3, frontier_sm3 from es.sequencer for update"
_LEAVES_SM3 = """
select count(*), coalesce(string_agg(l.leaf_sm3, ''::bytea order by l.seq), ''::bytea) from es.log l
where l.seq >= %s and l.seq < %s
"""
_GROW_SM3 = "update es.sequencer set size_sm3 = %s, frontier_sm3 = %s"
_LAG = """
select count(*), coalesce(extract(epoch from es.now() - min(e.recorded_at)), 0)::double precision
from es.event e, es.sequencer s
where (e.gen, e.xid, e.ord) > (s.gen, s.xid, s.ord)
"""

_gauge = metrics.get_meter("eventcore").create_gauge(
    "sequencer_lag_seconds", unit="s", description="Age of the oldest event that has no number yet"
)
_stopped = metrics.get_meter("eventcore").create_gauge(
    "stopped_streams", unit="{stream}", description="Streams that a mismatch has made read-only"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """The oldest open write transaction, in any database of the cluster; it holds the sequencer back."""

    pid: int
    application_name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Lag:
    """Events without a number, the age of the oldest in seconds of the service's clock, and who holds them back."""

    events: int
    seconds: float
    holder: Holder | None


class Sequencer:
    """Numbers the events of one database; at most `limit` a turn."""

    def __init__(
        self,
        link: Link,
        *,
        service: str,
        limit: int = 5000,
        elect: bool = True,
        gauge_interval_s: float = 1.0,
        warn_s: float = 10.0,
    ) -> None:
        self._link = link
        self._service = service
        self._limit = limit
        self._elect = elect
        self._gauge_interval_s = gauge_interval_s
        self._warn_s = warn_s
        self._next_gauge = 0.0
        self._led: Connection | None = None
        self._busy = False
        self._unready = False
        self._behind = True  # until looked at: a release before this one grew only the SHA-256 tree
        self._torn = False

    def turn(self) -> int:
        """Events that were final at its start are in the log; answers how many. 0 also when another one leads."""
        connection = self._link.conn
        if not self._leads(connection):
            return 0
        if self._behind and not self._torn:
            self._catch_up(connection)
        # where there was much there is likely more; else a peek is cheaper than a transaction
        final = True if self._busy else sequenceable(connection)
        done, behind = _number(connection, self._limit) if final else (0, False)
        self._behind = self._behind or behind
        self._unready = final is False or (self._behind and not self._torn)
        self._busy = done >= _MUCH
        if done:
            # of its own: a commit that notifies queues on a lock of the whole cluster; and it need not last
            connection.execute(_NOTIFY, [CHANNEL], prepare=True)
        self._measure(connection)
        return done

    def unready(self) -> bool:
        """There is work of which nobody will tell: events that wait for an older transaction, a tree that is behind."""
        return self._unready

    def close(self) -> None:
        """The connection is closed, and with it the leadership."""
        self._led = None
        self._link.close()

    def _leads(self, connection: Connection) -> bool:
        if connection is self._led:
            return True
        if self._elect:
            row = connection.execute("select pg_try_advisory_lock(%s)", [_LEADER]).fetchone()
            if row is None or not row[0]:
                return False
        # durable before visible, whatever the database's default is
        connection.execute("set synchronous_commit = on")
        self._led, self._behind, self._torn = connection, True, False
        return True

    def _catch_up(self, connection: Connection) -> None:
        try:
            self._behind = catch_up_sm3(connection, self._limit) > 0
        except LogTorn as error:
            # fsck names the event; numbering goes on, without signatures over a tree that nobody could rebuild
            self._torn = True
            log.error("sm3_tree_stopped service=%s: %s", self._service, error)

    def _measure(self, connection: Connection) -> None:
        if time.monotonic() < self._next_gauge:
            return
        self._next_gauge = time.monotonic() + self._gauge_interval_s
        now = lag(connection)
        holder = now.holder
        attributes: dict[str, str | int] = {"service": self._service}
        if now.events and holder is not None:
            attributes |= {"holder_pid": holder.pid, "holder_application_name": holder.application_name}
        _gauge.set(now.seconds, attributes)
        row = connection.execute("select count(*) from es.stopped").fetchone()
        _stopped.set(row[0] if row else 0, {"service": self._service})
        if now.seconds > self._warn_s:
            name = holder.application_name if holder else ""
            pid = holder.pid if holder else 0
            log.warning("sequencer_stalled seconds=%.1f holder_pid=%d holder=%s", now.seconds, pid, name)


def number(connection: Connection, limit: int = 5000) -> int:
    """The next final events are in the log and in both trees, in one transaction; answers how many.

    An SM3 tree that is behind the log stays so: `catch_up_sm3`.
    """
    return _number(connection, limit)[0]


def _number(connection: Connection, limit: int) -> tuple[int, bool]:
    """How many events got a number; whether the SM3 tree is behind."""
    # in a pipeline: begin goes with the first statement, commit with the last
    with connection.pipeline(), connection.transaction():
        cursor = connection.cursor(binary=True)
        row = cursor.execute(_TAKE, [limit], prepare=True).fetchone()
        if row is None or row[2] is None:
            return 0, False
        first, hashes, leaves, size_sm3, hashes_sm3, leaves_sm3 = row
        sha256, sm3 = Frontier(hashes, first), Frontier(hashes_sm3, size_sm3, hash="sm3")
        sha256.extend(_split(leaves))
        if size_sm3 == first:
            sm3.extend(_split(leaves_sm3))
        connection.execute(_GROW, [sha256.hashes, sm3.size, sm3.hashes], prepare=True)
        return len(leaves) // HASH_SIZE, sm3.size < sha256.size


def catch_up_sm3(connection: Connection, limit: int = 5000) -> int:
    """The SM3 tree has grown by up to `limit` events of the log that it lacked; answers by how many, 0 when by none.

    Raises LogTorn where one of them is gone.
    """
    with connection.transaction():
        cursor = connection.cursor(binary=True)
        row = cursor.execute(_BEHIND).fetchone()
        assert row is not None, "es.sequencer has its row since the first migration"
        size, done, hashes = row
        if done >= size:
            return 0
        end = min(size, done + limit)
        got = cursor.execute(_LEAVES_SM3, [done, end]).fetchone()
        assert got is not None, "an aggregate has a row"
        if got[0] != end - done:
            raise LogTorn(f"got {got[0]} events from {done} to {end - 1}, want {end - done}")
        frontier = Frontier(hashes, done, hash="sm3")
        frontier.extend(_split(got[1]))
        cursor.execute(_GROW_SM3, [frontier.size, frontier.hashes])
        return end - done


def _split(leaves: bytes) -> Iterator[bytes]:
    return (leaves[at : at + HASH_SIZE] for at in range(0, len(leaves), HASH_SIZE))


def lag(connection: Connection) -> Lag:
    """How far the sequencer is behind, and the oldest open write transaction where there is one."""
    row = connection.execute(_LAG).fetchone()
    assert row is not None, "an aggregate has a row"
    found = connection.execute("select pid, application_name, seconds from es.xmin_holder_v1()").fetchone()
    return Lag(row[0], row[1], Holder(*found) if found else None)


def sequenceable(connection: Connection) -> bool | None:
    """Whether the next event without a number is final; None when every event has one."""
    row = connection.execute("select es.sequenceable_v2()", prepare=True).fetchone()
    return row[0] if row else None
