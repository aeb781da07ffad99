"""What a service recorded of reads goes to audit's own log, in batches, each read once, whatever crashes.

A batch is formed and named in the database before it is sent, so that sending it again is the same request. Rows go when
audit has answered. While audit is away they wait: reading goes on, for it is recorded here.

What the key does not open (it was lost, or the row altered), or what audit will never take, stays where it is and is told in
the log of the process; the others go on. With the right key in its file the next start sends it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import UUID

import grpc
from corrections.audit.v1 import service_pb2 as pb
from corrections.audit.v1.events_pb2 import RecordRead
from corrections.audit.v1.service_pb2_grpc import AuditServiceStub
from eventcore import ids, meta
from eventcore.link import Connection, Link
from eventcore.texts import Unopenable
from google.protobuf.message import DecodeError

from servicekit import read_log
from servicekit.peers import PeerUnknown
from servicekit.sealing import FileKey, KeyUnknown

log = logging.getLogger(__name__)

BATCH = 100
_AGAIN_S = 2.0
_UUID_BYTES = 16
# sent again it would be refused again
_FOR_EVER = (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.ALREADY_EXISTS)
_OPEN = "select batch from es.read_record where batch is not null and batch <> all(%s) order by ord limit 1"
_WAITING = """
select ord, read_at, record from es.read_record where batch is null and ord <> all(%s) order by ord limit %s
"""
_FORM = "update es.read_record set batch = %s where ord = any(%s)"
_READ = "select read_at, record from es.read_record where batch = %s order by ord"
_DONE = "delete from es.read_record where batch = %s"


class ReadForwarding:
    """Sends the reads of one service. `audit`: the channel to audit; PeerUnknown where none is known. key: `waiting_key`."""

    def __init__(
        self, link: Link, audit: Callable[[], grpc.Channel], *, installation: str, service: str, key: FileKey
    ) -> None:
        self._link = link
        self._key = key
        self._audit = audit
        self._installation = installation
        self._service = service
        self._not_before = 0.0
        self._kept_batches: list[UUID] = []
        self._kept: list[int] = []

    def turn(self) -> int:
        """A batch is in audit's log; answers the number of its reads, 0 when none waits or audit is away."""
        if time.monotonic() < self._not_before:
            return 0
        conn = self._link.conn
        batch = self._batch(conn)
        if batch is None:
            return 0
        rows = conn.execute(_READ, (batch,)).fetchall()
        reads = [
            pb.ReadAt(at=meta.timestamp(at), read=read)
            for at, record in rows
            if (read := self._opened(record)) is not None
        ]
        if len(reads) < len(rows):
            # it may have been sent before: without all of its reads it would be another request of the same name
            return self._keep(batch, len(rows))
        try:
            AuditServiceStub(self._audit()).RecordReads(
                pb.RecordReadsRequest(request_id=str(batch), reads=reads), timeout=10.0
            )
        except (grpc.RpcError, PeerUnknown) as error:
            if isinstance(error, grpc.Call) and error.code() in _FOR_EVER:
                return self._keep(batch, len(rows))
            said = error.code().name if isinstance(error, grpc.Call) else type(error).__name__
            log.warning("reads wait for audit: batch=%s error=%s", batch, said)
            self._not_before = time.monotonic() + _AGAIN_S
            return 0
        conn.execute(_DONE, (batch,))
        return len(rows)

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()

    def _batch(self, conn: Connection) -> UUID | None:
        row = conn.execute(_OPEN, (self._kept_batches,)).fetchone()
        if row is not None:
            return row[0]
        while waiting := conn.execute(_WAITING, (self._kept, BATCH)).fetchall():
            formed = [(ord_, at) for ord_, at, record in waiting if self._opened(record) is not None]
            kept = sorted({ord_ for ord_, *_ in waiting} - {ord_ for ord_, _ in formed})
            if kept:
                self._kept += kept
                self._alarm(f"from={kept[0]} to={kept[-1]}", len(kept))
            if formed:
                first, read_at = formed[0]
                named = ids.derived(
                    self._installation, "reads", self._service, str(first), read_at.isoformat()
                )
                conn.execute(_FORM, (named, [ord_ for ord_, _ in formed]))
                return named
        return None

    def _keep(self, batch: UUID, reads: int) -> int:
        self._kept_batches.append(batch)
        self._alarm(f"batch={batch}", reads)
        return reads

    def _opened(self, record: bytes) -> RecordRead | None:
        """The read; None for what cannot be opened, and for what no service writes of itself."""
        try:
            read = read_log.opened(record, self._key)
        except (KeyUnknown, Unopenable, DecodeError):
            return None
        own = read.service == self._service and len(read.cases) % _UUID_BYTES == 0
        return read if own else None

    def _alarm(self, which: str, reads: int) -> None:
        log.critical(
            "reads cannot be sent and are kept: service=%s %s reads=%d remedy=%s",
            self._service, which, reads, "restore the file of the key and start again; else they were altered",
        )  # fmt: skip
