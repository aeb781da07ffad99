"""Deciders: `decide(state, request, ctx) -> events`, `evolve(state, event, stamp) -> state`. Pure.

A service's `domain` imports this module of eventcore and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, NamedTuple, Never, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from corrections.common.v1.common_pb2 import Sealed, SealTo
from google.protobuf.message import Message

from eventcore.errors import Invalid, NotFound, NotYetDue, Refused

if TYPE_CHECKING:
    from lawkit import Law

__all__ = [
    "Caller", "Claim", "Context", "Decider", "Decision", "Decisions", "Evolutions", "Invalid", "NotFound", "NotYetDue", "On", "Refused",
    "Release", "Stamp", "StreamKey", "by_type", "day", "evolving", "fold", "free_text", "free_texts",
]  # fmt: skip

SHANGHAI = ZoneInfo("Asia/Shanghai")
COUNTY_DIGITS = 6  # GB/T 2260
OFFICE = "JO"  # 司法所: acts only where a case is entrusted to it
_PLATFORM = frozenset({"SERVICE", "OPERATOR"})

S = TypeVar("S")


class StreamKey(NamedTuple):
    """One aggregate of the service at hand; its stream id is uuid5(installation, "service/category/key")."""

    category: str
    key: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: identity (SPIFFE id), unit (GB/T 2260 digits or agency code), role, purpose."""

    actor: str
    unit: str
    role: str
    purpose: str

    @property
    def county(self) -> str:
        """The unit's code down to the county: 2, 4 or 6 digits. Rows of its territory start with it."""
        return self.unit[:COUNTY_DIGITS]

    @property
    def of_the_platform(self) -> bool:
        """True for the platform's services and its operations, whose work is not bound to a territory."""
        return self.role in _PLATFORM

    def covers(self, county: str) -> bool:
        """True for the platform's services and for units whose territory holds the county (6 digits)."""
        return self.role == "SERVICE" or (bool(self.unit) and county.startswith(self.county))

    def sees(self, county: str, office: str = "") -> bool:
        """True when the caller may know of a case of the county (6 digits) that is entrusted to the office (9 digits).

        An office sees what is entrusted to it, any other unit what its territory holds, the platform everything.
        `eventcore.rows` says the same of rows. 社区矫正法 第九条第二款; 社区矫正法实施办法 第十条.
        """
        if self.of_the_platform:
            return True
        if self.role == OFFICE:
            return bool(office) and self.unit == office
        return self.covers(county)


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may know besides state and request. `now` is the service's clock, UTC."""

    now: datetime
    caller: Caller
    request_id: str
    correlation_id: UUID
    causation_id: UUID | None
    law: Law

    @property
    def today(self) -> date:
        """Day in Asia/Shanghai."""
        return self.now.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an event was true and known (UTC), its version in the stream (from 1), and who wrote it."""

    occurred_at: datetime
    recorded_at: datetime
    version: int
    actor: str
    role: str

    @property
    def day(self) -> date:
        """Day of the fact in Asia/Shanghai."""
        return self.occurred_at.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class On:
    """An event for another stream than the command's, at another valid time, or that corrects another."""

    stream: StreamKey
    event: Message
    occurred_at: datetime | None = None
    corrects: UUID | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """The command's stream holds the value from now on; no other can. A keyed hash where it is personal."""

    kind: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Release:
    """The stream, by default the command's, no longer holds the value."""

    kind: str
    value: bytes
    stream: StreamKey | None = None


Decision = Sequence[Message | On | Claim | Release]

# A module's decisions or evolutions: `DECISIONS: Decisions[Case] = {cmd.ApproveLeaveRequest: _approve, …}`
Decisions = Mapping[type[Message], Callable[[S, Never, Context], Decision]]
Evolutions = Mapping[type[Message], Callable[[S, Never, Stamp], S]]


def day(field: str, text: str) -> date:
    """The day that a request's field names, as YYYY-MM-DD alone; Invalid for what is no day of the calendar."""
    try:
        found = date.fromisoformat(text)
        # fromisoformat takes every form of ISO 8601; one day must have one text, for texts are compared and hashed.
        if found.isoformat() != text:
            raise ValueError
        return found
    except ValueError:
        raise Invalid(field, f"got {text!r}, want a day of the calendar as YYYY-MM-DD") from None


def free_text(plain: str) -> Sealed:
    """Free text about a person in an event: the handler seals it before it is stored (`Decider.seal_to`)."""
    return Sealed(ciphertext=plain.encode())


def free_texts(plain: Iterable[str]) -> list[Sealed]:
    """Several of them."""
    return [free_text(one) for one in plain]


def _everyone(_state: object, _caller: Caller) -> bool:
    return True


def _nowhere(_state: object) -> SealTo | None:
    return None


@dataclass(frozen=True)
class Decider(Generic[S]):
    """A state machine of one kind of stream.

    opens: request types that may start a stream; any other request to an empty stream is NotFound.
    visible: whether the caller may know of it; if not, NotFound. It is asked of streams that exist.
    observe: how events of other loaded streams (`also`, `relied_on`) show in the state; default: not at all.
    seal_to: where free text of the decision's events is sealed to; without it such an event is not written.
    """

    initial: S
    evolve: Callable[[S, Message, Stamp], S]
    decide: Callable[[S, Message, Context], Decision]
    opens: frozenset[type[Message]] = frozenset()
    visible: Callable[[S, Caller], bool] = _everyone
    observe: Callable[[S, StreamKey, Message, Stamp], S] | None = None
    seal_to: Callable[[S], SealTo | None] = _nowhere

    def answer(self, state: S, version: int, request: Message, ctx: Context) -> Decision:
        """What follows from the request at a version (0 = empty stream); NotFound where nothing is."""
        if version == 0:
            if type(request) not in self.opens:
                raise NotFound
        elif not self.visible(state, ctx.caller):
            raise NotFound
        return self.decide(state, request, ctx)


def fold(decider: Decider[S], history: Iterable[tuple[Message, Stamp]]) -> S:
    """State after a history."""
    state = decider.initial
    for event, stamp in history:
        state = decider.evolve(state, event, stamp)
    return state


@dataclass(frozen=True, slots=True)
class ByType(Generic[S]):
    """A `decide` that knows the types of the commands it decides."""

    commands: Decisions[S]

    def __call__(self, state: S, request: Message, ctx: Context) -> Decision:
        """What the command's own function decides; TypeError for a request that has none."""
        try:
            function = self.commands[type(request)]
        except KeyError:
            raise TypeError(f"no decision for {type(request).DESCRIPTOR.full_name}") from None
        return cast("Callable[[S, Message, Context], Decision]", function)(state, request, ctx)


def by_type(*tables: Decisions[S]) -> ByType[S]:
    """One `decide` out of tables request type -> function, one a module."""
    return ByType(_merged(tables))


def evolving(
    *tables: Evolutions[S],
) -> Callable[[S, Message, Stamp], S]:
    """One `evolve` out of tables event type -> function; other events leave the state as it is."""
    merged = _merged(tables)

    def evolve(state: S, event: Message, stamp: Stamp) -> S:
        function = merged.get(type(event))
        return cast("Callable[[S, Message, Stamp], S]", function)(state, event, stamp) if function else state

    return evolve


F = TypeVar("F")


def _merged(tables: Iterable[Mapping[type[Message], F]]) -> dict[type[Message], F]:
    merged: dict[type[Message], F] = {}
    for table in tables:
        for kind, function in table.items():
            if kind in merged:
                raise TypeError(f"{kind.DESCRIPTOR.full_name} is in two tables")
            merged[kind] = function
    return merged
