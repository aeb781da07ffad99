"""失去联系、查找、脱管、查找到. 社区矫正法 第三十条; 实施办法 第三十八条; 司发通〔2026〕8号 第十三条、第十四条."""

from __future__ import annotations

import pytest
from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.decider import free_text
from eventcore.errors import NotYetHappened
from eventcore.testing import given
from google.protobuf.timestamp_pb2 import Timestamp
from supervision.domain.case import CASE
from supervision.testing import (
    CASE_ID,
    NOTICE,
    PAROLE,
    PROBATION,
    SURVEILLANCE,
    at,
    at_end_of,
    leave,
    opened,
    ref,
)

OPENED = opened()
CLOSED = ev.SupervisionClosed(on="2026-05-03")
SINCE = at("2026-04-01T08:00")
LOSE = cmd.RecordContactLostRequest(case_id=CASE_ID, since=SINCE)
LOST = ev.ContactLost(since=SINCE)
STEP = cmd.RecordSearchStepRequest(case_id=CASE_ID, method=ev.SEARCH_METHOD_VISIT, result="家中无人")
STEPPED = ev.SearchStepRecorded(method=ev.SEARCH_METHOD_VISIT, result=free_text("家中无人"))
ASK = cmd.RequestPoliceSearchRequest(case_id=CASE_ID)
ASKED = ev.PoliceSearchRequested()
CLASSIFY = cmd.ClassifyAbscondedRequest(case_id=CASE_ID)
MISSED = ev.MissedReceptionNoted(due_date="2026-03-12")


def found(when: Timestamp, exchange_id: str = "") -> cmd.RecordFoundRequest:
    return cmd.RecordFoundRequest(case_id=CASE_ID, found_at=when, exchange_id=exchange_id)


def was_found(when: Timestamp, days: int, exchange_id: str = "") -> ev.SubjectFound:
    return ev.SubjectFound(found_at=when, exchange_id=exchange_id, days_missing=days)


def test_the_search_starts_at_once():
    given(CASE, OPENED).at("2026-04-01T08:00").when(LOSE).then(LOST)
    given(CASE, OPENED, LOST).at("2026-04-01T09:00").when(LOSE).then()
    given(CASE, OPENED).at("2026-04-01T07:00").when(LOSE).invalid("since")


def test_each_step_is_recorded_with_its_result():
    given(CASE, OPENED, LOST).at("2026-04-01T10:00").when(STEP).then(STEPPED)
    given(CASE, OPENED, LOST, ("2026-04-01T10:00", STEPPED)).at("2026-04-01T10:00").when(STEP).then()
    given(CASE, OPENED).when(STEP).refused("NOT_OUT_OF_CONTACT", rule="missing.search-immediately")


def test_the_police_are_asked_after_a_search_in_vain():
    given(CASE, OPENED, LOST).at("2026-04-01").when(ASK).refused(
        "SEARCH_NOT_MADE", rule="missing.notify-police"
    )
    given(CASE, OPENED, LOST, STEPPED).at("2026-04-01").when(ASK).then(ASKED)
    given(CASE, OPENED, LOST, STEPPED, ASKED).at("2026-04-01").when(ASK).then()
    given(CASE, OPENED).at("2026-04-01").when(ASK).refused("NOT_OUT_OF_CONTACT")


def test_a_missed_reporting_in_opens_a_search_that_reporting_in_ends():
    given(CASE, OPENED, MISSED, STEPPED).at("2026-03-16").when(ASK).then(ASKED)
    here = ev.ReceptionNoted(reported_on="2026-03-20", days_late=8)
    given(CASE, OPENED, MISSED, STEPPED, here).at("2026-03-21").when(ASK).refused("NOT_OUT_OF_CONTACT")


def classified(rule: str, since: Timestamp, hours: int, day: str) -> ev.AbscondedClassified:
    return ev.AbscondedClassified(law=ref(rule, day), since=since, hours=hours)


def test_48_hours_are_not_more_than_48_hours():
    given(CASE, OPENED, LOST).at("2026-04-03T08:00").when(CLASSIFY).refused(
        "NOT_YET_ABSCONDED", rule="absconded.out-of-contact"
    )
    given(CASE, OPENED, LOST).at("2026-04-03T08:01").when(CLASSIFY).then(
        classified("absconded.out-of-contact", SINCE, 48, "2026-04-03")
    )


def test_confirming_twice_changes_nothing_and_nobody_absconds_who_is_in_contact():
    done = classified("absconded.out-of-contact", SINCE, 72, "2026-04-04")
    given(CASE, OPENED, LOST, done).at("2026-04-05").when(CLASSIFY).then()
    given(CASE, OPENED).when(CLASSIFY).refused("NOT_OUT_OF_CONTACT", rule="absconded.out-of-contact")
    given(CASE, OPENED, MISSED).at("2026-04-05").when(CLASSIFY).refused("NOT_OUT_OF_CONTACT")


def test_an_overdue_leave_is_the_third_limb():
    _, asked, approved = leave("l1", "2026-05-01", "2026-05-07")
    overdue = ev.LeaveOverdue(leave_id="l1", to_date="2026-05-07")
    case = given(CASE, OPENED, asked, approved, overdue)
    case.at("2026-05-10T00:00").when(CLASSIFY).refused("NOT_YET_ABSCONDED", rule="absconded.overdue-return")
    since = at_end_of("2026-05-07")
    done = classified("absconded.overdue-return", since, 57, "2026-05-10")
    case.at("2026-05-10T09:00").when(CLASSIFY).then(done)
    case.given(("2026-05-10T09:00", done)).at("2026-05-11").when(CLASSIFY).then()


def test_before_the_opinion_of_2026_there_was_no_line_in_hours():
    old = opened(start_date="2025-01-02", end_date="2026-12-01")
    since = at("2025-05-01T08:00")
    case = given(CASE, old, ev.ContactLost(since=since)).at("2025-05-02T08:00")
    case.when(CLASSIFY).then(classified("history.2016.absconded-no-48h", since, 24, "2025-05-02"))


@pytest.mark.parametrize(
    ("kind", "day", "days", "rule", "measure"),
    [
        (PROBATION, "2026-04-11", 10, "admonition.ground.late-or-out-ten-days", "ADMONITION"),
        (PROBATION, "2026-04-12", 11, "warning.ground.late-or-out-over-ten-days", "WARNING"),
        (PROBATION, "2026-05-01", 30, "warning.ground.late-or-out-over-ten-days", "WARNING"),
        (PROBATION, "2026-05-02", 31, "revoke.probation.ground.late-or-out-over-one-month", "REVOCATION"),
        (PAROLE, "2026-05-02", 31, "revoke.parole.ground.late-or-out-over-one-month", "REVOCATION"),
        (SURVEILLANCE, "2026-05-02", 31, "warning.ground.late-or-out-over-ten-days", "WARNING"),
    ],
)
def test_what_is_proposed_for_who_is_found_follows_from_the_days(
    kind: SubjectKind, day: str, days: int, rule: str, measure: str
):
    when = at(f"{day}T12:00")
    evidence = f"脱离监管{days}日（自2026-04-01至{day}）"
    proposal = ev.MeasureProposed(ground=ref(rule, day), measure=measure, evidence=free_text(evidence))
    given(CASE, opened(kind), LOST).at(f"{day}T15:00").when(found(when)).then(was_found(when, days), proposal)


def test_who_is_found_the_same_day_is_not_measured():
    when = at("2026-04-01T20:00")
    given(CASE, OPENED, LOST).at("2026-04-01T21:00").when(found(when)).then(was_found(when, 0))


def test_the_police_find_a_person():
    when = at("2026-04-01T20:00")
    case = given(CASE, OPENED, LOST, STEPPED, ASKED).by("SERVICE", "").at("2026-04-02")
    case.when(found(when, NOTICE)).then(was_found(when, 0, NOTICE))
    again = case.given(was_found(when, 0, NOTICE))
    again.when(found(when, NOTICE)).then()
    again.when(found(when)).then()


def test_a_notice_of_the_police_after_the_office_found_the_person_is_taken_to_the_file():
    when, later = at("2026-04-05T20:00"), at("2026-04-06T08:00")
    case = given(CASE, OPENED, LOST, was_found(when, 4)).by("SERVICE", "").at("2026-04-07")
    case.when(found(later, NOTICE)).then(was_found(later, 5, NOTICE))
    case.given(was_found(later, 5, NOTICE)).when(found(later, NOTICE)).then()


def test_the_police_may_find_a_person_after_the_end_and_nothing_is_proposed():
    when = at("2026-05-20T20:00")
    case = given(CASE, OPENED, LOST, CLOSED).at("2026-05-21")
    case.by("SERVICE", "").when(found(when, NOTICE)).then(was_found(when, 49, NOTICE))
    case.when(found(when)).refused("SUPERVISION_HAS_ENDED")


def test_who_never_reported_in_is_measured_when_reporting_in():
    when = at("2026-03-20T20:00")
    given(CASE, OPENED, MISSED).at("2026-03-21").when(found(when)).then(was_found(when, 7))


def test_nobody_is_found_before_being_lost_or_in_the_future_or_at_no_time():
    case = given(CASE, OPENED, LOST).at("2026-04-02")
    case.when(found(at("2026-04-01T07:59"))).invalid("found_at")
    ahead = case.when(found(at("2026-04-02T09:01")))
    ahead.invalid("found_at")
    assert isinstance(ahead.error, NotYetHappened)
    case.when(cmd.RecordFoundRequest(case_id=CASE_ID)).invalid("found_at")
    given(CASE, OPENED).at("2026-04-02").when(found(at("2026-04-01T20:00"))).refused(
        "NOT_OUT_OF_CONTACT", rule="missing.after-found"
    )


def test_nothing_is_searched_after_the_end():
    for request in (LOSE, STEP, ASK, CLASSIFY):
        given(CASE, OPENED, ev.ContactLost(since=SINCE) if request is not LOSE else STEPPED, CLOSED).at(
            "2026-05-04"
        ).when(request).refused("SUPERVISION_HAS_ENDED")


LEFT = ev.UnapprovedDepartureFound(since=SINCE)
LEAVE = cmd.RecordUnapprovedDepartureRequest(case_id=CASE_ID, since=SINCE)


def test_an_unapproved_departure_is_recorded_once_and_ends_when_the_person_is_back():
    """社区矫正法实施办法 第二十八条; 司发通〔2026〕8号 第十三条第二项."""
    given(CASE, OPENED).at("2026-04-02").when(LEAVE).then(LEFT)
    given(CASE, OPENED, LEFT).at("2026-04-02").when(LEAVE).then()
    given(CASE, OPENED).at("2026-04-01T07:00").when(LEAVE).invalid("since")
    back = at("2026-04-02T10:00")
    proposal = ev.MeasureProposed(
        ground=ref("admonition.ground.late-or-out-ten-days", "2026-04-02"),
        measure="ADMONITION",
        evidence=free_text("脱离监管1日（自2026-04-01至2026-04-02）"),
    )
    given(CASE, OPENED, LEFT).at("2026-04-02T12:00").when(found(back)).then(was_found(back, 1), proposal)
    again = at("2026-04-05T08:00")
    left_again = cmd.RecordUnapprovedDepartureRequest(case_id=CASE_ID, since=again)
    done = (LEFT, was_found(back, 1))
    given(CASE, OPENED, *done).at("2026-04-06").when(left_again).then(
        ev.UnapprovedDepartureFound(since=again)
    )
    given(CASE, OPENED, *done).at("2026-04-06").when(CLASSIFY).refused("NOT_OUT_OF_CONTACT")


def test_who_left_and_cannot_be_reached_is_gone_since_the_first_of_both():
    lost = ev.ContactLost(since=at("2026-04-03T08:00"))
    back = at("2026-04-05T10:00")
    proposal = ev.MeasureProposed(
        ground=ref("admonition.ground.late-or-out-ten-days", "2026-04-05"),
        measure="ADMONITION",
        evidence=free_text("脱离监管4日（自2026-04-01至2026-04-05）"),
    )
    given(CASE, OPENED, LEFT, lost).at("2026-04-05T12:00").when(found(back)).then(
        was_found(back, 4), proposal
    )
