"""The clock moves from due time to due time, only when nothing is under way, and survives a crash in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from devstack.testing import Database
from eventcore.kafka import Partition
from eventcore.link import Link, connecting
from sandbox.clock import Clock, ClockError, NotIdle

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TOPIC = Partition("corrections.intake.v1", 0)
CONSUMES = {"supervision": frozenset({TOPIC.topic})}
_DEADLINE = """
insert into es.deadline (deadline_id, name, subject, owner, due_at, command_id, target, request, correlation)
values (%(id)s, 'd', %(id)s, 'p', %(due)s, %(id)s, 't', '', %(id)s)
"""


class County:
    """Two services and a topic whose end is as the test says."""

    def __init__(self, sandbox: Database, services: dict[str, Database]) -> None:
        self.sandbox = sandbox
        self.services = services
        self.end = 0
        self.run("supervision", "insert into es.consumer_offset values ('c', %s, 0, 0)", [TOPIC.topic])

    def clock(self) -> Clock:
        links = {name: Link(connecting(d.dsn, "test")) for name, d in self.services.items()}
        truth = Link(connecting(self.sandbox.dsn, "test"))
        return Clock(truth, links, lambda _: {TOPIC: self.end}, CONSUMES)

    def run(self, service: str, statement: str, values: object = None) -> None:
        with psycopg.connect(self.services[service].dsn, autocommit=True) as connection:
            connection.execute(statement, values)  # pyright: ignore

    def told(self, service: str) -> datetime:
        with psycopg.connect(self.services[service].dsn) as connection:
            row = connection.execute("select es.now()").fetchone()
            assert row is not None
            return row[0]

    def due(self, service: str, number: int, at: datetime) -> None:
        self.run(service, _DEADLINE, {"id": UUID(int=number), "due": at})


@pytest.fixture
def county(sandbox_database: Database, services: dict[str, Database]) -> County:
    return County(sandbox_database, services)


@pytest.fixture
def clock(county: County) -> Iterator[Clock]:
    made = county.clock()
    made.begin(START)
    yield made
    made.close()


def test_every_service_reads_the_clock(county: County, clock: Clock):
    clock.advance(START + DAY)
    assert clock.now() == county.told("intake") == county.told("supervision") == START + DAY


def test_the_clock_never_goes_back(county: County, clock: Clock):
    clock.advance(START + DAY)
    clock.advance(START)
    assert clock.now() == county.told("intake") == START + DAY


def test_the_clock_stops_at_each_due_time_until_it_is_handed_over(county: County, clock: Clock):
    county.due("intake", 1, START + DAY)
    with pytest.raises(NotIdle, match="intake: 1 clocks are due"):
        clock.advance(START + 2 * DAY, timeout_s=0.1)
    assert clock.now() == START + DAY
    county.run("intake", "update es.deadline set handed_over_for = due_at")
    clock.advance(START + 2 * DAY)
    assert clock.now() == START + 2 * DAY


def test_an_open_command_holds_the_clock(county: County, clock: Clock):
    county.run(
        "supervision",
        "insert into es.command (command_id, subject, target, request, purpose, correlation, created)"
        " values (gen_random_uuid(), gen_random_uuid(), 't', '', 'p', gen_random_uuid(), es.now())",
    )
    with pytest.raises(NotIdle, match="supervision: 1 commands are open"):
        clock.advance(START + DAY, timeout_s=0.1)
    assert clock.now() == START


def test_a_consumer_behind_its_topic_holds_the_clock(county: County, clock: Clock):
    county.end = 3
    with pytest.raises(NotIdle, match=r"supervision: consumer c is at 0 of corrections.intake.v1/0, end 3"):
        clock.advance(START + DAY, timeout_s=0.1)


def test_a_crash_between_truth_and_copies_is_repaired(county: County, clock: Clock):
    with psycopg.connect(county.sandbox.dsn, autocommit=True) as connection:
        connection.execute("update simulated_time set now = %s", [START + DAY])
    clock.close()
    successor = county.clock()
    successor.wait_idle()
    assert county.told("intake") == county.told("supervision") == START + DAY
    successor.close()


def test_services_that_were_made_one_after_the_other_show_the_latest_time(county: County, clock: Clock):
    for service, at in (("intake", START + DAY), ("supervision", START + DAY / 2)):
        county.run(service, "update es.simulated_clock set now = %s", [at])
    clock.align()
    assert clock.now() == county.told("intake") == county.told("supervision") == START + DAY


def test_only_one_process_moves_the_clock(county: County, clock: Clock):
    other = county.clock()
    with pytest.raises(ClockError, match="another process"):
        other.advance(START + DAY)
    other.close()


def test_the_clock_is_set_anew_only_where_there_is_no_history(county: County, clock: Clock):
    clock.begin(START - 10 * DAY)
    assert county.told("intake") == START - 10 * DAY
    county.run(
        "intake",
        "insert into es.event (stream_id, version, gen, xid, type, subject, occurred_at, recorded_at, meta, data,"
        " leaf_sha256, leaf_sm3) values (gen_random_uuid(), 1, 1, pg_current_xact_id(), 't', gen_random_uuid(),"
        " es.now(), es.now(), '', '', '', '')",
    )
    with pytest.raises(ClockError, match="intake has a history"):
        clock.begin(START)
