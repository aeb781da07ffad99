"""A request becomes events: look it up, load, fold, decide, append; the answer is the same for ever.

One conflict is met by loading and deciding anew, a second one by Aborted. Refusals are not stored, so the same
request may succeed later; answers without events are.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from contracts import registry
from corrections.common.v1.common_pb2 import Outcome, Recorded, SealTo
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit import Law
from opentelemetry import trace

from eventcore import append, ids, meta, texts
from eventcore.append import Append, ClaimChange, Head, NewEvent
from eventcore.decider import SHANGHAI, Caller, Claim, Context, Decider, Decision, On, Release, StreamKey
from eventcore.errors import Aborted, AlreadyExists, Conflict, Invalid, NotYetHappened, Refused
from eventcore.store import Loaded, Store, Stream

S = TypeVar("S")

_TRIES = 2  # architecture.md section 3: one retry, then ABORTED


@dataclass(frozen=True, slots=True)
class Seen(Generic[S]):
    """What the decision is taken on: state after `version` events, and the service's clock, UTC."""

    state: S
    version: int
    now: datetime


Prepare = Callable[[Seen[S]], Awaitable[Message]]


@dataclass(frozen=True, slots=True)
class _Command:
    """What stays the same over both tries."""

    id: UUID
    digest: bytes
    occurred_at: datetime | None
    stream: StreamKey
    others: tuple[StreamKey, ...]
    relied_on: tuple[StreamKey, ...]
    subject: UUID
    caller: Caller
    request_id: str
    correlation_id: UUID
    causation_id: UUID | None


class Commands:
    """Runs the commands of one service. law: of the instant of the decision, asked once for each try. digest_key: of the installation, secret."""

    def __init__(
        self,
        store: Store,
        law: Callable[[datetime], Law],
        *,
        digest_key: bytes,
        method_of: Callable[[type[Message]], str] = registry.method_of,
    ) -> None:
        self._digest_key = digest_key
        self._store = store
        self._law = law
        self._method_of = method_of

    async def run(
        self,
        request: Message,
        *,
        decider: Decider[S],
        stream: StreamKey,
        subject: UUID,
        caller: Caller,
        command: Message | Prepare[S] | None = None,
        also: Sequence[StreamKey] = (),
        relied_on: Sequence[StreamKey] = (),
        correlation_id: UUID | None = None,
        causation_id: UUID | None = None,
    ) -> Outcome:
        """The request has its outcome, now or since it was first sent.

        command: what is decided where the server had to prepare it (sealed fields, fetched facts); or how to prepare it
        from the very state that is decided on, anew at each try. Not by waiting for others: the clock was read before.
        also: streams that the decision may write to; relied_on: streams it reads, which must not change meanwhile.
        Raises Refused, Invalid, NotFound, AlreadyExists, Aborted.
        """
        name: str = getattr(request, "request_id")  # noqa: B009  every write has one, by its contract
        method = self._method_of(type(request))
        id_ = ids.request_id(self._store.installation, caller.actor, method, name)
        prepared = _Command(
            id=id_,
            # keyed: a request may hold an identity number, which a plain hash would give away
            digest=hmac.digest(self._digest_key, request.SerializeToString(deterministic=True), "sha256"),
            occurred_at=_occurred_at(request),
            stream=stream,
            others=tuple(dict.fromkeys(key for key in (*relied_on, *also) if key != stream)),
            relied_on=tuple(relied_on),
            subject=subject,
            caller=caller,
            request_id=name,
            correlation_id=correlation_id or id_,
            causation_id=causation_id,
        )
        for left in reversed(range(_TRIES)):
            try:
                return await self._try(prepared, request if command is None else command, decider)
            except Conflict as conflict:
                if not left:
                    raise Aborted(str(conflict)) from conflict
        raise AssertionError("unreachable: the last try answers or raises")

    async def _try(self, command: _Command, content: Message | Prepare[S], decider: Decider[S]) -> Outcome:
        store = self._store
        keys = (command.stream, *command.others)
        loaded = await store.load(command.id, [store.stream_id(key) for key in keys])
        if loaded.answer is not None:
            if loaded.digest != command.digest:
                raise AlreadyExists(f"request {command.request_id}: other content under the same id")
            return Outcome.FromString(loaded.answer)

        now = _now(loaded)
        if command.occurred_at is not None and command.occurred_at > now:
            raise NotYetHappened("occurred_at", command.occurred_at, now)
        day = (command.occurred_at or now).astimezone(SHANGHAI).date()
        _require_open(loaded, day)
        ctx = Context(
            now=now,
            caller=command.caller,
            request_id=command.request_id,
            correlation_id=command.correlation_id,
            causation_id=command.causation_id,
            law=self._law(now),
        )
        own = loaded.streams[store.stream_id(command.stream)]
        state = self._state(command, decider, loaded)
        try:
            asked = content if isinstance(content, Message) else await content(Seen(state, own.version, now))
            decided = decider.answer(state, own.version, asked, ctx)
        except Refused as refused:
            refused.on = day
            raise
        decision = _sealed(decided, decider.seal_to(state), command.subject)
        await self._load_targets(command, decision, loaded)
        _require_open(loaded, day)
        whole = self._append(command, decision, loaded, ctx, observed=decider.observe is not None)
        stored = await store.append(whole)
        return Outcome.FromString(whole.answer if stored is None else stored)

    def _state(self, command: _Command, decider: Decider[S], loaded: Loaded) -> S:
        state = decider.initial
        if decider.observe is not None:
            for key in command.others:
                for event in loaded.streams[self._store.stream_id(key)].events:
                    state = decider.observe(state, key, event.data, event.stamp)
        for event in loaded.streams[self._store.stream_id(command.stream)].events:
            state = decider.evolve(state, event.data, event.stamp)
        return state

    async def _load_targets(self, command: _Command, decision: Decision, loaded: Loaded) -> None:
        """Streams that the decision writes to without having seen them are loaded for their version."""
        targets = {self._store.stream_id(item.stream) for item in decision if isinstance(item, On)}
        if missing := targets - loaded.streams.keys():
            loaded.streams.update((await self._store.load(command.id, list(missing))).streams)

    def _append(
        self, command: _Command, decision: Decision, loaded: Loaded, ctx: Context, *, observed: bool
    ) -> Append:
        store = self._store
        seen = (command.stream, *(command.others if observed else command.relied_on))
        written = [item.stream for item in decision if isinstance(item, On)]
        keys = {store.stream_id(key): key for key in (*seen, *written)}
        recorded_at = max(ctx.now, *(_last(loaded.streams[stream], ctx.now) for stream in keys))
        heads = tuple(
            Head(stream, key.category, loaded.streams[stream].version, recorded_at)
            for stream, key in keys.items()
        )
        events = self._events(command, decision, heads, ctx)
        own = heads[0].stream_id
        claims = tuple(
            ClaimChange(item.kind, item.value, self._holder(item, own), isinstance(item, Claim))
            for item in decision
            if isinstance(item, Claim | Release)
        )
        outcome = Outcome(subject=str(command.subject), events=[recorded for _, recorded in events])
        answer = outcome.SerializeToString(deterministic=True)
        return Append(command.id, command.digest, answer, heads, tuple(event for event, _ in events), claims)

    def _holder(self, item: Claim | Release, own: UUID) -> UUID:
        other = item.stream if isinstance(item, Release) else None
        return own if other is None else self._store.stream_id(other)

    def _events(
        self, command: _Command, decision: Decision, heads: Sequence[Head], ctx: Context
    ) -> list[tuple[NewEvent, Recorded]]:
        law, now = ctx.law, ctx.now
        origin = meta.Origin(
            self._store.service,
            command.caller,
            command.correlation_id,
            command.causation_id,
            law.identity,
            law.calendar_version,
            law,
        )
        recorded_at = heads[0].recorded_at
        places = {head.stream_id: place for place, head in enumerate(heads)}
        versions = {head.stream_id: head.expected for head in heads}
        traceparent = _traceparent()
        made: list[tuple[NewEvent, Recorded]] = []
        for item in decision:
            if isinstance(item, Claim | Release):
                continue
            on = item if isinstance(item, On) else On(command.stream, item)
            stream = self._store.stream_id(on.stream)
            versions[stream] += 1
            occurred_at = on.occurred_at or command.occurred_at or now
            event = append.new_event(
                on.event,
                origin=origin,
                head=places[stream],
                stream=stream,
                version=versions[stream],
                subject=command.subject,
                occurred_at=occurred_at,
                recorded_at=recorded_at,
                corrects=on.corrects,
                schema_version=self._store.codec.schema_version(on.event.DESCRIPTOR.full_name),
                trace=traceparent,
            )
            made.append((event, _recorded(on.event, stream, versions[stream], occurred_at, recorded_at)))
        return made


def _sealed(decision: Decision, to: SealTo | None, subject: UUID) -> Decision:
    """The decision as it may be stored: the decider's free text about a person is sealed. Raises NowhereToSeal."""
    return [
        replace(item, event=texts.sealed(item.event, to, subject))
        if isinstance(item, On)
        else item
        if isinstance(item, Claim | Release)
        else texts.sealed(item, to, subject)
        for item in decision
    ]


def _recorded(
    event: Message, stream: UUID, version: int, occurred_at: datetime, recorded_at: datetime
) -> Recorded:
    known = meta.contract(type(event))
    return Recorded(
        stream_id=str(stream),
        version=version,
        event_id=str(ids.event_id(stream, version)),
        type=known.name,
        title_zh=known.title_zh,
        occurred_at=meta.timestamp(occurred_at),
        recorded_at=meta.timestamp(recorded_at),
    )


def _traceparent() -> str | None:
    """W3C trace context of the current span, which the relay carries on; None outside of one."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _require_open(loaded: Loaded, day: date) -> None:
    """No stream of the command is stopped. Before it is decided: who altered a record could lead the decision."""
    for stream in loaded.streams.values():
        if stream.stopped is not None:
            stream.stopped.on = day
            raise stream.stopped


def _now(loaded: Loaded) -> datetime:
    """The clock, but never before what is already known of the streams."""
    return max(loaded.now, *(_last(stream, loaded.now) for stream in loaded.streams.values()))


def _last(stream: Stream, default: datetime) -> datetime:
    return default if stream.last_recorded is None else stream.last_recorded


def _occurred_at(request: Message) -> datetime | None:
    field = request.DESCRIPTOR.fields_by_name.get("occurred_at")
    if field is None or field.message_type is None or not request.HasField("occurred_at"):
        return None
    stamp: Timestamp = getattr(request, "occurred_at")  # noqa: B009  a field by its name, not an attribute
    try:
        return meta.instant(stamp)
    except OverflowError:
        raise Invalid("occurred_at", f"got {stamp.seconds} seconds, want a year up to 9999") from None
