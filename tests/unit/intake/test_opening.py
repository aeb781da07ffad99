"""Opening a case. 社区矫正法 第二十条、第二十一条、第五十八条; 刑法 第三十八条、第四十一条、第七十三条、第八十三条."""

from __future__ import annotations

import json
from datetime import date
from typing import TypeVar

import pytest
from contracts import registry
from corrections.common.v1.common_pb2 import LawRef
from corrections.common.v1.facts_pb2 import Penalty, Period, SubjectKind
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from corrections.intake.v1.prepared_pb2 import PreparedCase
from eventcore.decider import Claim, On
from eventcore.testing import given, scenario
from google.protobuf.message import Message
from intake.domain.case import CASE
from intake.domain.ids import case_stream, person_stream
from intake.domain.opening import is_minor
from intake.testing import (
    CASE_ID,
    OPEN,
    ORDERED,
    PAROLE,
    PERSON_ID,
    PROBATION,
    SEALED,
    SURVEILLANCE,
    TEMPORARY,
    TERM,
    opened,
    prepared,
)
from lawkit import load_law

NEW = scenario(CASE).at("2026-03-03").by(role="SERVICE", unit="")


M = TypeVar("M", bound=Message)


def of_type(request: PreparedCase, kind: type[M], *, at: str = "2026-03-03") -> M:
    decision = NEW.at(at).when(request).decision or ()
    return next(e for e in decision if isinstance(e, kind))


def test_a_decision_opens_a_case_with_its_term_and_its_clock():
    identity = On(person_stream(PERSON_ID), ev.PersonRegistered(name=SEALED))
    NEW.when(prepared()).then(identity, Claim("identity", b"m" * 32), opened(), TERM, ORDERED)


def test_opening_the_same_case_again_changes_nothing():
    given(CASE, *OPEN).by(role="SERVICE", unit="").when(prepared()).then()


def test_a_person_known_from_an_earlier_case_is_not_registered_again():
    known = On(person_stream(PERSON_ID), ev.PersonRegistered(name=SEALED))
    nothing_new = prepared()
    nothing_new.ClearField("name")
    NEW.given(known).when(nothing_new).then(opened(), TERM, ORDERED)


def test_what_a_later_decision_states_anew_of_a_known_person_is_kept():
    known = On(person_stream(PERSON_ID), ev.PersonRegistered(name=SEALED))
    moved = prepared(address=SEALED)
    moved.ClearField("name")
    stated = ev.PersonNoted(exchange_id=moved.exchange_id, address=SEALED)
    NEW.given(known).when(moved).then(On(person_stream(PERSON_ID), stated), opened(), TERM, ORDERED)


def test_a_person_without_identity_number_claims_nothing():
    decision = NEW.when(prepared(identity_mac=b"")).decision or ()
    assert not [c for c in decision if isinstance(c, Claim)]


def test_a_convict_of_none_of_the_four_kinds_is_no_subject():
    nobody = prepared(kind=SubjectKind.SUBJECT_KIND_UNSPECIFIED)
    NEW.when(nobody).refused("NOT_A_SUBJECT", rule="general.scope.four-kinds")


def test_the_printed_end_governs_and_the_computed_one_is_kept_to_warn():
    term = of_type(prepared(printed_end_date="2027-03-05"), ev.TermComputed)
    assert (term.end_date, term.computed_end_date, term.printed_end_date) == (
        "2027-03-05",
        "2027-03-01",
        "2027-03-05",
    )


def test_surveillance_is_shortened_by_two_days_for_each_day_in_custody():
    request = prepared(
        kind=SURVEILLANCE,
        penalty=Penalty.PENALTY_PUBLIC_SURVEILLANCE,
        sentence=Period(months=6),
        custody_days=10,
    )
    # 2026-03-02 and six months: to 2026-09-01; twenty days less
    assert of_type(request, ev.TermComputed).end_date == "2026-08-12"


def test_custody_does_not_shorten_a_probation_period():
    assert of_type(prepared(custody_days=90), ev.TermComputed).end_date == "2027-03-01"


def test_parole_from_life_runs_ten_years():
    request = prepared(kind=PAROLE, penalty=Penalty.PENALTY_LIFE, sentence=None, probation=None)
    assert of_type(request, ev.TermComputed).end_date == "2036-03-01"


def test_parole_needs_the_printed_end_of_the_sentence():
    request = prepared(kind=PAROLE, probation=None)
    NEW.when(request).refused("TERM_END_UNKNOWN", rule="counting.start.parole", kind="PAROLE")


def test_parole_ends_with_the_sentence_that_the_document_states():
    request = prepared(kind=PAROLE, probation=None, printed_end_date="2028-01-15")
    term = of_type(request, ev.TermComputed)
    assert (term.end_date, term.computed_end_date) == ("2028-01-15", "")


def test_temporary_service_ends_with_the_sentence_not_with_the_period_decided():
    request = prepared(
        kind=TEMPORARY, organ_is_court=False, printed_end_date="2030-06-30", temporary_until="2026-09-01"
    )
    term = of_type(request, ev.TermComputed)
    assert (term.end_date, term.temporary_until) == ("2030-06-30", "2026-09-01")


def test_temporary_service_that_a_court_decides_serves_the_whole_sentence():
    request = prepared(kind=TEMPORARY, probation=None, sentence=Period(months=24))
    assert of_type(request, ev.TermComputed).end_date == "2028-03-01"


@pytest.mark.parametrize(
    ("penalty", "months", "rule", "article"),
    [
        (Penalty.PENALTY_FIXED_TERM, 24, "counting.credit.imprisonment", "刑法 第四十七条"),
        (Penalty.PENALTY_DETENTION, 24, "counting.credit.detention", "刑法 第四十四条"),
    ],
)
def test_custody_before_a_courts_temporary_service_is_offset_day_for_day(
    penalty: Penalty, months: int, rule: str, article: str
):
    request = prepared(
        kind=TEMPORARY, probation=None, sentence=Period(months=months), custody_days=61, penalty=penalty
    )
    term = of_type(request, ev.TermComputed)
    assert (term.start_date, term.end_date, term.law) == (
        "2026-03-02",
        "2027-12-31",
        LawRef(rule=rule, article=article),
    )


def test_custody_is_not_offset_twice_where_the_document_prints_the_end():
    request = prepared(
        kind=TEMPORARY,
        probation=None,
        sentence=Period(months=24),
        custody_days=61,
        printed_end_date="2027-12-31",
    )
    term = of_type(request, ev.TermComputed)
    assert (term.end_date, term.computed_end_date) == ("2027-12-31", "2027-12-31")


def test_custody_that_no_penalty_offsets_is_sent_back_not_ignored():
    request = prepared(
        kind=TEMPORARY,
        probation=None,
        sentence=Period(months=24),
        custody_days=61,
        penalty=Penalty.PENALTY_UNSPECIFIED,
    )
    NEW.when(request).refused("CUSTODY_NOT_OFFSET", rule="counting.credit.imprisonment", custody_days="61")


def test_custody_as_long_as_the_sentence_leaves_no_term():
    request = prepared(kind=TEMPORARY, probation=None, sentence=Period(months=6), custody_days=200)
    NEW.when(request).refused("TERM_NOT_POSSIBLE", rule="counting.credit.imprisonment")


def test_a_term_cannot_end_before_it_starts():
    request = prepared(printed_end_date="2026-03-01")
    NEW.when(request).refused("TERM_NOT_POSSIBLE", rule="counting.credit.probation")


def test_a_probation_without_length_is_not_possible():
    NEW.when(prepared(probation=None)).refused("TERM_NOT_POSSIBLE")


@pytest.mark.parametrize(
    "field", ["effective_date", "decision_date", "printed_end_date", "printed_report_date"]
)
def test_a_day_that_does_not_exist_is_named(field: str):
    NEW.when(prepared(**{field: "2026-02-30"})).invalid(field)


def test_the_date_printed_in_the_information_letter_governs():
    assert (
        of_type(prepared(printed_report_date="2026-03-10"), ev.ReportingInOrdered).printed_due == "2026-03-10"
    )


def test_the_last_day_for_reporting_in_rolls_over_rest_days():
    ordered = of_type(prepared(effective_date="2026-05-20"), ev.ReportingInOrdered)
    assert (ordered.nominal_due, ordered.extended_due) == ("2026-05-30", "2026-06-01")


def test_a_year_without_calendar_leaves_the_rolled_day_open():
    ordered = of_type(prepared(effective_date="2026-12-25"), ev.ReportingInOrdered)
    assert (ordered.nominal_due, ordered.extended_due) == ("2027-01-04", "")
    assert ordered.provisional_due == "2027-01-04"


@pytest.mark.parametrize(
    ("effective", "provisional"), [("2026-12-22", "2027-01-04"), ("2029-12-25", "2030-01-04")]
)
def test_a_clock_rings_after_the_statutory_days_where_the_calendar_is_missing(
    effective: str, provisional: str
):
    ordered = of_type(prepared(effective_date=effective), ev.ReportingInOrdered)
    assert (ordered.extended_due, ordered.provisional_due) == ("", provisional)


@pytest.mark.parametrize(("court", "para"), [(True, "第二款"), (False, "第三款")])
def test_temporary_service_is_handed_over(court: bool, para: str):
    request = prepared(kind=TEMPORARY, organ_is_court=court, printed_end_date="2030-06-30")
    assert of_type(request, ev.ReportingInOrdered).law.article == f"社区矫正法 第二十一条{para}"


@pytest.mark.parametrize(
    ("birth", "minor"),
    [("2008-02-20", True), ("2008-02-19", False), ("2008-02-21", True), ("", False), ("1990-01-01", False)],
)
def test_a_person_is_a_minor_until_the_eighteenth_birthday_is_over(birth: str, minor: bool):
    assert of_type(prepared(birth_date=birth), ev.CaseOpened).minor is minor


def test_a_person_born_on_29_february_is_a_minor_until_28_february():
    assert is_minor(load_law(), "2008-02-29", date(2026, 2, 28))
    assert not is_minor(load_law(), "2008-02-29", date(2026, 3, 1))


@pytest.mark.parametrize("kind", [SURVEILLANCE, PROBATION, PAROLE, TEMPORARY])
def test_the_article_of_a_term_is_one_of_those_that_the_contract_lists(kind: SubjectKind):
    term = of_type(prepared(kind=kind, printed_end_date="2028-01-15"), ev.TermComputed)
    listed = registry.law("corrections.intake.v1.TermComputed")
    assert any(term.law.article.startswith(article) for article in listed), term.law
    ordered = of_type(prepared(kind=kind, printed_end_date="2028-01-15"), ev.ReportingInOrdered)
    assert ordered.law.article.startswith(registry.law("corrections.intake.v1.ReportingInOrdered"))


def ordered_in(effective_date: str, **changes: str) -> ev.ReportingInOrdered:
    """The clock of a decision of those days."""
    request = prepared(effective_date=effective_date, decision_date=effective_date, **changes)
    return of_type(request, ev.ReportingInOrdered)


def test_before_the_law_of_2020_no_clock_runs_and_the_article_is_that_of_the_day():
    ordered = ordered_in("2016-07-17")
    assert (ordered.nominal_due, ordered.extended_due, ordered.printed_due) == ("", "", "")
    assert ordered.law == LawRef(rule="intake.report.deadline", article="社区矫正实施办法（2012） 第六条")
    # 社区矫正法 第二十一条第一款, from its first day on
    assert ordered_in("2020-06-30").nominal_due == ""
    assert ordered_in("2020-07-01").nominal_due == "2020-07-11"


def test_before_the_law_of_2020_a_printed_date_counts_as_printed():
    ordered = ordered_in("2016-07-17", printed_report_date="2016-07-27")
    assert (ordered.nominal_due, ordered.printed_due) == ("", "2016-07-27")


def test_before_the_measures_of_2012_no_article_is_named():
    assert ordered_in("2009-07-17").law == LawRef(rule="intake.report.deadline")


def test_the_wrong_kind_of_request_does_not_open_a_case():
    scenario(CASE).when(cmd.CertifyReleaseRequest(case_id=CASE_ID)).not_found()


def test_streams_of_case_and_person_are_two():
    assert case_stream(CASE_ID).category != person_stream(PERSON_ID).category


OFFICIAL = [
    # detention centre and dates: 最高人民检察院 检例第131、133、135号 and 刑罚变更执行监督典型案例（2025）案例二
    ("检例第131号", PROBATION, "2016-07-06", "2016-07-17", 36, 48, "", "2020-07-16"),
    ("检例第133号", PROBATION, "2018-03-14", "2018-03-27", 36, 48, "", "2022-03-26"),
    ("检例第135号", PROBATION, "2020-11-02", "2020-12-03", 10, 12, "", "2021-12-02"),
    ("2025典型案例二", TEMPORARY, "2013-09-27", "2013-09-27", 192, 0, "2025-03-31", "2025-03-31"),
]


@pytest.mark.parametrize(
    ("name", "kind", "decided", "effective", "sentence", "probation", "printed", "end"), OFFICIAL
)
def test_the_terms_of_the_official_cases_are_exactly_as_stated(
    name: str,
    kind: SubjectKind,
    decided: str,
    effective: str,
    sentence: int,
    probation: int,
    printed: str,
    end: str,
):
    request = prepared(
        kind=kind,
        organ_is_court=kind == PROBATION,
        decision_date=decided,
        effective_date=effective,
        sentence=Period(months=sentence),
        probation=Period(months=probation) if probation else None,
        printed_end_date=printed,
    )
    assert of_type(request, ev.TermComputed, at=effective).end_date == end, json.dumps(
        name, ensure_ascii=False
    )
