"""Our records are CloudEvents 1.0 in Kafka's binary mode, as others read them (eventstore.md section 6)."""

from __future__ import annotations

import json
import re
from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, from_kafka_event
from corrections.common.v1.common_pb2 import EventMeta
from eventcore import meta
from eventcore.cloudevents import Outgoing, entry_of, headers_of, key_of, topic_of
from eventcore.kafka import Record

from tests.golden import histories

VECTORS = Path(__file__).parents[1] / "data" / "vectors" / "cloudevents"
SOURCE = "guitu-golden/{}"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
# CloudEvents 1.0: lower-case letters and digits, at most 20 of them where interoperability matters.
ATTRIBUTE = re.compile(r"[a-z0-9]{1,20}")
REQUIRED = {"specversion", "type", "id", "source"}
NEWEST = histories.releases()[-1]
GOLDEN = [(s, r) for s in histories.services(NEWEST) for r in histories.records(NEWEST, s)]


def outgoing(record: histories.Record, seq: int) -> Outgoing:
    """The record's row of the log, as the relay reads it."""
    head = EventMeta.FromString(record.meta)
    return Outgoing(
        seq=seq,
        stream_id=UUID(bytes=head.stream_id),
        version=head.version,
        type=record.type,
        subject=UUID(bytes=head.subject),
        occurred_at=meta.instant(head.occurred_at),
        meta=record.meta,
        data=record.data,
        trace=TRACE,
    )


@pytest.mark.parametrize(("service", "record"), GOLDEN, ids=[r.type for _, r in GOLDEN])
def test_every_event_is_read_by_the_official_binding(service: str, record: histories.Record):
    row, source = outgoing(record, 7), SOURCE.format(service)
    headers = headers_of(row, source)
    read = from_binary_event(KafkaMessage(dict(headers), key_of(row.stream_id), row.data))
    head = EventMeta.FromString(record.meta)
    assert read.get_specversion() == "1.0"
    assert read.get_type() == record.type
    assert read.get_id() == str(UUID(bytes=head.event_id))
    assert read.get_source() == source
    assert read.get_subject() == str(UUID(bytes=head.subject))
    time = read.get_time()
    assert time is not None
    assert time.astimezone(UTC) == meta.instant(head.occurred_at)
    assert read.get_datacontenttype() == "application/protobuf"
    assert content(read.get_data()) == record.data
    assert read.get_extension("partitionkey") == str(row.stream_id)
    assert read.get_extension("seq") == "7"
    assert read.get_extension("streamversion") == str(row.version)


@pytest.mark.parametrize(("service", "record"), GOLDEN, ids=[r.type for _, r in GOLDEN])
def test_a_reader_recomputes_the_leaf_from_the_record_alone(service: str, record: histories.Record):
    row, source = outgoing(record, 7), SOURCE.format(service)
    topic = topic_of(service)
    sent = Record(topic, 0, 0, key_of(row.stream_id), row.data, tuple(headers_of(row, source)))
    entry = entry_of(sent, {topic: source})
    assert entry.leaf == record.leaf_sha256
    assert (entry.meta, entry.data, entry.trace) == (record.meta, record.data, TRACE)


def test_attribute_names_are_lawful_and_the_required_are_there():
    service, record = GOLDEN[0]
    names = [n for n, _ in headers_of(outgoing(record, 0), SOURCE.format(service)) if n.startswith("ce_")]
    attributes = [name.removeprefix("ce_") for name in names]
    assert set(attributes) >= REQUIRED
    assert [a for a in attributes if not ATTRIBUTE.fullmatch(a)] == []


def content(data: Any) -> bytes:
    """The data's bytes: the package's format hands out text where the bytes are UTF-8, None where there are none."""
    return data if isinstance(data, bytes) else str(data or "").encode()


def vectors() -> list[dict[str, Any]]:
    """The conformance suite's events; every scalar as text."""
    files = sorted(VECTORS.glob("*.yaml"))
    return [v for f in files for v in yaml.load_all(f.read_text(encoding="utf-8"), yaml.BaseLoader)]


def message_of(attributes: dict[str, str], data: str, *, structured: bool) -> KafkaMessage:
    """The event as a record: in binary mode with headers as ours, in structured mode as JSON."""
    if structured:
        value = json.dumps({**attributes, "data": json.loads(data)}).encode()
        return KafkaMessage({"content-type": b"application/cloudevents+json"}, None, value)
    kind = attributes.get("datacontenttype", "application/json")
    headers = {f"ce_{name}": text.encode() for name, text in attributes.items() if name != "datacontenttype"}
    return KafkaMessage({**headers, "content-type": kind.encode()}, None, data.encode())


@pytest.mark.parametrize("vector", vectors(), ids=lambda v: v["ContextAttributes"]["id"] + v.get("Mode", ""))
def test_the_conformance_suites_events_are_read_from_records(vector: dict[str, Any]):
    """Headers made as ours are carry every attribute of the suite to the official binding."""
    attributes = dict(vector["ContextAttributes"])
    attributes |= attributes.pop("Extensions", {})
    message = message_of(attributes, vector["Data"], structured=vector.get("Mode") == "structured")
    read = from_kafka_event(message)
    got = dict(read.get_attributes())
    for name, text in attributes.items():
        shown = got[name].isoformat().replace("+00:00", "Z") if name == "time" else str(got[name])
        assert shown == text, name
    data, kind = read.get_data(), attributes.get("datacontenttype", "application/json")
    if kind.startswith("application/json"):
        assert data == json.loads(vector["Data"])
    else:
        assert content(data) == content(vector["Data"])
