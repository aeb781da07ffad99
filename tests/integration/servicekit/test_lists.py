"""Every projection of every service can be asked for its past (docs/adr/0026)."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta
from importlib import import_module

import psycopg
import pytest
from devstack.testing import Database
from eventcore.link import Link
from eventcore.migrate import migrate, options
from eventcore.past import DEADLINES, Moment, Past
from eventcore.store import pool
from eventcore.upcasting import Codec
from lawkit import load_law
from servicekit.lists import MOMENTS, Lists, When
from servicekit.service import Service
from servicekit.testing import INSTALLATION

SERVICES = ("administration", "assistance", "audit", "education", "handoff", "intake", "supervision")


def serving(database: Database, name: str) -> Link:
    """A connection in the role of `serve`."""
    role = options(name, "serve")
    return Link(lambda: psycopg.connect(database.dsn, autocommit=True, options=role))


@pytest.mark.parametrize("name", SERVICES)
def test_serve_can_make_every_table_and_clock_of_the_past(database: Database, name: str) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        migrate(connection, service=name, packages=[name])
    service: Service = import_module(f"{name}.main").SERVICE
    for projections in ([one] for one in service.projections):
        with closing(
            Past(serving(database, name), projections, installation=INSTALLATION, service=name)
        ) as past:
            past.make(Moment(0))
            for table in projections[0].tables:
                assert past.fetch(f"select * from {table}", {}) == []
    with closing(
        Past(serving(database, name), service.projections, installation=INSTALLATION, service=name)
    ) as past:
        past.make(Moment(0), clocks=True)
        assert past.fetch(f"select * from {DEADLINES}", {}) == []


async def test_a_moment_that_is_made_is_read_while_another_one_is_under_way(database: Database) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        migrate(connection, service="education", packages=["education"])
        connection.execute("insert into es.projection (name, seq) values ('sessions', 0)")
        [(today,)] = connection.execute("select (es.now() at time zone 'Asia/Shanghai')::date").fetchall()
    service: Service = import_module("education.main").SERVICE
    connections = pool(database.dsn, service="education")
    await connections.open()
    lists = Lists(
        connections, lambda: serving(database, "education"), service.projections, installation=INSTALLATION,
        service="education", codec=Codec(), law=load_law,
    )  # fmt: skip

    def days_ago(days: int) -> asyncio.Task[object]:
        when = When(today - timedelta(days=days))
        return asyncio.create_task(lists.read("sessions", "select * from session", {}, when))

    try:
        await days_ago(0)
        with psycopg.connect(database.dsn) as other:
            other.execute(
                "lock table es.parked in access exclusive mode"
            )  # making one reads it, a made one does not
            waiting = [days_ago(days) for days in range(1, MOMENTS)]
            await asyncio.wait_for(days_ago(0), 30)
            assert not any(one.done() for one in waiting)
        # more than may be kept: each has its turn
        more = [days_ago(days) for days in range(MOMENTS + 3)]
        await asyncio.wait_for(asyncio.gather(*waiting, *more), 60)
    finally:
        await lists.close()
        await connections.close()
