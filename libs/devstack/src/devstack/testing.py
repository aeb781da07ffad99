"""Databases and topics for tests, on servers that are running; tests/conftest.py hands them out."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass

import psycopg
from psycopg import sql

from devstack.postgres import Address

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Database:
    """A database of one test: empty, its own, dropped afterwards."""

    name: str
    address: Address

    @property
    def dsn(self) -> str:
        """A URL for psycopg, sync and async alike; the role is the superuser."""
        return self.address.dsn(self.name)


class DatabaseFactory:
    """Databases on the run's server; all are dropped when the test ends."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._made: list[Database] = []

    def __call__(self, template: Database | None = None) -> Database:
        """A new database; nobody may be connected to `template` while it is copied."""
        made = create_database(self.address, "guitu_template" if template is None else template.name)
        self._made.append(made)
        return made

    def drop_all(self) -> None:
        """None of them exists any more."""
        while self._made:
            drop_database(self._made.pop())


@dataclass(frozen=True, slots=True)
class TopicFactory:
    """Topics on the run's broker."""

    bootstrap: str

    def __call__(self, label: str, *, partitions: int = 1) -> str:
        """The topic exists; the answer is its name, which no other test has."""
        # kafka-python takes 0.35 s to import, which unit tests do not pay.
        from devstack.topics import create_topics
        from devstack.topology import Topic

        name = f"{label}.{os.getpid()}.{next(_numbers)}"
        create_topics(self.bootstrap, [Topic(name, partitions)])
        return name


def create_database(address: Address, template: str = "guitu_template") -> Database:
    """A database made from this template, in about 25 ms."""
    made = Database(f"t_{os.getpid()}_{next(_numbers)}", address)
    with psycopg.connect(address.dsn(), autocommit=True) as connection:
        query = sql.SQL("create database {} template {}")
        connection.execute(query.format(sql.Identifier(made.name), sql.Identifier(template)))
    return made


def drop_database(database: Database) -> None:
    """The database is gone, whoever is still connected to it."""
    with psycopg.connect(database.address.dsn(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database.name))
        )
