"""Clocks that wait for a calendar year are asked when it comes, and only by a law that has it (counting.working-day)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from datetime import date
from uuid import UUID

from devstack.testing import Database
from eventcore.deadlines import Deadlines, next_due
from eventcore.link import Connection, Link
from eventcore.positions import positions
from eventcore.recompute import Recompute
from lawkit import Law, load_law
from lawkit.arrangement import ArrangedDay, Arrangement, arranged
from lawkit.counting import end_of_day

from tests.integration.eventcore.writing import connect, owner

RULE = "intake.report.deadline"
SINCE, BY_STATUTORY_DAYS = date(2026, 12, 25), date(2027, 1, 4)
_CLOCK = """
insert into es.deadline (deadline_id, name, subject, owner, due_at, command_id, target, request, correlation, rule,
  since, provisional, asked_of)
values (%(id)s, 'reporting-in', %(id)s, 'test', %(due_at)s, %(id)s,
  '/corrections.intake.v1.IntakeService/LapseReportingIn', '', %(id)s, %(rule)s, %(since)s, true, '')
"""
_YEAR = "insert into es.calendar_year (year, version, content) values (2027, %s, '')"
_STATE = "select (due_at at time zone 'Asia/Shanghai')::date - 1, provisional from es.deadline"
_OPEN = "select not recomputed from es.calendar_year where year = 2027"
CLOCK = UUID(int=5)


def law_of(*off: str) -> Law:
    """2027 with invented days off."""
    days = [ArrangedDay(date.fromisoformat(day), False, "虚构") for day in off]
    return load_law().with_calendar(arranged(load_law().calendar, [Arrangement.of(2027, days)]))


def test_a_year_is_done_only_for_a_law_that_has_its_version(store_database: Database):
    first, second = law_of("2027-01-04"), law_of("2027-01-04", "2027-01-05")
    held: dict[str, tuple[Law, Collection[tuple[int, int]]]] = {"now": (first, [(2027, 0)])}
    link = Link(lambda: connect(store_database, "consume"))
    recompute = Recompute(link, lambda: held["now"][0], years=lambda: held["now"][1])
    with owner(store_database) as conn, closing(recompute):
        put(conn)
        # the notice was corrected before this process has heard of it
        conn.execute(_YEAR, (1,))
        while recompute.turn():
            pass
        assert conn.execute(_STATE).fetchall() == [(date(2027, 1, 5), False)]
        assert conn.execute(_OPEN).fetchone() == (True,)
        held["now"] = second, [(2027, 1)]
        while recompute.turn():
            pass
        assert conn.execute(_STATE).fetchall() == [(date(2027, 1, 6), False)]
        assert conn.execute(_OPEN).fetchone() == (False,)


def test_a_provisional_clock_rings_when_its_day_is_known(store_database: Database):
    held: dict[str, Law] = {"now": load_law()}
    link = Link(lambda: connect(store_database, "consume"))
    recompute = Recompute(link, lambda: held["now"], years=lambda: [(2027, 0)])
    clocks = Deadlines(Link(lambda: connect(store_database, "consume")))
    with owner(store_database) as conn, closing(recompute), closing(clocks):
        conn.execute(
            "create or replace function es.now() returns timestamptz language sql stable as"
            " $$ select '2027-01-20T00:00Z'::timestamptz $$"
        )
        put(conn)
        # over by the day that is known, but the year that may move it has not come: nothing is under way
        assert clocks.turn() == 0
        assert (positions(conn).due_deadlines, next_due(conn)) == (0, None)
        held["now"] = law_of("2027-01-04")
        while recompute.turn():
            pass
        assert positions(conn).due_deadlines == 1
        assert clocks.turn() == 1


def put(conn: Connection) -> None:
    """A clock of a person whose decision took effect at the end of 2026."""
    values = {"id": CLOCK, "due_at": end_of_day(BY_STATUTORY_DAYS), "rule": RULE, "since": SINCE}
    conn.execute(_CLOCK, values)
