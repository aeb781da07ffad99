"""The store checked against itself: every leaf from the stored bytes, every number, both ends of every stream.

The superuser can get past privileges and triggers; he cannot get past the root of a signed checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from corrections.common.v1.common_pb2 import EventMeta
from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp
from proofs import note
from proofs.canonical import leaf_pair
from proofs.heads import HeadMap
from proofs.tree import Frontier, HashName
from proofs.verify import HEADS_LINE, heads_root

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


class _Check:
    def __init__(self, vkeys: Sequence[note.VerifierKey]) -> None:
        sm3 = (note.VerifierKey(sm3_name(key.name), key.kind, key.public_key) for key in vkeys)
        self._vkeys: dict[HashName, Sequence[note.VerifierKey]] = {"sha256": vkeys, "sm3": [*sm3]}
        self._versions: dict[bytes, int] = {}
        self._heads_map = HeadMap()
        self._since: list[tuple[bytes, int]] = []
        self.frontier = Frontier()
        self._sm3 = Frontier(hash="sm3")
        self._newest: dict[HashName, _Checkpoint] = {}
        self.events = 0
        self.checked = 0

    def run(self, connection: Connection) -> None:
        checkpoints = [_Checkpoint(*row) for row in connection.execute(_CHECKPOINTS)]
        self._newest = {one.tree: one for one in checkpoints}
        leaves: list[tuple[bytes, bytes]] = []
        pending = iter(checkpoints)
        wanted = next(pending, None)
        while wanted is not None and wanted.size == 0:
            self._compare(wanted)
            wanted = next(pending, None)
        for row in _rows(connection, "fsck_log", _LOG):
            leaves.append(self._logged(row))
            if len(leaves) == _BATCH:
                self._grow(leaves)
            while wanted is not None and self.frontier.size + len(leaves) == wanted.size:
                self._grow(leaves)
                self._compare(wanted)
                wanted = next(pending, None)
        self._grow(leaves)
        if wanted is not None:
            raise _Fault(f"the log ends at {self.frontier.size}, a checkpoint was signed at {wanted.size}")
        self._sequencer(connection)
        for row in _rows(connection, "fsck_waiting", _WAITING):
            self._waiting(row)
        self._heads(connection)

    def _grow(self, leaves: list[tuple[bytes, bytes]]) -> None:
        self.frontier.extend(sha256 for sha256, _ in leaves)
        self._sm3.extend(sm3 for _, sm3 in leaves)
        leaves.clear()

    def _logged(self, row: Sequence[object]) -> tuple[bytes, bytes]:
        seq, place, same, *event = row
        if seq != self.events:
            raise _Fault(f"{_name(seq, place)}: got this number, want {self.events}", self.events)
        if event[0] is None:
            raise _Fault(f"{_name(seq, place)}: it is in the log but not in the store", seq)
        if not same:
            raise _Fault(f"{_name(seq, place)}: the leaves of log and event differ", seq)
        return self._event(seq, event)

    def _waiting(self, row: Sequence[object]) -> None:
        if not row[0]:
            raise _Fault(f"{_name(None, row[1])}: the sequencer has passed it, but it is not in the log")
        self._event(None, row[1:])

    def _event(self, seq: object, row: Sequence[object]) -> tuple[bytes, bytes]:
        """Nothing is wrong with the event; its leaves."""
        place, kind, meta, data, leaf_sha256, leaf_sm3 = row
        assert isinstance(place, bytes)
        assert isinstance(meta, bytes)
        assert isinstance(data, bytes)
        stream, version = place[:16], int.from_bytes(place[16:24], "big")
        last = self._versions.get(stream, 0)
        if version != last + 1:
            raise _Fault(f"{_name(seq, place)}: it follows version {last}", seq)
        self._versions[stream] = version
        if seq is not None:
            self._since.append((stream, version))
        leaves = leaf_pair(meta, data)
        if leaves != (leaf_sha256, leaf_sm3):
            raise _Fault(f"{_name(seq, place)}: the stored bytes do not give its leaf", seq)
        try:
            head = EventMeta.FromString(meta)
        except DecodeError:
            raise _Fault(f"{_name(seq, place)}: its metadata cannot be read", seq) from None
        hashed = b"".join(_columns(head))
        if place != hashed or kind != head.type:
            raise _Fault(
                f"{_name(seq, place)}: column {_differing(place, head)} differs from the hashed metadata",
                seq,
            )
        if head.event_id != ids.event_id_bytes(stream, version):
            raise _Fault(f"{_name(seq, place)}: its id is not derived from stream and version", seq)
        self.events += 1
        return leaves

    def _compare(self, checkpoint: _Checkpoint) -> None:
        root = (self.frontier if checkpoint.tree == "sha256" else self._sm3).root()
        if root != checkpoint.root:
            raise _Fault(
                f"the {checkpoint.tree} root over the first {checkpoint.size} events is {root.hex()}, "
                f"the checkpoint says {checkpoint.root.hex()}"
            )
        signed = note.parse_checkpoint(note.split_note(checkpoint.note)[0])
        if checkpoint.tree == "sha256" and any(line.startswith(HEADS_LINE) for line in signed.extensions):
            self._compare_heads(checkpoint.size, signed)
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

    def _compare_heads(self, size: int, signed: note.Checkpoint) -> None:
        self._heads_map.extend(self._since)
        self._since.clear()
        try:
            committed = heads_root(signed)
        except note.NoteError as error:
            raise _Fault(f"checkpoint {size}: {error}") from error
        if committed != self._heads_map.root():
            raise _Fault(f"checkpoint {size}: the stream heads that it commits are not those of the log")

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


def _rows(connection: Connection, name: str, query: str) -> Iterator[Sequence[object]]:
    with connection.cursor(name=name, binary=True) as cursor:
        cursor.execute(query.encode())
        while page := cursor.fetchmany(_BATCH):
            yield from page


def _name(seq: object, place: object) -> str:
    assert isinstance(place, bytes)
    named = f"stream {UUID(bytes=place[:16])} version {int.from_bytes(place[16:24], 'big')}"
    return f"event {named}" if seq is None else f"event {seq} ({named})"


_EPOCH_US = 946_684_800_000_000
"""2000-01-01 UTC, PostgreSQL's zero, in microseconds since 1970."""
_COLUMNS = ("stream_id", "version", "subject", "occurred_at", "recorded_at")


def _columns(head: EventMeta) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """The metadata as the columns repeat it."""
    occurred = _micros(head.occurred_at)
    recorded = _micros(head.recorded_at)
    return head.stream_id, head.version.to_bytes(8, "big"), head.subject, occurred, recorded


def _differing(place: bytes, head: EventMeta) -> str:
    parts = place[:16], place[16:24], place[24:40], place[40:48], place[48:]
    wrong = [name for name, got, want in zip(_COLUMNS, parts, _columns(head), strict=True) if got != want]
    return wrong[0] if wrong else "type"


def _micros(stamp: Timestamp) -> bytes:
    since = stamp.seconds * 1_000_000 + stamp.nanos // 1000 - _EPOCH_US
    return since.to_bytes(8, "big", signed=True)
