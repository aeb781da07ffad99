"""A year of working days as its notice of the State Council arranges it. 社区矫正法实施办法 第十四条.

Rule counting.working-day. The notice of a year may arrange days of the year before or after it (the last days of December
that belong to New Year). Where two notices speak of one day, that of the later year holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lawkit.calendar import ADJOINING, Calendar, version_of
from lawkit.errors import LawError

_SATURDAY = 5  # not the law's: date.weekday()


class WrongArrangement(LawError):
    """A year's notice cannot be read so; `place` counts its days from 0 and `field` names what is wrong there."""

    def __init__(self, place: int, field: str, got: str, want: str) -> None:
        super().__init__(f"got {got}, want {want}")
        self.place = place
        self.field = field


@dataclass(frozen=True, slots=True)
class ArrangedDay:
    """A day that differs from Monday to Friday: off, or worked in place of rest; with the holiday's name."""

    on: date
    work: bool
    name: str


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the notice of a year says."""

    year: int
    days: tuple[ArrangedDay, ...]

    @classmethod
    def of(cls, year: int, days: Sequence[ArrangedDay]) -> "Arrangement":
        """The days in order. Raises WrongArrangement for a day of another year, one given twice, work on a working day."""
        first, last = date(year, 1, 1) - ADJOINING, date(year + 1, 1, 1) - timedelta(days=1) + ADJOINING
        seen: set[date] = set()
        for place, day in enumerate(days):
            if not first <= day.on <= last:
                raise WrongArrangement(place, "on", f"{day.on}", f"a day of {year} or next to it")
            if day.on in seen:
                raise WrongArrangement(place, "on", f"{day.on} twice", "each day once")
            if day.work and day.on.weekday() < _SATURDAY:
                raise WrongArrangement(place, "work", f"work on {day.on}, no weekend", "a Saturday or Sunday")
            seen.add(day.on)
        if not any(day.on.year == year for day in days):
            raise WrongArrangement(0, "on", f"no day of {year}", "the holidays of that year")
        return cls(year, tuple(sorted(days, key=lambda day: day.on)))


def arranged(calendar: Calendar, arrangements: Iterable[Arrangement]) -> Calendar:
    """The calendar with these years in place of its own ones; the same one when there are none.

    The version follows from the content alone, whatever the order in which the years came.
    """
    found = sorted(arrangements, key=lambda one: one.year)
    if not found:
        return calendar
    replaced = {one.year for one in found}
    off = _without(calendar.off, replaced)
    make_up = _without(calendar.make_up, replaced)
    for day in (day for one in found for day in one.days):
        off.pop(day.on, None)
        make_up.pop(day.on, None)
        (make_up if day.work else off)[day.on] = day.name
    years = calendar.years | replaced
    return Calendar(years, off, make_up, version_of(years, off, make_up), calendar.provisional - replaced)


def _without(days: Mapping[date, str], years: set[int]) -> dict[date, str]:
    return {day: name for day, name in days.items() if day.year not in years}
