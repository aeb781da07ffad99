"""Every method that shows something of a person's record says so in its contract, so that the read is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from contracts import registry
from contracts.registry import Method
from corrections.common.v1.common_pb2 import SealedText
from corrections.store.v1.store_pb2 import LogEntry

# What these tell is no record of a person: a number, a place in a queue, figures, a receipt of one's own act.
NOTHING_OF_A_PERSON = {
    "/corrections.handoff.v1.HandoffService/Submit": "the sender's own message, its receipts",
}
_OF_A_PERSON = {"case_id", "case_ids", "person_id", "identity_number", "subject"}
_OUTCOME = "corrections.common.v1.Outcome"


def shows(descriptor: Any, seen: frozenset[str] = frozenset()) -> set[str]:
    """Fields of the answer, however deep, that name or describe a person's case."""
    found: set[str] = set()
    for field in descriptor.fields:
        if field.name in _OF_A_PERSON or registry.personal(field):
            found.add(f"{descriptor.full_name}.{field.name}")
        inside = field.message_type
        if inside is None or inside.full_name in {_OUTCOME, *seen}:
            continue
        if inside.full_name in {LogEntry.DESCRIPTOR.full_name, SealedText.DESCRIPTOR.full_name}:
            found.add(f"{descriptor.full_name}.{field.name}")
            continue
        found |= shows(inside, seen | {descriptor.full_name})
    return found


def asks_about(method: Method) -> bool:
    """A question about one case or person: no command, which names a request."""
    names = set(method.request.DESCRIPTOR.fields_by_name)
    return bool(names & _OF_A_PERSON) and "request_id" not in names


METHODS = [m for m in registry.methods().values() if not m.path.startswith("/corrections.sandbox.")]


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.path.rsplit(".", 1)[-1])
def test_a_method_that_shows_something_of_a_person_is_recorded(method: Method) -> None:
    found = shows(method.response.DESCRIPTOR)
    if method.path in NOTHING_OF_A_PERSON:
        assert not method.reads
        return
    assert bool(method.reads) or not (found or asks_about(method)), (
        f"{method.path} shows {sorted(found) or 'a case that is asked about'}: name what it reads in its access option"
    )


def test_what_is_read_is_said_in_one_word() -> None:
    words = {m.reads for m in METHODS if m.reads}
    assert all(word.replace("-", "").isalpha() and word == word.lower() for word in words), words
