"""Composition root of administration."""

from __future__ import annotations

from corrections.administration.v1.service_pb2_grpc import add_AdministrationServiceServicer_to_server
from servicekit.following_law import OWN_LAW
from servicekit.service import Service

from administration.projections.calendar_years import CALENDAR_YEARS
from administration.projections.rule_sets import RULE_SETS
from administration.server import AdministrationServicer

SERVICE = Service(
    name="administration",
    add_to_server=lambda server, deps: add_AdministrationServiceServicer_to_server(
        AdministrationServicer(deps), server
    ),
    projections=[CALENDAR_YEARS, RULE_SETS, OWN_LAW],
)
