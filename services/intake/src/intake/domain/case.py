"""The decider of a case: each duty's module adds its decisions and what its events make true."""

from __future__ import annotations

from dataclasses import replace

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1.prepared_pb2 import PreparedCase
from eventcore.decider import Decider, Stamp, StreamKey, by_type, evolving
from google.protobuf.message import Message

from intake.domain import entry, opening, release, reporting_in, term, termination, without_effect
from intake.domain.state import Case

_DUTIES = (opening, reporting_in, entry, term, release, termination, without_effect)


def _observe(case: Case, _: StreamKey, event: Message, __: Stamp) -> Case:
    return replace(case, person_known=True) if isinstance(event, ev.PersonRegistered) else case


CASE = Decider(
    initial=Case(),
    evolve=evolving(*(duty.EVOLUTIONS for duty in _DUTIES)),
    decide=by_type(*(duty.DECISIONS for duty in _DUTIES)),
    opens=frozenset({PreparedCase}),
    visible=lambda case, caller: caller.sees(case.county, case.office),
    observe=_observe,
    seal_to=lambda case: case.seal_to,
)
