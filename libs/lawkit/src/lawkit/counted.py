"""The days of a period one by one: the excluded first day, each counted and each skipped one with its name.

A rest day on which the period ends is counted and then rolled over, so it has a number and is skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from lawkit.calendar import Calendar
from lawkit.counting import Due, Period

State = Literal["start", "counted", "skipped", "extended"]

LONGEST_LIST = 62  # not the law's: days named one by one; a longer period shows its skipped days only
_ONE_DAY = timedelta(days=1)
_WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_HOLIDAYS_ZH = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
    "statutory": "法定节假日",
}
_INCLUSIVE = frozenset({"P-LEAVE", "P-DEVICE", "P-PERMIT", "P-TERM"})
_BACKWARD = frozenset({"P-BACK-DAY", "P-BACK-MONTH"})
# no day is counted: an exact moment, and full years
_DAYLESS = frozenset({"P-HOUR", "P-AGE"})


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the counting. number: its place in the period, from 1; None for a day that does not count.

    why: the holiday, or the weekend day that it is, in Chinese; for a working day made up, the holiday it is for.
    """

    day: date
    state: State
    number: int | None
    why: str
    holiday: str | None = None


def weekday_zh(day: date) -> str:
    """The day of the week, for example 周六."""
    return _WEEKDAYS_ZH[day.weekday()]


def holiday_zh(calendar: Calendar, day: date) -> str | None:
    """The holiday's Chinese name that makes the day differ from Monday to Friday, if one does."""
    name = calendar.name_of(day)
    return None if name is None else _HOLIDAYS_ZH.get(name, name)


def inclusive(period: Period) -> bool:
    """Whether the starting day itself is counted."""
    return period.profile in _INCLUSIVE


def backward(period: Period) -> bool:
    """Whether the period is counted back from its end."""
    return period.profile in _BACKWARD


def total(period: Period, due: Due) -> int | None:
    """How many days were counted; None where hours or years were."""
    if period.profile in _DAYLESS:
        return None
    if period.profile == "P-WD":
        return period.count
    return abs((due.nominal - due.start).days) + inclusive(period)


def days(period: Period, due: Due, calendar: Calendar) -> tuple[Day, ...]:
    """Every day in the order of counting; of a long period those that were skipped, of hours and ages none."""
    if period.profile in _DAYLESS:
        return ()
    if backward(period):
        return _back(due, calendar)
    last = due.extended or max((due.nominal, *due.skipped))
    if (last - due.start).days > LONGEST_LIST:
        return tuple(Day(day, "skipped", None, *_named(day, "skipped", calendar)) for day in due.skipped)
    skipped = frozenset(due.skipped)
    found: list[Day] = []
    day, number = due.start, 0
    while day <= last:
        counts = (day > due.start or inclusive(period)) and day <= due.nominal
        counts = counts and (day == due.nominal or day not in skipped)
        number += counts
        state: State = "counted" if counts else "start"
        if day in skipped:
            state = "skipped"
        elif day > due.nominal:
            state = "extended"
        found.append(Day(day, state, number if counts else None, *_named(day, state, calendar)))
        day += _ONE_DAY
    return tuple(found)


def _back(due: Due, calendar: Calendar) -> tuple[Day, ...]:
    length = (due.start - due.nominal).days
    if length > LONGEST_LIST:
        return ()
    found = [Day(due.start, "start", None, *_named(due.start, "start", calendar))]
    for number in range(1, length + 1):
        day = due.start - number * _ONE_DAY
        found.append(Day(day, "counted", number, *_named(day, "counted", calendar)))
    return tuple(found)


def _named(day: date, state: State, calendar: Calendar) -> tuple[str, str | None]:
    holiday = holiday_zh(calendar, day)
    if state == "start":
        return "开始之日不计算在内", holiday
    if state == "extended":
        return "节假日后的第一个工作日", holiday
    if state == "skipped":
        return holiday or weekday_zh(day), holiday
    return (f"{holiday}调休上班" if day in calendar.make_up else ""), holiday
