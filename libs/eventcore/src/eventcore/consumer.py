"""Subscriptions to other services' events: Kafka wakes, PostgreSQL decides (eventstore.md section 7).

Offsets live in `es.consumer_offset`; Kafka's own are written now and then, for lag metrics only.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from corrections.store.v1.store_pb2 import LogEntry
from google.protobuf.message import Message
from lawkit import Law, load_law

from eventcore import entry as entries
from eventcore import tracing
from eventcore.apply import Reader
from eventcore.cloudevents import entry_of, topic_of
from eventcore.deadletter import DeadLetters
from eventcore.entry import Entry, Unreadable, source_of
from eventcore.inbox import Fenced, Fill, Gaps, Inbox, Missing, Move
from eventcore.kafka import Consumer, ConsumerFactory, KafkaUnavailable, Partition, Record
from eventcore.link import TRANSIENT, Connection, Link
from eventcore.relay import nothing_between
from eventcore.tails import Tails
from eventcore.tx import Handler
from eventcore.upcasting import Codec

log = logging.getLogger(__name__)

FetchMissing = Callable[[str, UUID, int, int], Sequence[LogEntry]]
"""(service, stream, first version, last version) -> sequenced entries of that stream, in order.

Raises LookupError when the store has no such stream; any other error counts as "not reachable now".
"""
ListHeads = Callable[[str, UUID | None], Sequence[tuple[UUID, int]]]
"""(service, stream after which the page starts) -> (stream, sequenced version); empty after the last page."""

_LAG_COMMIT_S = 10.0
_MAKE = """
insert into es.consumer_offset (consumer, topic, partition, next)
select %s, u.topic, u.partition, 0 from unnest(%s::text[], %s::int[]) as u(topic, partition) on conflict do nothing
"""
_OFFSETS = """
select c.topic, c.partition, c.next from es.consumer_offset c
join unnest(%s::text[], %s::int[]) as u(topic, partition) using (topic, partition) where c.consumer = %s
"""


@dataclass(frozen=True)
class Subscription:
    """A reader of other services' events. `tables` are the tables that it alone writes."""

    name: str
    services: Sequence[str]
    handle: Mapping[type[Message], Handler]
    tables: Sequence[str] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics that it reads."""
        return tuple(topic_of(service) for service in self.services)


class StoreUnavailable(Exception):
    """The store of another service did not answer; the group is tried again."""


@dataclass(frozen=True)
class Sources:
    """Where missing events come from: the stores of the other services, over gRPC."""

    fetch_missing: FetchMissing
    list_heads: ListHeads
    topics: Mapping[str, str] = field(default_factory=dict[str, str])
    """Topic of a service where it is not corrections.<service>.v1."""


class SubscriptionConsumer:
    """One member that reads one subscription. One thread."""

    def __init__(
        self,
        link: Link,
        subscription: Subscription,
        open_consumer: ConsumerFactory,
        sources: Sources,
        dead_letters: DeadLetters,
        *,
        installation: str,
        service: str,
        codec: Codec | None = None,
        law: Callable[[], Law] = load_law,
        poll_s: float = 0.2,
        max_records: int = 500,
        tails_every_s: float = 3600.0,
        tails_grace_s: float = 5.0,
        look_every_s: float = 5.0,
        on_commands: Callable[[], None] = lambda: None,
        between: Callable[[str], None] = nothing_between,
    ) -> None:
        self._link = link
        self._open_consumer = open_consumer
        self._sources = sources
        self._dead_letters = dead_letters
        self._poll_s = poll_s
        self._max_records = max_records
        self._on_commands = on_commands
        self._look_every_s = look_every_s
        reader = Reader.of(
            installation, service, subscription.name, subscription.handle, codec or Codec(), law
        )
        self._inbox = Inbox(reader, between)
        self._logs = {
            sources.topics.get(s, topic_of(s)): source_of(installation, s) for s in subscription.services
        }
        self._services = {source_of(installation, s): s for s in subscription.services}
        self._tails = Tails(
            reader.name, self._services, sources.list_heads, every_s=tails_every_s, grace_s=tails_grace_s
        )
        self._consumer: Consumer | None = None
        self._loaded: dict[Partition, int] = {}
        self._looked = 0.0
        self._lag_committed = 0.0

    def turn(self) -> int:
        """What was polled took effect; answers the number of records. Waits for records up to `poll_s`.

        After any error the member reads its offsets anew, because a commit whose answer was lost may have happened.
        """
        if self._consumer is None:
            self._consumer = self._open_consumer()
        consumer, conn = self._consumer, self._link.conn
        try:
            return self._turn(consumer, conn)
        except KafkaUnavailable:
            # what a client cannot get over by itself (a fenced member, say) needs a new client
            self._leave()
            raise
        except BaseException:
            self._loaded.clear()
            raise

    def close(self) -> None:
        """The member has left the group and the connection is closed."""
        self._leave()
        self._link.close()

    def _leave(self) -> None:
        consumer, self._consumer = self._consumer, None
        self._loaded.clear()
        if consumer is not None:
            consumer.close()

    def _turn(self, consumer: Consumer, conn: Connection) -> int:
        self._take_over(consumer, conn)
        polled = consumer.poll(self._poll_s, self._max_records)
        foreign = self._take_over(consumer, conn)  # polled before our seek, from Kafka's idea of the offset
        work = 0
        for partition, records in polled.items():
            if partition not in foreign and partition in self._loaded:
                self._group(conn, partition, records)
                work += len(records)
        if polled:
            self._looked = time.monotonic()
        else:
            self._look_at_offsets(conn)
            work += self._repair_tails(consumer, conn)
        if time.monotonic() - self._lag_committed > _LAG_COMMIT_S and self._loaded:
            self._lag_committed = time.monotonic()
            consumer.commit(self._loaded)
        return work

    def _look_at_offsets(self, conn: Connection) -> None:
        """Now and then: a crash of the server may have taken back what was not on disk, and nobody else would tell."""
        if time.monotonic() - self._looked < self._look_every_s or not self._loaded:
            return
        self._looked = time.monotonic()
        topics, partitions = [p.topic for p in self._loaded], [p.partition for p in self._loaded]
        rows = conn.execute(_OFFSETS, (topics, partitions, self._inbox.reader.name)).fetchall()
        for topic, partition, offset in rows:
            if self._loaded[Partition(topic, partition)] != offset:
                log.warning(
                    "offset taken back: reader=%s topic=%s/%d", self._inbox.reader.name, topic, partition
                )
                del self._loaded[Partition(topic, partition)]  # the next turn takes it over from there

    def _take_over(self, consumer: Consumer, conn: Connection) -> frozenset[Partition]:
        """Partitions that are new to us, or whose offset we are no longer sure of, stand at their stored offset."""
        fresh = consumer.take_changed()
        assigned = consumer.assigned()
        for gone in self._loaded.keys() - assigned:
            del self._loaded[gone]
        wanted = sorted((fresh & assigned) | (assigned - self._loaded.keys()))
        if not wanted:
            return frozenset()
        name = self._inbox.reader.name
        topics, partitions = [p.topic for p in wanted], [p.partition for p in wanted]
        conn.execute(_MAKE, (name, topics, partitions))
        for topic, partition, offset in conn.execute(_OFFSETS, (topics, partitions, name)).fetchall():
            if consumer.seek(Partition(topic, partition), offset):
                self._loaded[Partition(topic, partition)] = offset
        return frozenset(wanted)

    def _group(self, conn: Connection, partition: Partition, records: Sequence[Record]) -> None:
        read, unread = self._read(records)
        self._dead_letters.check(len(read), len(unread))
        if unread:
            self._dead_letters.keep(unread)
        dead = [(record.offset, why) for record, why in unread]
        move = Move(partition, self._loaded[partition], records[-1].offset + 1, dead)
        with tracing.process_span(partition.topic, self._inbox.reader.name, read):
            try:
                self._settle(conn, read, move)
            except Fenced as fenced:
                log.warning("fenced: %s", fenced)
                self._loaded.pop(partition, None)
                return
        self._loaded[partition] = move.after

    def _read(self, records: Sequence[Record]) -> tuple[list[Entry], list[tuple[Record, str]]]:
        read: list[Entry] = []
        unread: list[tuple[Record, str]] = []
        for record in records:
            try:
                read.append(entry_of(record, self._logs))
            except Unreadable as error:
                unread.append((record, str(error)))
        return read, unread

    def _settle(self, conn: Connection, read: Sequence[Entry], move: Move) -> None:
        """The group took effect; gaps are filled from the store, a failing record is parked."""
        fill, alone = Fill(), False
        while True:
            try:
                done = self._inbox.run(conn, read, move, fill, alone=alone)
            except Gaps as gaps:
                for missing in gaps.missing:
                    self._fetch(missing, fill)
            except (*TRANSIENT, Fenced):
                raise
            except Exception:
                if alone:
                    raise
                alone = True
            else:
                if done.commands:
                    self._on_commands()
                return

    def _fetch(self, missing: Missing, fill: Fill) -> None:
        ref = missing.stream
        service = self._services[ref.source]
        log.info(
            "gap: reader=%s source=%s stream=%s versions=%d-%d",
            self._inbox.reader.name, ref.source, ref.stream_id, missing.first, missing.last,
        )  # fmt: skip
        try:
            answer = self._sources.fetch_missing(service, ref.stream_id, missing.first, missing.last)
            fetched = [entries.of_log_entry(ref.source, e) for e in answer]
        except (LookupError, Unreadable) as error:
            fill.lost[ref] = f"{type(error).__name__}: {error}"
            return
        except Exception as error:
            raise StoreUnavailable(f"{service}: {type(error).__name__}") from error
        # a stream can have several gaps in one group
        fill.entries.setdefault(ref, []).extend(
            sorted((e for e in fetched if e.stream_id == ref.stream_id), key=lambda e: e.version)
        )

    def _repair_tails(self, consumer: Consumer, conn: Connection) -> int:
        """At start and every hour: streams whose last events never came are read from the store."""
        if not self._tails.due() or not self._loaded:
            return 0
        try:
            caught_up = all(self._loaded.get(p, -1) >= end for p, end in consumer.ends().items())
            lost = self._tails.lost(conn, consumer.assigned()) if caught_up else ()
        except (*TRANSIENT, KafkaUnavailable):
            raise
        except Exception as error:
            raise StoreUnavailable(f"heads: {type(error).__name__}") from error
        for missing in lost:
            self._fill_tail(conn, missing)
        return len(lost)

    def _fill_tail(self, conn: Connection, tail: Missing) -> None:
        fill = Fill()
        self._fetch(tail, fill)
        try:
            done = self._inbox.fill_tail(conn, tail, fill, alone=False)
        except TRANSIENT:
            raise
        except Exception:  # a record that fails alone is parked
            done = self._inbox.fill_tail(conn, tail, fill, alone=True)
        if done.parked:
            log.warning(
                "lost tail: reader=%s source=%s stream=%s versions=%d-%d: the stream is parked",
                self._inbox.reader.name, tail.stream.source, tail.stream.stream_id, tail.first, tail.last,
            )  # fmt: skip
        if done.commands:
            self._on_commands()
