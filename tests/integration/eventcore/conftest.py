"""A database with the store's schema."""

from __future__ import annotations

import psycopg
import pytest
from devstack.testing import Database
from eventcore.migrate import migrate

from tests.integration.eventcore.writing import SERVICE


@pytest.fixture
def store_database(database: Database) -> Database:
    """A fresh database with eventcore's schema and the roles of one service."""
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        migrate(connection, service=SERVICE)
    return database
