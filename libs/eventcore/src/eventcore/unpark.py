"""Unparking: a parked stream is replayed in order, with today's upcasters and handlers (eventstore.md section 8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from lawkit import Law, load_law

from eventcore.apply import Reader, own_stream
from eventcore.consumer import FetchMissing, Subscription
from eventcore.entry import Entry, Unreadable, of_log_entry, source_of
from eventcore.inbox import LOCK, Counted, StreamRef, count_versions, counted
from eventcore.link import Connection, Link
from eventcore.projection import Projection
from eventcore.relay import nothing_between
from eventcore.upcasting import Codec

_BATCH = 100  # short transactions: a long one would hold the sequencer back

_VERSIONS = """
select version from es.parked where consumer = %s and source = %s and stream_id = %s order by version
"""
_GONE = "delete from es.parked where consumer = %s and source = %s and stream_id = %s and version <= %s"
_FAILED = """
insert into es.parked as p (consumer, source, stream_id, version, error, attempts, since)
values (%s, %s, %s, %s, %s, 1, es.now())
on conflict (consumer, source, stream_id, version) do update set error = excluded.error, attempts = p.attempts + 1
"""
# The rows that the live reader moves first in its own transaction: while we hold them, it waits.
_LOCK_PROJECTION = "select from es.projection where name = %s for update"


class UnknownReader(LookupError):
    """The service has no projection or subscription of this name."""


@dataclass(frozen=True, slots=True)
class Unparked:
    """How many records were handled now, and how many of the stream still wait."""

    replayed: int
    remaining: int


class Unparker:
    """Replays parked streams of one service's projections and subscriptions."""

    def __init__(
        self,
        link: Link,
        readers: Sequence[Projection | Subscription],
        fetch_missing: FetchMissing,
        *,
        installation: str,
        service: str,
        codec: Codec | None = None,
        law: Callable[[], Law] = load_law,
        on_commands: Callable[[], None] = lambda: None,
        between: Callable[[str], None] = nothing_between,
    ) -> None:
        known = codec or Codec()
        self._link = link
        self._fetch_missing = fetch_missing
        self._own = source_of(installation, service)
        self._readers = {
            r.name: Reader.of(installation, service, r.name, r.handle, known, law) for r in readers
        }
        self._subscriptions = {r.name for r in readers if isinstance(r, Subscription)}
        self._on_commands = on_commands
        self._between = between

    def unpark(self, consumer: str, source: str, stream_id: UUID) -> Unparked:
        """The stream flows again, or it stops at the first record that still fails, whose error and count are renewed.

        Raises UnknownReader, and what `fetch_missing` raises when the store cannot be reached.
        """
        if consumer not in self._readers:
            raise UnknownReader(consumer)
        conn, ref = self._link.conn, StreamRef(source, stream_id)
        replayed = 0
        while True:
            waiting = _versions(conn, consumer, ref)
            if not waiting:
                return Unparked(replayed, 0)
            entries, first = self._entries(conn, consumer, ref, waiting)
            with conn.transaction():
                self._lock(conn, consumer)
                step = _Replay(conn, self._readers[consumer], ref, consumer in self._subscriptions)
                if step.first(waiting) == first:  # else the live reader has moved on meanwhile: look again
                    step.run(entries)
                    replayed += step.replayed
                    self._between("replayed")
            self._between("committed")
            if step.replayed:
                self._on_commands()
            if step.stopped:
                return Unparked(replayed, len(_versions(conn, consumer, ref)))

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()

    def _lock(self, conn: Connection, consumer: str) -> None:
        query = LOCK if consumer in self._subscriptions else _LOCK_PROJECTION
        conn.execute(query, (consumer,))

    def _entries(
        self, conn: Connection, consumer: str, ref: StreamRef, waiting: Sequence[int]
    ) -> tuple[list[Entry], int]:
        """The next batch, read before the transaction: no call to another service inside it."""
        if ref.source == self._own:
            first, last = waiting[0], min(waiting[-1], waiting[0] + _BATCH - 1)
            return own_stream(conn, ref.source, ref.stream_id, first, last), first
        version = counted(conn, consumer, {ref})[ref].version
        first = min(waiting[0], version + 1)
        last = min(waiting[-1], first + _BATCH - 1)
        service = ref.source.rpartition("/")[2]
        try:
            answer = self._fetch_missing(service, ref.stream_id, first, last)
            return [of_log_entry(ref.source, e) for e in answer], first
        except (LookupError, Unreadable):
            return [], first


class _Replay:
    def __init__(self, conn: Connection, reader: Reader, ref: StreamRef, counts: bool) -> None:
        self._conn = conn
        self._reader = reader
        self._ref = ref
        self._state = counted(conn, reader.name, {ref})[ref] if counts else None
        self._loaded = self._state.version if self._state else 0
        self.replayed = 0
        self.stopped = False

    def first(self, waiting: Sequence[int]) -> int:
        """Version at which the replay starts as of now."""
        return waiting[0] if self._state is None else min(waiting[0], self._state.version + 1)

    def run(self, entries: Sequence[Entry]) -> None:
        """The entries are handled in order up to the first that fails."""
        waiting = _versions(self._conn, self._reader.name, self._ref)
        if not waiting:
            return
        expected = self.first(waiting)
        by_version = {e.version: e for e in entries if e.stream_id == self._ref.stream_id}
        if expected not in by_version:
            self._fail(waiting[0], f"Gap: the store does not have version {expected}")
        while expected in by_version and self._take(by_version[expected]):
            expected += 1
        if self._state is not None and self._state.version > self._loaded:
            count_versions(self._conn, self._reader.name, {self._ref: (self._state, self._loaded)})

    def _take(self, entry: Entry) -> bool:
        state = self._state
        if state is not None and entry.version <= state.version:
            return self._compare(state, entry)
        error = self._reader.apply_alone(self._conn, entry)
        if error is not None:
            self._fail(entry.version, error)
            return False
        if state is not None:
            state.version, state.leaf = entry.version, entry.leaf
        self.replayed += 1
        self._forget(entry.version)
        return True

    def _compare(self, state: Counted, entry: Entry) -> bool:
        """A version that was handled: the store decides whether it was this event."""
        if entry.version == state.version and entry.leaf != state.leaf:
            self._fail(entry.version, f"LeafDiffers: the store has another event at version {entry.version}")
            return False
        self._forget(entry.version)
        return True

    def _forget(self, version: int) -> None:
        self._conn.execute(_GONE, (self._reader.name, *self._ref, version))

    def _fail(self, version: int, error: str) -> None:
        self._conn.execute(_FAILED, (self._reader.name, *self._ref, version, error))
        self.stopped = True


def _versions(conn: Connection, consumer: str, ref: StreamRef) -> list[int]:
    return [r[0] for r in conn.execute(_VERSIONS, (consumer, *ref))]
