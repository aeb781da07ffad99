"""A service's log filled by hand, for tests of projections, consumers and process managers on a real database.

    log = TestLog(dsn, installation="guitu-test", service="intake")
    log.write("case/1", CaseOpened(...)); log.sequence()

It writes through the store's own functions, so versions, leaves and fences are those of production.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from uuid import UUID, uuid5

import psycopg
from corrections.store.v1.store_pb2 import LogEntry
from google.protobuf.message import Message
from proofs.canonical import leaf_pair
from psycopg.rows import TupleRow

from eventcore import ids, meta, readers
from eventcore.decider import Caller
from eventcore.migrate import migrate

_APPEND = """
select es.append1_v1(%s::uuid, %s::bytea, %s::bytea, %s::uuid, %s::text, %s::bigint, %s::text, %s::uuid,
  %s::timestamptz, %s::timestamptz, %s::bytea, %s::bytea, %s::text, %s::bytea, %s::bytea)
"""


class TestLog:
    """Writes events of one service and hands out what its StoreService would."""

    __test__ = False  # no test class, whatever its name begins with

    def __init__(
        self,
        dsn: str,
        *,
        installation: str,
        service: str,
        packages: Sequence[str] = (),
        simulated_clock: bool = False,
    ) -> None:
        self.dsn = dsn
        self.installation = installation
        self.service = service
        self.conn: psycopg.Connection[TupleRow] = psycopg.connect(dsn, autocommit=True)
        migrate(self.conn, service=service, packages=packages, simulated_clock=simulated_clock)
        self._requests = count(1)
        self._versions: dict[UUID, int] = {}

    def stream(self, name: str) -> UUID:
        """Stream id of "category/key"."""
        category, _, key = name.partition("/")
        return ids.stream_id(self.installation, self.service, category, key)

    def subject(self, name: str) -> UUID:
        """Subject that events of the stream are about."""
        return uuid5(self.stream(name), "subject")

    def write(
        self,
        name: str,
        *events: Message,
        occurred_at: datetime | None = None,
        trace: str | None = None,
        corrects: UUID | None = None,
    ) -> UUID:
        """The events are stored behind the others of the stream "category/key", not yet sequenced; its stream id."""
        stream_id = self.stream(name)
        for event in events:
            self._append(name, stream_id, event, occurred_at, trace, corrects)
        return stream_id

    def sequence(self) -> int:
        """Every event stored so far has its number; answers the length of the log. The tree does not grow."""
        with self.conn.transaction():
            self.conn.execute("select from es.sequence_v1(100000)")
        return readers.log_end(self.conn)

    def fetch_missing(self, _service: str, stream_id: UUID, first: int, last: int) -> list[LogEntry]:
        """As the store answers another service: sequenced events of a stream; LookupError when it has none."""
        found = readers.stream(self.conn, stream_id, from_version=first)
        if not found:
            raise LookupError(f"no stream {stream_id}")
        return [
            LogEntry(
                seq=r.seq,
                meta=r.meta,
                data=r.data,
                leaf_sha256=r.leaf_sha256,
                leaf_sm3=r.leaf_sm3,
                trace=r.trace,
            )
            for r in found
            if r.version <= last
        ]

    def list_heads(self, _service: str, after: UUID | None) -> list[tuple[UUID, int]]:
        """As the store answers another service: one page of heads."""
        return readers.heads(self.conn, after=after, limit=100)

    def set_clock(self, now: datetime) -> None:
        """The simulated clock shows this instant."""
        self.conn.execute("update es.simulated_clock set now = %s", (now,))

    def close(self) -> None:
        """The connection is closed."""
        self.conn.close()

    def _append(
        self,
        name: str,
        stream_id: UUID,
        event: Message,
        occurred_at: datetime | None,
        trace: str | None,
        corrects: UUID | None,
    ) -> None:
        row = self.conn.execute("select es.now()").fetchone()
        assert row is not None, "es.now() answers"
        now: datetime = row[0]
        version = self._versions.get(stream_id, 0) + 1
        request = uuid5(stream_id, f"request {next(self._requests)}")
        built = meta.build(
            event,
            origin=meta.Origin(self.service, Caller("tester", "330203", "COUNTY_CCI", "test"), request, None, "", ""),
            stream=stream_id,
            version=version,
            subject=self.subject(name),
            occurred_at=occurred_at or now,
            recorded_at=now,
            corrects=corrects,
        )  # fmt: skip
        head, data = built.SerializeToString(deterministic=True), event.SerializeToString(deterministic=True)
        self.conn.execute(
            _APPEND,
            (request, hashlib.sha256(data).digest(), b"", stream_id, name.partition("/")[0], version - 1, built.type,
             self.subject(name), occurred_at or now, now, head, data, trace, *leaf_pair(head, data)),
        )  # fmt: skip
        self._versions[stream_id] = version
