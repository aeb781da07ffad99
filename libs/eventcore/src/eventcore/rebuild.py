"""Rebuild: a projection is made anew beside the live one, compared by row hashes, and swapped in (G26, G27).

The replay runs in short transactions (a long one would hold the sequencer back) on shadow tables of a schema of its
own. For the last records, the comparison and the swap the live projection stands still, by a lock that needs no
transaction id; appends, the sequencer and readers go on. Readers see the old rows until the swap, which is one
transaction, and the new ones from then on: it waits for the snapshots that are older than the new rows, for a table that
is swapped in shows such a snapshot nothing. Clocks are made right with the rows. Commands are not written again: replay
never sends anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import LiteralString, cast
from uuid import UUID

from lawkit import Law, load_law
from psycopg import sql
from psycopg.errors import LockNotAvailable

from eventcore.apply import Reader, own_log, own_stream, own_subject
from eventcore.entry import Entry, source_of
from eventcore.link import Connection, Link
from eventcore.projection import Projection
from eventcore.tx import Effects
from eventcore.upcasting import Codec

_SCHEMA = "public"
_POSITION = "select seq from es.projection where name = %s"
_STAND_STILL = "lock table es.projection in exclusive mode"
_NEWEST = "select pg_snapshot_xmax(pg_current_snapshot())::xid::text"
# who waits for us, the live projection, takes a new snapshot afterwards
_OLDER = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> all(%(own)s) and age(backend_xmin) > age(%(newest)s::xid)
  and not pg_blocking_pids(pid) && %(own)s::int[]
"""
_READERS_END_S = 60.0
# a reader who still reads the old table is waited for, but those who come meanwhile not longer than this
_SWAP_WAITS = "set local lock_timeout = '2s'"
_LOCK = "select seq from es.projection where name = %s for update"
_PARKED = """
select stream_id, min(version) from es.parked where consumer = %s and source = %s group by stream_id
"""
_CLOCKS = """
select deadline_id, due_at, asked_of is not null from es.deadline
where owner = %(owner)s and (%(subject)s::uuid is null or subject = %(subject)s)
"""
_SWAP_TRIES = 5
_SUBJECT, _DUE_AT = 2, 4  # of a row of Effects.deadlines
_LAST_VERSION = 2**31 - 1
_HASH = """
select count(*), coalesce(encode(sha256(string_agg(h, ''::bytea order by h)), 'hex'), '')
from (select sha256(convert_to(t::text, 'UTF8')) as h from {} t {}) rows
"""
_GRANTS = """
select format('grant %%s on table %%I.%%I to %%s', string_agg(a.privilege_type, ', '), %s::text, c.relname,
    case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end)
from pg_class c, aclexplode(c.relacl) a
where c.oid = %s::regclass and a.grantee <> c.relowner group by c.relname, a.grantee
"""


_ALL = sql.SQL("")


class ReadersStay(Exception):
    """Somebody has read in one transaction for too long; nothing is changed, and the rebuild can be run again."""


class NotByItself(Exception):
    """The projection's rows cannot be made anew for one alone; rebuild it whole."""


class NotTheSame(Exception):
    """The rebuilt rows differ from the live ones, and the caller did not ask for the new ones."""


@dataclass(frozen=True, slots=True)
class TableReport:
    """Rows and hash of one table, live and rebuilt."""

    table: str
    old_rows: int
    new_rows: int
    old_hash: str
    new_hash: str

    @property
    def equal(self) -> bool:
        """The same rows."""
        return self.old_hash == self.new_hash


class Rebuild:
    """One projection of the own log. The connection's role must own its tables."""

    def __init__(
        self,
        link: Link,
        projection: Projection,
        *,
        installation: str,
        service: str,
        codec: Codec | None = None,
        law: Callable[[], Law] = load_law,
        batch: int = 200,
    ) -> None:
        self._link = link
        self._tables = tuple(projection.tables)
        self._name = projection.name
        self._key = projection.key
        self._source = source_of(installation, service)
        self._reader = Reader.of(
            installation, service, projection.name, projection.handle, codec or Codec(), law
        )
        self._batch = batch
        self._shadow = f"rebuild_{projection.name}".replace("-", "_")
        self._position = 0
        self._effects = Effects()  # never written: what was sent is never sent again
        self._parked: dict[UUID, int] = {}
        self._own: list[int] = []  # backends of this rebuild

    def run(self, *, accept: bool = False) -> list[TableReport]:
        """The whole projection is new, clocks too; what differs raises NotTheSame unless `accept`. The answer compares."""
        self.begin()
        while self.step():
            pass
        return self.finish(accept=accept)

    def begin(self) -> None:
        """Empty shadow tables stand in a schema of their own."""
        conn = self._link.conn
        self._position = 0
        self._effects = Effects()
        self._parked = {r[0]: r[1] for r in conn.execute(_PARKED, (self._name, self._source))}
        with conn.transaction():
            conn.execute(_of("drop schema if exists {} cascade", self._shadow))
            conn.execute(_of("create schema {}", self._shadow))
            for table in self._tables:
                shadow, live = sql.Identifier(self._shadow, table), sql.Identifier(_SCHEMA, table)
                conn.execute(sql.SQL("create table {} (like {} including all)").format(shadow, live))

    def step(self) -> int:
        """A batch of the log is in the shadow tables; answers its size, 0 when they have reached the live position."""
        conn = self._link.conn
        left = self._live(conn) - self._position
        page = own_log(conn, self._source, self._position, min(self._batch, left)) if left > 0 else []
        if page:
            with conn.transaction():
                self._replay(conn, page)
            self._position = page[-1].seq + 1
        return len(page)

    def finish(self, *, accept: bool = False) -> list[TableReport]:
        """The last records, the comparison, the swap: readers see the old rows, then the new ones, never less.

        Raises NotTheSame and ReadersStay, and then the live tables and clocks are as they were.
        """
        conn = self._link.conn
        with self._standing_still():
            reports = self._compared(conn)
            _refuse_other_rows(reports, accept)
            self._older_snapshots_end(conn)
            for left in reversed(range(_SWAP_TRIES)):
                try:
                    self._swapped(conn)
                    break
                except LockNotAvailable as error:
                    if not left:
                        raise ReadersStay(self._name) from error
        return reports

    def check(self) -> list[TableReport]:
        """What the log leads to, compared with the live rows and clocks; nothing of them is touched."""
        self.begin()
        while self.step():
            pass
        conn = self._link.conn
        with self._standing_still():
            reports = self._compared(conn)
        conn.execute(_of("drop schema {} cascade", self._shadow))
        return reports

    def one(self, whose: UUID, *, accept: bool = False) -> list[TableReport]:
        """Only the rows and clocks of one are new: of a subject, or of a stream where the projection's key is that.

        Appends and readers go on; the live projection waits meanwhile: one subject's events are few. Clocks that streams
        share are left as they are. Raises NotTheSame, and NotByItself where rows are nobody's; then nothing is changed.
        """
        if not self._key:
            raise NotByItself(f"the rows of {self._name} are nobody's: rebuild it whole")
        self.begin()
        conn = self._link.conn
        clocks = whose if self._key != "stream_id" else None
        with conn.transaction():
            row = conn.execute(_LOCK, (self._name,)).fetchone()
            self._replay(conn, self._events_of(conn, whose, row[0] if row else 0))
            where = sql.SQL("where {} = {}").format(sql.Identifier(self._key), sql.Literal(whose))
            reports = [self._compare(conn, table, where) for table in self._tables]
            if clocks is not None:
                reports.append(self._clocks(conn, clocks))
            _refuse_other_rows(reports, accept)
            for table in self._tables:
                live, shadow = sql.Identifier(_SCHEMA, table), sql.Identifier(self._shadow, table)
                conn.execute(sql.SQL("delete from {} {}").format(live, where))
                conn.execute(
                    sql.SQL("insert into {} overriding system value select * from {} {}").format(
                        live, shadow, where
                    )
                )
            if clocks is not None:
                self._right_clocks(conn, clocks)
            conn.execute(_of("drop schema {} cascade", self._shadow))
        return reports

    def close(self) -> None:
        """The connection is closed; shadow tables of an unfinished rebuild are dropped by the next `begin`."""
        self._link.close()

    @contextmanager
    def _standing_still(self) -> Generator[None]:
        """Inside the block no projection of the service moves, and nothing is unparked; both go on afterwards."""
        beside = self._link.beside()
        try:
            with beside.conn.transaction():
                beside.conn.execute(_STAND_STILL)
                self._own = [beside.conn.info.backend_pid, self._link.conn.info.backend_pid]
                yield
        finally:
            beside.close()

    def _compared(self, conn: Connection) -> list[TableReport]:
        """Both sides at the live position, which stands still."""
        while self.step():
            pass
        return [*(self._compare(conn, table) for table in self._tables), self._clocks(conn)]

    def _older_snapshots_end(self, conn: Connection) -> None:
        """Every snapshot of a reader sees the shadow rows; ReadersStay after a minute."""
        ((newest,),) = conn.execute(_NEWEST).fetchall()
        given = {"own": self._own, "newest": newest}
        until, pause = time.monotonic() + _READERS_END_S, threading.Event()
        while conn.execute(_OLDER, given).fetchall() != [(0,)]:
            if time.monotonic() > until:
                raise ReadersStay(self._name)
            pause.wait(0.02)

    def _swapped(self, conn: Connection) -> None:
        """One transaction: the shadow tables are the live ones, and the clocks are those of the log."""
        with conn.transaction():
            conn.execute(_SWAP_WAITS)
            for table in self._tables:
                self._swap(conn, table)
            self._right_clocks(conn)
            conn.execute(_of("drop schema {} cascade", self._shadow))

    def _events_of(self, conn: Connection, whose: UUID, end: int) -> list[Entry]:
        """What the live projection has read of a stream or about a subject."""
        if self._key == "stream_id":
            return [e for e in own_stream(conn, self._source, whose, 1, _LAST_VERSION) if e.seq < end]
        return own_subject(conn, self._source, whose, end)

    def _right_clocks(self, conn: Connection, subject: UUID | None = None) -> None:
        """A clock that differs is written as the log leads to it; one that rang already does not ring again for that."""
        live = self._live_clocks(conn, subject)
        moved = {key for key, (_, by_calendar) in live.items() if by_calendar}
        wanted = {key: row for key, row in self._wanted_clocks(subject).items() if key not in moved}
        changed = {key: row for key, row in wanted.items() if key not in live or live[key][0] != row[_DUE_AT]}
        gone: dict[UUID, tuple[object, ...] | None] = dict.fromkeys(live.keys() - wanted.keys() - moved)
        Effects(deadlines={**changed, **gone}).flush(conn)

    def _live_clocks(self, conn: Connection, subject: UUID | None) -> dict[UUID, tuple[datetime, bool]]:
        given = {"owner": self._name, "subject": subject}
        return {row[0]: (row[1], row[2]) for row in conn.execute(_CLOCKS, given)}

    def _wanted_clocks(self, subject: UUID | None) -> dict[UUID, tuple[object, ...]]:
        """As the replayed events lead to them, of one subject or of all."""
        return {
            key: row
            for key, row in self._effects.deadlines.items()
            if row is not None and subject in (None, row[_SUBJECT])
        }

    def _clocks(self, conn: Connection, subject: UUID | None = None) -> TableReport:
        """The clocks of the projection; one that a calendar year may have moved is left out on both sides."""
        live = self._live_clocks(conn, subject)
        old = sorted((str(key), due.timestamp()) for key, (due, moved) in live.items() if not moved)
        new = sorted(
            (str(key), cast(datetime, row[_DUE_AT]).timestamp())
            for key, row in self._wanted_clocks(subject).items()
            if not live.get(key, (None, False))[1]
        )
        return TableReport("es.deadline", len(old), len(new), _digest(old), _digest(new))

    def _live(self, conn: Connection) -> int:
        row = conn.execute(_POSITION, (self._name,)).fetchone()
        return row[0] if row else 0

    def _replay(self, conn: Connection, page: Sequence[Entry]) -> None:
        """A handler's unqualified names mean the shadow tables. What is parked in the live projection is left out here."""
        path = sql.SQL("set local search_path = {}, {}").format(
            sql.Identifier(self._shadow), sql.Identifier(_SCHEMA)
        )
        conn.execute(path)
        for entry in page:
            parked = self._parked.get(entry.stream_id)
            if parked is None or entry.version < parked:
                self._reader.apply(conn, entry, self._effects)
        conn.execute("set local search_path to default")

    def _compare(self, conn: Connection, table: str, where: sql.Composable = _ALL) -> TableReport:
        (old_rows, old_hash), (new_rows, new_hash) = (
            _hash(conn, schema, table, where) for schema in (_SCHEMA, self._shadow)
        )
        return TableReport(table, old_rows, new_rows, old_hash, new_hash)

    def _swap(self, conn: Connection, table: str) -> None:
        live, shadow = sql.Identifier(_SCHEMA, table), sql.Identifier(self._shadow, table)
        grants = conn.execute(_GRANTS, (_SCHEMA, f'{_SCHEMA}."{table}"')).fetchall()
        conn.execute(sql.SQL("drop table {}").format(live))
        conn.execute(sql.SQL("alter table {} set schema {}").format(shadow, sql.Identifier(_SCHEMA)))
        for (grant,) in grants:
            conn.execute(cast(LiteralString, grant))


def forget_subscription(conn: Connection, consumer: str, tables: Sequence[str]) -> None:
    """The subscription starts again at the beginning of its topics: its rows, versions and offsets are gone.

    es.command stays: what was sent is never sent again. Stop the consumer first.
    """
    with conn.transaction():
        for table in tables:
            conn.execute(sql.SQL("truncate table {}").format(sql.Identifier(_SCHEMA, table)))
        for name in ("seen", "consumer_offset", "parked"):
            query = sql.SQL("delete from {} where consumer = %s").format(sql.Identifier("es", name))
            conn.execute(query, (consumer,))


def _digest(clocks: Sequence[tuple[str, object]]) -> str:
    return sha256(repr(clocks).encode()).hexdigest()


def _hash(conn: Connection, schema: str, table: str, where: sql.Composable) -> tuple[int, str]:
    row = conn.execute(sql.SQL(_HASH).format(sql.Identifier(schema, table), where)).fetchone()
    if row is None:
        raise LookupError(table)
    return row[0], row[1]


def _of(query: LiteralString, schema: str) -> sql.Composed:
    return sql.SQL(query).format(sql.Identifier(schema))


def _refuse_other_rows(reports: Sequence[TableReport], accept: bool) -> None:
    other = [r.table for r in reports if not r.equal]
    if other and not accept:
        raise NotTheSame(f"got other rows in {', '.join(other)}, want those of the live projection")
