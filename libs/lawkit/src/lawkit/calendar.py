"""Working days as the State Council arranges them, year by year. 社区矫正法实施办法 第十四条.

The file lists the days that differ from Monday to Friday. A year that is not in it is never guessed:
every question about it raises CalendarMissing (rule counting.working-day, set.counting.missing-calendar).
Where that setting asks for it, the statutory days of a coming year stand in, and every answer that touches such
a year is marked provisional. So is one that touches the days of a known year next to a year that is still to come: its
notice may arrange them too. A year is imported whole by with_years, from its notice.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from lawkit import _read as read
from lawkit.errors import CalendarMissing, WrongData

_SATURDAY = 5  # not the law's: date.weekday()
_DAYS_PER_WEEK = 7  # not the law's: the week
_ONE_DAY = timedelta(days=1)
# How far a year's notice reaches into the years beside it: one that speaks of a day further away than a fortnight
# speaks of another year by mistake. Since 2004 they moved days from 29 December on.
ADJOINING = timedelta(days=14)  # not the law's: a bound on mistakes
# in the version: up to which year the statutory days stand in
_STATUTORY = "~"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The imported years. Off days and make-up days carry the holiday's name.

    provisional: years of which only the statutory days are known; their answers are marked, not final.
    """

    years: frozenset[int]
    off: Mapping[date, str]
    make_up: Mapping[date, str]
    version: str
    provisional: frozenset[int] = frozenset()

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

    def with_years(self, raw: bytes) -> "Calendar":
        """This calendar with the years of the file in place of its own ones, provisional ones included.

        Raises WrongData when a year does not add up. The version follows from the content alone.
        """
        new = Calendar.from_json(raw)
        off = {day: name for day, name in self.off.items() if day.year not in new.years}
        make_up = {day: name for day, name in self.make_up.items() if day.year not in new.years}
        off.update(new.off)
        make_up.update(new.make_up)
        years = self.years | new.years
        return Calendar(years, off, make_up, version_of(years, off, make_up), self.provisional - new.years)

    def with_statutory_days(self, raw: bytes) -> "Calendar":
        """This calendar where the file's statutory days stand in, provisionally, for years that are missing.

        Raises WrongData when a day lies in another year.
        """
        off, added = dict(self.off), set[int]()
        years = read.record(read.record(json.loads(raw), "statutory days").get("years"), "years")
        for year_text, listed in years.items():
            if int(year_text) in self.years - self.provisional:
                continue
            added.add(int(year_text))
            for value in read.items(listed, year_text):
                day = read.day(value, year_text)
                if day.year != int(year_text):
                    raise WrongData(f"statutory days {year_text}", str(day), f"a day of {year_text}")
                off[day] = "statutory"
        provisional = self.provisional | added
        version = f"{self._arranged}{_STATUTORY}{max(provisional)}" if provisional else self.version
        return replace(self, years=self.years | added, off=off, provisional=provisional, version=version)

    def without_provisional_years(self) -> "Calendar":
        """This calendar as far as the State Council has arranged it."""
        off = {day: name for day, name in self.off.items() if day.year not in self.provisional}
        years = self.years - self.provisional
        return replace(self, years=years, off=off, provisional=frozenset(), version=self._arranged)

    @property
    def _arranged(self) -> str:
        return self.version.partition(_STATUTORY)[0]

    def first_awaited(self, first: date, last: date) -> int | None:
        """The first year whose notice, still to come, may change a day between the days, both included.

        Years before the first imported one are over: nothing comes for them.
        """
        for year in range((first - ADJOINING).year, (last + ADJOINING).year + 1):
            if (year not in self.years or year in self.provisional) and year > min(self.years):
                return year
        return None

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
        weeks, rest = divmod((after - first).days, _DAYS_PER_WEEK)
        begins = first.weekday()
        weekdays = weeks * _SATURDAY + sum((begins + i) % _DAYS_PER_WEEK < _SATURDAY for i in range(rest))
        closed = sum(d.year == year and d.weekday() < _SATURDAY for d in self.off)
        opened = sum(d.year == year and d.weekday() >= _SATURDAY for d in self.make_up)
        return weekdays - closed + opened

    @property
    def span(self) -> str:
        """First and last imported year, for messages."""
        return f"{min(self.years)} to {max(self.years)}"


def version_of(years: Iterable[int], off: Mapping[date, str], make_up: Mapping[date, str]) -> str:
    """The version of a calendar with this content: its span and the start of its digest."""
    listed = sorted(years)
    lines = sorted(
        f"{day} {kind} {name}"
        for kind, days in (("off", off), ("work", make_up))
        for day, name in days.items()
    )
    digest = sha256("\n".join((*map(str, listed), *lines)).encode()).hexdigest()
    return f"{listed[0]}-{listed[-1]}+{digest[:12]}"
