"""One event takes effect on one reader: what projections, subscriptions, unpark and rebuild share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

import psycopg
from google.protobuf.message import Message
from lawkit import Law, load_law

from eventcore.entry import Entry
from eventcore.errors import UnknownEventType
from eventcore.event import Event
from eventcore.link import TRANSIENT, Connection
from eventcore.piped import Piped
from eventcore.tx import Effects, Handler, Tx
from eventcore.upcasting import Codec

log = logging.getLogger(__name__)

Handlers = Mapping[type[Message], Handler]

_ERROR_LENGTH = 300

_ENTRY = """
select l.seq, l.stream_id, l.version, e.type, e.meta, e.data, l.leaf_sha256, e.trace
from es.log l join es.event e using (stream_id, version)
"""
_BY_SEQ = _ENTRY + " where l.seq >= %s order by l.seq limit %s"
_BY_STREAM = _ENTRY + " where e.stream_id = %s and e.version between %s and %s order by e.version"
_BY_SUBJECT = _ENTRY + " where e.subject = %s and l.seq < %s order by l.seq"


@dataclass(frozen=True)
class Reader:
    """A projection or subscription with what it needs to understand events and to derive ids."""

    installation: str
    service: str
    name: str
    handlers: Mapping[str, Handler]
    codec: Codec
    law: Callable[[], Law] = load_law

    @classmethod
    def of(
        cls,
        installation: str,
        service: str,
        name: str,
        handle: Handlers,
        codec: Codec,
        law: Callable[[], Law] = load_law,
    ) -> Reader:
        """The reader of these handlers; `law`: by which it counts days, that of the release without more."""
        named = {kind.DESCRIPTOR.full_name: handler for kind, handler in handle.items()}
        return cls(installation, service, name, named, codec, law)

    def wants(self, entry: Entry) -> bool:
        """True when a handler exists; UnknownEventType for a type that these contracts do not know."""
        if entry.type in self.handlers:
            return True
        if entry.type not in self.codec.types:
            raise UnknownEventType(entry.type)
        return False

    def apply(
        self, conn: Connection | Piped, entry: Entry, effects: Effects, event: Event | None = None
    ) -> None:
        """The handler has run, if there is one; raises whatever it raises."""
        if self.wants(entry):
            seen = decode(self.codec, entry) if event is None else event
            tx = Tx(conn, self.installation, self.service, self.name, seen, effects, self.law)
            self.handlers[entry.type](tx, seen)

    def apply_alone(self, conn: Connection, entry: Entry) -> str | None:
        """In a savepoint: the event took effect with its commands and deadlines, or nothing of it did.

        Answers the error, None for success. Errors that say nothing about the record are raised (link.TRANSIENT).
        """
        try:
            with conn.transaction():
                effects = Effects()
                self.apply(conn, entry, effects)
                effects.flush(conn)
        except TRANSIENT:
            raise
        except Exception as error:
            log.warning(
                "record failed: reader=%s source=%s stream=%s version=%d",
                self.name, entry.source, entry.stream_id, entry.version, exc_info=True,
            )  # fmt: skip
            return error_text(error)
        return None


def decode(codec: Codec, entry: Entry) -> Event:
    """The event of the entry in today's schema."""
    return codec.event(entry.meta, entry.data, seq=entry.seq, trace=entry.trace)


def error_text(error: Exception) -> str:
    """Class and message in one line; of a database error only its code and constraint, for messages quote values."""
    name = type(error).__name__
    if isinstance(error, psycopg.Error):
        parts = [error.sqlstate, error.diag.table_name, error.diag.constraint_name]
        return " ".join([f"{name}:", *(p for p in parts if p)])
    lines = str(error).splitlines()
    return f"{name}: {lines[0] if lines else ''}"[:_ERROR_LENGTH]


def own_log(conn: Connection, source: str, from_seq: int, limit: int) -> list[Entry]:
    """The next entries of the service's own log, in order."""
    return _entries(conn, source, _BY_SEQ, (from_seq, limit))


def own_stream(conn: Connection, source: str, stream_id: UUID, first: int, last: int) -> list[Entry]:
    """The sequenced events of one own stream between two versions, both included."""
    return _entries(conn, source, _BY_STREAM, (stream_id, first, last))


def own_subject(conn: Connection, source: str, subject: UUID, end: int) -> list[Entry]:
    """All events about a subject below a log position, in log order."""
    return _entries(conn, source, _BY_SUBJECT, (subject, end))


def _entries(conn: Connection, source: str, query: LiteralString, params: Sequence[object]) -> list[Entry]:
    rows = conn.cursor(binary=True).execute(query, params)
    return [Entry(source, r[1], r[2], r[3], r[4], r[5], r[6], r[0], r[7] or "") for r in rows]
