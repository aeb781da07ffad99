"""The recorder suite of the `eventsourcing` library (BSD-3) against our store, through an adapter.

Their versions may start at 0, ours start at 1; their notification ids start at 1, our positions at 0.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from uuid import UUID, uuid5

import psycopg
import pytest
from corrections.common.v1.common_pb2 import EventMeta
from devstack.testing import Database
from eventcore import append, ids, meta
from eventcore.append import Append, Head, NewEvent
from eventcore.errors import Conflict
from eventcore.link import Connection
from eventcore.migrate import migrate, options
from eventcore.sequencer import number
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
    Subscription,
)
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)
from proofs.canonical import leaf_pair
from psycopg_pool import ConnectionPool

SERVICE = "education"
SUBJECT = UUID(int=1)


class OurAggregateRecorder(AggregateRecorder):
    """Streams only: what it writes has no position yet."""

    def __init__(self, database: Database, pool: ConnectionPool[Connection]) -> None:
        self._database = database
        self._pool = pool

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: object) -> Sequence[int] | None:
        self._append(stored_events)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        query = """
        select version - 1, type, data from es.event
        where stream_id = %s and version - 1 > coalesce(%s::bigint, -1)
          and version - 1 <= coalesce(%s::bigint, 9223372036854775806)
        order by case when %s then -version else version end limit %s
        """
        with self._pool.connection() as connection:
            rows = connection.execute(query, [originator_id, gt, lte, desc, limit]).fetchall()
        return [StoredEvent(originator_id, version, topic, data) for version, topic, data in rows]

    def _append(self, stored: Sequence[StoredEvent]) -> None:
        if not stored:
            return
        first: dict[UUID, int] = {}
        for event in stored:
            first.setdefault(_uuid(event.originator_id), event.originator_version)
        with self._pool.connection() as connection:
            now = connection.execute("select es.now()").fetchone()
            assert now is not None
            heads = tuple(Head(stream, "test", version, now[0]) for stream, version in first.items())
            one = Append(*_request(stored), b"", heads, tuple(_events(stored, heads)))
            statement, parameters = append.call([one])
            try:
                connection.execute(statement, parameters)
            except psycopg.Error as error:
                refusal = append.translated(error)
                if isinstance(refusal, Conflict):
                    raise IntegrityError(str(refusal)) from error
                raise


class OurApplicationRecorder(OurAggregateRecorder, ApplicationRecorder):
    """Streams and log: an insert waits until the sequencer has numbered it."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: object) -> Sequence[int] | None:
        self._append(stored_events)
        query = "select seq + 1 from es.log where stream_id = %s and version = %s"
        with self._pool.connection() as connection, self._relay() as relay:
            found: list[int] = []
            while len(found) < len(stored_events):
                if number(relay):
                    relay.execute("notify es_log")
                wanted = [(_uuid(e.originator_id), e.originator_version + 1) for e in stored_events]
                last = connection.execute(query, wanted[-1]).fetchone() if wanted else None
                if last is not None:
                    rows = [connection.execute(query, one).fetchone() for one in wanted]
                    found = [row[0] for row in rows if row is not None]
            return found

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        query = """
        select l.stream_id, l.version - 1, e.type, e.data, l.seq + 1
        from es.log l join es.event e using (stream_id, version)
        where l.seq + 1 >= %s and l.seq + 1 <= coalesce(%s::bigint, 9223372036854775806)
          and (cardinality(%s::text[]) = 0 or e.type = any (%s::text[]))
        order by l.seq limit %s
        """
        low = (start or 0) + (0 if inclusive_of_start else 1)
        with self._pool.connection() as connection:
            rows = connection.execute(query, [low, stop, list(topics), list(topics), limit]).fetchall()
        return [Notification(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        with self._pool.connection() as connection:
            row = connection.execute("select max(seq) + 1 from es.log").fetchone()
        assert row is not None
        return row[0]

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        return _LogSubscription(self, gt, topics)

    @contextmanager
    def _relay(self) -> Generator[Connection]:
        with psycopg.connect(
            self._database.dsn, autocommit=True, options=options(SERVICE, "relay")
        ) as connection:
            yield connection

    @contextmanager
    def listening(self) -> Generator[Connection]:
        """A connection that hears of every turn of the sequencer."""
        with psycopg.connect(self._database.dsn, autocommit=True) as connection:
            connection.execute("listen es_log")
            yield connection


class _LogSubscription(Subscription[OurApplicationRecorder]):
    def __next__(self) -> Notification:
        with self._recorder.listening() as listener:
            while not self._has_been_stopped:
                found = self._recorder.select_notifications(
                    self._last_notification_id, 1, topics=self._topics, inclusive_of_start=False
                )
                if found:
                    self._last_notification_id = found[0].id
                    return found[0]
                for _ in listener.notifies(timeout=1, stop_after=1):
                    pass
        raise StopIteration


def _uuid(originator_id: UUID | str) -> UUID:
    assert isinstance(originator_id, UUID)
    return originator_id


def _request(stored: Sequence[StoredEvent]) -> tuple[UUID, bytes]:
    content = repr(stored).encode()
    # every insert is a request of its own: their suite repeats an insert to see it refused
    _request_numbers.append(len(_request_numbers))
    return uuid5(SUBJECT, f"{len(_request_numbers)}"), sha256(content).digest()


_request_numbers: list[int] = []


def _events(stored: Sequence[StoredEvent], heads: Sequence[Head]) -> Iterator[NewEvent]:
    places = {head.stream_id: place for place, head in enumerate(heads)}
    expected = {head.stream_id: head.expected for head in heads}
    for event in stored:
        stream = _uuid(event.originator_id)
        if event.originator_version != expected[stream]:
            raise IntegrityError(f"got version {event.originator_version}, want {expected[stream]}")
        expected[stream] += 1
        at = heads[0].recorded_at
        stamp = meta.timestamp(at)
        version = event.originator_version + 1
        head = EventMeta(
            stream_id=stream.bytes, version=version, event_id=ids.event_id(stream, version).bytes,
            type=event.topic, schema_version=1, occurred_at=stamp, recorded_at=stamp,
            subject=SUBJECT.bytes, service=SERVICE,
        ).SerializeToString()  # fmt: skip
        leaves = leaf_pair(head, event.state)
        yield NewEvent(places[stream], event.topic, SUBJECT, at, head, event.state, None, *leaves)


class _OurStore:
    """A database with the store's schema, and recorders on it."""

    @pytest.fixture(autouse=True)
    def _prepare(self, database: Database) -> Iterator[None]:
        with psycopg.connect(database.dsn, autocommit=True) as connection:
            migrate(connection, service=SERVICE)
        self.database = database
        kwargs = {"autocommit": True, "options": options(SERVICE, "serve")}
        with ConnectionPool[Connection](database.dsn, kwargs=kwargs, min_size=1, max_size=12) as pool:
            self.pool = pool
            yield


class TestAggregateRecorder(_OurStore, AggregateRecorderTestCase):
    INITIAL_VERSION = 0

    def create_recorder(self) -> AggregateRecorder:
        return OurAggregateRecorder(self.database, self.pool)


class TestApplicationRecorder(_OurStore, ApplicationRecorderTestCase[OurApplicationRecorder]):
    INITIAL_VERSION = 0

    def create_recorder(self) -> OurApplicationRecorder:
        return OurApplicationRecorder(self.database, self.pool)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNonInterleaving(_OurStore, NonInterleavingNotificationIDsBaseCase):
    INITIAL_VERSION = 0

    def create_recorder(self) -> ApplicationRecorder:
        return OurApplicationRecorder(self.database, self.pool)


# The base cases are abstract: only their subclasses are tests.
del AggregateRecorderTestCase, ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase
