"""One platform for all tests of handoff in a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.handoff import platform as platforms
from tests.integration.handoff.platform import Platform

FIRST_PORT = 21450
PORTS_A_WORKER = 20


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, worker_number: int) -> Iterator[Platform]:
    """The platform, started once."""
    home = tmp_path_factory.mktemp("handoff")
    made = platforms.start(home, FIRST_PORT + PORTS_A_WORKER * worker_number)
    yield made
    platforms.stop(made)


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """0, 1, … under pytest-xdist; 0 without."""
    given: dict[str, str] = getattr(request.config, "workerinput", {})
    return int(given.get("workerid", "gw0").removeprefix("gw"))


@pytest.fixture
def platform(running: Platform) -> Iterator[Platform]:
    """The platform with well-behaved agencies."""
    running.agencies.script.clear()
    yield running
    running.agencies.script.clear()
