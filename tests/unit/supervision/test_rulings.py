"""撤销缓刑、假释，收监执行，减刑，纠正意见. 社区矫正法 第三十三条、第四十六条至第四十九条、第六十二条; 检例第131号、第133号."""

from __future__ import annotations

import pytest
from corrections.common.v1.facts_pb2 import Penalty, Period, SubjectKind
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.decider import free_text
from eventcore.errors import NotYetHappened
from eventcore.testing import given
from supervision.domain.case import CASE
from supervision.testing import (
    ALL_ITEMS,
    CASE_ID,
    NOTICE,
    PAROLE,
    PROBATION,
    RULING,
    SURVEILLANCE,
    TEMPORARY,
    at,
    opened,
    ref,
)

CLOSED = ev.SupervisionClosed(on="2026-07-01")
OTHER = "revoke.probation.ground.other-serious"
MONTH = "revoke.probation.ground.late-or-out-over-one-month"
TWO_WARNINGS = "revoke.probation.ground.two-warnings"
DUE = "2026-07-01"


def propose(ground: str, items: list[int] | None = None) -> cmd.ProposeRevocationRequest:
    dossier = ALL_ITEMS if items is None else items
    return cmd.ProposeRevocationRequest(
        case_id=CASE_ID,
        ground=ground,
        evidence="证据目录",
        dossier=dossier,  # pyright: ignore[reportArgumentType]
    )


def proposed(
    ground: str, day: str = "2026-06-01", due: str = DUE, items: list[int] | None = None
) -> ev.RevocationProposed:
    dossier = ALL_ITEMS if items is None else items
    return ev.RevocationProposed(
        ground=ref(ground, day),
        evidence=free_text("证据目录"),
        dossier=dossier,  # pyright: ignore[reportArgumentType]
        ruling_due=due,
    )


def ruling(day: str, *, revoked: bool) -> cmd.RecordRevocationRulingRequest:
    return cmd.RecordRevocationRulingRequest(
        case_id=CASE_ID, exchange_id=RULING, ruling_date=day, revoked=revoked
    )


REVOKED = ev.RevocationRuled(exchange_id=RULING, ruling_date="2026-06-20")
NOT_REVOKED = ev.RevocationRefused(exchange_id=RULING, ruling_date="2026-06-20")


def warned(day: str) -> tuple[str, ev.Warned]:
    return day, ev.Warned(ground=ref("warning.ground.serious-breach", day), evidence=free_text(day))


def test_revocation_is_proposed_with_the_courts_deadline():
    case = given(CASE, opened()).at("2026-06-01")
    case.when(propose(OTHER)).then(proposed(OTHER))
    case.given(("2026-06-01", proposed(OTHER))).when(propose(OTHER)).then()


def test_one_proposal_is_before_the_court_at_a_time():
    pending = ("2026-06-01", proposed(OTHER))
    case = given(CASE, opened(), pending).at("2026-06-02")
    case.when(propose(TWO_WARNINGS)).refused("REVOCATION_PENDING", rule="revoke.ruling-time")
    again = proposed(OTHER, "2026-06-22", "2026-07-22")
    case.given(("2026-06-20", NOT_REVOKED)).at("2026-06-22").when(propose(OTHER)).then(again)


@pytest.mark.parametrize(
    ("kind", "rule"), [(SURVEILLANCE, "revoke.surveillance.none"), (TEMPORARY, "reimprison.proposer")]
)
def test_only_probation_and_parole_are_revoked(kind: SubjectKind, rule: str):
    given(CASE, opened(kind)).when(propose(OTHER)).refused("REVOCATION_NOT_FOR_KIND", rule=rule)
    given(CASE, opened(kind)).at("2026-06-20").by("SERVICE", "").when(
        ruling("2026-06-20", revoked=True)
    ).refused("REVOCATION_NOT_FOR_KIND", rule=rule)


def test_the_ground_is_one_of_the_kind():
    parole = "revoke.parole.ground.other-breach"
    given(CASE, opened()).when(propose(parole)).refused("GROUND_NOT_FOR_KIND", rule=parole)
    given(CASE, opened()).when(propose("revoke.escort")).refused("GROUND_UNKNOWN")
    given(CASE, opened()).when(propose("重新犯罪")).refused("GROUND_UNKNOWN")


def test_parole_is_proposed_by_the_institution_of_the_courts_level():
    parole = "revoke.parole.ground.other-breach"
    case = given(CASE, opened(PAROLE)).at("2026-06-01")
    case.when(propose(parole)).refused("PROPOSER_NOT_OF_COURT_LEVEL", rule="revoke.proposer.same-level")
    case.by("CITY_CCI", "3302").when(propose(parole)).then(proposed(parole))


def test_the_dossier_must_be_complete():
    items = [i for i in ALL_ITEMS if i not in (ev.DOSSIER_ITEM_EVIDENCE, ev.DOSSIER_ITEM_OTHER)]
    given(CASE, opened()).at("2026-06-01").when(propose(OTHER, items)).refused(
        "DOSSIER_INCOMPLETE", rule="revoke.dossier", missing="EVIDENCE"
    )


def test_a_ground_that_rests_on_warnings_needs_two_of_them():
    one = given(CASE, opened(), warned("2026-04-01")).at("2026-06-01")
    one.when(propose(TWO_WARNINGS)).refused("WARNINGS_TOO_FEW", rule=TWO_WARNINGS, counted="1")
    one.given(warned("2026-05-01")).when(propose(TWO_WARNINGS)).then(proposed(TWO_WARNINGS))


def test_before_2020_three_warnings_were_needed():
    old = opened(start_date="2016-07-17", end_date="2020-07-16")
    two = given(CASE, old, warned("2018-04-01"), warned("2018-05-01")).at("2019-06-01")
    two.when(propose(TWO_WARNINGS, [])).refused("WARNINGS_TOO_FEW", rule="history.2012.three-warnings")
    two.given(warned("2018-06-01")).when(propose(TWO_WARNINGS, [])).then(
        proposed(TWO_WARNINGS, "2019-06-01", "", [])
    )


def test_an_absence_of_over_a_month_must_be_on_record():
    lost = ev.ContactLost(since=at("2026-05-01T08:00"))
    case = given(CASE, opened(), lost)
    case.at("2026-06-01").when(propose(MONTH)).refused("ABSENCE_TOO_SHORT", rule=MONTH)
    case.at("2026-06-02").when(propose(MONTH)).then(proposed(MONTH, "2026-06-02", "2026-07-02"))


def test_who_never_reported_in_can_be_revoked_after_a_month():
    missed = ev.MissedReceptionNoted(due_date="2026-03-12")
    given(CASE, opened(), missed).at("2026-04-13").when(propose(MONTH)).then(
        proposed(MONTH, "2026-04-13", "2026-05-13")
    )
    late = ev.ReceptionNoted(reported_on="2026-04-13", days_late=32)
    given(CASE, opened(), missed, late).at("2026-04-20").when(propose(MONTH)).then(
        proposed(MONTH, "2026-04-20", "2026-05-20")
    )


def test_a_serious_breach_of_an_injunction_needs_an_injunction():
    ground = "revoke.probation.ground.injunction-serious"
    given(CASE, opened()).at("2026-06-01").when(propose(ground)).refused("NO_INJUNCTION", rule=ground)
    given(CASE, opened(injunction=True)).at("2026-06-01").when(propose(ground)).then(proposed(ground))


def test_nothing_is_proposed_after_the_end():
    given(CASE, opened(), CLOSED).when(propose(OTHER)).refused("SUPERVISION_HAS_ENDED")
    reduce = cmd.ProposeReductionRequest(case_id=CASE_ID, ground="reduction.must", evidence="e")
    given(CASE, opened(), CLOSED).by("CITY_CCI", "3302").when(reduce).refused("SUPERVISION_HAS_ENDED")


@pytest.mark.parametrize(("revoked", "event"), [(True, REVOKED), (False, NOT_REVOKED)])
def test_the_courts_ruling_is_applied_once_with_and_without_a_proposal_and_after_the_end(
    revoked: bool, event: ev.RevocationRuled
):
    request = ruling("2026-06-20", revoked=revoked)
    for history in ((), (("2026-06-01", proposed(OTHER)),), (CLOSED,)):
        case = given(CASE, opened(), *history).by("SERVICE", "").at("2026-06-21")
        case.when(request).then(event)
        case.given(event).when(request).then()


def test_a_ruling_of_tomorrow_or_of_no_day_is_none():
    case = given(CASE, opened()).by("SERVICE", "").at("2026-06-19")
    tomorrow = case.when(ruling("2026-06-20", revoked=True))
    tomorrow.invalid("ruling_date")
    assert isinstance(tomorrow.error, NotYetHappened)
    case.when(ruling("", revoked=True)).invalid("ruling_date")


def test_official_case_131_at_its_dates():
    old = opened(county="110108", office="", start_date="2016-07-17", end_date="2020-07-16")
    note = cmd.NoteCorrectionOpinionRequest(case_id=CASE_ID, exchange_id=NOTICE, opinion_date="2019-05-24")
    noted = ev.CorrectionOpinionNoted(exchange_id=NOTICE, reply_due="2019-06-10", opinion_date="2019-05-24")
    case = given(CASE, ("2016-07-12", old)).by("SERVICE", "").at("2019-05-24")
    case.when(note).then(noted)
    case = case.given(("2019-05-24", noted))
    case.by("COUNTY_CCI", "110108").at("2019-06-19").when(propose(OTHER, [])).then(
        proposed(OTHER, "2019-06-19", "", [])
    )
    case = case.given(("2019-06-19", proposed(OTHER, "2019-06-19", "", [])))
    ruled = ev.RevocationRuled(exchange_id=RULING, ruling_date="2019-07-22")
    case.at("2019-07-22T12:00").when(ruling("2019-07-22", revoked=True)).then(ruled)


def test_official_case_2025_2_goes_back_to_prison_by_the_organs_decision():
    old = opened(TEMPORARY, start_date="2013-09-27", end_date="2025-03-31")
    decide = cmd.RecordReimprisonmentRequest(case_id=CASE_ID, exchange_id=RULING, decision_date="2017-10-10")
    decided = ev.ReimprisonmentDecided(exchange_id=RULING, decision_date="2017-10-10")
    case = given(CASE, ("2013-09-27", old)).by("SERVICE", "").at("2017-10-10")
    case.when(decide).then(decided)
    case.given(decided, ev.SupervisionClosed(on="2017-10-10")).when(decide).then()
    given(CASE, opened()).by("SERVICE", "").when(decide).refused(
        "REIMPRISONMENT_NOT_FOR_KIND", rule="reimprison.proposer"
    )


def reduce(ground: str) -> cmd.ProposeReductionRequest:
    return cmd.ProposeReductionRequest(case_id=CASE_ID, ground=ground, evidence="重大立功")


def reduction(ground: str, day: str, due: str, *, provisional: bool = False) -> ev.ReductionProposed:
    evidence = free_text("重大立功")
    return ev.ReductionProposed(
        ground=ref(ground, day), evidence=evidence, ruling_due=due, provisional=provisional
    )


def test_official_case_133_at_its_dates():
    old = opened(county="330521", start_date="2018-03-27", end_date="2022-03-26")
    case = given(CASE, ("2018-03-20", old)).by("CITY_CCI", "3305").at("2020-07-01")
    merit = reduction("reduction.must", "2020-07-01", "2020-07-31")
    case.when(reduce("reduction.must")).then(merit)
    case = case.given(("2020-07-01", merit))
    case.when(reduce("reduction.must")).then()
    request = cmd.RecordReductionRulingRequest(
        case_id=CASE_ID,
        exchange_id=RULING,
        ruling_date="2020-07-13",
        reduced=True,
        sentence_reduction=Period(months=6),
        probation_reduction=Period(months=12),
    )
    ruled = ev.ReductionRuled(
        exchange_id=RULING,
        ruling_date="2020-07-13",
        sentence_reduction=Period(months=6),
        probation_reduction=Period(months=12),
    )
    case.by("SERVICE", "").at("2020-07-13").when(request).then(ruled)
    case.by("SERVICE", "").given(ruled).at("2020-07-13").when(request).then()


def test_probation_is_reduced_only_for_major_merit_and_parole_not_at_all():
    city = given(CASE, opened()).by("CITY_CCI", "3302").at("2026-06-01")
    city.when(reduce("reduction.may")).refused(
        "REDUCTION_NEEDS_MAJOR_MERIT", rule="reduction.probation.exception"
    )
    exception = "reduction.probation.exception"
    city.when(reduce(exception)).then(reduction(exception, "2026-06-01", DUE))
    city.when(reduce("好人好事")).refused("GROUND_UNKNOWN", rule="reduction.may")
    given(CASE, opened(PAROLE)).by("CITY_CCI", "3302").when(reduce("reduction.must")).refused(
        "REDUCTION_NOT_FOR_KIND", rule="reduction.parole.no-rule"
    )


@pytest.mark.parametrize("kind", [SURVEILLANCE, TEMPORARY])
def test_surveillance_and_temporary_service_may_be_reduced(kind: SubjectKind):
    case = given(CASE, opened(kind)).by("CITY_CCI", "3302").at("2026-06-01")
    case.when(reduce("reduction.may")).then(reduction("reduction.may", "2026-06-01", DUE))


FIVE_YEARS = opened(TEMPORARY, sentence=Period(months=60), end_date="2031-03-01")


def test_imprisonment_is_not_reduced_before_a_share_of_it_is_served():
    case = given(CASE, FIVE_YEARS).by("CITY_CCI", "3302")
    case.at("2027-08-31").when(reduce("reduction.may")).refused(
        "REDUCTION_TOO_EARLY", rule="reduction.start", months_served="17"
    )
    case.at("2027-09-01").when(reduce("reduction.may")).then(
        # the calendar of 2027 is not imported
        reduction("reduction.may", "2027-09-01", "2027-10-04", provisional=True)
    )


def test_major_merit_waits_for_no_share():
    given(CASE, FIVE_YEARS).by("CITY_CCI", "3302").at("2026-06-01").when(reduce("reduction.must")).then(
        reduction("reduction.must", "2026-06-01", DUE)
    )


def test_a_life_sentence_is_submitted_by_the_province():
    life = opened(TEMPORARY, penalty=Penalty.PENALTY_LIFE, sentence=None)
    case = given(CASE, life).at("2026-06-01")
    case.by("CITY_CCI", "3302").when(reduce("reduction.may")).refused(
        "PROPOSER_NOT_OF_COURT_LEVEL", rule="reduction.path.high-court", proposer="PROV_CCI"
    )
    case.by("PROV_CCI", "33").when(reduce("reduction.may")).then(
        reduction("reduction.may", "2026-06-01", DUE)
    )


def test_a_reduction_of_before_the_rule_stands_as_the_organs_made_it():
    old = opened(start_date="2014-03-02", end_date="2016-03-01", effective_date="2014-03-02")
    given(CASE, old).by("CITY_CCI", "3302").at("2015-06-01").when(reduce("reduction.may")).then(
        reduction("reduction.may", "2015-06-01", "")
    )


@pytest.mark.parametrize(
    ("unit", "county", "role", "caller", "proposer"),
    [
        ("330203", "330203", "CITY_CCI", "3302", "COUNTY_CCI"),
        ("3302", "330203", "COUNTY_CCI", "330203", "CITY_CCI"),
        ("33", "330203", "CITY_CCI", "3302", "PROV_CCI"),
        ("1101", "110108", "COUNTY_CCI", "110108", "CITY_CCI,PROV_CCI"),
    ],
)
def test_revocation_of_probation_is_proposed_at_the_original_courts_level(
    unit: str, county: str, role: str, caller: str, proposer: str
):
    case = given(CASE, opened(organ_unit=unit, county=county)).at("2026-06-01")
    case.by(role, caller).when(propose(OTHER)).refused(
        "PROPOSER_NOT_OF_COURT_LEVEL", rule="revoke.proposer.same-level", proposer=proposer
    )
    right = proposer.split(",")[-1]
    own = {"COUNTY_CCI": county, "CITY_CCI": county[:4], "PROV_CCI": county[:2]}[right]
    case.by(right, own).when(propose(OTHER)).then(proposed(OTHER))


def test_one_reduction_is_before_the_court_at_a_time():
    pending = ("2026-06-01", reduction("reduction.must", "2026-06-01", DUE))
    case = given(CASE, opened(SURVEILLANCE), pending).by("CITY_CCI", "3302").at("2026-06-02")
    case.when(reduce("reduction.may")).refused("REDUCTION_PENDING", rule="reduction.ruling-time")


def test_a_refused_reduction_is_applied_and_a_probation_reduction_fits_probation_only():
    refuse = cmd.RecordReductionRulingRequest(case_id=CASE_ID, exchange_id=RULING, ruling_date="2026-06-20")
    case = given(CASE, opened(SURVEILLANCE)).by("SERVICE", "").at("2026-06-21")
    case.when(refuse).then(ev.ReductionRefused(exchange_id=RULING, ruling_date="2026-06-20"))
    wrong = cmd.RecordReductionRulingRequest(
        case_id=CASE_ID,
        exchange_id=RULING,
        ruling_date="2026-06-20",
        reduced=True,
        probation_reduction=Period(months=1),
    )
    case.when(wrong).invalid("probation_reduction")


def test_a_correction_opinion_is_noted_once_and_answered_once():
    note = cmd.NoteCorrectionOpinionRequest(case_id=CASE_ID, exchange_id=NOTICE, opinion_date="2026-06-01")
    noted = ev.CorrectionOpinionNoted(exchange_id=NOTICE, reply_due="2026-06-16", opinion_date="2026-06-01")
    answer = cmd.AnswerCorrectionOpinionRequest(
        case_id=CASE_ID, exchange_id=NOTICE, adopted=True, answer="已经改正。"
    )
    answered = ev.CorrectionOpinionAnswered(exchange_id=NOTICE, adopted=True, answer=free_text("已经改正。"))
    for history in ((), (CLOSED,)):
        case = given(CASE, opened(PROBATION), *history).by("SERVICE", "").at("2026-06-02")
        case.when(note).then(noted)
        case.given(noted).when(note).then()
        office = case.given(noted).by("COUNTY_CCI", "330203").at("2026-06-10")
        office.when(answer).then(answered)
        office.given(answered).when(answer).then()
    given(CASE, opened()).when(answer).refused("OPINION_UNKNOWN", rule="oversight.reply-reasons")


def test_no_fact_is_older_than_the_decision():
    decided = opened(decision_date="2026-02-20")
    case = given(CASE, decided).at("2026-06-01")
    lost = cmd.RecordContactLostRequest(case_id=CASE_ID, since=at("2026-02-19T08:00"))
    case.when(lost).invalid("since")
    report = cmd.RecordReportRequest(case_id=CASE_ID, method=ev.REPORT_METHOD_PHONE)
    report.occurred_at.CopyFrom(at("1999-01-01T08:00"))
    case.when(report).invalid("occurred_at")
    service = case.by("SERVICE", "")
    service.when(ruling("2026-02-19", revoked=True)).invalid("ruling_date")
    opinion = cmd.NoteCorrectionOpinionRequest(case_id=CASE_ID, exchange_id=NOTICE, opinion_date="2026-02-19")
    service.when(opinion).invalid("opinion_date")
