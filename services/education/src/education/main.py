"""Composition root of education."""

from __future__ import annotations

from corrections.education.v1.service_pb2_grpc import add_EducationServiceServicer_to_server
from eventcore.decider import StreamKey
from servicekit.cases import Cases
from servicekit.explaining import Explains
from servicekit.following_law import FOLLOWING_LAW
from servicekit.service import Service

from education.domain.case import CASE
from education.domain.specimens import SPECIMENS
from education.processes.following_intake import FOLLOWING_INTAKE
from education.processes.session_clocks import SESSION_CLOCKS
from education.projections.sessions import SESSIONS
from education.server import EducationServicer

EXPLAINS = Explains(
    CASE,
    lambda case_id: StreamKey("case", case_id),
    status=lambda case, day: ("RELEASED" if case.closed is not None and case.closed < day else "SUPERVISED",),
)

SERVICE = Service(
    name="education",
    add_to_server=lambda server, deps: add_EducationServiceServicer_to_server(
        EducationServicer(deps), server
    ),
    cases=Cases("taking_part", CASE, SPECIMENS, EXPLAINS),
    projections=[SESSIONS, SESSION_CLOCKS],
    subscriptions=[FOLLOWING_INTAKE, FOLLOWING_LAW],
)
