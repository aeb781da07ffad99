"""Working days follow the State Council, and no year is guessed."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawkit import load_law
from lawkit.errors import CalendarMissing

CALENDAR = load_law().calendar
DAYS = st.dates(date(2004, 1, 1), date(2026, 10, 1))


def test_every_day_agrees_with_chinesecalendar() -> None:
    day, last = date(2004, 1, 1), date(2026, 12, 31)
    differing: list[date] = []
    while day <= last:
        if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2027, 1, 1)])
def test_a_year_without_data_is_an_error(day: date) -> None:
    for ask in (CALENDAR.is_working_day, CALENDAR.next_working_day):
        with pytest.raises(CalendarMissing) as raised:
            ask(day)
        assert raised.value.year == day.year


def test_counting_into_a_year_without_data_is_an_error() -> None:
    with pytest.raises(CalendarMissing, match="2027"):
        CALENDAR.add_working_days(date(2026, 12, 25), 10)


def test_less_than_one_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.add_working_days(date(2026, 3, 2), 0)


def test_a_make_up_day_and_its_holiday_are_named() -> None:
    assert CALENDAR.name_of(date(2026, 2, 14)) == "Spring Festival"
    assert CALENDAR.name_of(date(2026, 3, 3)) is None


@given(DAYS)
def test_a_roll_lands_on_the_first_working_day(day: date) -> None:
    rolled = CALENDAR.next_working_day(day)
    assert rolled >= day
    assert CALENDAR.is_working_day(rolled)
    assert not any(CALENDAR.is_working_day(day + timedelta(days=i)) for i in range((rolled - day).days))


@given(DAYS, st.integers(1, 30))
def test_working_days_add_up(day: date, count: int) -> None:
    end, skipped = CALENDAR.count_working_days(day, count)
    assert (end - day).days == count + len(skipped)
    assert not any(map(CALENDAR.is_working_day, skipped))
    one = CALENDAR.add_working_days(day, 1)
    assert end == (one if count == 1 else CALENDAR.add_working_days(one, count - 1))
