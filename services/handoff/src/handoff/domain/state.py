"""What an exchange is, folded from its events: dated facts of one message, notice or query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Never

from corrections.common.v1.common_pb2 import Sealed
from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from eventcore.decider import Context, Decision, Stamp, evolving
from google.protobuf.message import Message


@dataclass(frozen=True, slots=True)
class Reached:
    """A stage, when it was reached (UTC), and the signed receipt about it."""

    stage: msg.Stage
    at: datetime
    receipt: Sealed


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message of an agency, one notice to an agency, or one query. Empty fields: not (yet) so.

    other: receipts that refused other content under this message's id, by the content's HMAC.
    effects: case by number of the person, 0 for rulings. failures: persons of a decision who have no case, and why.
    """

    agency_code: str = ""
    received: ev.MessageReceived | None = None
    reached: tuple[Reached, ...] = ()
    other: Mapping[bytes, Sealed] = field(default_factory=lambda: MappingProxyType({}))
    accepted: ev.MessageAccepted | None = None
    refusal: msg.Refusal | None = None
    held: ev.MessageHeld | None = None
    effects: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    failures: Mapping[int, msg.PersonRefusal] = field(default_factory=lambda: MappingProxyType({}))
    notice: ev.NoticePrepared | None = None
    answered: ev.NoticeReceipted | ev.NoticeRefused | None = None
    query: ev.MissingStatusQueried | ev.MissingStatusQueryAnswered | None = None
    erased: bool = False

    @property
    def stage(self) -> msg.Stage:
        """The last stage reached."""
        return self.reached[-1].stage if self.reached else msg.STAGE_UNSPECIFIED

    def stage_on(self, instant: datetime) -> msg.Stage:
        """The stage that had been reached at an instant."""
        before = [r.stage for r in self.reached if r.at <= instant]
        return before[-1] if before else msg.STAGE_UNSPECIFIED

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the persons in whose cases the accepted message is to have effect; 0 for a ruling's one case."""
        return () if self.accepted is None else tuple(self.accepted.defendant_numbers) or (0,)


# what a module of duties offers: request type -> decision
Decisions = Mapping[type[Message], Callable[[Exchange, Never, Context], Decision]]


def _received(state: Exchange, e: ev.MessageReceived, stamp: Stamp) -> Exchange:
    state = replace(state, agency_code=e.agency_code, received=e)
    return _reach(state, msg.STAGE_RECEIVED, stamp, e.receipt)


def _accepted(state: Exchange, e: ev.MessageAccepted, stamp: Stamp) -> Exchange:
    return _reach(replace(state, accepted=e), msg.STAGE_ACCEPTED, stamp, e.receipt)


def _refused(state: Exchange, e: ev.MessageRefused, stamp: Stamp) -> Exchange:
    return _reach(replace(state, refusal=e.refusal), msg.STAGE_REFUSED, stamp, e.receipt)


def _held(state: Exchange, e: ev.MessageHeld, stamp: Stamp) -> Exchange:
    return _reach(replace(state, held=e), msg.STAGE_HELD, stamp, e.receipt)


def _other_content(state: Exchange, e: ev.OtherContentRefused, _: Stamp) -> Exchange:
    return replace(state, other=MappingProxyType({**state.other, e.content_mac: e.receipt}))


def _effect_noted(state: Exchange, e: ev.EffectNoted, _: Stamp) -> Exchange:
    return replace(state, effects=MappingProxyType({**state.effects, e.defendant_number: e.case_id}))


def _person_without_effect(state: Exchange, e: ev.PersonWithoutEffect, _: Stamp) -> Exchange:
    failures = {**state.failures, e.person.defendant_number: e.person}
    return replace(state, failures=MappingProxyType(failures))


def _effected(state: Exchange, e: ev.MessageEffected, stamp: Stamp) -> Exchange:
    return _reach(state, msg.STAGE_EFFECTED, stamp, e.receipt)


def _without_effect(state: Exchange, e: ev.MessageWithoutEffect, stamp: Stamp) -> Exchange:
    return _reach(replace(state, refusal=e.refusal), msg.STAGE_WITHOUT_EFFECT, stamp, e.receipt)


def _prepared(state: Exchange, e: ev.NoticePrepared, _: Stamp) -> Exchange:
    return replace(state, agency_code=e.to, notice=e)


def _answered(state: Exchange, e: ev.NoticeReceipted | ev.NoticeRefused, _: Stamp) -> Exchange:
    return replace(state, answered=e)


def _queried(
    state: Exchange, e: ev.MissingStatusQueried | ev.MissingStatusQueryAnswered, _: Stamp
) -> Exchange:
    return replace(state, agency_code=e.agency_code, query=e)


def _not_answered(state: Exchange, e: ev.MissingStatusQueryUnanswered, _: Stamp) -> Exchange:
    return replace(state, agency_code=e.agency_code)


def _erased(state: Exchange, _: ev.ExchangeErased, __: Stamp) -> Exchange:
    return replace(state, erased=True)


def _reach(state: Exchange, stage: msg.Stage, stamp: Stamp, receipt: Sealed) -> Exchange:
    return replace(state, reached=(*state.reached, Reached(stage, stamp.occurred_at, receipt)))


evolve = evolving(
    {
        ev.MessageReceived: _received,
        ev.MessageAccepted: _accepted,
        ev.MessageRefused: _refused,
        ev.MessageHeld: _held,
        ev.OtherContentRefused: _other_content,
        ev.EffectNoted: _effect_noted,
        ev.PersonWithoutEffect: _person_without_effect,
        ev.MessageEffected: _effected,
        ev.MessageWithoutEffect: _without_effect,
        ev.NoticePrepared: _prepared,
        ev.NoticeReceipted: _answered,
        ev.NoticeRefused: _answered,
        ev.MissingStatusQueried: _queried,
        ev.MissingStatusQueryAnswered: _queried,
        ev.MissingStatusQueryUnanswered: _not_answered,
        ev.ExchangeErased: _erased,
    }
)
