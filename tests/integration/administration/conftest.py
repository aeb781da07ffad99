"""Administration as a process of all roles over real PostgreSQL and Kafka."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from corrections.administration.v1.service_pb2_grpc import AdministrationServiceStub
from devstack.postgres import Address

from tests.integration.supervision.world import World, running


@pytest.fixture(scope="module")
def world(
    postgres_server: Address, kafka_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Administration serves, with a simulated clock."""
    home = tmp_path_factory.mktemp("administration")
    with running(
        postgres_server, kafka_server, home, service="administration", stub=AdministrationServiceStub
    ) as made:
        yield made
