"""Typed records of the other groups of rules.yaml, and the whole file as one record.

Nothing is read by hand: `loading` validates the file against these records, and the JSON schema of the file is
generated from them. Prose that no program may decide on stays text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from lawkit.rules import Citation, Kind, Rule, Setting, Source
from lawkit.words import CLOSED, Code, FirstDay, HolidayRoll, Id, Text, Verification

FactType = Literal["bool", "int", "string", "date", "list(string)"]
FactName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


@dataclass(frozen=True, slots=True)
class Meta:
    """What the file says of itself. counts: how many records each group has; guitu: how many this project added."""

    __pydantic_config__ = CLOSED

    title: Text
    version: int
    as_of: date
    time_zone: Text
    counts: Mapping[str, int]
    keys: Mapping[str, str]
    guitu: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Profile:
    """A way of counting; its arithmetic is in counting.py."""

    __pydantic_config__ = CLOSED

    id: Code
    first_day: FirstDay
    holiday_roll: HolidayRoll
    text: Text


@dataclass(frozen=True, slots=True)
class Named:
    """A role, a state or a flag: its code and its names."""

    __pydantic_config__ = CLOSED

    code: Code
    title_zh: Text
    title_en: str | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A step of a case from state to state by one event. before, after: states and +FLAGs in the file's words."""

    __pydantic_config__ = CLOSED

    id: Id
    before: Annotated[str, Field(alias="from")]
    event: Text
    after: Annotated[str, Field(alias="to")]
    actor: tuple[Code, ...]
    guard: Text
    rules: tuple[Id, ...]
    documents: tuple[Id, ...]
    legacy_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalPath:
    """Who proposes, reviews, decides and is told, in the file's words: several roles and conditions are prose."""

    __pydantic_config__ = CLOSED

    id: Id
    title_zh: Text
    title_en: Text
    proposes: str
    decides: Text
    rules: tuple[Id, ...]
    reviews: str | None = None
    informed: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A document of the process. official_form: number of its form of 2026. copy_to, receipt, fields: prose."""

    __pydantic_config__ = CLOSED

    id: Id
    title_zh: Text
    title_en: Text
    official_form: int | None
    issuer: Text
    when: Text
    to: Text
    ethnicity_printed: bool
    verification: Verification
    rules: tuple[Id, ...]
    fields: str | None = None
    receipt: str | None = None
    copy_to: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """What a condition may ask. derived_from: the fields that it is computed from."""

    __pydantic_config__ = CLOSED

    type: FactType
    title_zh: Text
    derived_from: tuple[FactName, ...] = ()


@dataclass(frozen=True, slots=True)
class RowCondition:
    """When a row of the quarterly table matches, and its effect; grids.AssessmentRow says how it is read."""

    __pydantic_config__ = CLOSED

    id: Id
    last: tuple[Code, ...] = ()
    rating: Code | None = None
    times: Annotated[int, Field(ge=1)] | None = None
    facts: tuple[FactName, ...] = ()
    commend: Literal["must", "may"] | None = None
    review: Mapping[Code, Id] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class QuarterlyFacts:
    """What the quarterly table gives in prose. rated_from_days: a shorter first quarter is not rated."""

    __pydantic_config__ = CLOSED

    rated_from_days: Annotated[int, Field(ge=0)]
    rows: tuple[RowCondition, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the quarterly table. when: the words of the text; its condition is in `guitu`."""

    __pydantic_config__ = CLOSED

    id: Id
    when: Text
    then: Text
    quote: str | None


@dataclass(frozen=True, slots=True)
class Quarterly:
    """The local table of the quarterly assessment: all rows that match count, MUST wins over MAY."""

    __pydantic_config__ = CLOSED

    id: Id
    title_zh: Text
    title_en: Text
    source: Text
    in_force_from: date
    in_force_to: date | None
    setting: Id
    period: Text
    ratings: tuple[Text, ...]
    derived: tuple[Text, ...]
    hit_policy: Text
    rows: tuple[Row, ...]
    open_readings: tuple[Text, ...]
    guitu: QuarterlyFacts | None = None


@dataclass(frozen=True, slots=True)
class Banned:
    """Names of data items, also in Chinese, that no rule, setting or condition may use."""

    __pydantic_config__ = CLOSED

    keys: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A feature that is never built. test: what proves that; tests/architecture has a test for each."""

    __pydantic_config__ = CLOSED

    id: Id
    title_zh: Text
    title_en: Text
    reason: Text
    allowed_instead: Text
    test: Text
    guitu: Banned = field(default_factory=Banned)
    legacy_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trap:
    """A frequent error and what is right instead."""

    __pydantic_config__ = CLOSED

    id: Id
    wrong: Text
    right: Text
    origin: Text
    rules: tuple[Id, ...]
    legacy_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """Local figures of the seeds, as examples for a region."""

    __pydantic_config__ = CLOSED

    id: Id
    title_zh: Text
    title_en: Text
    values: tuple[Mapping[str, object], ...]
    rule: Text


@dataclass(frozen=True, slots=True)
class Catalogue:
    """rules.yaml as a whole, in its order."""

    __pydantic_config__ = CLOSED

    meta: Meta
    counting_profiles: tuple[Profile, ...]
    sources: tuple[Source, ...]
    roles: tuple[Named, ...]
    kinds: tuple[Kind, ...]
    settings: tuple[Setting, ...]
    rules: tuple[Rule, ...]
    states: tuple[Named, ...]
    flags: tuple[Named, ...]
    transitions: tuple[Transition, ...]
    approvals: tuple[ApprovalPath, ...]
    documents: tuple[Form, ...]
    quarterly_assessment: Quarterly
    forbidden_features: tuple[Forbidden, ...]
    traps: tuple[Trap, ...]
    policy_presets: tuple[Preset, ...]


@dataclass(frozen=True, slots=True)
class RegionSetting:
    """A region's value of a setting. ground: the national rule that a restricting value rests on."""

    __pydantic_config__ = CLOSED

    id: Id
    value: object
    source: Citation
    ground: Id | None = None


@dataclass(frozen=True, slots=True)
class RegionRule:
    """A local rule of the catalogue that the region switches on, or a rule of its own. ground: as above."""

    __pydantic_config__ = CLOSED

    rule: Rule
    ground: Id | None = None
    when: Text | None = None


@dataclass(frozen=True, slots=True)
class RegionFile:
    """What a region adds within what the law leaves open. code: its unit code, GB/T 2260."""

    __pydantic_config__ = CLOSED

    code: Annotated[str, Field(pattern=r"^\d{2}(\d{2}(\d{2})?)?$")]
    title_zh: Text
    sources: tuple[Source, ...] = ()
    facts: Mapping[FactName, Fact] = field(default_factory=dict[str, Fact])
    settings: tuple[RegionSetting, ...] = ()
    adopts: tuple[Id, ...] = ()
    rules: tuple[RegionRule, ...] = ()
