"""The digest sees facts and valid time, and nothing that differs from one installation to the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from corrections.common.v1.common_pb2 import EventMeta, Sealed
from corrections.handoff.v1 import events_pb2 as handoff
from corrections.intake.v1 import events_pb2 as intake
from google.protobuf.message import Message
from sandbox.stores import Stored, line

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def stored(data: Message, at: datetime = AT, seq: int = 1) -> str:
    return line(
        Stored("intake", UUID(int=1), at, data.DESCRIPTOR.full_name, EventMeta(), data, UUID(int=2), 1, seq)
    )


def test_ciphertext_and_bytes_do_not_count():
    one = intake.PersonRegistered(name=Sealed(ciphertext=b"1"))
    two = intake.PersonRegistered(name=Sealed(ciphertext=b"2"))
    assert stored(one) == stored(two)
    assert stored(handoff.MessageReceived(message_id="m", content_mac=b"1")) == stored(
        handoff.MessageReceived(message_id="m", content_mac=b"2")
    )


def test_the_order_of_recording_does_not_count():
    event = intake.Released(end_date="2026-03-01")
    assert stored(event, seq=1) == stored(event, seq=9)


def test_facts_and_valid_time_count():
    event = intake.Released(end_date="2026-03-01")
    assert stored(event) != stored(intake.Released(end_date="2026-03-02"))
    assert stored(event) != stored(event, AT + timedelta(hours=1))
