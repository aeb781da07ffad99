"""The heads of all streams of a log, committed by one root: what stands in the `stream-heads` line of a checkpoint.

For each stream the number of its last version. Records of 24 bytes (stream id, version as 8 bytes big-endian) stand in
4,096 buckets by the first 12 bits of the stream id, sorted inside a bucket; the root is that of an RFC 9162 tree over
the buckets, SHA-256. So a bucket with its inclusion proof says which version of a stream is the last one, or that the
log has no such stream (docs/adr/0029). Reading and verifying is in `proofs.verify`.
"""

from collections.abc import Iterable

from proofs.tree import proof_path
from proofs.verify import (
    HEAD_BUCKETS,
    HEAD_RECORD,
    HeadBucket,
    bucket_leaf,
    head_bucket,
    parse_records,
    sha256,
)

__all__ = ["HEAD_BUCKETS", "HeadBucket", "HeadMap", "head_bucket", "parse_records"]

_LEVELS = HEAD_BUCKETS.bit_length()


def _empty() -> list[list[bytes]]:
    value, levels = bucket_leaf(b""), list[list[bytes]]()
    for level in range(_LEVELS):
        levels.append([value] * (HEAD_BUCKETS >> level))
        value = sha256(b"\x01" + value + value)
    return levels


class HeadMap:
    """The heads of the first `size` entries of a log; grows with it. 24 bytes a stream, and 0.5 MB."""

    __slots__ = ("_buckets", "_changed", "_nodes", "size")

    def __init__(self) -> None:
        self.size = 0
        self._buckets = [b""] * HEAD_BUCKETS
        self._nodes = _empty()
        self._changed: set[int] = set()

    def copy(self) -> "HeadMap":
        """A map of its own with the same content."""
        other = HeadMap()
        other.size, other._buckets, other._changed = self.size, self._buckets.copy(), self._changed.copy()
        other._nodes = [level.copy() for level in self._nodes]
        return other

    def extend(self, entries: Iterable[tuple[bytes, int]]) -> None:
        """The next entries of the log were added: stream id (16 bytes) and version of each, in log order."""
        last: dict[bytes, int] = {}
        for stream, version in entries:
            last[stream] = version
            self.size += 1
        for stream, version in last.items():
            self._put(stream, version)

    def rewind(self, entries: Iterable[tuple[bytes, int]]) -> None:
        """The last entries of the log are taken back: those given, in log order, up to its end."""
        first: dict[bytes, int] = {}
        for stream, version in entries:
            first.setdefault(stream, version)
            self.size -= 1
        for stream, version in first.items():
            self._put(stream, version - 1)

    def version(self, stream: bytes) -> int:
        """The last version of a stream (16 bytes); 0 when the log has no such stream."""
        return parse_records(head_bucket(stream), self._buckets[head_bucket(stream)]).get(stream, 0)

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

    def prove(self, bucket: int) -> HeadBucket:
        """A bucket's records with their proof under `root`. Requires 0 <= bucket < HEAD_BUCKETS."""
        self.root()
        path = proof_path(
            sha256, lambda level, number: self._nodes[level][number], bucket, bucket + 1, HEAD_BUCKETS
        )
        return HeadBucket(bucket, self._buckets[bucket], tuple(path))

    def _put(self, stream: bytes, version: int) -> None:
        bucket = head_bucket(stream)
        records = self._buckets[bucket]
        low, high = 0, len(records) // HEAD_RECORD
        while low < high:
            middle = (low + high) // 2
            if records[middle * HEAD_RECORD : middle * HEAD_RECORD + 16] < stream:
                low = middle + 1
            else:
                high = middle
        at = low * HEAD_RECORD
        known = records[at : at + 16] == stream
        new = stream + version.to_bytes(8, "big") if version > 0 else b""
        self._buckets[bucket] = records[:at] + new + records[at + (HEAD_RECORD if known else 0) :]
        self._changed.add(bucket)
