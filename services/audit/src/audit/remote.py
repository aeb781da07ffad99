"""The log of a service as that service hands it out now, over its StoreService."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import grpc
from corrections.common.v1.common_pb2 import EventMeta
from corrections.store.v1 import store_pb2, store_pb2_grpc
from proofs.maps import Entry
from proofs.note import Checkpoint, parse_checkpoint, split_note
from proofs.tree import HashName
from servicekit.peers import AsyncPeers

_PAGE = 2000
_NOT_FOUND = grpc.StatusCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the note that signs it; the signature is not verified yet."""

    note: str
    checkpoint: Checkpoint


def entry_place(entry: store_pb2.LogEntry) -> Entry:
    """What an entry adds to the log's maps, as its metadata says."""
    meta = EventMeta.FromString(entry.meta)
    return meta.stream_id, meta.version, (meta.subject, *meta.about)


class RemoteLog:
    """One service's log. Errors of the call are grpc.RpcError."""

    def __init__(self, peers: AsyncPeers, service: str) -> None:
        self.service = service
        self._store = store_pb2_grpc.StoreServiceStub(peers.channel(service))

    async def checkpoint(self, min_size: int = 0, *, tree: HashName = "sha256") -> SignedCheckpoint | None:
        """The newest checkpoint of at least this size; None when the log has none at all. NoteError."""
        request = store_pb2.GetCheckpointRequest(min_size=min_size, tree=tree)
        try:
            answer = await self._store.GetCheckpoint(request)
        except grpc.aio.AioRpcError as error:
            if error.code() == _NOT_FOUND:
                return None
            raise
        return SignedCheckpoint(answer.note, parse_checkpoint(split_note(answer.note)[0]))

    async def add_cosignatures(self, tree: HashName, note: str) -> bool:
        """The service has the note's cosignatures; whether it counts the quorum as reached."""
        request = store_pb2.AddCosignaturesRequest(tree=tree, note=note)
        return (await self._store.AddCosignatures(request)).cosigned

    async def entries(self, from_seq: int, end: int) -> dict[int, store_pb2.LogEntry]:
        """What is stored at the positions [from_seq, end), by position; a position may be missing."""
        found: dict[int, store_pb2.LogEntry] = {}
        for start in range(from_seq, end, _PAGE):
            request = store_pb2.ReadLogRequest(from_seq=start, limit=min(_PAGE, end - start))
            async for page in self._store.ReadLog(request):
                found.update((entry.seq, entry) for entry in page.entries)
        return found

    async def stream(self, stream_id: UUID, version: int) -> list[store_pb2.LogEntry]:
        """The stream's entries up to a version, as far as they are stored."""
        found: list[store_pb2.LogEntry] = []
        while len(found) < version:
            request = store_pb2.ReadStreamRequest(stream_id=str(stream_id), from_version=len(found) + 1)
            page = (await self._store.ReadStream(request)).entries
            if not page:
                break
            found.extend(page)
        return found[:version]

    async def streams(self, stream_ids: Collection[UUID]) -> dict[UUID, list[store_pb2.LogEntry]]:
        """The entries of each of the streams, as far as they are stored."""
        found: dict[UUID, list[store_pb2.LogEntry]] = {}
        request = store_pb2.ReadStreamsRequest(stream_ids=[str(one) for one in stream_ids])
        async for page in self._store.ReadStreams(request):
            for entry in page.entries:
                stream = UUID(bytes=EventMeta.FromString(entry.meta).stream_id)
                found.setdefault(stream, []).append(entry)
        return found
