"""Education as a process of all roles over real PostgreSQL and Kafka; intake speaks over its topic."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from corrections.education.v1.service_pb2_grpc import EducationServiceStub
from devstack.postgres import Address

from tests.integration.supervision.world import World, running


@pytest.fixture(scope="module")
def world(
    postgres_server: Address, kafka_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Education serves, with a simulated clock."""
    home = tmp_path_factory.mktemp("education")
    with running(postgres_server, kafka_server, home, service="education", stub=EducationServiceStub) as made:
        yield made
