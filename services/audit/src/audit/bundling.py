"""The bundle of a case: all its streams in every log, proven under signed checkpoints (docs/reference/bundle.md).

A checkpoint commits which streams speak of the case, and the last version of every stream, so there is no race: first the
checkpoint, then each of the streams up to the version that it commits. What is younger belongs to a later bundle. The newest
checkpoint with the quorum of the witnesses is taken if it covers what was published of the case; where the witnesses cannot
be had in time, the newest without, and every verifier says that the bundle waits for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from corrections.common.v1.common_pb2 import EventMeta
from corrections.store.v1.store_pb2 import LogEntry
from eventcore.errors import Refused
from eventcore.openssl import ed25519_verify
from google.protobuf.message import DecodeError
from proofs.bundle import BundleEvent, BundleLog, BundleStream, CaseStreams, build_bundle, verify_bundle
from proofs.canonical import canonical, leaf_sha256
from proofs.maps import LogMaps
from proofs.note import NoteError
from proofs.tree import ProofError, Tree
from proofs.verify import HEADS_LINE, SUBJECTS_LINE, bucket_of, committed_root
from servicekit.deps import Deps

from audit.cosigning import Cosigning
from audit.domain.log import RULE
from audit.domain.logs import LOGS
from audit.keys import log_vkeys
from audit.queries import Queries
from audit.remote import RemoteLog, SignedCheckpoint, entry_place
from audit.trees import Trees, completed

_AT_ONCE = 8  # streams of one log that are asked for


@dataclass(frozen=True, slots=True)
class _Basis:
    """A signed checkpoint, tree and maps of its size."""

    signed: SignedCheckpoint
    tree: Tree
    maps: LogMaps


class Bundler:
    """Exports bundles. `logs`: the services whose logs speak of cases."""

    def __init__(
        self, deps: Deps, queries: Queries, trees: Trees, cosigning: Cosigning, logs: Collection[str]
    ) -> None:
        self._deps = deps
        self._cosigning = cosigning
        self._queries = queries
        self._trees = trees
        self._logs = sorted(logs)
        self._bases: dict[str, _Basis] = {}

    async def export(self, case_id: UUID) -> bytes:
        """The bundle, verified as an outsider would. Refused names the log, event or head that fails."""
        settings = self._deps.settings
        known = await self._queries.streams(case_id)
        ends = await self._queries.ends([stream for _, stream in known])
        made = await asyncio.gather(
            *(
                self._log(log, case_id, {stream for name, stream in known if name == log}, ends.get(log, 0))
                for log in self._logs
            )
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

    async def _log(self, log: str, case_id: UUID, published: Collection[UUID], end: int) -> BundleLog | None:
        """What the log says of the case, also that it says nothing; None where the log has no checkpoint at all."""
        remote = RemoteLog(self._deps.peers, log)
        try:
            basis = await self._basis(remote, end)
        except NoteError as error:
            raise _not_provable(log, "CHECKPOINT_UNREADABLE", str(error)) from error
        if basis is None:
            if published:
                raise _not_provable(log, "CHECKPOINT_MISSING", "日志没有检查点")
            return None
        subjects = basis.maps.subjects
        committed = tuple(UUID(bytes=stream) for stream in subjects.streams(case_id.bytes))
        named = CaseStreams(subjects.prove_subject(case_id.bytes), committed)
        streams = await self._streams(remote, basis, {*committed, *published})
        buckets = {bucket_of(stream.stream_id.bytes) for stream in streams}
        heads = tuple(basis.maps.heads.prove(bucket) for bucket in sorted(buckets))
        return BundleLog(log, basis.signed.note, named, heads, streams)

    async def _basis(self, remote: RemoteLog, end: int) -> _Basis | None:
        signed = await self._checkpoint(remote, end)
        if signed is None:
            return None
        known = self._bases.get(remote.service)
        if known is not None and known.signed.note == signed.note:
            return known
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
        maps = await self._trees.maps(remote.service, size, [entry_place(late[seq]) for seq in sorted(late)])
        if maps.heads.root() != committed_root(signed.checkpoint, HEADS_LINE):
            raise _not_provable(remote.service, "HEADS_DIFFER", "检查点所写的各流末版与已公布的事件不符")
        if maps.subjects.root() != committed_root(signed.checkpoint, SUBJECTS_LINE):
            raise _not_provable(remote.service, "SUBJECTS_DIFFER", "检查点所写的各案事件流与已公布的事件不符")
        made = self._bases[remote.service] = _Basis(signed, whole, maps)
        return made

    async def _checkpoint(self, remote: RemoteLog, min_size: int) -> SignedCheckpoint | None:
        """The newest with the quorum, if it is as long; else, after the witnesses were asked, the newest there is."""
        for ask in (False, True):
            if ask:
                await self._cosigning.cosign(remote.service)
            cosigned = await self._cosigning.newest(remote.service)
            if cosigned is not None and cosigned.checkpoint.size >= min_size:
                return cosigned
        return await remote.checkpoint()

    async def _streams(
        self, remote: RemoteLog, basis: _Basis, streams: Collection[UUID]
    ) -> tuple[BundleStream, ...]:
        """Each stream up to the version that the checkpoint commits, without those of which it commits none."""
        versions = {stream: basis.maps.heads.version(stream.bytes) for stream in sorted(streams)}
        wanted = {stream: version for stream, version in versions.items() if version}
        few = asyncio.Semaphore(_AT_ONCE)

        async def read(stream: UUID, version: int) -> BundleStream:
            async with few:
                entries = await remote.stream(stream, version)
            size = basis.signed.checkpoint.size
            return BundleStream(
                stream, tuple(_event(remote.service, entry, basis.tree, size) for entry in entries)
            )

        return tuple(await asyncio.gather(*(read(*one) for one in wanted.items())))


def _event(log: str, entry: LogEntry, tree: Tree, size: int) -> BundleEvent:
    try:
        version = EventMeta.FromString(entry.meta).version
        inclusion = tuple(tree.inclusion(entry.seq, size))
    except (DecodeError, ProofError) as error:
        raise _not_provable(log, "META_UNREADABLE", str(error), entry.seq) from error
    return BundleEvent(entry.seq, version, entry.meta, entry.data, inclusion)


def _leaf(entry: LogEntry) -> bytes:
    return leaf_sha256(canonical(entry.meta, entry.data))


def _not_provable(log: str, finding: str, text: str, seq: int | None = None) -> Refused:
    facts = {"log": log, "finding": finding, "text": text, "seq": "" if seq is None else str(seq)}
    return Refused("CASE_NOT_PROVABLE", rule=RULE, **facts)
