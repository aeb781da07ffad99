"""The decider of a case in assistance: each duty's module adds its decisions."""

from __future__ import annotations

from corrections.assistance.v1 import service_pb2 as cmd
from eventcore.decider import Decider, by_type

from assistance.domain import referral, taking_part
from assistance.domain.state import Assistance, evolve

CASE = Decider(
    initial=Assistance(),
    evolve=evolve,
    decide=by_type(taking_part.DECISIONS, referral.DECISIONS),
    opens=frozenset({cmd.OpenAssistanceRequest}),
    visible=lambda case, caller: caller.sees(case.county, case.office),
    seal_to=lambda case: case.seal_to,
)
