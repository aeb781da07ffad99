"""Supervision as a process of all roles over real PostgreSQL and Kafka; intake and handoff speak over their topics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from devstack.postgres import Address

from tests.integration.supervision.world import World, running


@pytest.fixture(scope="module")
def world(
    postgres_server: Address, kafka_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Supervision serves, with a simulated clock."""
    home: Path = tmp_path_factory.mktemp("supervision")
    with running(postgres_server, kafka_server, home) as made:
        yield made
