"""外出与经常性跨市县活动. 社区矫正法 第二十七条; 实施办法 第二十六条至第二十九条; 检例第135号."""

from __future__ import annotations

import pytest
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.decider import free_text
from eventcore.testing import given
from supervision.domain.case import CASE
from supervision.testing import CASE_ID, at_end_of, leave, opened, ref

OPENED = opened()
CLOSED = ev.SupervisionClosed(on="2026-05-03")
WEEK, ASKED, APPROVED = leave("l1", "2026-05-01", "2026-05-07")
APPROVE = cmd.ApproveLeaveRequest(case_id=CASE_ID, leave_id="l1")
DENY = cmd.DenyLeaveRequest(case_id=CASE_ID, leave_id="l1", reason="没有正当理由，请补充证明。")
DENIED = ev.LeaveDenied(leave_id="l1", reason=free_text("没有正当理由，请补充证明。"))
RETURN = cmd.ReturnFromLeaveRequest(case_id=CASE_ID, leave_id="l1")
BACK = ev.LeaveReturned(leave_id="l1", days_over=0)
LAPSE = cmd.LapseLeaveRequest(case_id=CASE_ID, leave_id="l1", due_at=at_end_of("2026-05-07"))
OVERDUE = ev.LeaveOverdue(leave_id="l1", to_date="2026-05-07")


def asked(first: str, last: str, approver: ev.Approver) -> ev.LeaveRequested:
    event = leave("l1", first, last)[1]
    event.approver = approver
    return event


@pytest.mark.parametrize(
    ("last", "office", "approver"),
    [
        ("2026-05-07", "330203001", ev.APPROVER_OFFICE),
        ("2026-05-07", "", ev.APPROVER_COUNTY),
        ("2026-05-08", "330203001", ev.APPROVER_COUNTY),
        ("2026-05-30", "330203001", ev.APPROVER_COUNTY),
        ("2026-05-31", "330203001", ev.APPROVER_HIGHER),
    ],
)
def test_who_approves_a_leave_follows_from_its_days(last: str, office: str, approver: ev.Approver):
    request = leave("l1", "2026-05-01", last)[0]
    given(CASE, opened(office=office)).at("2026-04-20").when(request).then(
        asked("2026-05-01", last, approver)
    )


def test_the_sum_of_two_months_lifts_a_short_leave_to_the_next_higher_institution():
    before = leave("l0", "2026-04-01", "2026-04-24")
    history = (OPENED, before[1], before[2])
    given(CASE, *history).at("2026-04-28").when(WEEK).then(
        asked("2026-05-01", "2026-05-07", ev.APPROVER_HIGHER)
    )
    trial = given(CASE, *history, ASKED).at("2026-04-28")
    trial.when(APPROVE).refused(
        "LEAVE_NEEDS_HIGHER_APPROVER", rule="leave.higher-approval.two-months", approver="CITY_CCI"
    )
    higher = ev.LeaveApproved(
        leave_id="l1", from_date="2026-05-01", to_date="2026-05-07", approver=ev.APPROVER_HIGHER
    )
    trial.by("CITY_CCI", "3302").when(APPROVE).then(higher)


def test_days_that_were_not_used_do_not_count():
    before = leave("l0", "2026-04-01", "2026-04-24")
    returned = ("2026-04-10", ev.LeaveReturned(leave_id="l0"))
    given(CASE, OPENED, before[1], before[2], returned).at("2026-04-28").when(WEEK).then(
        asked("2026-05-01", "2026-05-07", ev.APPROVER_OFFICE)
    )


def test_a_later_leave_that_is_already_approved_counts():
    later = leave("l9", "2026-05-08", "2026-06-01")
    given(CASE, OPENED, later[1], later[2]).at("2026-04-28").when(WEEK).then(
        asked("2026-05-01", "2026-05-07", ev.APPROVER_HIGHER)
    )


def test_an_entrusted_office_approves_seven_days_and_no_more():
    office = ev.LeaveApproved(
        leave_id="l1", from_date="2026-05-01", to_date="2026-05-07", approver=ev.APPROVER_OFFICE
    )
    given(CASE, OPENED, ASKED).at("2026-04-20").by("JO", "330203001").when(APPROVE).then(office)
    eight = leave("l1", "2026-05-01", "2026-05-08")[1]
    given(CASE, OPENED, eight).at("2026-04-20").by("JO", "330203001").when(APPROVE).refused(
        "LEAVE_NEEDS_HIGHER_APPROVER", rule="leave.county-approval.over-seven-days", approver="COUNTY_CCI"
    )


def test_applying_at_the_last_moment_is_no_ground_for_refusal():
    given(CASE, OPENED).at("2026-05-01").when(WEEK).then(
        asked("2026-05-01", "2026-05-07", ev.APPROVER_OFFICE)
    )


def test_deciding_on_a_leave_twice_changes_nothing():
    given(CASE, OPENED, ASKED).at("2026-04-20").when(WEEK).then()
    given(CASE, OPENED, ASKED).at("2026-04-20").when(APPROVE).then(APPROVED)
    given(CASE, OPENED, ASKED, APPROVED).at("2026-04-20").when(APPROVE).then()
    given(CASE, OPENED, ASKED).at("2026-04-20").when(DENY).then(DENIED)
    given(CASE, OPENED, ASKED, DENIED).at("2026-04-20").when(DENY).then()


def test_a_denied_leave_can_be_approved_after_all_but_an_approved_one_not_denied():
    given(CASE, OPENED, ASKED, DENIED).at("2026-04-20").when(APPROVE).then(APPROVED)
    given(CASE, OPENED, ASKED, APPROVED).at("2026-04-20").when(DENY).refused("LEAVE_ALREADY_APPROVED")


def test_a_leave_must_not_end_before_it_starts():
    backwards = leave("l1", "2026-05-07", "2026-05-01")[0]
    given(CASE, OPENED).when(backwards).refused("LEAVE_ENDS_BEFORE_IT_STARTS", rule="leave.approval-required")


def test_an_id_names_one_leave():
    other = leave("l1", "2026-05-01", "2026-05-09")[0]
    given(CASE, OPENED, ASKED).when(other).refused("LEAVE_ID_TAKEN")
    given(CASE, OPENED).when(APPROVE).refused("LEAVE_UNKNOWN")


def test_a_leave_is_not_approved_when_it_is_over():
    given(CASE, OPENED, ASKED).at("2026-05-08").when(APPROVE).refused("LEAVE_IS_OVER")


@pytest.mark.parametrize("abroad", ["JPN", "810000", "820000", "710000"])
def test_no_approval_covers_a_trip_abroad(abroad: str):
    request = leave("l1", "2026-05-01", "2026-05-07", abroad)[0]
    given(CASE, OPENED).when(request).refused("LEAVE_ABROAD", rule="decision.exit-restriction.basis")


@pytest.mark.parametrize("place", ["3302", "33010a", "杭州市"])
def test_a_destination_is_a_code_of_the_divisions(place: str):
    given(CASE, OPENED).when(leave("l1", "2026-05-01", "2026-05-07", place)[0]).invalid("destination")


@pytest.mark.parametrize(
    ("home", "place", "is_leave"),
    [
        ("330203", "330203", False),
        ("330203", "330205", False),
        ("330203", "330281", True),
        ("330281", "330203", True),
        ("445122", "445102", True),
        ("530402", "530403", False),
        ("110108", "110105", False),
        ("500151", "500103", False),
        ("500103", "500231", True),
        ("532301", "532302", True),
        ("330203", "330106", True),
    ],
)
def test_districts_of_one_city_are_one_unit_and_counties_are_not(home: str, place: str, is_leave: bool):
    request = leave("l1", "2026-05-01", "2026-05-07", place)[0]
    trial = given(CASE, opened(county=home, office="")).by("SERVICE", "").when(request)
    if is_leave:
        want = leave("l1", "2026-05-01", "2026-05-07", place)[1]
        trial.then(want)
    else:
        trial.refused("LEAVE_NOT_NEEDED", rule="leave.same-city-districts")


def test_where_no_tier_was_in_force_any_institution_approves():
    old = opened(start_date="2016-07-17", end_date="2020-07-16")
    request, event, approval = leave("l1", "2019-05-01", "2019-05-31")
    event.approver = ev.APPROVER_UNSPECIFIED
    given(CASE, old).at("2019-04-20").when(request).then(event)
    given(CASE, old, event).at("2019-04-20").when(APPROVE).then(approval)


def test_returning_in_time_ends_a_leave():
    given(CASE, OPENED, ASKED, APPROVED).at("2026-05-07T23:00").when(RETURN).then(BACK)
    given(CASE, OPENED, ASKED, APPROVED, BACK).at("2026-05-08").when(RETURN).then()


def test_returning_late_is_measured_and_proposed():
    late = ev.LeaveReturned(leave_id="l1", days_over=3)
    proposal = ev.MeasureProposed(
        ground=ref("admonition.ground.late-or-out-ten-days"),
        measure="ADMONITION",
        evidence=free_text("外出逾期未归3日（自2026-05-07至2026-05-10）"),
    )
    given(CASE, OPENED, ASKED, APPROVED, OVERDUE).at("2026-05-10").when(RETURN).then(late, proposal)


def test_nobody_returns_from_a_leave_that_was_not_approved():
    given(CASE, OPENED, ASKED).when(RETURN).refused("LEAVE_NOT_APPROVED", rule="leave.return")


def test_a_leave_lapses_at_24_00_of_its_last_day():
    history = (OPENED, ASKED, APPROVED)
    given(CASE, *history).at("2026-05-07T23:59:59").when(LAPSE).refused("NOT_YET_DUE")
    given(CASE, *history).at("2026-05-08T00:00").when(LAPSE).then(OVERDUE)
    given(CASE, *history, OVERDUE).at("2026-05-08T00:00").when(LAPSE).then()
    given(CASE, *history, BACK).at("2026-05-08T00:00").when(LAPSE).then()
    given(CASE, *history, CLOSED).at("2026-05-08T00:00").when(LAPSE).then()


def test_nothing_of_leave_after_the_end():
    given(CASE, OPENED, CLOSED).when(WEEK).refused("SUPERVISION_HAS_ENDED")
    given(CASE, OPENED, ASKED, CLOSED).when(APPROVE).refused("SUPERVISION_HAS_ENDED")
    given(CASE, OPENED, ASKED, APPROVED, CLOSED).when(RETURN).refused("SUPERVISION_HAS_ENDED")


TRAVEL = cmd.RequestRegularTravelRequest(
    case_id=CASE_ID, travel_id="t1", destinations=["320300", "370800"], purpose="货物运输"
)
TRAVEL_ASKED = ev.RegularTravelRequested(
    travel_id="t1", destinations=["320300", "370800"], purpose=free_text("货物运输")
)
ALLOW = cmd.ApproveRegularTravelRequest(case_id=CASE_ID, travel_id="t1")
REFUSE = cmd.DenyRegularTravelRequest(case_id=CASE_ID, travel_id="t1", reason="目的地在省外")
REFUSED = ev.RegularTravelDenied(travel_id="t1", reason=free_text("目的地在省外"))
JIA = opened(county="410526", start_date="2020-12-03", end_date="2021-12-02")


def test_official_case_135_six_months_other_provinces_included():
    case = given(CASE, ("2020-11-16", JIA)).by("COUNTY_CCI", "410526")
    case.at("2020-12-08").when(TRAVEL).then(TRAVEL_ASKED)
    case = case.given(("2020-12-08", TRAVEL_ASKED))
    case.at("2020-12-10").when(REFUSE).then(REFUSED)
    allowed = ev.RegularTravelApproved(travel_id="t1", from_date="2021-01-21", to_date="2021-07-20")
    case.given(("2020-12-10", REFUSED)).at("2021-01-21").when(ALLOW).then(allowed)


def test_a_permission_does_not_outlast_the_term():
    allowed = ev.RegularTravelApproved(travel_id="t1", from_date="2026-12-01", to_date="2027-03-01")
    given(CASE, OPENED, TRAVEL_ASKED).at("2026-12-01").when(ALLOW).then(allowed)


def test_deciding_on_recurring_trips_twice_changes_nothing():
    allowed = ev.RegularTravelApproved(travel_id="t1", from_date="2026-05-01", to_date="2026-10-31")
    given(CASE, OPENED, TRAVEL_ASKED).when(TRAVEL).then()
    given(CASE, OPENED, TRAVEL_ASKED).at("2026-05-01").when(ALLOW).then(allowed)
    given(CASE, OPENED, TRAVEL_ASKED, allowed).at("2026-05-01").when(ALLOW).then()
    given(CASE, OPENED, TRAVEL_ASKED, allowed).when(REFUSE).refused("TRAVEL_ALREADY_APPROVED")
    given(CASE, OPENED, TRAVEL_ASKED, REFUSED).when(REFUSE).then()


def test_recurring_trips_need_a_place_inside_the_border_and_an_id_of_their_own():
    nowhere = cmd.RequestRegularTravelRequest(case_id=CASE_ID, travel_id="t1", purpose="货物运输")
    given(CASE, OPENED).when(nowhere).invalid("destinations")
    given(CASE, OPENED, TRAVEL_ASKED).when(nowhere).refused("TRAVEL_ID_TAKEN")
    given(CASE, OPENED).when(ALLOW).refused("TRAVEL_UNKNOWN", rule="travel.regular.approval")
    abroad = cmd.RequestRegularTravelRequest(
        case_id=CASE_ID, travel_id="t1", purpose="p", destinations=["KOR"]
    )
    given(CASE, OPENED).when(abroad).refused("LEAVE_ABROAD")


def test_where_no_time_was_in_force_a_permission_lasts_to_the_end_of_the_term():
    old = opened(start_date="2016-07-17", end_date="2020-07-16")
    allowed = ev.RegularTravelApproved(travel_id="t1", from_date="2019-05-01", to_date="2020-07-16")
    given(CASE, old, TRAVEL_ASKED).at("2019-05-01").when(ALLOW).then(allowed)


def test_no_leave_begins_before_the_decision():
    """社区矫正法 第二十七条: leave is a matter of persons under supervision."""
    case = given(CASE, opened(decision_date="2026-02-20")).at("2026-04-01")
    case.when(leave("l1", "2026-02-19", "2026-04-05")[0]).invalid("from_date")
