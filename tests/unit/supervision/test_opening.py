"""纳入监管与入矫、期限、终结的知悉. 社区矫正法 第二十一条、第二十二条、第四十四条; 实施办法 第三十四条、第三十五条、第四十六条."""

from __future__ import annotations

import pytest
from corrections.common.v1.facts_pb2 import Period, SubjectKind
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.decider import free_text
from eventcore.testing import SEAL_TO, given, scenario
from supervision.domain.case import CASE
from supervision.testing import CASE_ID, PAROLE, PROBATION, SURVEILLANCE, TEMPORARY, opened, ref

OPENED = opened()
OPEN = cmd.OpenSupervisionRequest(
    case_id=CASE_ID,
    kind=PROBATION,
    county="330203",
    office="330203001",
    organ_code="court-330203",
    start_date="2026-03-02",
    end_date="2027-03-01",
    effective_date="2026-03-02",
    penalty=OPENED.penalty,
    sentence=Period(months=10),
    seal_to=SEAL_TO,
)
CLOSED = ev.SupervisionClosed(on="2026-09-01")


def reception(day: str, late: int) -> cmd.NoteReceptionRequest:
    return cmd.NoteReceptionRequest(case_id=CASE_ID, reported_on=day, days_late=late)


def noted(day: str, late: int) -> ev.ReceptionNoted:
    return ev.ReceptionNoted(reported_on=day, days_late=late)


def measure(rule: str, name: str, evidence: str, day: str) -> ev.MeasureProposed:
    return ev.MeasureProposed(ground=ref(rule, day), measure=name, evidence=free_text(evidence))


def test_a_case_comes_under_supervision_once():
    scenario(CASE).by("SERVICE", "").when(OPEN).then(OPENED)
    given(CASE, OPENED).by("SERVICE", "").when(OPEN).then()


def test_nothing_but_opening_starts_a_case():
    scenario(CASE).by("SERVICE", "").when(reception("2026-03-05", 0)).not_found()


def test_a_term_that_ends_before_it_starts_is_no_term():
    wrong = cmd.OpenSupervisionRequest()
    wrong.CopyFrom(OPEN)
    wrong.end_date = "2026-03-01"
    scenario(CASE).by("SERVICE", "").when(wrong).invalid("end_date")


def test_reporting_in_in_time_calls_for_nothing():
    given(CASE, OPENED).when(reception("2026-03-12", 0)).then(noted("2026-03-12", 0))


@pytest.mark.parametrize(
    ("day", "late", "kind", "rule", "name", "since"),
    [
        (
            "2026-03-22", 10, PROBATION, "admonition.ground.late-or-out-ten-days", "ADMONITION", "2026-03-12",
        ),
        (
            "2026-03-23", 11, PROBATION, "warning.ground.late-or-out-over-ten-days", "WARNING", "2026-03-12",
        ),
        (
            "2026-04-12", 31, PROBATION, "warning.ground.late-or-out-over-ten-days", "WARNING", "2026-03-12",
        ),
        (
            "2026-04-13", 32, PROBATION, "revoke.probation.ground.late-or-out-over-one-month", "REVOCATION",
            "2026-03-12",
        ),
        (
            "2026-04-13", 32, PAROLE, "revoke.parole.ground.late-or-out-over-one-month", "REVOCATION",
            "2026-03-12",
        ),
        (
            "2026-04-13", 32, SURVEILLANCE, "warning.ground.late-or-out-over-ten-days", "WARNING", "2026-03-12",
        ),
        (
            "2026-04-13", 32, TEMPORARY, "warning.ground.late-or-out-over-ten-days", "WARNING", "2026-03-12",
        ),
    ],
)  # fmt: skip
def test_late_reporting_in_is_proposed_for_a_measure_by_its_days(
    day: str, late: int, kind: SubjectKind, rule: str, name: str, since: str
):
    evidence = f"逾期报到{late}日（自{since}至{day}）"
    proposal = measure(rule, name, evidence, day)
    given(CASE, opened(kind)).at(day).when(reception(day, late)).then(noted(day, late), proposal)


def test_where_the_ladder_was_not_yet_law_no_measure_is_proposed():
    old = opened(start_date="2016-07-17", end_date="2020-07-16")
    given(CASE, ("2016-07-12", old)).at("2016-08-01").when(reception("2016-08-01", 5)).then(
        noted("2016-08-01", 5)
    )


def test_days_late_before_the_ladder_was_law_burden_nobody():
    """实施办法 第三十四条、第三十五条, in force since 2020-07-01: of 25 days late ten count."""
    old = opened(start_date="2020-06-01", end_date="2021-05-31", decision_date="2020-05-20")
    case = given(CASE, ("2020-06-01", old)).at("2020-07-10")
    case.when(reception("2020-07-10", 25)).then(
        noted("2020-07-10", 25),
        measure(
            "admonition.ground.late-or-out-ten-days",
            "ADMONITION",
            "逾期报到25日（自2020-06-15至2020-07-10）",
            "2020-07-10",
        ),
    )
    case.at("2020-07-11").when(reception("2020-07-11", 26)).then(
        noted("2020-07-11", 26),
        measure(
            "warning.ground.late-or-out-over-ten-days",
            "WARNING",
            "逾期报到26日（自2020-06-15至2020-07-11）",
            "2020-07-11",
        ),
    )


def test_the_same_word_of_intake_again_changes_nothing():
    given(CASE, OPENED, noted("2026-03-12", 0)).when(reception("2026-03-12", 0)).then()
    missed = cmd.NoteMissedReceptionRequest(case_id=CASE_ID, due_date="2026-03-12")
    given(CASE, OPENED).when(missed).then(ev.MissedReceptionNoted(due_date="2026-03-12"))
    given(CASE, OPENED, ev.MissedReceptionNoted(due_date="2026-03-12")).when(missed).then()
    given(CASE, OPENED, noted("2026-03-12", 0)).when(missed).then()
    term = cmd.NoteTermRequest(case_id=CASE_ID, end_date="2026-12-31")
    given(CASE, OPENED).when(term).then(ev.TermNoted(end_date="2026-12-31"))
    given(CASE, OPENED, ev.TermNoted(end_date="2026-12-31")).when(term).then()


def test_supervision_ends_once_and_is_quiet_afterwards():
    close = cmd.CloseSupervisionRequest(case_id=CASE_ID, on="2026-09-01")
    given(CASE, OPENED).when(close).then(CLOSED)
    given(CASE, OPENED, CLOSED).when(close).then()
    given(CASE, OPENED, CLOSED).when(cmd.NoteTermRequest(case_id=CASE_ID, end_date="2027-06-01")).then()


REPORT = cmd.RecordReportRequest(case_id=CASE_ID, method=ev.REPORT_METHOD_IN_PERSON)
MADE = ev.ReportMade(method=ev.REPORT_METHOD_IN_PERSON)


def test_a_report_is_recorded_once():
    given(CASE, OPENED).at("2026-04-01").when(REPORT).then(MADE)
    given(CASE, OPENED, ("2026-04-01", MADE)).at("2026-04-01").when(REPORT).then()
    given(CASE, OPENED, ("2026-04-01", MADE)).at("2026-05-01").when(REPORT).then(MADE)


def test_nobody_reports_after_the_end():
    given(CASE, OPENED, CLOSED).at("2026-09-02").when(REPORT).refused("SUPERVISION_HAS_ENDED")
    given(CASE, OPENED).at("2027-03-01T23:59").when(REPORT).then(MADE)
    given(CASE, OPENED).at("2027-03-02T00:00").when(REPORT).refused(
        "SUPERVISION_HAS_ENDED", rule="release.conditions", ended="2027-03-01"
    )


def test_an_office_sees_only_the_cases_entrusted_to_it():
    given(CASE, OPENED).by("JO", "330203001").when(REPORT).then(MADE)
    given(CASE, OPENED).by("JO", "330203002").when(REPORT).not_found()
    given(CASE, opened(office="")).by("JO", "330203001").when(REPORT).not_found()
    given(CASE, OPENED).by("COUNTY_CCI", "330204").when(REPORT).not_found()
    given(CASE, OPENED).by("CITY_CCI", "3302").when(REPORT).then(MADE)
