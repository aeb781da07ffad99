"""The store checked against itself: every leaf from the stored bytes, every number, both ends of every stream.

The superuser can get past privileges and triggers; he cannot get past the root of a signed checkpoint.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from proofs import note
from proofs.maps import Entry, HeadMap, SubjectMap
from proofs.tree import Frontier, HashName
from proofs.verify import HASH_SIZE, HEADS_LINE, RECORDED_TOLERANCE_S, SUBJECTS_LINE, committed_root

from eventcore.checkpoint import sm3_name
from eventcore.fsck_pages import HEAD, SNAPSHOT, Fault, Head, Page, log_pages, name, waiting_pages
from eventcore.link import Connection
from eventcore.openssl import ed25519_verify

_HEADS = """
select stream_id, s.version, coalesce(e.last, 0)
from es.stream s full join (select e.stream_id, max(e.version) as last from es.event e group by e.stream_id) e
  using (stream_id)
where s.version is distinct from coalesce(e.last, 0) limit 1
"""
# What the sequencer would number once more: it looks only behind its place.
_AGAIN = """
select l.seq, uuid_send(l.stream_id) || int8send(l.version)
from es.event e cross join es.sequencer s join es.log l using (stream_id, version)
where (e.gen, e.xid, e.ord) > (s.gen, s.xid, s.ord) order by l.seq limit 1
"""
_SEQUENCER = "select seq, frontier_sha256, size_sm3, frontier_sm3 from es.sequencer"
_CHECKPOINTS = "select tree, size, root, note from es.checkpoint order by size, tree"


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked. fault: the first thing that is wrong, with the event it concerns; None when all is well.

    A checkpoint that is wrong does not end the check: the first such one and the first fault of all else are both named, an
    event before the checkpoint. What comes behind a bad event cannot be compared with checkpoints.

    A recorded time that falls, and an order of transactions that is not that of the log, are named only where nothing else
    is wrong: the first shows for ever, and neither is a forged event by itself.

    bad_seq: the event's position in the log; None where it has none, or no single event is wrong.
    """

    events: int
    log_size: int
    root: bytes
    checkpoints: int
    fault: str | None
    bad_seq: int | None = None


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    tree: HashName
    size: int
    root: bytes
    note: str
    published: bool = False


def fsck(
    connection: Connection, *, vkeys: Sequence[note.VerifierKey] = (), published: Sequence[str] = ()
) -> Report:
    """The whole store was read in one snapshot and compared; with `vkeys` the checkpoints' signatures as well.

    published: checkpoints that others hold, read before: the log must still be one that goes on from there, whatever the
    store says of what it signed.
    """
    check = _Check(vkeys, published)
    fault: Fault | None = None
    with connection.transaction():
        for statement in SNAPSHOT:
            connection.execute(statement)
        try:
            check.run(connection)
        except Fault as found:
            fault = found
    seq = None if fault is None else fault.seq
    in_order = (check.signed, fault) if seq is None else (fault, check.signed)
    said = "; ".join(one.message for one in in_order if one is not None) or None
    return Report(check.events, check.frontier.size, check.frontier.root(), check.checked, said, seq)


class _Check:
    def __init__(self, vkeys: Sequence[note.VerifierKey], published: Sequence[str]) -> None:
        self._published = published
        sm3 = (note.VerifierKey(sm3_name(key.name), key.kind, key.public_key) for key in vkeys)
        self._vkeys: dict[HashName, Sequence[note.VerifierKey]] = {"sha256": vkeys, "sm3": [*sm3]}
        self._versions: dict[bytes, int] = {}
        self._maps = {HEADS_LINE: HeadMap(), SUBJECTS_LINE: SubjectMap()}
        self._since: list[Entry] = []
        self._latest = 0
        self._backwards: Fault | None = None
        self._order: Fault | None = None
        self.signed: Fault | None = None
        """The first checkpoint that is wrong: all that it was signed over is looked at none the less, and all behind it."""
        self.frontier = Frontier()
        self._sm3 = Frontier(hash="sm3")
        self._newest: dict[HashName, _Checkpoint] = {}
        self._pending = deque[_Checkpoint]()
        self.events = 0
        self.checked = 0

    def run(self, connection: Connection) -> None:
        checkpoints = [_Checkpoint(*row) for row in connection.execute(_CHECKPOINTS)]
        self._newest = {one.tree: one for one in checkpoints}
        compared = [*checkpoints]
        for text in self._published:
            try:
                compared.append(_published(text))
            except Fault as found:
                self.signed = self.signed or found
        self._pending = deque(sorted(compared, key=lambda one: (one.size, one.tree)))
        self._reached()
        for page in log_pages(connection):
            self._taken(page)
        if self._pending:
            raise Fault(
                f"the log ends at {self.frontier.size}, a checkpoint was signed at {self._pending[0].size}"
            )
        if not checkpoints and self.frontier.size and any(self._vkeys.values()):
            raise Fault(f"nothing signs the log: it has {self.frontier.size} events and no checkpoint")
        self._sequencer(connection)
        for page in waiting_pages(connection):
            self._taken(page)
        self._heads(connection)
        for found in (self._order, self._backwards):
            if found is not None and self.signed is None:
                raise found

    def _taken(self, page: Page) -> None:
        """The page's events, as far as nothing is wrong, have grown trees and maps; raises the first fault."""
        heads, first = list(HEAD.iter_unpack(page.heads)), page.first
        if first is not None and heads and first != (want := self.frontier.size):
            # the one before ends early
            raise Fault(f"{name(first, page.heads)}: got this number, want {want}", want)
        sound = len(page.sha256) // HASH_SIZE
        at = self._follow(heads)
        fault = page.fault
        if at < len(heads):
            seq = None if first is None else first + at
            place = page.heads[at * HEAD.size :]
            sound, fault = at, Fault(f"{name(seq, place)}: it does not follow the version before", seq)
        self.events += sound
        self._order = self._order or page.order
        if first is not None:
            self._times(heads[:sound], first)
            ends = range(0, sound * HASH_SIZE, HASH_SIZE)
            about = page.about
            self._grow(
                [page.sha256[end : end + HASH_SIZE] for end in ends],
                [page.sm3[end : end + HASH_SIZE] for end in ends],
                [
                    (head[0], head[1], (head[2], *about[n]) if n in about else (head[2],))
                    for n, head in enumerate(heads[:sound])
                ],
            )
        if fault is not None:
            raise fault

    def _follow(self, heads: Sequence[Head]) -> int:
        """The first event that does not follow its predecessor in the stream; how many there are where each does."""
        versions = self._versions
        for at, (stream, version, *_) in enumerate(heads):
            if version != versions.get(stream, 0) + 1:
                return at
            versions[stream] = version
        return len(heads)

    def _times(self, heads: Sequence[Head], first: int) -> None:
        """The first event that was recorded before one in front of it in the log, by more than the tolerance, is kept."""
        times = [head[4] for head in heads]
        *before, self._latest = accumulate(times, max, initial=self._latest)
        if self._backwards is not None:
            return
        for at, (got, latest) in enumerate(zip(times, before, strict=True)):
            if got < latest - RECORDED_TOLERANCE_S * 1_000_000:
                said = f"it was recorded more than {RECORDED_TOLERANCE_S} s before one in front of it"
                self._backwards = Fault(f"{name(first + at, HEAD.pack(*heads[at]))}: {said}", first + at)
                return

    def _grow(self, sha256: Sequence[bytes], sm3: Sequence[bytes], entries: Sequence[Entry]) -> None:
        """Trees and maps have grown, from checkpoint to checkpoint, each of which was compared."""
        done = 0
        while done < len(entries):
            wanted = self._pending[0].size - self.frontier.size if self._pending else len(entries)
            end = min(len(entries), done + wanted)
            self.frontier.extend(sha256[done:end])
            self._sm3.extend(sm3[done:end])
            self._since += entries[done:end]
            done = end
            self._reached()

    def _reached(self) -> None:
        while self._pending and self._pending[0].size <= self.frontier.size:
            checkpoint = self._pending.popleft()
            if checkpoint.tree == "sha256":
                for own in self._maps.values():
                    own.extend(self._since)
                self._since.clear()
            try:
                self._compare(checkpoint)
            except Fault as found:
                self.signed = self.signed or found

    def _compare(self, checkpoint: _Checkpoint) -> None:
        if checkpoint.size < 0:
            raise Fault(f"a checkpoint was signed at {checkpoint.size}")
        root = (self.frontier if checkpoint.tree == "sha256" else self._sm3).root()
        if root != checkpoint.root:
            raise Fault(
                f"the {checkpoint.tree} root over the first {checkpoint.size} events is {root.hex()}, "
                f"the {'published ' if checkpoint.published else ''}checkpoint says {checkpoint.root.hex()}"
            )
        try:
            signed = note.parse_checkpoint(note.split_note(checkpoint.note)[0])
        except note.NoteError as error:
            raise Fault(f"checkpoint {checkpoint.size}: {error}") from error
        if checkpoint.tree == "sha256":
            self._compare_maps(checkpoint.size, signed)
        if (signed.hash, signed.size, signed.root) != (checkpoint.tree, checkpoint.size, checkpoint.root):
            raise Fault(f"checkpoint {checkpoint.size}: the signed note says something else")
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
            raise Fault(f"checkpoint {checkpoint.size}: {error}") from error
        missing = [key for key in vkeys if key not in signed]
        if missing:
            raise Fault(f"checkpoint {checkpoint.size}: not signed by its key {missing[0].id.hex()}")

    def _compare_maps(self, size: int, signed: note.Checkpoint) -> None:
        for line, own in self._maps.items():
            if not any(found.startswith(line) for found in signed.extensions):
                continue  # signed by a release that did not commit it yet
            try:
                committed = committed_root(signed, line)
            except note.NoteError as error:
                raise Fault(f"checkpoint {size}: {error}") from error
            if committed != own.root():
                raise Fault(f"checkpoint {size}: the {line}that it commits are not those of the log")

    def _sequencer(self, connection: Connection) -> None:
        row = connection.execute(_SEQUENCER).fetchone()
        if row is None:
            raise Fault("the sequencer has lost its place: es.sequencer is empty")
        if row[0] != self.frontier.size:
            raise Fault(f"the sequencer is at {row[0]}, the log at {self.frontier.size}")
        if row[1] != self.frontier.hashes:
            raise Fault("the sequencer's frontier is not that of the log")
        # fewer: the sequencer is catching up with a log of a release before SM3 trees
        if row[2] > self._sm3.size or (row[2] == self._sm3.size and row[3] != self._sm3.hashes):
            raise Fault("the sequencer's SM3 frontier is not that of the log")
        again = connection.execute(_AGAIN).fetchone()
        if again is not None:
            raise Fault(
                f"{name(*again)}: it stands behind the sequencer's place, which would number it again",
                again[0],
            )

    def _heads(self, connection: Connection) -> None:
        row = connection.execute(_HEADS).fetchone()
        if row is not None:
            said = "it has no head" if row[1] is None else f"the head says version {row[1]}"
            raise Fault(f"stream {row[0]}: {said}, the last event is {row[2]}")


def _published(text: str) -> _Checkpoint:
    try:
        found = note.parse_checkpoint(note.split_note(text)[0])
    except note.NoteError as error:
        raise Fault(f"the published checkpoint: {error}") from error
    tree: HashName = "sm3" if found.hash == "sm3" else "sha256"
    return _Checkpoint(tree, found.size, found.root, text, published=True)
