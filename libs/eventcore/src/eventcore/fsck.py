"""The store checked against itself: every leaf from the stored bytes, every number, both ends of every stream.

The superuser can get past privileges and triggers; he cannot get past the root of a signed checkpoint.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from struct import Struct
from typing import Any
from uuid import UUID

from corrections.common.v1.common_pb2 import EventMeta
from google.protobuf.message import DecodeError
from proofs import note
from proofs.canonical import MAX_ENTRY, leaf_pair
from proofs.maps import Entry, HeadMap, SubjectMap
from proofs.tree import Frontier, HashName
from proofs.verify import HEADS_LINE, RECORDED_TOLERANCE_S, SUBJECTS_LINE, committed_root

from eventcore import ids
from eventcore.checkpoint import sm3_name
from eventcore.link import Connection
from eventcore.openssl import ed25519_verify

_BATCH = 5000
_PLACE = "uuid_send({0}.stream_id) || int8send({0}.version)"
# What the columns repeat of the metadata, in one value: stream, version, subject, both times (microseconds since 2000).
_EVENT = f"""
{_PLACE.format("e")} || uuid_send(e.subject) || timestamptz_send(e.occurred_at) || timestamptz_send(e.recorded_at),
e.type, e.meta, e.data, e.leaf_sha256, e.leaf_sm3
"""
_LOG = f"""
select l.seq, {_PLACE.format("l")}, l.leaf_sha256 = e.leaf_sha256 and l.leaf_sm3 = e.leaf_sm3, {_EVENT}
from es.log l left join es.event e on e.stream_id = l.stream_id and e.version = l.version
order by l.seq
"""
_WAITING = f"""
select (e.gen, e.xid, e.ord) > (s.gen, s.xid, s.ord), {_EVENT}
from es.event e cross join es.sequencer s
where not exists (select from es.log l where l.stream_id = e.stream_id and l.version = e.version)
order by e.stream_id, e.version
"""
_HEADS = """
select s.stream_id, s.version, coalesce(e.last, 0)
from es.stream s full join (select e.stream_id, max(e.version) as last from es.event e group by e.stream_id) e
  using (stream_id)
where s.version is distinct from coalesce(e.last, 0) limit 1
"""
_SEQUENCER = "select seq, frontier_sha256, size_sm3, frontier_sm3 from es.sequencer"
_CHECKPOINTS = "select tree, size, root, note from es.checkpoint order by size, tree"


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked. fault: the first thing that is wrong, with the event it concerns; None when all is well.

    A recorded time that falls is named only where nothing else is wrong: a clock that was set back shows for ever.

    bad_seq: the event's position in the log; None where it has none, or no single event is wrong.
    """

    events: int
    log_size: int
    root: bytes
    checkpoints: int
    fault: str | None
    bad_seq: int | None = None


class _Fault(Exception):
    """Something is wrong; the message names the event, `seq` its position where it has one."""

    def __init__(self, message: str, seq: object = None) -> None:
        super().__init__(message)
        self.seq = seq if isinstance(seq, int) else None


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    tree: HashName
    size: int
    root: bytes
    note: str


def fsck(connection: Connection, *, vkeys: Sequence[note.VerifierKey] = ()) -> Report:
    """The whole store was read in one snapshot and compared; with `vkeys` the checkpoints' signatures as well."""
    check = _Check(vkeys)
    fault: _Fault | None = None
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        # a full pass may take longer than the limit that keeps write transactions short
        connection.execute("set local transaction_timeout = 0")
        # each event is asked for once: remembering it only costs
        connection.execute("set local enable_memoize = off")
        try:
            check.run(connection)
        except _Fault as found:
            fault = found
    said, seq = (None, None) if fault is None else (str(fault), fault.seq)
    return Report(check.events, check.frontier.size, check.frontier.root(), check.checked, said, seq)


Row = Sequence[Any]
"""A row as PostgreSQL sent it: `_LOG` and `_WAITING` say what it holds."""
_Leaves = list[tuple[bytes, bytes]]
_Sound = tuple[_Leaves, Sequence[Entry], _Fault | None]
_LARGEST = MAX_ENTRY - 9
_NO_LEAF = b"", b""  # no event of that size was ever written: it agrees with nothing


class _Check:
    def __init__(self, vkeys: Sequence[note.VerifierKey]) -> None:
        sm3 = (note.VerifierKey(sm3_name(key.name), key.kind, key.public_key) for key in vkeys)
        self._vkeys: dict[HashName, Sequence[note.VerifierKey]] = {"sha256": vkeys, "sm3": [*sm3]}
        self._versions: dict[bytes, int] = {}
        self._maps = {HEADS_LINE: HeadMap(), SUBJECTS_LINE: SubjectMap()}
        self._since: list[Entry] = []
        self._latest = 0
        self._backwards: _Fault | None = None
        self.frontier = Frontier()
        self._sm3 = Frontier(hash="sm3")
        self._newest: dict[HashName, _Checkpoint] = {}
        self._pending = deque[_Checkpoint]()
        self.events = 0
        self.checked = 0

    def run(self, connection: Connection) -> None:
        checkpoints = [_Checkpoint(*row) for row in connection.execute(_CHECKPOINTS)]
        self._newest = {one.tree: one for one in checkpoints}
        self._pending = deque(checkpoints)
        self._reached()
        for page in _pages(connection, "fsck_log", _LOG):
            self._logged(page)
        if self._pending:
            raise _Fault(
                f"the log ends at {self.frontier.size}, a checkpoint was signed at {self._pending[0].size}"
            )
        self._sequencer(connection)
        for page in _pages(connection, "fsck_waiting", _WAITING):
            self._waiting(page)
        self._heads(connection)
        if self._backwards is not None:
            raise self._backwards

    def _logged(self, page: Sequence[Row]) -> None:
        """A page of the log, as far as nothing is wrong in it, has grown the trees; raises the first fault."""
        seqs, places, same, found = ([row[n] for row in page] for n in range(4))
        numbers = list(range(self.events, self.events + len(page)))
        faults = [
            (_first_other(seqs, numbers), "got this number, want {want}"),
            (_first(found, None), "it is in the log but not in the store"),
            (_first(same, False), "the leaves of log and event differ"),
        ]
        end, said = min(faults, key=lambda fault: fault[0])
        leaves, entries, fault = self._sound([row[3:] for row in page[:end]], numbers)
        self._grow(leaves, entries)
        if fault is not None:
            raise fault
        if end < len(page):
            text = said.format(want=numbers[end])
            raise _Fault(f"{_name(seqs[end], places[end])}: {text}", numbers[end])

    def _waiting(self, page: Sequence[Row]) -> None:
        end = _first(passed := [row[0] for row in page], False)
        _, _, fault = self._sound([row[1:] for row in page[:end]], None)
        if fault is not None:
            raise fault
        if end < len(passed):
            place = page[end][1]
            raise _Fault(f"{_name(None, place)}: the sequencer has passed it, but it is not in the log")

    def _sound(self, events: Sequence[Row], numbers: Sequence[int] | None) -> _Sound:
        """Leaves of the events, and what they add to the maps, up to the first with which something is wrong; and that fault.

        A column of all events at a time: a check of one event after the other takes twice as long.
        """
        if not events:
            return [], [], None
        places, kinds, metas, datas, sha256, sm3 = (list(column) for column in zip(*events, strict=True))
        leaves = [
            leaf_pair(meta, data) if len(meta) + len(data) <= _LARGEST else _NO_LEAF
            for meta, data in zip(metas, datas, strict=True)
        ]
        heads = _readable(metas)
        hashed = [_columns(head) for head in heads]
        made = [
            ids.event_id_bytes(place[:16], head.version) for place, head in zip(hashed, heads, strict=True)
        ]
        at, following = self._follow(places)
        entries = [
            (*place, (head.subject, *head.about)) for place, head in zip(following, heads, strict=False)
        ]
        # in the order in which they are named where several concern one event
        faults = [
            (at, "it does not follow the version before"),
            (_first_other(leaves, list(zip(sha256, sm3, strict=True))), "the stored bytes do not give its leaf"),
            (len(heads), "its metadata cannot be read"),
            (_first_other(places, hashed), "column {column} differs from the hashed metadata"),
            (_first_other(kinds, [head.type for head in heads]), "column type differs from the hashed metadata"),
            (_first_other([head.event_id for head in heads], made), "its id is not derived from stream and version"),
        ]  # fmt: skip
        end, said = min(faults, key=lambda fault: fault[0])
        self.events += end
        if numbers is not None:
            self._times(places[:end], numbers)
        if end == len(events):
            return leaves, entries, None
        column = _differing(places[end], hashed[end]) if end < len(hashed) else ""
        seq = None if numbers is None else numbers[end]
        fault = _Fault(f"{_name(seq, places[end])}: {said.format(column=column)}", seq)
        return leaves[:end], entries[:end], fault

    def _follow(self, places: Sequence[bytes]) -> tuple[int, list[tuple[bytes, int]]]:
        """The first event that does not follow its predecessor in the stream; stream and version of those before."""
        versions, found = self._versions, list[tuple[bytes, int]]()
        for place in places:
            stream, version = place[:16], int.from_bytes(place[16:24], "big")
            if version != versions.get(stream, 0) + 1:
                break
            versions[stream] = version
            found.append((stream, version))
        return len(found), found

    def _times(self, places: Sequence[bytes], numbers: Sequence[int]) -> None:
        """The first event that was recorded before one in front of it in the log, by more than the tolerance, is kept."""
        times = [int.from_bytes(place[48:56], "big", signed=True) for place in places]
        *before, self._latest = accumulate(times, max, initial=self._latest)
        if self._backwards is not None:
            return
        for seq, place, got, latest in zip(numbers, places, times, before, strict=False):
            if got < latest - RECORDED_TOLERANCE_S * 1_000_000:
                said = f"it was recorded more than {RECORDED_TOLERANCE_S} s before one in front of it"
                self._backwards = _Fault(f"{_name(seq, place)}: {said}", seq)
                return

    def _grow(self, leaves: Sequence[tuple[bytes, bytes]], entries: Sequence[Entry]) -> None:
        """Trees and maps have grown, from checkpoint to checkpoint, each of which was compared."""
        done = 0
        while done < len(leaves):
            wanted = self._pending[0].size - self.frontier.size if self._pending else len(leaves)
            end = min(len(leaves), done + wanted)
            self.frontier.extend(sha256 for sha256, _ in leaves[done:end])
            self._sm3.extend(sm3 for _, sm3 in leaves[done:end])
            self._since += entries[done:end]
            done = end
            self._reached()

    def _reached(self) -> None:
        while self._pending and self._pending[0].size == self.frontier.size:
            self._compare(self._pending.popleft())

    def _compare(self, checkpoint: _Checkpoint) -> None:
        root = (self.frontier if checkpoint.tree == "sha256" else self._sm3).root()
        if root != checkpoint.root:
            raise _Fault(
                f"the {checkpoint.tree} root over the first {checkpoint.size} events is {root.hex()}, "
                f"the checkpoint says {checkpoint.root.hex()}"
            )
        signed = note.parse_checkpoint(note.split_note(checkpoint.note)[0])
        if checkpoint.tree == "sha256":
            self._compare_maps(checkpoint.size, signed)
        if (signed.hash, signed.size, signed.root) != (checkpoint.tree, checkpoint.size, checkpoint.root):
            raise _Fault(f"checkpoint {checkpoint.size}: the signed note says something else")
        if self._vkeys[checkpoint.tree]:
            self._verify(checkpoint)
        self.checked += 1

    def _verify(self, checkpoint: _Checkpoint) -> None:
        """Ed25519 has signed each, SM2 the newest, which stands for all before it; a verification by SM2 takes 2 ms."""
        newest = checkpoint is self._newest.get(checkpoint.tree)
        vkeys = [key for key in self._vkeys[checkpoint.tree] if key.sm2 is None or newest]
        try:
            signed = [one.key for one in note.verify_note(checkpoint.note, vkeys, check=ed25519_verify)]
        except note.NoteError as error:
            raise _Fault(f"checkpoint {checkpoint.size}: {error}") from error
        missing = [key for key in vkeys if key not in signed]
        if missing:
            raise _Fault(f"checkpoint {checkpoint.size}: not signed by its key {missing[0].id.hex()}")

    def _compare_maps(self, size: int, signed: note.Checkpoint) -> None:
        for line, own in self._maps.items():
            own.extend(self._since)
            if not any(found.startswith(line) for found in signed.extensions):
                continue  # signed by a release that did not commit it yet
            try:
                committed = committed_root(signed, line)
            except note.NoteError as error:
                raise _Fault(f"checkpoint {size}: {error}") from error
            if committed != own.root():
                raise _Fault(f"checkpoint {size}: the {line}that it commits are not those of the log")
        self._since.clear()

    def _sequencer(self, connection: Connection) -> None:
        row = connection.execute(_SEQUENCER).fetchone()
        assert row is not None, "es.sequencer has its row since the first migration"
        if row[0] != self.frontier.size:
            raise _Fault(f"the sequencer is at {row[0]}, the log at {self.frontier.size}")
        if row[1] != self.frontier.hashes:
            raise _Fault("the sequencer's frontier is not that of the log")
        # fewer: the sequencer is catching up with a log of a release before SM3 trees
        if row[2] > self._sm3.size or (row[2] == self._sm3.size and row[3] != self._sm3.hashes):
            raise _Fault("the sequencer's SM3 frontier is not that of the log")

    def _heads(self, connection: Connection) -> None:
        row = connection.execute(_HEADS).fetchone()
        if row is not None:
            raise _Fault(f"stream {row[0]}: the head says version {row[1]}, the last event is {row[2]}")


def _pages(connection: Connection, name: str, query: str) -> Iterator[Sequence[Row]]:
    """Rows of a query, a page at a time: the server makes the next one while one is checked here."""
    with connection.cursor(name=name, binary=True) as cursor, ThreadPoolExecutor(1) as ahead:
        cursor.execute(query.encode())
        page = cursor.fetchmany(_BATCH)
        while page:
            following = ahead.submit(cursor.fetchmany, _BATCH)
            yield page
            page = following.result()


def _first(column: Sequence[object], wrong: object) -> int:
    """Where the value stands for the first time; the length where nowhere."""
    return next((n for n, value in enumerate(column) if value is wrong), len(column))


def _first_other(column: Sequence[object], wanted: Sequence[object]) -> int:
    """Where the two differ for the first time; the length of the shorter where nowhere."""
    if column == wanted:
        return len(column)
    pairs = enumerate(zip(column, wanted, strict=False))
    return next((n for n, (got, want) in pairs if got != want), max(len(column), len(wanted)))


def _readable(metas: Sequence[bytes]) -> list[EventMeta]:
    """The metadata up to the first that cannot be read."""
    found: list[EventMeta] = []
    with contextlib.suppress(DecodeError):
        for meta in metas:
            found.append(EventMeta.FromString(meta))
    return found


def _name(seq: object, place: object) -> str:
    assert isinstance(place, bytes)
    named = f"stream {UUID(bytes=place[:16])} version {int.from_bytes(place[16:24], 'big')}"
    return f"event {named}" if seq is None else f"event {seq} ({named})"


_EPOCH_US = 946_684_800_000_000
"""2000-01-01 UTC, PostgreSQL's zero, in microseconds since 1970."""
_COLUMNS = ("stream_id", "version", "subject", "occurred_at", "recorded_at")
_ENDS = (16, 24, 40, 48, 56)
_AS_COLUMNS = Struct(">16sq16sqq").pack


def _columns(head: EventMeta) -> bytes:
    """The metadata as the columns repeat it, in one value."""
    occurred, recorded = head.occurred_at, head.recorded_at
    return _AS_COLUMNS(
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
