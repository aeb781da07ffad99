"""What the server had not flushed when it crashed is made again, with one effect (eventstore.md section 7)."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from uuid import UUID, uuid5

import psycopg
from corrections.education.v1.events_pb2 import EducationOpened, SessionArranged
from devstack.postgres import Postgres
from devstack.testing import create_database
from eventcore.dispatcher import Dispatcher
from eventcore.event import Event
from eventcore.positions import positions
from eventcore.projection import Projection, Projections
from eventcore.tx import Tx

from tests.integration.eventcore.reading import until
from tests.integration.eventcore.target import INSTALLATION, SERVICE, Education, make_education
from tests.integration.eventcore.writing import immediate_stop

CASES = [uuid5(UUID(int=2), str(n)) for n in range(20)]
# Flushed by itself only after the test: what waits for no flush is lost for certain.
LAZY = ("alter system set wal_writer_delay = '10s'", "alter system set wal_writer_flush_after = '1GB'")


def _count(tx: Tx, event: Event) -> None:
    tx.execute("insert into opened (subject) values (%s)", (event.subject,))


OPENED = Projection("opened", {EducationOpened: _count}, ("opened",))


def test_what_a_crash_of_the_server_takes_back_is_made_again(safe_server: Postgres) -> None:
    database = create_database(safe_server.address, "template1")
    with psycopg.connect(safe_server.address.dsn(), autocommit=True) as connection:
        for setting in LAZY:
            connection.execute(setting)
        connection.execute("select pg_reload_conf()")
    with make_education(database) as education:
        education.log.conn.execute("create table opened (subject uuid primary key)")
        education.log.conn.execute("grant all on opened to education_consume")
        for case in CASES:
            education.open(case)
        with _loops(education) as (sessions, dispatcher, opened):
            assert opened.turn() == 0
            education.log.sequence()
            until(lambda: not sessions.turn())
            until(lambda: not dispatcher.turn() and positions(education.log.conn).open_commands == 0)
            assert education.events(SessionArranged) == len(CASES)
            until(lambda: not opened.turn())
            seen = positions(education.log.conn)
            assert seen.projections == {"sessions": len(CASES), "opened": len(CASES)}
        immediate_stop(safe_server)
    safe_server.stop()
    safe_server.start()
    with make_education(database) as education:
        lost = positions(education.log.conn)
        assert (lost.log_end, lost.stored) == (seen.log_end, seen.stored), "nobody loses an event"
        assert lost.projections == {"sessions": len(CASES), "opened": 0}, (
            "commands are on disk before they are sent"
        )
        assert lost.open_commands > 0
        with _loops(education) as (sessions, dispatcher, opened):
            until(lambda: not dispatcher.turn() and positions(education.log.conn).open_commands == 0)
            education.log.sequence()
            until(lambda: not sessions.turn() + opened.turn())
        assert _opened(education) == len(CASES)
        assert education.events(SessionArranged) == len(CASES)
        assert len(education.faults.calls) == lost.open_commands


@contextmanager
def _loops(education: Education) -> Generator[tuple[Projections, Dispatcher, Projections]]:
    rows = Projections(education.link(), [OPENED], installation=INSTALLATION, service=SERVICE)
    with (
        closing(education.projections()) as sessions,
        closing(education.dispatcher()) as dispatcher,
        closing(rows),
    ):
        yield sessions, dispatcher, rows


def _opened(education: Education) -> int:
    ((count,),) = education.log.conn.execute("select count(*) from opened").fetchall()
    return count
