"""given / when / then for deciders, without any server.

    scenario(CASE).given(("2026-03-02", OPENED)).at("2026-03-05T09:00").by(role="JO", unit="330203")\\
        .when(REQUEST).then(EVENT)

Dates and times without a zone are Asia/Shanghai; a date alone is 09:00 of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Generic, TypeVar
from uuid import UUID

from corrections.common.v1.common_pb2 import SealTo
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from google.protobuf.message import Message
from lawkit import Law, load_law

from eventcore import ids
from eventcore.decider import (
    SHANGHAI,
    Caller,
    Context,
    Decider,
    Decision,
    Invalid,
    NotFound,
    On,
    Refused,
    Stamp,
)

S = TypeVar("S")

INSTALLATION = "guitu-test"
WORKING_HOURS_START = time(9)
DEFAULT_DAY = "2026-03-02"
TESTER = Caller(f"spiffe://{INSTALLATION}/staff/330203/COUNTY_CCI/tester", "330203", "COUNTY_CCI", "test")

# A person of the tests: where free text is sealed to, and what opens it.
SEALING_KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
SEAL_TO = SealTo(key_id=bytes(range(16)), public_key=SEALING_KEY.public_key().public_bytes_raw())

When = str | date | datetime
Given = Message | On | tuple[When, Message] | tuple[When, On]


def instant(when: When) -> datetime:
    """UTC instant of an ISO 8601 text, a date or a datetime; no zone: Asia/Shanghai, no time: 09:00."""
    value = datetime.fromisoformat(when) if isinstance(when, str) and len(when) > len(DEFAULT_DAY) else when
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if not isinstance(value, datetime):
        value = datetime.combine(value, WORKING_HOURS_START)
    return value.replace(tzinfo=value.tzinfo or SHANGHAI).astimezone(UTC)


@dataclass(frozen=True)
class Result:
    """What a command came to. Exactly one of `decision` and `error` is set."""

    decision: Decision | None
    error: Refused | Invalid | NotFound | None

    def then(self, *expected: object) -> None:
        """The decision is exactly these events (On, Claim, Release), compared whole; none = nothing to do."""
        if self.error is not None:
            raise AssertionError(
                f"got {type(self.error).__name__}({self.error}), want {len(expected)} events"
            )
        got = list(self.decision or ())
        assert got == list(expected), f"got\n{_shown(got)}\nwant\n{_shown(list(expected))}"

    def refused(self, code: str, rule: str | None = None, **facts: str) -> None:
        """The command was refused with the code; the rule and each named fact match where given."""
        error = self._failed(Refused)
        assert error.code == code, f"got {error.code}, want {code}"
        assert rule is None or error.rule == rule, f"got rule {error.rule}, want {rule}"
        got = {name: error.facts.get(name) for name in facts}
        assert got == facts, f"got facts {error.facts}, want {facts}"

    def invalid(self, field: str) -> None:
        """The request was invalid in the field."""
        error = self._failed(Invalid)
        assert error.field == field, f"got {error.field}, want {field}"

    def not_found(self) -> None:
        """The stream does not exist for the caller."""
        self._failed(NotFound)

    def _failed(self, kind: type[E]) -> E:
        if not isinstance(self.error, kind):
            shown = _shown(list(self.decision)) if self.decision is not None else repr(self.error)
            raise AssertionError(f"got\n{shown}\nwant {kind.__name__}")
        return self.error


E = TypeVar("E", bound=Exception)


@dataclass(frozen=True)
class Scenario(Generic[S]):
    """History, time and caller of one trial; every method returns a new one."""

    decider: Decider[S]
    law: Law
    history: tuple[tuple[When | None, Message], ...] = ()
    others: tuple[tuple[When | None, On], ...] = ()
    now: When = DEFAULT_DAY
    caller: Caller = TESTER

    def given(self, *events: Given) -> Scenario[S]:
        """The stream holds these events as well, each on its day, else on that of `at`; On = of another."""
        history, others = list(self.history), list(self.others)
        for item in events:
            day, event = item if isinstance(item, tuple) else (None, item)
            if isinstance(event, On):
                others.append((day or event.occurred_at, event))
            else:
                history.append((day, event))
        return replace(self, history=tuple(history), others=tuple(others))

    def at(self, now: When) -> Scenario[S]:
        """The service's clock shows this."""
        return replace(self, now=now)

    def by(
        self,
        role: str = "COUNTY_CCI",
        unit: str = "330203",
        *,
        actor: str | None = None,
        purpose: str = "test",
    ) -> Scenario[S]:
        """The caller acts in this role at this unit."""
        actor = actor or f"spiffe://{INSTALLATION}/staff/{unit}/{role}/tester"
        return replace(self, caller=Caller(actor, unit, role, purpose))

    @property
    def state(self) -> S:
        """State that the history folds to: other streams' events first, as the handler does."""
        state = self.decider.initial
        if self.decider.observe is not None:
            for number, (day, on) in enumerate(self.others, start=1):
                state = self.decider.observe(state, on.stream, on.event, self._stamp(day, number))
        for version, (day, event) in enumerate(self.history, start=1):
            state = self.decider.evolve(state, event, self._stamp(day, version))
        return state

    def when(self, request: Message) -> Result:
        """The command was decided on the history."""
        ctx = Context(
            now=instant(self.now),
            caller=self.caller,
            request_id=getattr(request, "request_id", "") or "request",
            correlation_id=_id("correlation"),
            causation_id=None,
            law=self.law,
        )
        try:
            return Result(self.decider.answer(self.state, len(self.history), request, ctx), None)
        except (Refused, Invalid, NotFound) as error:
            return Result(None, error)

    def _stamp(self, day: When | None, version: int) -> Stamp:
        at = instant(self.now if day is None else day)
        return Stamp(at, at, version, self.caller.actor, self.caller.role)


def scenario(decider: Decider[S], *, law: Law | None = None) -> Scenario[S]:
    """A trial of a decider on an empty stream, with the law of this release unless another is given."""
    return Scenario(decider, law or load_law())


def given(decider: Decider[S], *events: Given) -> Scenario[S]:
    """`scenario(decider).given(*events)`."""
    return scenario(decider).given(*events)


def _id(name: str) -> UUID:
    return ids.derived(INSTALLATION, name)


def _shown(items: Sequence[object]) -> str:
    return "\n".join(_one(item) for item in items) or "nothing"


def _one(item: object) -> str:
    if isinstance(item, Message):
        return f"{type(item).__name__} {{{str(item).strip()}}}".replace("\n", ", ")
    return repr(item)
