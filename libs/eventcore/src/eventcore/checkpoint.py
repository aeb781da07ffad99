"""Signed checkpoints: what the log was at a size, in a C2SP note that outside verifiers read (eventstore.md 9).

Both trees have their own log for outsiders, the SM3 one under `<origin>/sm3`, signed by the same key: a key's id follows
from its name too, so a verifier pins one for each. The SHA-256 checkpoint commits the heads of all streams and the streams of
all subjects as well, so that nobody can be shown a stream without its end, or a case without one of its streams
(docs/adr/0029, 0032). A checkpoint is signed over a committed frontier only: a signature over numbers that a crash takes back
would be a fork. It is made in a loop of its own: no event waits for a signature to get its number.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from contracts import registry
from corrections.common.v1.common_pb2 import EventMeta
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from proofs import note
from proofs.maps import LogMaps, map_lines
from proofs.tree import Frontier, HashName

from eventcore import meta
from eventcore.link import Connection, Link

_COMMITTED = """
select s.seq, s.frontier_sha256, s.size_sm3, s.frontier_sm3,
  coalesce((select max(c.size) from es.checkpoint c where c.tree = 'sha256'), -1),
  coalesce((select max(c.size) from es.checkpoint c where c.tree = 'sm3'), -1)
from es.sequencer s
"""
_NEWEST = """
select size, note from es.checkpoint where tree = 'sha256' and size <= %s order by size desc limit 1
"""
_STORE = """
insert into es.checkpoint (tree, size, root, note)
select * from unnest(%s::text[], %s::bigint[], %s::bytea[], %s::text[]) on conflict (tree, size) do nothing
"""
# Only events of these types can name cases beside their subject: the metadata of others is not read.
_ENTRIES = """
select uuid_send(l.stream_id), l.version, uuid_send(e.subject), case when e.type = any(%s) then e.meta end
from es.log l join es.event e using (stream_id, version) where l.seq >= %s and l.seq < %s order by l.seq
"""
_PAGE = 20_000
_TORN_S = 30.0  # between two readings of a log that is torn

log = logging.getLogger(__name__)


class LogTorn(Exception):
    """The log has a hole, or its columns are not what was signed of them."""


def origin(installation: str, service: str) -> str:
    """Origin of a service's log; verifiers pin it together with its key."""
    return f"guitu/{installation}/{service}"


def sm3_name(name: str) -> str:
    """Origin of the SM3 log beside a log, and the name of the key that signs it."""
    return f"{name}/sm3"


def signer(name: str, key: Ed25519PrivateKey) -> note.Signer:
    """A signer of notes with the log's key, named like its origin."""
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return note.Signer(name, public, key.sign)


class Checkpoints:
    """Signs the log's state at most every `interval_s` seconds. The origin is the signer's name.

    Of several at work on one log the first one's checkpoint of a size stays.
    """

    def __init__(self, link: Link, signer: note.Signer, *, interval_s: float = 0.2) -> None:
        self._link = link
        self._signer = signer
        self._interval_s = interval_s
        self._next = 0.0
        self._early = False
        self._maps = LogMaps()

    def turn(self) -> int:
        """1 when a new checkpoint is stored; none is before its time or without new events."""
        self._early = time.monotonic() < self._next
        if self._early:
            return 0
        self._next = time.monotonic() + self._interval_s
        try:
            return int(sign(self._link.conn, self._signer, self._maps))
        except LogTorn as error:
            # fsck names the event; numbering goes on, without signatures over maps that nobody could rebuild
            log.error("checkpoint_not_signed log=%s: %s", self._signer.name, error)
            self._maps = LogMaps()
            self._next = time.monotonic() + _TORN_S
            return 0

    def unready(self) -> bool:
        """The last turn was before its time: what it left needs another one."""
        return self._early

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()


def sign(connection: Connection, signer: note.Signer, maps: LogMaps | None = None) -> bool:
    """The log's committed state has a signed checkpoint of each tree, the empty log too; False when it had them already.

    maps: those of a part of this log, which grow with it; by default they are read from its beginning.
    """
    row = connection.execute(_COMMITTED).fetchone()
    assert row is not None, "es.sequencer has its row since the first migration"
    size, hashes, size_sm3, hashes_sm3, covered, covered_sm3 = row
    made: list[tuple[str, int, bytes, str]] = []
    if size > covered:
        lines = _grown(connection, LogMaps() if maps is None else maps, size).lines()
        made.append(_signed("sha256", size, hashes, signer, lines))
    if size_sm3 > covered_sm3:
        made.append(_signed("sm3", size_sm3, hashes_sm3, replace(signer, name=sm3_name(signer.name))))
    if not made:
        return False
    columns = [list(column) for column in zip(*made, strict=True)]
    return connection.execute(_STORE, columns).rowcount > 0


def _signed(
    tree: HashName, size: int, hashes: list[bytes], signer: note.Signer, lines: Sequence[str] = ()
) -> tuple[str, int, bytes, str]:
    root = Frontier(hashes, size, hash=tree).root()
    return tree, size, root, note.sign_checkpoint(signer.name, size, root, signer, extensions=lines)


@cache
def _naming() -> list[str]:
    """Types of events that may name cases."""
    return [name for name, kind in registry.event_types().items() if meta.contract(kind).cases]


def _grown(connection: Connection, maps: LogMaps, size: int) -> LogMaps:
    """The maps of the first `size` entries. What is in the log stays, so nothing was added twice or left out.

    Maps that are made anew are compared with what the newest checkpoint committed: columns, which no leaf covers, may
    have been changed since. Raises LogTorn.
    """
    if not maps.size:
        newest = connection.execute(_NEWEST, [size]).fetchone()
        if newest is not None:
            _extended(connection, maps, newest[0])
            committed = note.parse_checkpoint(note.split_note(newest[1])[0]).extensions
            if not map_lines(committed) <= set(maps.lines()):
                raise LogTorn(f"the columns of the first {newest[0]} events are not those that were signed")
    return _extended(connection, maps, size)


def _extended(connection: Connection, maps: LogMaps, size: int) -> LogMaps:
    cursor = connection.cursor(binary=True)
    while maps.size < size:
        end = min(size, maps.size + _PAGE)
        rows = cursor.execute(_ENTRIES, [_naming(), maps.size, end], prepare=True).fetchall()
        if len(rows) != end - maps.size:
            raise LogTorn(f"got {len(rows)} events from {maps.size} to {end - 1}")
        maps.extend([(stream, version, _subjects(subject, head)) for stream, version, subject, head in rows])
    return maps


def _subjects(subject: bytes, head: bytes | None) -> Sequence[bytes]:
    return (subject,) if head is None else (subject, *EventMeta.FromString(head).about)
