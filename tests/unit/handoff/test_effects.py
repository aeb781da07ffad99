"""What other services say of an exchange never stops the stream. 社区矫正法实施办法 第十六条."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from corrections.intake.v1 import events_pb2 as intake
from corrections.supervision.v1 import events_pb2 as supervision
from google.protobuf.message import Message
from handoff.processes.effects import EFFECTS

EXCHANGE = "0b6b6a2e-7a25-5b0d-9d4e-1c4f3f1e2a00"
CASE = UUID(int=7)


def commands(data: Message) -> list[tuple[str, Message, UUID]]:
    """What the process manager asks for on such an event."""
    asked: list[tuple[str, Message, UUID]] = []

    def command(step: str, request: Message, subject: UUID) -> None:
        asked.append((step, request, subject))

    tx = SimpleNamespace(command=command)
    EFFECTS.handle[type(data)](cast("Any", tx), cast("Any", SimpleNamespace(data=data, subject=CASE)))
    return asked


@pytest.mark.parametrize("text", ["", "x", "0b6b6a2e-7a25", "\x00"])
def test_an_event_that_names_no_exchange_asks_for_nothing(text: str):
    assert commands(supervision.SubjectFound(exchange_id=text)) == []
    assert commands(intake.RulingWithoutEffect(exchange_id=text)) == []


def test_an_effect_is_noted_in_its_exchange():
    [(_, request, subject)] = commands(supervision.SubjectFound(exchange_id=EXCHANGE))
    assert (getattr(request, "exchange_id", ""), subject) == (EXCHANGE, UUID(EXCHANGE))
