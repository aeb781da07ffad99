"""A database becomes the one a service needs: roles, the schema `es`, then the service's own tables.

Files `sql/NNNN_*.sql` of a package are applied once, in order, forward only, each in one transaction, inside a lock.
What was applied is recorded in `es.migration` with its name and digest: a file that was changed afterwards is refused,
and one that was renamed would run again. So the two files 0003_pre_* of intake keep their number; names order them.

Roles: `<service>_serve`, `<service>_relay`, `<service>_consume`, made by the migration's owner where they do not
exist. With passwords they may log in (production); without, a connection of the owner enters one at its start:
`options(service, "serve")`. That is how devstack does it; it keeps a role from mistakes, passwords from intruders.
"""

from __future__ import annotations

import contextlib
import importlib.resources
from collections.abc import Mapping, Sequence
from hashlib import sha256

import psycopg
from psycopg import errors, sql

PROCESSES = ("serve", "relay", "consume")

_LOCK = 0x67756974  # any number of our own: "guit"
_BOOTSTRAP = """
create schema if not exists es;
create table if not exists es.migration (
  package text,
  name text,
  sha256 bytea not null,
  applied_at timestamptz not null default clock_timestamp(),
  primary key (package, name)
)
"""


class MigrationChanged(Exception):
    """A migration that was applied has other content now; migrations only go forward."""


def migrate(
    connection: psycopg.Connection,
    *,
    service: str,
    packages: Sequence[str] = (),
    simulated_clock: bool = False,
    passwords: Mapping[str, str] | None = None,
) -> list[str]:
    """eventcore's schema and that of each package stand; the answer names the files applied now.

    passwords: by process ("serve", "relay", "consume"). The connection is in autocommit. MigrationChanged.
    """
    connection.execute("select pg_advisory_lock(%s)", [_LOCK])
    try:
        connection.execute("select set_config('guitu.service', %s, false)", [service])
        _roles(connection, service, passwords or {})
        connection.execute(_BOOTSTRAP)
        _default_privileges(connection, service)
        done = [name for package in ("eventcore", *packages) for name in _apply(connection, package)]
        if simulated_clock:
            with connection.transaction():
                connection.execute(_text("eventcore", "simulated_clock.sql"))
        return done
    finally:
        connection.execute("select pg_advisory_unlock(%s)", [_LOCK])


def role(service: str, process: str) -> str:
    """Database role of a process: "serve", "relay" or "consume"."""
    if process not in PROCESSES:
        raise ValueError(f"got {process}, want one of {', '.join(PROCESSES)}")
    return f"{service}_{process}"


def options(service: str, process: str) -> str:
    """libpq `options` for a connection of a process: its role, and limits that keep transactions short.

    An open write transaction holds the sequencer back (eventstore.md section 1), hence the limits.
    """
    return (
        f"-c role={role(service, process)}"
        " -c transaction_timeout=30s -c idle_in_transaction_session_timeout=10s"
    )


def _roles(connection: psycopg.Connection, service: str, passwords: Mapping[str, str]) -> None:
    for process in PROCESSES:
        name = sql.Identifier(role(service, process))
        found = connection.execute("select from pg_roles where rolname = %s", [role(service, process)])
        if found.fetchone() is None:
            # roles belong to the cluster: the same service's other database may be a moment faster
            with contextlib.suppress(errors.DuplicateObject, errors.UniqueViolation):
                connection.execute(sql.SQL("create role {}").format(name))
        if process in passwords:
            statement = sql.SQL("alter role {} login password {}")
            connection.execute(statement.format(name, sql.Literal(passwords[process])))


def _default_privileges(connection: psycopg.Connection, service: str) -> None:
    """Projections are tables of `public` that `consume` fills and everybody of the service reads."""
    every = sql.SQL(", ").join(sql.Identifier(role(service, p)) for p in PROCESSES)
    consume = sql.Identifier(role(service, "consume"))
    for statement, roles in (
        (sql.SQL("alter default privileges in schema public grant select on tables to {}"), every),
        (sql.SQL("alter default privileges in schema public grant all on tables to {}"), consume),
        (sql.SQL("alter default privileges in schema public grant usage on sequences to {}"), consume),
    ):
        connection.execute(statement.format(roles))


def _apply(connection: psycopg.Connection, package: str) -> list[str]:
    rows = connection.execute(
        "select name, sha256 from es.migration where package = %s", [package]
    ).fetchall()
    known = {str(name): bytes(digest) for name, digest in rows}
    done: list[str] = []
    for name in _names(package):
        text = _text(package, name)
        digest = sha256(text).digest()
        if name in known:
            if known[name] != digest:
                raise MigrationChanged(
                    f"{package}/{name} differs from what was applied: add a new file "
                    "(or, while it was never released, delete the development data)"
                )
            continue
        with connection.transaction():
            connection.execute(text)
            connection.execute(
                "insert into es.migration (package, name, sha256) values (%s, %s, %s)",
                [package, name, digest],
            )
        done.append(f"{package}/{name}")
    return done


def _names(package: str) -> list[str]:
    folder = importlib.resources.files(package) / "sql"
    if not folder.is_dir():
        return []
    return sorted(f.name for f in folder.iterdir() if f.name[:4].isdigit() and f.name.endswith(".sql"))


def _text(package: str, name: str) -> bytes:
    return (importlib.resources.files(package) / "sql" / name).read_bytes()
