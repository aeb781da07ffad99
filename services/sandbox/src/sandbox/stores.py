"""What the services' stores hold, read directly: for expectations, the digest and the report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from contracts.registry import event_types
from corrections.common.v1.common_pb2 import EventMeta, Sealed
from eventcore.ids import stream_id
from eventcore.link import Link
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

_COLUMNS = "e.subject, e.occurred_at, e.type, e.meta, e.data, e.stream_id, e.version, l.seq"
_ALL = f"select {_COLUMNS} from es.log l join es.event e using (stream_id, version) order by l.seq"
_STREAM = f"""
select {_COLUMNS} from es.event e left join es.log l using (stream_id, version)
where e.stream_id = any(%s) order by e.occurred_at, e.version
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as its store holds it. `seq` is None while the sequencer has not numbered it."""

    service: str
    subject: UUID
    occurred_at: datetime
    type: str
    meta: EventMeta
    data: Message
    stream_id: UUID
    version: int
    seq: int | None

    @property
    def short(self) -> str:
        """Name of the event without its package."""
        return self.type.rsplit(".", 1)[-1]


class Stores:
    """The stores of an installation, one connection each. One thread."""

    def __init__(self, links: Mapping[str, Link], installation: str) -> None:
        self._links = links
        self._installation = installation

    def all(self, service: str) -> Iterator[Stored]:
        """Every event of a service's log, in order."""
        for row in self._links[service].conn.execute(_ALL):
            yield _stored(service, row)

    def case(self, service: str, case_id: UUID) -> Sequence[Stored]:
        """Events of a case in one service, by valid time."""
        stream = stream_id(self._installation, service, "case", str(case_id))
        return [_stored(service, row) for row in self._links[service].conn.execute(_STREAM, [[stream]])]

    def query(self, service: str, statement: str, values: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Rows of a statement of our own on a service's database."""
        return self._links[service].conn.execute(statement.encode(), values).fetchall()

    def close(self) -> None:
        """No connection is held."""
        for link in self._links.values():
            link.close()


def facts(event: Message) -> Mapping[str, Any]:
    """The event as JSON without what is sealed or bytes: what must be the same in every installation."""
    plain = type(event)()
    plain.CopyFrom(event)
    _strip(plain)
    return json_format.MessageToDict(
        plain, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def line(stored: Stored) -> str:
    """One line of the digest: service, case, valid time, type, facts; no recorded time.

    An exchange is not named: the id of a message that nobody vouches for is derived under the installation's key.
    """
    parts = [
        stored.service,
        "" if stored.service == "handoff" else str(stored.subject),
        stored.occurred_at.isoformat(),
        stored.type,
        facts(stored.data),
    ]
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _strip(message: Message) -> None:
    for field, value in message.ListFields():
        if field.type == FieldDescriptor.TYPE_BYTES:
            message.ClearField(field.name)
        elif field.message_type is not None:
            if field.message_type.full_name == Sealed.DESCRIPTOR.full_name:
                message.ClearField(field.name)
            elif field.is_repeated:
                for one in value:
                    _strip(one)
            else:
                _strip(value)


def _stored(service: str, row: tuple[Any, ...]) -> Stored:
    subject, occurred_at, type_name, meta, data, stream, version, seq = row
    event = event_types()[cast("str", type_name)].FromString(data)
    return Stored(
        service, subject, occurred_at, type_name, EventMeta.FromString(meta), event, stream, version, seq
    )
