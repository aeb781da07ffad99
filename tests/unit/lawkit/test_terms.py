"""Terms of the four kinds: start, end, custody credit, reduction, time that does not count."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.errors import BelowFloor, InvalidTerm, UnknownRule, Unlawful
from lawkit.lengths import injunction_breaches, probation_breaches, surveillance_breaches
from lawkit.terms import (
    Length,
    extend,
    parole_from_life,
    shorten,
    term,
    term_until,
)

LAW = load_law()
STARTS = st.dates(date(1998, 1, 1), date(2060, 1, 1))
LENGTHS = st.builds(Length, st.integers(0, 20), st.integers(0, 11), st.integers(0, 29)).filter(
    lambda length: length.in_months > 0
)


def test_case_131_four_years_end_on_the_day_before() -> None:
    probation = term(LAW, "PROBATION", date(2016, 7, 17), Length(years=4))
    assert probation.end == date(2020, 7, 16)
    assert probation.ends_at == datetime(2020, 7, 16, 16, tzinfo=UTC)
    assert probation.rules == ("counting.term-years",)


def test_case_133_is_shortened_by_a_year() -> None:
    probation = term(LAW, "PROBATION", date(2018, 3, 27), Length(years=4))
    assert probation.end == date(2022, 3, 26)
    shorter = shorten(LAW, probation, Length(years=1), punishment="imprisonment")
    assert (shorter.end, shorter.length) == (date(2021, 3, 26), Length(years=3))
    by_months = shorten(LAW, probation, Length(months=12), punishment="imprisonment")
    assert by_months.end == shorter.end


def test_case_133_with_only_its_printed_end_is_shortened_alike() -> None:
    printed = term_until(LAW, "PROBATION", date(2018, 3, 27), date(2022, 3, 26))
    assert shorten(LAW, printed, Length(years=1), punishment="imprisonment").end == date(2021, 3, 26)


def test_case_135_one_year() -> None:
    assert term(LAW, "PROBATION", date(2020, 12, 3), Length(years=1)).end == date(2021, 12, 2)


def test_typical_case_2_four_years_and_twelve_days_do_not_count() -> None:
    sentence = term_until(LAW, "TEMPORARY_SERVICE", date(2013, 9, 27), date(2025, 3, 31))
    later = extend(LAW, sentence, Length(years=4, days=12))
    assert later.end == date(2029, 4, 12)
    assert later.rules[-1] == "reimprison.noncounted.law"


def test_custody_shortens_surveillance_two_for_one_and_probation_not_at_all() -> None:
    start, year = date(2026, 4, 1), Length(years=1)
    assert term(LAW, "PUBLIC_SURVEILLANCE", start, year, custody_days=20).end == date(2027, 2, 19)
    assert term(LAW, "PROBATION", start, year, custody_days=20).end == date(2027, 3, 31)


def test_custody_is_off_the_sentence_that_begins_outside_prison_and_never_lost() -> None:
    start, year = date(2026, 4, 1), Length(years=1)
    for punishment in ("detention", "imprisonment"):
        served = term(LAW, "TEMPORARY_SERVICE", start, year, custody_days=20, punishment=punishment)
        assert (served.end, served.credit_days) == (date(2027, 3, 11), 20)
    with pytest.raises(Unlawful, match=r"counting\.credit\.imprisonment"):
        term(LAW, "TEMPORARY_SERVICE", start, year, custody_days=20)
    with pytest.raises(Unlawful, match=r"counting\.start\.parole"):
        term(LAW, "PAROLE", start, year, custody_days=20)


def test_what_is_left_under_parole_is_not_shortened() -> None:
    rest = term_until(LAW, "PAROLE", date(2026, 6, 1), date(2029, 2, 14))
    for parole in (rest, parole_from_life(LAW, date(2026, 6, 1))):
        with pytest.raises(Unlawful, match=r"reduction\.parole\.no-rule"):
            shorten(LAW, parole, Length(months=1), punishment="imprisonment")


@pytest.mark.parametrize("kind", ["PUBLIC_SURVEILLANCE", "PROBATION", "PAROLE"])
def test_only_a_sentence_served_outside_prison_has_time_that_does_not_count(kind: str) -> None:
    with pytest.raises(Unlawful, match=r"reimprison\.noncounted\.law"):
        extend(LAW, term(LAW, kind, date(2026, 1, 1), Length(years=1)), Length(months=1))


def test_custody_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(InvalidTerm, match="credit of 366 days"):
        term(LAW, "PUBLIC_SURVEILLANCE", date(2026, 4, 1), Length(months=6), custody_days=183)
    with pytest.raises(InvalidTerm, match="-1 days of custody"):
        term(LAW, "PUBLIC_SURVEILLANCE", date(2026, 4, 1), Length(months=6), custody_days=-1)


@pytest.mark.parametrize("length", [Length(months=-6), Length(), Length(years=1, days=-1)])
def test_a_term_without_or_with_negative_length_is_refused(length: Length) -> None:
    with pytest.raises(InvalidTerm):
        term(LAW, "PROBATION", date(2026, 4, 1), length)


def test_a_term_must_not_end_before_it_starts() -> None:
    with pytest.raises(InvalidTerm):
        term_until(LAW, "PAROLE", date(2026, 4, 1), date(2026, 3, 31))


def test_a_fifth_kind_is_refused() -> None:
    with pytest.raises(UnknownRule):
        term(LAW, "POLITICAL_RIGHTS", date(2026, 4, 1), Length(years=1))


def test_a_parole_is_the_rest_of_the_sentence_or_ten_years_after_life() -> None:
    rest = term_until(LAW, "PAROLE", date(2026, 6, 1), date(2029, 2, 14))
    assert (rest.end, rest.rules) == (date(2029, 2, 14), ("counting.start.parole",))
    assert parole_from_life(LAW, date(2026, 6, 1)).end == date(2036, 5, 31)


def test_months_may_be_counted_one_by_one_where_a_region_says_so() -> None:
    iterated = LAW.with_settings({"set.term.month-arithmetic": "iterated"})
    start, length = date(2026, 1, 30), Length(months=2)
    assert term(LAW, "PROBATION", start, length).end == date(2026, 3, 29)
    assert term(iterated, "PROBATION", start, length).end == date(2026, 3, 30)


def test_a_shortened_probation_keeps_its_floor() -> None:
    probation = term(LAW, "PROBATION", date(2026, 1, 1), Length(years=2))
    assert shorten(LAW, probation, Length(years=1), punishment="imprisonment").end == date(2026, 12, 31)
    with pytest.raises(
        BelowFloor, match=r"floor-imprisonment: got a last day of 2026-12-30, want 2026-12-31"
    ):
        shorten(LAW, probation, Length(years=1, days=1), punishment="imprisonment")
    assert shorten(LAW, probation, Length(months=22), punishment="detention").end == date(2026, 2, 28)
    with pytest.raises(BelowFloor, match="floor-detention"):
        shorten(LAW, probation, Length(months=23), punishment="detention")
    with pytest.raises(InvalidTerm, match="punishment"):
        shorten(LAW, probation, Length(months=1))
    with pytest.raises(InvalidTerm, match="reduction"):
        shorten(LAW, probation, Length(years=3), punishment="imprisonment")


def test_half_of_surveillance_is_served_and_custody_counts_as_served() -> None:
    surveillance = term(LAW, "PUBLIC_SURVEILLANCE", date(2026, 1, 1), Length(years=2))
    assert shorten(LAW, surveillance, Length(years=1)).end == date(2026, 12, 31)
    with pytest.raises(BelowFloor, match="floor-half"):
        shorten(LAW, surveillance, Length(years=1, days=1))
    credited = term(LAW, "PUBLIC_SURVEILLANCE", date(2026, 1, 1), Length(years=2), custody_days=30)
    assert shorten(LAW, credited, Length(years=1)).end == date(2026, 11, 1)


@pytest.mark.parametrize(("first", "second"), [(6, 7), (11, 2), (12, 1), (12, 5)])
def test_half_is_that_of_the_original_sentence_however_many_reductions(first: int, second: int) -> None:
    surveillance = term(LAW, "PUBLIC_SURVEILLANCE", date(2026, 1, 1), Length(months=24))
    printed = term_until(LAW, "PUBLIC_SURVEILLANCE", date(2026, 1, 1), date(2027, 12, 31))
    for whole in (surveillance, printed):
        once = shorten(LAW, whole, Length(months=first))
        assert once.unreduced == whole
        with pytest.raises(BelowFloor, match=r"floor-half: got a last day of .*, want 2026-12-31"):
            shorten(LAW, once, Length(months=second))


def test_two_reductions_leave_exactly_half() -> None:
    surveillance = term(LAW, "PUBLIC_SURVEILLANCE", date(2026, 1, 1), Length(months=24))
    once = shorten(LAW, surveillance, Length(months=7))
    assert shorten(LAW, once, Length(months=5)).end == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("start", "length", "least"),
    [
        (date(2026, 1, 1), Length(years=1), date(2026, 6, 30)),  # 181 of 365 days
        (date(2026, 6, 1), Length(months=24), date(2027, 5, 31)),  # 365 of 731 days
        (date(2026, 1, 1), Length(months=3), date(2026, 2, 15)),  # half a month is 15 days
        (date(2026, 1, 1), Length(months=4, days=5), date(2026, 3, 3)),  # an odd day is rounded up
    ],
)
def test_half_of_the_months_is_half_of_the_sentence(start: date, length: Length, least: date) -> None:
    stated = term(LAW, "PUBLIC_SURVEILLANCE", start, length)
    for whole in (stated, term_until(LAW, "PUBLIC_SURVEILLANCE", start, stated.end)):
        off = Length(days=(whole.end - least).days)
        assert shorten(LAW, whole, off).end == least
        with pytest.raises(BelowFloor, match=f"want {least}"):
            shorten(LAW, whole, off + Length(days=1))


def test_two_reductions_add_up() -> None:
    probation = term(LAW, "PROBATION", date(2026, 1, 31), Length(years=5))
    once = shorten(LAW, probation, Length(months=6), punishment="imprisonment")
    twice = shorten(LAW, once, Length(months=6), punishment="imprisonment")
    assert once.length == Length(4, 6)
    assert twice.end == term(LAW, "PROBATION", date(2026, 1, 31), Length(years=4)).end


def test_bounds_are_those_of_the_criminal_law() -> None:
    year = Length(years=1)
    assert probation_breaches(LAW, "imprisonment", Length(years=3), Length(years=5)) == ()
    broken = ("counting.range.probation-imprisonment",)
    assert probation_breaches(LAW, "imprisonment", Length(years=3, days=1), Length(years=5)) == broken
    assert probation_breaches(LAW, "imprisonment", year, Length(years=5, days=1)) == broken
    assert probation_breaches(LAW, "detention", Length(months=6), year) == ()
    detention = ("counting.range.probation-detention",)
    assert probation_breaches(LAW, "detention", Length(months=7), year) == detention
    assert probation_breaches(LAW, "detention", Length(months=7), year, combined=True) == ()
    assert probation_breaches(LAW, "detention", Length(months=13), year, combined=True) == detention
    assert probation_breaches(LAW, "detention", Length(months=6), Length(months=5)) != ()
    assert probation_breaches(LAW, "imprisonment", Length(years=2), Length(months=24)) == ()
    assert surveillance_breaches(LAW, Length(months=2, days=29)) == ("counting.range.surveillance",)
    assert surveillance_breaches(LAW, Length(years=3), combined=True) == ()


def test_an_injunction_exists_only_where_the_law_gives_one() -> None:
    assert injunction_breaches(LAW, "PUBLIC_SURVEILLANCE", Length(months=3)) == ()
    assert injunction_breaches(LAW, "PROBATION", Length(months=1)) == ("injunction.term.probation",)
    with pytest.raises(InvalidTerm, match="PAROLE"):
        injunction_breaches(LAW, "PAROLE", Length(months=3))


@given(STARTS, LENGTHS)
def test_a_term_has_at_least_a_day_and_a_longer_one_never_ends_earlier(start: date, length: Length) -> None:
    shorter = term(LAW, "PAROLE", start, length)
    longer = term(LAW, "PAROLE", start, Length(length.years, length.months, length.days + 1))
    assert start <= shorter.end < longer.end


@given(STARTS, LENGTHS)
def test_time_that_does_not_count_always_delays_the_end(start: date, by: Length) -> None:
    sentence = term(LAW, "TEMPORARY_SERVICE", start, Length(years=1))
    assert extend(LAW, sentence, by).end > sentence.end
