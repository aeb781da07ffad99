"""Composition root of assistance."""

from __future__ import annotations

from corrections.assistance.v1.service_pb2_grpc import add_AssistanceServiceServicer_to_server
from eventcore.decider import StreamKey
from servicekit.cases import Cases
from servicekit.explaining import Explains
from servicekit.following_law import FOLLOWING_LAW
from servicekit.service import Service

from assistance.domain.case import CASE
from assistance.domain.specimens import SPECIMENS
from assistance.processes.following_intake import FOLLOWING_INTAKE
from assistance.projections.referrals import REFERRALS
from assistance.server import AssistanceServicer

EXPLAINS = Explains(
    CASE,
    lambda case_id: StreamKey("case", case_id),
    status=lambda case, day: ("RELEASED" if case.closed is not None and case.closed < day else "SUPERVISED",),
)

SERVICE = Service(
    name="assistance",
    add_to_server=lambda server, deps: add_AssistanceServiceServicer_to_server(
        AssistanceServicer(deps), server
    ),
    cases=Cases("helped", CASE, SPECIMENS, EXPLAINS),
    projections=[REFERRALS],
    subscriptions=[FOLLOWING_INTAKE, FOLLOWING_LAW],
)
