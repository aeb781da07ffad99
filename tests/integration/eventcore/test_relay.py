"""The relay: at least once, per stream in order, one leader (eventstore.md section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from corrections.education.v1.events_pb2 import EducationOpened, SessionArranged
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore.cloudevents import entry_of
from eventcore.kafka import Headers, Partition, Producer, Record, Sent, consuming, producing
from eventcore.positions import positions
from eventcore.relay import RecordFailed, Relay, ZombieRelay

from tests.integration.eventcore.reading import SOURCE, Crash, World, crashing, make_world, until

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def world(database_factory: DatabaseFactory, topic: TopicFactory) -> Iterator[World]:
    with make_world(database_factory, topic) as made:
        yield made


def fill(world: World, cases: int = 5) -> None:
    for n in range(cases):
        world.log.write(f"case/{n}", EducationOpened(), trace=TRACE)
    for n in range(cases):
        world.log.write(f"case/{n}", SessionArranged(session_id="s"), SessionArranged(session_id="t"))
    world.log.sequence()


def on_topic(world: World, enough: Callable[[list[Record]], bool]) -> list[Record]:
    """Everything on the topic, read until there is enough of it."""
    consumer = consuming(world.settings, group=f"{world.topic}.look", topics=[world.topic])()
    found: dict[tuple[int, int], Record] = {}

    def look() -> bool:
        for records in consumer.poll(0.1, 1000).values():
            found.update({(r.partition, r.offset): r for r in records})
        return enough(list(found.values()))

    try:
        until(look)
    finally:
        consumer.close()
    return [found[key] for key in sorted(found)]


def check_all_in_order(world: World) -> None:
    """Each event is on the topic, and the first occurrences of a stream's versions stand in order."""
    wanted = {(row.stream_id, row.version) for row in world.rows()}
    sources = {world.topic: SOURCE}

    def seen(records: list[Record]) -> set[tuple[object, int]]:
        return {(e.stream_id, e.version) for e in (entry_of(r, sources) for r in records)}

    records = on_topic(world, lambda r: seen(r) >= wanted)
    assert seen(records) == wanted
    partition_of: dict[object, Partition] = {}
    first: dict[object, list[int]] = {}
    for record in records:
        entry = entry_of(record, sources)
        at = Partition(record.topic, record.partition)
        assert partition_of.setdefault(entry.stream_id, at) == at
        versions = first.setdefault(entry.stream_id, [])
        if entry.version not in versions:
            versions.append(entry.version)
    assert all(versions == sorted(versions) for versions in first.values())


class _Lost:
    def succeeded(self) -> bool:
        return False


class Losing:
    """The real producer, but for one record, which never reaches the broker."""

    def __init__(self, real: Producer, lose: int) -> None:
        self._real = real
        self._lose = lose
        self._sent = 0
        self.closed = False

    def send(self, topic: str, *, key: bytes | None, value: bytes, headers: Headers) -> Sent:
        self._sent += 1
        if self._sent == self._lose:
            return _Lost()
        return self._real.send(topic, key=key, value=value, headers=headers)

    def flush(self, timeout_s: float) -> None:
        self._real.flush(timeout_s)

    def close(self) -> None:
        self.closed = True
        self._real.close()


def test_a_failed_future_restarts_at_the_cursor(world: World) -> None:
    fill(world)
    opened: list[Losing] = []

    def open_producer() -> Producer:
        opened.append(Losing(producing(world.settings)(), lose=4 if not opened else 0))
        return opened[-1]

    with world.relay(open_producer=open_producer, batch=7) as relay:
        with pytest.raises(RecordFailed, match="1 of 7 records failed, the first at seq 3"):
            relay.turn()
        assert opened[0].closed
        assert positions(world.log.conn).relay == 0
        sum(iter(relay.turn, 0))
    assert len(opened) == 2
    assert positions(world.log.conn).relay == 15
    check_all_in_order(world)


def test_a_zombie_is_fenced(world: World) -> None:
    fill(world)
    moved: list[int] = []

    def meanwhile(step: str) -> None:
        if step == "published" and not moved:
            with world.relay() as other:
                moved.append(sum(iter(other.turn, 0)))

    with world.relay(batch=4, between=meanwhile) as zombie:
        with pytest.raises(ZombieRelay):
            zombie.turn()
        assert moved == [15]
        assert positions(world.log.conn).relay == 15
        assert zombie.turn() == 0
    check_all_in_order(world)


@pytest.mark.parametrize("step", ["read", "published", "moved"])
def test_a_crash_between_two_steps_loses_nothing(world: World, step: str) -> None:
    fill(world)
    with world.relay(batch=4, between=crashing(step, 2)) as relay, pytest.raises(Crash):
        turns(relay)
    with world.relay(batch=4) as relay:
        turns(relay)
    assert positions(world.log.conn).relay == 15
    check_all_in_order(world)


def turns(relay: Relay) -> int:
    return sum(iter(relay.turn, 0))


def test_a_record_is_a_cloudevent_that_carries_what_was_hashed(world: World) -> None:
    fill(world, cases=1)
    world.publish()
    row = world.rows()[0]
    record = on_topic(world, lambda r: len(r) >= 3)[0]
    headers = dict(record.headers)
    event = from_binary_event(KafkaMessage(headers, record.key, record.value or b""))
    assert event.get_type() == "corrections.education.v1.EducationOpened"
    assert event.get_source() == SOURCE
    assert event.get_subject() == str(row.subject)
    assert headers["traceparent"].decode() == TRACE
    assert headers["content-type"] == b"application/protobuf"
    entry = entry_of(record, {world.topic: SOURCE})
    stored = world.log.conn.execute("select leaf_sha256 from es.log where seq = 0").fetchone()
    assert stored == (entry.leaf,)


def test_a_relay_whose_position_was_taken_back_goes_on_from_there(world: World) -> None:
    """A crash of the server: the connection is lost, and with it a move that was not on disk."""
    fill(world)
    with world.relay() as relay:
        until(lambda: relay.turn() == 0)
        world.log.conn.execute("update es.relay set seq = 2")
        world.log.conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'relay' and datname = current_database()"
        )
        world.log.write("case/0", SessionArranged(session_id="u"))
        world.log.sequence()
        with pytest.raises(psycopg.OperationalError):
            relay.turn()
        until(lambda: relay.turn() == 0 and positions(world.log.conn).relay == len(world.rows()))
    check_all_in_order(world)
