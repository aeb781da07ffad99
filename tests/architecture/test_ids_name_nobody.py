"""An id that a caller chooses stands in entries for ever: every such field is under the one rule (servicekit.identifiers)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from contracts import registry
from corrections.handoff.v1 import messages_pb2
from google.protobuf.descriptor import FieldDescriptor
from servicekit import identifiers

from tests.architecture.test_free_text_is_sealed import BY_SUFFIX, FORMS, strings

# Ids of events that services derive, and never take from a caller as text.
CLEAR = {
    field.name
    for event in registry.events().values()
    for field in strings(event.message.DESCRIPTOR)
    if field.name.endswith(("_id", "_ids")) and BY_SUFFIX.search(field.name)
}
CHOSEN = {"message_id", "member_id", "leave_id", "travel_id", "session_id", "referral_id", "decision_id"}
COMMANDS = [m.request.DESCRIPTOR for m in registry.methods().values() if "SERVICE" not in m.roles]
MESSAGES = list(messages_pb2.DESCRIPTOR.message_types_by_name.values())


def within(descriptor: Any, seen: frozenset[str] = frozenset()) -> Iterator[FieldDescriptor]:
    """The string fields of a message and of the platform's messages in it."""
    for field in descriptor.fields:
        inside = field.message_type
        if field.type == FieldDescriptor.TYPE_STRING:
            yield field
        elif (
            inside is not None
            and inside.full_name.startswith("corrections.")
            and inside.full_name not in seen
        ):
            yield from within(inside, seen | {inside.full_name})


def owner(field: FieldDescriptor) -> Any:
    """The message that has the field."""
    return field.containing_type


@pytest.mark.parametrize("descriptor", [*COMMANDS, *MESSAGES], ids=lambda d: d.full_name)
def test_an_id_is_a_uuid_or_under_the_rule(descriptor: Any) -> None:
    for field in within(descriptor):
        if not field.name.endswith(("_id", "_ids")) or field.name in identifiers.NOT_CHOSEN:
            continue
        rules = field.GetOptions().Extensions[identifiers.RULES]
        uuid = rules.string.uuid or rules.repeated.items.string.uuid
        assert uuid or field in identifiers.chosen(owner(field)), field.full_name


def test_what_stands_in_events_in_the_clear_and_is_no_uuid_is_chosen_by_a_caller() -> None:
    assert CLEAR - FORMS.keys() >= CHOSEN
    asked = [m.request.DESCRIPTOR for m in registry.methods().values()] + MESSAGES
    under = {f.name for d in asked for f in within(d) if f in identifiers.chosen(owner(f))}
    assert under >= CHOSEN, CHOSEN - under
