"""Release, certificate, termination. 社区矫正法 第四十四条、第四十五条; 实施办法 第五十三条; 司发通〔2026〕8号 第二十条."""

from __future__ import annotations

from datetime import date

import pytest
from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.decider import On, free_text
from eventcore.testing import given, instant
from intake.domain.case import CASE
from intake.domain.ids import case_stream
from intake.testing import (
    CASE_ID,
    MISSED,
    OPEN,
    PAROLE,
    PROBATION,
    RECEIVED,
    RELEASED,
    RULING,
    SUPERVISED,
    SURVEILLANCE,
    TEMPORARY,
    at_end_of,
    open_case,
)

LAPSE = cmd.LapseTermRequest(case_id=CASE_ID, due_at=at_end_of("2027-03-01"))
RELEASED_THEN = On(case_stream(CASE_ID), RELEASED, occurred_at=instant("2027-03-02T00:00"))
CERTIFY = cmd.CertifyReleaseRequest(case_id=CASE_ID)
CERTIFIED = ev.ReleaseCertified(end_date="2027-03-01")
PREPARE = cmd.PrepareReleaseRequest(case_id=CASE_ID, appraisal="遵守规定")
PREPARED = ev.ReleasePrepared(appraisal=free_text("遵守规定"))
DEATH = cmd.RecordDeathRequest(case_id=CASE_ID, died_on="2026-06-01")
DIED = ev.Terminated(ground=ev.TERMINATION_GROUND_DIED, on="2026-06-01")
REVOKED_GROUND = ev.TERMINATION_GROUND_REVOKED
REIMPRISONED_GROUND = ev.TERMINATION_GROUND_REIMPRISONED


def terminate(ground: ev.TerminationGround, on: str = "2026-06-01") -> cmd.TerminateCaseRequest:
    return cmd.TerminateCaseRequest(case_id=CASE_ID, exchange_id=RULING, ground=ground, on=on)


def terminated(ground: ev.TerminationGround) -> ev.Terminated:
    return ev.Terminated(ground=ground, exchange_id=RULING, on="2026-06-01")


@pytest.mark.parametrize("history", [SUPERVISED, RECEIVED, OPEN, (*OPEN, ("2026-03-13", MISSED))])
def test_the_term_ends_at_24_00_of_its_last_day_whatever_is_pending(
    history: tuple[tuple[str, ev.CaseOpened], ...],
):
    given(CASE, *history).by("SERVICE", "").at("2027-03-02T00:00").when(LAPSE).then(RELEASED_THEN)


def test_the_term_does_not_end_before_24_00():
    lapse = given(CASE, *SUPERVISED).by("SERVICE", "").at("2027-03-01T23:59:59").when(LAPSE)
    lapse.refused("NOT_YET_DUE", rule="release.conditions", end="2027-03-01")


def test_a_term_that_was_shortened_ends_at_its_new_last_day():
    shorter = ev.TermShortened(exchange_id=RULING, ruling_date="2026-06-01", end_date="2026-09-01")
    then = On(
        case_stream(CASE_ID), ev.Released(end_date="2026-09-01"), occurred_at=instant("2026-09-02T00:00")
    )
    given(CASE, *SUPERVISED, shorter).by("SERVICE", "").at("2026-09-02T08:00").when(LAPSE).then(then)


def test_a_released_or_terminated_case_is_not_released():
    given(CASE, *SUPERVISED, RELEASED).by("SERVICE", "").at("2027-03-03").when(LAPSE).then()
    given(CASE, *SUPERVISED, DIED).by("SERVICE", "").at("2027-03-03").when(LAPSE).then()


def test_an_officer_certifies_the_release():
    given(CASE, *SUPERVISED, RELEASED).at("2027-03-02").when(CERTIFY).then(CERTIFIED)


def test_certifying_twice_changes_nothing():
    given(CASE, *SUPERVISED, RELEASED, CERTIFIED).at("2027-03-03").when(CERTIFY).then()


def test_there_is_no_certificate_before_the_release():
    refusal = given(CASE, *SUPERVISED).at("2027-03-01").when(CERTIFY)
    refusal.refused("NOT_RELEASED", rule="release.certificate", end="2027-03-01")
    given(CASE, *SUPERVISED, DIED).at("2027-03-03").when(CERTIFY).refused("NOT_RELEASED")


def test_the_appraisal_is_put_in_the_file_before_the_end():
    given(CASE, *SUPERVISED).at("2027-01-30").when(PREPARE).then(PREPARED)


def test_a_later_appraisal_is_put_in_the_file_as_well():
    given(CASE, *SUPERVISED, ("2027-01-30", PREPARED)).at("2027-02-10").when(PREPARE).then(PREPARED)


def test_there_is_no_appraisal_of_somebody_who_never_came_or_after_the_end():
    given(CASE, *OPEN).at("2027-01-30").when(PREPARE).refused("NOT_RECEIVED", rule="intake.receive")
    given(CASE, *SUPERVISED).at("2027-03-02").when(PREPARE).refused("CASE_ENDED", rule="release.conditions")


@pytest.mark.parametrize(
    ("kind", "ground"),
    [(PROBATION, REVOKED_GROUND), (PAROLE, REVOKED_GROUND), (TEMPORARY, REIMPRISONED_GROUND)],
)
def test_a_ruling_ends_corrections(kind: SubjectKind, ground: ev.TerminationGround):
    given(CASE, *open_case(kind)).by("SERVICE", "").at("2026-06-03").when(terminate(ground)).then(
        terminated(ground)
    )


@pytest.mark.parametrize(
    ("kind", "ground"),
    [
        (SURVEILLANCE, REVOKED_GROUND),
        (TEMPORARY, REVOKED_GROUND),
        (PROBATION, REIMPRISONED_GROUND),
        (SURVEILLANCE, REIMPRISONED_GROUND),
    ],
)
def test_a_kind_ends_only_by_its_own_measure(kind: SubjectKind, ground: ev.TerminationGround):
    history = given(CASE, *open_case(kind)).by("SERVICE", "").at("2026-06-03")
    history.when(terminate(ground)).refused("GROUND_NOT_FOR_KIND")


def test_a_person_who_never_reported_can_be_revoked():
    history = given(CASE, *OPEN, ("2026-03-13", MISSED)).by("SERVICE", "").at("2026-06-03")
    history.when(terminate(REVOKED_GROUND)).then(terminated(REVOKED_GROUND))


def test_the_same_ruling_ends_a_case_once():
    ended = given(CASE, *RECEIVED, terminated(REVOKED_GROUND)).by("SERVICE", "").at("2026-06-04")
    ended.when(terminate(REVOKED_GROUND)).then()


def test_a_ruling_lies_in_the_past_and_inside_the_term():
    case = given(CASE, *RECEIVED).by("SERVICE", "")
    case.at("2026-05-31").when(terminate(REVOKED_GROUND)).invalid("on")
    case.at("2027-04-01").when(terminate(REVOKED_GROUND, "2027-03-02")).refused("CASE_ENDED")


def test_a_death_is_not_recorded_by_a_ruling():
    given(CASE, *RECEIVED).when(terminate(ev.TERMINATION_GROUND_DIED)).invalid("ground")


def test_a_death_ends_corrections():
    given(CASE, *RECEIVED).at("2026-06-02").when(DEATH).then(DIED)


def test_a_death_is_recorded_once():
    given(CASE, *RECEIVED, DIED).at("2026-06-02").when(DEATH).then()


def test_a_death_lies_in_the_past():
    given(CASE, *RECEIVED).at("2026-05-31").when(DEATH).invalid("died_on")


def test_nothing_follows_the_end_but_the_certificate():
    given(CASE, *RECEIVED, RELEASED).at("2027-03-02").when(DEATH).refused(
        "CASE_ENDED", rule="release.conditions"
    )
    ended = given(CASE, *RECEIVED, terminated(REVOKED_GROUND))
    ended.at("2026-06-03").when(DEATH).refused("CASE_ENDED", rule="termination.grounds", ended="2026-06-01")


def test_the_state_is_asked_as_of_a_day():
    history = given(CASE, *SUPERVISED, ("2027-01-30", PREPARED), ("2027-03-02T00:00", RELEASED))
    days = {
        "AWAITING_REPORT": date(2026, 3, 9),
        "RECEIVED": date(2026, 3, 11),
        "DECLARED": date(2026, 3, 12),
        "SUPERVISED": date(2027, 1, 29),
        "PRE_RELEASE": date(2027, 3, 1),
        "RELEASED": date(2027, 3, 2),
    }
    assert {history.state.progress.state_on(day): day for day in days.values()} == days


def test_a_missed_report_shows_until_the_person_comes():
    case = given(CASE, *OPEN, ("2026-03-13T00:00", MISSED), ("2026-03-20", ev.ReportedIn(days_late=8))).state
    assert case.progress.state_on(date(2026, 3, 12)) == "AWAITING_REPORT"
    assert case.progress.state_on(date(2026, 3, 13)) == "MISSED_INTAKE"
    assert case.progress.state_on(date(2026, 3, 20)) == "RECEIVED"


def test_a_terminated_case_shows_from_the_day_of_the_ruling():
    case = given(CASE, *SUPERVISED, ("2026-06-05", terminated(REVOKED_GROUND))).state
    assert case.progress.state_on(date(2026, 5, 31)) == "SUPERVISED"
    assert case.progress.state_on(date(2026, 6, 1)) == "TERMINATED"


def test_nobody_dies_before_the_decision_that_opened_the_case():
    died = cmd.RecordDeathRequest(case_id=CASE_ID, died_on="2026-02-19")
    given(CASE, *SUPERVISED).at("2026-06-01").when(died).invalid("died_on")
