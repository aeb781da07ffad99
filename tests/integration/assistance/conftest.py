"""Assistance as a process of all roles over real PostgreSQL and Kafka; intake speaks over its topic."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from corrections.assistance.v1.service_pb2_grpc import AssistanceServiceStub
from devstack.postgres import Address

from tests.integration.supervision.world import World, running


@pytest.fixture(scope="module")
def world(
    postgres_server: Address, kafka_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Assistance serves, with a simulated clock."""
    home = tmp_path_factory.mktemp("assistance")
    with running(
        postgres_server, kafka_server, home, service="assistance", stub=AssistanceServiceStub
    ) as made:
        yield made
