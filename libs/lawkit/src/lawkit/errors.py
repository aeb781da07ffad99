"""What lawkit raises. Each message gives what was got and what was wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


class LawError(Exception):
    """Base of everything that lawkit raises on purpose."""


class UnknownRule(LawError):
    """No record of the catalogue has this id."""

    def __init__(self, got: str, want: str) -> None:
        super().__init__(f"got id {got!r}, want an id among the {want} of rules.yaml")
        self.got = got


class NotInForce(LawError):
    """The rule exists, but not for a fact of this day."""

    def __init__(self, rule_id: str, got: date, want: str) -> None:
        super().__init__(f"{rule_id}: got a fact of {got}, want a day in {want}")
        self.rule_id = rule_id
        self.got = got


class NoNumber(LawError):
    """The rule carries no such number."""

    def __init__(self, rule_id: str, got: str, want: str) -> None:
        super().__init__(f"{rule_id}: got key {got!r}, want one of {want}")
        self.rule_id = rule_id


class NotAPeriod(LawError):
    """The rule sets no period that could be counted from a day."""

    def __init__(self, rule_id: str, got: str) -> None:
        super().__init__(f"{rule_id}: got {got}, want a rule with a duration and a counting profile")
        self.rule_id = rule_id


class CalendarMissing(LawError):
    """The State Council's arrangement of this year has not been imported, so nothing is guessed."""

    def __init__(self, year: int, want: str) -> None:
        super().__init__(f"got a day of {year}, want a year of the working-day calendar ({want})")
        self.year = year


class InvalidTerm(LawError):
    """A term has no length, a negative one, or ends before it starts."""

    def __init__(self, got: str, want: str) -> None:
        super().__init__(f"got {got}, want {want}")


class Unlawful(InvalidTerm):
    """The law knows no such term, or no such change of one."""

    def __init__(self, rule_id: str, got: str, want: str) -> None:
        LawError.__init__(self, f"{rule_id}: got {got}, want {want}")
        self.rule_id = rule_id
        self.got = got
        self.want = want


class BelowFloor(LawError):
    """A shortened term would be shorter than the law allows."""

    def __init__(self, rule_id: str, got: date, want: date) -> None:
        super().__init__(f"{rule_id}: got a last day of {got}, want {want} or later")
        self.rule_id = rule_id
        self.got = got
        self.want = want


class WrongData(LawError):
    """A data file of lawkit does not say what it must say."""

    def __init__(self, where: str, got: str, want: str) -> None:
        super().__init__(f"{where}: got {got}, want {want}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a file. line: from 1, 0 when there are no lines. path: keys and positions."""

    field: str
    got: str
    want: str
    line: int = 0
    path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        at = f"line {self.line}: " if self.line else ""
        return f"{at}{self.field}: got {self.got}, want {self.want}"


class WrongFile(WrongData):
    """A file of the law is wrong or contradicts itself: every fault with its line and field."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        LawError.__init__(self, "\n".join(f"{name}: {fault}" for fault in faults))
        self.name = name
        self.faults = tuple(faults)


class MissingFact(LawError):
    """The question needs a fact that was not given; nothing is assumed in its place."""

    def __init__(self, fact: str) -> None:
        super().__init__(f"missing fact: {fact}")
        self.fact = fact


class WrongFact(LawError):
    """A fact was given in a form, or with a word, that the law does not know."""

    def __init__(self, fact: str, got: object, want: str) -> None:
        super().__init__(f"wrong fact: {fact}: got {got!r}, want {want}")
        self.fact = fact
        self.want = want
