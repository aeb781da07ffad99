"""Education over real PostgreSQL and Kafka, from intake's word to the list of a day; every message comes twice."""

from __future__ import annotations

from uuid import UUID

import grpc
import pytest
from corrections.education.v1 import events_pb2 as ev
from corrections.education.v1 import service_pb2 as pb
from corrections.intake.v1 import events_pb2 as intake
from eventcore.testing import SEAL_TO

from tests.integration.law_calls import allowed, clocks, deadlines
from tests.integration.one_service import wait
from tests.integration.supervision.world import World

LAW = ev.SESSION_TOPIC_LAW
TERM = intake.TermComputed(start_date="2026-03-02", end_date="2027-03-01")
DAY = "2026-04-10"


def begin(world: World, name: str) -> UUID:
    """A case of which intake has told; its education is open."""
    case = world.case(name)
    world.at("2026-03-20T09:00")
    told = intake.CaseOpened(county="330203", office="330203004", minor=False, seal_to=SEAL_TO)
    world.intake_says(case, told, TERM)
    world.has(case, "EducationOpened")
    return case


def arrange(world: World, case: UUID, session: str, on: str = DAY) -> None:
    """A session is arranged."""
    request = pb.ArrangeSessionRequest(
        request_id=f"arrange {session}", case_id=str(case), session_id=session, topic=LAW, on=on
    )
    world.call("ArrangeSession", request)


def listed(world: World, by: str = "staff/330203/COUNTY_CCI/wang") -> dict[str, str]:
    """The sessions of DAY that the caller sees: session -> state."""
    found = world.call("ListSessions", pb.ListSessionsRequest(on=DAY), by=by).sessions
    return {one.session_id: one.state for one in found}


def sessions(world: World, case: UUID, as_of: str = "") -> dict[str, str]:
    """The case's sessions as of a day: session -> state."""
    found = world.call("GetEducation", pb.GetEducationRequest(case_id=str(case), as_of=as_of))
    return {one.session_id: one.state for one in found.sessions}


def test_intakes_word_opens_and_closes_education_once(world: World):
    case = begin(world, "open and close")
    world.at("2027-03-02T09:00")
    world.intake_says(case, intake.Released(end_date="2027-03-01"), at="2027-03-02T00:00")
    world.has(case, "EducationOpened", "EducationClosed")
    closed = world.query(
        "select data from es.event where subject = %s and type like %s", case, "%.EducationClosed"
    )
    assert ev.EducationClosed.FromString(closed[0][0]).on == "2027-03-01"
    with pytest.raises(grpc.RpcError) as ended:
        arrange(world, case, "too-late", "2027-03-03")
    assert ended.value.code() is grpc.StatusCode.FAILED_PRECONDITION  # pyright: ignore[reportAttributeAccessIssue]


def test_a_session_is_listed_to_its_county_and_lapses_at_midnight(world: World):
    case = begin(world, "lapse")
    arrange(world, case, "attended")
    arrange(world, case, "missed")
    wait(lambda: listed(world) == {"attended": "ARRANGED", "missed": "ARRANGED"}, "both are listed")
    assert listed(world, by="staff/3302/CITY_CCI/li") == listed(world)
    assert listed(world, by="staff/330204/COUNTY_CCI/wang") == {}
    assert listed(world, by="staff/330203004/JO/sun") == listed(world)
    assert listed(world, by="staff/330203005/JO/sun") == {}
    world.at(f"{DAY}T10:00")
    world.call(
        "RecordAttendance",
        pb.RecordAttendanceRequest(request_id="a", case_id=str(case), session_id="attended", minutes=90),
    )
    world.at("2026-04-11T00:00")
    world.has(case, "EducationOpened", *["SessionArranged"] * 2, "SessionAttended", "SessionMissed")
    wait(lambda: listed(world) == {"attended": "ATTENDED", "missed": "MISSED"}, "both are settled")


def test_education_is_read_as_it_was_on_a_day(world: World):
    case = begin(world, "as of")
    arrange(world, case, "s1", "2026-03-25")
    world.at("2026-03-26T09:00")
    opened = ["EducationOpened", "SessionArranged", "SessionMissed"]
    world.has(case, *opened)
    excuse = pb.ExcuseAbsenceRequest(request_id="e", case_id=str(case), session_id="s1", reason="就医")
    world.call("ExcuseAbsence", excuse)
    world.has(case, *opened, "SessionExcused")
    with pytest.raises(grpc.RpcError) as before:
        sessions(world, case, "2026-03-19")
    assert before.value.code() is grpc.StatusCode.NOT_FOUND  # pyright: ignore[reportAttributeAccessIssue]
    assert sessions(world, case, "2026-03-25") == {"s1": "ARRANGED"}
    # lapsed at midnight, excused at nine: the excuse holds
    assert sessions(world, case) == {"s1": "EXCUSED"}


def test_another_county_does_not_learn_that_there_is_a_case(world: World):
    case = begin(world, "hidden")
    with pytest.raises(grpc.RpcError) as hidden:
        world.call(
            "GetEducation", pb.GetEducationRequest(case_id=str(case)), by="staff/330204/COUNTY_CCI/wang"
        )
    assert hidden.value.code() is grpc.StatusCode.NOT_FOUND  # pyright: ignore[reportAttributeAccessIssue]


def test_the_clocks_of_sessions_are_listed_by_due_date_to_whom_sees_the_case(world: World):
    case = begin(world, "clocks")
    arrange(world, case, "c2", "2026-05-12")
    arrange(world, case, "c1", "2026-05-11")
    mine = {"session/c1": "2026-05-11", "session/c2": "2026-05-12"}
    wait(lambda: clocks(world, case) == mine, "both run")
    assert list(clocks(world, case)) == list(mine)
    assert clocks(world, case, by="staff/330203004/JO/sun") == clocks(world, case, by="operator/li") == mine
    for stranger in ("staff/330204/COUNTY_CCI/wang", "staff/330203005/JO/sun"):
        assert deadlines(world, stranger) == []
    first = deadlines(world, case_id=str(case), size=1)[0]
    told = (first.rule, first.rule_from, first.title_zh, first.article_zh, first.since, first.days_left)
    assert told == (
        "education.provide",
        "2020-07-01",
        "法治、道德等教育",
        "社区矫正法 第三十六条",
        "2026-03-20",
        52,
    )
    near = deadlines(world, case_id=str(case), within_days=52)
    assert [(one.name, one.county, one.provisional) for one in near] == [("session/c1", "330203", False)]
    attend = allowed(world, case)["RecordAttendance c1"]
    assert (attend.allowed, attend.code, attend.earliest_date) == (
        False,
        "SESSION_NOT_YET_HELD",
        "2026-05-11",
    )
    assert (attend.article_zh, attend.remedy_zh) == (
        "社区矫正法 第三十六条",
        "该次学习安排在2026-05-11，届时方可登记。",
    )
    assert allowed(world, case, as_of="2026-05-11")["RecordAttendance c1"].event_titles_zh == [
        "已参加教育学习"
    ]
    assert "LapseSession c1" not in allowed(world, case)
    with pytest.raises(grpc.RpcError) as hidden:
        allowed(world, case, by="staff/330204/COUNTY_CCI/wang")
    assert hidden.value.code() is grpc.StatusCode.NOT_FOUND  # pyright: ignore[reportAttributeAccessIssue]
    world.at("2026-05-12T00:00")
    wait(lambda: clocks(world, case) == {"session/c2": "2026-05-12"}, "what lapsed is gone")
    world.intake_says(case, intake.Released(end_date="2026-05-11"), at="2026-05-12T00:00")
    wait(lambda: clocks(world, case) == {}, "no clock outlives the case")
