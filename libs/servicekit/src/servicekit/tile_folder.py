"""One tree of a log as a folder of tiles that grows from checkpoint to checkpoint, whole whenever it is stopped.

At every moment the checkpoint in the folder has all its tiles there, also for whoever fetches by plain files:

1. what is new is written to `.new/` (closed to other users), flushed, and proven to give the new signed root;
2. the tiles are moved into place, and the folders flushed; beginnings of tiles that are full now stay;
3. the checkpoint is replaced;
4. the next call removes the beginnings that the checkpoint, by then in place for a while, has in full.

One process writes a folder at a time. What a killed one left in `.new/` is removed by the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eventcore.checkpoint import sm3_name
from eventcore.openssl import ed25519_verify
from proofs.note import (
    KIND_ED25519,
    Checkpoint,
    NoteError,
    VerifierKey,
    parse_checkpoint,
    split_note,
    verify_note,
)
from proofs.tiles import Growing, Tile, parse_path
from proofs.tree import HashName, ProofError

_ASIDE = ".new"


class NotProven(Exception):
    """The log is not what its checkpoint says."""


class OtherHistory(Exception):
    """The folder holds another history than the log."""


class Busy(Exception):
    """Another process writes the folder."""


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The pinned keys of a log: that of its Ed25519 lines, and that of its SM2 lines where the user pinned one."""

    ed25519: VerifierKey
    sm2: VerifierKey | None = None

    @classmethod
    def among(cls, vkeys: Iterable[VerifierKey], name: str) -> LogKeys | None:
        """Those of the keys that are named like the log; None where no Ed25519 key is."""
        mine = [key for key in vkeys if key.name == name]
        ed25519 = next((key for key in mine if key.kind == KIND_ED25519), None)
        sm2 = next((key for key in mine if key.sm2 is not None), None)
        return None if ed25519 is None else cls(ed25519, sm2)

    @property
    def name(self) -> str:
        """Origin of the log."""
        return self.ed25519.name

    @property
    def all(self) -> list[VerifierKey]:
        """Every key; each of them must have signed."""
        return [self.ed25519] if self.sm2 is None else [self.ed25519, self.sm2]

    def of(self, tree: HashName) -> LogKeys:
        """The keys under which a tree of the log is signed: the same, under the tree's name."""
        if tree == "sha256":
            return self
        named = [replace(key, name=sm3_name(key.name)) for key in self.all]
        return LogKeys(*named)


@contextlib.contextmanager
def only_writer(folder: Path) -> Generator[None]:
    """The folder exists, and no other process writes it meanwhile; Busy where one does. Ends with the process at latest."""
    _make(folder)
    held = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"{folder}: another process writes this folder") from error
        yield
    finally:
        os.close(held)


def read_checkpoint(folder: Path, key: VerifierKey) -> Checkpoint | None:
    """The checkpoint that the folder of one tree holds, verified; None where there is none. OtherHistory.

    By the Ed25519 key alone: a folder of a release before the SM2 line is continued.
    """
    try:
        note = (folder / "checkpoint").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return verified(note, LogKeys(key))
    except NotProven as error:
        raise OtherHistory(f"{folder}: {error}") from error


def verified(note: str, keys: LogKeys) -> Checkpoint:
    """The checkpoint of a note that bears a signature by each of the keys; NotProven otherwise."""
    try:
        signed = {one.key for one in verify_note(note, keys.all, check=ed25519_verify)}
        checkpoint = parse_checkpoint(split_note(note)[0])
    except NoteError as error:
        raise NotProven(f"checkpoint of {keys.name}: {error}") from error
    missing = [key.id.hex() for key in keys.all if key not in signed]
    if missing:
        raise NotProven(f"checkpoint of {keys.name}: not signed by its key {missing[0]}")
    if checkpoint.origin != keys.name:
        raise NotProven(f"checkpoint of {keys.name}: got origin {checkpoint.origin}")
    return checkpoint


class Growth:
    """One tree's folder on its way to a new checkpoint. The caller is its `only_writer`."""

    def __init__(self, folder: Path, tree: HashName, keys: LogKeys, note: str) -> None:
        self.tree: HashName = tree
        self.target = verified(note, keys)
        self._folder, self._keys, self._note = folder, keys, note
        self._aside = folder / _ASIDE
        self._tiles: list[Tile] = []
        had = read_checkpoint(folder, keys.ed25519)
        self.size = had.size if had else 0
        if had is None and (folder / "tile").exists() and not self._ours():
            raise OtherHistory(f"{folder}: holds tiles of another log")
        if had is not None and had.size > self.target.size:
            raise OtherHistory(f"{folder}: holds {had.size} entries, the log has {self.target.size}")
        try:
            self._edge = Growing.resume(self._read, self.size, hash=tree)
        except (ProofError, OSError) as error:
            raise OtherHistory(f"{folder}: {error}") from error
        if had is not None and self._edge.root() != had.root:
            raise OtherHistory(f"{folder}: its tiles do not give the root of its checkpoint")
        for left in folder.glob(f"{_ASIDE}*"):  # of a process that was killed
            shutil.rmtree(left)

    def add(self, seq: int, entries: Sequence[bytes]) -> None:
        """The entries from a position on are appended, as far as they are new and below the target."""
        mine = entries[max(0, self._edge.size - seq) : max(0, self.target.size - seq)]
        if mine:
            self._stage(self._edge.extend(mine))

    def close(self) -> None:
        """The folder holds the target; NotProven or OtherHistory when the entries do not lead there."""
        got, want = self._edge.root(), self.target.root
        if (self._edge.size, got) != (self.target.size, want):
            said = f"root of {self._edge.size} entries is {got.hex()}, the checkpoint says {want.hex()}"
            if self.size:
                raise OtherHistory(f"{self._folder}: from its {self.size} entries on, the {said}")
            raise NotProven(f"{self._keys.name}: the {said}")
        if self.size < self.target.size:
            self._remove_beginnings()
            self._stage(self._edge.partials())
        # before the tiles: they are ours also if we are stopped among them
        self._write("log.vkey", f"{self._keys.ed25519}\n")
        if self._keys.sm2 is not None:
            self._write("sm2.vkey", f"{self._keys.sm2}\n")
        for tile in self._tiles:
            path = self._folder / tile.path
            _make(path.parent)
            os.replace(self._aside / tile.path, path)
        for folder in {(self._folder / tile.path).parent for tile in self._tiles}:
            _flush(folder)
        self._write("checkpoint", self._note)

    def discard(self) -> None:
        """Nothing waits aside."""
        shutil.rmtree(self._aside, ignore_errors=True)

    def _remove_beginnings(self) -> None:
        """Of the tiles that the checkpoint in place has in full, nobody needs the beginnings any more."""
        for path in sorted((self._folder / "tile").rglob("*.p")):
            full = parse_path(str(path.relative_to(self._folder)).removesuffix(".p"))
            if full.index < self.size >> (8 * max(full.level, 0) + 8) and path.with_suffix("").is_file():
                shutil.rmtree(path)

    def _ours(self) -> bool:
        named = self._folder / "log.vkey"
        return named.is_file() and named.read_text(encoding="utf-8") == f"{self._keys.ed25519}\n"

    def _read(self, path: str) -> bytes:
        return (self._folder / path).read_bytes()

    def _stage(self, made: Iterable[tuple[Tile, bytes]]) -> None:
        for tile, data in made:
            self._put(tile.path, data)
            self._tiles.append(tile)

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return
        self._put(name, text.encode())
        os.replace(self._aside / name, path)
        _flush(self._folder)

    def _put(self, name: str, data: bytes) -> None:
        """Written aside, and on the disk."""
        path = self._aside / name
        if not self._aside.is_dir():
            _make(self._folder)
            self._aside.mkdir(mode=0o700)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def _make(folder: Path) -> None:
    """The folder is there, and stays."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush(folder.parent)


def _flush(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
