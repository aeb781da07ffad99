"""A service's log as files that any web server can hand out: checkpoint, tiles, entry bundles, key.

    <folder>/{checkpoint,log.vkey,sm2.vkey,tile/...}        the SHA-256 log
    <folder>/sm3/{checkpoint,log.vkey,sm2.vkey,tile/...}    the SM3 log over the same entries

The SM2 key has a file of its own: stock tools read one vkey from `log.vkey` and know Ed25519.

Nothing is believed: the checkpoint is verified with a pinned key, what the folder holds with the checkpoint it has,
and the new tiles reach the folder only when old tiles and new entries together give the new signed root. So a folder
holds one history, and the step from each published checkpoint to the next is proven.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import grpc
from corrections.store.v1 import store_pb2, store_pb2_grpc
from eventcore.checkpoint import sm3_name
from eventcore.openssl import ed25519_verify
from proofs.canonical import EntryTooLarge, canonical
from proofs.note import (
    KIND_ED25519,
    Checkpoint,
    NoteError,
    VerifierKey,
    parse_checkpoint,
    split_note,
    verify_note,
)
from proofs.tiles import Growing, Tile
from proofs.tree import HashName, ProofError

TREES: Sequence[HashName] = ("sha256", "sm3")
_PAGE = 2000
_CALL_S = 30.0


class NotProven(Exception):
    """The log is not what its checkpoint says."""


class OtherHistory(Exception):
    """The folder holds another history than the log."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a folder holds of a log now, by tree: its checkpoint. `added`: entries that came with the call."""

    checkpoints: dict[HashName, Checkpoint]
    added: int


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


def publish(
    folder: Path, store: store_pb2_grpc.StoreServiceStub, keys: LogKeys, *, cosigned: bool = False
) -> Published:
    """The folder holds the log of a service up to its newest checkpoints, each tree for itself.

    cosigned: up to the newest that have the quorum of the witnesses.

    keys: the pinned keys of the SHA-256 log; the SM3 log is signed by the same under its own name. A log without a
    checkpoint leaves no file. Raises NotProven, OtherHistory: then the folder is as it was; grpc.RpcError.
    """
    places = {"sha256": folder, "sm3": folder / "sm3"}
    growing = [
        _Growth(places[tree], tree, keys.of(tree), note)
        for tree in TREES
        if (note := _newest(store, tree, cosigned)) is not None
    ]
    try:
        added = 0
        for seq, entries in _entries(store, growing):
            added += len(entries)
            for one in growing:
                one.add(seq, entries)
        for one in growing:
            one.close()
    finally:
        for one in growing:
            one.discard()
    return Published({one.tree: one.target for one in growing}, added)


def read_checkpoint(folder: Path, key: VerifierKey) -> Checkpoint | None:
    """The checkpoint that the folder of one tree holds, verified; None where there is none. OtherHistory.

    By the Ed25519 key alone: a folder of a release before the SM2 line is continued.
    """
    try:
        note = (folder / "checkpoint").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return _verified(note, LogKeys(key))
    except NotProven as error:
        raise OtherHistory(f"{folder}: {error}") from error


def _newest(store: store_pb2_grpc.StoreServiceStub, tree: HashName, cosigned: bool) -> str | None:
    request = store_pb2.GetCheckpointRequest(tree=tree, cosigned=cosigned)
    try:
        return store.GetCheckpoint(request, timeout=_CALL_S).note
    except grpc.RpcError as error:
        if isinstance(error, grpc.Call) and error.code() == grpc.StatusCode.NOT_FOUND:
            return None
        raise


def _verified(note: str, keys: LogKeys) -> Checkpoint:
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


def _entries(
    store: store_pb2_grpc.StoreServiceStub, growing: Sequence[_Growth]
) -> Iterator[tuple[int, list[bytes]]]:
    """The entries that some tree lacks, in order, with the position of each page's first."""
    seq = min((one.size for one in growing if one.size < one.target.size), default=0)
    end = max((one.target.size for one in growing if one.size < one.target.size), default=0)
    while seq < end:
        first = seq
        request = store_pb2.ReadLogRequest(from_seq=seq, limit=min(_PAGE, end - seq))
        for page in store.ReadLog(request, timeout=_CALL_S):
            yield seq, [_canonical(entry, seq + place) for place, entry in enumerate(page.entries)]
            seq += len(page.entries)
        if seq == first:
            raise NotProven(f"entry {seq} of {end} is missing")


def _canonical(entry: store_pb2.LogEntry, seq: int) -> bytes:
    if entry.seq != seq:
        raise NotProven(f"entry {seq} is missing, the next is {entry.seq}")
    try:
        return canonical(entry.meta, entry.data)
    except EntryTooLarge as error:
        raise NotProven(f"entry {seq}: {error}") from error


class _Growth:
    """One tree's folder on its way to a new checkpoint; what is new waits aside until all of it is proven."""

    def __init__(self, folder: Path, tree: HashName, keys: LogKeys, note: str) -> None:
        self.tree: HashName = tree
        self.target = _verified(note, keys)
        self._folder, self._keys, self._note = folder, keys, note
        self._aside = folder / f".new.{os.getpid()}"
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
            self._stage(self._edge.partials())
        # before the tiles: they are ours also if we are stopped among them
        self._write("log.vkey", f"{self._keys.ed25519}\n")
        if self._keys.sm2 is not None:
            self._write("sm2.vkey", f"{self._keys.sm2}\n")
        for tile in self._tiles:
            path = self._folder / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._aside / tile.path, path)
            if tile.is_full:  # nobody needs its beginnings any more
                shutil.rmtree(f"{path}.p", ignore_errors=True)
        self._write("checkpoint", self._note)

    def discard(self) -> None:
        """Nothing waits aside."""
        shutil.rmtree(self._aside, ignore_errors=True)

    def _ours(self) -> bool:
        named = self._folder / "log.vkey"
        return named.is_file() and named.read_text(encoding="utf-8") == f"{self._keys.ed25519}\n"

    def _read(self, path: str) -> bytes:
        return (self._folder / path).read_bytes()

    def _stage(self, made: Iterable[tuple[Tile, bytes]]) -> None:
        for tile, data in made:
            path = self._aside / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            self._tiles.append(tile)

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return
        self._aside.mkdir(parents=True, exist_ok=True)
        (self._aside / name).write_text(text, encoding="utf-8")
        os.replace(self._aside / name, path)
