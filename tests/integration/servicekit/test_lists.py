"""Every projection of every service can be asked for its past (docs/adr/0026)."""

from __future__ import annotations

from contextlib import closing
from importlib import import_module

import psycopg
import pytest
from devstack.testing import Database
from eventcore.link import Link
from eventcore.migrate import migrate, options
from eventcore.past import DEADLINES, Moment, Past
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
