"""Administration over real PostgreSQL and Kafka: a year is imported, corrected, read as it was known; two people release.

The arrangements of 2027 and 2028 are invented; they are no notices of the State Council.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date
from typing import TypeVar, cast

import grpc
import pytest
from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1 import service_pb2 as pb
from eventcore.meta import timestamp
from eventcore.testing import instant
from google.protobuf.message import Message
from guitu_cli.law_here import with_imported_years
from lawkit import load_law
from lawkit.law_of_the_day import final_day
from servicekit import law_release
from servicekit.testing import release_the_law

from tests.integration.one_service import wait
from tests.integration.supervision.world import World

R = TypeVar("R", bound=Message)
BUREAU = "staff/33/JUSTICE_DEPT/zhao"
NEW_YEAR = [("2026-12-31", False), ("2027-01-01", False), ("2027-01-09", True)]


def a_year(
    request_id: str, year: int = 2027, days: Sequence[tuple[str, bool]] = NEW_YEAR
) -> pb.ImportCalendarRequest:
    """The import of an invented arrangement."""
    return pb.ImportCalendarRequest(
        request_id=request_id,
        year=year,
        days=[ev.ArrangedDay(on=on, work=work, name="元旦") for on, work in days],
        source=ev.SourceDocument(
            title="虚构的放假安排,不是国务院的通知",
            url="https://example.org/invented",
            sha256=bytes(32),
            issued_on="2026-11-04",
        ),
    )


def refused(world: World, method: str, request: object, by: str = BUREAU) -> tuple[grpc.StatusCode, str]:
    """Status and words of a call that is refused."""
    with pytest.raises(grpc.RpcError) as error:
        world.call(method, request, by=by)  # pyright: ignore[reportArgumentType]
    call = cast("grpc.Call", error.value)
    return call.code(), call.details() or ""


def test_a_year_is_imported_once_and_corrected_and_the_earlier_one_stays_known(world: World):
    world.at("2026-11-05T09:00")
    first = world.call("ImportCalendar", a_year("a"), by=BUREAU).outcome
    assert world.call("ImportCalendar", a_year("a"), by=BUREAU).outcome == first
    assert not world.call("ImportCalendar", a_year("b"), by=BUREAU).outcome.events
    world.at("2027-01-20T09:00")
    corrected = world.call("ImportCalendar", a_year("c", days=[("2027-01-01", False)]), by=BUREAU).outcome
    assert [e.type.rpartition(".")[2] for e in (*first.events, *corrected.events)] == [
        "CalendarImported",
        "CalendarCorrected",
    ]
    now = world.call("GetCalendar", pb.GetCalendarRequest(year=2027)).calendar
    assert (now.version, now.working_days, [d.on for d in now.days]) == (2, 260, ["2027-01-01"])
    then = pb.GetCalendarRequest(year=2027, known_at=timestamp(instant("2026-12-01").astimezone(UTC)))
    before = world.call("GetCalendar", then).calendar
    assert (before.version, before.working_days) == (1, 261)
    assert [(d.on, d.work) for d in before.days] == NEW_YEAR
    early = pb.GetCalendarRequest(year=2027, known_at=timestamp(instant("2026-11-01").astimezone(UTC)))
    assert refused(world, "GetCalendar", early)[0] is grpc.StatusCode.NOT_FOUND
    wait(
        lambda: (
            [
                (one.year, one.version)
                for one in world.call("ListCalendars", pb.ListCalendarsRequest()).calendars
            ]
            == [(2027, 2)]
        ),
        "the year is listed once",
    )


class Asking:
    """Calls of `guitu`, at administration alone."""

    def __init__(self, world: World) -> None:
        self._world = world

    def call(self, request: Message, answer: type[R], /) -> R:
        """The answer."""
        found = self._world.call(type(request).__name__.removesuffix("Request"), request)
        assert isinstance(found, answer)
        return found


def test_a_simulation_counts_by_the_years_that_were_known(world: World):
    """They were imported by the test before: first with 31 December, corrected without it."""
    law, rule, start = load_law(), "intake.report.deadline", date(2026, 12, 21)
    known = {
        when: with_imported_years(law, Asking(world), instant(when))
        for when in ("2026-11-01T09:00", "2026-12-01T09:00", "2027-01-20T09:00")
    }
    assert [final_day(here, rule, start) for here in known.values()] == [
        None,
        date(2027, 1, 4),
        date(2026, 12, 31),
    ]
    assert known["2026-11-01T09:00"].calendar_version == law.calendar_version


def test_a_year_that_came_with_the_software_is_read_and_can_be_corrected(world: World):
    shipped = world.call("GetCalendar", pb.GetCalendarRequest(year=2025)).calendar
    assert (shipped.version, shipped.working_days) == (0, load_law().calendar.working_days_of(2025))
    assert not shipped.HasField("source")
    outcome = world.call("ImportCalendar", a_year("2025", 2025, [("2025-01-01", False)]), by=BUREAU).outcome
    assert [e.type.rpartition(".")[2] for e in outcome.events] == ["CalendarCorrected"]
    assert refused(world, "GetCalendar", pb.GetCalendarRequest(year=1999))[0] is grpc.StatusCode.NOT_FOUND


def test_a_wrong_day_is_named_and_only_the_justice_department_imports(world: World):
    twice = a_year("twice", days=[("2027-01-01", False), ("2027-01-01", True)])
    code, said = refused(world, "ImportCalendar", twice)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "days[1].on" in said
    county = refused(world, "ImportCalendar", a_year("county"), by="staff/330203/COUNTY_CCI/wang")
    assert county[0] is grpc.StatusCode.PERMISSION_DENIED


def test_a_rule_set_is_released_by_two_people_alone(world: World):
    digest = load_law().digest
    home = world.authority.home
    request = pb.ReleaseRuleSetRequest(
        request_id="r1", rule_set_id="2027-01", digest=digest, effective_on="2027-01-01", release="x\n"
    )
    code, said = refused(world, "ReleaseRuleSet", request)
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert "RULE_SET_NOT_SIGNED" in said
    author, checker = release_the_law(home)
    request.request_id = "r2"
    request.release = (law_release.folder(home) / "rules.release").read_text(encoding="utf-8")
    past = pb.ReleaseRuleSetRequest()
    past.CopyFrom(request)
    past.effective_on = "2026-12-31"
    world.at("2027-01-01T09:00")
    code, said = refused(world, "ReleaseRuleSet", past)
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert "RULE_SET_DAY_PAST" in said
    assert world.call("ReleaseRuleSet", request, by=BUREAU).outcome.events
    # one text is released once: the signatures of a text that was withdrawn do not bring it back
    again = pb.ReleaseRuleSetRequest()
    again.CopyFrom(request)
    again.request_id, again.rule_set_id = "r3", "2027-02"
    assert refused(world, "ReleaseRuleSet", again)[0] is grpc.StatusCode.ALREADY_EXISTS
    unknown = pb.ReleaseRuleSetRequest()
    unknown.CopyFrom(again)
    unknown.corrects, unknown.correction_reason = "2020-01", "有误"
    assert "RULE_SET_UNKNOWN" in refused(world, "ReleaseRuleSet", unknown)[1]
    found = world.call("GetRuleSet", pb.GetRuleSetRequest(rule_set_id="2027-01")).rule_set
    assert (found.digest, found.author.signer, found.checker.signer) == (digest, "zhang", "li")
    text = law_release.withdrawal_of("2027-01", "2027-06-01")
    alone = law_release.signed_text(text, author)
    withdraw = pb.WithdrawRuleSetRequest(
        request_id="w", rule_set_id="2027-01", withdrawn_from="2027-06-01", withdrawal=alone
    )
    code, said = refused(world, "WithdrawRuleSet", withdraw)
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert "RULE_SET_WITHDRAWAL_NOT_SIGNED" in said
    withdraw.withdrawal = law_release.signed_text(text, checker, before=alone)
    world.call("WithdrawRuleSet", withdraw, by=BUREAU)
    wait(
        lambda: (
            [
                (one.withdrawn_from, one.withdrawn_author.signer, one.withdrawn_checker.signer)
                for one in world.call("ListRuleSets", pb.ListRuleSetsRequest()).rule_sets
            ]
            == [("2027-06-01", "zhang", "li")]
        ),
        "listed as withdrawn",
    )
