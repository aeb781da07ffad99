"""What projections said at a moment: as known at a log size, as of a day (eventstore.md section 5, docs/adr/0026).

The known time decides which events are read: those of the log below a size. The day decides which of them were so
(eventcore.valid_time). Both are applied by the projection's own handlers, so no list has a past of its own to be written.

Only what differs from today is replayed: rows of streams with events behind the size or the day are left out of the copy
of the live tables and made anew from the events that count. Tables of the past are temporary: they belong to one connection, are
written to no log and hold the sequencer back only for one small batch at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple, cast
from uuid import UUID

import psycopg
from lawkit import Law, load_law
from psycopg import sql
from psycopg.rows import TupleRow

from eventcore.apply import Reader, decode
from eventcore.entry import Entry, source_of
from eventcore.event import Event
from eventcore.link import Connection, Link
from eventcore.meta import contract
from eventcore.piped import Piped
from eventcore.projection import Projection
from eventcore.tx import Effects
from eventcore.upcasting import Codec

SIZE_AT: LiteralString = "select es.log_size_at_v1(%(known_at)s)"
"""Size of the log that was known at an instant."""

DEADLINES: LiteralString = "past_deadline"
"""The clocks that ran at the moment: a table with the columns of es.deadline that lists show."""

_BATCH = 250  # events a transaction: what writes holds the sequencer back
_WINDOW = 5000  # positions of the log read at once
# before the session's first temporary table; a lost moment is made again, so nothing waits for the disk
_SETTINGS: tuple[LiteralString, ...] = ("set temp_buffers = '32MB'", "set synchronous_commit = off")

_SNAPSHOT = "set transaction isolation level repeatable read"
_POSITIONS = "select coalesce(min(seq), 0) from es.projection where name = any(%s)"
_PARKED = "select consumer, stream_id, min(version) from es.parked where consumer = any(%s) and source = %s group by 1, 2"
_CHANGED = """
create temporary table past_changed on commit preserve rows as
select distinct e.stream_id, e.subject from es.log l join es.event e using (stream_id, version)
where l.seq >= %(low)s::bigint and e.type = any(%(types)s)
union
select distinct e.stream_id, e.subject from es.event e
where e.occurred_at >= %(before)s::timestamptz and (e.type = any(%(types)s) or e.version = 1)
"""
_COPY = """
insert into pg_temp.{table} overriding system value
select t.* from public.{table} t where not exists (select from past_changed c where c.{held} = t.{column})
"""
# the streams' beginnings may lie anywhere: the log is read once, window by window
_ENTRIES = """
select l.seq, l.stream_id, l.version, e.type, e.meta, e.data, l.leaf_sha256, e.trace
from es.log l join es.event e using (stream_id, version)
where l.seq >= %(from)s::bigint and l.seq < %(to)s::bigint and e.type = any(%(types)s)
  and (%(before)s::timestamptz is null or e.occurred_at < %(before)s or e.type = any(%(dated)s))
  and e.subject = any(%(subjects)s)
order by l.seq
"""
# what no instant but its own makes a beginning: it may name an earlier one
_BEGINNINGS = """
select e.meta, e.data from es.event e
where e.version = 1 and e.occurred_at >= %(before)s::timestamptz
  and exists (select from past_changed c where c.subject = e.subject)
"""
_FIRST = """
select coalesce(min(l.seq), 0) from es.log l join past_changed c on c.stream_id = l.stream_id and l.version = 1
"""
_CLOCKS = f"""
create temporary table {DEADLINES} on commit preserve rows as
select deadline_id, name, subject, due_at, rule, since, provisional, command_id, handed_over_for
from es.deadline d where d.owner = any(%s) and not exists (select from past_changed c where c.subject = d.subject)
"""
_PUT_CLOCK = f"""
insert into {DEADLINES} (deadline_id, name, subject, due_at, rule, since, provisional, command_id)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""


Replayed = tuple[Entry, Event]


class Moment(NamedTuple):
    """The first `log_size` events of the log; of these those that were so before an instant (None: all of them).

    by_act: by the instant at which they occurred alone, whatever they name: as the first form of reports counted.
    """

    log_size: int
    before: datetime | None = None
    by_act: bool = False


class Past:
    """The tables of some projections at one moment, on a connection of their own. One thread at a time.

    The connection's role may read the log and the live tables, and make temporary tables.
    """

    def __init__(
        self,
        link: Link,
        projections: Sequence[Projection],
        *,
        installation: str,
        service: str,
        codec: Codec | None = None,
        law: Callable[[], Law] = load_law,
    ) -> None:
        self._link = link
        self._made: Connection | None = None
        self._projections = tuple(projections)
        known = codec or Codec()
        self._readers = [
            Reader.of(installation, service, p.name, p.handle, known, law) for p in self._projections
        ]
        self._names = [p.name for p in self._projections]
        self._source = source_of(installation, service)
        self._codec = known
        handled = {kind.DESCRIPTOR.full_name: contract(kind) for p in self._projections for kind in p.handle}
        self._types = sorted(handled)
        self._dated = sorted(name for name, one in handled.items() if one.since or one.since_first)
        self._with_first = {name for name, one in handled.items() if one.since_first}

    def make(self, moment: Moment, *, clocks: bool = False) -> int:
        """The tables stand as of the moment; answers the number of events replayed. With `clocks` also DEADLINES."""
        conn = self._made = self._link.conn
        effects = {name: Effects() for name in self._names}
        for setting in _SETTINGS:
            conn.execute(setting)
        with conn.transaction():
            conn.execute(_SNAPSHOT)
            self._copy(conn, moment, clocks=clocks)
            parked = {(r[0], r[1]): r[2] for r in conn.execute(_PARKED, (self._names, self._source))}
        subjects = [r[0] for r in conn.execute("select distinct subject from past_changed")]
        unborn = self._unborn(conn, moment)
        piped = Piped(conn)
        replayed = 0
        for page in self._pages(conn, moment, subjects, unborn):
            # nobody gathers statistics of temporary tables, and their plans are made while they are small
            conn.execute("set enable_seqscan = off")
            with conn.transaction():
                self._replay(piped, page, effects, parked)
                piped.done()
            conn.execute("set enable_seqscan to default")
            replayed += len(page)
        if clocks:
            self._put(conn, effects)
        return replayed

    def fetch(self, query: str, parameters: Mapping[str, Any]) -> list[TupleRow]:
        """Rows of a query whose unqualified names mean the tables of the moment. psycopg.OperationalError once they are lost."""
        if self._made is None or self._made.closed:
            # another connection would answer with the live tables
            raise psycopg.OperationalError("the connection of a past moment is lost")
        return self._made.execute(cast(LiteralString, query), parameters).fetchall()

    def close(self) -> None:
        """The connection is closed, and its tables are gone."""
        self._made = None
        self._link.close()

    def _copy(self, conn: Connection, moment: Moment, *, clocks: bool) -> None:
        """Rows that the moment and today have in common, and in `past_changed` whose rows are left out."""
        row = conn.execute(_POSITIONS, (self._names,)).fetchone()
        low = min(row[0] if row else 0, moment.log_size)
        if any(not p.key or (clocks and p.key == "stream_id") for p in self._projections):
            low = 0  # nothing says whose rows or clocks they are: all are made anew
        conn.execute(_CHANGED, {"low": low, "before": moment.before, "types": self._types})
        for projection in self._projections:
            for table in projection.tables:
                _copied(conn, table, projection.key)
        if clocks:
            conn.execute(_CLOCKS, (self._names,))

    def _unborn(self, conn: Connection, moment: Moment) -> set[UUID]:
        """Streams that had not begun by the day."""
        if moment.before is None or moment.by_act:
            return set()
        rows = conn.cursor(binary=True).execute(_BEGINNINGS, {"before": moment.before})
        events = (self._codec.event(meta, data) for meta, data in rows)
        return {event.stream_id for event in events if event.since >= moment.before}

    def _pages(
        self, conn: Connection, moment: Moment, subjects: Sequence[UUID], unborn: set[UUID]
    ) -> Iterator[list[Replayed]]:
        """The events that count, in the order of the log."""
        row = conn.execute(_FIRST).fetchone()
        at = row[0] if row else 0
        asked = {"types": self._types, "before": moment.before, "subjects": list(subjects)}
        asked["dated"] = [] if moment.by_act else self._dated
        page: list[Replayed] = []
        while at < moment.log_size and subjects:
            to = min(at + _WINDOW, moment.log_size)
            rows = conn.cursor(binary=True).execute(_ENTRIES, {**asked, "from": at, "to": to}).fetchall()
            for r in rows:
                entry = Entry(self._source, r[1], r[2], r[3], r[4], r[5], r[6], r[0], r[7] or "")
                event = decode(self._codec, entry)
                if entry.stream_id not in unborn and self._counts(event, moment):
                    page.append((entry, event))
                if len(page) == _BATCH:
                    yield page
                    page = []
            at = to
        if page:
            yield page

    def _counts(self, event: Event, moment: Moment) -> bool:
        if moment.before is None or moment.by_act or event.type in self._with_first:
            return True
        return event.since < moment.before

    def _replay(
        self,
        conn: Piped,
        page: Sequence[Replayed],
        effects: Mapping[str, Effects],
        parked: Mapping[tuple[str, UUID], int],
    ) -> None:
        # a stream that is parked stays where the live list has it
        for entry, event in page:
            for reader in self._readers:
                stop = parked.get((reader.name, entry.stream_id))
                if stop is None or entry.version < stop:
                    reader.apply(conn, entry, effects[reader.name], event)
        for one in effects.values():
            one.commands.clear()  # what was sent is never sent again

    def _put(self, conn: Connection, effects: Mapping[str, Effects]) -> None:
        rows = [row for one in effects.values() for row in one.deadlines.values() if row is not None]
        with conn.transaction(), conn.cursor() as cursor:
            # deadline_id, name, subject, owner, due_at, rule, since, provisional, command_id
            cursor.executemany(_PUT_CLOCK, [(*r[:3], *r[4:9]) for r in rows])


def _copied(conn: Connection, table: str, key: str) -> None:
    named = sql.Identifier(table)
    conn.execute(sql.SQL("create temporary table {t} (like public.{t} including all)").format(t=named))
    if not key:
        return
    held = "stream_id" if key == "stream_id" else "subject"
    statement = sql.SQL(_COPY)
    conn.execute(statement.format(table=named, held=sql.Identifier(held), column=sql.Identifier(key)))
