"""Pages of the log for `fsck`: read in the order of transactions, and each event checked by itself.

Log and events are read side by side and compared as two strings: a join by stream and version would look up each event,
which costs the server four times as much. Where the two are not the same, the join says what differs. What needs the events
in front, order, trees and maps, is not here, so pages of a long log are checked in several processes.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from multiprocessing import get_context
from struct import Struct
from struct import error as StructError
from typing import Any
from uuid import UUID

import psycopg
from corrections.common.v1.common_pb2 import EventMeta
from google.protobuf.message import DecodeError
from proofs.canonical import MAX_ENTRY, leaf_pair
from psycopg import sql
from psycopg.conninfo import make_conninfo

from eventcore import ids
from eventcore.link import Connection

_PAGE = 5000
_LONG = 50_000  # events from which on other processes are worth their start
_PROCESSES = 8
_AHEAD = 3  # pages in work or waiting, for each process

_PLACE = "uuid_send({0}.stream_id) || int8send({0}.version)"
# Both as one value, of which nothing can be moved from one to the other; nothing where one is missing.
_LEAVES = "case when octet_length({0}.leaf_sha256) = 32 then coalesce({0}.leaf_sha256 || {0}.leaf_sm3, '') else '' end"
# What the columns repeat of the metadata, in one value: stream, version, subject, both times (microseconds since 2000). A
# superuser can drop `not null`: nothing is taken for a value that no event has.
_EVENT = f"""
{_PLACE.format("e")} || uuid_send(coalesce(e.subject, '00000000-0000-0000-0000-000000000000'))
  || timestamptz_send(coalesce(e.occurred_at, 'infinity')) || timestamptz_send(coalesce(e.recorded_at, 'infinity')),
coalesce(e.type, ''), coalesce(e.meta, ''), coalesce(e.data, ''), {_LEAVES.format("e")}
"""
# Where pages begin, and where in the order of transactions the event stands with which one does.
_STARTS = """
select l.seq, e.gen, e.xid::text, e.ord from es.log l join es.event e using (stream_id, version)
where l.seq > 0 and l.seq %% %s = 0 order by l.seq
"""
_OF_LOG = f"""
select count(*), min(seq), max(seq),
  string_agg({_PLACE.format("l")} || {_LEAVES.format("l")}, ''::bytea order by l.seq)
from es.log l where l.seq >= %s and l.seq < %s
"""
_OF_EVENTS = f"""
select {_EVENT} from es.event e where (e.gen, e.xid, e.ord) >= (%s, %s::xid8, %s)
order by e.gen, e.xid, e.ord limit %s
"""
_JOINED = f"""
select l.seq, {_PLACE.format("l")}, l.leaf_sha256 = e.leaf_sha256 and l.leaf_sm3 = e.leaf_sm3, {_EVENT}
from es.log l left join es.event e on e.stream_id = l.stream_id and e.version = l.version
where l.seq >= %s and l.seq < %s order by l.seq
"""
_WAITING = f"""
select (e.gen, e.xid, e.ord) > (s.gen, s.xid, s.ord), {_EVENT}
from es.event e cross join es.sequencer s
where not exists (select from es.log l where l.stream_id = e.stream_id and l.version = e.version)
order by e.stream_id, e.version
"""
SNAPSHOT = (
    "set transaction isolation level repeatable read, read only",
    # a pass over a long log takes longer than the limits that keep write transactions short
    "set local transaction_timeout = 0",
    "set local idle_in_transaction_session_timeout = 0",
)
"""A transaction begins with these: all that it reads is of one moment, however long it takes."""

Row = Sequence[Any]
"""A row as PostgreSQL sent it: the queries above say what it holds."""
_Key = tuple[int, str, int]
_Chunk = tuple[int, int, int, _Key]
"""Numbers from and to of a page, the number that its first event ought to have, and where that event stands."""
_FIRST, _LAST = -(2**63), 2**63 - 1
_LOWEST: _Key = -(2**15), "0", _FIRST
_LARGEST = MAX_ENTRY - 9
_NO_LEAF = b"", b""  # no event of that size was ever written: it agrees with nothing
_PLACED = 24
_ID = 16

HEAD = Struct(">16sq16sqq")
Head = tuple[bytes, int, bytes, int, int]
"""Stream, version, subject, and when it occurred and was recorded, in microseconds since 2000."""
_COLUMNS = ("stream_id", "version", "subject", "occurred_at", "recorded_at")
_ENDS = (16, 24, 40, 48, 56)
_EPOCH_US = 946_684_800_000_000
"""2000-01-01 UTC, PostgreSQL's zero, in microseconds since 1970."""


class Fault(Exception):
    """Something is wrong; the message names the event, `seq` its position where it has one."""

    def __init__(self, message: str, seq: int | None = None) -> None:
        super().__init__(message, seq)
        self.message = message
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Page:
    """Events in their order, up to the first that is not sound by itself.

    first: number of the first event; None where they have none. heads: `HEAD` of each, and of the one that is not sound,
    where it is there. about: the cases that an event names beside its subject, by its place in the page. sha256, sm3: the
    leaves of the sound ones, one behind the other. fault: what is wrong behind them, if anything is. order: the event from
    which on the order of transactions, which no leaf covers, is another.
    """

    first: int | None
    heads: bytes
    about: Mapping[int, Sequence[bytes]]
    sha256: bytes
    sm3: bytes
    fault: Fault | None
    order: Fault | None = None


def log_pages(connection: Connection) -> Iterator[Page]:
    """The whole log in order; the connection is in a transaction of one snapshot, which all processes see."""
    starts = [(row[0], (row[1], row[2], row[3])) for row in connection.execute(_STARTS, [_PAGE])]
    begins = [(_FIRST, _LOWEST), *starts, (_LAST, _LOWEST)]
    chunks: list[_Chunk] = [(low, high, max(low, 0), key) for (low, key), (high, _) in pairwise(begins)]
    if len(starts) * _PAGE < _LONG:
        yield from (_log_page(connection, chunk) for chunk in chunks)
        return
    [snapshot] = connection.execute("select pg_export_snapshot()").fetchone() or [""]
    info = connection.info
    address = make_conninfo("", **{**info.get_parameters(), "password": info.password})
    processes = min(os.cpu_count() or 1, _PROCESSES)
    # begun anew, not forked: the caller may have threads
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (address, snapshot)) as pool:
        ahead = deque[Future[Page]]()
        try:
            for chunk in chunks:
                ahead.append(pool.submit(_in_process, chunk))
                if len(ahead) == _AHEAD * processes:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()


def waiting_pages(connection: Connection) -> Iterator[Page]:
    """The events that have no number yet, by stream and version."""
    with connection.cursor(name="fsck_waiting", binary=True) as cursor:
        cursor.execute(_WAITING.encode())
        while rows := cursor.fetchmany(_PAGE):
            end = next((n for n, row in enumerate(rows) if not row[0]), len(rows))
            page = _checked([row[1:] for row in rows[:end]], None)
            if page.fault is None and end < len(rows):
                said = f"{name(None, rows[end][1])}: the sequencer has passed it, but it is not in the log"
                yield replace(page, fault=Fault(said))
                return
            yield page


def name(seq: int | None, place: bytes) -> str:
    """How a fault names an event. place: begins with stream and version, as `HEAD` does."""
    named = f"stream {UUID(bytes=place[:16])} version {int.from_bytes(place[16:24], 'big')}"
    return f"event {named}" if seq is None else f"event {seq} ({named})"


_connection: Connection | None = None
"""A checking process's own connection, in the snapshot of the process that began it."""


def _begin(address: str, snapshot: str) -> None:
    global _connection
    # what is made here is let go page by page; looking for cycles in it costs a fifth
    gc.disable()
    _connection = psycopg.connect(address, autocommit=True)
    _connection.execute("begin")
    isolation, *limits = SNAPSHOT
    _connection.execute(isolation)
    _connection.execute(sql.SQL("set transaction snapshot {}").format(snapshot))
    for limit in limits:
        _connection.execute(limit)


def _in_process(chunk: _Chunk) -> Page:
    assert _connection is not None, "the pool begins each process with `_begin`"
    return _log_page(_connection, chunk)


def _log_page(connection: Connection, chunk: _Chunk) -> Page:
    low, high, first, key = chunk
    cursor = connection.cursor(binary=True)
    row = cursor.execute(_OF_LOG.encode(), [low, high], prepare=True).fetchone()
    assert row is not None, "an aggregate has a row"
    count, lowest, highest, logged = row
    if not count:
        return Page(first, b"", {}, b"", b"", None)
    if (lowest, highest) == (first, first + count - 1):
        rows = cursor.execute(_OF_EVENTS.encode(), [*key, count], prepare=True).fetchall()
        if b"".join([row[0][:_PLACED] + row[4] for row in rows]) == logged:
            return _checked(rows, first)
    else:
        rows = []
    joined = cursor.execute(_JOINED.encode(), [low, high], prepare=True).fetchall()
    page = _compared(joined, first)
    if page.fault is not None:
        return page
    # the same events in another order, or some stand in the range of another page: then this one has too few
    ordered = [row[0][:_PLACED] for row in rows]
    at = next((n for n, row in enumerate(joined) if ordered[n : n + 1] != [row[1]]), len(joined))
    if at == len(joined):
        return page
    said = f"{name(first + at, joined[at][1])}: from it on the order of transactions is not that of the log"
    return replace(page, order=Fault(said, first + at))


def _compared(joined: Sequence[Row], first: int) -> Page:
    """A page in which log and events are not the same, or do not stand in the same order."""
    for at, (seq, place, same, *event) in enumerate(joined):
        number = first + at
        if seq != number:
            said = f"{name(seq, place)}: got this number, want {number}"
        elif event[0] is None:
            said = f"{name(seq, place)}: it is in the log but not in the store"
        elif not same:
            said = f"{name(seq, place)}: the leaves of log and event differ"
        else:
            continue
        page = _checked([row[3:] for row in joined[:at]], first)
        return replace(page, fault=page.fault or Fault(said, number))
    return _checked([row[3:] for row in joined], first)


def _checked(events: Sequence[Row], first: int | None) -> Page:
    """What is sound of the events. first: number of the first; None where they have none.

    A column of all events at a time: a check of one event after the other takes twice as long.
    """
    if not events:
        return Page(first, b"", {}, b"", b"", None)
    places, kinds, metas, datas, stored = (list(column) for column in zip(*events, strict=True))
    leaves = [
        leaf_pair(meta, data) if len(meta) + len(data) <= _LARGEST else _NO_LEAF
        for meta, data in zip(metas, datas, strict=True)
    ]
    heads, hashed = _readable(metas)
    made = [ids.event_id_bytes(place[:16], head.version) for place, head in zip(hashed, heads, strict=True)]
    # in the order in which they are named where several concern one event
    faults = [
        (_first_other([sha256 + sm3 for sha256, sm3 in leaves], stored), "the stored bytes do not give its leaf"),
        (len(heads), "its metadata cannot be read"),
        (_first_other(places, hashed), "column {column} differs from the hashed metadata"),
        (_first_other(kinds, [head.type for head in heads]), "column type differs from the hashed metadata"),
        (_first_other([head.event_id for head in heads], made), "its id is not derived from stream and version"),
    ]  # fmt: skip
    end, said = min(faults, key=lambda fault: fault[0])
    fault = None
    if end < len(events):
        seq = None if first is None else first + end
        column = _differing(places[end], hashed[end]) if end < len(hashed) else ""
        fault = Fault(f"{name(seq, places[end])}: {said.format(column=column)}", seq)
    return Page(
        first,
        b"".join(places[: end + 1]),
        {at: list(head.about) for at, head in enumerate(heads[:end]) if head.about},
        b"".join([sha256 for sha256, _ in leaves[:end]]),
        b"".join([sm3 for _, sm3 in leaves[:end]]),
        fault,
    )


def _readable(metas: Sequence[bytes]) -> tuple[list[EventMeta], list[bytes]]:
    """The metadata up to the first that cannot be read, and each as the columns repeat it, in one value."""
    heads, hashed = list[EventMeta](), list[bytes]()
    with contextlib.suppress(DecodeError, StructError):
        for meta in metas:
            head = EventMeta.FromString(meta)
            hashed.append(_columns(head))
            heads.append(head)
    return heads, hashed


def _columns(head: EventMeta) -> bytes:
    if any(len(one) != _ID for one in (head.stream_id, head.subject, *head.about)):
        raise StructError("an id of another length")
    occurred, recorded = head.occurred_at, head.recorded_at
    return HEAD.pack(
        head.stream_id,
        head.version,
        head.subject,
        occurred.seconds * 1_000_000 + occurred.nanos // 1000 - _EPOCH_US,
        recorded.seconds * 1_000_000 + recorded.nanos // 1000 - _EPOCH_US,
    )


def _differing(place: bytes, hashed: bytes) -> str:
    """The first of the columns that differs."""
    at = next((n for n, (got, want) in enumerate(zip(place, hashed, strict=True)) if got != want), 0)
    return next(name for name, end in zip(_COLUMNS, _ENDS, strict=True) if at < end)


def _first_other(column: Sequence[object], wanted: Sequence[object]) -> int:
    """Where the two differ for the first time, as far as both go; the length of the longer where nowhere."""
    if column == wanted:
        return len(column)
    pairs = enumerate(zip(column, wanted, strict=False))
    return next((n for n, (got, want) in pairs if got != want), max(len(column), len(wanted)))
