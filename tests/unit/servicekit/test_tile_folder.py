"""A folder of tiles is whole whenever its writer is stopped, and has one writer. G35."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audit.tiles import TileFolder
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventcore.checkpoint import signer
from proofs.canonical import leaf_sha256
from proofs.note import sign_checkpoint
from proofs.tiles import check_tiles, tiles_of
from proofs.tree import Tree
from servicekit.tile_folder import Busy, Growth, LogKeys, only_writer, read_checkpoint

NAME = "guitu/guitu-test/education"
KEY = signer(NAME, Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEYS = LogKeys(KEY.vkey)
ENTRIES = [f"entry {n}".encode() for n in range(700)]


def note(size: int) -> str:
    root = Tree(leaf_sha256(entry) for entry in ENTRIES[:size]).root()
    return sign_checkpoint(NAME, size, root, KEY)


NOTES = {size: note(size) for size in (200, 300, 301, 600)}


def grow(folder: Path, size: int) -> None:
    """The folder is brought to a size, as `tile_files.publish` does."""
    with only_writer(folder):
        growth = Growth(folder, "sha256", KEYS, NOTES[size])
        growth.add(growth.size, ENTRIES[growth.size : size])
        growth.close()
        growth.discard()


def killed_at(step: int, work: Callable[[], None], folder: Path) -> bool:
    """Whether a process that does the work was killed when it came to its n-th change of a file, before the change."""
    child = os.fork()
    if child == 0:
        left = [step]

        def count(event: str, args: tuple[Any, ...]) -> None:
            mine = event in ("os.remove", "os.rmdir") or str(folder) in "".join(map(str, args[:2]))
            if mine and event.partition(".")[0] in ("open", "os", "shutil") and event != "os.listdir":
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def whole(folder: Path) -> int:
    """All that the checkpoint in the folder needs is there, as plain files and over HTTP; answers its size."""
    had = read_checkpoint(folder, KEY.vkey)
    if had is None:
        return 0
    served = TileFolder(folder.parent, [folder.name], lambda _: None)

    def fetch(path: str) -> bytes:
        answer = served.answer(f"/{folder.name}/{path}")
        if answer is None:
            raise FileNotFoundError(path)
        return answer.body

    check_tiles(fetch, had.size, had.root)
    for size in {had.size, *(size for size in (200, 300) if size <= had.size)}:
        for tile in tiles_of(size):
            fetch(tile.path)  # also for who has an earlier checkpoint
    for tile in tiles_of(had.size):
        assert (folder / tile.path).is_file(), tile.path
    return had.size


@pytest.mark.parametrize(("before", "after"), [(0, 200), (200, 300), (300, 301), (300, 600)])
def test_a_publication_stopped_anywhere_serves_all_that_its_checkpoint_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int, after: int
) -> None:
    # what a killed process wrote is there without it; that all is flushed before it is shown is tested below
    monkeypatch.setattr(os, "fsync", os.fstat)
    begun = tmp_path / "begun"
    for size in (200, 300):
        if size <= before:
            grow(begun, size)
    made = iter(range(1000))
    folder = tmp_path / "0"

    def prepare() -> None:
        nonlocal folder
        folder = tmp_path / str(next(made))
        if before:
            shutil.copytree(begun, folder)

    prepare()
    seen: set[int] = set()
    step = 1
    while killed_at(step, lambda: grow(folder, after), folder):
        size = whole(folder)
        assert size in (before, after)
        seen.add(size)
        grow(folder, 600)
        assert whole(folder) == 600
        assert not list(folder.glob(".new*"))
        prepare()
        step += 1
    assert step > 10
    assert seen == {before, after}


def test_beginnings_of_full_tiles_go_with_the_next_publication(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    grow(folder, 200)
    grow(folder, 300)
    assert (folder / "tile/0/000").is_file()
    assert (folder / "tile/0/000.p/200").is_file()
    grow(folder, 301)
    left = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.p"))
    assert left == ["tile/0/001.p", "tile/1/000.p", "tile/entries/001.p"]


def test_a_checkpoint_is_replaced_when_all_else_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "log"
    grow(folder, 200)
    steps: list[tuple[str, str]] = []
    fsync, move = os.fsync, os.replace

    def flushed(held: int) -> None:
        steps.append(("flush", os.readlink(f"/proc/self/fd/{held}")))
        fsync(held)

    def moved(source: Path, target: Path) -> None:
        steps.append(("move", str(source)))
        steps.append(("to", str(target)))
        move(source, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", moved)
    grow(folder, 300)
    last = steps.index(("to", str(folder / "checkpoint")))
    for place, (kind, path) in enumerate(steps[: last + 1]):
        if kind == "move":
            assert ("flush", path) in steps[:place]
        elif kind == "to" and place != last:
            assert ("flush", str(Path(path).parent)) in steps[place:last]
    assert steps[last + 1 :] == [("flush", str(folder))]


def test_a_folder_that_an_earlier_release_left_without_its_partial_tiles_is_continued(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    grow(folder, 200)
    grow(folder, 300)
    (folder / "checkpoint").write_text(NOTES[200], encoding="utf-8")
    for path in ("tile/0/000.p/200", "tile/entries/000.p/200"):
        (folder / path).unlink()
    served = TileFolder(tmp_path, ["log"], lambda _: None)
    answer = served.answer("/log/tile/0/000.p/200")
    assert answer is not None
    assert len(answer.body) == 200 * 32
    grow(folder, 301)
    assert whole(folder) == 301


def test_what_waits_aside_is_closed_to_others_and_never_served(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    grow(folder, 200)
    (folder / ".new.4711" / "tile" / "0").mkdir(parents=True)
    (folder / ".new.4711" / "tile" / "0" / "001").write_bytes(b"of a killed process")
    served = TileFolder(tmp_path, ["log"], lambda _: None)
    with only_writer(folder):
        growth = Growth(folder, "sha256", KEYS, NOTES[600])
        assert not (folder / ".new.4711").exists()
        growth.add(200, ENTRIES[200:600])
        assert (folder / ".new").stat().st_mode & 0o077 == 0
        assert served.answer("/log/.new/tile/0/000") is None
        assert served.answer("/log/tile/0/000") is None
        growth.discard()
    assert whole(folder) == 200


def test_a_second_writer_of_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    with only_writer(folder), pytest.raises(Busy, match="another process writes this folder"):
        grow(folder, 200)
    grow(folder, 200)
