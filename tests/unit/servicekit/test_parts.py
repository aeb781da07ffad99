"""A message is counted before it is parsed, also what stands inside it; bytes that are none are left to the parser."""

from __future__ import annotations

import pytest
from corrections.handoff.v1 import messages_pb2 as msg
from hypothesis import given
from hypothesis import strategies as st
from servicekit.parts import too_many

KIND = msg.Judgment


def judgment(defendants: int, charges: int = 1) -> bytes:
    made = msg.Judgment(message_id="m", case_number="c")
    made.defendants.extend(msg.Defendant(number=n, charges=["x"] * charges) for n in range(1, defendants + 1))
    return made.SerializeToString()


def test_an_honest_judgment_is_small():
    assert not too_many(judgment(100), KIND)


def test_empty_elements_are_counted_before_they_are_made():
    tag = msg.Judgment.DESCRIPTOR.fields_by_name["defendants"].number << 3 | 2
    assert too_many(bytes([tag, 0]) * 4_000_000, KIND)


@pytest.mark.parametrize(("most", "too"), [(2 + 3 + 3 * 2, False), (2 + 3 + 3 * 2 - 1, True)])
def test_fields_inside_count_as_those_outside(most: int, too: bool):
    assert too_many(judgment(3), KIND, most) is too


def test_what_bytes_hold_is_not_looked_at():
    assert not too_many(msg.Judgment(message_id="x" * 100_000).SerializeToString(), KIND, 1)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_message_are_left_to_the_parser(raw: bytes):
    assert not too_many(raw, KIND)
