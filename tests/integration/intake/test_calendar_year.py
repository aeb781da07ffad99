"""A calendar year comes: the provisional date of a case moves, once, and stays so; without it nothing is guessed.

The arrangements here are invented; they are no notices of the State Council.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from corrections.administration.v1 import events_pb2 as ev
from corrections.common.v1.facts_pb2 import Period
from corrections.intake.v1 import service_pb2 as pb

from tests.integration.intake.test_intake import opened, person
from tests.integration.intake.world import World
from tests.integration.law_calls import clocks, deadlines
from tests.integration.one_service import wait

STREAM = "calendar/00000000-0000-5000-8000-000000002027"
COMMANDS = (
    "select d.command_id, d.request from es.deadline d where d.subject = %s and d.name = 'reporting-in'"
)

OPEN = "select 1 from es.command where answer is null and refusal is null"
LAPSED = "select count(*) from es.event where subject = %s and type like '%%ReportingInMissed'"


def arranged(*off: str) -> dict[str, Any]:
    """The invented days off of 2027."""
    days = [ev.ArrangedDay(on=on, work=False, name="元旦") for on in off]
    return {"year": 2027, "days": days, "source": ev.SourceDocument(title="虚构"), "working_days": 250}


def reporting(world: World, case: UUID) -> tuple[str, bool]:
    """Last day for reporting in, and whether it is provisional."""
    [found] = [one for one in deadlines(world, case_id=str(case)) if one.name == "reporting-in"]
    return found.last_day, found.provisional


def listed(world: World, case: UUID) -> list[pb.Case]:
    """The case as the list shows it."""
    page = world.call("ListCases", pb.ListCasesRequest(page_size=1000), by="operator/li").cases
    return [one for one in page if one.case_id == str(case)]


def becomes(world: World, case: UUID, last_day: str, *, provisional: bool) -> None:
    """Waits until the clock runs so, and every year is recomputed."""

    def there() -> bool:
        open_ = world.query("select 1 from es.calendar_year where not recomputed")
        return reporting(world, case) == (last_day, provisional) and not open_

    wait(there, f"{last_day} {provisional}")
    assert world.case(case).report_due == last_day
    assert {one.report_due for one in listed(world, case)} == {last_day}


def test_a_year_that_comes_moves_the_provisional_date_once(world: World):
    world.at("2026-12-26T09:00")
    facts: dict[str, Any] = {"effective_date": "2026-12-25", "probation": Period(months=24)}
    (case,) = opened(world, "跨年", person(**facts), decided="2026-12-10")
    (known,) = opened(world, "本年", person(effective_date="2026-12-18"), decided="2026-12-10")
    wait(lambda: len(clocks(world, case)) == 3 and len(clocks(world, known)) == 3, "all run")
    # the tenth day, as far as it is known
    assert reporting(world, case) == ("2027-01-04", True)
    # the notice for 2027 may still arrange it
    assert reporting(world, known) == ("2026-12-28", True)

    # the day is over, but nobody is missing while it may move
    world.at("2026-12-30T09:00")
    assert world.state(known) == "AWAITING_REPORT"
    assert reporting(world, known) == ("2026-12-28", True)

    # another year says nothing about 2027
    other: dict[str, Any] = {**arranged("2028-01-03"), "year": 2028}
    world.publisher.tell(world.administration, STREAM.replace("2027", "2028"), ev.CalendarImported(**other))
    becomes(world, case, "2027-01-04", provisional=True)

    off = [f"2027-01-0{day}" for day in range(1, 6)]
    world.publisher.tell(world.administration, STREAM, ev.CalendarImported(**arranged(*off)))
    becomes(world, case, "2027-01-06", provisional=False)
    moved = world.query(COMMANDS, case)
    # now the day is known, and it is over
    wait(lambda: world.query(LAPSED, known) != [(0,)], "it lapsed")
    assert world.query("select version from es.calendar_year where year = 2027") == [(1,)]

    world.restart()
    becomes(world, case, "2027-01-06", provisional=False)
    assert world.query(COMMANDS, case) == moved

    # a later notice corrects the year
    corrected = ev.CalendarCorrected(**arranged(*off, "2027-01-06"))
    world.publisher.tell(world.administration, STREAM, corrected)
    becomes(world, case, "2027-01-07", provisional=False)

    # who decides from now on decides by the new calendar
    (later,) = opened(world, "其后", person(**facts), decided="2026-12-11")
    wait(lambda: len(clocks(world, later)) == 3, "all run")
    assert reporting(world, later) == ("2027-01-07", False)

    # the lapse waits for the moved day, and comes once
    world.at("2027-01-07T23:59")
    assert world.state(case) == "AWAITING_REPORT"
    world.at("2027-01-08T00:00")
    # the clock ends when its command is written; the lapse is the command's effect, and comes after it
    wait(lambda: world.query(LAPSED, case) != [(0,)], "it lapsed")
    assert "reporting-in" not in clocks(world, case)
    world.restart()
    wait(lambda: not world.query(OPEN), "nothing is left to do")
    assert world.query(LAPSED, case) == [(1,)]
