"""The StoreService of every service: its log as sequenced, its positions, its parked cases.

Only sequenced events leave the service, so what was handed out never changes (eventstore.md section 5).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from uuid import UUID

import grpc
from corrections.store.v1 import store_pb2, store_pb2_grpc
from eventcore import meta, parking, positions, readers
from eventcore.decider import Caller
from eventcore.errors import Invalid, NotFound
from eventcore.link import Link
from eventcore.store import Pool
from eventcore.unpark import UnknownReader, Unparker
from psycopg.rows import TupleRow

from servicekit import paging
from servicekit.calls import caller_of
from servicekit.checks import time_remaining
from servicekit.cosigning import Cosigning
from servicekit.errors import Denied, Unavailable
from servicekit.logs import log
from servicekit.work_items import WorkItems

Context = grpc.aio.ServicerContext

# A page of ReadLog stays below the 4 MB that a client reads by default.
PAGE_BYTES = 2 * 1024 * 1024
PAGE_ROWS = 200
STREAM_BYTES = 16 * 1024 * 1024
MOST_HEADS = 10_000
CHECKPOINT_WAIT_S = 10.0
POLL_S = 0.02

_LAG = """
select coalesce(extract(epoch from es.now() - min(e.recorded_at)), 0)::double precision
from es.event e, es.sequencer s
where (e.gen, e.xid, e.ord) > (s.gen, s.xid, s.ord)
"""
_STOP = "select es.stop_v1(%(id)s, %(seq)s, %(finding)s)"
_REOPEN = "select es.reopen_v1(%(id)s)"
_AUDIT = "/service/audit"  # the one service that compares logs with what was published
_HOLDER = "select pid, application_name from es.xmin_holder_v1()"


def _require_audit(caller: Caller) -> None:
    if not caller.actor.endswith(_AUDIT):
        said = "only audit stops and reopens streams"
        raise Denied(grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED", said, role=caller.role)


class StoreServicer(WorkItems, store_pb2_grpc.StoreServiceServicer):
    """`link` is a connection of its own for what eventcore offers synchronously; one call at a time uses it."""

    def __init__(self, *, pool: Pool, link: Link, unparker: Unparker, cosigning: Cosigning) -> None:
        super().__init__(link)
        self._cosigning = cosigning
        self._pool = pool
        self._unparker = unparker

    async def ReadLog(
        self, request: store_pb2.ReadLogRequest, context: Context[object, object]
    ) -> AsyncIterator[store_pb2.ReadLogResponse]:
        """Pages of the log up to its end as of the call."""
        del context
        end = await self._log_end()
        if request.limit:
            end = min(end, request.from_seq + request.limit)
        seq = request.from_seq
        while seq < end:
            parameters = {"from_seq": seq, "limit": min(PAGE_ROWS, end - seq)}
            page = _bounded([_entry(r) for r in await self._fetch(readers.LOG_PAGE, parameters)], PAGE_BYTES)
            if page:
                yield store_pb2.ReadLogResponse(entries=page)
            # The log has no holes, unless somebody made one: whoever verifies it must be able to read on.
            seq = page[-1].seq + 1 if page else seq + PAGE_ROWS

    async def ReadStream(
        self, request: store_pb2.ReadStreamRequest, context: Context[object, object]
    ) -> store_pb2.ReadStreamResponse:
        """Sequenced events of a stream; of a very long one the first part, the caller asks again from there."""
        del context
        size = await self._log_end()
        parameters = {
            "stream_id": UUID(request.stream_id),
            "from_version": max(1, request.from_version),
            "log_size": size,
        }
        entries = [_entry(r) for r in await self._fetch(readers.STREAM, parameters)]
        return store_pb2.ReadStreamResponse(entries=_bounded(entries, STREAM_BYTES), log_size=size)

    async def ReadStreams(
        self, request: store_pb2.ReadStreamsRequest, context: Context[object, object]
    ) -> AsyncIterator[store_pb2.ReadStreamsResponse]:
        """Pages of the streams, each below what a client reads at once."""
        del context
        parameters = {
            "stream_ids": [UUID(one) for one in request.stream_ids],
            "log_size": await self._log_end(),
        }
        entries = [_entry(r) for r in await self._fetch(readers.STREAMS, parameters)]
        while entries:
            page = _bounded(entries, PAGE_BYTES)
            yield store_pb2.ReadStreamsResponse(entries=page)
            entries = entries[len(page) :]

    async def ListHeads(
        self, request: store_pb2.ListHeadsRequest, context: Context[object, object]
    ) -> store_pb2.ListHeadsResponse:
        """One page of heads after a stream."""
        del context
        if request.page_size > MOST_HEADS:
            raise Invalid("page_size", f"got {request.page_size}, want at most {MOST_HEADS}")
        try:
            after = UUID(request.after) if request.after else None
        except ValueError:
            raise Invalid("after", "is no UUID") from None
        rows = await self._fetch(readers.HEADS, {"after": after, "limit": request.page_size or 1000})
        heads = [store_pb2.Head(stream_id=str(stream), version=version) for stream, version in rows]
        return store_pb2.ListHeadsResponse(heads=heads)

    async def GetCheckpoint(
        self, request: store_pb2.GetCheckpointRequest, context: Context[object, object]
    ) -> store_pb2.GetCheckpointResponse:
        """The newest checkpoint, of those with the quorum where they are asked for; waits for one that covers
        `min_size`, UNAVAILABLE when it does not come in time.
        """
        statement = (
            readers.COSIGNED if request.cosigned and not self._cosigning.unwitnessed else readers.CHECKPOINT
        )
        remaining = time_remaining(context) or CHECKPOINT_WAIT_S
        until = asyncio.get_running_loop().time() + min(CHECKPOINT_WAIT_S, remaining * 0.8)
        while True:
            rows = await self._fetch(statement, {"tree": request.tree or "sha256"})
            if rows and rows[0][0] >= request.min_size:
                return store_pb2.GetCheckpointResponse(note=rows[0][2])
            if not rows and not request.min_size:
                raise NotFound
            if asyncio.get_running_loop().time() > until:
                raise Unavailable(f"no checkpoint of size {request.min_size} yet")
            await asyncio.sleep(POLL_S)

    async def AddCosignatures(
        self, request: store_pb2.AddCosignaturesRequest, context: Context[object, object]
    ) -> store_pb2.AddCosignaturesResponse:
        """The checkpoint bears the cosignatures; whether it has the quorum."""
        del context
        met = await self._cosigning.add(request.tree or "sha256", request.note)
        return store_pb2.AddCosignaturesResponse(cosigned=met)

    async def StopStream(
        self, request: store_pb2.StopStreamRequest, context: Context[object, object]
    ) -> store_pb2.StopStreamResponse:
        """The stream is read-only, also after a restart; one that was is so for its first reason."""
        _require_audit(caller_of(context))
        await self._fetch(
            _STOP, {"id": UUID(request.stream_id), "seq": request.seq, "finding": request.finding}
        )
        log().error("stream.stopped", stream=request.stream_id, seq=request.seq, finding=request.finding)
        return store_pb2.StopStreamResponse()

    async def ReopenStream(
        self, request: store_pb2.ReopenStreamRequest, context: Context[object, object]
    ) -> store_pb2.ReopenStreamResponse:
        """The stream may be written again."""
        _require_audit(caller_of(context))
        await self._fetch(_REOPEN, {"id": UUID(request.stream_id)})
        return store_pb2.ReopenStreamResponse()

    async def GetPositions(
        self, request: store_pb2.GetPositionsRequest, context: Context[object, object]
    ) -> store_pb2.GetPositionsResponse:
        """Durable positions of everything that reads or waits, and who holds the sequencer back."""
        del request, context
        now = await self.blocking(positions.positions)
        [(lag,)] = await self._fetch(_LAG, {})
        holder = await self._fetch(_HOLDER, {}) if now.stored > now.log_end else []
        return store_pb2.GetPositionsResponse(
            stored=now.stored,
            log_end=now.log_end,
            readers=[
                store_pb2.Reader(name=name, seq=seq)
                for name, seq in (("relay", now.relay), *sorted(now.projections.items()))
            ],
            offsets=[
                store_pb2.ConsumerOffset(consumer=c, topic=p.topic, partition=p.partition, next=offset)
                for (c, p), offset in sorted(now.offsets.items())
            ],
            open_commands=now.open_commands,
            due_deadlines=now.due_deadlines,
            parked=now.parked,
            now=meta.timestamp(now.now),
            sequencer_lag_seconds=max(0.0, lag),
            xmin_holder=f"{holder[0][0]} {holder[0][1]}" if holder else "",
            refusals=now.refusals,
            dead_letters=now.dead_letters,
            stopped=now.stopped,
        )

    async def ListParked(
        self, request: store_pb2.ListParkedRequest, context: Context[object, object]
    ) -> store_pb2.ListParkedResponse:
        """A page of the records that wait, oldest first."""
        del context
        page = paging.page_of(
            request,
            parts=(paging.instant, str, str, UUID, int),
            first=parking.FIRST_PARKED,
            key=_key,
        )
        found = await self.blocking(lambda conn: parking.list_parked(conn, page.after, page.limit))
        rows, token = page.cut(found)
        return store_pb2.ListParkedResponse(
            next_page_token=token,
            parked=[
                store_pb2.Parked(
                    consumer=p.consumer,
                    source=p.source,
                    stream_id=str(p.stream_id),
                    version=p.version,
                    error=p.error,
                    attempts=p.attempts,
                    since=meta.timestamp(p.since),
                )
                for p in rows
            ],
        )

    async def Unpark(
        self, request: store_pb2.UnparkRequest, context: Context[object, object]
    ) -> store_pb2.UnparkResponse:
        """The stream was replayed in order, up to its end or to the first record that still fails."""
        del context
        stream = UUID(request.stream_id)
        try:
            async with self.lock:
                done = await asyncio.to_thread(
                    self._unparker.unpark, request.consumer, request.source, stream
                )
        except UnknownReader:
            raise NotFound from None
        return store_pb2.UnparkResponse(replayed=done.replayed, remaining=done.remaining)

    async def _log_end(self) -> int:
        [(end,)] = await self._fetch(readers.LOG_END, {})
        return end

    async def _fetch(self, statement: str, parameters: Mapping[str, object]) -> list[TupleRow]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(statement.encode(), parameters)
            return await cursor.fetchall()


def _key(one: parking.Parked) -> tuple[object, ...]:
    return one.since, one.consumer, one.source, one.stream_id, one.version


def _entry(row: TupleRow) -> store_pb2.LogEntry:
    record = readers.record(row)
    return store_pb2.LogEntry(
        seq=record.seq,
        meta=record.meta,
        data=record.data,
        leaf_sha256=record.leaf_sha256,
        leaf_sm3=record.leaf_sm3,
        trace=record.trace,
    )


def _bounded(entries: list[store_pb2.LogEntry], limit: int) -> list[store_pb2.LogEntry]:
    """The first entries, together below the limit, at least one where there is one."""
    total, kept = 0, list[store_pb2.LogEntry]()
    for entry in entries:
        total += entry.ByteSize()
        if kept and total > limit:
            break
        kept.append(entry)
    return kept
