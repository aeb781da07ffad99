"""One worked example as a record, and which rule and which day's law its computation goes by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lawkit import _read as read
from lawkit.law import Law

Answer = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example; `compute` holds the name of the computation (`fn`) and its arguments.

    official: its facts are those of a published case.
    """

    id: str
    title: str
    rules: tuple[str, ...]
    compute: Mapping[str, object]
    expect: Mapping[str, object]
    articles: str
    official: bool = False

    @classmethod
    def parse(cls, raw: object) -> "Example":
        """The record. Raises WrongData with the id and the field."""
        fields = read.record(raw, "example")
        example_id = read.text(fields.get("id"), "example.id")
        articles = fields.get("articles") or ""
        return cls(
            id=example_id,
            title=str(fields.get("title", "")),
            rules=read.words(fields.get("rules"), f"{example_id}.rules"),
            compute={**read.record(fields.get("compute"), f"{example_id}.compute")},
            expect=read.record(fields.get("expect"), f"{example_id}.expect"),
            official=fields.get("official") is True,
            articles="; ".join(map(str, articles)) if isinstance(articles, list) else str(articles),  # type: ignore[reportUnknownArgumentType]
        )

    def period_rule(self, law: Law, length: float, unit: str, profiles: Iterable[str]) -> str | None:
        """The example's own rule with a period of that length and unit, counted by one of the profiles."""
        for rule_id in self.rules:
            if rule_id in law.rule_ids:
                rule = law.rule(rule_id)
                if (rule.duration, rule.unit) == (length, unit) and rule.counting.profile in set(profiles):
                    return rule_id
        return None


def newest(law: Law, rule_ids: Iterable[str]) -> date:
    """The first day on which all the rules are in force: an example that names no day asks by the newest law."""
    return max(law.rule(rule_id).in_force_from for rule_id in rule_ids)


def read_back(law: Law, example: Example) -> tuple[Law, date] | None:
    """The law that an official case is asked by when its days are older: that of the first day of all its rules.

    None for every other example: its facts are judged by the law of their day, or not at all (law_of_the_day.py).
    """
    named = [rule_id for rule_id in example.rules if rule_id in law.rule_ids]
    if not example.official or not named:
        return None
    day = newest(law, named)
    return law.read_back(day), day
