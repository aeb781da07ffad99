"""One platform for all tests of handoff in a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.handoff import platform as platforms
from tests.integration.handoff.platform import Platform


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The platform, started once."""
    made = platforms.start(tmp_path_factory.mktemp("handoff"))
    yield made
    platforms.stop(made)


@pytest.fixture
def platform(running: Platform) -> Iterator[Platform]:
    """The platform with well-behaved agencies."""
    running.agencies.script.clear()
    yield running
    running.agencies.script.clear()
