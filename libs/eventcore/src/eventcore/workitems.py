"""What a person has to deal with: internal commands that were refused, and records that nobody could read.

Neither stops anything else, so nobody would notice them; they stay open until somebody closes them with a note.
Rows are never deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from eventcore.link import Connection

_REFUSALS = """
select ord, command_id, subject, target, refusal, purpose, created from es.command
where refusal is not null and settled is null and ord > %s order by ord limit %s
"""
# Settling twice keeps the first person's name and note.
_SETTLE = """
update es.command set settled = coalesce(settled, es.now()), settled_by = coalesce(settled_by, %s),
  settled_note = coalesce(settled_note, %s)
where command_id = %s and refusal is not null
"""
_LETTERS = """
select consumer, topic, partition, "offset", reason, since from es.dead_letter
where closed is null and (since, consumer, topic, partition, "offset") > (%s, %s, %s, %s, %s)
order by since, consumer, topic, partition, "offset" limit %s
"""
_CLOSE = """
update es.dead_letter set closed = coalesce(closed, es.now()), closed_by = coalesce(closed_by, %s),
  closed_note = coalesce(closed_note, %s)
where consumer = %s and topic = %s and partition = %s and "offset" = %s
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that was refused. `reason` is the status code and the refusal code; `ord` its place in the queue."""

    ord: int
    command_id: UUID
    subject: UUID
    target: str
    reason: str
    purpose: str
    created: datetime


class Place(NamedTuple):
    """Where a record came from: it is the same record there for ever."""

    consumer: str
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that nobody could read; its bytes are sealed on the dead-letter topic."""

    place: Place
    reason: str
    since: datetime


FIRST_REFUSAL = (0,)
"""A key before every refusal: place in the queue."""
FIRST_LETTER = (datetime.min.replace(tzinfo=UTC), "", "", -1, -1)
"""A key before every dead letter: since, consumer, topic, partition, offset."""


def list_refusals(
    conn: Connection, after: tuple[object, ...] = FIRST_REFUSAL, limit: int | None = None
) -> list[Refusal]:
    """Refused commands behind the key `after` that nobody has dealt with, oldest first, at most `limit`."""
    return [Refusal(*row[:7]) for row in conn.execute(_REFUSALS, (*after, limit))]


def settle_refusal(conn: Connection, command_id: UUID, *, by: str, note: str) -> bool:
    """The refusal is dealt with; one that was before stays as it is. False when no such command was refused."""
    return conn.execute(_SETTLE, (by, note, command_id)).rowcount == 1


def list_dead_letters(
    conn: Connection, after: tuple[object, ...] = FIRST_LETTER, limit: int | None = None
) -> list[DeadLetter]:
    """Unreadable records behind the key `after` that nobody has dealt with, oldest first, at most `limit`."""
    rows = conn.execute(_LETTERS, (*after, limit))
    return [DeadLetter(Place(r[0], r[1], r[2], r[3]), r[4], r[5]) for r in rows]


def close_dead_letter(conn: Connection, place: Place, *, by: str, note: str) -> bool:
    """The record is dealt with; one that was before stays as it is. False when it is no dead letter."""
    return conn.execute(_CLOSE, (by, note, *place)).rowcount == 1
