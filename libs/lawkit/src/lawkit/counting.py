"""Counting time. 刑事诉讼法 第一百零五条; 最高法刑诉解释 第二百零二条; 社区矫正法实施办法 第五十八条.

Each counting profile of rules.yaml is one function here. Days are dates in Asia/Shanghai; a day ends at
24:00 there. Only P-DAY and P-MONTH roll over rest days (set.counting.holiday-roll); both dates are kept,
because the alarm rings on the nominal day and the breach begins after the extended one.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone

from lawkit.calendar import Calendar
from lawkit.errors import CalendarMissing, NotAPeriod

# UTC+8 without summer time since 1991-09-15, long before the first day of any calendar or rule here;
# a fixed offset needs no time zone database on the machine
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # not the law's: the zone
MONTHS_PER_YEAR = 12  # not the law's: the calendar
_ONE_DAY = timedelta(days=1)
# the resolution of PostgreSQL's timestamptz and of datetime
_FIRST_INSTANT_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A length to be counted: so many units, by this profile."""

    rule_id: str
    profile: str
    count: int
    unit: str
    roll: bool
    window: bool = False
    setting_id: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Until when something is due, and how that day was found.

    nominal: the last day by plain counting (backward periods: the latest day; window: its first day).
    extended: the last day after rolling over rest days, the day after which the duty is broken; None when
    missing_year has no calendar yet, then it must be asked again once the year is imported.
    skipped: rest days that were passed over. instant: the exact end, for hours only.
    window_last: the last day of a window before an end. provisional_year: the notice of that
    year is still to come and may change the answer, which must be asked again once the year is imported.
    """

    rule_id: str
    start: date
    nominal: date
    extended: date | None
    missing_year: int | None = None
    skipped: tuple[date, ...] = ()
    instant: datetime | None = None
    window_last: date | None = None
    setting_id: str | None = None
    provisional_year: int | None = None

    @property
    def final(self) -> bool:
        """Whether no year that is still to be imported can change the answer."""
        return self.missing_year is None and self.provisional_year is None

    @property
    def alarm_at(self) -> datetime:
        """The instant (UTC) at which the nominal period is over."""
        return self.instant or end_of_day(self.nominal)

    @property
    def breach_at(self) -> datetime | None:
        """The instant (UTC) at which the time is up; None while the calendar of that year is missing."""
        if self.instant is not None:
            return self.instant
        return None if self.extended is None else end_of_day(self.extended)

    @property
    def wake_at(self) -> datetime | None:
        """The first instant at which overdue() is true: when a clock should ring. None as for breach_at."""
        # 24:00 ends a day, but hours are over only after their last instant (超过 excludes it)
        return self.breach_at if self.instant is None else self.instant + _FIRST_INSTANT_AFTER

    def last_day_within(self, end: date) -> date:
        """The nominal last day, but not after the end of the term."""
        return min(self.nominal, end)

    def overdue(self, now: datetime) -> bool:
        """Whether the duty is broken at that instant. Raises CalendarMissing when nobody can know yet."""
        if now < self.alarm_at:
            return False
        if self.wake_at is None:
            raise CalendarMissing(self.missing_year or self.nominal.year, "imported years")
        return now >= self.wake_at


def end_of_day(day: date) -> datetime:
    """24:00 of the day in Asia/Shanghai as an aware UTC instant."""
    return datetime.combine(day + _ONE_DAY, time.min, SHANGHAI).astimezone(UTC)


def day_of(instant: datetime) -> date:
    """The day in Asia/Shanghai on which the aware instant falls."""
    if instant.tzinfo is None:
        raise ValueError(f"got the naive instant {instant}, want one with a time zone")
    return instant.astimezone(SHANGHAI).date()


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier, when negative); rule counting.month-period.

    From the last day of a month to the last day of a month; where the day does not exist, the last day.
    """
    year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + months, MONTHS_PER_YEAR)
    last = monthrange(year, month + 1)[1]
    from_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if from_last else min(day.day, last))


def add_years(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 28 where it does not exist.

    Years have no clause for the last day of a month; rule counting.term-years.
    """
    last = monthrange(day.year + years, day.month)[1]
    return date(day.year + years, day.month, min(day.day, last))


def span(first: date, last: date) -> tuple[int, int, int]:
    """Whole years, months and days from the first day to the last, the first not counted."""
    months = (last.year - first.year) * MONTHS_PER_YEAR + last.month - first.month
    if add_months(first, months) > last:
        months -= 1
    years, rest = divmod(months, MONTHS_PER_YEAR)
    return years, rest, (last - add_months(first, months)).days


def count(period: Period, start: date | datetime, calendar: Calendar) -> Due:
    """The end of the period counted from the start.

    Hours need an aware instant; everything else takes the day in Asia/Shanghai. Raises CalendarMissing for
    working days in a year without data, NotAPeriod for a profile that counts nothing.
    """
    if period.profile == "P-HOUR":
        return _hours(period, start)
    first = day_of(start) if isinstance(start, datetime) else start
    counter = _COUNTERS.get(period.profile)
    if counter is None:
        raise NotAPeriod(period.rule_id, f"the profile {period.profile}")
    return counter(period, first, calendar)


def _hours(period: Period, start: date | datetime) -> Due:
    if not isinstance(start, datetime):
        raise NotAPeriod(period.rule_id, f"the day {start} as start of hours")
    end = (start + timedelta(hours=period.count)).astimezone(UTC)
    last = day_of(end)
    return Due(period.rule_id, day_of(start), last, last, instant=end, setting_id=period.setting_id)


def _forward(period: Period, start: date, calendar: Calendar) -> Due:
    nominal = _add(period, start)
    if not period.roll:
        return Due(period.rule_id, start, nominal, nominal, setting_id=period.setting_id)
    skipped: list[date] = []
    day = nominal
    try:
        while not calendar.is_working_day(day):
            skipped.append(day)
            day += _ONE_DAY
    except CalendarMissing as missing:
        rest = tuple(skipped)
        return Due(period.rule_id, start, nominal, None, missing.year, rest, setting_id=period.setting_id)
    due = Due(period.rule_id, start, nominal, day, None, tuple(skipped), setting_id=period.setting_id)
    return _marked(due, nominal, day, calendar)


def _marked(due: Due, first: date, last: date, calendar: Calendar) -> Due:
    year = calendar.first_awaited(first, last)
    return due if year is None else replace(due, provisional_year=year)


def _add(period: Period, start: date) -> date:
    if period.unit == "month":
        return add_months(start, period.count)
    return start + timedelta(days=period.count)


def _working_days(period: Period, start: date, calendar: Calendar) -> Due:
    day, skipped = calendar.count_working_days(start, period.count)
    due = Due(period.rule_id, start, day, day, None, skipped, setting_id=period.setting_id)
    return _marked(due, start + _ONE_DAY, day, calendar)


def _backward(period: Period, end: date, _: Calendar) -> Due:
    by_month = period.unit == "month"
    day = add_months(end, -period.count) if by_month else end - timedelta(days=period.count)
    return Due(period.rule_id, end, day, day, window_last=end if period.window else None)


def _inclusive(period: Period, start: date, _: Calendar) -> Due:
    day = _add(period, start) - _ONE_DAY
    return Due(period.rule_id, start, day, day)


def _term(period: Period, start: date, _: Calendar) -> Due:
    # "years are written as months" in rules.yaml; whole years follow the clause for years
    years, months = divmod(period.count, MONTHS_PER_YEAR)
    day = add_months(add_years(start, years), months) - _ONE_DAY
    return Due(period.rule_id, start, day, day)


def _age(period: Period, birth: date, _: Calendar) -> Due:
    # set.age.birthday: full years are reached on the day after the birthday
    day = add_years(birth, period.count) + _ONE_DAY
    return Due(period.rule_id, birth, day, day)


_COUNTERS: dict[str, Callable[[Period, date, Calendar], Due]] = {
    "P-DAY": _forward,
    "P-DAY-STRICT": _forward,
    "P-MONTH": _forward,
    "P-MONTH-STRICT": _forward,
    "P-INTERVAL": _forward,
    "P-LATE": _forward,
    "P-WD": _working_days,
    "P-BACK-DAY": _backward,
    "P-BACK-MONTH": _backward,
    "P-LEAVE": _inclusive,
    "P-DEVICE": _inclusive,
    "P-PERMIT": _inclusive,
    "P-TERM": _term,
    "P-AGE": _age,
}
