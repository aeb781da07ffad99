"""训诫、警告. 社区矫正法 第二十八条; 实施办法 第三十四条、第三十五条、第五十五条."""

from __future__ import annotations

import pytest
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.decider import free_text
from eventcore.testing import given
from supervision.domain.case import CASE
from supervision.testing import CASE_ID, PAROLE, TEMPORARY, at, leave, opened, ref

OPENED = opened(injunction=True)
# ten days late, and eleven days out of contact: what a ground of lateness rests on
LATE = ev.ReceptionNoted(reported_on="2026-03-22", days_late=10)
LOST = ev.ContactLost(since=at("2026-04-01T08:00"))
FOUND = ev.SubjectFound(found_at=at("2026-04-12T08:00"), days_missing=11)
FACTS = (OPENED, LATE, LOST, FOUND)
CLOSED = ev.SupervisionClosed(on="2026-07-01")
ADMONITIONS = [
    "admonition.ground.late-or-out-ten-days",
    "admonition.ground.minor-breach",
    "admonition.ground.education",
    "admonition.ground.other-minor",
]
WARNINGS = [
    "warning.ground.injunction-minor",
    "warning.ground.late-or-out-over-ten-days",
    "warning.ground.serious-breach",
    "warning.ground.other-serious",
]


def admonish(ground: str, evidence: str = "情况说明") -> cmd.AdmonishRequest:
    return cmd.AdmonishRequest(case_id=CASE_ID, ground=ground, evidence=evidence)


def admonished(ground: str, evidence: str = "情况说明", *, public: bool = True) -> ev.Admonished:
    return ev.Admonished(ground=ref(ground), evidence=free_text(evidence), public=public)


def warn(ground: str, evidence: str = "情况说明") -> cmd.WarnRequest:
    return cmd.WarnRequest(case_id=CASE_ID, ground=ground, evidence=evidence)


def warned(ground: str, evidence: str = "情况说明", *, public: bool = True) -> ev.Warned:
    return ev.Warned(ground=ref(ground), evidence=free_text(evidence), public=public)


TWO = "warning.ground.two-admonitions"
FIRST = ("2026-04-01", admonished(ADMONITIONS[1], "一"))
SECOND = ("2026-05-01", admonished(ADMONITIONS[2], "二"))


@pytest.mark.parametrize("ground", ADMONITIONS)
def test_an_admonition_has_one_of_four_grounds(ground: str):
    given(CASE, *FACTS).at("2026-06-01").when(admonish(ground)).then(admonished(ground))


@pytest.mark.parametrize("ground", WARNINGS)
def test_a_warning_has_a_ground_of_its_own(ground: str):
    given(CASE, *FACTS).at("2026-06-01").when(warn(ground)).then(warned(ground))


def test_a_ground_of_lateness_needs_the_lateness_on_record():
    late, very_late = ADMONITIONS[0], WARNINGS[1]
    none = given(CASE, OPENED).at("2026-06-01")
    none.when(admonish(late)).refused("ABSENCE_NOT_ON_RECORD", rule=late, on="2026-06-01")
    none.when(warn(very_late)).refused("ABSENCE_NOT_ON_RECORD", rule=very_late, on="2026-06-01")
    ten_days = given(CASE, OPENED, LATE).at("2026-06-01")
    ten_days.when(admonish(late)).then(admonished(late))
    ten_days.when(warn(very_late)).refused("ABSENCE_NOT_ON_RECORD")
    eleven_days = given(CASE, OPENED, LOST, FOUND).at("2026-06-01")
    eleven_days.when(warn(very_late)).then(warned(very_late))
    eleven_days.when(admonish(late)).refused("ABSENCE_NOT_ON_RECORD")


def test_an_overrun_leave_is_lateness_on_record():
    _, asked, approved = leave("l1", "2026-05-01", "2026-05-07")
    back = ("2026-05-10", ev.LeaveReturned(leave_id="l1", days_over=3))
    case = given(CASE, OPENED, ("2026-04-20", asked), ("2026-04-21", approved), back).at("2026-06-01")
    case.when(admonish(ADMONITIONS[0])).then(admonished(ADMONITIONS[0]))


def test_a_fact_of_after_the_decision_does_not_carry_it():
    given(CASE, OPENED, LOST, FOUND).at("2026-04-10").when(warn(WARNINGS[1])).refused("ABSENCE_NOT_ON_RECORD")


@pytest.mark.parametrize("ground", ["warning.ground.serious-breach", "admonition.ground.x", "态度不好"])
def test_what_is_no_ground_of_the_law_admonishes_nobody(ground: str):
    given(CASE, OPENED).when(admonish(ground)).refused("GROUND_UNKNOWN", rule="conduct.decision-written")


def test_a_ground_must_fit_the_kind_of_subject():
    recheck = "warning.ground.medical-recheck"
    given(CASE, opened(TEMPORARY)).at("2026-06-01").when(warn(recheck)).then(warned(recheck))
    given(CASE, OPENED).when(warn(recheck)).refused("GROUND_NOT_FOR_KIND", rule=recheck)
    given(CASE, opened(PAROLE)).when(warn(WARNINGS[0])).refused("GROUND_NOT_FOR_KIND", rule=WARNINGS[0])


def test_nobody_breaches_an_injunction_that_was_not_pronounced():
    given(CASE, opened()).when(warn(WARNINGS[0])).refused("NO_INJUNCTION", rule=WARNINGS[0])


def test_a_day_has_one_decision_on_a_ground():
    made = ("2026-06-01", admonished(ADMONITIONS[1]))
    given(CASE, OPENED, made).at("2026-06-01").when(admonish(ADMONITIONS[1])).then()
    given(CASE, OPENED, made).at("2026-06-01").when(admonish(ADMONITIONS[1], "又一次")).then()
    given(CASE, OPENED, made).at("2026-06-02").when(admonish(ADMONITIONS[1])).then(admonished(ADMONITIONS[1]))
    once = ("2026-06-01", warned(WARNINGS[2]))
    given(CASE, OPENED, once).at("2026-06-01").when(warn(WARNINGS[2])).then()


def test_two_admonitions_and_still_not_corrected_is_a_ground_for_a_warning():
    given(CASE, OPENED, FIRST).at("2026-06-01").when(warn(TWO)).refused(
        "ADMONITIONS_TOO_FEW", rule=TWO, counted="1"
    )
    given(CASE, OPENED, FIRST, SECOND).at("2026-06-01").when(warn(TWO)).then(warned(TWO))


def test_admonitions_that_led_to_a_warning_do_not_lead_to_another():
    used = ("2026-05-10", warned(TWO))
    given(CASE, OPENED, FIRST, SECOND, used).at("2026-06-01").when(warn(TWO, "再次")).refused(
        "ADMONITIONS_TOO_FEW", counted="0"
    )


def test_admonitions_of_before_the_term_do_not_count():
    before = ("2026-02-20", admonished(ADMONITIONS[1], "零"))
    given(CASE, OPENED, before, FIRST).at("2026-06-01").when(warn(TWO)).refused("ADMONITIONS_TOO_FEW")


def test_what_concerns_a_minor_is_never_published():
    minor = opened(minor=True)
    given(CASE, minor).at("2026-06-01").when(admonish(ADMONITIONS[1])).then(
        admonished(ADMONITIONS[1], public=False)
    )
    given(CASE, minor).at("2026-06-01").when(warn(WARNINGS[2])).then(warned(WARNINGS[2], public=False))


def test_nobody_is_admonished_or_warned_after_the_end():
    given(CASE, OPENED, CLOSED).when(admonish(ADMONITIONS[0])).refused("SUPERVISION_HAS_ENDED")
    given(CASE, OPENED).at("2027-03-02").when(warn(WARNINGS[2])).refused("SUPERVISION_HAS_ENDED")
    given(CASE, OPENED).at("2027-03-01").when(admonish(ADMONITIONS[1])).then(
        ev.Admonished(ground=ref(ADMONITIONS[1]), evidence=free_text("情况说明"), public=True)
    )
