"""Why a clock, a date, a state or a refusal in a case is as it is: the part of the LawService that explains.

A service declares what of its state the law determines (`Explains`). The events that an answer rests on are found, not
declared: the history is folded event by event, and those count at which the value asked about changed.
"""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import grpc
from contracts import registry
from corrections.common.v1.common_pb2 import LawRef
from corrections.law.v1 import explanation_pb2 as told
from corrections.law.v1 import service_pb2 as pb
from eventcore import meta
from eventcore.decider import SHANGHAI, Caller, Context, Decider, Invalid, NotFound, Refused, StreamKey, day
from eventcore.event import Event
from eventcore.reads import Read, read
from google.protobuf.message import DecodeError, Message
from lawkit import Law
from lawkit.counting import day_of, end_of_day
from lawkit.saying import day_zh
from lawkit.why import Explanation, together, why

from servicekit import reasons
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.errors import Texts

S = TypeVar("S")
_LAST_INSTANT = timedelta(microseconds=1)
_NO_ID = UUID(int=0)
_CLOCK = "select rule, since, due_at, causation from es.deadline where subject = %s and name = %s"


@dataclass(frozen=True, slots=True)
class Case(Generic[S]):
    """What a reason may know: the law, the state, and the events that fixed what is asked about, the oldest first."""

    law: Law
    state: S
    causes: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Dated(Generic[S]):
    """A date that the law determined: its value, and why it is that one."""

    value: Callable[[S], date | None]
    reason: Callable[[Case[S]], Explanation]


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that runs: its rule, the day it counts from, when it is due, the event that started it."""

    rule: str
    since: date | None
    due_at: datetime
    cause: UUID


class Explainer(Protocol):
    """Answers for the cases of a service; NotFound for what the caller may not see and for what is not there."""

    async def explain(self, asked: Asked) -> told.Explanation:
        """Why it is as it is."""
        ...


@dataclass(frozen=True)
class Asked:
    """A question about a case."""

    request: pb.ExplainRequest
    caller: Caller
    deps: Deps
    texts: Texts
    clock: Clock | None

    @property
    def law(self) -> Law:
        """The law of the moment: of questions about today."""
        return self.deps.law

    def law_of(self, cause: Event) -> Law:
        """The law that decided the event. Raises RuleSetMissing where its text is not kept here."""
        return self.deps.past.of(cause)

    def law_at(self, instant: datetime, before: Event | None = None) -> Law:
        """The law that decided at that instant, `before` an event known then. Raises RuleSetMissing, as law_of()."""
        return self.deps.past.at(instant, before)


@dataclass(frozen=True)
class Explains(Generic[S]):
    """What the law determines in the cases of a service.

    dates: by name. status: codes of state and flags on a day, the state first. rests_on: the date that explains a
    state further, by code. clocks: the date that a clock ends with, by the clock's name; other clocks explain themselves.
    titles: Chinese names of codes that are no state or flag of the catalogue.
    """

    decider: Decider[S]
    stream: Callable[[str], StreamKey]
    status: Callable[[S, date], Sequence[str]]
    dates: Mapping[str, Dated[S]] = field(default_factory=dict[str, Dated[S]])
    rests_on: Mapping[str, str] = field(default_factory=dict[str, str])
    clocks: Mapping[str, str] = field(default_factory=dict[str, str])
    titles: Mapping[str, str] = field(default_factory=dict[str, str])

    async def explain(self, asked: Asked) -> told.Explanation:
        """Why it is as it is. Raises NotFound, Invalid."""
        request = asked.request
        found = await read(asked.deps.store, self.decider, self.stream(request.case_id), asked.caller)
        # reading the text of an old rule set takes a second: others are answered meanwhile
        return with_events(*await to_thread(self._explained, asked, found))

    def _explained(self, asked: Asked, found: Read[S]) -> tuple[Explanation, Sequence[Event]]:
        request = asked.request
        match request.WhichOneof("asked"):
            case "date":
                return self._date(asked, found, request.date)
            case "deadline":
                return self._deadline(asked, found, request.deadline)
            case "refusal":
                return self._refusal(asked, found, request.refusal)
            case _:
                return self._status(asked, found, request.status)

    def _date(self, asked: Asked, found: Read[S], name: str) -> tuple[Explanation, Sequence[Event]]:
        dated = self.dates.get(name)
        if dated is None or dated.value(found.state) is None:
            raise NotFound
        causes = tuple(self._changes(found, dated.value))
        return dated.reason(Case(asked.law_of(causes[-1]), found.state, causes)), causes

    def _deadline(self, asked: Asked, found: Read[S], name: str) -> tuple[Explanation, Sequence[Event]]:
        if name in self.clocks:
            return self._date(asked, found, self.clocks[name])
        clock = asked.clock
        if clock is None:
            raise NotFound
        causes = [one for one in found.events if one.event_id == clock.cause]
        return of_clock(asked, clock, causes), causes

    def _status(self, asked: Asked, found: Read[S], code: str) -> tuple[Explanation, Sequence[Event]]:
        today = found.day
        codes = self.status(found.state, today)
        code = code or (codes[0] if codes else "")
        if code not in codes:
            raise NotFound
        # the last change made it so; what went before made it otherwise
        cause = list(self._changes(found, lambda state: code in self.status(state, today) or None))[-1]
        law = asked.law_of(cause)
        facts = {
            "状态": self.titles.get(code) or _title(law, code),
            registry.title_zh(cause.type): cause.day.isoformat(),
        }
        reason = why(law, rule_of(cause), facts=facts, on=cause.day)
        name = self.rests_on.get(code)
        if name is None or self.dates[name].value(found.state) is None:
            return reason, [cause]
        further, causes = self._date(asked, found, name)
        return together(reason, further), [*causes, *(() if cause in causes else (cause,))]

    def _refusal(
        self, asked: Asked, found: Read[S], refusal: pb.AskedRefusal
    ) -> tuple[Explanation, Sequence[Event]]:
        package = found.events[0].type.rpartition(".")[0]
        request = _request(asked.request.case_id, refusal, package)
        other, moments = "", _moments(found, refusal)
        for at in moments:
            # what was known then: a fact recorded later, however old, was no reason for the answer
            known = [event for event in found.events if event.recorded_at <= at]
            law = asked.law_at(at, known[-1] if known else None)
            refused = self._answer(asked, law, known, request, at) if known else None
            if refused is not None and refusal.code in ("", refused.code):
                refused.on = day_of(at)
                return _of_refusal(asked, law, refused), _resting_on(known, refused)
            other = other or (refused.code if refused else "")
        if other:
            raise Invalid("refusal.code", f"got {refusal.code}, want {other}")
        raise Invalid("refusal.command", f"{refusal.command} is not refused on {day_of(moments[0])}")

    def _answer(
        self, asked: Asked, law: Law, known: Sequence[Event], request: Message, at: datetime
    ) -> Refused | None:
        """Why the command was refused at that instant; None: it was not."""
        context = Context(at, asked.caller, "", _NO_ID, None, law)
        try:
            self.decider.answer(self._after(known), len(known), request, context)
        except Refused as refused:
            return refused
        except TypeError:
            name = type(request).DESCRIPTOR.name.removesuffix("Request")
            raise Invalid("refusal.command", f"{name} is no command on a case") from None
        return None

    def _after(self, events: Sequence[Event]) -> S:
        state = self.decider.initial
        for event in events:
            state = self.decider.evolve(state, event.data, event.stamp)
        return state

    def _changes(self, found: Read[S], value: Callable[[S], object]) -> Iterator[Event]:
        state, before = self.decider.initial, None
        for event in found.events:
            state = self.decider.evolve(state, event.data, event.stamp)
            now = value(state)
            if now != before:
                yield event
            before = now


class Explaining:
    """The part of the LawService that explains; `explainer`: None where a service keeps no cases."""

    def __init__(self, deps: Deps, explainer: Explainer | None, texts: Texts) -> None:
        self._asked_of = deps
        self._explainer = explainer
        self._sentences = texts

    async def Explain(
        self, request: pb.ExplainRequest, context: grpc.aio.ServicerContext[object, object]
    ) -> pb.ExplainResponse:
        """Why a clock, a date, a state or a refusal is as it is."""
        if self._explainer is None:
            raise NotFound
        clock = await self._clock(request) if request.WhichOneof("asked") == "deadline" else None
        asked = Asked(request, caller_of(context), self._asked_of, self._sentences, clock)
        return pb.ExplainResponse(explanation=await self._explainer.explain(asked))

    async def _clock(self, request: pb.ExplainRequest) -> Clock | None:
        async with self._asked_of.pool.connection() as connection:
            cursor = await connection.execute(_CLOCK, (UUID(request.case_id), request.deadline))
            row = await cursor.fetchone()
        return None if row is None else Clock(*row)


def rule_of(event: Event) -> str:
    """The rule that an event rests on: the one that its facts chose, else that of its type."""
    for one, value in event.data.ListFields():
        if one.message_type is LawRef.DESCRIPTOR and value.rule:
            return value.rule
    return event.legal_basis


def of_clock(asked: Asked, clock: Clock, causes: Sequence[Event]) -> Explanation:
    """Why a clock is due when it is: by the law that set it, by today's where a year that has come has moved it."""
    law = asked.law_of(causes[-1]) if causes else asked.law
    for one in dict.fromkeys((law, asked.law)):
        counted = why(one, clock.rule, clock.since)
        due = counted.counting.due if counted.counting else None
        if due is not None and due.breach_at == clock.due_at:
            return counted
    # a decision, not the period of the rule, has fixed this day
    last = day_of(clock.due_at - _LAST_INSTANT)
    at = f"{clock.due_at.astimezone(SHANGHAI):%H:%M}"
    facts = {"期限届满": f"{last} {'24:00' if end_of_day(last) == clock.due_at else at}"}
    return why(law, clock.rule, facts=facts, on=clock.since or last)


def _of_refusal(asked: Asked, law: Law, refused: Refused) -> Explanation:
    reason = reasons.of_refusal(law, refused)
    if reason is None:
        raise NotFound
    facts = {name: str(value) for name, value in refused.facts.items()}
    said = asked.texts.text(refused.code, article=reason.article_zh, **facts)
    return Explanation(
        tuple(facts.items()), reason.grounds, reason.counting, (f"{refused.code}:{said}", *reason.sentences)
    )


def _resting_on(events: Sequence[Event], refused: Refused) -> list[Event]:
    """Events of the rule, or of a day that the facts name; else the last one, which made the state that refuses."""
    named = set(refused.facts.values())
    found = [one for one in events if rule_of(one) == refused.rule or one.day.isoformat() in named]
    return found or list(events[-1:])


def _moments(found: Read[Any], refusal: pb.AskedRefusal) -> list[datetime]:
    """The instants at which the refusal may have been given, the likeliest first; UTC. Raises Invalid."""
    if refusal.HasField("at"):
        return [meta.instant(refusal.at)]
    if not refusal.day:
        return [found.now]
    on = day("refusal.day", refusal.day)
    before = [one.recorded_at - _LAST_INSTANT for one in found.events if day_of(one.recorded_at) == on]
    return [end_of_day(on) - _LAST_INSTANT, *reversed(before)]


def _request(case_id: str, refusal: pb.AskedRefusal, package: str) -> Message:
    wanted = (f"/{package}.", f"/{refusal.command}")
    paths = [path for path in registry.methods() if path.startswith(wanted[0]) and path.endswith(wanted[1])]
    if not paths:
        raise Invalid("refusal.command", f"got {refusal.command}, want an RPC of {package}")
    method = registry.access(paths[0])
    try:
        request = method.request.FromString(refusal.request)
        setattr(request, "case_id", case_id)  # noqa: B010  commands on a case have it
    except (DecodeError, AttributeError):
        raise Invalid("refusal.request", f"the bytes are no command {refusal.command} on a case") from None
    return request


def _title(law: Law, code: str) -> str:
    named = (*law.catalogue.states, *law.catalogue.flags)
    return next((one.title_zh for one in named if one.code == code), code)


def with_events(explanation: Explanation, events: Sequence[Event]) -> told.Explanation:
    """The explanation as it is told, with the events that it rests on."""
    happened = [
        told.ExplainedEvent(
            service=one.service,
            type=one.type,
            title_zh=registry.title_zh(one.type),
            day=one.day.isoformat(),
            event_id=str(one.event_id),
        )
        for one in events
    ]
    found = reasons.message(explanation, events=happened)
    if happened:
        said = ";".join(f"{day_zh(one.day)}{registry.title_zh(one.type)}" for one in events)
        found.sentences_zh.insert(0, f"经过：{said}。")
    return found
