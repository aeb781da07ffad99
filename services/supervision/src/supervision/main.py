"""Composition root of supervision."""

from __future__ import annotations

from corrections.supervision.v1.service_pb2_grpc import add_SupervisionServiceServicer_to_server
from servicekit.cases import Cases
from servicekit.following_law import FOLLOWING_LAW
from servicekit.service import Service

from supervision.domain.case import CASE
from supervision.domain.specimens import SPECIMENS
from supervision.processes.absence_clocks import ABSENCE_CLOCKS
from supervision.processes.answer_clocks import ANSWER_CLOCKS
from supervision.processes.following import FOLLOWING
from supervision.processes.leave_clocks import LEAVE_CLOCKS
from supervision.processes.permission_clocks import PERMISSION_CLOCKS
from supervision.processes.report_clocks import REPORT_CLOCKS
from supervision.projections.measures import MEASURES
from supervision.projections.missing import MISSING
from supervision.reasons import EXPLAINS
from supervision.server import SupervisionServicer

SERVICE = Service(
    name="supervision",
    add_to_server=lambda server, deps: add_SupervisionServiceServicer_to_server(
        SupervisionServicer(deps), server
    ),
    cases=Cases("missing", CASE, SPECIMENS, EXPLAINS),
    projections=[
        MISSING,
        MEASURES,
        LEAVE_CLOCKS,
        ANSWER_CLOCKS,
        ABSENCE_CLOCKS,
        PERMISSION_CLOCKS,
        REPORT_CLOCKS,
    ],
    subscriptions=[FOLLOWING, FOLLOWING_LAW],
)
