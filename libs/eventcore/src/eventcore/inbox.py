"""The consumer's transaction: each event has one effect, whatever Kafka does (eventstore.md section 7).

Per stream, versions are counted in `es.seen`: the next one is handled, an earlier one is skipped, a later one shows a
gap that the store fills. Offset, versions, rows, commands and deadlines commit together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from eventcore import parking
from eventcore.apply import Reader
from eventcore.entry import Entry
from eventcore.kafka import Partition
from eventcore.link import NOT_AWAITED, Connection
from eventcore.relay import nothing_between
from eventcore.tx import Effects

_MOVE = """
update es.consumer_offset set next = %s where consumer = %s and topic = %s and partition = %s and next = %s
returning next
"""
_SEEN = """
select u.source, u.stream_id, coalesce(s.version, 0), coalesce(s.leaf, ''::bytea),
  exists (select from es.parked p where p.consumer = %s and p.source = u.source and p.stream_id = u.stream_id)
from unnest(%s::text[], %s::uuid[]) as u(source, stream_id)
left join es.seen s on s.consumer = %s and s.source = u.source and s.stream_id = u.stream_id
"""
# While it is held, no other process counts a version.
LOCK = "select from es.consumer_offset where consumer = %s order by topic, partition for update"
# Compare-and-set on the version that was read: no two readers count one version.
_COUNT = """
with u as (select * from unnest(%s::text[], %s::uuid[], %s::bigint[], %s::bytea[], %s::bigint[])
             as u(source, stream_id, version, leaf, loaded)),
made as (insert into es.seen (consumer, source, stream_id, version, leaf)
           select %s, source, stream_id, version, leaf from u where loaded = 0
         on conflict do nothing returning 1),
moved as (update es.seen s set version = u.version, leaf = u.leaf from u
          where u.loaded > 0 and s.consumer = %s and s.source = u.source and s.stream_id = u.stream_id
            and s.version = u.loaded returning 1)
select (select count(*) from made) + (select count(*) from moved)
"""
_DEAD = """
insert into es.dead_letter (consumer, topic, partition, "offset", reason, since)
select %s, %s, %s, u.n, u.reason, es.now() from unnest(%s::bigint[], %s::text[]) as u(n, reason)
on conflict do nothing
"""


class Fenced(Exception):
    """The offset or a version is not where this process left it: a zombie or a duplicate. Nothing was changed."""


class StreamRef(NamedTuple):
    """A stream of a log."""

    source: str
    stream_id: UUID


@dataclass(frozen=True, slots=True)
class Missing:
    """Versions of a stream that did not arrive, both included."""

    stream: StreamRef
    first: int
    last: int


class Gaps(Exception):
    """Predecessors are missing; they have to be fetched from the store before the transaction is tried again."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(f"{len(missing)} streams have gaps")
        self.missing = tuple(missing)


class Place(Enum):
    """Where an entry stands to what was handled of its stream."""

    NEXT = "handle it"
    OLD = "skip it"
    WAITS = "its stream is parked"
    OTHER = "another leaf at a version that was handled"
    LATER = "a predecessor is missing"


@dataclass(slots=True)
class Counted:
    """What `es.seen` and `es.parked` say of a stream, kept up while a group runs."""

    version: int
    leaf: bytes
    parked: bool

    def place(self, entry: Entry) -> Place:
        """Pure: decides by version and leaf alone."""
        if entry.version < self.version:
            return Place.OLD
        if entry.version == self.version:
            return Place.OLD if entry.leaf == self.leaf else Place.OTHER
        if self.parked:
            return Place.WAITS
        return Place.NEXT if entry.version == self.version + 1 else Place.LATER


@dataclass(frozen=True, slots=True)
class Move:
    """The offset of a partition moves from the value last read or written by this process."""

    partition: Partition
    loaded: int
    after: int
    dead: Sequence[tuple[int, str]] = ()


@dataclass(slots=True)
class Fill:
    """What the store said about gaps: entries, or that it has none (the text says so)."""

    entries: dict[StreamRef, list[Entry]] = field(default_factory=dict[StreamRef, list[Entry]])
    lost: dict[StreamRef, str] = field(default_factory=dict[StreamRef, str])


@dataclass(slots=True)
class Done:
    """What a transaction did."""

    handled: int = 0
    parked: int = 0
    commands: int = 0


@dataclass
class Inbox:
    """Applies entries of other services' logs to one subscription."""

    reader: Reader
    between: Callable[[str], None] = nothing_between

    def run(self, conn: Connection, entries: Sequence[Entry], move: Move, fill: Fill, *, alone: bool) -> Done:
        """One transaction: the entries took effect and the offset moved, or nothing did.

        alone: each record in a savepoint; one that fails is parked. Otherwise the first failure is raised.
        Raises Fenced, Gaps, link.TRANSIENT errors.
        """
        # what needs no answer travels with the next question; alone, a record must know its own failure
        with nullcontext() if alone else conn.pipeline(), conn.transaction():
            moving = self._move(conn, move)
            seen = self._counted(conn, entries)
            self._moved(moving, move)
            self.between("moved")
            group = _Group(self, conn, seen, fill, alone)
            group.check_gaps(entries)
            for entry in entries:
                group.take(entry)
            self.between("handled")
            if group.asks_nothing:
                conn.execute(f"select {NOT_AWAITED}")  # lost, the group is read again
            done = group.finish()
            self.between("counted")
        self.between("committed")
        return done

    def fill_tail(self, conn: Connection, tail: Missing, fill: Fill, *, alone: bool) -> Done:
        """What the store has of a lost tail took effect; where it stops short, the stream is parked at what is lost.

        alone: as in `run`. Raises link.TRANSIENT errors.
        """
        with conn.transaction():
            conn.execute(LOCK, (self.reader.name,))  # what came by Kafka meanwhile is counted before we look
            group = _Group(self, conn, counted(conn, self.reader.name, {tail.stream}), fill, alone)
            for entry in fill.entries.get(tail.stream, ()):
                group.take(entry)
            group.lose(tail)
            done = group.finish()
        self.between("committed")
        return done

    def _move(self, conn: Connection, move: Move) -> psycopg.Cursor[TupleRow]:
        name, (topic, partition) = self.reader.name, move.partition
        moving = conn.execute(_MOVE, (move.after, name, topic, partition, move.loaded))
        if move.dead:
            offsets, reasons = zip(*move.dead, strict=True)
            conn.execute(_DEAD, (name, topic, partition, list(offsets), list(reasons)))
        return moving

    def _moved(self, moving: psycopg.Cursor[TupleRow], move: Move) -> None:
        if moving.fetchone() is None:
            (topic, partition), name = move.partition, self.reader.name
            raise Fenced(f"{name}: got another offset of {topic}/{partition}, want {move.loaded}")

    def _counted(self, conn: Connection, entries: Sequence[Entry]) -> dict[StreamRef, Counted]:
        return counted(conn, self.reader.name, {StreamRef(e.source, e.stream_id) for e in entries})


def counted(conn: Connection, consumer: str, streams: set[StreamRef]) -> dict[StreamRef, Counted]:
    """What was handled of these streams."""
    if not streams:
        return {}
    sources, ids = zip(*streams, strict=True)
    rows = conn.execute(_SEEN, (consumer, list(sources), list(ids), consumer))
    return {StreamRef(r[0], r[1]): Counted(r[2], r[3], r[4]) for r in rows}


class _Group:
    def __init__(
        self, inbox: Inbox, conn: Connection, seen: dict[StreamRef, Counted], fill: Fill, alone: bool
    ) -> None:
        self._reader = inbox.reader
        self._conn = conn
        self._seen = seen
        self._loaded = {ref: c.version for ref, c in seen.items()}
        self._fill = fill
        self._alone = alone
        self._effects = Effects()
        self._parked: list[parking.Failure] = []
        self._done = Done()

    def check_gaps(self, entries: Sequence[Entry]) -> None:
        """Raises Gaps, before any handler runs, when the store was not asked yet."""
        reached: dict[StreamRef, int] = {}
        gaps: list[Missing] = []
        for entry in entries:
            ref = StreamRef(entry.source, entry.stream_id)
            last = reached.get(ref, self._loaded[ref])
            known = ref in self._fill.entries or ref in self._fill.lost or self._seen[ref].parked
            if entry.version > last + 1 and not known:
                gaps.append(Missing(ref, last + 1, entry.version - 1))
            reached[ref] = max(last, entry.version)
        if gaps:
            raise Gaps(gaps)

    @property
    def asks_nothing(self) -> bool:
        """No command was given, no clock was set or cleared."""
        return not self._alone and self._effects.none

    def take(self, entry: Entry) -> None:
        ref = StreamRef(entry.source, entry.stream_id)
        state = self._seen[ref]
        if state.place(entry) is Place.LATER:
            for earlier in self._fill.entries.get(ref, ()):
                if state.version < earlier.version < entry.version:
                    self._place(state, earlier)
        self._place(state, entry)

    def _place(self, state: Counted, entry: Entry) -> None:
        match state.place(entry):
            case Place.OLD:
                return
            case Place.NEXT:
                self._handle(state, entry)
            case Place.WAITS:
                self._park(state, entry, None)
            case Place.OTHER:
                self._park(state, entry, f"LeafDiffers: another event at version {entry.version}")
            case Place.LATER:
                ref = StreamRef(entry.source, entry.stream_id)
                why = self._fill.lost.get(ref, "the store does not have them")
                self._park(state, entry, f"Gap: versions from {state.version + 1} are missing: {why}")

    def _handle(self, state: Counted, entry: Entry) -> None:
        if self._alone:
            error = self._reader.apply_alone(self._conn, entry)
            if error is not None:
                self._park(state, entry, error)
                return
        else:
            self._reader.apply(self._conn, entry, self._effects)
        state.version, state.leaf = entry.version, entry.leaf
        self._done.handled += 1

    def _park(self, state: Counted, entry: Entry, error: str | None) -> None:
        state.parked = True
        self._parked.append(parking.Failure(entry.source, entry.stream_id, entry.version, error))
        self._done.parked += 1

    def lose(self, tail: Missing) -> None:
        """The stream is parked with every version of the tail that was not handled, unless it is parked."""
        state = self._seen[tail.stream]
        if state.parked or state.version >= tail.last:
            return
        lost, why = state.version + 1, self._fill.lost.get(tail.stream, "the store does not have them")
        state.parked = True
        error = f"LostTail: versions {lost}-{tail.last} never came: {why}"
        for version in range(lost, tail.last + 1):
            self._parked.append(parking.Failure(*tail.stream, version, error if version == lost else None))
        self._done.parked += tail.last + 1 - lost

    def finish(self) -> Done:
        # alone, each record has flushed its own; the number only tells whether the dispatcher should wake
        self._done.commands = self._done.handled if self._alone else self._effects.flush(self._conn)
        parking.park(self._conn, self._reader.name, self._parked)
        changed = [
            (r, c) for r, c in sorted(self._seen.items(), key=lambda i: i[0]) if c.version > self._loaded[r]
        ]
        if changed:
            count_versions(self._conn, self._reader.name, {r: (c, self._loaded[r]) for r, c in changed})
        return self._done


def count_versions(conn: Connection, consumer: str, changed: Mapping[StreamRef, tuple[Counted, int]]) -> None:
    """The versions handled are stored; each stream maps to its new state and the version that was read. Raises Fenced."""
    rows = [(r.source, r.stream_id, c.version, c.leaf, loaded) for r, (c, loaded) in changed.items()]
    columns = [list(column) for column in zip(*rows, strict=True)]
    stored = conn.execute(_COUNT, (*columns, consumer, consumer)).fetchone()
    if stored is None or stored[0] != len(rows):
        raise Fenced(f"{consumer}: another process counted a version")
