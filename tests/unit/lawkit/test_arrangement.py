"""A year comes as its notice arranges it; the order of the notices changes nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.arrangement import ArrangedDay, Arrangement, WrongArrangement, arranged
from lawkit.errors import CalendarMissing

KNOWN = load_law().calendar
# invented: no notice of the State Council
Y2027 = Arrangement.of(
    2027,
    [
        ArrangedDay(date(2027, 1, 1), False, "元旦"),
        ArrangedDay(date(2026, 12, 31), False, "元旦"),
        ArrangedDay(date(2027, 1, 9), True, "元旦"),
    ],
)
Y2028 = Arrangement.of(
    2028, [ArrangedDay(date(2027, 12, 31), False, "元旦"), ArrangedDay(date(2028, 1, 3), False, "元旦")]
)


def test_an_arranged_year_is_known_and_moves_the_days_next_to_it():
    calendar = arranged(KNOWN, [Y2027])
    assert KNOWN.is_working_day(date(2026, 12, 31))
    assert not calendar.is_working_day(date(2026, 12, 31))
    assert calendar.is_working_day(date(2027, 1, 9))
    assert calendar.name_of(date(2027, 1, 9)) == "元旦"
    with pytest.raises(CalendarMissing):
        calendar.is_working_day(date(2028, 1, 3))


def test_without_arrangements_it_is_the_same_calendar():
    assert arranged(KNOWN, []) is KNOWN


@given(st.permutations([Y2027, Y2028]))
def test_the_order_of_the_notices_changes_nothing(notices: list[Arrangement]):
    whole = arranged(KNOWN, notices)
    assert whole == arranged(KNOWN, [Y2027, Y2028])
    assert whole.version == arranged(arranged(KNOWN, [Y2027]), [Y2028]).version
    assert not whole.is_working_day(date(2027, 12, 31))


def test_another_notice_for_the_year_takes_the_place_of_the_first():
    later = Arrangement.of(2027, [ArrangedDay(date(2027, 1, 4), False, "元旦")])
    calendar = arranged(arranged(KNOWN, [Y2027]), [later])
    assert calendar.is_working_day(date(2027, 1, 1))
    assert not calendar.is_working_day(date(2027, 1, 9))


@pytest.mark.parametrize(
    ("days", "place", "field"),
    [
        ([(date(2027, 1, 1), False), (date(2027, 1, 1), False)], 1, "on"),
        ([(date(2027, 1, 1), False), (date(2028, 2, 1), False)], 1, "on"),
        ([(date(2027, 1, 4), True)], 0, "work"),
        ([(date(2026, 12, 31), False)], 0, "on"),
    ],
)
def test_a_wrong_day_is_named(days: list[tuple[date, bool]], place: int, field: str):
    with pytest.raises(WrongArrangement) as wrong:
        Arrangement.of(2027, [ArrangedDay(day, work, "元旦") for day, work in days])
    assert (wrong.value.place, wrong.value.field) == (place, field)
