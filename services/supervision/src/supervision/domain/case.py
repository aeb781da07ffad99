"""The decider of a case under supervision: each duty's module adds its decisions and what its events make true."""

from __future__ import annotations

from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.decider import Decider, by_type, evolving

from supervision.domain import (
    conduct,
    leave,
    missing,
    opening,
    opinion,
    reduction,
    reimprisonment,
    report,
    revocation,
    travel,
    without_effect,
)
from supervision.domain.state import Supervision

_DUTIES = (
    opening,
    report,
    leave,
    travel,
    missing,
    conduct,
    revocation,
    reimprisonment,
    reduction,
    opinion,
    without_effect,
)

CASE = Decider(
    initial=Supervision(),
    evolve=evolving(*(duty.EVOLUTIONS for duty in _DUTIES)),
    decide=by_type(*(duty.DECISIONS for duty in _DUTIES)),
    opens=frozenset({cmd.OpenSupervisionRequest}),
    visible=lambda case, caller: caller.sees(case.county, case.office),
    seal_to=lambda case: case.seal_to,
)
