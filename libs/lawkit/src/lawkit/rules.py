"""Typed records of rules.yaml: rules, sources, settings, kinds.

Fields under the key `guitu` are this project's additions: numbers and lists that the catalogue gives in prose
only. They are read together with `threshold`; SOURCES.md lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from lawkit import _read as read
from lawkit.articles import article_zh, short_title
from lawkit.errors import NoNumber, WrongData

Unit = Literal["day", "working_day", "month", "hour"]
Number = int | float

ALL_KINDS = ("PUBLIC_SURVEILLANCE", "PROBATION", "PAROLE", "TEMPORARY_SERVICE")


@dataclass(frozen=True, slots=True)
class Source:
    """A legal text."""

    id: str
    title_zh: str
    in_force_from: date | None
    in_force_to: date | None
    status: str
    verification: str

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
    """A place in a legal text."""

    text: str
    article: int | str | None
    para: int | None
    item: int | None
    annex: int | None
    case: str | None

    @property
    def place_zh(self) -> str:
        """The place as Chinese documents write it, for example 第二十七条第一款."""
        if self.case is not None:
            return self.case
        return article_zh(self.article, para=self.para, item=self.item, annex=self.annex)


@dataclass(frozen=True, slots=True)
class Counting:
    """How the period of a rule runs; the arithmetic of a profile is in counting.py."""

    profile: str
    first_day: str
    holiday_roll: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule; it judges facts of the days in_force_from to in_force_to, both included."""

    id: str
    type: str
    title_zh: str
    title_en: str
    actor: tuple[str, ...]
    kinds: tuple[str, ...]
    duration: int | None
    unit: Unit | None
    bound: str | None
    timing: str | None
    counting: Counting
    numbers: Mapping[str, object]
    source: tuple[Citation, ...]
    quote: str | None
    in_force_from: date
    in_force_to: date | None
    binding: str
    verification: str
    copy_to: tuple[str, ...]
    documents: tuple[str, ...]
    settings: tuple[str, ...]
    superseded_by: tuple[str, ...]

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
class Setting:
    """A point that the texts leave open, with the value used in this installation."""

    id: str
    title_zh: str
    kind: str
    value: object
    options: tuple[object, ...]

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
class Kind:
    """One of the four kinds of subject and what may be done to it."""

    id: str
    code: str
    title_zh: str
    injunction: bool
    revocation: bool
    reimprisonment: bool
    arrest_request: bool
    psa_72_4: bool
    reduction: bool
    major_merit_needed: bool
    device_grounds: tuple[str, ...]
    rules: tuple[str, ...]


def _number(value: object, where: str) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongData(where, repr(value), "a number")
    return value


def parse_rule(raw: object) -> Rule:
    """The record of one rule. Raises WrongData with the rule's id and the field."""
    fields = read.record(raw, "rule")
    rule_id = read.text(fields.get("id"), "rule.id")
    counting = read.record(fields.get("counting"), f"{rule_id}.counting")
    extra = read.record(fields.get("guitu", {}), f"{rule_id}.guitu")
    kinds = read.words(fields.get("kinds"), f"{rule_id}.kinds")

    def text(key: str) -> str:
        return read.text(fields.get(key), f"{rule_id}.{key}")

    def optional(key: str) -> str | None:
        return read.text_or_none(fields.get(key), f"{rule_id}.{key}")

    def words(key: str) -> tuple[str, ...]:
        return read.words(fields.get(key), f"{rule_id}.{key}")

    return Rule(
        id=rule_id,
        type=text("type"),
        title_zh=text("title_zh"),
        title_en=text("title_en"),
        actor=words("actor"),
        kinds=ALL_KINDS if kinds == ("ALL",) else kinds,
        duration=read.whole_or_none(fields.get("duration"), f"{rule_id}.duration"),
        unit=cast(Unit | None, optional("unit")),
        bound=optional("bound"),
        timing=optional("timing"),
        counting=Counting(
            profile=read.text(counting.get("profile"), f"{rule_id}.counting.profile"),
            first_day=read.text(counting.get("first_day"), f"{rule_id}.counting.first_day"),
            holiday_roll=read.text(counting.get("holiday_roll"), f"{rule_id}.counting.holiday_roll"),
        ),
        numbers={**read.record(fields.get("threshold", {}), f"{rule_id}.threshold"), **extra},
        source=tuple(_citation(entry, rule_id) for entry in read.items(fields.get("source"), rule_id)),
        quote=optional("quote"),
        in_force_from=read.day(fields.get("in_force_from"), f"{rule_id}.in_force_from"),
        in_force_to=read.day_or_none(fields.get("in_force_to"), f"{rule_id}.in_force_to"),
        binding=text("binding"),
        verification=text("verification"),
        copy_to=words("copy_to"),
        documents=words("documents"),
        settings=words("settings"),
        superseded_by=words("superseded_by"),
    )


def _citation(raw: object, rule_id: str) -> Citation:
    where = f"{rule_id}.source"
    fields = read.record(raw, where)
    article = fields.get("article")
    return Citation(
        text=read.text(fields.get("text"), where),
        article=article if isinstance(article, int) else read.text_or_none(article, where),
        para=read.whole_or_none(fields.get("para"), where),
        item=read.whole_or_none(fields.get("item"), where),
        annex=read.whole_or_none(fields.get("annex"), where),
        case=read.text_or_none(fields.get("case"), where),
    )


def parse_source(raw: object) -> Source:
    """The record of one legal text. Raises WrongData."""
    fields = read.record(raw, "source")
    source_id = read.text(fields.get("id"), "source.id")
    return Source(
        id=source_id,
        title_zh=read.text(fields.get("title_zh"), source_id),
        in_force_from=read.day_or_none(fields.get("in_force_from"), source_id),
        in_force_to=read.day_or_none(fields.get("in_force_to"), source_id),
        status=read.text(fields.get("status"), source_id),
        verification=read.text(fields.get("verification"), source_id),
    )


def parse_setting(raw: object) -> Setting:
    """The record of one setting with its default as value. Raises WrongData."""
    fields = read.record(raw, "setting")
    setting_id = read.text(fields.get("id"), "setting.id")
    return Setting(
        id=setting_id,
        title_zh=read.text(fields.get("title_zh"), setting_id),
        kind=read.text(fields.get("kind"), setting_id),
        value=fields.get("default"),
        options=tuple(read.items(fields.get("options"), setting_id)),
    )


def parse_kind(raw: object) -> Kind:
    """The record of one kind of subject. Raises WrongData."""
    fields = read.record(raw, "kind")
    kind_id = read.text(fields.get("id"), "kind.id")
    extra = read.record(fields.get("guitu"), f"{kind_id}.guitu")
    return Kind(
        id=kind_id,
        code=read.text(fields.get("code"), kind_id),
        title_zh=read.text(fields.get("title_zh"), kind_id),
        injunction=fields.get("injunction") is True,
        revocation=extra.get("revocation") is True,
        reimprisonment=fields.get("reimprisonment") is True,
        arrest_request=fields.get("arrest_request") is True,
        psa_72_4=fields.get("psa_72_4") is True,
        reduction=extra.get("reduction") is True,
        major_merit_needed=extra.get("major_merit_needed") is True,
        device_grounds=read.words(fields.get("device_grounds"), kind_id),
        rules=read.words(fields.get("rules"), kind_id),
    )
