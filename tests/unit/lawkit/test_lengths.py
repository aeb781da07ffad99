"""Which terms the Criminal Law knows: every combination of kind, penalty and length, against its articles by hand.

The oracle below is written from the articles, in months, and asks lawkit nothing.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.counting import add_months
from lawkit.lengths import Stated, breaches
from lawkit.rules import ALL_KINDS
from lawkit.terms import Length, term

LAW = load_law()
START = date(2026, 1, 15)
ONE = timedelta(days=1)
PENALTIES = ("PUBLIC_SURVEILLANCE", "DETENTION", "FIXED_TERM", "LIFE")
MONTHS = st.integers(1, 320)
# which penalties each kind may follow: 刑法 38, 72, 81; 刑事诉讼法 265
FOLLOWS = {
    "PUBLIC_SURVEILLANCE": {"PUBLIC_SURVEILLANCE"},
    "PROBATION": {"DETENTION", "FIXED_TERM"},
    "PAROLE": {"FIXED_TERM", "LIFE"},
    "TEMPORARY_SERVICE": {"DETENTION", "FIXED_TERM", "LIFE"},
}


def most(penalty: str, combined: bool, total: int | None) -> int:
    """刑法 38, 42, 45, 69: the most months of the penalty."""
    if penalty == "PUBLIC_SURVEILLANCE":
        return 36 if combined else 24
    if penalty == "DETENTION":
        return 12 if combined else 6
    if not combined:
        return 180
    return 300 if total is None or total >= 420 else 240


def sentence_exists(penalty: str, months: int, combined: bool, total: int | None) -> bool:
    """刑法 38, 42, 45, 69."""
    least = {"PUBLIC_SURVEILLANCE": 3, "DETENTION": 1, "FIXED_TERM": 6}[penalty]
    return least <= months <= most(penalty, combined, total) and (total is None or months <= total)


@given(MONTHS, st.booleans(), st.sampled_from([None, *PENALTIES]))
def test_surveillance_is_as_long_as_its_article_says(
    months: int, combined: bool, penalty: str | None
) -> None:
    stated = Stated("PUBLIC_SURVEILLANCE", START, Length(months=months), penalty=penalty, combined=combined)
    known = penalty in {None, "PUBLIC_SURVEILLANCE"}
    assert (breaches(LAW, stated) == ()) == (known and 3 <= months <= (36 if combined else 24))


@given(st.sampled_from(["DETENTION", "FIXED_TERM"]), st.integers(1, 70), st.integers(1, 70), st.booleans())
def test_a_period_of_probation_fits_its_sentence(
    penalty: str, sentence: int, period: int, combined: bool
) -> None:
    stated = Stated(
        "PROBATION", START, Length(months=period), penalty=penalty, sentence=Length(months=sentence), combined=combined
    )  # fmt: skip
    least, longest = (2, 12) if penalty == "DETENTION" else (12, 60)
    suspended = sentence_exists(penalty, sentence, combined, None) and (
        penalty == "DETENTION" or sentence <= 36
    )
    lawful = suspended and max(least, sentence) <= period <= longest
    assert (breaches(LAW, stated) == ()) == lawful


@given(st.integers(1, 70))
def test_a_period_of_probation_without_its_penalty_fits_one_of_them(period: int) -> None:
    stated = Stated("PROBATION", START, Length(months=period))
    assert (breaches(LAW, stated) == ()) == (2 <= period <= 60)


@given(MONTHS, MONTHS, st.booleans(), st.booleans())
def test_a_parole_is_at_most_half_of_its_sentence(
    sentence: int, rest: int, combined: bool, approved: bool
) -> None:
    stated = Stated(
        "PAROLE", START, Length(months=rest), penalty="FIXED_TERM", sentence=Length(months=sentence),
        combined=combined, approved=approved,
    )  # fmt: skip
    in_time = rest < sentence if approved else 2 * rest <= sentence
    lawful = sentence_exists("FIXED_TERM", sentence, combined, None) and in_time
    assert (breaches(LAW, stated) == ()) == lawful


@given(st.sampled_from(["DETENTION", "FIXED_TERM"]), MONTHS, st.booleans(), st.integers(300, 500))
def test_a_sentence_served_outside_prison_exists(
    penalty: str, months: int, combined: bool, total: int
) -> None:
    summed = total if combined and penalty == "FIXED_TERM" else None
    stated = Stated(
        "TEMPORARY_SERVICE", START, Length(months=months), penalty=penalty, combined=combined,
        total=Length(months=summed) if summed else None,
    )  # fmt: skip
    assert (breaches(LAW, stated) == ()) == sentence_exists(penalty, months, combined, summed)


@given(st.sampled_from(ALL_KINDS), st.sampled_from(PENALTIES), MONTHS)
def test_no_kind_follows_a_penalty_that_it_is_not_for(kind: str, penalty: str, months: int) -> None:
    broken = breaches(LAW, Stated(kind, START, Length(months=months), penalty=penalty))
    if penalty not in FOLLOWS[kind]:
        assert [one.rule_id for one in broken] == [LAW.kind(kind).penalty_rule]
    assert all(LAW.article_zh(one.rule_id) for one in broken)


@given(st.sampled_from(ALL_KINDS), MONTHS, st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_a_last_day_is_judged_as_its_length_is(kind: str, months: int, start: date) -> None:
    by_length = breaches(LAW, Stated(kind, start, Length(months=months)))
    until = term(LAW, kind, start, Length(months=months)).end
    by_day = breaches(LAW, Stated(kind, start, until=until))
    if kind == "PUBLIC_SURVEILLANCE" and months < 3:
        assert by_day == ()  # custody may have left so little
    else:
        assert bool(by_length) == bool(by_day)


@pytest.mark.parametrize("kind", ["PROBATION", "PUBLIC_SURVEILLANCE"])
def test_a_day_over_the_longest_term_is_refused(kind: str) -> None:
    longest = {"PROBATION": 60, "PUBLIC_SURVEILLANCE": 24}[kind]
    last = add_months(START, longest) - ONE
    assert breaches(LAW, Stated(kind, START, until=last)) == ()
    assert breaches(LAW, Stated(kind, START, until=last + ONE))


@given(st.integers(1, 200))
def test_a_parole_from_life_is_ten_years(months: int) -> None:
    stated = Stated("PAROLE", START, Length(months=months), penalty="LIFE")
    assert (breaches(LAW, stated) == ()) == (months == 120)


@given(st.sampled_from(ALL_KINDS), st.sampled_from([None, *PENALTIES]), st.integers(1, 30))
def test_custody_counts_only_where_a_rule_says_for_how_much(
    kind: str, penalty: str | None, days: int
) -> None:
    lengths = {"PUBLIC_SURVEILLANCE": 12, "PROBATION": 12, "PAROLE": 12, "TEMPORARY_SERVICE": 6}
    if penalty is not None and penalty not in FOLLOWS[kind]:
        return
    length = Length(months=120 if penalty == "LIFE" and kind == "PAROLE" else lengths[kind])
    lawful = kind in {"PUBLIC_SURVEILLANCE", "PROBATION"} or (
        kind == "TEMPORARY_SERVICE" and penalty in {"DETENTION", "FIXED_TERM"}
    )
    assert (breaches(LAW, Stated(kind, START, length, penalty=penalty, custody_days=days)) == ()) == lawful


def test_the_time_outside_prison_ends_with_the_sentence() -> None:
    year = Length(years=1)
    known = {"penalty": "FIXED_TERM", "sentence": year, "custody_days": 30}
    assert breaches(LAW, Stated("TEMPORARY_SERVICE", START, Length(months=11), **known)) == ()  # type: ignore[reportArgumentType]
    assert breaches(LAW, Stated("TEMPORARY_SERVICE", START, year, **known))  # type: ignore[reportArgumentType]


def test_a_sentence_that_cannot_be_suspended_is_the_only_fault_of_a_lawful_period() -> None:
    """刑法 第七十二条、第七十三条: a period is not measured by a sentence that is refused."""
    stated = Stated(kind="PROBATION", start=START, length=Length(years=1), sentence=Length(months=37))
    found = [(one.rule_id, one.got) for one in breaches(LAW, stated)]
    assert ("counting.range.probation-imprisonment", "37个月") in found
    assert not [got for _, got in found if got == "1年"]


def test_no_time_has_no_unit() -> None:
    assert str(Length(months=0)) == "0"
