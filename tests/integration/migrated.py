"""Databases with the schema of a service, copied from one that was migrated once in this process."""

from __future__ import annotations

import psycopg
from devstack.postgres import Address
from devstack.testing import Database, DatabaseFactory, create_database
from eventcore.migrate import migrate

# They end with the run's server.
_made: dict[tuple[Address, str, tuple[str, ...]], Database] = {}


def migrated(databases: DatabaseFactory, service: str, *packages: str) -> Database:
    """A database of the test alone, as `migrate` makes it for the service, with the machine's clock."""
    key = databases.address, service, packages
    if key not in _made:
        made = create_database(databases.address)
        with psycopg.connect(made.dsn, autocommit=True) as connection:
            migrate(connection, service=service, packages=packages)
        _made[key] = made
    return databases(_made[key])
