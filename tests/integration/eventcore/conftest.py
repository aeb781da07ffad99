"""A database with the store's schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from devstack.postgres import Postgres
from devstack.process import free_port
from devstack.testing import Database, DatabaseFactory

from tests.integration.eventcore.writing import SERVICE
from tests.integration.migrated import migrated


@pytest.fixture
def store_database(database_factory: DatabaseFactory) -> Database:
    """A fresh database with eventcore's schema and the roles of one service."""
    return migrated(database_factory, SERVICE)


@pytest.fixture
def safe_server(tmp_path: Path) -> Iterator[Postgres]:
    """A server of this test alone, with fsync."""
    server = Postgres(tmp_path / "home", free_port(), profile="safe")
    server.start()
    yield server
    server.stop()
