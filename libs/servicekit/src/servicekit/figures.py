"""What a count is asked for: a territory and a period, as of its last day and as known. 衔接配合意见 第十五条.

Counted is by kind of subject and by what happened, never by anything about a person's origin or belief.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from corrections.common.v1.common_pb2 import Figure, Moment
from eventcore.decider import Caller, Invalid, NotFound, day
from lawkit.counties import territories

from servicekit.lists import When

BY_ACT = "guitu-figures-v1"
"""The first form of reports: an event counted by the instant at which it occurred, whatever day it names itself."""
FORMAT = "guitu-figures-v2"
"""The newest form."""


class Asked(Protocol):
    """A request for figures."""

    @property
    def unit(self) -> str:
        """Territory."""
        ...

    @property
    def first_day(self) -> str:
        """First day of the period."""
        ...

    @property
    def format(self) -> str:
        """Form of the report that is counted for; empty: the newest."""
        ...

    @property
    def at(self) -> Moment:
        """Its last day, and how it was known."""
        ...


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included, in the places of execution whose code begins with `unit`."""

    unit: str
    first: date
    last: date
    when: When

    def arguments(self) -> dict[str, object]:
        """Parameters of a query that counts."""
        return {"unit": self.unit, "first": self.first, "last": self.last}


def period(request: Asked, caller: Caller) -> Period:
    """The period and territory that a request asks for. Invalid for no period, NotFound for a territory of others."""
    when = When.of(request.at)
    last = when.as_of
    if last is None:
        raise Invalid("at.as_of", "is empty, want the last day of the period")
    if request.format not in ("", BY_ACT, FORMAT):
        raise Invalid("format", f"got {request.format!r}, want {BY_ACT} or {FORMAT}")
    when = replace(when, by_act=request.format == BY_ACT)
    first = day("first_day", request.first_day)
    if first > last:
        raise Invalid("first_day", f"got {first}, want no day after {last}")
    return Period(territory(request.unit, caller), first, last, when)


def with_zeros(counted: Sequence[Figure], names: Iterable[str]) -> list[Figure]:
    """What was counted, and 0 for each name of which there was none: none is told from not counted."""
    found = {figure.name for figure in counted}
    return [*counted, *(Figure(name=name) for name in names if name not in found)]


def territory(unit: str, caller: Caller) -> str:
    """The territory asked for, the caller's own where none is; Invalid for what is no unit, NotFound for one outside it."""
    if caller.of_the_platform:  # among services: as it was issued
        return unit
    if unit and not re.fullmatch("[0-9]{2}|[0-9]{4}|[0-9]{6}", unit):
        raise Invalid("unit", f"got {unit!r}, want 2, 4 or 6 digits (province, city or county, GB/T 2260)")
    found = unit or caller.county
    if found and found not in territories():  # an empty county has figures of 0, no county has none
        raise Invalid(
            "unit", f"got {found!r}, want a province, city or county of GB/T 2260: no county has this code"
        )
    if not caller.county or not found.startswith(caller.county):
        raise NotFound
    return found
