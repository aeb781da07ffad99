"""A ruling changes the term. 社区矫正法 第三十三条; 刑法 第七十八条; 刑事诉讼法 第二百六十五条、第二百六十八条; 法释〔2016〕23号 第十八条."""

from __future__ import annotations

from datetime import date

import pytest
from corrections.common.v1.facts_pb2 import Penalty, Period, SubjectKind
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.testing import given
from intake.domain.case import CASE
from intake.testing import (
    CASE_ID,
    EXCHANGE,
    PAROLE,
    RECEIVED,
    RELEASED,
    RULING,
    SURVEILLANCE,
    TEMPORARY,
    YEAR,
    open_case,
    opened,
)

OF_133 = (
    (
        "2018-03-28",
        opened(decision_date="2018-03-14", effective_date="2018-03-27", probation=Period(months=48)),
    ),
    (
        "2018-03-28",
        ev.TermComputed(start_date="2018-03-27", end_date="2022-03-26", computed_end_date="2022-03-26"),
    ),
    ("2018-04-01", ev.ReportedIn()),
)


def shorten(
    on: str, reduction: Period | None = None, sentence: Period | None = None
) -> cmd.ShortenTermRequest:
    return cmd.ShortenTermRequest(
        case_id=CASE_ID, exchange_id=RULING, ruling_date=on, reduction=reduction, sentence_reduction=sentence
    )


def shortened(end: str, request: cmd.ShortenTermRequest) -> ev.TermShortened:
    return ev.TermShortened(
        exchange_id=RULING,
        ruling_date=request.ruling_date,
        reduction=request.reduction if request.HasField("reduction") else None,
        sentence_reduction=request.sentence_reduction if request.HasField("sentence_reduction") else None,
        end_date=end,
    )


def by_platform(*history: object):
    return given(CASE, *history).by("SERVICE", "")  # pyright: ignore[reportArgumentType]


def test_official_case_133_is_shortened_by_one_year_to_2021_03_26():
    request = shorten("2020-07-13", YEAR, Period(months=6))
    by_platform(*OF_133).at("2020-07-20").when(request).then(shortened("2021-03-26", request))


def test_a_ruling_is_applied_once():
    request = shorten("2020-07-13", YEAR)
    by_platform(*OF_133, shortened("2021-03-26", request)).at("2020-07-21").when(request).then()


def test_a_second_ruling_shortens_what_is_left():
    first = ev.TermShortened(exchange_id=EXCHANGE, ruling_date="2019-07-13", end_date="2021-09-26")
    request = shorten("2020-07-13", Period(months=6))
    by_platform(*OF_133, first).at("2020-07-20").when(request).then(shortened("2021-03-26", request))


def test_nobody_is_released_before_the_ruling_that_releases_him():
    request = shorten("2020-07-13", Period(months=30))
    by_platform(*OF_133).at("2020-07-20").when(request).then(shortened("2020-07-13", request))


def test_a_probation_of_imprisonment_keeps_its_floor():
    request = shorten("2026-06-01", Period(months=1))
    refusal = by_platform(*RECEIVED).at("2026-06-02").when(request)
    refusal.refused("TERM_BELOW_FLOOR", rule="reduction.probation.floor-imprisonment", floor="2027-03-01")


def test_a_parole_is_not_reduced():
    request = shorten("2026-06-01", None, Period(months=6))
    refusal = by_platform(*open_case(PAROLE)).at("2026-06-02").when(request)
    refusal.refused("REDUCTION_NOT_FOR_KIND", rule="reduction.parole.no-rule")


def test_surveillance_is_reduced_in_its_sentence_and_keeps_half():
    history = open_case(SURVEILLANCE, end="2028-03-01", sentence=Period(months=24), probation=None)
    half = shorten("2026-12-01", None, Period(months=6))
    by_platform(*history).at("2026-12-02").when(half).then(shortened("2027-09-01", half))
    more = shorten("2026-12-01", None, Period(months=13))
    by_platform(*history).at("2026-12-02").when(more).refused("TERM_BELOW_FLOOR", rule="reduction.floor-half")


def test_temporary_service_is_reduced_in_its_sentence_and_keeps_half():
    history = open_case(TEMPORARY, end="2030-06-30", sentence=Period(months=120), probation=None)
    some = shorten("2026-12-01", None, Period(months=12))
    by_platform(*history).at("2026-12-02").when(some).then(shortened("2029-06-30", some))
    more = shorten("2026-12-01", None, Period(months=61))
    by_platform(*history).at("2026-12-02").when(more).refused("TERM_BELOW_FLOOR", rule="reduction.floor-half")


@pytest.mark.parametrize(
    ("kind", "end", "ends"),
    [
        (SURVEILLANCE, "2028-03-01", ("2027-09-01", "2027-03-01")),
        (TEMPORARY, "2030-06-30", ("2029-12-31", "2029-06-30")),
    ],
)
def test_half_is_that_of_the_original_sentence_over_all_reductions(
    kind: SubjectKind, end: str, ends: tuple[str, str]
):
    history = open_case(kind, end=end, sentence=Period(months=24), probation=None)
    six = Period(months=6)
    first = ev.TermShortened(
        exchange_id=EXCHANGE, ruling_date="2026-09-01", sentence_reduction=six, end_date=ends[0]
    )
    rest = by_platform(*history, first).at("2026-12-02")
    half = shorten("2026-12-01", None, six)
    rest.when(half).then(shortened(ends[1], half))
    more = shorten("2026-12-01", None, Period(months=7))
    rest.when(more).refused("TERM_BELOW_FLOOR", rule="reduction.floor-half")


def test_a_ruling_without_reduction_is_not_possible():
    by_platform(*RECEIVED).when(shorten("2026-06-01")).refused(
        "TERM_NOT_POSSIBLE", rule="reduction.dates-in-ruling"
    )


def test_a_term_that_has_ended_is_not_shortened():
    by_platform(*RECEIVED, RELEASED).when(shorten("2026-06-01", YEAR)).refused("CASE_ENDED")


def test_a_ruling_of_no_day_is_named():
    by_platform(*RECEIVED).when(shorten("2026-06-31", YEAR)).invalid("ruling_date")


RENEW = cmd.RenewTemporaryServiceRequest(
    case_id=CASE_ID, exchange_id=RULING, decision_date="2026-06-01", until="2026-12-01"
)
RENEWED = ev.TemporaryServiceRenewed(exchange_id=RULING, decision_date="2026-06-01", until="2026-12-01")


def test_temporary_service_is_renewed_and_its_term_stays():
    history = by_platform(*open_case(TEMPORARY)).at("2026-06-02")
    history.when(RENEW).then(RENEWED)
    after = history.given(RENEWED).state
    assert (after.temporary_until, after.end) == (date(2026, 12, 1), date(2028, 3, 1))


def test_a_renewal_is_applied_once():
    by_platform(*open_case(TEMPORARY), RENEWED).at("2026-06-02").when(RENEW).then()


def test_only_temporary_service_is_renewed():
    by_platform(*RECEIVED).at("2026-06-02").when(RENEW).refused(
        "NOT_TEMPORARY_SERVICE", rule="health.recheck"
    )


def test_nothing_is_renewed_after_the_end():
    by_platform(*open_case(TEMPORARY), RELEASED).when(RENEW).refused("CASE_ENDED")


HAO = (
    (
        "2013-09-27",
        opened(
            kind=TEMPORARY,
            decision_date="2013-09-27",
            effective_date="2013-09-27",
            penalty=Penalty.PENALTY_FIXED_TERM,
            sentence=Period(months=192),
            probation=None,
        ),
    ),
    (
        "2013-09-27",
        ev.TermComputed(start_date="2013-09-27", end_date="2025-03-31", printed_end_date="2025-03-31"),
    ),
    ("2013-09-27", ev.ReportedIn(mode=ev.RECEPTION_MODE_HANDED_OVER)),
    (
        "2017-10-10",
        ev.Terminated(ground=ev.TERMINATION_GROUND_REIMPRISONED, exchange_id=EXCHANGE, on="2017-10-10"),
    ),
)
RECALCULATE = cmd.RecalculateTermRequest(
    case_id=CASE_ID, exchange_id=RULING, ruling_date="2023-07-18", not_counted=Period(months=48, days=12)
)
RECALCULATED = ev.TermRecalculated(
    exchange_id=RULING,
    ruling_date="2023-07-18",
    not_counted=Period(months=48, days=12),
    end_date="2029-04-12",
)


def test_four_years_and_twelve_days_that_do_not_count_are_added_to_the_official_case_of_2025():
    by_platform(*HAO).at("2023-07-20").when(RECALCULATE).then(RECALCULATED)


def test_a_recalculation_is_applied_once():
    by_platform(*HAO, RECALCULATED).at("2023-07-20").when(RECALCULATE).then()


def test_only_the_sentence_of_temporary_service_is_recalculated():
    refusal = by_platform(*RECEIVED).when(RECALCULATE)
    refusal.refused("NOT_TEMPORARY_SERVICE", rule="reimprison.noncounted.law")


def test_the_term_is_asked_as_of_a_day():
    request = shorten("2020-07-13", YEAR)
    case = by_platform(*OF_133, ("2020-07-20", shortened("2021-03-26", request))).state
    assert case.end_on(date(2020, 7, 12)) == date(2022, 3, 26)
    assert case.end_on(date(2020, 7, 13)) == date(2021, 3, 26)
    assert case.end_on(date(2017, 1, 1)) == date(2022, 3, 26)
