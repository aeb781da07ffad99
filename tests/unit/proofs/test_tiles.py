"""Tiles by the letter of C2SP tlog-tiles: paths, contents, which there are, and roots and proofs read back from them."""

import json
from pathlib import Path
from typing import TypedDict, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs.canonical import MAX_ENTRY, leaf_sha256
from proofs.tiles import (
    ENTRIES,
    WIDTH,
    Growing,
    Tile,
    TiledLog,
    TileError,
    check_tiles,
    cut_tile,
    decode_bundle,
    encode_bundle,
    parse_path,
    tiles_of,
)
from proofs.tree import Frontier, HashName, Tree, verify_consistency, verify_inclusion

VECTORS = Path(__file__).parents[2] / "data" / "vectors"


class ReferenceTree(TypedDict):
    """Leaves and roots of transparency-dev/merkle."""

    leaf_inputs_hex: list[str]
    leaf_hashes_hex: list[str]
    roots_by_size_hex: list[str]


def _entry(index: int) -> bytes:
    return f"entry {index}".encode()


def _written(size: int, *, hash: HashName = "sha256") -> dict[str, bytes]:
    edge = Growing(hash=hash)
    files = {tile.path: data for tile, data in edge.extend(map(_entry, range(size)))}
    return files | {tile.path: data for tile, data in edge.partials()}


FILES = {tree: _written(70_000, hash=tree) for tree in ("sha256", "sm3")}
LEAVES = [leaf_sha256(_entry(index)) for index in range(70_000)]
TREE = Tree(LEAVES)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(1, 999), "tile/1/999"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(63, 5, 255), "tile/63/005.p/255"),
        (Tile(ENTRIES, 1_234_067, 1), "tile/entries/x001/x234/067.p/1"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@given(st.integers(ENTRIES, 63), st.integers(0, 2**55), st.integers(1, WIDTH))
def test_every_path_is_read_back(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/../000",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/entry/000",
        "tile/0/٠٠٠",
        "tile/0/" + "x999/" * 9 + "999",
    ],
)
def test_a_path_has_one_spelling(path: str) -> None:
    with pytest.raises(TileError):
        parse_path(path)


def test_the_examples_of_the_specification() -> None:
    assert list(tiles_of(0)) == []
    assert {tile.path for tile in tiles_of(256)} == {"tile/0/000", "tile/1/000.p/1", "tile/entries/000"}
    tiles = [tile for tile in tiles_of(70_000) if tile.level != ENTRIES]
    assert sum(tile.level == 0 and tile.is_full for tile in tiles) == 273
    assert [tile for tile in tiles if tile.level or not tile.is_full] == [
        Tile(0, 273, 112),
        Tile(1, 0),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]


@given(st.integers(0, 70_000), st.integers(0, 70_000))
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_what_a_size_has_and_growth_adds_the_difference(one: int, other: int) -> None:
    small, large = sorted((one, other))
    known = set(tiles_of(small))
    assert set(tiles_of(large, since=small)) == set(tiles_of(large)) - known
    assert known - set(tiles_of(large)) == {
        tile for tile in known if not tile.is_full and tile not in set(tiles_of(large))
    }


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537])
def test_exactly_the_tiles_of_a_size_are_written(size: int) -> None:
    assert set(_written(size)) == {tile.path for tile in tiles_of(size)}


def test_a_full_tile_holds_the_hashes_and_a_bundle_the_entries() -> None:
    files = FILES["sha256"]
    assert files["tile/0/001"] == b"".join(LEAVES[256:512])
    assert len(files["tile/1/000"]) == 8192
    assert files["tile/1/000"][:32] == Tree(LEAVES[:256]).root()
    assert files["tile/2/000.p/1"] == Tree(LEAVES[: 256 * 256]).root()
    assert files["tile/entries/000"].startswith(b"\x00\x07entry 0\x00\x07entry 1")
    assert decode_bundle(files["tile/entries/273.p/112"], 112)[-1] == _entry(69_999)


@given(st.lists(st.integers(0, 400), max_size=4), st.sampled_from(["sha256", "sm3"]))
@settings(max_examples=15, deadline=None)
def test_a_log_that_grows_step_by_step_has_the_tiles_of_one_written_at_once(
    steps: list[int], hash: HashName
) -> None:
    files: dict[str, bytes] = {}
    size = 0
    for step in steps:
        edge = Growing.resume(files.__getitem__, size, hash=hash)
        files |= {t.path: data for t, data in edge.extend(map(_entry, range(size, size + step)))}
        files |= {t.path: data for t, data in edge.partials()}
        size += step
    assert Growing.resume(files.__getitem__, size, hash=hash).root() == edge_root(size, hash)
    at_once = _written(size, hash=hash)
    assert {path: files[path] for path in at_once} == at_once


def edge_root(size: int, hash: HashName) -> bytes:
    edge = Growing(hash=hash)
    list(edge.extend(map(_entry, range(size))))
    return edge.root()


def test_roots_agree_with_the_reference_tree() -> None:
    tree = cast(
        ReferenceTree, json.loads((VECTORS / "merkle" / "rfc6962_reference_tree.json").read_text("utf-8"))
    )
    entries = [bytes.fromhex(text) for text in tree["leaf_inputs_hex"]]
    for size, root in enumerate(tree["roots_by_size_hex"]):
        edge = Growing()
        list(edge.extend(entries[:size]))
        files = {tile.path: data for tile, data in edge.partials()}
        assert edge.root().hex() == root
        assert TiledLog(files.__getitem__, size).root().hex() == root
        check_tiles(files.__getitem__, size, bytes.fromhex(root))
        if size:
            assert files[f"tile/0/000.p/{size}"].hex() == "".join(tree["leaf_hashes_hex"][:size])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_from_tiles_are_those_of_the_tree(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70_000))
    index, size1 = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    log = TiledLog(FILES["sha256"].__getitem__, 70_000)
    assert log.root(size) == TREE.root(size)
    assert log.inclusion(index, size) == TREE.inclusion(index, size)
    assert log.consistency(size1, size) == TREE.consistency(size1, size)
    verify_inclusion(leaf_sha256(log.entry(index)), index, size, log.inclusion(index, size), log.root(size))
    verify_consistency(size1, size, log.consistency(size1, size), log.root(size1), log.root(size))


@pytest.mark.parametrize("hash", ["sha256", "sm3"])
def test_both_trees_are_read_back_from_their_tiles(hash: HashName) -> None:
    files = FILES[hash]
    root = TiledLog(files.__getitem__, 70_000, hash=hash).root()
    check_tiles(files.__getitem__, 70_000, root, hash=hash)
    if hash == "sha256":
        edge = Frontier()
        edge.extend(LEAVES)
        assert root == edge.root()


@pytest.mark.parametrize("path", ["tile/0/005", "tile/1/000", "tile/2/000.p/1", "tile/entries/273.p/112"])
def test_a_flipped_bit_in_any_tile_is_named(path: str) -> None:
    files = dict(FILES["sha256"])
    root = TiledLog(files.__getitem__, 70_000).root()
    files[path] = files[path][:-1] + bytes([files[path][-1] ^ 1])
    with pytest.raises(TileError, match="does not follow from the entries"):
        check_tiles(files.__getitem__, 70_000, root)


def test_a_missing_tile_and_another_root_are_noticed() -> None:
    files = dict(FILES["sha256"])
    with pytest.raises(TileError, match="root of 70000 entries"):
        check_tiles(files.__getitem__, 70_000, bytes(32))
    del files["tile/0/012"]
    with pytest.raises(KeyError):
        check_tiles(files.__getitem__, 70_000, bytes(32))


def test_a_partial_tile_that_is_gone_is_cut_from_the_full_one() -> None:
    files = _written(300) | _written(512)
    for path in ("tile/0/001.p/44", "tile/entries/001.p/44"):
        del files[path]
    assert TiledLog(files.__getitem__, 300).root() == Tree(LEAVES[:300]).root()
    assert TiledLog(files.__getitem__, 300).entry(299) == _entry(299)


def test_a_tile_is_not_cut_from_another_or_a_narrower_one() -> None:
    files = FILES["sha256"]
    with pytest.raises(TileError, match="is not part of"):
        cut_tile(Tile(0, 273, 113), Tile(0, 273, 112), files["tile/0/273.p/112"])
    with pytest.raises(TileError, match="is not part of"):
        cut_tile(Tile(0, 1, 5), Tile(0, 2), files["tile/0/002"])


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_a_bundle_is_read_back(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), len(entries)) == entries


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00", b"\x00\x01ab"])
def test_a_bundle_that_is_cut_off_is_refused(data: bytes) -> None:
    with pytest.raises(TileError, match="is cut off"):
        decode_bundle(data, 1)


def test_a_bundle_of_another_width_and_an_entry_too_long_are_refused() -> None:
    with pytest.raises(TileError, match="got 1 entries, want 2"):
        decode_bundle(b"\x00\x01a", 2)
    assert len(encode_bundle([bytes(MAX_ENTRY)])) == MAX_ENTRY + 2
    with pytest.raises(TileError, match="want at most 65535"):
        encode_bundle([bytes(MAX_ENTRY + 1)])
