"""Composition root of intake."""

from __future__ import annotations

from corrections.intake.v1.service_pb2_grpc import add_IntakeServiceServicer_to_server
from servicekit.cases import Cases
from servicekit.following_law import FOLLOWING_LAW
from servicekit.service import Service

from intake.domain.case import CASE
from intake.domain.specimens import SPECIMENS
from intake.processes.entry_clocks import ENTRY_CLOCKS
from intake.processes.erasure import ERASURE
from intake.processes.following_handoff import FOLLOWING_HANDOFF
from intake.processes.following_supervision import FOLLOWING_SUPERVISION
from intake.processes.release_clocks import RELEASE_CLOCKS
from intake.processes.reporting_clock import REPORTING_CLOCK
from intake.processes.term_clock import TERM_CLOCK
from intake.projections.cases import CASES
from intake.reasons import EXPLAINS
from intake.server import IntakeServicer

SERVICE = Service(
    name="intake",
    add_to_server=lambda server, deps: add_IntakeServiceServicer_to_server(IntakeServicer(deps), server),
    cases=Cases("case_list", CASE, SPECIMENS, EXPLAINS),
    projections=[CASES, REPORTING_CLOCK, TERM_CLOCK, ENTRY_CLOCKS, RELEASE_CLOCKS, ERASURE],
    subscriptions=[FOLLOWING_HANDOFF, FOLLOWING_SUPERVISION, FOLLOWING_LAW],
    keys=True,
)
