"""What may be done, and from when on: the decider is asked at later days, never a date is assumed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import pytest
from corrections.education.v1 import events_pb2 as ev
from corrections.education.v1 import service_pb2 as cmd
from education.domain.case import CASE
from education.domain.specimens import SPECIMENS
from education.domain.state import Education, Session
from eventcore.allowed import Answer, answers, earliest, turning_days
from eventcore.decider import SHANGHAI, Caller, Context, NotFound
from google.protobuf.message import Message
from lawkit import load_law

TODAY = date(2026, 4, 1)
HELD = date(2026, 4, 10)
COUNTY = Caller("test", "330203", "COUNTY_CCI", "test")


def context(day: date = TODAY, caller: Caller = COUNTY) -> Context:
    now = datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)
    return Context(now, caller, "", UUID(int=0), None, load_law())


def case(**changes: object) -> Education:
    sessions = MappingProxyType({"s1": Session(ev.SESSION_TOPIC_LAW, HELD, TODAY)})
    made = Education(county="330203", office="330203001", end=date(2027, 3, 1), sessions=sessions)
    return replace(made, **changes)  # pyright: ignore[reportArgumentType]


def said(state: Education, kind: type[Message], ctx: Context | None = None) -> Answer:
    (one,) = [a for a in answers(CASE, state, 1, SPECIMENS, ctx or context()) if type(a.request) is kind]
    return one


def code(answer: Answer) -> str:
    return getattr(answer.refusal, "code", "")


def test_a_refusal_of_time_names_the_first_day_on_which_it_is_none():
    answer = said(case(), cmd.RecordAttendanceRequest)
    assert (code(answer), answer.earliest) == ("SESSION_NOT_YET_HELD", HELD)
    lapse = said(case(), cmd.LapseSessionRequest)
    assert (code(lapse), lapse.earliest) == ("NOT_YET_DUE", HELD + timedelta(days=1))


def test_what_time_does_not_change_has_no_earliest_day():
    answer = said(case(closed=TODAY), cmd.ArrangeSessionRequest)
    assert (code(answer), answer.earliest) == ("EDUCATION_HAS_ENDED", None)
    unknown = said(case(sessions=MappingProxyType({})), cmd.RecordAttendanceRequest)
    assert (code(unknown), unknown.earliest) == ("SESSION_UNKNOWN", None)


def test_what_is_allowed_says_what_it_would_write_and_what_is_done_writes_nothing():
    excuse = said(case(), cmd.ExcuseAbsenceRequest)
    assert (excuse.refusal, excuse.events) == (None, (ev.SessionExcused.DESCRIPTOR.full_name,))
    assert said(case(), cmd.OpenEducationRequest).events == ()
    assert said(case(), cmd.ArrangeSessionRequest).depends_on_content


def test_a_stranger_is_told_nothing():
    stranger = context(caller=Caller("test", "330204", "COUNTY_CCI", "test"))
    with pytest.raises(NotFound):
        said(case(), cmd.RecordAttendanceRequest, stranger)


@pytest.mark.parametrize("first", range(1, 40))
def test_the_day_between_two_days_is_found_by_halving(first: int):
    wanted = TODAY + timedelta(days=first)
    asked: list[date] = []

    def allowed(day: date) -> bool:
        asked.append(day)
        return day >= wanted

    assert earliest(allowed, TODAY, [TODAY + timedelta(days=one) for one in (-3, 0, 40)]) == wanted
    assert len(asked) <= 1 + 6


def test_a_window_that_closes_before_the_last_day_is_found_at_its_own_days():
    days = [TODAY + timedelta(days=one) for one in (10, 20, 400)]
    assert earliest(lambda day: days[0] < day <= days[1], TODAY, days) == days[0] + timedelta(days=1)
    assert earliest(lambda _: False, TODAY, days) is None


@dataclass(frozen=True)
class Inner:
    at: datetime


@dataclass(frozen=True)
class Outer:
    on: date | None
    inner: tuple[Inner, ...]
    name: str = "2026-01-01"


def test_the_days_of_a_state_are_found_wherever_they_are():
    state = Outer(None, (Inner(datetime(2026, 4, 1, 23, tzinfo=SHANGHAI)),))
    assert turning_days(state) == {TODAY, TODAY + timedelta(days=1)}
