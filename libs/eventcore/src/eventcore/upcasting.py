"""Stored bytes never change; old events are lifted to today's schema when they are read, by pure functions.

A caster takes an event as one schema version left it and returns it as the next one wants it.
A new meaning is a new type, never a caster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from contracts import registry
from corrections.common.v1.common_pb2 import EventMeta
from google.protobuf.message import Message

from eventcore import meta
from eventcore.errors import UnknownEventType
from eventcore.event import Event

Caster = Callable[[Message], Message]


def _contracts() -> Mapping[str, type[Message]]:
    return registry.event_types()


@dataclass(frozen=True)
class Codec:
    """Reads stored bytes as events: types by full name, casters by (type, schema version they lift from)."""

    types: Mapping[str, type[Message]] = field(default_factory=_contracts)
    casters: Mapping[tuple[str, int], Caster] = field(default_factory=dict[tuple[str, int], Caster])

    def schema_version(self, type_name: str) -> int:
        """Version that is written today: one more than the last caster of the type lifts from."""
        return 1 + max((v for name, v in self.casters if name == type_name), default=0)

    def event(self, meta_bytes: bytes, data_bytes: bytes, *, seq: int = -1, trace: str = "") -> Event:
        """The event of the stored bytes in today's schema.

        UnknownEventType when these contracts have no such type; DecodeError when the bytes are none.
        """
        head = EventMeta.FromString(meta_bytes)
        return Event(
            service=head.service,
            seq=seq,
            stream_id=UUID(bytes=head.stream_id),
            version=head.version,
            event_id=UUID(bytes=head.event_id),
            type=head.type,
            subject=UUID(bytes=head.subject),
            occurred_at=meta.instant(head.occurred_at),
            recorded_at=meta.instant(head.recorded_at),
            actor=head.actor,
            unit=head.unit,
            role=head.role,
            correlation_id=UUID(bytes=head.correlation_id),
            causation_id=UUID(bytes=head.causation_id) if head.causation_id else None,
            legal_basis=head.legal_basis,
            data=self.data(head.type, head.schema_version, data_bytes),
            meta_bytes=meta_bytes,
            data_bytes=data_bytes,
            trace=trace,
            about=tuple(UUID(bytes=one) for one in head.about) if head.about else (),
        )

    def data(self, type_name: str, schema_version: int, data_bytes: bytes) -> Message:
        """The content in today's schema; UnknownEventType also for a schema younger than this release."""
        try:
            message = self.types[type_name].FromString(data_bytes)
        except KeyError:
            raise UnknownEventType(type_name) from None
        today = self.schema_version(type_name) if self.casters else 1
        if schema_version > today:
            raise UnknownEventType(f"{type_name} of schema version {schema_version}, want at most {today}")
        for version in range(schema_version, today):
            message = self.casters[type_name, version](message)
        return message
