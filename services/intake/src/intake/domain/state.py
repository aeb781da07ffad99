"""What a case is, folded from its events: dated facts only, so that it can be asked as of any day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from contracts.words import word_of
from corrections.common.v1.common_pb2 import Sealed, SealTo
from corrections.common.v1.facts_pb2 import Penalty, Period, Sex, SubjectKind
from corrections.intake.v1 import events_pb2 as ev
from eventcore.decider import Invalid, Refused
from lawkit.counting import MONTHS_PER_YEAR
from lawkit.terms import Length, Punishment, punishment_of

_NOTHING = Length()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a case is: each step with its day. `released` is the last day of the term."""

    opened: date | None = None
    missed: date | None = None
    reported: date | None = None
    declared: date | None = None
    planned: date | None = None
    prepared: date | None = None
    released: date | None = None
    terminated: date | None = None

    def state_on(self, day: date) -> str:
        """State at the end of a day, as in the rule catalogue; a term holds through its last day."""
        if self.terminated is not None and self.terminated <= day:
            return "TERMINATED"
        if self.released is not None and self.released < day:
            return "RELEASED"
        steps = {  # not the law's: the latest of the case's own steps
            "PRE_RELEASE": self.prepared,
            "SUPERVISED": self.planned,
            "DECLARED": self.declared,
            "RECEIVED": self.reported,
            "MISSED_INTAKE": self.missed,
        }
        return next((name for name, on in steps.items() if on is not None and on <= day), "AWAITING_REPORT")


@dataclass(frozen=True, slots=True)
class LastDay:
    """Last day of the term, as it was fixed on a day."""

    since: date
    end: date


@dataclass(frozen=True, slots=True)
class Case:
    """A case in intake."""

    person_id: str = ""
    exchange_id: str = ""
    defendant_number: int = 0
    kind: SubjectKind = SubjectKind.SUBJECT_KIND_UNSPECIFIED
    organ_code: str = ""
    decided: date | None = None
    effective: date | None = None
    penalty: Penalty = Penalty.PENALTY_UNSPECIFIED
    sentence: Length | None = None
    probation: Length | None = None
    county: str = ""
    office: str = ""
    sex: Sex = Sex.SEX_UNSPECIFIED
    minor: bool = False
    progress: Progress = Progress()
    start: date | None = None
    computed_end: date | None = None
    last_days: tuple[LastDay, ...] = ()
    reduced: Length = _NOTHING
    temporary_until: date | None = None
    report_rule: str = ""
    report_nominal: date | None = None
    report_due: date | None = None
    report_provisional: date | None = None
    group: tuple[ev.GroupMember, ...] = ()
    certified: date | None = None
    person_known: bool = False
    seal_to: SealTo | None = None
    applied: frozenset[str] = field(default_factory=frozenset[str])
    ground: ev.TerminationGround = ev.TerminationGround.TERMINATION_GROUND_UNSPECIFIED

    @property
    def end(self) -> date | None:
        """Last day of the term as it is fixed now."""
        return self.last_days[-1].end if self.last_days else None

    def end_on(self, day: date) -> date | None:
        """Last day of the term as it was fixed on a day."""
        fixed = [last.end for last in self.last_days if last.since <= day]
        return fixed[-1] if fixed else (self.last_days[0].end if self.last_days else None)

    @property
    def kind_id(self) -> str:
        """Kind of subject as lawkit names it."""
        return kind_id(self.kind)


class Stated(NamedTuple):
    """A field of a person's identity as the newest event states it; only who holds the key can read it."""

    event: type[ev.PersonRegistered | ev.PersonNoted]
    sealed: Sealed


class Kept(NamedTuple):
    """One case of a person: the last day of corrections, None while they run, and the key that its texts are sealed to."""

    ended: date | None = None
    key_id: bytes = b""


class Proposed(NamedTuple):
    """What an officer proposed: the last day of the keeping period, why (sealed), and who."""

    kept_until: date
    reason: Sealed
    by: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person's sealed identity, by field; only the names of the fields are facts here. cases: as far as observed."""

    identity: Mapping[str, Stated] = field(default_factory=lambda: MappingProxyType({}))
    cases: Mapping[str, Kept] = field(default_factory=lambda: MappingProxyType({}))
    proposed: Proposed | None = None
    approved_by: str = ""
    erased_at: datetime | None = None


def kind_id(kind: SubjectKind) -> str:
    """Kind of subject as lawkit names it; empty for none."""
    return word_of(SubjectKind, kind)


def punished(penalty: Penalty) -> Punishment | None:
    """The sentence that ends on a day; what custody counts for and how far it can be shortened follows from it."""
    return punishment_of(word_of(Penalty, penalty))


def length_of(period: Period) -> Length | None:
    """The period as years, months and days; None when it is empty."""
    if not period.months and not period.days:
        return None
    years, months = divmod(period.months, MONTHS_PER_YEAR)
    return Length(years, months, period.days)


def must_run(case: Case, day: date, field: str = "occurred_at") -> None:
    """Corrections run on the day that the field names.

    Refused CASE_ENDED when they have ended before it; Invalid for a day before the decision: no fact is older.
    """
    if case.decided is not None and day < case.decided:
        raise Invalid(field, f"got {day}, want no day before the decision of {case.decided}")
    ended = case.progress.terminated
    if ended is not None:
        raise Refused("CASE_ENDED", rule="termination.grounds", ended=ended.isoformat())
    if case.progress.released is not None or (case.end is not None and day > case.end):
        end = case.progress.released or case.end
        raise Refused("CASE_ENDED", rule="release.conditions", ended=end.isoformat() if end else "")


def must_be_received(case: Case) -> None:
    """The person has reported in; Refused NOT_RECEIVED."""
    if case.progress.reported is None:
        raise Refused("NOT_RECEIVED", rule="intake.receive")


def with_progress(case: Case, **steps: date | None) -> Case:
    """The case with these steps of its progress."""
    return replace(case, progress=replace(case.progress, **steps))
