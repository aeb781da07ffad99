"""教育学习. 社区矫正法 第二十三条、第三十六条、第四十四条."""

from __future__ import annotations

from datetime import date

from corrections.education.v1 import events_pb2 as ev
from corrections.education.v1 import service_pb2 as cmd
from education.domain.case import CASE
from education.domain.state import Session
from eventcore.decider import free_text
from eventcore.testing import SEAL_TO, given, scenario
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit.counting import end_of_day

OPENED = ev.EducationOpened(
    county="330203", office="330203004", end_date="2027-03-01", minor=False, seal_to=SEAL_TO
)
CLOSED = ev.EducationClosed(on="2026-04-01")
LAW = ev.SESSION_TOPIC_LAW
ARRANGE = cmd.ArrangeSessionRequest(request_id="r", case_id="c", session_id="s1", topic=LAW, on="2026-03-10")
ARRANGED = ev.SessionArranged(session_id="s1", topic=LAW, on="2026-03-10")
ATTEND = cmd.RecordAttendanceRequest(request_id="r", case_id="c", session_id="s1", minutes=90)
ATTENDED = ev.SessionAttended(session_id="s1", minutes=90)
EXCUSED = ev.SessionExcused(session_id="s1", reason=free_text("就医"))


def lapse() -> cmd.LapseSessionRequest:
    due = Timestamp()
    due.FromDatetime(end_of_day(date(2026, 3, 10)))
    return cmd.LapseSessionRequest(request_id="r", case_id="c", session_id="s1", due_at=due)


def test_a_session_can_be_arranged():
    given(CASE, OPENED).when(ARRANGE).then(ARRANGED)


def test_arranging_the_same_session_again_changes_nothing():
    given(CASE, OPENED, ARRANGED).when(ARRANGE).then()


def test_a_session_id_names_one_session():
    other = cmd.ArrangeSessionRequest(
        request_id="r", case_id="c", session_id="s1", topic=LAW, on="2026-03-11"
    )
    given(CASE, OPENED, ARRANGED).when(other).refused("SESSION_ID_TAKEN", rule="education.provide")


def test_no_session_is_arranged_after_the_term():
    late = cmd.ArrangeSessionRequest(request_id="r", case_id="c", session_id="s1", topic=LAW, on="2027-03-02")
    given(CASE, OPENED).when(late).refused("SESSION_AFTER_TERM", rule="release.conditions")


def test_no_session_is_arranged_after_corrections_ended():
    given(CASE, OPENED, CLOSED).when(ARRANGE).refused("EDUCATION_HAS_ENDED", rule="release.conditions")


def test_attendance_is_recorded():
    given(CASE, OPENED, ARRANGED).at("2026-03-10").when(ATTEND).then(ATTENDED)


def test_attendance_cannot_be_recorded_before_the_day():
    given(CASE, OPENED, ARRANGED).at("2026-03-09").when(ATTEND).refused("SESSION_NOT_YET_HELD")


def test_a_session_that_passed_without_attendance_is_missed():
    given(CASE, OPENED, ARRANGED).at("2026-03-11T00:00").when(lapse()).then(ev.SessionMissed(session_id="s1"))


def test_a_session_does_not_lapse_before_its_day_is_over():
    given(CASE, OPENED, ARRANGED).at("2026-03-10T23:59").when(lapse()).refused("NOT_YET_DUE")


def test_an_attended_or_excused_session_does_not_lapse():
    given(CASE, OPENED, ARRANGED, ATTENDED).at("2026-03-11T00:00").when(lapse()).then()
    given(CASE, OPENED, ARRANGED, EXCUSED).at("2026-03-11T00:00").when(lapse()).then()


def test_a_session_does_not_lapse_after_corrections_ended():
    given(CASE, OPENED, ARRANGED, CLOSED).at("2026-03-11T00:00").when(lapse()).then()


def test_a_case_enters_education_once():
    open_ = cmd.OpenEducationRequest(
        request_id="r",
        case_id="c",
        county="330203",
        office="330203004",
        end_date="2027-03-01",
        seal_to=SEAL_TO,
    )
    scenario(CASE).when(open_).then(OPENED)
    given(CASE, OPENED).when(open_).then()


def test_an_office_of_another_county_sees_nothing():
    given(CASE, OPENED).by(unit="330204").when(ARRANGE).not_found()
    given(CASE, OPENED).by(unit="3302").when(ARRANGE).then(ARRANGED)


def test_an_office_sees_only_the_cases_entrusted_to_it():
    given(CASE, OPENED).by(role="JO", unit="330203004").when(ARRANGE).then(ARRANGED)
    given(CASE, OPENED).by(role="JO", unit="330203005").when(ARRANGE).not_found()
    to_none = ev.EducationOpened(county="330203", end_date="2027-03-01")
    given(CASE, to_none).by(role="JO", unit="330203004").when(ARRANGE).not_found()
    given(CASE, to_none).when(ARRANGE).then(ARRANGED)


def test_an_excuse_on_the_day_after_the_lapse_stands_against_it():
    session = Session(
        LAW, date(2026, 3, 10), date(2026, 3, 1), excused=date(2026, 3, 11), missed=date(2026, 3, 11)
    )
    assert session.state_on(date(2026, 3, 10)) == "ARRANGED"
    assert session.state_on(date(2026, 3, 11)) == "EXCUSED"
