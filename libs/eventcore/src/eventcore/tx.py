"""One transaction of a reader: rows of its tables, commands and deadlines, all or nothing.

A handler gets a `Tx` and an `Event`. It calls no other service: commands become rows of `es.command`, which the
dispatcher sends afterwards (eventstore.md section 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import LiteralString, cast
from uuid import UUID, uuid5

import psycopg
from contracts import registry
from google.protobuf.message import Message
from lawkit import Law, load_law
from lawkit.counting import end_of_day
from lawkit.law_of_the_day import known_day, line
from psycopg.rows import TupleRow

from eventcore import ids
from eventcore.event import Event
from eventcore.piped import Params, Piped

Connection = psycopg.Connection[TupleRow]
Handler = Callable[["Tx", Event], None]

_PUT_COMMANDS = """
insert into es.command (command_id, subject, target, request, purpose, correlation, causation, trace, created)
select u.command_id, u.subject, u.target, u.request, u.purpose, u.correlation, u.causation, u.trace, es.now()
from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bytea[], %s::text[], %s::uuid[], %s::uuid[], %s::text[])
  with ordinality as u(command_id, subject, target, request, purpose, correlation, causation, trace, n)
order by u.n
on conflict (command_id) do nothing
"""

# A due time that changes starts a new clock; the same due time again changes nothing that was handed over.
_PUT_DEADLINES = """
insert into es.deadline as d (deadline_id, name, subject, owner, due_at, rule, since, provisional, command_id, target,
  request, correlation, causation, trace, asked_of)
select u.*, case when u.provisional then '' end from unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::date[],
  %s::boolean[], %s::uuid[], %s::text[], %s::bytea[], %s::uuid[], %s::uuid[], %s::text[])
  as u(deadline_id, name, subject, owner, due_at, rule, since, provisional, command_id, target, request, correlation,
    causation, trace)
on conflict (deadline_id) do update set
  owner = excluded.owner, due_at = excluded.due_at, command_id = excluded.command_id, target = excluded.target,
  request = excluded.request, correlation = excluded.correlation, causation = excluded.causation,
  trace = excluded.trace, rule = excluded.rule, since = excluded.since, provisional = excluded.provisional,
  asked_of = excluded.asked_of,
  handed_over_for = case when d.due_at = excluded.due_at then d.handed_over_for end,
  too_early = case when d.due_at = excluded.due_at then d.too_early else 0 end,
  not_before = case when d.due_at = excluded.due_at then d.not_before end
"""
_CLEAR_DEADLINES = "delete from es.deadline where deadline_id = any(%s)"
_END_SUBJECTS = """
delete from es.deadline d using unnest(%s::uuid[], %s::text[]) as ended(subject, owner)
where d.subject = ended.subject and d.owner = ended.owner
"""


class StepTwice(ValueError):
    """One event gave two commands under the same step; their ids would be equal and the second would be lost."""


@dataclass(slots=True)
class Effects:
    """Commands and deadlines that handlers asked for and that `flush` writes, one statement each."""

    commands: dict[UUID, tuple[object, ...]] = field(default_factory=dict[UUID, tuple[object, ...]])
    deadlines: dict[UUID, tuple[object, ...] | None] = field(
        default_factory=dict[UUID, "tuple[object, ...] | None"]
    )
    ended: set[tuple[UUID, str]] = field(default_factory=set[tuple[UUID, str]])

    @property
    def none(self) -> bool:
        """Handlers asked for nothing."""
        return not (self.commands or self.deadlines or self.ended)

    def end(self, subject: UUID, owner: str) -> None:
        """No clock of the subject that the owner started so far runs any more."""
        self.ended.add((subject, owner))
        for key, row in self.deadlines.items():
            if row is not None and row[2:4] == (subject, owner):
                self.deadlines[key] = None

    def flush(self, conn: Connection) -> int:
        """All of them are rows of the open transaction; how many there are to wake somebody for."""
        written = len(self.commands) + sum(row is not None for row in self.deadlines.values())
        if self.commands:
            conn.execute(_PUT_COMMANDS, _columns(self.commands.values()))
        put = [row for row in self.deadlines.values() if row is not None]
        gone = [key for key, row in self.deadlines.items() if row is None]
        if self.ended:
            conn.execute(_END_SUBJECTS, _columns(self.ended))
        if put:
            conn.execute(_PUT_DEADLINES, _columns(put))
        if gone:
            conn.execute(_CLEAR_DEADLINES, (gone,))
        self.commands.clear()
        self.deadlines.clear()
        self.ended.clear()
        return written


def _columns(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


@dataclass(slots=True)
class Tx:
    """The transaction in which one event takes effect on one reader.

    `reader` is the name of the projection or subscription. Table names in SQL stay unqualified, so that a rebuild can
    run the same handler on shadow tables.
    """

    conn: Connection | Piped
    installation: str
    service: str
    reader: str
    event: Event
    effects: Effects
    law: Callable[[], Law] = load_law

    def execute(self, sql: str, params: Params = None) -> None:
        """Runs one statement. It may wait for the next `fetch` or the end of the page, and an error with it."""
        self.conn.execute(cast(LiteralString, sql), params)

    def fetch(self, sql: str, params: Params = None) -> list[TupleRow]:
        """Runs one query; answers all its rows."""
        conn = self.conn.waited() if isinstance(self.conn, Piped) else self.conn
        return conn.execute(cast(LiteralString, sql), params).fetchall()

    def command(self, step: str, request: Message, subject: UUID) -> UUID:
        """The request will be sent to the one RPC that takes it; `step` is unique among the commands of this event.

        The answer is the command id, which is also the request id, so that sending twice has one effect. Commands of
        one subject are sent in the order in which they were written. Raises StepTwice.
        """
        subscription = f"{self.service}/{self.reader}"
        command_id = ids.command_id(self.installation, subscription, self.event.event_id, step)
        if command_id in self.effects.commands:
            raise StepTwice(f"{subscription}: step {step} twice for {self.event.type}")
        event = self.event
        self.effects.commands[command_id] = (
            command_id, subject, registry.method_of(type(request)), _with_id(request, command_id),
            f"{self.reader}/{step}", event.correlation_id, event.event_id, event.trace or None,
        )  # fmt: skip
        return command_id

    def deadline(
        self,
        name: str,
        subject: UUID,
        due_at: datetime,
        request: Message | None,
        *,
        rule: str,
        since: date | None,
        provisional: bool = False,
    ) -> None:
        """The clock `name` of the subject is due at this instant; then the request is sent. One clock a name and subject.

        A clock that runs already gets the new due time. Without a request it is only watched: another organ must act.
        rule: id of the rule that sets the clock; since: day that it counts from, None where nobody knows; provisional:
        the calendar of a needed year is missing. Raises ValueError for a naive time.
        """
        if due_at.tzinfo is None:
            raise ValueError(f"deadline {name}: naive due time")
        deadline_id = self._deadline_id(name, subject)
        due_at = due_at.astimezone(UTC)
        command_id = lapse_id(deadline_id, due_at)
        event = self.event
        sent = (None, None, None)
        if request is not None:
            sent = (command_id, registry.method_of(type(request)), _with_id(request, command_id))
        self.effects.deadlines[deadline_id] = (
            deadline_id, name, subject, self.reader, due_at, rule, since, provisional, *sent,
            event.correlation_id, event.event_id, event.trace or None,
        )  # fmt: skip

    def watch(self, name: str, subject: UUID, rule: str, since: date | datetime) -> None:
        """The clock that the rule sets from this day, or for hours this instant, runs and is only watched.

        None is set where no rule of that day sets a period. While the calendar of a year is missing the day is
        provisional, and is asked again when the year comes.
        """
        law = self.law()
        if isinstance(since, datetime):
            exact = line(law, rule, since)
            if exact is not None and exact.breach_at is not None:
                self.deadline(name, subject, exact.breach_at, None, rule=rule, since=exact.start)
            return
        known = known_day(law, rule, since)
        if known is not None:
            due_at = end_of_day(known.day)
            self.deadline(name, subject, due_at, None, rule=rule, since=since, provisional=not known.final)

    def clear_deadline(self, name: str, subject: UUID) -> None:
        """The clock `name` of the subject no longer runs; nothing happens where there is none."""
        self.effects.deadlines[self._deadline_id(name, subject)] = None

    def clear_deadlines(self, subject: UUID) -> None:
        """No clock of the subject that this reader started runs any more."""
        self.effects.end(subject, self.reader)

    def _deadline_id(self, name: str, subject: UUID) -> UUID:
        return ids.derived(self.installation, "deadline", self.service, name, str(subject))


def lapse_id(deadline_id: UUID, due_at: datetime) -> UUID:
    """Id of the command that a clock sends when it is due at an instant, UTC: another due time is another command."""
    return uuid5(deadline_id, due_at.isoformat())


def _with_id(request: Message, command_id: UUID) -> bytes:
    sent = type(request)()
    sent.CopyFrom(request)
    field_ = request.DESCRIPTOR.fields_by_name.get("request_id")
    if field_ is None:
        raise TypeError(f"{request.DESCRIPTOR.full_name} has no request_id")
    setattr(sent, field_.name, str(command_id))
    return sent.SerializeToString()
