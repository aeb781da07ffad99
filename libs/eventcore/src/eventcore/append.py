"""An append as one call of the database: what is written, with which expectations, under which request.

The functions es.append1_v1 and es.append_v1 (sql/0001_pre_store.sql) do it in one transaction, one round trip and
one fsync, without a global lock (eventstore.md section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

import psycopg
from google.protobuf.message import Message
from proofs.canonical import MAX_ENTRY, EntryTooLarge, leaf_pair
from psycopg.types.numeric import Int8

from eventcore import meta
from eventcore.arrays import bigints, booleans, byteas, integers, texts, timestamps, uuids
from eventcore.errors import AlreadyExists, Claimed, Conflict, Stopped, TooLarge

ONE: LiteralString = (
    "select es.append1_v1(%b::uuid, %b::bytea, %b::bytea, %b::uuid, %b::text, %b::bigint, %b::text, %b::uuid,"
    " %b::timestamptz, %b::timestamptz, %b::bytea, %b::bytea, %b::text, %b::bytea, %b::bytea)"
)
MANY: LiteralString = (
    "select es.append_v1(%b::uuid[], %b::bytea[], %b::bytea[],"
    " %b::uuid[], %b::text[], %b::bigint[], %b::timestamptz[],"
    " %b::text[], %b::bytea[], %b::uuid[], %b::boolean[],"
    " %b::integer[], %b::text[], %b::uuid[], %b::timestamptz[],"
    " %b::bytea[], %b::bytea[], %b::text[], %b::bytea[], %b::bytea[])"
)

_CONFLICTS = frozenset({"ES001", "ES003", "40001", "40P01"})


@dataclass(frozen=True, slots=True)
class Head:
    """A stream that the decision saw at a version (0 = none). With events it is written, without it is relied on."""

    stream_id: UUID
    category: str
    expected: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One event for the stream of `heads[head]`; events of one stream stand in version order."""

    head: int
    type: str
    subject: UUID
    occurred_at: datetime
    meta: bytes
    data: bytes
    trace: str | None
    leaf_sha256: bytes
    leaf_sm3: bytes


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A value is held by the stream from now on, or no longer."""

    kind: str
    value: bytes
    stream_id: UUID
    held: bool


@dataclass(frozen=True, slots=True)
class Append:
    """All that one request writes. digest: SHA-256 of its content; answer: what every repeat gets."""

    request_id: UUID
    digest: bytes
    answer: bytes
    heads: tuple[Head, ...] = ()
    events: tuple[NewEvent, ...] = ()
    claims: tuple[ClaimChange, ...] = ()


def new_event(
    event: Message,
    *,
    origin: meta.Origin,
    head: int,
    stream: UUID,
    version: int,
    subject: UUID,
    occurred_at: datetime,
    recorded_at: datetime,
    corrects: UUID | None = None,
    schema_version: int = 1,
    trace: str | None = None,
) -> NewEvent:
    """The event with its metadata and both leaves. Raises TooLarge when it exceeds a log entry."""
    head_bytes = meta.build(
        event,
        origin=origin,
        stream=stream,
        version=version,
        subject=subject,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        corrects=corrects,
        schema_version=schema_version,
    ).SerializeToString(deterministic=True)
    data = event.SerializeToString(deterministic=True)
    name = event.DESCRIPTOR.full_name
    try:
        leaf_sha256, leaf_sm3 = leaf_pair(head_bytes, data)
    except EntryTooLarge:
        raise TooLarge(name, len(head_bytes) + len(data), MAX_ENTRY) from None
    return NewEvent(head, name, subject, occurred_at, head_bytes, data, trace, leaf_sha256, leaf_sm3)


def call(appends: Sequence[Append]) -> tuple[LiteralString, Sequence[object]]:
    """Statement and binary parameters that write these appends in one transaction; it must be its first write.

    The statement's one value is null, or the stored answer where the only append is a repeat.
    """
    if len(appends) == 1:
        one = appends[0]
        if len(one.events) == 1 and len(one.heads) == 1 and not one.claims:
            return ONE, _one(one)
    return MANY, _many(appends)


def _one(one: Append) -> Sequence[object]:
    head, event = one.heads[0], one.events[0]
    return (
        one.request_id, one.digest, one.answer, head.stream_id, head.category, Int8(head.expected),
        event.type, event.subject, event.occurred_at, head.recorded_at, event.meta, event.data, event.trace,
        event.leaf_sha256, event.leaf_sm3,
    )  # fmt: skip


def _many(appends: Sequence[Append]) -> Sequence[object]:
    heads: list[Head] = []
    places: list[int] = []
    for one in appends:
        places += [len(heads) + event.head + 1 for event in one.events]
        heads += one.heads
    events = [event for one in appends for event in one.events]
    claims = [claim for one in appends for claim in one.claims]
    return (
        uuids(a.request_id for a in appends), byteas(a.digest for a in appends),
        byteas(a.answer for a in appends),
        uuids(h.stream_id for h in heads), texts(h.category for h in heads),
        bigints(h.expected for h in heads), timestamps(h.recorded_at for h in heads),
        texts(c.kind for c in claims), byteas(c.value for c in claims),
        uuids(c.stream_id for c in claims), booleans(c.held for c in claims),
        integers(places), texts(e.type for e in events), uuids(e.subject for e in events),
        timestamps(e.occurred_at for e in events), byteas(e.meta for e in events),
        byteas(e.data for e in events), texts(e.trace for e in events),
        byteas(e.leaf_sha256 for e in events), byteas(e.leaf_sm3 for e in events),
    )  # fmt: skip


def translated(error: psycopg.Error) -> Exception:
    """The refusal that the database's error means; the error itself where it is none."""
    if error.sqlstate in _CONFLICTS:
        return Conflict(str(error.diag.message_primary))
    if error.sqlstate == "ES002":
        return Claimed(str(error.diag.message_primary))
    if error.sqlstate == "ES006":
        seq, _, finding = str(error.diag.message_detail).partition(" ")
        return Stopped(str(error.diag.message_primary).split()[1].rstrip(":"), seq, finding)
    if error.sqlstate == "ES409":
        return AlreadyExists(str(error.diag.message_primary))
    return error
