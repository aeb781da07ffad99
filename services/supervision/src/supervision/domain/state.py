"""What a case's supervision is, folded from its events: dated facts only, so that it can be asked as of any day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar

from corrections.common.v1.common_pb2 import SealTo
from corrections.common.v1.facts_pb2 import Penalty, SubjectKind
from corrections.supervision.v1 import events_pb2 as ev
from eventcore.decider import Invalid, Refused
from lawkit.counting import day_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Leave:
    """One leave: first and last day away, and what came of it, each with its day."""

    destination: str
    reason: ev.LeaveReason
    first: date
    last: date
    approved: date | None = None
    denied: date | None = None
    returned: date | None = None
    overdue: date | None = None
    absconded: date | None = None


@dataclass(frozen=True, slots=True)
class Travel:
    """One permission of recurring trips."""

    destinations: tuple[str, ...]
    approved: date | None = None
    denied: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a search."""

    at: datetime
    method: ev.SearchMethod


@dataclass(frozen=True, slots=True)
class Search:
    """One search. `lost` is false while it rests only on a missed reporting-in (漏管)."""

    since: datetime
    lost: bool
    steps: tuple[Step, ...] = ()
    police: date | None = None
    absconded: date | None = None
    ended: date | None = None

    @property
    def began(self) -> date:
        """Day in Asia/Shanghai since which the person is out of contact."""
        return day_of(self.since)


@dataclass(frozen=True, slots=True)
class Departure:
    """Having left the city or county without approval (擅自外出): the moment of leaving, and what came of it."""

    since: datetime
    absconded: date | None = None
    ended: date | None = None

    @property
    def began(self) -> date:
        """Day in Asia/Shanghai since which the person is away."""
        return day_of(self.since)


@dataclass(frozen=True, slots=True)
class Sanction:
    """An admonition or a warning. `used`: an admonition that has already led to a warning."""

    day: date
    ground: str
    used: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal to a court and the day of the ruling that answered it."""

    day: date
    ground: str
    answered: date | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """A correction opinion of the procuratorate."""

    noted: date
    answered: date | None = None


@dataclass(frozen=True, slots=True)
class Supervision:
    """A case under supervision. `closed`: last day of a served term, else the day of the end."""

    kind: SubjectKind = SubjectKind.SUBJECT_KIND_UNSPECIFIED
    county: str = ""
    office: str = ""
    penalty: Penalty = Penalty.PENALTY_UNSPECIFIED
    # months of the principal penalty; None where it has no length in whole months
    sentence: int | None = None
    # digits of the unit of the organ that decided: a court of a county, a city, a province; empty when not known
    organ_unit: str = ""
    decided: date | None = None
    minor: bool = False
    injunction: bool = False
    seal_to: SealTo | None = None
    opened: date | None = None
    start: date | None = None
    end: date | None = None
    closed: date | None = None
    missed: date | None = None
    reported: date | None = None
    days_late: int = 0
    reports: tuple[tuple[datetime, ev.ReportMethod], ...] = ()
    leaves: Mapping[str, Leave] = field(default_factory=lambda: MappingProxyType[str, Leave]({}))
    travels: Mapping[str, Travel] = field(default_factory=lambda: MappingProxyType[str, Travel]({}))
    searches: tuple[Search, ...] = ()
    departures: tuple[Departure, ...] = ()
    admonitions: tuple[Sanction, ...] = ()
    warnings: tuple[Sanction, ...] = ()
    revocations: tuple[Proposal, ...] = ()
    reductions: tuple[Proposal, ...] = ()
    applied: frozenset[str] = field(default_factory=frozenset[str])
    opinions: Mapping[str, Opinion] = field(default_factory=lambda: MappingProxyType[str, Opinion]({}))

    @property
    def kind_id(self) -> str:
        """Kind of subject as lawkit names it."""
        return SubjectKind.Name(self.kind).removeprefix("SUBJECT_KIND_")

    @property
    def search(self) -> Search | None:
        """The search that is open."""
        last = self.searches[-1] if self.searches else None
        return None if last is None or last.ended else last

    @property
    def departure(self) -> Departure | None:
        """The unapproved departure from which the person is not back."""
        last = self.departures[-1] if self.departures else None
        return None if last is None or last.ended else last

    @property
    def overdue(self) -> tuple[str, Leave] | None:
        """The leave whose time is over without a return."""
        return next(((i, v) for i, v in self.leaves.items() if v.overdue and not v.returned), None)

    def absences(self, until: date) -> Iterator[tuple[date, date]]:
        """Each time late or out of supervision: its documented start, and its end or the day asked about."""
        if self.missed and not self.reported:
            yield self.missed, until
        if self.reported and self.missed:
            yield self.missed, self.reported
        for search in self.searches:
            if search.lost:
                yield search.began, search.ended or until
        for away in self.departures:
            yield away.began, away.ended or until
        for leave in self.leaves.values():
            if leave.approved and (leave.overdue or leave.returned):
                yield leave.last, leave.returned or until


def not_before_decision(case: Supervision, day: date, field: str) -> None:
    """The day that the field names is none before the decision: no fact of the case is older. Invalid."""
    if case.decided is not None and day < case.decided:
        raise Invalid(field, f"got {day}, want no day before the decision of {case.decided}")


def must_run(case: Supervision, day: date) -> None:
    """Supervision runs on the day of the act. Refused SUPERVISION_HAS_ENDED, Invalid. 社区矫正法 第四十四条."""
    not_before_decision(case, day, "occurred_at")
    if case.closed is not None:
        raise Refused("SUPERVISION_HAS_ENDED", rule="release.conditions", ended=case.closed.isoformat())
    if case.end is not None and day > case.end:
        raise Refused("SUPERVISION_HAS_ENDED", rule="release.conditions", ended=case.end.isoformat())


def with_one(known: Mapping[str, T], key: str, value: T) -> Mapping[str, T]:
    """The mapping with this entry."""
    return MappingProxyType({**known, key: value})


def with_search(case: Supervision, search: Search) -> Supervision:
    """The case whose open search is now this."""
    return replace(case, searches=(*case.searches[:-1], search))


def with_departure(case: Supervision, departure: Departure) -> Supervision:
    """The case whose open departure is now this."""
    return replace(case, departures=(*case.departures[:-1], departure))


def answered(proposals: tuple[Proposal, ...], day: date) -> tuple[Proposal, ...]:
    """The proposals, the open one of which a ruling of the day has answered."""
    return tuple(p if p.answered else replace(p, answered=day) for p in proposals)
