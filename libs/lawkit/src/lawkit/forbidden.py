"""Nothing of the law may read what must not be known. forbidden_features of rules.yaml; handbook section 10.

A name is banned when one of its words is: `mz`, `hukou_province`, `provinceOfOrigin`. A fact that is derived from
a banned field, over any number of steps, is banned as well (surname, place digits of the identity number).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lawkit.conditions import WrongCondition, compiled
from lawkit.errors import Fault
from lawkit.loading import Path
from lawkit.model import Catalogue, Fact, Forbidden
from lawkit.rules import Rule, Setting

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


@dataclass(frozen=True, slots=True)
class Ban:
    """Which names and Chinese terms are banned, each with the feature that bans it."""

    fields: Mapping[tuple[str, ...], str]
    terms: Mapping[str, str]

    def on(self, name: str) -> str | None:
        """The forbidden feature that bans the name, None when it may be used."""
        words = tuple(word.lower() for word in _WORD.findall(name))
        for banned, feature in self.fields.items():
            starts = range(len(words) - len(banned) + 1)
            if any(words[at : at + len(banned)] == banned for at in starts):
                return feature
        return self.on_text(name)

    def on_text(self, text: str) -> str | None:
        """The forbidden feature whose term the text contains."""
        return next((feature for term, feature in self.terms.items() if term in text), None)

    def on_fact(
        self, name: str, facts: Mapping[str, Fact], *, seen: frozenset[str] = frozenset()
    ) -> str | None:
        """The feature that bans the fact itself or anything that it is derived from."""
        if (found := self.on(name)) is not None:
            return found
        below = facts[name].derived_from if name in facts and name not in seen else ()
        over = (self.on_fact(one, facts, seen=seen | {name}) for one in below)
        return next((feature for feature in over if feature is not None), None)


def ban_of(features: Iterable[Forbidden]) -> Ban:
    """What the forbidden features of the catalogue ban."""
    fields: dict[tuple[str, ...], str] = {}
    terms: dict[str, str] = {}
    for feature in features:
        for key in feature.guitu.keys:
            if key.isascii():
                fields.setdefault(tuple(word.lower() for word in _WORD.findall(key)), feature.id)
            else:
                terms.setdefault(key, feature.id)
    return Ban(fields, terms)


def touched(file: Catalogue) -> Iterator[Fault]:
    """Every rule, setting, fact and condition of the catalogue that touches a banned or derived field."""
    ban = ban_of(file.forbidden_features)
    for at, rule in enumerate(file.rules):
        yield from in_rule(rule, ban, ("rules", at))
    for at, setting in enumerate(file.settings):
        yield from in_value(setting.id, setting, ban, ("settings", at))
    table = file.quarterly_assessment
    for at, row in enumerate(table.guitu.rows if table.guitu else ()):
        for name in row.facts:
            yield from _fault(row.id, name, ban.on(name), ("quarterly_assessment", "guitu", "rows", at))


def in_rule(rule: Rule, ban: Ban, path: Path) -> Iterator[Fault]:
    """Banned names among the numbers of a rule, banned terms in what sets it off, and in all words of a local rule.

    A prohibition names what it prohibits; a national text may speak of what a form prints, but not depend on it.
    """
    for name in _names(rule.numbers):
        yield from _fault(f"{rule.id}.threshold", name, ban.on(name), path)
    if rule.type == "prohibition":
        return
    words = {"trigger": rule.trigger}
    if rule.binding == "local":
        words |= {"action": rule.action, "title_zh": rule.title_zh, "title_en": rule.title_en}
    for field, text in words.items():
        yield from _fault(f"{rule.id}.{field}", text, ban.on_text(text), (*path, field))


def in_value(record: str, setting: Setting, ban: Ban, path: Path) -> Iterator[Fault]:
    """Banned names in the id, the value and the options of a setting."""
    for name in (setting.id, *_names(setting.default), *_names(setting.options)):
        yield from _fault(f"{record}.default", name, ban.on(name), (*path, "default"))


def in_facts(record: str, facts: Mapping[str, Fact], ban: Ban, path: Path) -> Iterator[Fault]:
    """Declared facts that are banned, or derived from what is."""
    for name, fact in facts.items():
        feature = ban.on_fact(name, facts) or ban.on_text(fact.title_zh)
        yield from _fault(f"{record}.facts", name, feature, (*path, name))


def in_condition(record: str, text: str, facts: Mapping[str, Fact], ban: Ban, path: Path) -> Iterator[Fault]:
    """A condition that does not compile, or names what is banned, be it in a string."""
    for name in re.findall(r"[A-Za-z_]\w*|[^\x00-\x7f]+", text):
        yield from _fault(f"{record}.when", name, ban.on_fact(name, facts), path)
    try:
        compiled(text, facts)
    except WrongCondition as error:
        yield Fault(f"{record}.when", error.got, error.want, path=path)


def _fault(field: str, got: str, feature: str | None, path: Path) -> Iterator[Fault]:
    if feature is not None:
        yield Fault(field, repr(got), f"nothing that {feature} forbids", path=path)


def _names(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield str(key)
            yield from _names(below)
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _names(below)
