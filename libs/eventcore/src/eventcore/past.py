"""What projections said at a moment: as known at a log size, as of a day (eventstore.md section 5, docs/adr/0026).

The known time decides which events are read: those of the log below a size. The day decides which of them had taken
place. Both are applied by the projection's own handlers, so no list has a past of its own to be written.

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

from eventcore.apply import Reader
from eventcore.entry import Entry, source_of
from eventcore.link import Connection, Link
from eventcore.projection import Projection
from eventcore.tx import Effects
from eventcore.upcasting import Codec

SIZE_AT: LiteralString = "select es.log_size_at_v1(%(known_at)s)"
"""Size of the log that was known at an instant."""

DEADLINES: LiteralString = "past_deadline"
"""The clocks that ran at the moment: a table with the columns of es.deadline that lists show."""

_BATCH = 250  # events a transaction: what writes holds the sequencer back
_WINDOW = 5000  # positions of the log read at once

_SNAPSHOT = "set transaction isolation level repeatable read"
_POSITIONS = "select coalesce(min(seq), 0) from es.projection where name = any(%s)"
_PARKED = "select consumer, stream_id, min(version) from es.parked where consumer = any(%s) and source = %s group by 1, 2"
_CHANGED = """
create temporary table past_changed on commit preserve rows as
select distinct e.stream_id, e.subject from es.log l join es.event e using (stream_id, version)
where l.seq >= %(low)s::bigint and e.type = any(%(types)s)
union
select distinct e.stream_id, e.subject from es.event e
where e.occurred_at >= %(before)s::timestamptz and e.type = any(%(types)s)
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
  and (%(before)s::timestamptz is null or e.occurred_at < %(before)s)
  and exists (select from past_changed c where c.subject = e.subject)
order by l.seq
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


class Moment(NamedTuple):
    """The first `log_size` events of the log; of these those that took place before an instant (None: all of them)."""

    log_size: int
    before: datetime | None = None


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
        self._types = sorted({name for reader in self._readers for name in reader.handlers})

    def make(self, moment: Moment, *, clocks: bool = False) -> int:
        """The tables stand as of the moment; answers the number of events replayed. With `clocks` also DEADLINES."""
        conn = self._made = self._link.conn
        effects = {name: Effects() for name in self._names}
        with conn.transaction():
            conn.execute(_SNAPSHOT)
            self._copy(conn, moment, clocks=clocks)
            parked = {(r[0], r[1]): r[2] for r in conn.execute(_PARKED, (self._names, self._source))}
        replayed = 0
        # plans are made while the tables are small, and nobody gathers statistics of temporary ones
        conn.execute("set enable_seqscan = off")
        for page in self._pages(conn, moment):
            with conn.transaction(), conn.pipeline():
                self._replay(conn, page, effects, parked)
            replayed += len(page)
        if clocks:
            self._put(conn, effects)
        conn.execute("set enable_seqscan to default")
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

    def _pages(self, conn: Connection, moment: Moment) -> Iterator[list[Entry]]:
        row = conn.execute(_FIRST).fetchone()
        at = row[0] if row else 0
        while at < moment.log_size:
            to = min(at + _WINDOW, moment.log_size)
            asked = {"from": at, "to": to, "types": self._types, "before": moment.before}
            rows = conn.cursor(binary=True).execute(_ENTRIES, asked).fetchall()
            found = [Entry(self._source, r[1], r[2], r[3], r[4], r[5], r[6], r[0], r[7] or "") for r in rows]
            for n in range(0, len(found), _BATCH):
                yield found[n : n + _BATCH]
            at = to

    def _replay(
        self,
        conn: Connection,
        page: Sequence[Entry],
        effects: Mapping[str, Effects],
        parked: Mapping[tuple[str, UUID], int],
    ) -> None:
        # a stream that is parked stays where the live list has it
        for entry in page:
            for reader in self._readers:
                stop = parked.get((reader.name, entry.stream_id))
                if stop is None or entry.version < stop:
                    reader.apply(conn, entry, effects[reader.name])
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
