"""Reporting in. 社区矫正法 第二十一条、第二十二条; 社区矫正法实施办法 第十六条、第十七条; 司发通〔2026〕8号 第十一条."""

from __future__ import annotations

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.decider import On, free_texts
from eventcore.testing import given, instant
from intake.domain.case import CASE
from intake.domain.ids import case_stream
from intake.testing import (
    CASE_ID,
    MISSED,
    OPEN,
    ORDERED,
    RECEIVED,
    RELEASED,
    REPORT_LAW,
    REPORTED,
    TERM,
    at_end_of,
    opened,
)

REPORT = cmd.RecordReportingInRequest(request_id="r", case_id=CASE_ID, mode=ev.RECEPTION_MODE_AT_OFFICE)
LAPSE = cmd.LapseReportingInRequest(request_id="r", case_id=CASE_ID, due_at=at_end_of("2026-03-12"))
MISSED_THEN = On(case_stream(CASE_ID), MISSED, occurred_at=instant("2026-03-13T00:00"))


def test_a_person_reports_in_on_the_last_day():
    given(CASE, *OPEN).at("2026-03-12T23:00").when(REPORT).then(REPORTED)


def test_reporting_in_twice_changes_nothing():
    given(CASE, *RECEIVED).at("2026-03-12").when(REPORT).then()


def test_reception_is_not_refused_for_missing_papers():
    request = cmd.RecordReportingInRequest(
        case_id=CASE_ID, mode=ev.RECEPTION_MODE_AT_OFFICE, missing_documents=["执行通知书"]
    )
    event = ev.ReportedIn(mode=ev.RECEPTION_MODE_AT_OFFICE, missing_documents=free_texts(["执行通知书"]))
    given(CASE, *OPEN).at("2026-03-05").when(request).then(event)


def test_a_late_person_is_received_and_the_days_are_counted():
    late = ev.ReportedIn(mode=ev.RECEPTION_MODE_AT_OFFICE, days_late=3)
    given(CASE, *OPEN, ("2026-03-13", MISSED)).at("2026-03-15").when(REPORT).then(late)


def test_the_printed_day_decides_who_is_late():
    printed = ev.ReportingInOrdered(
        nominal_due="2026-03-12", extended_due="2026-03-12", printed_due="2026-03-16"
    )
    given(CASE, opened(), TERM, printed).at("2026-03-15").when(REPORT).then(REPORTED)


def test_a_report_recorded_later_counts_on_the_day_it_was_made():
    request = cmd.RecordReportingInRequest(case_id=CASE_ID, mode=ev.RECEPTION_MODE_AT_OFFICE)
    request.occurred_at.FromDatetime(instant("2026-03-12T10:00"))
    given(CASE, *OPEN, ("2026-03-13", MISSED)).at("2026-03-20").when(request).then(REPORTED)


def test_nobody_reports_in_before_the_decision():
    request = cmd.RecordReportingInRequest(case_id=CASE_ID, mode=ev.RECEPTION_MODE_AT_OFFICE)
    request.occurred_at.FromDatetime(instant("2026-02-19T10:00"))
    given(CASE, *OPEN).at("2026-03-12").when(request).invalid("occurred_at")


def test_nobody_is_received_after_the_term():
    given(CASE, *OPEN).at("2027-03-02").when(REPORT).refused("CASE_ENDED", rule="release.conditions")
    given(CASE, *OPEN, RELEASED).at("2027-03-02").when(REPORT).refused("CASE_ENDED")


OF_2016 = (
    opened(effective_date="2016-07-17", decision_date="2016-07-06"),
    ev.TermComputed(start_date="2016-07-17", end_date="2020-07-16"),
)


def test_before_the_law_of_2020_nobody_is_late_without_a_printed_date():
    """社区矫正法 第二十一条 is in force since 2020-07-01 (docs/adr/0011)."""
    history = given(CASE, *OF_2016, ev.ReportingInOrdered(law=REPORT_LAW))
    history.at("2016-09-29").when(REPORT).then(REPORTED)
    history.by("SERVICE", "").at("2016-09-29").when(LAPSE).refused("NOT_YET_DUE")


def test_before_the_law_of_2020_the_days_after_a_printed_date_are_counted():
    printed = ev.ReportingInOrdered(printed_due="2016-07-27", law=REPORT_LAW)
    late = ev.ReportedIn(mode=ev.RECEPTION_MODE_AT_OFFICE, days_late=2)
    given(CASE, *OF_2016, printed).at("2016-07-29").when(REPORT).then(late)


def test_who_has_not_reported_by_the_end_of_the_last_day_is_missed():
    given(CASE, *OPEN).by("SERVICE", "").at("2026-03-13T00:00").when(LAPSE).then(MISSED_THEN)


def test_the_clock_does_not_lapse_before_24_00():
    lapse = given(CASE, *OPEN).by("SERVICE", "").at("2026-03-12T23:59:59").when(LAPSE)
    lapse.refused("NOT_YET_DUE", rule="intake.report.deadline", due="2026-03-12")


def test_the_clock_is_quiet_once_the_person_has_reported():
    given(CASE, *RECEIVED).by("SERVICE", "").at("2026-03-13T00:00").when(LAPSE).then()


def test_a_missed_report_is_noted_once():
    given(CASE, *OPEN, ("2026-03-13", MISSED)).by("SERVICE", "").at("2026-03-14").when(LAPSE).then()


def test_nobody_is_missing_or_late_by_a_day_that_a_coming_year_may_move():
    """社区矫正法实施办法 第十四条: the notice for 2027 decides whether the 4th is a working day."""
    for provisional in ("2027-01-04", ""):  # empty: ordered before the field was there
        ordered = ev.ReportingInOrdered(
            nominal_due="2027-01-04", provisional_due=provisional, law=ORDERED.law
        )
        history = given(CASE, opened(effective_date="2026-12-25"), TERM, ordered)
        clock = history.by("SERVICE", "")
        clock.at("2027-01-04T23:59").when(LAPSE).refused("NOT_YET_DUE", due="2027-01-04")
        clock.at("2027-02-01T00:00").when(LAPSE).refused("NOT_YET_DUE", due="2027-01-04")
        history.at("2027-01-20").when(REPORT).then(REPORTED)


def test_nobody_is_missing_by_a_last_day_of_the_year_before_the_next_notice():
    ordered = ev.ReportingInOrdered(
        nominal_due="2026-12-28", provisional_due="2026-12-28", law=ORDERED.law, effective_date="2026-12-18"
    )
    history = given(CASE, opened(effective_date="2026-12-18"), TERM, ordered)
    history.by("SERVICE", "").at("2026-12-30T00:00").when(LAPSE).refused("NOT_YET_DUE", due="2026-12-28")


def test_another_county_does_not_see_the_case():
    given(CASE, *OPEN).by(unit="330204").when(REPORT).not_found()
    given(CASE, *OPEN).by(unit="3302").at("2026-03-05").when(REPORT).then(REPORTED)


def test_an_office_sees_only_the_cases_entrusted_to_it():
    given(CASE, *OPEN).by("JO", "330203001").at("2026-03-05").when(REPORT).then(REPORTED)
    given(CASE, *OPEN).by("JO", "330203002").at("2026-03-05").when(REPORT).not_found()
    given(CASE, opened(office=""), TERM).by("JO", "330203001").at("2026-03-05").when(REPORT).not_found()


def test_an_impossible_instant_is_named():
    request = cmd.RecordReportingInRequest(case_id=CASE_ID, mode=ev.RECEPTION_MODE_AT_OFFICE)
    request.occurred_at.seconds = 10**15
    given(CASE, *OPEN).at("2026-03-05").when(request).invalid("occurred_at")
