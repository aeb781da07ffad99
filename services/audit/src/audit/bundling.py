"""The bundle of a case: all its streams in every log, proven under signed checkpoints (docs/reference/bundle.md).

The order makes it free of races: the checkpoint, then each stream's signed head, then its events up to that head.
A head is thus never older than the checkpoint; where an event is younger than it, a newer checkpoint is taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from corrections.common.v1.common_pb2 import EventMeta
from corrections.store.v1.store_pb2 import LogEntry
from eventcore import ids
from eventcore.errors import Refused
from eventcore.openssl import ed25519_verify
from google.protobuf.message import DecodeError
from proofs.bundle import BundleEvent, BundleLog, BundleStream, build_bundle, verify_bundle
from proofs.canonical import canonical, leaf_sha256
from proofs.note import NoteError
from proofs.tree import ProofError, Tree
from servicekit.deps import Deps
from servicekit.errors import Unavailable

from audit.domain.log import RULE
from audit.domain.logs import LOGS
from audit.keys import log_vkeys
from audit.queries import Queries
from audit.remote import RemoteLog, SignedCheckpoint
from audit.trees import Trees, completed

TRIES = 6


class _Younger(Exception):
    """An event is younger than the checkpoint; `size` is that of a log that holds it."""

    def __init__(self, size: int) -> None:
        super().__init__(f"want a checkpoint of {size}")
        self.size = size


@dataclass(frozen=True, slots=True)
class _Basis:
    """A signed checkpoint, the tree that covers it, and streams of the case that were not published yet."""

    signed: SignedCheckpoint
    tree: Tree
    late: frozenset[UUID]


class Bundler:
    """Exports bundles. `logs`: the services whose logs speak of cases."""

    def __init__(self, deps: Deps, queries: Queries, trees: Trees, logs: Collection[str]) -> None:
        self._deps = deps
        self._queries = queries
        self._trees = trees
        self._logs = sorted(logs)

    async def export(self, case_id: UUID) -> bytes:
        """The bundle, verified as an outsider would. Refused names the log, event or head that fails."""
        settings = self._deps.settings
        known = await self._queries.streams(case_id)
        streams = {
            log: {stream for service, stream in known if service == log}
            | {ids.stream_id(settings.installation, log, "case", str(case_id))}
            for log in self._logs
        }
        made = await asyncio.gather(
            *(self._log(log, case_id, streams[log], {s for n, s in known if n == log}) for log in self._logs)
        )
        parts = [part for part in made if part is not None]
        bundle = build_bundle(settings.installation, case_id, made_at=await self._queries.now(), logs=parts)
        keys = log_vkeys(settings.home, settings.installation, LOGS)
        report = await asyncio.to_thread(
            verify_bundle, bundle, keys, case_id=case_id, signature_check=ed25519_verify
        )
        if report.findings:
            first = report.findings[0]
            raise _not_provable(first.service, first.code, first.text("zh"), first.seq)
        return bundle

    async def _log(
        self, log: str, case_id: UUID, streams: set[UUID], published: Collection[UUID]
    ) -> BundleLog | None:
        """What the log says of the case; None where it says nothing."""
        remote, min_size = RemoteLog(self._deps.peers, log), 0
        for _ in range(TRIES):
            try:
                basis = await self._basis(remote, case_id, min_size)
                if basis is None:
                    if published:
                        raise _not_provable(log, "CHECKPOINT_MISSING", "日志没有检查点")
                    return None
                found = [
                    await self._stream(remote, basis, stream, expected=stream in published)
                    for stream in sorted(streams | basis.late)
                ]
            except _Younger as younger:
                min_size = younger.size
                continue
            except NoteError as error:
                raise _not_provable(log, "CHECKPOINT_UNREADABLE", str(error)) from error
            parts = tuple(stream for stream in found if stream is not None)
            return BundleLog(log, basis.signed.note, parts) if parts else None
        raise Unavailable(f"{log} grows faster than its checkpoints")

    async def _basis(self, remote: RemoteLog, case_id: UUID, min_size: int) -> _Basis | None:
        signed = await remote.checkpoint(min_size)
        if signed is None:
            return None
        size = signed.checkpoint.size
        tree = await self._trees.published(remote.service)
        late = await remote.entries(tree.size, size)
        missing = [seq for seq in range(tree.size, size) if seq not in late]
        if missing:
            raise _not_provable(remote.service, "EVENT_MISSING", "日志缺少事件", missing[0])
        new = [_leaf(late[seq]) for seq in range(tree.size, size)]
        whole = completed(tree, new)
        if whole.root(size) != signed.checkpoint.root:
            raise _not_provable(remote.service, "ROOT_DIFFERS", "检查点与已公布的事件不符")
        return _Basis(signed, whole, frozenset(_about(case_id, late)))

    async def _stream(
        self, remote: RemoteLog, basis: _Basis, stream: UUID, *, expected: bool
    ) -> BundleStream | None:
        signed = await remote.head(stream)
        if signed is None:
            if expected:
                raise _not_provable(remote.service, "STREAM_MISSING", f"事件流 {stream} 不在日志中")
            return None
        entries = await remote.stream(stream, signed.head.version)
        size = basis.signed.checkpoint.size
        if any(entry.seq >= size for entry in entries):
            raise _Younger(signed.head.size)
        events = tuple(_event(remote.service, entry, basis.tree, size) for entry in entries)
        return BundleStream(stream, signed.note, events)


def _event(log: str, entry: LogEntry, tree: Tree, size: int) -> BundleEvent:
    try:
        version = EventMeta.FromString(entry.meta).version
        inclusion = tuple(tree.inclusion(entry.seq, size))
    except (DecodeError, ProofError) as error:
        raise _not_provable(log, "META_UNREADABLE", str(error), entry.seq) from error
    return BundleEvent(entry.seq, version, entry.meta, entry.data, inclusion)


def _leaf(entry: LogEntry) -> bytes:
    return leaf_sha256(canonical(entry.meta, entry.data))


def _about(case_id: UUID, entries: Mapping[int, LogEntry]) -> set[UUID]:
    metas = (EventMeta.FromString(entry.meta) for entry in entries.values())
    return {UUID(bytes=meta.stream_id) for meta in metas if meta.subject == case_id.bytes}


def _not_provable(log: str, finding: str, text: str, seq: int | None = None) -> Refused:
    facts = {"log": log, "finding": finding, "text": text, "seq": "" if seq is None else str(seq)}
    return Refused("CASE_NOT_PROVABLE", rule=RULE, **facts)
