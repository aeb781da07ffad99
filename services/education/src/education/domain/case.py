"""The decider of a case in education: each duty's module adds its decisions."""

from __future__ import annotations

from corrections.education.v1 import service_pb2 as cmd
from eventcore.decider import Caller, Decider, by_type

from education.domain import session, taking_part
from education.domain.state import Education, evolve


def visible(case: Education, caller: Caller) -> bool:
    """True for the platform's services and for units whose territory holds the case's county."""
    return caller.role == "SERVICE" or case.county.startswith(caller.unit[: len(case.county)])


CASE = Decider(
    initial=Education(),
    evolve=evolve,
    decide=by_type(taking_part.DECISIONS, session.DECISIONS),
    opens=frozenset({cmd.OpenEducationRequest}),
    visible=visible,
)
