"""Merkle trees of a log with the exact hashing of RFC 9162, over SHA-256 or SM3.

`Frontier` is what the sequencer keeps: enough to append and to know the root. `Tree` keeps every complete
node and makes proofs for any size the log ever had. Verification is in `proofs.verify`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, Protocol

from proofs.verify import (
    HASH_SIZE,
    HashFunction,
    ProofError,
    hash_function,
    require_digest,
    require_subtree,
    root_from_inclusion,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)

__all__ = [
    "Frontier",
    "HashName",
    "NodeReader",
    "ProofError",
    "ProvableLog",
    "Tree",
    "proof_path",
    "root_from_inclusion",
    "root_of",
    "subtree_root",
    "verify_consistency",
    "verify_inclusion",
    "verify_subtree_consistency",
    "verify_subtree_inclusion",
]

HashName = Literal["sha256", "sm3"]
NodeReader = Callable[[int, int], bytes]
"""Answers the root of the complete subtree of 2^level leaves with a number, counted from the left."""


def _fold(h: HashFunction, hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, largest first."""
    if not hashes:
        return h(b"")
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = h(b"\x01" + left + root)
    return root


def root_of(leaves: Iterable[bytes], *, hash: HashName = "sha256") -> bytes:
    """The root over `leaves` (leaf hashes); of none, the hash of nothing."""
    frontier = Frontier(hash=hash)
    frontier.extend(leaves)
    return frontier.root()


def subtree_root(h: HashFunction, node: NodeReader, start: int, end: int) -> bytes:
    """The root of the leaves [start, end), a subtree in the sense of `require_subtree`."""
    parts: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append(node(level, start >> level))
        start += 1 << level
    return _fold(h, parts)


def proof_path(h: HashFunction, node: NodeReader, start: int, end: int, size: int) -> list[bytes]:
    """SUBPROOF of RFC 9162 section 2.1.4.1 for the subtree [start, end) of `size`, walked from the root down.

    A part of the first tree that is no node of the second is proven by its own root, which comes first.
    """
    low, high, path, known = 0, size, list[bytes](), True
    while (start, end) != (low, high):
        middle = low + (1 << ((high - low - 1).bit_length() - 1))
        if end <= middle:
            path.append(subtree_root(h, node, middle, high))
            high = middle
        elif start >= middle:
            path.append(subtree_root(h, node, low, middle))
            low = middle
        else:
            path.append(subtree_root(h, node, low, middle))
            low = start = middle
            known = False
    if not known:
        path.append(subtree_root(h, node, start, end))
    path.reverse()
    return path


class Frontier:
    """The right edge of a tree: the roots of its complete subtrees, largest first, and its size.

    `Frontier(frontier.hashes, frontier.size)` is the same frontier again.
    """

    __slots__ = ("_hash", "_hashes", "_size")

    def __init__(self, hashes: Sequence[bytes] = (), size: int = 0, *, hash: HashName = "sha256") -> None:
        if size < 0 or len(hashes) != size.bit_count():
            want = max(size, 0).bit_count()
            raise ProofError(f"frontier of {size} leaves: got {len(hashes)} hashes, want {want}")
        for number, value in enumerate(hashes):
            require_digest(f"frontier element {number}", value)
        self._hash = hash_function(hash)
        self._hashes = [bytes(value) for value in hashes]
        self._size = size

    @property
    def hashes(self) -> list[bytes]:
        """The roots of the complete subtrees, largest first; as many as `size` has bits set."""
        return list(self._hashes)

    @property
    def size(self) -> int:
        """How many leaves."""
        return self._size

    def extend(self, leaves: Iterable[bytes]) -> None:
        """The leaf hashes are appended in order; ProofError leaves the frontier as it was."""
        h, stack, size = self._hash, self._hashes.copy(), self._size
        for node in leaves:
            if len(node) != HASH_SIZE:
                raise ProofError(f"leaf {size}: got {len(node)} bytes, want {HASH_SIZE}")
            carry = size
            while carry & 1:
                node = h(b"\x01" + stack.pop() + node)
                carry >>= 1
            stack.append(node)
            size += 1
        self._hashes, self._size = stack, size

    def root(self) -> bytes:
        """The root, 32 bytes; of no leaf, the hash of nothing."""
        return _fold(self._hash, self._hashes)


class ProvableLog(Protocol):
    """Roots and proofs of a log whose complete subtrees can be asked for, for the present and any earlier size."""

    __slots__ = ()
    _hash: HashFunction

    @property
    def size(self) -> int:
        """How many leaves."""
        ...

    def _node(self, level: int, number: int) -> bytes:
        """The root of the complete subtree of 2^level leaves with a number, counted from the left."""
        ...

    def _size_or(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise ProofError(f"tree size: got {size}, want 0 to {self.size}")
        return size

    def root(self, size: int | None = None) -> bytes:
        """The root that the log had with `size` leaves, by default now."""
        return subtree_root(self._hash, self._node, 0, self._size_or(size))

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The inclusion proof of a leaf among the first `size`. Requires 0 <= index < size <= self.size."""
        end = self._size_or(size)
        if not 0 <= index < end:
            raise ProofError(f"leaf index: got {index}, want 0 to {end - 1}")
        return proof_path(self._hash, self._node, index, index + 1, end)

    def consistency(self, size1: int, size2: int | None = None) -> list[bytes]:
        """The consistency proof between two sizes. Requires 1 <= size1 <= size2 <= self.size."""
        end = self._size_or(size2)
        if not 1 <= size1 <= end:
            raise ProofError(f"first size: got {size1}, want 1 to {end}")
        return proof_path(self._hash, self._node, 0, size1, end)


class Tree(ProvableLog):
    """All complete nodes of a log in memory, 64 bytes a leaf; append-only.

    Proofs take O(log n), for the present and any earlier size.
    """

    __slots__ = ("_hash", "_levels", "hash")

    def __init__(self, leaves: Iterable[bytes] = (), *, hash: HashName = "sha256") -> None:
        self.hash: HashName = hash
        self._hash = hash_function(hash)
        self._levels = [bytearray()]
        self.extend(leaves)

    @property
    def size(self) -> int:
        """How many leaves."""
        return len(self._levels[0]) // HASH_SIZE

    def copy(self) -> "Tree":
        """A tree of its own with the same leaves."""
        other = Tree(hash=self.hash)
        other._levels = [level.copy() for level in self._levels]
        return other

    def extend(self, leaves: Iterable[bytes]) -> None:
        """The leaf hashes are appended in order; if one is not 32 bytes, ProofError and none is appended."""
        new = list(leaves)
        for number, value in enumerate(new, self.size):
            require_digest(f"leaf {number}", value)
        self._levels[0] += b"".join(new)
        self._grow()

    def _grow(self) -> None:
        h, pair = self._hash, 2 * HASH_SIZE
        level = 0
        while len(self._levels[level]) >= pair:
            below = self._levels[level]
            if level + 1 == len(self._levels):
                self._levels.append(bytearray())
            above = self._levels[level + 1]
            done, end = 2 * len(above), len(below) // pair * pair
            above += b"".join(h(b"\x01" + below[at : at + pair]) for at in range(done, end, pair))
            level += 1

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf. Requires 0 <= index < size."""
        if not 0 <= index < self.size:
            raise ProofError(f"leaf index: got {index}, want 0 to {self.size - 1}")
        return self._node(0, index)

    def _node(self, level: int, number: int) -> bytes:
        return bytes(self._levels[level][number * HASH_SIZE : (number + 1) * HASH_SIZE])

    def subtree_consistency(self, start: int, end: int, size: int | None = None) -> list[bytes]:
        """The proof that the subtree [start, end) is part of the log of `size` leaves."""
        require_subtree(start, end)
        whole = self._size_or(size)
        if end > whole:
            raise ProofError(f"tree size: got {whole}, want at least {end}")
        return proof_path(self._hash, self._node, start, end, whole)
