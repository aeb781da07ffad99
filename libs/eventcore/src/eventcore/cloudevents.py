"""CloudEvents 1.0, Kafka binary mode: one event of a log as one record (eventstore.md section 6).

The stored bytes of metadata and content travel unchanged, so a reader recomputes the leaf from the record alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from contracts import registry
from google.protobuf.descriptor_pb2 import DescriptorProto

from eventcore import ids
from eventcore.entry import Entry, Unreadable, of_bytes
from eventcore.kafka import Record

CONTENT_TYPE = b"application/protobuf"
_CONTENT_TYPE = ("content-type", CONTENT_TYPE)
_SPECVERSION = ("ce_specversion", b"1.0")


class Outgoing(NamedTuple):
    """A row of the log, joined with its event, as the relay reads it."""

    seq: int
    stream_id: UUID
    version: int
    type: str
    subject: UUID
    occurred_at: datetime
    meta: bytes
    data: bytes
    trace: str | None


def topic_of(service: str) -> str:
    """Topic of a service's events."""
    return f"corrections.{service}.v1"


def key_of(stream_id: UUID) -> bytes:
    """Record key: the events of a stream keep their order."""
    return str(stream_id).encode()


@cache
def dataschema(type_name: str) -> bytes:
    """Full name of the message and SHA-256 of its descriptor, hex; only the name where the type is unknown here."""
    kind = registry.event_types().get(type_name)
    if kind is None:
        return type_name.encode()
    proto = DescriptorProto()
    kind.DESCRIPTOR.CopyToProto(proto)
    return f"{type_name}#{hashlib.sha256(proto.SerializeToString(deterministic=True)).hexdigest()}".encode()


def headers_of(event: Outgoing, source: str) -> list[tuple[str, bytes]]:
    """Headers of the event's record; its value is `event.data`, its key `key_of(event.stream_id)`."""
    time = event.occurred_at.astimezone(UTC).isoformat(timespec="microseconds")
    headers = [
        _SPECVERSION,
        ("ce_type", event.type.encode()),
        ("ce_id", ids.event_id_text(event.stream_id.bytes, event.version).encode()),
        ("ce_source", source.encode()),
        ("ce_time", time.encode()[:-6] + b"Z"),
        ("ce_subject", str(event.subject).encode()),
        ("ce_dataschema", dataschema(event.type)),
        _CONTENT_TYPE,
        ("ce_seq", str(event.seq).encode()),
        ("ce_streamversion", str(event.version).encode()),
        ("ce_meta", binascii.b2a_base64(event.meta, newline=False)),
    ]
    if event.trace:
        headers.append(("traceparent", event.trace.encode()))
    return headers


def entry_of(record: Record, sources: Mapping[str, str]) -> Entry:
    """The event of a record; `sources` names for each topic the log that it carries. Raises Unreadable.

    What the headers repeat of the metadata must agree with it: the metadata is what was hashed.
    """
    if record.key is None:
        raise Unreadable("no key")
    headers = dict(record.headers)
    try:
        kind, source = headers["ce_type"].decode(), headers["ce_source"].decode()
        meta = base64.b64decode(headers["ce_meta"], validate=True)
        seq = int(headers.get("ce_seq", b"-1"))
        trace = headers.get("traceparent", b"").decode("ascii", "replace")
    except KeyError as error:
        raise Unreadable(f"no header {error.args[0]}") from error
    except (binascii.Error, ValueError) as error:
        raise Unreadable(f"headers: {type(error).__name__}") from error
    if source != sources.get(record.topic):
        raise Unreadable("another log's source")
    entry = of_bytes(source, meta, record.value or b"", seq=seq, trace=trace)
    if record.key != key_of(entry.stream_id) or kind != entry.type:
        raise Unreadable("headers and metadata differ")
    if headers.get("ce_streamversion", b"") != str(entry.version).encode():
        raise Unreadable("headers and metadata differ")
    return entry
