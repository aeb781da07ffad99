"""Replays one case at a time under one law, in memory: deciders and processes run as they are, nothing is written.

Handlers get what they ask of a `Tx`: their tables stand in a SQLite database in memory, made by the service's own
migrations and emptied after every case; commands go to the deciders at once, and clocks ring when the next act comes
after them. An act that the law refuses is told, and goes on as it was recorded: people did it (docs/adr/0023).
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, cast
from uuid import UUID

from google.protobuf.message import Message
from lawkit import Law, load_law
from lawkit.errors import LawError, NotAPeriod, NotInForce, UnknownRule

from eventcore import meta
from eventcore.decider import Caller, Claim, Context, On, Release, StreamKey
from eventcore.errors import Invalid, NotFound, NotYetDue, Refused
from eventcore.event import Event
from eventcore.replay import Act, Outcome, Replay
from eventcore.tx import Handler, Tx

_NOBODY = UUID(int=0)
_TABLE = re.compile(r"(?:create|alter) table (\w+)")
_COMMENT = re.compile(r"--.*")


@dataclass(slots=True)
class _Clock:
    due_at: datetime
    service: str
    name: str
    request: Message | None
    owner: str


@dataclass(slots=True)
class _Memory:
    """What a handler asks of a Tx."""

    tables: sqlite3.Connection
    service: str = ""
    root: str = ""
    installation: str = "replay"
    reader: str = ""
    event: Event | None = None
    commands: deque[tuple[str, Message, Event]] = field(default_factory=deque[tuple[str, Message, Event]])
    clocks: dict[tuple[str, str], _Clock] = field(default_factory=dict[tuple[str, str], _Clock])
    set_now: list[tuple[_Clock, str]] = field(default_factory=list[tuple[_Clock, str]])
    law: Callable[[], Law] = load_law

    def watch(self, name: str, subject: UUID, rule: str, since: date | datetime) -> None:
        # a law that knows no such rule, or another kind of period for it, sets no such clock
        with contextlib.suppress(UnknownRule, NotAPeriod, NotInForce):
            Tx.watch(cast("Tx", self), name, subject, rule, since)

    def execute(self, sql: str, params: object = None) -> None:
        self._run(sql, params)

    def fetch(self, sql: str, params: object = None) -> list[tuple[Any, ...]]:
        return self._run(sql, params).fetchall()

    def command(self, step: str, request: Message, subject: UUID) -> UUID:
        del step, subject
        assert self.event is not None
        self.commands.append((_service_of(type(request)), request, self.event))
        return _NOBODY

    def deadline(
        self, name: str, subject: UUID, due_at: datetime, request: Message | None, **why: object
    ) -> None:
        del subject
        clock = _Clock(due_at.astimezone(UTC), self.service, name, request, self.reader)
        self.clocks[self.service, name] = clock
        self.set_now.append((clock, str(why.get("rule") or "")))

    def clear_deadline(self, name: str, subject: UUID) -> None:
        del subject
        self.clocks.pop((self.service, name), None)

    def clear_deadlines(self, subject: UUID) -> None:
        del subject
        for name, clock in list(self.clocks.items()):
            if (clock.service, clock.owner) == (self.service, self.reader):
                del self.clocks[name]

    def _run(self, sql: str, params: object) -> sqlite3.Cursor:
        given = [_value(one) for one in cast("Iterable[object]", params or ())]
        return self.tables.execute(_in_sqlite(sql), given)


def _value(one: object) -> Any:
    return str(one) if isinstance(one, UUID | datetime) else one


@cache
def _in_sqlite(sql: str) -> str:
    # PostgreSQL asks for no column where only the row matters
    return sql.replace("%s", "?").replace("select from", "select 1 from")


@cache
def _service_of(kind: type[Message]) -> str:
    return kind.DESCRIPTOR.full_name.split(".")[1]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What follows by one law from what was done in one case, and the events that the services would record."""

    outcomes: Sequence[Outcome]
    events: Sequence[Event]


class Interpreter:
    """The services under one law."""

    def __init__(self, services: Mapping[str, Replay], law: Law) -> None:
        self._services = services
        self._law = law
        self._tables = sqlite3.connect(":memory:", isolation_level=None)
        for name, replay in services.items():
            for statement in _tables_of(name, replay):
                self._tables.execute(statement)
        self._readers = _readers(services)

    def replay(
        self, acts: Sequence[Act], until: datetime, law_at: Callable[[datetime], Law] | None = None
    ) -> Replayed:
        """The case under this law, or the law of each instant, with the clocks that are due by then."""
        self._tables.execute("begin")
        try:
            subject = acts[0].event.subject if acts else _NOBODY
            law_at = law_at or self._always
            case = _Case(self._services, law_at, self._readers, _Memory(self._tables), subject)
            for act in acts:
                case.ring(act.event.recorded_at)
                case.act(act)
            case.ring(until)
        finally:
            self._tables.execute("rollback")
        return Replayed(case.outcomes, case.events)

    def _always(self, _: datetime) -> Law:
        return self._law

    def close(self) -> None:
        """The memory is given back."""
        self._tables.close()


Readers = Mapping[tuple[str, type[Message]], Sequence[tuple[str, Handler]]]


def _readers(services: Mapping[str, Replay]) -> Readers:
    """By origin and type of an event: services and handlers that hear of it, the own ones first."""
    found: dict[tuple[str, type[Message]], list[tuple[str, Handler]]] = {}
    for name, replay in services.items():
        for clock in replay.clocks:
            for kind, handler in clock.handle.items():
                found.setdefault((name, kind), []).append((name, handler))
    for name, replay in services.items():
        for follow in replay.follows:
            for kind, handler in follow.handle.items():
                origin = _service_of(kind)
                if origin in services:
                    found.setdefault((origin, kind), []).append((name, handler))
    return found


def _tables_of(service: str, replay: Replay) -> Iterator[str]:
    """The statements of the service's migrations that make the tables of its processes."""
    wanted = {table for reader in (*replay.clocks, *replay.follows) for table in reader.tables}
    if not wanted:
        return
    folder = files(service) / "sql"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        for statement in _COMMENT.sub("", file.read_text(encoding="utf-8")).split(";"):
            match = _TABLE.match(statement.strip())
            if match and match[1] in wanted:
                yield statement


class _Case:
    """One case under one law."""

    def __init__(
        self,
        services: Mapping[str, Replay],
        law_at: Callable[[datetime], Law],
        readers: Readers,
        memory: _Memory,
        subject: UUID,
    ) -> None:
        self._subject = subject
        self._services = services
        self._law_at = law_at
        self._readers = readers
        self._memory = memory
        self._states: dict[str, Any] = {name: one.decider.initial for name, one in services.items()}
        self._versions = dict.fromkeys(services, 0)
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._now = datetime.min.replace(tzinfo=UTC)
        self.outcomes: list[Outcome] = []
        self.events: list[Event] = []

    def ring(self, until: datetime) -> None:
        """The clocks that are due by then have lapsed, in the order in which they were due."""
        clocks = self._memory.clocks
        while clocks:
            key = min(clocks, key=lambda one: (clocks[one].due_at, one))
            clock = clocks[key]
            if clock.due_at > until:
                return
            del clocks[key]
            if clock.request is None:
                continue  # it is shown and rings nobody
            caller = _of_the_platform(clock.service)
            root = f"{clock.service}/{clock.name}"
            # a clock that was due before it was set rings when it is set: the papers came late
            self._now = max(self._now, clock.due_at)
            self._give(clock.service, clock.request, caller, self._now, root)
            self._drain(self._now, root)

    def act(self, act: Act) -> None:
        """What somebody did has its consequences."""
        event = act.event
        caller = Caller(event.actor, event.unit, event.role, "replay")
        self._now = max(self._now, event.recorded_at)
        self._give(act.service, act.request, caller, event.recorded_at, act.root, recorded=event)
        self._drain(event.recorded_at, act.root)

    def _drain(self, now: datetime, root: str) -> None:
        commands = self._memory.commands
        while commands:
            service, request, cause = commands.popleft()
            if service in self._services:
                self._give(service, request, _of_the_platform(cause.service), now, root)

    def _give(
        self,
        service: str,
        request: Message,
        caller: Caller,
        now: datetime,
        root: str,
        *,
        recorded: Event | None = None,
    ) -> None:
        ctx = Context(now, caller, "replay", _NOBODY, None, self._law_at(now))
        state, version = self._states[service], self._versions[service]
        given = _occurred_at(request) or now
        try:
            decision = self._services[service].decider.answer(state, version, request, ctx)
        except NotYetDue:
            return  # the clock rang by a date that is not final: it is asked again when the date is
        except (Refused, Invalid, NotFound, LawError) as error:
            # an act is known by its event, a process's request by itself
            self._refused(service, type(recorded.data if recorded else request), error, given, root)
            decision = [] if recorded is None else [recorded.data]
        for item in decision:
            if isinstance(item, Claim | Release) or (isinstance(item, On) and item.stream.category != "case"):
                continue
            on = item if isinstance(item, On) else On(StreamKey("case", ""), item)
            self._happened(service, on.event, caller, on.occurred_at or given, now, root)

    def _refused(self, service: str, what: type[Message], error: Exception, at: datetime, root: str) -> None:
        code = error.code if isinstance(error, Refused) else type(error).__name__
        rule = error.rule if isinstance(error, Refused) else ""
        self._put(root, service, f"refused/{what.DESCRIPTOR.full_name}", at, rule, code)

    def _happened(
        self, service: str, data: Message, caller: Caller, at: datetime, now: datetime, root: str
    ) -> None:
        self._versions[service] += 1
        name, kind = type(data).DESCRIPTOR.full_name, type(data)
        event = Event(
            service, -1, _NOBODY, self._versions[service], UUID(int=len(self.events) + 1), name, self._subject,
            at, now, caller.actor, caller.unit, caller.role, _NOBODY, None, "", data, b"", b"",
        )  # fmt: skip
        self.events.append(event)
        decider = self._services[service].decider
        self._states[service] = decider.evolve(self._states[service], data, event.stamp)
        self._put(root, service, name, at, "", data)
        memory = self._memory
        law = self._law_at(now)
        memory.event, memory.root, memory.law = event, root, lambda: law
        for reader, handler in self._readers.get((service, kind), ()):
            # a process and its handlers are one module
            memory.service, memory.reader = reader, handler.__module__
            handler(cast("Tx", memory), event)
        for clock, rule in memory.set_now:
            rule = rule or meta.basis_of_the_day(data, law, at)
            self._put(root, clock.service, f"clock/{clock.name}", at, rule, clock.due_at)
        memory.set_now.clear()
        for step in self._services[service].possible(self._states[service], event):
            self._try(service, step.request, step.role, caller, event, root)

    def _try(self, service: str, request: Message, role: str, by: Caller, event: Event, root: str) -> None:
        """Whether the step is open now; nothing comes of asking."""
        ctx = Context(
            event.recorded_at, Caller(by.actor, "", role, "replay"), "replay", _NOBODY, None,
            self._law_at(event.recorded_at),
        )  # fmt: skip
        decider = self._services[service].decider
        try:
            decision = decider.decide(self._states[service], request, ctx)
        except (Refused, Invalid, NotFound, LawError):
            return
        made = next((one for one in decision if isinstance(one, Message)), None)
        if made is not None:
            name = type(made).DESCRIPTOR.full_name
            self._put(root, service, f"possible/{name}", event.occurred_at, "", made)

    def _put(
        self, root: str, service: str, kind: str, at: datetime, rule: str, found: Message | datetime | str
    ) -> None:
        key = (root, service, kind)
        number = self._numbers[key] = self._numbers.get(key, 0) + 1
        self.outcomes.append(Outcome(root, service, kind, number, at, rule, found))


def _of_the_platform(service: str) -> Caller:
    return Caller(f"service/{service}", "", "SERVICE", "replay")


def _occurred_at(request: Message) -> datetime | None:
    if not _has_valid_time(type(request)) or not request.HasField("occurred_at"):
        return None
    return meta.instant(getattr(request, "occurred_at"))  # noqa: B009  a field by its name


@cache
def _has_valid_time(kind: type[Message]) -> bool:
    return "occurred_at" in kind.DESCRIPTOR.fields_by_name
