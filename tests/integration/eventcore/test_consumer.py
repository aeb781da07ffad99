"""Exactly one effect per event, whatever Kafka does (eventstore.md section 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import pytest
from corrections.education.v1.events_pb2 import EducationOpened, SessionArranged, SessionAttended
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore import parking
from eventcore.cloudevents import Outgoing, headers_of, key_of
from eventcore.consumer import StoreUnavailable, SubscriptionConsumer
from eventcore.kafka import Partition, Record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.eventcore.reading import (
    SOURCE,
    Crash,
    World,
    crashing,
    make_world,
    subscription,
    until,
)

STEPS = ("moved", "handled", "counted", "committed")
CASES, EVENTS = 3, 4


@pytest.fixture
def world(database_factory: DatabaseFactory, topic: TopicFactory) -> Iterator[World]:
    with make_world(database_factory, topic) as made:
        yield made


def fill(world: World) -> list[Outgoing]:
    """Three cases of four events, interleaved."""
    for n in range(CASES):
        world.log.write(f"case/{n}", EducationOpened())
    for event in (
        SessionArranged(session_id="s"),
        SessionAttended(session_id="s"),
        SessionArranged(session_id="t"),
    ):
        for n in range(CASES):
            world.log.write(f"case/{n}", event)
    return world.rows()


class Scripted:
    """Kafka at its worst: hands out the given batches of real records, then nothing."""

    def __init__(self, topic: str, batches: Sequence[Sequence[Outgoing]]) -> None:
        self._partition = Partition(topic, 0)
        self._batches = [list(batch) for batch in batches if batch]
        self._offset = 0
        self._fresh = True

    def poll(self, timeout_s: float, max_records: int) -> Mapping[Partition, Sequence[Record]]:
        if not self._batches:
            return {}
        records: list[Record] = []
        for row in self._batches.pop(0):
            records.append(
                Record(
                    self._partition.topic,
                    0,
                    self._offset,
                    key_of(row.stream_id),
                    row.data,
                    headers_of(row, SOURCE),
                )
            )
            self._offset += 1
        return {self._partition: records}

    def assigned(self) -> frozenset[Partition]:
        return frozenset({self._partition})

    def take_changed(self) -> frozenset[Partition]:
        fresh, self._fresh = self._fresh, False
        return self.assigned() if fresh else frozenset()

    def seek(self, partition: Partition, offset: int) -> bool:
        return True

    def ends(self) -> Mapping[Partition, int]:
        return {self._partition: self._offset}

    def commit(self, offsets: Mapping[Partition, int]) -> None:
        return None

    def close(self) -> None:
        return None


@pytest.fixture
def story_world(database_factory: DatabaseFactory, topic: TopicFactory) -> Iterator[World]:
    with make_world(database_factory, topic) as made:
        fill(made)
        yield made


places = st.integers(0, CASES * EVENTS - 1)
batches = st.lists(st.lists(places, max_size=8), max_size=6)


def test_each_event_has_one_effect(story_world: World) -> None:
    rows, stories = story_world.rows(), count(1)

    @settings(
        max_examples=40, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    @given(batches, st.lists(st.sampled_from(STEPS), max_size=3))
    def story(delivered: list[list[int]], crashes: list[str]) -> None:
        """Duplicated, disordered and truncated deliveries, with a crash at some steps."""
        name = f"reader{next(stories)}"
        for step in (*crashes, ""):
            script = Scripted(story_world.topic, [[rows[i] for i in batch] for batch in delivered])
            between = crashing(step or "never", 2)
            with story_world.consumer(
                subscription(name), open_consumer=lambda s=script: s, between=between
            ) as consumer:
                try:
                    exhaust(consumer)
                except Crash:
                    continue
        story_world.check_one_effect_each(name)

    story()


def exhaust(consumer: SubscriptionConsumer) -> None:
    """Every batch was read, and the heads were compared with the store twice."""
    quiet = 0
    while quiet < 4:
        quiet = 0 if consumer.turn() else quiet + 1


@pytest.mark.parametrize("step", STEPS)
def test_each_message_twice_and_a_crash_between_two_steps(world: World, step: str) -> None:
    rows = fill(world)
    world.deliver([row for row in rows for _ in range(2)])
    with world.consumer(between=crashing(step, 2), max_records=5) as consumer, pytest.raises(Crash):
        world.drain(consumer)
    with world.consumer(max_records=5) as consumer:
        world.drain(consumer)
    world.check_one_effect_each()


def test_a_wrong_kafka_commit_changes_nothing(world: World) -> None:
    fill(world)
    world.publish()
    ahead = world.members("reader")()
    until(lambda: bool(ahead.poll(0.1, 1)) or bool(ahead.assigned()))
    ahead.commit(dict.fromkeys(ahead.assigned(), 1))
    until(lambda: not ahead.poll(0.1, 100))
    ahead.close()
    with world.consumer() as consumer:
        world.drain(consumer)
    world.check_one_effect_each()


def test_an_idle_reader_reads_again_what_a_crash_took_back(world: World) -> None:
    fill(world)
    world.publish()
    with world.consumer() as consumer:
        world.drain(consumer)
        with world.reader.transaction():  # as the server's log had it before the last flush
            world.reader.execute("delete from effect")
            world.reader.execute("delete from es.seen")
            world.reader.execute("update es.consumer_offset set next = 0")
        until(lambda: consumer.turn() == 0 and len(world.effects()) == CASES * EVENTS)
    world.check_one_effect_each()


def test_two_members_that_think_they_own_a_partition_have_one_effect(world: World) -> None:
    fill(world)
    world.publish()
    with world.consumer(max_records=3) as zombie:
        until(lambda: zombie.turn() > 0)
        with world.consumer(group=".other") as live:
            world.drain(live)
        world.drain(zombie)
    world.check_one_effect_each()


def test_a_gap_is_filled_from_the_store(world: World) -> None:
    rows = fill(world)
    stream = rows[0].stream_id
    world.deliver([row for row in rows if row.stream_id != stream or row.version in (1, 4)])
    with world.consumer() as consumer:
        world.drain(consumer)
    assert world.fetched == [(stream, 2, 3)]
    world.check_one_effect_each()


def test_a_lost_tail_is_found_by_comparing_heads(world: World) -> None:
    rows = fill(world)
    stream = rows[0].stream_id
    world.deliver([row for row in rows if row.stream_id != stream or row.version < 3])
    with world.consumer() as consumer:
        world.drain(consumer)
        until(lambda: consumer.turn() == 0 and len(world.effects()) == CASES * EVENTS)
    world.check_one_effect_each()


def test_a_tail_that_is_lost_for_good_parks_the_stream(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    rows = fill(world)
    stream = rows[0].stream_id
    world.lost.add(stream)
    world.deliver([row for row in rows if row.stream_id != stream or row.version < 3])
    with world.consumer() as consumer:
        world.drain(consumer)
        until(lambda: consumer.turn() == 0 and bool(parking.list_parked(world.reader)))
    parked, waiting = parking.list_parked(world.reader)
    assert (parked.source, parked.stream_id, parked.version) == (SOURCE, stream, 3)
    assert parked.error.startswith("LostTail: versions 3-4 never came: ")
    assert (waiting.version, waiting.error) == (4, "")
    assert "lost tail: reader=" in caplog.text
    assert len(world.effects()) == 2 * EVENTS + 2


def test_a_gap_that_the_store_cannot_fill_parks_the_stream(world: World) -> None:
    rows = fill(world)
    stream = rows[0].stream_id
    world.lost.add(stream)
    world.deliver([row for row in rows if row.stream_id != stream or row.version in (1, 4)])
    with world.consumer() as consumer:
        world.drain(consumer)
    (parked,) = parking.list_parked(world.reader)
    assert (parked.source, parked.stream_id, parked.version) == (SOURCE, stream, 4)
    assert parked.error.startswith("Gap: versions from 2 are missing")
    assert len(world.effects()) == 2 * EVENTS + 1


def test_a_store_that_is_away_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = fill(world)
    world.deliver([row for row in rows if row.version != 2])
    fetch = world.fetch_missing

    def away(*_: object) -> list[object]:
        raise ConnectionError("away")

    monkeypatch.setattr(world, "fetch_missing", away)
    with world.consumer() as consumer:
        with pytest.raises(StoreUnavailable):
            world.drain(consumer)
        assert parking.list_parked(world.reader) == []
        monkeypatch.setattr(world, "fetch_missing", fetch)
    with world.consumer() as consumer:
        world.drain(consumer)
    world.check_one_effect_each()


def test_another_event_at_a_version_that_was_handled_parks_the_stream(world: World) -> None:
    rows = fill(world)
    world.deliver(rows)
    with world.consumer() as consumer:
        world.drain(consumer)
        forged = forge(world, rows)
        world.deliver([forged])
        until(lambda: consumer.turn() > 0)
    (parked,) = parking.list_parked(world.reader)
    assert (parked.stream_id, parked.version) == (forged.stream_id, forged.version)
    assert parked.error == "LeafDiffers: another event at version 4"
    world.check_one_effect_each()


def forge(world: World, rows: Sequence[Outgoing]) -> Outgoing:
    """The last event of a stream with other content."""
    last = rows[-1]
    data = SessionArranged(session_id="forged").SerializeToString()
    return Outgoing(
        last.seq,
        last.stream_id,
        last.version,
        last.type,
        last.subject,
        last.occurred_at,
        last.meta,
        data,
        None,
    )
