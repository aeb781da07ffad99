"""Old bytes in today's schema."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from corrections.education.v1.events_pb2 import SessionAttended
from eventcore import meta
from eventcore.decider import Caller
from eventcore.errors import UnknownEventType
from eventcore.upcasting import Codec
from google.protobuf.message import Message

TYPE = SessionAttended.DESCRIPTOR.full_name
AT = datetime(2026, 3, 2, 1, 0, 0, 123456, tzinfo=UTC)


def _meta(schema_version: int) -> bytes:
    origin = meta.Origin("education", Caller("a", "3302", "JO", "p"), UUID(int=1), None, "d", "c")
    made = meta.build(
        SessionAttended(), origin=origin, stream=UUID(int=2), version=3, subject=UUID(int=4),
        occurred_at=AT, recorded_at=AT, schema_version=schema_version,
    )  # fmt: skip
    return made.SerializeToString()


def _in_minutes(event: Message) -> Message:
    assert isinstance(event, SessionAttended)
    return SessionAttended(session_id=event.session_id, minutes=event.minutes * 60)


def _named(event: Message) -> Message:
    assert isinstance(event, SessionAttended)
    return SessionAttended(session_id=f"s{event.session_id}", minutes=event.minutes)


CODEC = Codec(casters={(TYPE, 1): _in_minutes, (TYPE, 2): _named})
STORED = SessionAttended(session_id="1", minutes=2).SerializeToString()


@pytest.mark.parametrize(("version", "minutes", "name"), [(1, 120, "s1"), (2, 2, "s1"), (3, 2, "1")])
def test_each_schema_is_lifted_to_todays(version: int, minutes: int, name: str) -> None:
    event = CODEC.event(_meta(version), STORED)
    assert event.data == SessionAttended(session_id=name, minutes=minutes)
    assert event.data_bytes == STORED
    assert event.occurred_at == AT


def test_what_is_written_today_has_todays_schema_version() -> None:
    assert CODEC.schema_version(TYPE) == 3
    assert Codec().schema_version(TYPE) == 1


def test_a_schema_of_a_later_release_is_unknown() -> None:
    with pytest.raises(UnknownEventType):
        Codec().event(_meta(2), STORED)


def test_a_type_of_a_later_release_is_unknown() -> None:
    with pytest.raises(UnknownEventType, match="SessionAttended"):
        Codec(types={}).event(_meta(1), STORED)
