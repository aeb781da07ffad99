"""Working days as the State Council arranges them, year by year. 社区矫正法实施办法 第十四条.

The file lists the days that differ from Monday to Friday. A year that is not in it is never guessed:
every question about it raises CalendarMissing (rule counting.working-day, set.counting.missing-calendar).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from lawkit import _read as read
from lawkit.errors import CalendarMissing, WrongData

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The imported years. Off days and make-up days carry the holiday's name."""

    years: frozenset[int]
    off: Mapping[date, str]
    make_up: Mapping[date, str]
    version: str

    @classmethod
    def from_json(cls, raw: bytes) -> "Calendar":
        """A calendar whose every year has as many working days as the file says.

        Raises WrongData when a year does not add up or a day lies in another year.
        """
        off: dict[date, str] = {}
        make_up: dict[date, str] = {}
        want: dict[int, int | None] = {}
        file = read.record(json.loads(raw), "calendar")
        for year_text, body in read.record(file.get("years"), "years").items():
            year, fields = int(year_text), read.record(body, year_text)
            want[year] = read.whole_or_none(fields.get("workdays_in_year"), year_text)
            for item in read.items(fields.get("exceptions"), year_text):
                entry = read.record(item, year_text)
                day = read.day(entry.get("date"), year_text)
                if day.year != year:
                    raise WrongData(f"calendar {year}", str(day), f"a day of {year}")
                into = off if entry.get("kind") == "off" else make_up
                into[day] = read.text(entry.get("name"), year_text)
        version = f"{min(want)}-{max(want)}+{sha256(raw).hexdigest()[:12]}"
        calendar = cls(frozenset(want), off, make_up, version)
        for year, count in want.items():
            got = calendar.working_days_of(year)
            if got != count:
                raise WrongData(f"calendar {year}", f"{got} working days", f"{count}")
        return calendar

    def is_working_day(self, day: date) -> bool:
        """Whether offices work that day. Raises CalendarMissing."""
        if day.year not in self.years:
            raise CalendarMissing(day.year, self.span)
        if day.weekday() < _SATURDAY:
            return day not in self.off
        return day in self.make_up

    def next_working_day(self, day: date) -> date:
        """The day itself when it is a working day, else the first one after it. Raises CalendarMissing."""
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after the day, which itself does not count (count >= 1).

        Raises CalendarMissing as soon as the counting enters a year without data.
        """
        return self.count_working_days(day, count)[0]

    def count_working_days(self, day: date, count: int) -> tuple[date, tuple[date, ...]]:
        """As add_working_days, with the rest days that were passed over."""
        if count < 1:
            raise ValueError(f"got {count}, want at least 1 working day")
        skipped: list[date] = []
        while count:
            day += _ONE_DAY
            if self.is_working_day(day):
                count -= 1
            else:
                skipped.append(day)
        return day, tuple(skipped)

    def name_of(self, day: date) -> str | None:
        """The holiday that makes the day differ from Monday to Friday, if one does."""
        return self.off.get(day) or self.make_up.get(day)

    def working_days_of(self, year: int) -> int:
        """How many working days the year has. Raises CalendarMissing."""
        if year not in self.years:
            raise CalendarMissing(year, self.span)
        first, after = date(year, 1, 1), date(year + 1, 1, 1)
        weeks, rest = divmod((after - first).days, 7)
        weekdays = weeks * _SATURDAY + sum((first.weekday() + i) % 7 < _SATURDAY for i in range(rest))
        closed = sum(d.year == year and d.weekday() < _SATURDAY for d in self.off)
        opened = sum(d.year == year and d.weekday() >= _SATURDAY for d in self.make_up)
        return weekdays - closed + opened

    @property
    def span(self) -> str:
        """First and last imported year, for messages."""
        return f"{min(self.years)} to {max(self.years)}"
