"""Values that nobody can mean are refused before a handler meets them."""

from __future__ import annotations

import pytest
from corrections.common.v1.common_pb2 import EventMeta, LawRef, Outcome, Recorded, Signed
from corrections.education.v1.service_pb2 import OpenEducationRequest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from servicekit.impossible import impossible


def at(seconds: int, nanos: int = 0) -> OpenEducationRequest:
    return OpenEducationRequest(occurred_at=Timestamp(seconds=seconds, nanos=nanos))


@pytest.mark.parametrize(
    "request_", [at(0), at(1_700_000_000, 999_999_999), OpenEducationRequest(county="宁波")]
)
def test_an_ordinary_value_passes(request_: Message):
    assert list(impossible(request_)) == []


@pytest.mark.parametrize(
    "request_", [at(10**17), at(-(10**17)), at(0, -1), at(0, 10**9), at(253_402_300_799)]
)
def test_an_instant_outside_history_is_named(request_: Message):
    assert [(v.field, v.rule) for v in impossible(request_)] == [("occurred_at", "timestamp.possible")]


def test_a_nul_in_a_text_is_named_with_its_path():
    outcome = Outcome(subject="a", events=[Recorded(), Recorded(type="x\x00")])
    assert [(v.field, v.rule) for v in impossible(outcome)] == [("events[1].type", "string.no_nul")]


def test_bytes_may_hold_anything():
    assert list(impossible(EventMeta(stream_id=b"\x00"))) == []
    assert list(impossible(LawRef(rule="r"))) == []


def test_what_an_agency_signed_is_left_to_its_handler():
    from corrections.handoff.v1.service_pb2 import SubmitRequest

    assert list(impossible(SubmitRequest(message=Signed(type="\x00")))) == []
