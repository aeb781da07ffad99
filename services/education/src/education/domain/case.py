"""The decider of a case in education: each duty's module adds its decisions."""

from __future__ import annotations

from corrections.education.v1 import service_pb2 as cmd
from eventcore.decider import Decider, by_type

from education.domain import session, taking_part
from education.domain.state import Education, evolve

CASE = Decider(
    initial=Education(),
    evolve=evolve,
    decide=by_type(taking_part.DECISIONS, session.DECISIONS),
    opens=frozenset({cmd.OpenEducationRequest}),
    visible=lambda case, caller: caller.sees(case.county, case.office),
    seal_to=lambda case: case.seal_to,
)
