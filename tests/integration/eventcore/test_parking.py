"""The case is parked, never the partition; unreadable bytes are kept apart (eventstore.md section 8)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from corrections.education.v1.events_pb2 import EducationOpened, SessionArranged, SessionAttended
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore import parking
from eventcore.cloudevents import Outgoing, headers_of, key_of
from eventcore.consumer import Subscription
from eventcore.deadletter import FloodOfUnreadable
from eventcore.event import Event
from eventcore.kafka import Record, consuming
from eventcore.positions import positions
from eventcore.tx import Tx
from eventcore.unpark import Unparked, Unparker
from eventcore.upcasting import Codec

from tests.integration.eventcore.reading import (
    INSTALLATION,
    KEY,
    READER,
    SOURCE,
    Crash,
    World,
    crashing,
    effect,
    make_world,
    subscription,
    until,
)


@pytest.fixture
def world(database_factory: DatabaseFactory, topic: TopicFactory) -> Iterator[World]:
    with make_world(database_factory, topic) as made:
        yield made


class Poison:
    """A handler that fails for one stream until it is healed."""

    def __init__(self, world: World, case: str) -> None:
        self.stream = world.log.stream(case)
        self.healed = False

    def __call__(self, tx: Tx, event: Event) -> None:
        effect(tx, event)
        if event.stream_id == self.stream and not self.healed:
            raise ValueError("poison")

    def subscription(self) -> Subscription:
        return subscription(SessionArranged=self)


def fill(world: World) -> None:
    for n in range(4):
        world.log.write(f"case/{n}", EducationOpened(), SessionArranged(session_id="s"))
    for n in range(4):
        world.log.write(f"case/{n}", SessionAttended(session_id="s"))


def unparking(world: World, chosen: Subscription, step: str = "") -> closing[Unparker]:
    return closing(
        Unparker(
            world.link(),
            [chosen],
            world.fetch_missing,
            installation=INSTALLATION,
            service=READER,
            between=crashing(step) if step else lambda _: None,
        )
    )


def test_only_the_failing_case_waits(world: World) -> None:
    poison = Poison(world, "case/1")
    fill(world)
    world.deliver([row for row in world.rows() for _ in range(2)])
    with world.consumer(poison.subscription()) as consumer:
        world.drain(consumer)
    waiting = parking.list_parked(world.reader)
    assert [(p.stream_id, p.version, p.error, p.attempts) for p in waiting] == [
        (poison.stream, 2, "ValueError: poison", 1),
        (poison.stream, 3, "", 0),
    ]
    done = world.effects()
    assert [v for s, v in done if s == poison.stream] == [1]
    assert len(done) == 3 * 3 + 1
    assert positions(world.reader).parked == 2


@pytest.mark.parametrize("step", ["replayed", "committed"])
def test_unpark_keeps_order(world: World, step: str) -> None:
    poison = Poison(world, "case/1")
    fill(world)
    world.publish()
    chosen = poison.subscription()
    with world.consumer(chosen) as consumer, unparking(world, chosen) as unparker:
        world.drain(consumer)
        assert unparker.unpark("reader", SOURCE, poison.stream) == Unparked(0, 2)
        assert parking.list_parked(world.reader)[0].attempts == 2
        poison.healed = True
        with unparking(world, chosen, step) as crashes, pytest.raises(Crash):
            crashes.unpark("reader", SOURCE, poison.stream)
        assert unparker.unpark("reader", SOURCE, poison.stream).remaining == 0
        world.log.write("case/1", SessionArranged(session_id="after"))
        world.publish()
        world.drain(consumer)
    assert parking.list_parked(world.reader) == []
    assert [v for s, v in world.effects() if s == poison.stream] == [1, 2, 3, 4]
    world.check_one_effect_each()


def test_a_record_of_an_unknown_type_waits_for_a_release_that_knows_it(world: World) -> None:
    fill(world)
    rows = world.rows()
    old = {name: kind for name, kind in Codec().types.items() if not name.endswith("SessionAttended")}
    world.deliver(rows)
    handle = {kind: h for kind, h in subscription().handle.items() if kind is not SessionAttended}
    chosen = Subscription("reader", ["education"], handle)
    with world.consumer(chosen, codec=Codec(old)) as consumer:
        world.drain(consumer)
    assert {p.error for p in parking.list_parked(world.reader)} == {
        "UnknownEventType: unknown event type corrections.education.v1.SessionAttended"
    }
    with unparking(world, subscription()) as unparker:
        for n in range(4):
            assert unparker.unpark("reader", SOURCE, world.log.stream(f"case/{n}")) == Unparked(1, 0)
    world.check_one_effect_each()


def junk(world: World, count: int) -> None:
    with world.producer() as producer:
        for n in range(count):
            producer.send(world.topic, key=None, value=b"\xff" + bytes([n]), headers=())
        producer.flush(15)


def dead_letters(world: World, count: int) -> list[Record]:
    found: dict[int, Record] = {}
    reader = consuming(world.settings, group=f"{world.dead_topic}.look", topics=[world.dead_topic])()

    def look() -> bool:
        for records in reader.poll(0.1, 100).values():
            found.update({r.offset: r for r in records})
        return len(found) >= count

    try:
        until(look)
    finally:
        reader.close()
    return list(found.values())


def test_unreadable_bytes_are_kept_sealed_and_all_else_flows(world: World) -> None:
    fill(world)
    rows = world.rows()
    world.deliver(rows[:5])
    junk(world, 1)
    with world.producer() as producer:  # an event of another log, and one whose key is another stream
        row: Outgoing = rows[5]
        foreign = headers_of(row, f"{INSTALLATION}/intake")
        producer.send(world.topic, key=key_of(row.stream_id), value=row.data, headers=foreign)
        other = key_of(rows[0].stream_id)
        producer.send(world.topic, key=other, value=row.data, headers=headers_of(row, SOURCE))
        producer.flush(15)
    world.deliver(rows[5:])
    with world.consumer() as consumer:
        world.drain(consumer)
    kept = dead_letters(world, 3)
    reasons = {dict(r.headers)["guitu_reason"] for r in kept}
    assert reasons == {b"no key", b"another log's source", b"headers and metadata differ"}
    opened = [json.loads(AESGCM(KEY).decrypt(bytes(12), r.value or b"", None)) for r in kept]
    assert "/wA=" in {o["value"] for o in opened}
    assert positions(world.reader).dead_letters == 3
    world.check_one_effect_each()


def test_a_flood_of_unreadable_bytes_stops_the_consumer(world: World) -> None:
    fill(world)
    world.publish()
    with world.consumer(window=20, at_least=10) as consumer:
        world.drain(consumer)
        before = world.offsets()
        junk(world, 40)
        with pytest.raises(FloodOfUnreadable, match="records are unreadable"):
            until(lambda: consumer.turn() < 0)
    assert sum(world.offsets().values()) < sum(before.values()) + 40
    world.check_one_effect_each()


def test_a_stream_with_a_lost_tail_flows_again_when_its_store_has_it(world: World) -> None:
    fill(world)
    stream = world.log.stream("case/1")
    world.lost.add(stream)
    world.deliver([row for row in world.rows() if row.stream_id != stream or row.version < 2])
    with world.consumer() as consumer:
        world.drain(consumer)
        until(lambda: consumer.turn() == 0 and bool(parking.list_parked(world.reader)))
    world.lost.clear()
    with unparking(world, subscription()) as unparker:
        assert unparker.unpark("reader", SOURCE, stream) == Unparked(2, 0)
    assert parking.list_parked(world.reader) == []
    world.check_one_effect_each()
