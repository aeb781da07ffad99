"""The two maps of a log that a checkpoint commits by one root each: which streams end where, and which speak of whom.

`HeadMap`: for each stream the number of its last version (line `stream-heads`). `SubjectMap`: for each subject, a case
for example, the hash of the streams that speak of it (line `subject-streams`). Both have sorted records of a key of 16
bytes and a value in 4,096 buckets by the first 12 bits of the key; the root is that of an RFC 9162 tree over the buckets,
SHA-256. So a bucket with its inclusion proof says what stands under a key, or that nothing does (docs/adr/0029, 0032).
Reading and verifying is in `proofs.verify`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Self

from proofs.tree import proof_path
from proofs.verify import (
    BUCKETS,
    HEAD_RECORD,
    HEADS_LINE,
    MAP_KEY,
    SUBJECT_RECORD,
    SUBJECTS_LINE,
    Bucket,
    bucket_leaf,
    bucket_of,
    encode_base64,
    head_value,
    sha256,
    streams_value,
    subject_key,
)

_LEVELS = BUCKETS.bit_length()

Entry = tuple[bytes, int, Sequence[bytes]]
"""What an entry of the log adds: its stream (16 bytes), its version, and the subjects that it speaks of (16 bytes each)."""
Pair = tuple[bytes, bytes]
"""A subject and a stream that speaks of it."""


def _empty() -> list[list[bytes]]:
    value, levels = bucket_leaf(b""), list[list[bytes]]()
    for level in range(_LEVELS):
        levels.append([value] * (BUCKETS >> level))
        value = sha256(b"\x01" + value + value)
    return levels


def _place(records: bytes, width: int, key: bytes) -> int:
    """Where the record of a key stands, or would stand, among sorted records of a width."""
    low, high = 0, len(records) // width
    while low < high:
        middle = (low + high) // 2
        if records[middle * width : middle * width + MAP_KEY] < key:
            low = middle + 1
        else:
            high = middle
    return low * width


class _Map:
    """Sorted records of one width in 4,096 buckets, and the tree over them. The records, and 0.5 MB."""

    __slots__ = ("_buckets", "_changed", "_nodes", "_width")

    def __init__(self, width: int) -> None:
        self._width = width
        self._buckets = [b""] * BUCKETS
        self._nodes = _empty()
        self._changed: set[int] = set()

    def copy(self) -> Self:
        """A map of its own with the same content."""
        other = type(self).__new__(type(self))
        other._width, other._buckets, other._changed = self._width, self._buckets.copy(), self._changed.copy()
        other._nodes = [level.copy() for level in self._nodes]
        return other

    def root(self) -> bytes:
        """The root over all buckets, 32 bytes."""
        changed = self._changed
        for index in changed:
            self._nodes[0][index] = bucket_leaf(self._buckets[index])
        for below, above in zip(self._nodes, self._nodes[1:], strict=False):
            changed = {index >> 1 for index in changed}
            for index in changed:
                above[index] = sha256(b"\x01" + below[2 * index] + below[2 * index + 1])
        self._changed = set()
        return self._nodes[-1][0]

    def prove(self, bucket: int) -> Bucket:
        """A bucket's records with their proof under `root`. Requires 0 <= bucket < BUCKETS."""
        self.root()
        path = proof_path(
            sha256, lambda level, number: self._nodes[level][number], bucket, bucket + 1, BUCKETS
        )
        return Bucket(bucket, self._buckets[bucket], tuple(path))

    def _get(self, key: bytes) -> bytes:
        """The value under a key; empty when there is none."""
        records = self._buckets[bucket_of(key)]
        at = _place(records, self._width, key)
        return records[at + MAP_KEY : at + self._width] if records.startswith(key, at) else b""

    def _put(self, key: bytes, value: bytes) -> None:
        """The value stands under the key; an empty one takes the record away."""
        bucket = bucket_of(key)
        records = self._buckets[bucket]
        at = _place(records, self._width, key)
        after = at + self._width if records.startswith(key, at) else at
        self._buckets[bucket] = records[:at] + (key + value if value else b"") + records[after:]
        self._changed.add(bucket)


class HeadMap(_Map):
    """The last version of each stream; 24 bytes a stream."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(HEAD_RECORD)

    def extend(self, entries: Iterable[Entry]) -> None:
        """The next entries of the log were added, in its order."""
        last = {stream: version for stream, version, _ in entries}
        for stream, version in last.items():
            self._put(stream, head_value(version))

    def rewind(self, entries: Iterable[Entry]) -> None:
        """The last entries of the log are taken back: those given, in its order, up to its end."""
        first: dict[bytes, int] = {}
        for stream, version, _ in entries:
            first.setdefault(stream, version)
        for stream, version in first.items():
            self._put(stream, head_value(version - 1) if version > 1 else b"")

    def version(self, stream: bytes) -> int:
        """The last version of a stream (16 bytes); 0 when the log has no such stream."""
        return int.from_bytes(self._get(stream), "big")


class SubjectMap(_Map):
    """The streams that speak of each subject; 48 bytes a subject, and 16 for each of its streams."""

    __slots__ = ("_streams",)

    def __init__(self) -> None:
        super().__init__(SUBJECT_RECORD)
        self._streams: dict[bytes, bytes] = {}  # sorted, one behind the other

    def copy(self) -> Self:
        """A map of its own with the same content."""
        other = super().copy()
        other._streams = self._streams.copy()
        return other

    def extend(self, entries: Iterable[Entry]) -> None:
        """The next entries of the log were added, in any order: a stream speaks of a subject from its first event that does."""
        known, grown = self._streams, set[bytes]()
        for stream, _, subjects in entries:
            for subject in subjects:
                streams = known.get(subject, b"")
                at = _place(streams, MAP_KEY, stream)
                if not streams.startswith(stream, at):
                    known[subject] = streams[:at] + stream + streams[at:]
                    grown.add(subject)
        for subject in grown:
            self._store(subject)

    def rewind(self, pairs: Iterable[Pair]) -> None:
        """Streams no longer speak of subjects: those whose first event that did is taken back."""
        shrunk = set[bytes]()
        for subject, stream in pairs:
            streams = self._streams[subject]
            at = _place(streams, MAP_KEY, stream)
            self._streams[subject] = streams[:at] + streams[at + MAP_KEY :]
            shrunk.add(subject)
        for subject in shrunk:
            self._store(subject)

    def streams(self, subject: bytes) -> list[bytes]:
        """The streams that speak of a subject (16 bytes each), ascending."""
        streams = self._streams.get(subject, b"")
        return [streams[at : at + MAP_KEY] for at in range(0, len(streams), MAP_KEY)]

    def prove_subject(self, subject: bytes) -> Bucket:
        """The bucket that says which streams speak of a subject, with its proof under `root`."""
        return self.prove(bucket_of(subject_key(subject)))

    def _store(self, subject: bytes) -> None:
        streams = self._streams[subject]
        self._put(subject_key(subject), streams_value([streams]) if streams else b"")


def map_lines(extensions: Iterable[str]) -> set[str]:
    """Those of a checkpoint's extension lines that commit maps; earlier releases committed one, or none."""
    return {line for line in extensions if line.startswith((HEADS_LINE, SUBJECTS_LINE))}


class LogMaps:
    """Both maps of the first `size` entries of a log; they grow with it."""

    __slots__ = ("heads", "size", "subjects")

    def __init__(
        self, heads: HeadMap | None = None, subjects: SubjectMap | None = None, size: int = 0
    ) -> None:
        self.heads = heads or HeadMap()
        self.subjects = subjects or SubjectMap()
        self.size = size

    def copy(self) -> LogMaps:
        """Maps of their own with the same content."""
        return LogMaps(self.heads.copy(), self.subjects.copy(), self.size)

    def extend(self, entries: Collection[Entry]) -> None:
        """The next entries of the log were added, in its order."""
        self.heads.extend(entries)
        self.subjects.extend(entries)
        self.size += len(entries)

    def rewind(self, entries: Sequence[Entry], earlier: Collection[Pair]) -> None:
        """The last entries of the log are taken back: those given, in its order, up to its end.

        earlier: pairs of theirs that an entry before them has too.
        """
        self.heads.rewind(entries)
        pairs = {(subject, stream) for stream, _, subjects in entries for subject in subjects}
        self.subjects.rewind(pairs.difference(earlier))
        self.size -= len(entries)

    def lines(self) -> list[str]:
        """The extension lines by which a checkpoint commits both."""
        return [
            HEADS_LINE + encode_base64(self.heads.root()),
            SUBJECTS_LINE + encode_base64(self.subjects.root()),
        ]
