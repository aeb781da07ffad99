"""Composition root of assistance."""

from __future__ import annotations

from corrections.assistance.v1.service_pb2_grpc import add_AssistanceServiceServicer_to_server
from servicekit.cases import Cases
from servicekit.following_law import FOLLOWING_LAW
from servicekit.service import Service

from assistance.domain.case import CASE
from assistance.domain.specimens import SPECIMENS
from assistance.processes.following_intake import FOLLOWING_INTAKE
from assistance.projections.referrals import REFERRALS
from assistance.server import AssistanceServicer

SERVICE = Service(
    name="assistance",
    add_to_server=lambda server, deps: add_AssistanceServiceServicer_to_server(
        AssistanceServicer(deps), server
    ),
    cases=Cases("helped", CASE, SPECIMENS),
    projections=[REFERRALS],
    subscriptions=[FOLLOWING_INTAKE, FOLLOWING_LAW],
)
