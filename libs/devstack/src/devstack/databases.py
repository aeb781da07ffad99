"""Databases and login roles of the services: each service reaches its own databases and no other's.

The login role `<service>` owns them and may enter the roles of its processes (`<service>_serve`, …).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
from psycopg import errors, sql

from devstack.home import secret_text
from devstack.postgres import Address
from devstack.topology import Service

KEYS = "_keys"  # ends the name of a database of keys

# Called with a connection (autocommit, administrator) to each database; makes its schema. Arguments: connection,
# service, database.
Migrate = Callable[[psycopg.Connection, str, str], None]


def service_address(home: Path, server: Address, service: str) -> Address:
    """The same server as the login role of this service; its password is kept in the data folder."""
    password = secret_text(home / "keys" / f"postgres-{service}.password")
    return Address(server.host, server.port, service, password, server.extra)


def create(
    home: Path, server: Address, service: Service, processes: Sequence[str], migrate: Migrate | None
) -> None:
    """Role and databases of the service exist with today's schema; what existed is kept."""
    login = service_address(home, server, service.name)
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        _role(connection, service.name)
        statement = sql.SQL("alter role {} login password {}")
        connection.execute(statement.format(sql.Identifier(service.name), sql.Literal(login.password)))
        for process in processes:
            name = f"{service.name}_{process}"
            _role(connection, name)
            grant = sql.SQL("grant {} to {}")
            connection.execute(grant.format(sql.Identifier(name), sql.Identifier(service.name)))
        for database in service.databases:
            _database(connection, database, service.name)
    for database in service.databases:
        if database.endswith(KEYS):
            _may_forget(server, database, service.name)
    if migrate is not None:
        for database in service.databases:
            with psycopg.connect(server.dsn(database), autocommit=True) as connection:
                connection.execute(sql.SQL("set role {}").format(sql.Identifier(service.name)))
                migrate(connection, service.name, database)


def _may_forget(server: Address, database: str, role: str) -> None:
    """The service may have the server drop the write-ahead log that held a key (servicekit.sealing.KeyStore.destroy).

    Who administers an existing server may not be allowed to give that; docs/runbooks/erase.md says what to do then.
    """
    name = sql.Identifier(role)
    with (
        psycopg.connect(server.dsn(database), autocommit=True) as connection,
        contextlib.suppress(errors.InsufficientPrivilege),
    ):
        connection.execute(sql.SQL("grant pg_checkpoint to {}").format(name))
        connection.execute(sql.SQL("grant execute on function pg_switch_wal() to {}").format(name))


def _role(connection: psycopg.Connection, name: str) -> None:
    found = connection.execute("select from pg_roles where rolname = %s", [name]).fetchone()
    if found is None:
        with contextlib.suppress(errors.DuplicateObject, errors.UniqueViolation):
            connection.execute(sql.SQL("create role {}").format(sql.Identifier(name)))


def _database(connection: psycopg.Connection, name: str, owner: str) -> None:
    found = connection.execute("select from pg_database where datname = %s", [name]).fetchone()
    if found is None:
        # An administrator that is no superuser may only give to a role of which it is a member.
        connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(owner)))
        create = sql.SQL("create database {} owner {} encoding 'UTF8' template template0")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(owner)))
    connection.execute(sql.SQL("revoke connect on database {} from public").format(sql.Identifier(name)))
