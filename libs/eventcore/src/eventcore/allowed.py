"""What may be done in a case: each command is decided on trial against the state as it is; nothing is written. Pure.

A refusal that time alone ends says the first day on which it is none: the decider itself is asked at later days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar

from google.protobuf.message import Message
from lawkit.counting import day_of, end_of_day

from eventcore.decider import Context, Decider, On
from eventcore.errors import Invalid, Refused

S = TypeVar("S")
_ONE_DAY = timedelta(days=1)
_LAST_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Specimen(Generic[S]):
    """The smallest plausible requests of one type, one for each thing that it can be about: a leave, a ground.

    Their number depends on the state and the law alone, never on the day. depends_on_content: the answer to a request
    of a person may be another, for it rests on what the request says.
    """

    requests: Callable[[S, Context], Sequence[Message]]
    depends_on_content: bool = False


Specimens = Mapping[type[Message], Specimen[S]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the decider says to one request. `events`: full names of what it would write; none: nothing is to do.

    refusal: why it may not be done now. earliest: first later day on which it could be, as far as the state tells.
    """

    request: Message
    depends_on_content: bool
    events: tuple[str, ...] = ()
    refusal: Refused | Invalid | None = None
    earliest: date | None = None


def answers(
    decider: Decider[S], state: S, version: int, specimens: Specimens[S], ctx: Context
) -> Iterator[Answer]:
    """The decider's answer to every specimen, in their order. NotFound where the caller may not know of the case."""
    for specimen in specimens.values():
        for number, request in enumerate(specimen.requests(state, ctx)):
            said = _asked(decider, state, version, request, ctx)
            if isinstance(said, tuple):
                yield Answer(request, specimen.depends_on_content, events=said)
                continue

            def allowed(
                day: date,
                wanted: Callable[[S, Context], Sequence[Message]] = specimen.requests,
                n: int = number,
            ) -> bool:
                later = at_end_of(day, ctx)
                return isinstance(_asked(decider, state, version, wanted(state, later)[n], later), tuple)

            first = earliest(allowed, ctx.today, turning_days(state))
            yield Answer(request, specimen.depends_on_content, refusal=said, earliest=first)


def at_end_of(day: date, ctx: Context) -> Context:
    """The context as of the last instant of the day, so that what becomes possible on the day is."""
    return replace(ctx, now=(end_of_day(day) - _LAST_INSTANT).astimezone(UTC))


def earliest(allowed: Callable[[date], bool], today: date, days: Iterable[date]) -> date | None:
    """The first day after today that is allowed; None where none of the days is.

    The days are asked in order; before the first that is allowed the gap is halved. Sound where within a gap a refusal
    ends at most once.
    """
    refused = today
    for day in sorted({day for day in days if day > today}):
        if not allowed(day):
            refused = day
            continue
        while day - refused > _ONE_DAY:
            middle = refused + (day - refused) // 2
            refused, day = (refused, middle) if allowed(middle) else (middle, day)
        return day
    return None


def turning_days(state: object) -> set[date]:
    """Every day that the state holds and the day after it: what depends on time alone turns on one of them or between."""
    return {day + after for day in _days(state) for after in (timedelta(), _ONE_DAY)}


def _days(value: object) -> Iterator[date]:
    match value:
        case datetime():
            yield day_of(value)
        case date():
            yield value
        case Mapping():
            for one in value.values():  # pyright: ignore[reportUnknownVariableType]
                yield from _days(one)  # pyright: ignore[reportUnknownArgumentType]
        case tuple():
            for one in value:  # pyright: ignore[reportUnknownVariableType]
                yield from _days(one)  # pyright: ignore[reportUnknownArgumentType]
        case _ if is_dataclass(value):
            for one in fields(value):
                yield from _days(getattr(value, one.name))
        case _:
            pass


def _asked(
    decider: Decider[S], state: S, version: int, request: Message, ctx: Context
) -> tuple[str, ...] | Refused | Invalid:
    try:
        decision = decider.answer(state, version, request, ctx)
    except (Refused, Invalid) as refusal:
        return refusal
    facts = [one.event if isinstance(one, On) else one for one in decision]
    return tuple(fact.DESCRIPTOR.full_name for fact in facts if isinstance(fact, Message))
