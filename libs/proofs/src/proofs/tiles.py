"""Tiles of a log, by the letter of C2SP tlog-tiles: what outside tools fetch, from paths to the root.

A tile holds the hashes of up to 256 neighbouring subtrees of 256^level leaves. Beside the tiles of level 0 lie the
bundles of the entries themselves, each after its length in two bytes. Nothing here reads or writes files: a
`Fetch` answers the bytes of a path. Reading and verifying is in `proofs.verify`; this module writes, and makes proofs.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from proofs.canonical import MAX_ENTRY, leaf_sha256, leaf_sm3
from proofs.tree import Frontier, HashName, ProvableLog
from proofs.verify import (
    ENTRIES,
    WIDTH,
    Fetch,
    Tile,
    TileError,
    check_tiles,
    cut_tile,
    decode_bundle,
    decode_tile,
    encode_bundle,
    fetch_tile,
    hash_function,
    tile_for,
)

__all__ = [
    "ENTRIES",
    "WIDTH",
    "Fetch",
    "Growing",
    "Tile",
    "TileError",
    "TiledLog",
    "check_tiles",
    "cut_tile",
    "decode_bundle",
    "decode_tile",
    "encode_bundle",
    "fetch_tile",
    "parse_path",
    "tile_for",
    "tiles_of",
]

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def parse_path(path: str) -> Tile:
    """The tile of a path in its one spelling; TileError otherwise."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise TileError(f"tile path: got {path[:80]!r}")
    level, number, width = match.groups()
    tile = Tile(
        ENTRIES if level == "entries" else int(level),
        int(number.replace("x", "").replace("/", "")),
        int(width) if width else WIDTH,
    )
    if tile.path != path:
        raise TileError(f"tile path: got {path[:80]!r}, want {tile.path}")
    return tile


def tiles_of(size: int, *, since: int = 0) -> Iterator[Tile]:
    """The tiles and bundles of a log of `size` entries, those left out that it had at the size `since` already.

    Never an empty tile: of a level that ends with a full tile there is no partial one. Requires since <= size.
    """
    if not 0 <= since <= size:
        raise TileError(f"tree size: got {size}, want at least {since}")
    level = 0
    while number := size >> (8 * level):
        full, partial = divmod(number, WIDTH)
        known = since >> (8 * level)
        for index in range(known // WIDTH, full):
            if level == 0:
                yield Tile(ENTRIES, index)
            yield Tile(level, index)
        if partial and known != number:
            if level == 0:
                yield Tile(ENTRIES, full, partial)
            yield Tile(level, full, partial)
        level += 1


class Growing:
    """The right edge of a tiled log: enough to write all further tiles, and to know the root."""

    __slots__ = ("_entries", "_hash", "_leaf", "_rows", "_size")

    def __init__(self, *, hash: HashName = "sha256") -> None:
        self._hash: HashName = hash
        self._leaf = leaf_sm3 if hash == "sm3" else leaf_sha256
        self._size = 0
        self._entries: list[bytes] = []
        self._rows: list[list[bytes]] = [[]]

    @classmethod
    def resume(cls, fetch: Fetch, size: int, *, hash: HashName = "sha256") -> "Growing":
        """The edge of a log of `size` entries, from its partial tiles; compare `root` before you trust it."""
        edge = cls(hash=hash)
        edge._size = size
        level = 0
        while number := size >> (8 * level):
            partial = number % WIDTH
            tile = Tile(level, number // WIDTH, partial) if partial else None
            edge._rows[level:] = [decode_tile(fetch_tile(fetch, tile), partial) if tile else [], []]
            level += 1
        if size % WIDTH:
            bundle = Tile(ENTRIES, size // WIDTH, size % WIDTH)
            edge._entries = decode_bundle(fetch_tile(fetch, bundle), bundle.width)
        return edge

    @property
    def size(self) -> int:
        """How many entries."""
        return self._size

    def root(self) -> bytes:
        """The root over all entries, 32 bytes."""
        hashes: list[bytes] = []
        for row in reversed(self._rows):
            edge = Frontier(hash=self._hash)
            edge.extend(row)
            hashes += edge.hashes
        return Frontier(hashes, self._size, hash=self._hash).root()

    def extend(self, entries: Iterable[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Entries are appended one by one as the answer is read: the full tiles and bundles that they complete."""
        for entry in entries:
            if len(entry) > MAX_ENTRY:
                raise TileError(f"entry {self._size}: got {len(entry)} bytes, want at most {MAX_ENTRY}")
            self._entries.append(entry)
            self._rows[0].append(self._leaf(entry))
            self._size += 1
            if self._size % WIDTH == 0:
                yield from self._complete()

    def partials(self) -> list[tuple[Tile, bytes]]:
        """The partial bundle and tiles of the present size."""
        found: list[tuple[Tile, bytes]] = []
        if self._entries:
            bundle = Tile(ENTRIES, self._size // WIDTH, len(self._entries))
            found.append((bundle, encode_bundle(self._entries)))
        for level, row in enumerate(self._rows):
            if row:
                found.append((Tile(level, self._size >> (8 * level + 8), len(row)), b"".join(row)))
        return found

    def _complete(self) -> list[tuple[Tile, bytes]]:
        full = [(Tile(ENTRIES, self._size // WIDTH - 1), encode_bundle(self._entries))]
        self._entries = []
        level = 0
        while len(self._rows[level]) == WIDTH:
            row = self._rows[level]
            full.append((Tile(level, (self._size >> (8 * level + 8)) - 1), b"".join(row)))
            if level + 1 == len(self._rows):
                self._rows.append([])
            above = Frontier(hash=self._hash)
            above.extend(row)
            self._rows[level + 1].append(above.root())
            self._rows[level] = []
            level += 1
        return full


class TiledLog(ProvableLog):
    """Roots and proofs of a log of `size` entries from its tiles, each fetched once.

    What comes out is what the tiles say: it is worth something when the proof verifies under a root that is trusted.
    """

    __slots__ = ("_fetch", "_hash", "_size", "_tiles")

    def __init__(self, fetch: Fetch, size: int, *, hash: HashName = "sha256") -> None:
        self._fetch = fetch
        self._hash = hash_function(hash)
        self._tiles: dict[Tile, list[bytes]] = {}
        self._size = size

    @property
    def size(self) -> int:
        """How many leaves."""
        return self._size

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf. Requires 0 <= index < size."""
        return self._node(0, index)

    def entry(self, index: int) -> bytes:
        """The bytes of one entry. Requires 0 <= index < size."""
        tile = tile_for(self.size, ENTRIES, index // WIDTH)
        return decode_bundle(fetch_tile(self._fetch, tile), tile.width)[index % WIDTH]

    def _node(self, level: int, number: int) -> bytes:
        """The root of 2^level leaves, hashed together from up to 128 neighbours of one tile."""
        row, height = divmod(level, 8)
        first = number << height
        tile = tile_for(self.size, row, first // WIDTH)
        if tile not in self._tiles:
            self._tiles[tile] = decode_tile(fetch_tile(self._fetch, tile), tile.width)
        hashes: Sequence[bytes] = self._tiles[tile][first % WIDTH : first % WIDTH + (1 << height)]
        if len(hashes) != 1 << height:
            raise TileError(f"tile: got node {number} of level {level} in a log of {self.size}")
        while len(hashes) > 1:
            hashes = [self._hash(b"\x01" + a + b) for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]
