"""EventMeta: written once by the appender, hashed and stored as bytes, never serialised again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from corrections.common.v1.common_pb2 import EventMeta, LawRef
from corrections.options.v1 import options_pb2
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit import Law, law_of_the_day
from lawkit.counting import day_of

from eventcore import ids
from eventcore.decider import Caller

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CASE_FIELDS = frozenset({"case_id", "case_ids"})


@dataclass(frozen=True, slots=True)
class Origin:
    """What all events of one command share: service, caller, chain of causes, and the law that decided.

    law: judges by the day of each event what it rests on; without one the contract's rule stands as it is.
    """

    service: str
    caller: Caller
    correlation_id: UUID
    causation_id: UUID | None
    ruleset_digest: str
    calendar_version: str
    law: Law | None = None


@dataclass(frozen=True, slots=True)
class EventContract:
    """What the contract says of an event: full name, Chinese title, rule id, names of its LawRef field and of the fields
    that name cases.

    since, since_first: from when on it counts (eventcore.valid_time).
    """

    name: str
    title_zh: str
    rule: str
    law_ref: str | None
    cases: tuple[str, ...] = ()
    since: str = ""
    since_first: bool = False


@cache
def contract(kind: type[Message]) -> EventContract:
    """What the contract says of an event's class. TypeError when the class is no event."""
    descriptor = kind.DESCRIPTOR
    options = {field.full_name: value for field, value in descriptor.GetOptions().ListFields()}
    event: options_pb2.EventOptions | None = options.get(options_pb2.event.full_name)
    if event is None:
        raise TypeError(f"{descriptor.full_name} has no (event) option: it is no event")
    refs = [
        field.name
        for field in descriptor.fields
        if field.message_type is not None
        and field.message_type.full_name == LawRef.DESCRIPTOR.full_name
        and not field.is_repeated
    ]
    cases = tuple(field.name for field in descriptor.fields if field.name in _CASE_FIELDS)
    return EventContract(
        descriptor.full_name,
        event.title_zh,
        event.rule,
        refs[0] if refs else None,
        cases,
        event.since,
        event.since_first,
    )


def cases_named(event: Message) -> list[UUID]:
    """Cases in an event's fields `case_id` and `case_ids`; what is no UUID is left out."""
    named: list[UUID] = []
    for field in contract(type(event)).cases:
        value: str | Sequence[str] = getattr(event, field)
        for text in [value] if isinstance(value, str) else value:
            with suppress(ValueError):
                named.append(UUID(text))
    return named


def about(event: Message, subject: bytes) -> list[bytes]:
    """What the event is about besides its subject: the cases that it names, ascending, each once."""
    if not contract(type(event)).cases:
        return []
    return sorted({case.bytes for case in cases_named(event)} - {subject})


def legal_basis(event: Message) -> str:
    """Rule id that the event rests on: that of its LawRef where facts decide, else that of its contract."""
    known = contract(type(event))
    if known.law_ref is not None and event.HasField(known.law_ref):
        reference: LawRef = getattr(event, known.law_ref)
        return reference.rule or known.rule
    return known.rule


def basis_of_the_day(event: Message, law: Law | None, occurred_at: datetime) -> str:
    """That rule, or the one it superseded, as it was in force on the fact's day; empty where none was."""
    rule = legal_basis(event)
    if law is None or not rule:
        return rule
    return law_of_the_day.basis(law, rule, day_of(occurred_at))


def build(
    event: Message,
    *,
    origin: Origin,
    stream: UUID,
    version: int,
    subject: UUID,
    occurred_at: datetime,
    recorded_at: datetime,
    corrects: UUID | None = None,
    schema_version: int = 1,
) -> EventMeta:
    """Metadata of one event about to be written."""
    caller = origin.caller
    stream_bytes = stream.bytes
    return EventMeta(
        stream_id=stream_bytes,
        version=version,
        event_id=ids.event_id_bytes(stream_bytes, version),
        type=contract(type(event)).name,
        schema_version=schema_version,
        occurred_at=timestamp(occurred_at),
        recorded_at=timestamp(recorded_at),
        subject=subject.bytes,
        correlation_id=origin.correlation_id.bytes,
        causation_id=origin.causation_id.bytes if origin.causation_id else b"",
        actor=caller.actor,
        unit=caller.unit,
        role=caller.role,
        purpose=caller.purpose,
        legal_basis=basis_of_the_day(event, origin.law, occurred_at),
        corrects=corrects.bytes if corrects else b"",
        ruleset_digest=origin.ruleset_digest,
        calendar_version=origin.calendar_version,
        service=origin.service,
        about=about(event, subject.bytes),
    )


def timestamp(instant: datetime) -> Timestamp:
    """The instant to the microsecond, as PostgreSQL keeps it. ValueError when it has no zone."""
    if instant.tzinfo is None:
        raise ValueError(f"got {instant.isoformat()} without a zone, want an instant")
    micros = (instant - _EPOCH) // _MICROSECOND
    seconds, rest = divmod(micros, 1_000_000)
    return Timestamp(seconds=seconds, nanos=rest * 1000)


def instant(stamp: Timestamp) -> datetime:
    """The same as an aware UTC datetime, to the microsecond."""
    return _EPOCH + timedelta(seconds=stamp.seconds, microseconds=stamp.nanos // 1000)
