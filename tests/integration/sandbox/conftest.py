"""The sandbox's own database and a service's, on the run's PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from devstack.postgres import Address
from devstack.testing import Database, DatabaseFactory, create_database, drop_database
from eventcore import migrate


@pytest.fixture(scope="session")
def templates(postgres_server: Address) -> Iterator[dict[str, Database]]:
    """A migrated database of each service, to be copied; simulated clock included."""
    made: dict[str, Database] = {}
    for service in ("sandbox", "intake", "supervision"):
        made[service] = create_database(postgres_server)
        with psycopg.connect(made[service].dsn, autocommit=True) as connection:
            packages = ["sandbox"] if service == "sandbox" else []
            migrate.migrate(connection, service=service, packages=packages, simulated_clock=True)
    yield made
    for database in made.values():
        drop_database(database)


@pytest.fixture
def sandbox_database(database_factory: DatabaseFactory, templates: dict[str, Database]) -> Database:
    """An empty database of the sandbox."""
    return database_factory(templates["sandbox"])


@pytest.fixture
def services(database_factory: DatabaseFactory, templates: dict[str, Database]) -> dict[str, Database]:
    """Empty databases of two services."""
    return {name: database_factory(templates[name]) for name in ("intake", "supervision")}
