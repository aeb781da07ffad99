"""A person of an accepted decision whose case cannot be opened (裁判文书未能建档). 社区矫正法实施办法 第十六条.

There is no case to record it on: it has a stream of its own. The organ that decided hears why through handoff.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import prepared_pb2 as prepared
from eventcore.decider import Context, Decider, Decision, Decisions, Evolutions, Stamp, by_type, evolving


@dataclass(frozen=True, slots=True)
class Unopened:
    """Why there is no case; empty while nobody has said so."""

    code: str = ""


def _note(unopened: Unopened, c: prepared.PreparedJudgmentWithoutEffect, _: Context) -> Decision:
    return [] if unopened.code else [c.judgment]


def _noted(unopened: Unopened, e: ev.JudgmentWithoutEffect, _: Stamp) -> Unopened:
    return replace(unopened, code=e.code)


DECISIONS: Decisions[Unopened] = {prepared.PreparedJudgmentWithoutEffect: _note}
EVOLUTIONS: Evolutions[Unopened] = {ev.JudgmentWithoutEffect: _noted}

UNOPENED = Decider(
    initial=Unopened(),
    evolve=evolving(EVOLUTIONS),
    decide=by_type(DECISIONS),
    opens=frozenset({prepared.PreparedJudgmentWithoutEffect}),
)
