"""kafka-python behind the port of `kafka.py`."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaError
from kafka.partitioner.abc import Partitioner
from kafka.partitioner.default import murmur2
from kafka.structs import OffsetAndMetadata, TopicPartition

from eventcore.kafka import Consumer, Headers, KafkaUnavailable, Partition, Producer, Record, Sent, Settings

_REQUEST_TIMEOUT_MS = 10_000
_METADATA_MAX_AGE_MS = 5_000  # a member that joined with an incomplete picture corrects it so soon
_TOPICS_KNOWN_S = 5.0
_HASHES = 65_536
_LOOK_AGAIN_S = 0.05
# kafka-python has no types of its own; the published ones know no bootstrap_timeout_ms.
_ProducerClass: Any = KafkaProducer
_ConsumerClass: Any = KafkaConsumer


@contextlib.contextmanager
def _reachable() -> Generator[None]:
    try:
        yield
    except (KafkaError, OSError, ValueError) as error:
        raise KafkaUnavailable(f"{type(error).__name__}: {error}") from error


class _ByKey(Partitioner):  # type: ignore[misc]
    """Java's partition of a key, as the library's own partitioner. murmur2 in Python costs a third of a send, and a case
    has many events, so hashes are kept.
    """

    def __init__(self) -> None:
        self._hash = lru_cache(_HASHES)(_positive_hash)

    def partition(  # type: ignore[override]  # the library annotates nothing
        self, topic: str, _key: object, serialized_key: bytes | None, *rest: Any
    ) -> int:
        return self._hash(serialized_key) % len(rest[-1].partitions_for_topic(topic))


def _positive_hash(key: bytes | None) -> int:
    return 0 if key is None else cast(int, murmur2(key)) & 0x7FFFFFFF


def open_producer(settings: Settings, linger_ms: int) -> Producer:
    """An idempotent producer; raises KafkaUnavailable."""
    with _reachable():
        client = _ProducerClass(
            bootstrap_servers=settings.bootstrap,
            client_id=settings.client_id,
            # A conflicting `acks` would switch idempotence off in silence; said explicitly, it raises.
            enable_idempotence=True,
            acks="all",
            max_block_ms=5_000,
            linger_ms=linger_ms,
            batch_size=128 * 1024,
            request_timeout_ms=_REQUEST_TIMEOUT_MS,
            delivery_timeout_ms=20_000,
            bootstrap_timeout_ms=_REQUEST_TIMEOUT_MS,
            reconnect_backoff_max_ms=1_000,
            allow_auto_create_topics=False,
            metrics_enabled=False,
            partitioner=_ByKey(),
            **settings.security,
        )
    return _Producer(client)


class _Producer:
    def __init__(self, client: Any) -> None:
        self._client = client

    def send(self, topic: str, *, key: bytes | None, value: bytes, headers: Headers) -> Sent:
        with _reachable():
            return cast(Sent, self._client.send(topic, key=key, value=value, headers=list(headers)))

    def flush(self, timeout_s: float) -> None:
        with _reachable():
            self._client.flush(timeout=timeout_s)

    def close(self) -> None:
        # close() flushes first and raises when that fails; the sender thread must end all the same.
        with contextlib.suppress(KafkaError, OSError, ValueError):
            self._client.close(timeout=0)
        sender = self._client._sender
        if sender is not None and sender.is_alive():
            sender.force_close()
            sender.join(5)


def open_consumer(settings: Settings, group: str, topics: Sequence[str], instance: str | None) -> Consumer:
    """A member of the group; raises KafkaUnavailable."""
    membership: dict[str, Any] = (
        {"group_instance_id": instance}
        if instance is not None
        else {"partition_assignment_strategy": (CooperativeStickyAssignor,)}
    )
    with _reachable():
        client = _ConsumerClass(
            bootstrap_servers=settings.bootstrap,
            client_id=settings.client_id,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            allow_auto_create_topics=False,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            # the broker answers at once when there is something; half the idle work of 25 consumers is this
            fetch_max_wait_ms=1_500,
            metadata_max_age_ms=_METADATA_MAX_AGE_MS,
            request_timeout_ms=_REQUEST_TIMEOUT_MS + 5_000,
            bootstrap_timeout_ms=_REQUEST_TIMEOUT_MS,
            reconnect_backoff_max_ms=1_000,
            metrics_enabled=False,
            **membership,
            **settings.security,
        )
        listener = _Assigned()
        client.subscribe(topics=list(topics), listener=listener)
        try:
            _know(client, topics)
        except BaseException:
            client.close(autocommit=False, timeout_ms=1_000)
            raise
    return _Consumer(client, listener)


def _know(client: Any, topics: Sequence[str]) -> None:
    """The client knows the partitions of every topic; KafkaUnavailable when one does not exist.

    A leader that joins before it knows a topic assigns none of its partitions, until its metadata is old.
    """
    end = time.monotonic() + _TOPICS_KNOWN_S
    while missing := [topic for topic in topics if not client.partitions_for_topic(topic)]:
        if time.monotonic() > end:
            raise KafkaUnavailable(f"got no topic {', '.join(missing)}")
        time.sleep(_LOOK_AGAIN_S)


class _Assigned(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Notes what was assigned. It runs on the client's IO thread, where anything slow would stop heartbeats."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed: set[Partition] = set()

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        with self._lock:
            self._changed.update(Partition(p.topic, p.partition) for p in assigned)

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        with self._lock:
            self._changed.difference_update(Partition(p.topic, p.partition) for p in revoked)

    def take(self) -> frozenset[Partition]:
        with self._lock:
            changed = frozenset(self._changed)
            self._changed.clear()
        return changed


class _Consumer:
    def __init__(self, client: Any, listener: _Assigned) -> None:
        self._client = client
        self._listener = listener

    def poll(self, timeout_s: float, max_records: int) -> Mapping[Partition, Sequence[Record]]:
        with _reachable():
            polled = self._client.poll(timeout_ms=int(timeout_s * 1000), max_records=max_records)
        return {
            Partition(tp.topic, tp.partition): [
                Record(r.topic, r.partition, r.offset, r.key, r.value, r.headers or ()) for r in records
            ]
            for tp, records in polled.items()
        }

    def assigned(self) -> frozenset[Partition]:
        return frozenset(Partition(p.topic, p.partition) for p in self._client.assignment())

    def take_changed(self) -> frozenset[Partition]:
        return self._listener.take()

    def seek(self, partition: Partition, offset: int) -> bool:
        try:
            self._client.seek(TopicPartition(*partition), offset)
        except (ValueError, KeyError):  # revoked meanwhile
            return False
        return True

    def ends(self) -> Mapping[Partition, int]:
        with _reachable():
            ends = self._client.end_offsets(list(self._client.assignment()), timeout_ms=5_000)
        return {Partition(tp.topic, tp.partition): end for tp, end in ends.items()}

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        with contextlib.suppress(KafkaError, OSError):
            self._client.commit_async(
                {TopicPartition(*p): OffsetAndMetadata(n, "", -1) for p, n in offsets.items()}
            )

    def close(self) -> None:
        with contextlib.suppress(KafkaError, OSError):
            self._client.close(autocommit=False, timeout_ms=5_000)


class Ends:
    """Answers end offsets of topics over one kept connection; raises KafkaUnavailable."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None

    def __call__(self, topics: Iterable[str]) -> Mapping[Partition, int]:
        with _reachable():
            if self._client is None:
                self._client = _ConsumerClass(
                    bootstrap_servers=self._settings.bootstrap,
                    client_id=self._settings.client_id,
                    request_timeout_ms=_REQUEST_TIMEOUT_MS,
                    bootstrap_timeout_ms=_REQUEST_TIMEOUT_MS,
                    allow_auto_create_topics=False,
                    metrics_enabled=False,
                    **self._settings.security,
                )
            wanted = [
                TopicPartition(t, p) for t in topics for p in self._client.partitions_for_topic(t) or ()
            ]
            ends = self._client.end_offsets(wanted, timeout_ms=5_000)
        return {Partition(tp.topic, tp.partition): end for tp, end in ends.items()}

    def close(self) -> None:
        """The connection is closed."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(KafkaError, OSError):
                client.close(autocommit=False, timeout_ms=1_000)
