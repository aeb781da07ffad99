"""The port to Kafka: what the relay and the consumers need of it, and the settings that make it safe.

kafka-python 3.0.12 stands behind it; its traps are listed in stack.md section 3. Nothing else in eventcore imports it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Headers = Sequence[tuple[str, bytes]]


class Partition(NamedTuple):
    """One partition of a topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it lies on a topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Sent(Protocol):
    """A record on its way."""

    def succeeded(self) -> bool:
        """True when the broker has acknowledged it on all in-sync replicas."""
        ...


class Producer(Protocol):
    """Sends records; one batch in flight per partition, so the order of a key is kept on the success path."""

    def send(self, topic: str, *, key: bytes | None, value: bytes, headers: Headers) -> Sent:
        """The record is queued; raises KafkaUnavailable when the topic's metadata cannot be had in time."""
        ...

    def flush(self, timeout_s: float) -> None:
        """Every queued record has succeeded or failed; raises KafkaUnavailable after the timeout."""
        ...

    def close(self) -> None:
        """Nothing is queued any more; records not yet acknowledged are dropped."""
        ...


class Consumer(Protocol):
    """Reads records. One thread only."""

    def poll(self, timeout_s: float, max_records: int) -> Mapping[Partition, Sequence[Record]]:
        """Records by partition, empty after the timeout; raises KafkaUnavailable."""
        ...

    def assigned(self) -> frozenset[Partition]:
        """Partitions that this member reads now."""
        ...

    def take_changed(self) -> frozenset[Partition]:
        """Partitions assigned since the last call; their position is not ours until `seek`."""
        ...

    def seek(self, partition: Partition, offset: int) -> bool:
        """The next poll reads from this offset; False when the partition is no longer ours."""
        ...

    def ends(self) -> Mapping[Partition, int]:
        """Offset after the last record of each assigned partition; raises KafkaUnavailable."""
        ...

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Kafka's own offsets follow, for lag metrics only; failures are ignored."""
        ...

    def close(self) -> None:
        """The member has left."""
        ...


class KafkaUnavailable(Exception):
    """The broker cannot be reached, or did not answer in time."""


class NoCrc32c(RuntimeError):
    """crc32c is not installed: kafka-python would check sums in pure Python, 3 to 9 times slower."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the brokers are and how to speak to them. `security` holds kafka-python's ssl_*, sasl_* and protocol keys."""

    bootstrap: str
    client_id: str
    security: Mapping[str, Any] = field(default_factory=dict[str, Any])


ProducerFactory = Callable[[], Producer]
ConsumerFactory = Callable[[], Consumer]


def require_crc32c() -> None:
    """The process may start; raises NoCrc32c."""
    if importlib.util.find_spec("crc32c") is None:
        raise NoCrc32c("got no module crc32c, want crc32c as locked in requirements.lock")


def producing(settings: Settings, *, linger_ms: int = 5) -> ProducerFactory:
    """Opens idempotent producers that wait for all in-sync replicas; raises NoCrc32c.

    A flush ends lingering at once, so `linger_ms` costs the relay no latency and makes its batches large.
    """
    require_crc32c()

    def open_producer() -> Producer:
        from eventcore import kafka_python

        return kafka_python.open_producer(settings, linger_ms)

    return open_producer


def consuming(
    settings: Settings, *, group: str, topics: Iterable[str], instance: str | None = None
) -> ConsumerFactory:
    """Opens members of a consumer group; raises NoCrc32c.

    `instance` makes the membership static (StatefulSet, single host): a restarted member gets its partitions back at
    once. Without it partitions move cooperatively (Deployment). One group never mixes both.
    """
    require_crc32c()
    wanted = tuple(topics)

    def open_consumer() -> Consumer:
        from eventcore import kafka_python

        return kafka_python.open_consumer(settings, group, wanted, instance)

    return open_consumer


class TopicEnds(Protocol):
    """Answers the end offset of each partition of topics; raises KafkaUnavailable."""

    def __call__(self, topics: Iterable[str]) -> Mapping[Partition, int]: ...

    def close(self) -> None:
        """The connection is closed."""
        ...


def topic_ends(settings: Settings) -> TopicEnds:
    """A function that answers the end offset of each partition of the topics; it keeps one connection."""
    require_crc32c()
    from eventcore import kafka_python

    return kafka_python.Ends(settings)
