"""Our own conformance test of broker and kafka-python: what the platform relies on, and no more."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from devstack.errors import StackError
from devstack.kafka import Kafka, answers_metadata
from devstack.process import free_port
from devstack.testing import TopicFactory
from devstack.topics import create_topics
from devstack.topology import Topic
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError
from kafka.structs import TopicPartition

LIMIT_S = 30.0


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Kafka]:
    broker = Kafka(tmp_path / "home", free_port(), free_port(), profile="safe")
    broker.start()
    yield broker
    broker.stop()


def _producer(bootstrap: str) -> KafkaProducer:
    return KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, max_block_ms=10_000, linger_ms=5
    )


def _consumer(bootstrap: str, group: str | None = None, batch: int = 500) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest",
        isolation_level="read_committed", allow_auto_create_topics=False, session_timeout_ms=2_000,
        heartbeat_interval_ms=300, max_poll_records=batch,
    )  # fmt: skip


def _subscribe(member: KafkaConsumer, topic: str) -> None:
    """The member will join and knows the topic: a leader that does not assigns none of it until its metadata are old."""
    member.subscribe([topic])
    _wait(lambda: bool(member.partitions_for_topic(topic)))


def _send(bootstrap: str, topic: str, values: Iterable[int], partition: int | None = None) -> None:
    producer = _producer(bootstrap)
    futures = [producer.send(topic, str(value).encode(), partition=partition) for value in values]
    producer.flush(timeout=LIMIT_S)
    for future in futures:
        future.get(timeout=LIMIT_S)
    producer.close()


def _read_all(bootstrap: str, topic: str, partitions: int) -> list[int]:
    consumer = _consumer(bootstrap)
    assigned = [TopicPartition(topic, number) for number in range(partitions)]
    consumer.assign(assigned)
    consumer.seek_to_beginning(*assigned)
    ends = consumer.end_offsets(assigned)
    found: list[int] = []

    def complete() -> bool:
        for records in consumer.poll(timeout_ms=100).values():
            found.extend(int(record.value) for record in records)
        return all((consumer.position(one) or 0) >= ends[one] for one in assigned)

    _wait(complete)
    consumer.close()
    return found


def _wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < until, f"not within {LIMIT_S} s"


def _shares(members: list[KafkaConsumer]) -> list[int]:
    # A member rebalances inside poll, and waits there for the others: each polls in a thread of its own.
    with ThreadPoolExecutor(len(members)) as pool:
        for polled in [pool.submit(member.poll, timeout_ms=100) for member in members]:
            polled.result(LIMIT_S)
    return sorted(len(member.assignment()) for member in members)


def test_acknowledged_records_are_read_once_and_in_order(kafka_server: str, topic: TopicFactory) -> None:
    name = topic("orders")
    _send(kafka_server, name, range(1_000))
    assert _read_all(kafka_server, name, 1) == list(range(1_000))


def test_record_of_eight_megabytes_passes(kafka_server: str, topic: TopicFactory) -> None:
    name = topic("large")
    producer = KafkaProducer(bootstrap_servers=kafka_server, acks="all", max_request_size=10_000_000)
    assert producer.send(name, b"x" * 8_388_608).get(timeout=LIMIT_S).offset == 0
    producer.close()


def test_unknown_topic_is_not_made_by_writing_to_it(kafka_server: str) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka_server, max_block_ms=500)
    with contextlib.closing(producer), pytest.raises(KafkaError):
        producer.send("nobody-declared-me", b"x").get(timeout=LIMIT_S)
    admin = KafkaAdminClient(bootstrap_servers=kafka_server)
    assert "nobody-declared-me" not in admin.list_topics()
    admin.close()


def test_topics_are_made_once_whoever_asks_again(kafka_server: str, topic: TopicFactory) -> None:
    name = topic("again", partitions=3)
    create_topics(kafka_server, [Topic(name, 3), Topic(name + ".new", 2)])
    admin = KafkaAdminClient(bootstrap_servers=kafka_server)
    described = {one["name"]: len(one["partitions"]) for one in admin.describe_topics([name, name + ".new"])}
    admin.close()
    assert described == {name: 3, name + ".new": 2}


def test_group_goes_on_at_its_committed_offset(kafka_server: str, topic: TopicFactory) -> None:
    name = topic("offsets")
    _send(kafka_server, name, range(10))
    seen: list[int] = []

    def read_until(count: int) -> None:
        member = _consumer(kafka_server, name, batch=5)
        _subscribe(member, name)

        def enough() -> bool:
            for records in member.poll(timeout_ms=100).values():
                seen.extend(int(record.value) for record in records)
            return len(seen) >= count

        _wait(enough)
        member.commit()
        member.close()

    read_until(5)
    read_until(10)
    assert seen == list(range(10))


def test_joining_member_takes_half_of_the_partitions(kafka_server: str, topic: TopicFactory) -> None:
    name = topic("join", partitions=4)
    first, second = (_consumer(kafka_server, name) for _ in range(2))
    _subscribe(first, name)
    _wait(lambda: _shares([first]) == [4])
    _subscribe(second, name)
    _wait(lambda: _shares([first, second]) == [2, 2])
    second.close()
    _wait(lambda: _shares([first]) == [4])
    first.close()


def test_partitions_of_a_dead_member_go_to_the_living(kafka_server: str, topic: TopicFactory) -> None:
    name = topic("failover", partitions=4)
    living = _consumer(kafka_server, name)
    _subscribe(living, name)
    dying = _start_member(kafka_server, name)
    try:
        _wait(lambda: _shares([living]) == [2])
    finally:
        dying.kill()
        dying.wait(10)
    _send(kafka_server, name, range(8))
    _wait(lambda: _shares([living]) == [4])
    living.close()


def test_restarted_broker_has_lost_nothing(own_broker: Kafka) -> None:
    create_topics(own_broker.bootstrap, [Topic("kept", 2)])
    _send(own_broker.bootstrap, "kept", range(500))
    own_broker.stop()
    own_broker.start()
    assert sorted(_read_all(own_broker.bootstrap, "kept", 2)) == list(range(500))


def test_killed_broker_has_lost_nothing_acknowledged(own_broker: Kafka) -> None:
    create_topics(own_broker.bootstrap, [Topic("kept", 2)])
    _send(own_broker.bootstrap, "kept", range(500))
    own_broker.kill()
    own_broker.start()
    assert sorted(_read_all(own_broker.bootstrap, "kept", 2)) == list(range(500))


def test_producer_goes_on_across_a_restart_without_a_duplicate(own_broker: Kafka) -> None:
    create_topics(own_broker.bootstrap, [Topic("across", 1)])
    producer = _producer(own_broker.bootstrap)
    producer.send("across", b"0").get(timeout=LIMIT_S)
    own_broker.kill()
    waiting = [producer.send("across", str(value).encode()) for value in range(1, 50)]
    own_broker.start()
    for future in waiting:
        future.get(timeout=LIMIT_S)
    producer.close()
    assert _read_all(own_broker.bootstrap, "across", 1) == list(range(50))


def test_open_port_alone_is_not_ready() -> None:
    assert not answers_metadata("127.0.0.1", free_port())


def test_other_controller_port_is_refused_with_its_remedy(own_broker: Kafka, tmp_path: Path) -> None:
    own_broker.stop()
    with pytest.raises(StackError, match="made for controller port"):
        Kafka(tmp_path / "home", free_port(), free_port()).start()
    own_broker.start()


def _start_member(bootstrap: str, name: str) -> subprocess.Popen[bytes]:
    script = (
        "import sys; from kafka import KafkaConsumer\n"
        "member = KafkaConsumer(sys.argv[2], bootstrap_servers=sys.argv[1], group_id=sys.argv[2],\n"
        "    session_timeout_ms=2000, heartbeat_interval_ms=300)\n"
        "while True: member.poll(timeout_ms=100)\n"
    )
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", script, bootstrap, name])
