"""Plays scenarios on one simulated time line: wave by wave, and only when nothing is under way.

At each instant the first act of every case is one wave, the second the next: acts of different cases go side by side,
those of one case one after the other.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from contracts.registry import methods
from corrections.common.v1.common_pb2 import Signed
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import service_pb2 as handoff
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.message import Message

from sandbox.client import Answer, Principals
from sandbox.clock import Clock
from sandbox.idle import Reading
from sandbox.requests import Cast, Prepared
from sandbox.scenario import ACCEPTED, HELD, Act, Scenario, method_path
from sandbox.signing import sign
from sandbox.stores import Stores, facts
from sandbox.timing import Timing

_SUBMIT = methods()[method_path("handoff.Submit")]
_WINDOW = 64
_BEFORE = timedelta(hours=1)
_OUTCOMES = {
    msg.STAGE_ACCEPTED: ACCEPTED,
    msg.STAGE_EFFECTED: ACCEPTED,
    msg.STAGE_HELD: HELD,
    msg.STAGE_WITHOUT_EFFECT: ACCEPTED,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that was not met: where, what was wanted, what came."""

    act: Act
    want: str
    got: str

    def __str__(self) -> str:
        return f"{self.act.place}: want {self.want}, got {self.got}"


@dataclass(slots=True)
class Played:
    """What came of a play. Messages count once each, repetitions apart."""

    failures: list[Failure] = field(default_factory=list[Failure])
    outcomes: Counter[str] = field(default_factory=Counter[str])
    messages: int = 0
    repetitions: int = 0
    acts: int = 0
    instants: int = 0
    waves: int = 0


def waves(acts: Sequence[Act]) -> list[list[Act]]:
    """The k-th act of each case in wave k, in the order of the acts."""
    seen: Counter[tuple[str, str]] = Counter()
    found: list[list[Act]] = []
    for act in acts:
        place = seen[act.scenario, act.case]
        seen[act.scenario, act.case] += 1
        if place == len(found):
            found.append([])
        found[place].append(act)
    return found


def by_instant(scenarios: Iterable[Scenario]) -> list[tuple[datetime, list[Act]]]:
    """All acts of all scenarios on one line of time."""
    line: dict[datetime, list[Act]] = {}
    for scenario in scenarios:
        for act in scenario.acts:
            line.setdefault(act.at, []).append(act)
    return sorted(line.items())


class Player:
    """Plays scenarios against an installation. `progress` is told of each instant: time, done, of how many acts."""

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        *,
        installation: str,
        clock: Clock,
        principals: Principals,
        stores: Stores,
        key_of: Callable[[str], Ed25519PrivateKey],
        progress: Callable[[datetime, int, int], None] | None = None,
        idle_timeout_s: float = 120.0,
    ) -> None:
        self._line = by_instant(scenarios)
        self._cast = Cast(scenarios, installation)
        self._clock = clock
        self._principals = principals
        self._stores = stores
        self._key_of = key_of
        self._progress = progress
        self._idle_timeout_s = idle_timeout_s
        self._window = asyncio.Semaphore(_WINDOW)
        self._idle: Reading | None = None
        self.timing = Timing()
        self.played = Played()

    @property
    def cast(self) -> Cast:
        """Who plays."""
        return self._cast

    async def play(self, *, until: datetime | None = None) -> Played:
        """Every act was sent at its instant and compared; then the clock went on to `until`. NotIdle, ClockError."""
        prepared = {id(a): self._cast.prepare(a) for _, acts in self._line for a in acts}
        total, done = len(prepared), 0
        if self._line:
            await self._move(self._clock.begin, self._line[0][0] - _BEFORE)
        for at, acts in self._line:
            await self._advance(at)
            self.played.instants += 1
            for wave in waves(acts):
                await self._wave([prepared[id(a)] for a in wave])
            done += len(acts)
            if self._progress is not None:
                self._progress(at, done, total)
        if until is not None:
            await self._advance(until)
        return self.played

    async def _wave(self, wave: Sequence[Prepared]) -> None:
        self.played.waves += 1
        self.played.acts += len(wave)
        self._idle = None
        with self.timing.span("acts"):
            await asyncio.gather(*(self._act(p) for p in wave if not p.act.reads_event))
        with self.timing.span("idle"):
            self._idle = await asyncio.to_thread(self._clock.wait_idle, timeout_s=self._idle_timeout_s)
        for one in wave:
            if one.act.reads_event:
                self._compare(one.act, self._last_event(one.act))

    async def _advance(self, to: datetime) -> None:
        with self.timing.span("clock"):
            self._idle = await asyncio.to_thread(
                self._clock.advance, to, idle=self._idle, timeout_s=self._idle_timeout_s
            )

    async def _move(self, function: Callable[[datetime], None], at: datetime) -> None:
        await asyncio.to_thread(function, at)

    async def _act(self, prepared: Prepared) -> None:
        async with self._window:
            if prepared.act.do == "push":
                await self._push(prepared)
            else:
                assert prepared.method is not None
                assert prepared.message is not None
                answer = await self._principals.call(
                    prepared.act.principal, prepared.method, prepared.message
                )
                self._check(prepared.act, answer.code or ACCEPTED, answer)

    async def _push(self, prepared: Prepared) -> None:
        act, message = prepared.act, prepared.message
        assert message is not None
        signed = sign(act.principal, self._key(act), message)
        for number in range(act.repeat + 1):
            # One id a sending: a repetition is another request with the same message.
            request = handoff.SubmitRequest(
                request_id=f"{act.scenario}/{act.case}/{act.label}#{number}", message=signed
            )
            answer = await self._principals.call(act.principal, _SUBMIT, request)
            self.played.messages += 0 if number else 1
            self.played.repetitions += 1 if number else 0
            self._check(act, verdict(answer), answer)

    def _key(self, act: Act) -> Ed25519PrivateKey:
        if act.forged:
            return Ed25519PrivateKey.from_private_bytes(sha256(f"forged/{act.id}".encode()).digest())
        return self._key_of(act.principal)

    def _check(self, act: Act, outcome: str, answer: Answer) -> None:
        self.played.outcomes[outcome] += 1
        if outcome != act.expect.outcome:
            got = f"{outcome} ({answer.detail})" if answer.detail else outcome
            self.played.failures.append(Failure(act, act.expect.outcome, got))
        elif act.expect.fields:
            self._compare(act, answer.message)

    def _compare(self, act: Act, found: Message | None) -> None:
        if found is None:
            self.played.failures.append(Failure(act, str(dict(act.expect.fields)), "nothing"))
            return
        got = facts(found)
        for path, want in act.expect.fields.items():
            if (value := at_path(got, path)) != want:
                self.played.failures.append(Failure(act, f"{path} = {want}", str(value)))

    def _last_event(self, act: Act) -> Message | None:
        service, _, name = act.target.partition(".")
        case = self._cast.case_id(act.scenario, act.case)
        of_type = [e for e in self._stores.case(service, case) if e.short == name]
        return max(of_type, key=lambda e: e.version).data if of_type else None


def verdict(answer: Answer) -> str:
    """What the last signed receipt says: accepted, held, or the code of the refusal."""
    if answer.code or not isinstance(answer.message, handoff.SubmitResponse):
        return answer.code
    receipts = [_receipt(r) for r in answer.message.receipts]
    last = receipts[-1] if receipts else msg.Receipt()
    refused = next((r for r in reversed(receipts) if r.stage == msg.STAGE_REFUSED), None)
    if refused is not None and last.stage in (msg.STAGE_REFUSED, msg.STAGE_RECEIVED):
        return refused.refusal.code
    return _OUTCOMES.get(last.stage, msg.Stage.Name(last.stage))


def _receipt(signed: Signed) -> msg.Receipt:
    return msg.Receipt.FromString(signed.body)


def at_path(found: Any, path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    for name in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found
