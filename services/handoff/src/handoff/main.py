"""Composition root of handoff: the only file that wires."""

from __future__ import annotations

from typing import NoReturn

import grpc
from corrections.handoff.v1 import service_pb2_grpc as rpc
from servicekit.cases import Subjects
from servicekit.deps import Deps
from servicekit.following_law import FOLLOWING_LAW
from servicekit.service import Service, main

from handoff import inbound, waiting
from handoff.exchange_reasons import ExchangeReasons
from handoff.processes.deliveries import DELIVERIES
from handoff.processes.effects import EFFECTS
from handoff.processes.erasure import ERASURE
from handoff.processes.exchange_clocks import EXCHANGE_CLOCKS
from handoff.processes.notices import NOTICES
from handoff.processes.references import REFERENCES
from handoff.projections.exchanges import EXCHANGES
from handoff.projections.missing_periods import MISSING_PERIODS
from handoff.queries import CLOCK_SUBJECTS
from handoff.server import HandoffServicer


def _add(server: grpc.aio.Server, deps: Deps) -> None:
    rpc.add_HandoffServiceServicer_to_server(HandoffServicer(deps), server)


SERVICE = Service(
    name="handoff",
    add_to_server=_add,
    projections=[EXCHANGES, REFERENCES, DELIVERIES, EXCHANGE_CLOCKS],
    subscriptions=[EFFECTS, NOTICES, MISSING_PERIODS, ERASURE, FOLLOWING_LAW],
    keys=True,
    subjects=Subjects(CLOCK_SUBJECTS, ExchangeReasons()),
    loops=lambda workers: [*inbound.loops(workers), *waiting.loops(workers)],
)


def run() -> NoReturn:
    """The process does its role until it is told to stop."""
    main(SERVICE)
