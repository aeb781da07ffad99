"""Clocks of the law: due once, lapsed once (eventstore.md section 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from corrections.education.v1 import service_pb2 as cmd
from corrections.education.v1.events_pb2 import SessionMissed
from devstack.testing import DatabaseFactory
from eventcore.deadlines import next_due
from eventcore.positions import positions
from eventcore.workitems import list_refusals

from tests.integration.eventcore.reading import Crash, crashing, until
from tests.integration.eventcore.target import SERVICE, START, Education, due, make_education
from tests.integration.migrated import migrated

CASE = UUID(int=7)
DUE = due("2026-03-05")


@pytest.fixture
def education(database_factory: DatabaseFactory) -> Iterator[Education]:
    with make_education(migrated(database_factory, SERVICE)) as made:
        yield made


def settle(education: Education, between: Callable[[str], None] = lambda _: None) -> None:
    """All loops turn until the service is idle by its durable positions, twice with the same numbers."""
    with ExitStack() as stack:
        projections = stack.enter_context(closing(education.projections(between)))
        deadlines = stack.enter_context(closing(education.deadlines(between)))
        dispatcher = stack.enter_context(closing(education.dispatcher(between)))
        before: list[object] = []

        def idle() -> bool:
            deadlines.turn()
            dispatcher.turn()
            education.log.sequence()
            sum(iter(projections.turn, 0))
            here = positions(education.log.conn)
            quiet = here.open_commands == 0 and here.due_deadlines == 0
            read = here.stored == here.log_end == here.projections["sessions"]
            same = before[-1:] == [here]
            before.append(here)
            return quiet and read and same

        until(idle)


def at(education: Education, now: datetime) -> None:
    education.log.set_clock(now)


def rearrange(education: Education, on: str) -> None:
    request = cmd.ArrangeSessionRequest(
        request_id=f"to {on}",
        case_id=str(CASE),
        session_id="s",
        topic=cmd.ArrangeSessionRequest().topic,
        on=on,
    )
    education.send(request)


@pytest.mark.parametrize(
    "step", ["looking", "handed over", "sent", "answered", "stored", "moved", "handled", "committed"]
)
def test_a_due_clock_lapses_once(education: Education, step: str) -> None:
    education.open(CASE)
    settle(education)
    assert next_due(education.log.conn) == DUE
    at(education, DUE - timedelta(seconds=1))
    settle(education)
    assert education.events(SessionMissed) == 0
    at(education, DUE)
    education.faults.answer_lost = ["LapseSession"]
    with pytest.raises(Crash):
        settle(education, crashing(step))
    settle(education)
    settle(education)
    assert education.events(SessionMissed) == 1
    assert next_due(education.log.conn) is None


def test_a_lapse_that_comes_too_early_is_no_answer(education: Education) -> None:
    """The term was extended, and the projection has not read it yet when the clock is due."""
    education.open(CASE)
    settle(education)
    rearrange(education, "2026-03-09")
    at(education, DUE)
    with closing(education.deadlines()) as deadlines, closing(education.dispatcher()) as dispatcher:
        assert deadlines.turn() == 1
        until(lambda: dispatcher.turn() == 0 and positions(education.log.conn).open_commands == 0)
    assert list_refusals(education.log.conn) == []
    settle(education)
    assert education.events(SessionMissed) == 0
    assert next_due(education.log.conn) == due("2026-03-09")
    at(education, due("2026-03-09"))
    settle(education)
    assert education.events(SessionMissed) == 1


def test_a_clock_that_fast_hands_over_is_armed_again(education: Education) -> None:
    """The service that decides is a little behind the one that ticks: the same due time is tried until it is due."""
    education.open(CASE)
    settle(education)
    at(education, DUE)
    with closing(education.deadlines()) as deadlines, closing(education.dispatcher()) as dispatcher:
        assert deadlines.turn() == 1
        at(education, DUE - timedelta(seconds=1))
        until(lambda: dispatcher.turn() == 0 and positions(education.log.conn).open_commands == 0)
        assert deadlines.turn() == 0
        at(education, DUE)
        until(lambda: deadlines.turn() == 1)
        until(lambda: dispatcher.turn() == 0 and positions(education.log.conn).open_commands == 0)
    settle(education)
    assert education.events(SessionMissed) == 1
    assert list_refusals(education.log.conn) == []


def test_a_due_time_that_returns_lapses_all_the_same(education: Education) -> None:
    education.open(CASE)
    settle(education)
    rearrange(education, "2026-03-09")
    settle(education)
    rearrange(education, "2026-03-05")
    settle(education)
    assert next_due(education.log.conn) == DUE
    at(education, DUE)
    settle(education)
    assert education.events(SessionMissed) == 1


def test_an_act_in_time_stops_the_clock(education: Education) -> None:
    education.open(CASE)
    settle(education)
    at(education, START + timedelta(days=1))
    education.send(cmd.RecordAttendanceRequest(request_id="a", case_id=str(CASE), session_id="s", minutes=60))
    settle(education)
    assert next_due(education.log.conn) is None
    at(education, DUE)
    settle(education)
    assert education.events(SessionMissed) == 0


def test_a_clock_that_is_only_watched_is_never_handed_over(education: Education) -> None:
    education.open(CASE)
    settle(education)
    education.log.conn.execute("update es.deadline set command_id = null, target = null, request = null")
    at(education, DUE)
    settle(education)
    assert education.events(SessionMissed) == 0
    assert positions(education.log.conn).due_deadlines == 0
    assert next_due(education.log.conn) is None
