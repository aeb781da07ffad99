"""A service's log as files that any web server can hand out: checkpoint, tiles, entry bundles, key.

    <folder>/{checkpoint,log.vkey,sm2.vkey,tile/...}        the SHA-256 log
    <folder>/sm3/{checkpoint,log.vkey,sm2.vkey,tile/...}    the SM3 log over the same entries

The SM2 key has a file of its own: stock tools read one vkey from `log.vkey` and know Ed25519.

Nothing is believed: the checkpoint is verified with a pinned key, what the folder holds with the checkpoint it has,
and the new tiles reach the folder only when old tiles and new entries together give the new signed root. So a folder
holds one history, and the step from each published checkpoint to the next is proven.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import grpc
from corrections.store.v1 import store_pb2, store_pb2_grpc
from proofs.canonical import EntryTooLarge, canonical
from proofs.note import Checkpoint
from proofs.tree import HashName

from servicekit.tile_folder import Busy, Growth, LogKeys, NotProven, OtherHistory, only_writer

__all__ = ["TREES", "Busy", "LogKeys", "NotProven", "OtherHistory", "Published", "only_writer", "publish"]

TREES: Sequence[HashName] = ("sha256", "sm3")
_PAGE = 2000
_CALL_S = 30.0


@dataclass(frozen=True, slots=True)
class Published:
    """What a folder holds of a log now, by tree: its checkpoint. `added`: entries that came with the call."""

    checkpoints: dict[HashName, Checkpoint]
    added: int


def publish(
    folder: Path, store: store_pb2_grpc.StoreServiceStub, keys: LogKeys, *, cosigned: bool = False
) -> Published:
    """The folder holds the log of a service up to its newest checkpoints, each tree for itself.

    cosigned: up to the newest that have the quorum of the witnesses.

    keys: the pinned keys of the SHA-256 log; the SM3 log is signed by the same under its own name. A log without a
    checkpoint leaves no file. Raises NotProven, OtherHistory: then the folder is as it was; Busy; grpc.RpcError.
    """
    if not folder.is_dir() and not any(_newest(store, tree, cosigned) for tree in TREES):
        return Published({}, 0)
    with only_writer(folder):
        return _publish(folder, store, keys, cosigned)


def _publish(
    folder: Path, store: store_pb2_grpc.StoreServiceStub, keys: LogKeys, cosigned: bool
) -> Published:
    places = {"sha256": folder, "sm3": folder / "sm3"}
    growing = [
        Growth(places[tree], tree, keys.of(tree), note)
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


def _newest(store: store_pb2_grpc.StoreServiceStub, tree: HashName, cosigned: bool) -> str | None:
    request = store_pb2.GetCheckpointRequest(tree=tree, cosigned=cosigned)
    try:
        return store.GetCheckpoint(request, timeout=_CALL_S).note
    except grpc.RpcError as error:
        if isinstance(error, grpc.Call) and error.code() == grpc.StatusCode.NOT_FOUND:
            return None
        raise


def _entries(
    store: store_pb2_grpc.StoreServiceStub, growing: Sequence[Growth]
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
