"""Projections over the service's own log: rows and position commit together (eventstore.md section 5).

The log is dense, so a position is all that is needed: no gaps, no versions. Projections at one position share a read
and a transaction; each keeps a position of its own, moved by compare-and-set.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from google.protobuf.message import Message
from lawkit import Law, load_law

from eventcore import parking
from eventcore.apply import Reader, decode, own_log
from eventcore.entry import Entry, source_of
from eventcore.event import Event
from eventcore.inbox import Fenced
from eventcore.link import NOT_AWAITED, TRANSIENT, Connection, Link
from eventcore.relay import nothing_between
from eventcore.tx import Effects, Handler
from eventcore.upcasting import Codec

log = logging.getLogger(__name__)

_MAKE = "insert into es.projection (name, seq) select unnest(%s::text[]), 0 on conflict do nothing"
_POSITIONS = "select name, seq from es.projection where name = any(%s)"
_MOVE = "update es.projection set seq = %s where name = any(%s) and seq = %s returning name"
_PARKED = "select consumer, stream_id from es.parked where source = %s and consumer = any(%s)"


@dataclass(frozen=True)
class Projection:
    """A reader of the own log. `tables` are the tables that it alone writes, unqualified, in schema public.

    key: column of every table that holds whose row it is: "stream_id" the event's stream, any other its subject, "" where
    there is none. An event touches rows of its own key alone, so that the rows of one can be made anew (eventcore.past).
    A handler that calls tx.command makes it a process manager.
    """

    name: str
    handle: Mapping[type[Message], Handler]
    tables: Sequence[str] = ()
    key: str = "case_id"


class Projections:
    """All projections of one service, in one thread."""

    def __init__(
        self,
        link: Link,
        projections: Sequence[Projection],
        *,
        installation: str,
        service: str,
        codec: Codec | None = None,
        law: Callable[[], Law] = load_law,
        page: int = 500,
        on_commands: Callable[[], None] = lambda: None,
        between: Callable[[str], None] = nothing_between,
    ) -> None:
        self._link = link
        known = codec or Codec()
        self._codec = known
        self._readers = {
            p.name: Reader.of(installation, service, p.name, p.handle, known, law) for p in projections
        }
        if len(self._readers) != len(projections):
            raise ValueError("two projections share a name")
        self._source = source_of(installation, service)
        self._page = page
        self._on_commands = on_commands
        self._between = between
        self._positions: dict[str, int] = {}

    def turn(self) -> int:
        """The projections that are furthest behind have read one more page; answers the number of events.

        Raises Fenced when a position is not where this process left it.
        """
        if not self._readers:
            return 0
        conn = self._link.conn
        try:
            return self._turn(conn)
        except BaseException:
            self._positions = {}  # unknown whether the commit took place: read them again
            raise

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()

    def _turn(self, conn: Connection) -> int:
        positions = self._positions = self._positions or _load(conn, list(self._readers))
        lowest = min(positions.values())
        names = [name for name, seq in positions.items() if seq == lowest]
        page = own_log(conn, self._source, lowest, self._page)
        ahead = [seq for seq in positions.values() if seq > lowest]
        if ahead:  # stop where the next one waits, so that they go on together
            page = [e for e in page if e.seq < min(ahead)]
        if not page:
            return 0
        self._between("read")
        try:
            commands = self._together(conn, names, page)
        except (*TRANSIENT, Fenced):
            raise
        except Exception as error:
            log.info("page failed, now one by one: from=%d error=%s", lowest, type(error).__name__)
            commands = None
        if commands is None:
            commands = sum(self._alone(conn, name, page) for name in names)
        positions.update(dict.fromkeys(names, page[-1].seq + 1))
        if commands:
            self._on_commands()
        return len(page)

    def _together(self, conn: Connection, names: Sequence[str], page: Sequence[Entry]) -> int:
        """One transaction for all of them; the first failure undoes it."""
        effects = Effects()
        with conn.pipeline(), conn.transaction():  # what needs no answer travels with the next question
            waiting = self._begin(conn, names, page)
            for entry in page:
                event: Event | None = None
                for name in names:
                    reader = self._readers[name]
                    if (name, entry.stream_id) in waiting:
                        parking.park(conn, name, [_behind(entry, None)])
                    elif reader.wants(entry):
                        event = event or decode(self._codec, entry)
                        reader.apply(conn, entry, effects, event)
            self._between("handled")
            if effects.none:
                conn.execute(f"select {NOT_AWAITED}")  # lost, the page is read again
            commands = effects.flush(conn)
        self._between("committed")
        return commands

    def _alone(self, conn: Connection, name: str, page: Sequence[Entry]) -> int:
        """One projection, each record in a savepoint; one that fails is parked and its stream waits behind it."""
        handled = 0
        with conn.transaction():
            waiting = self._begin(conn, [name], page)
            for entry in page:
                if (name, entry.stream_id) in waiting:
                    parking.park(conn, name, [_behind(entry, None)])
                    continue
                error = self._readers[name].apply_alone(conn, entry)
                if error is None:
                    handled += 1
                else:
                    parking.park(conn, name, [_behind(entry, error)])
                    waiting.add((name, entry.stream_id))
            self._between("handled")
        self._between("committed")
        return handled

    def _begin(self, conn: Connection, names: Sequence[str], page: Sequence[Entry]) -> set[tuple[str, UUID]]:
        # The position first: its row lock keeps `unpark` away until we commit, and us until it has.
        moving = conn.execute(_MOVE, (page[-1].seq + 1, list(names), page[0].seq))
        parked = conn.execute(_PARKED, (self._source, list(names)))
        moved = len(moving.fetchall())
        if moved != len(names):
            raise Fenced(f"got {moved} of {len(names)} projections at {page[0].seq}")
        self._between("moved")
        return {(r[0], r[1]) for r in parked}


def _load(conn: Connection, names: Sequence[str]) -> dict[str, int]:
    conn.execute(_MAKE, (list(names),))
    return {r[0]: r[1] for r in conn.execute(_POSITIONS, (list(names),))}


def _behind(entry: Entry, error: str | None) -> parking.Failure:
    return parking.Failure(entry.source, entry.stream_id, entry.version, error)
