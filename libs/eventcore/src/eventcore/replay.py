"""How a service's history is replayed under another law: what a service says of itself (docs/adr/0023).

What people and agencies did is taken from the record as requests; what follows from it by law (decisions, lapses,
notes between services) is decided anew by the service's own deciders and processes. Nothing here knows a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from corrections.common.v1.common_pb2 import LawRef, Sealed
from google.protobuf.message import Message
from lawkit import Law

from eventcore import meta
from eventcore.consumer import Subscription
from eventcore.decider import Decider
from eventcore.event import Event
from eventcore.projection import Projection

SEALED_TEXT = "密封"  # stands for free text that stays sealed; no rule reads it


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event of a case, all that its service recorded of the case, and the law that decided it."""

    event: Event
    stream: Sequence[Event]
    law: Law

    def first(self, kind: type[Message]) -> Message | None:
        """Content of the stream's first event of this type."""
        return next((one.data for one in self.stream if isinstance(one.data, kind)), None)


Ask = Callable[[Recorded], Message | None]


class Possible(NamedTuple):
    """A request that an event may open, and the role that would send it."""

    request: Message
    role: str


def nothing_possible(_state: object, _event: Event) -> Iterable[Possible]:
    """No step is opened by an event."""
    return ()


@dataclass(frozen=True)
class Replay:
    """What one service gives: `<service>.replay.REPLAY`.

    acts: event -> the request of a person or an agency that it answers; None where a process sent it.
    clocks, follows: the service's own processes. sql: package whose migrations make their tables.
    echoes: events that repeat what another event or a clock says; recomputed, but not listed twice.
    apart: events that no law decides and that nothing follows from (reads). possible: steps that an event may open.
    """

    decider: Decider[Any]
    acts: Mapping[type[Message], Ask]
    clocks: Sequence[Projection] = ()
    follows: Sequence[Subscription] = ()
    echoes: frozenset[type[Message]] = frozenset()
    apart: frozenset[type[Message]] = frozenset()
    possible: Callable[[Any, Event], Iterable[Possible]] = nothing_possible


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did: the request as it was asked, and the recorded event that tells it. `root` names it."""

    service: str
    root: str
    request: Message
    event: Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that follows by law: an event, a legal clock, a refusal, a step that became possible.

    root: the act or clock that it follows from; number: of several alike. rule: of a clock or a refusal; an event names
    its own. found: content of the event, instant at which the clock is due, code of the refusal, or the event that is
    possible.
    """

    root: str
    service: str
    kind: str
    number: int
    occurred_at: datetime
    rule: str
    found: Message | datetime | str

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What is the same thing under either law."""
        return self.root, self.service, self.kind, self.number


def asked(kind: type[Message], **fixed: object) -> Ask:
    """The request of this type that says what the event says; `fixed` says what the event's type alone says."""

    def ask(found: Recorded) -> Message:
        return rebuilt(kind, found.event, **fixed)

    return ask


def rebuilt(kind: type[Message], event: Event, **fixed: object) -> Message:
    """A request with the event's fields of the same names, its case and its valid time. Sealed text stays sealed."""
    request = kind(**fixed)
    fields = _fields(kind)
    for field, value in event.data.ListFields():
        if field.name not in fields:
            continue
        if field.is_repeated:
            getattr(request, field.name).extend([_plain(one) for one in value])
        elif fields[field.name]:
            getattr(request, field.name).CopyFrom(value)
        else:
            setattr(request, field.name, _plain(value))
    if "case_id" in fields:
        setattr(request, "case_id", str(event.subject))  # noqa: B010  a field by its name
    if "occurred_at" in fields:
        getattr(request, "occurred_at").CopyFrom(meta.timestamp(event.occurred_at))  # noqa: B009
    return request


@cache
def _fields(kind: type[Message]) -> Mapping[str, bool]:
    """Names of the fields, and whether each is a message. Looking them up in the descriptor costs far more."""
    return {field.name: field.message_type is not None for field in kind.DESCRIPTOR.fields}


def _plain(value: object) -> object:
    if isinstance(value, Sealed):
        return SEALED_TEXT
    return value.rule if isinstance(value, LawRef) else value


def acts_of(services: Mapping[str, Replay], events: Sequence[Event], law: Law) -> list[Act]:
    """The acts of a case in the order in which they became known. `law`: the one that decided the events."""
    order = {name: place for place, name in enumerate(services)}
    streams = {name: [e for e in events if e.service == name] for name in services}
    found: list[Act] = []
    for event in sorted(events, key=lambda e: (e.recorded_at, order[e.service], e.version)):
        ask = services[event.service].acts.get(type(event.data))
        request = ask(Recorded(event, streams[event.service], law)) if ask else None
        if request is not None:
            found.append(Act(event.service, f"{event.service}/{event.version:06d}", request, event))
    return found


def unsealed(message: Message) -> Message:
    """The content without its sealed fields."""
    names = _sealed_fields(type(message))
    if not names:
        return message
    copy = type(message)()
    copy.CopyFrom(message)
    for name in names:
        copy.ClearField(name)
    return copy


@cache
def _sealed_fields(kind: type[Message]) -> tuple[str, ...]:
    wanted = Sealed.DESCRIPTOR.full_name
    return tuple(
        f.name for f in kind.DESCRIPTOR.fields if f.message_type and f.message_type.full_name == wanted
    )
