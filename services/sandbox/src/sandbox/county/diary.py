"""A diary collects the acts of one case: days counted from the first day of the county, in the order of the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.county.people import Person
from sandbox.scenario import INSTANTS, Act, Expect, instant

SCENARIO = "county"
MORNING = INSTANTS[0]

COUNTY_CCI = "COUNTY_CCI@330203"
CITY_CCI = "CITY_CCI@3302"
POLICE = "psb-330203"
PROCURATORATE = "proc-330203"


def stamp(day: date, hour: int, minute: int = 0) -> str:
    """An instant of a day in Asia/Shanghai as the proto's JSON mapping writes it."""
    at = instant(day).replace(minute=minute) + timedelta(hours=hour - MORNING.hour)
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass
class Diary:
    """Acts of one case. Days are numbers from 0, the county's first day."""

    first_day: date
    case: str
    person: Person | None = None
    acts: list[tuple[datetime, int, Act]] = field(default_factory=list[tuple[datetime, int, Act]])

    def day(self, number: int) -> date:
        """The day of that number."""
        return self.first_day + timedelta(days=number)

    def iso(self, number: int) -> str:
        """The day of that number, ISO 8601."""
        return self.day(number).isoformat()

    @property
    def office(self) -> str:
        """Who does the daily work: the judicial office where one is entrusted, else the county."""
        return f"JO@{self.person.office}" if self.person and self.person.office else COUNTY_CCI

    def push(
        self, day: int, principal: str, message: str, fields: dict[str, Any], *, label: str = "", **more: Any
    ) -> None:
        """An agency sends a message on the morning of the day, unless `at` says otherwise."""
        self._add(day, "push", principal, message, fields, label, more)

    def call(self, day: int, target: str, principal: str = COUNTY_CCI, **more: Any) -> None:
        """Somebody calls the platform; `at`, `expect` and `note` are the act's, everything else its fields."""
        kept = {name: more.pop(name) for name in ("at", "expect", "note", "repeat") if name in more}
        self._add(day, "call", principal, target, more, "", kept)

    def finished(self) -> Sequence[Act]:
        """The acts in the order of the clock; those without a name are labelled by their number."""
        ordered = [act for _, _, act in sorted(self.acts, key=lambda a: a[:2])]
        return [_numbered(act, number) for number, act in enumerate(ordered, 1)]

    def _add(
        self,
        day: int,
        do: Any,
        principal: str,
        target: str,
        fields: dict[str, Any],
        label: str,
        more: dict[str, Any],
    ) -> None:
        expect = more.pop("expect", Expect())
        at = instant(self.day(day), more.pop("at", MORNING))
        if isinstance(expect, str):
            expect = Expect(expect)
        act = Act(
            SCENARIO, self.case, label, at, do, principal, target, fields, expect, invented=True, **more
        )
        self.acts.append((at, len(self.acts), act))


def _numbered(act: Act, number: int) -> Act:
    return act if act.label else replace(act, label=str(number))
