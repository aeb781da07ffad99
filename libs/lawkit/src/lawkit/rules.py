"""Typed records of rules.yaml: rules, sources, settings, kinds. The other groups: model.py.

Fields under the key `guitu` are this project's additions: numbers and lists that the catalogue gives in prose
only. They are read together with `threshold`; SOURCES.md lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import Field

from lawkit import _read as read
from lawkit import words as w
from lawkit.articles import article_zh, short_title
from lawkit.errors import NoNumber, WrongData
from lawkit.words import CLOSED, Code, Id, Text

Number = int | float

ALL_KINDS = ("PUBLIC_SURVEILLANCE", "PROBATION", "PAROLE", "TEMPORARY_SERVICE")


@dataclass(frozen=True, slots=True)
class Source:
    """A legal text."""

    __pydantic_config__ = CLOSED

    id: Code
    title_zh: Text
    title_en: Text
    number: str | None
    in_force_from: date | None
    in_force_to: date | None
    status: w.SourceStatus
    file: str | None
    verification: w.Verification
    note: str | None = None

    def in_force(self, on: date) -> bool:
        """Whether the text was in force on that day."""
        begun = self.in_force_from is None or self.in_force_from <= on
        return begun and (self.in_force_to is None or on <= self.in_force_to)

    @property
    def short_zh(self) -> str:
        """The title as articles are cited, for example 社区矫正法."""
        return short_title(self.title_zh)


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a legal text. public_copy: the article was read outside shared/data/law."""

    __pydantic_config__ = CLOSED

    text: Code
    article: int | str | None = None
    para: int | None = None
    item: int | None = None
    annex: int | None = None
    case: str | None = None
    verification: w.Verification | None = None
    public_copy: bool | None = None

    @property
    def place_zh(self) -> str:
        """The place as Chinese documents write it, for example 第二十七条第一款."""
        if self.case is not None:
            return self.case
        return article_zh(self.article, para=self.para, item=self.item, annex=self.annex)


@dataclass(frozen=True, slots=True)
class Counting:
    """How the period of a rule runs; the arithmetic of a profile is in counting.py."""

    __pydantic_config__ = CLOSED

    profile: Code
    first_day: w.FirstDay
    holiday_roll: w.HolidayRoll


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule; it judges facts of the days in_force_from to in_force_to, both included.

    numbers: `threshold` and `guitu` together. kinds: never "ALL", always the four by name.
    """

    __pydantic_config__ = CLOSED

    id: Id
    type: w.RuleType
    phase: Text
    title_zh: Text
    title_en: Text
    actor: tuple[Code, ...]
    kinds: tuple[Code, ...]
    trigger: Text
    action: Text
    duration: w.Length | None
    unit: w.Unit | None
    counting: Counting
    on_breach: Text
    source: Annotated[tuple[Citation, ...], Field(min_length=1)]
    quote: Text | None
    in_force_from: date
    in_force_to: date | None
    binding: w.Binding
    seen: bool
    value_seen: bool | None
    verification: w.Verification
    bound: w.Bound | None = None
    timing: w.Timing | None = None
    threshold: Mapping[str, object] = field(default_factory=dict[str, object])
    guitu: Mapping[str, object] = field(default_factory=dict[str, object])
    copy_to: tuple[Code, ...] = ()
    documents: tuple[Id, ...] = ()
    settings: tuple[Id, ...] = ()
    superseded_by: tuple[Id, ...] = ()
    note: str | None = None
    legacy_ids: tuple[str, ...] = ()
    numbers: Mapping[str, object] = field(init=False, repr=False, default_factory=dict[str, object])

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", {**self.threshold, **self.guitu})
        if self.kinds == ("ALL",):
            object.__setattr__(self, "kinds", ALL_KINDS)

    def in_force(self, on: date) -> bool:
        """Whether the rule judges a fact of that day."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)

    def applies_to(self, kind: str) -> bool:
        """Whether the rule may be offered to this kind of subject."""
        return kind in self.kinds

    def number(self, key: str | None = None) -> Number:
        """The number under the key of `threshold` or `guitu`; without a key its `value`, else the duration.

        Raises NoNumber.
        """
        got = self.numbers.get(key or "value")
        if got is None and key is None:
            got = self.duration
        if isinstance(got, bool) or not isinstance(got, int | float):
            wanted = sorted(k for k, v in self.numbers.items() if isinstance(v, int | float))
            raise NoNumber(self.id, key or "value", ", ".join(wanted) or "no number at all")
        return got

    def listed(self, key: str) -> tuple[str, ...]:
        """The words under the key of `threshold` or `guitu`. Raises NoNumber."""
        if key not in self.numbers:
            raise NoNumber(self.id, key, ", ".join(sorted(self.numbers)) or "no list at all")
        return read.words(self.numbers[key], f"{self.id}.{key}")

    def rows(self) -> tuple[Mapping[str, Number], ...]:
        """The rows of a threshold that is a table; empty when it is none. Raises WrongData."""
        where = f"{self.id}.rows"
        table = (read.record(row, where) for row in read.items(self.numbers.get("rows"), where))
        return tuple({key: _number(cell, where) for key, cell in row.items()} for row in table)


@dataclass(frozen=True, slots=True)
class Leeway:
    """The values of a setting that restrict nobody: a list of them, or the bounds of a number, or any."""

    __pydantic_config__ = CLOSED

    any: bool = False
    free: tuple[object, ...] = ()
    least: int | None = None
    most: int | None = None

    def allows(self, value: object) -> bool:
        """Whether the value adds service or nothing, never restriction."""
        if self.any or any(value == one and type(value) is type(one) for one in self.free):
            return True
        if (
            (self.least is None and self.most is None)
            or not isinstance(value, int)
            or isinstance(value, bool)
        ):
            return False
        return (self.least or 0) <= value and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Setting:
    """A point that the texts leave open. default: the catalogue's value, or the one chosen here.

    guitu: what a region may choose without restricting anybody; absent: nothing.
    """

    __pydantic_config__ = CLOSED

    id: Id
    title_zh: Text
    title_en: Text
    kind: w.SettingKind
    default: object
    options: w.Options
    why: Text
    used_by: tuple[Id, ...]
    guitu: Leeway | None = None

    @property
    def value(self) -> object:
        """The value used in this installation."""
        return self.default

    @property
    def flag(self) -> bool:
        """The value as yes or no. Raises WrongData."""
        if not isinstance(self.value, bool):
            raise WrongData(self.id, repr(self.value), "true or false")
        return self.value

    @property
    def choice(self) -> str:
        """The value as one word of the options. Raises WrongData."""
        return read.text(self.value, self.id)

    @property
    def number(self) -> int:
        """The value as a whole number in the unit that `kind` names. Raises WrongData."""
        number = read.whole_or_none(self.value, self.id)
        if number is None:
            raise WrongData(self.id, "nothing", "a whole number")
        return number


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What the catalogue says of a kind in prose only.

    penalties: which penalties the kind may follow, and penalty_rule says so; term_rule: the article that says from when
    to when it runs.
    """

    __pydantic_config__ = CLOSED

    revocation: bool
    reduction: bool
    major_merit_needed: bool
    penalties: tuple[Code, ...]
    penalty_rule: Id
    term_rule: Id


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the four kinds of subject and what may be done to it."""

    __pydantic_config__ = CLOSED

    id: Code
    code: str
    title_zh: Text
    title_en: Text
    decided_by: tuple[Code, ...]
    term: Text
    starts: Text
    ends: Text
    injunction: bool
    revocation_words: Annotated[str, Field(alias="revocation")]
    reimprisonment: bool
    arrest_request: bool
    psa_72_4: bool
    reduction_words: Annotated[str, Field(alias="reduction")]
    device_grounds: tuple[str, ...]
    rules: tuple[Id, ...]
    guitu: KindFacts

    @property
    def revocation(self) -> bool:
        """Whether probation or parole can be revoked for this kind."""
        return self.guitu.revocation

    @property
    def reduction(self) -> bool:
        """Whether a reduction of the sentence may be proposed for this kind."""
        return self.guitu.reduction

    @property
    def major_merit_needed(self) -> bool:
        """Whether a reduction needs major merit."""
        return self.guitu.major_merit_needed

    @property
    def penalties(self) -> tuple[str, ...]:
        """Which penalties the kind may follow, also those that its sentence began as."""
        return self.guitu.penalties

    @property
    def penalty_rule(self) -> str:
        """The rule that says which penalties the kind may follow."""
        return self.guitu.penalty_rule

    @property
    def term_rule(self) -> str:
        """The rule that says from when to when the kind runs."""
        return self.guitu.term_rule


def _number(value: object, where: str) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongData(where, repr(value), "a number")
    return value
