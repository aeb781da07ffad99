"""What every contract must say (style.md, architecture.md sections 1 and 7)."""

from __future__ import annotations

import re

import protovalidate
import pytest
from contracts.registry import EventType, events, methods, personal
from corrections.common.v1 import common_pb2
from google._upb._message import Descriptor as UpbDescriptor
from google.protobuf.descriptor import Descriptor
from lawkit import load_law

EVENTS = list(events().items())
# Chinese and English words of what must never be profiled (architecture.md section 7)
FORBIDDEN = re.compile(
    r"ethnic|nationality_group|religio|politic|native_place|origin_region|birthplace|minzu", re.I
)


@pytest.mark.parametrize(("name", "event"), EVENTS, ids=[n for n, _ in EVENTS])
def test_every_event_names_its_title_article_and_rule(name: str, event: EventType):
    assert event.title_zh
    assert event.law
    assert event.rule in load_law().rule_ids, f"{name}: rule {event.rule} is not in the catalogue"


@pytest.mark.parametrize(("name", "event"), EVENTS, ids=[n for n, _ in EVENTS])
def test_personal_fields_of_events_are_sealed(name: str, event: EventType):
    for field in event.message.DESCRIPTOR.fields:
        sealed = (
            field.message_type is not None
            and field.message_type.full_name == common_pb2.Sealed.DESCRIPTOR.full_name
        )
        assert personal(field) == sealed, f"{name}.{field.name}"


def test_every_method_says_who_may_call_it():
    open_methods = [path for path, method in methods().items() if not method.roles]
    assert open_methods == []


def test_every_write_has_a_request_id():
    for path, method in methods().items():
        writes = any(f.name == "outcome" for f in method.response.DESCRIPTOR.fields)
        if writes:
            assert "request_id" in method.request.DESCRIPTOR.fields_by_name, path


def _fields(descriptor: Descriptor | UpbDescriptor, seen: set[str]) -> list[str]:
    if descriptor.full_name in seen:
        return []
    seen.add(descriptor.full_name)
    nested = [f for d in descriptor.fields if d.message_type for f in _fields(d.message_type, seen)]
    return [*(f.name for f in descriptor.fields), *nested]


def test_no_contract_has_a_field_that_profiles():
    seen: set[str] = set()
    kinds = (
        [e.message for _, e in EVENTS]
        + [m.request for m in methods().values()]
        + [m.response for m in methods().values()]
    )
    named = [f for k in kinds for f in _fields(k.DESCRIPTOR, seen) if FORBIDDEN.search(f)]
    assert named == []


@pytest.mark.parametrize("path", sorted(methods()))
def test_the_rules_of_each_request_can_be_evaluated(path: str):
    protovalidate.collect_violations(methods()[path].request())
