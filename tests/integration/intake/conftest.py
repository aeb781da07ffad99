"""Intake as a process of all roles over real PostgreSQL and Kafka; handoff and supervision speak over their topics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from devstack.postgres import Address

from tests.integration.intake.world import World, running


@pytest.fixture(scope="module")
def world(
    postgres_server: Address, kafka_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Intake serves, with a simulated clock."""
    home: Path = tmp_path_factory.mktemp("intake")
    with running(postgres_server, kafka_server, home) as made:
        yield made
