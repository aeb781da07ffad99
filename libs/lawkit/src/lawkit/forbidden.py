"""Nothing of the law may read, say or do what is forbidden. forbidden_features of rules.yaml; handbook section 10.

A name is banned when one of its words is: `mz`, `hukou_province`, `provinceOfOrigin`, or when a synonym of
forbidden_words.py stands in it. A fact that is derived from a banned field, over any number of steps, is banned as well
(surname, place digits of the identity number). Every text of the file is read; those of the national catalogue that
name a forbidden thing in order to forbid, print or limit it are listed there, word for word.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lawkit.conditions import WrongCondition, compiled
from lawkit.errors import Fault
from lawkit.forbidden_conditions import parts_of_names, words_of
from lawkit.forbidden_words import is_spoken_of, named_in
from lawkit.loading import Path
from lawkit.model import Catalogue, Fact, Forbidden
from lawkit.rules import Rule, Setting

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_FEATURE = re.compile(r"\bforbid\.[a-z-]+")
# who decides nothing about a person, and what is such a decision
_HELPERS = {"SOCIAL_ORG", "SW", "VOL", "GROUP", "VC", "UNIT", "SCHOOL", "ENTERPRISE", "MASS_ORG"}
_DECISIONS = {"approval", "ground", "liability", "prohibition"}
# who never gets assessment materials
_PARTIES = {"SUBJECT", "GUARDIAN", "GUARANTOR", "VC", "UNIT", "SCHOOL", "ENTERPRISE"}
_FORMS_WITH_ETHNICITY = range(7, 13)  # not the law's: the numbers of the official forms that have the blank


@dataclass(frozen=True, slots=True)
class Ban:
    """Which names and Chinese terms are banned, each with the feature that bans it."""

    fields: Mapping[tuple[str, ...], str]
    terms: Mapping[str, str]

    def on(self, name: str) -> str | None:
        """The forbidden feature that bans the name, None when it may be used."""
        words = tuple(word.lower() for word in _WORD.findall(name))
        if not words:
            return self.on_text(name)
        for banned, feature in self.fields.items():
            if banned[0] not in words:
                continue
            starts = range(len(words) - len(banned) + 1)
            if any(words[at : at + len(banned)] == banned for at in starts):
                return feature
        return self.on_text(name)

    def on_text(self, text: str) -> str | None:
        """The forbidden feature whose term the text contains."""
        return next((feature for term, feature in self.terms.items() if term in text), None)

    def on_name(self, name: str) -> str | None:
        """The feature that bans the name of a data item, synonyms included."""
        return self.on(name) or named_in(name, as_name=True)

    def on_words(self, text: str) -> str | None:
        """The feature that the prose names, synonyms included; None for words that may name it."""
        if is_spoken_of(text):
            return None
        plain = _FEATURE.sub(" ", text)
        return named_in(plain) or self.on_text(plain)

    def on_fact(
        self, name: str, facts: Mapping[str, Fact], *, seen: frozenset[str] = frozenset()
    ) -> str | None:
        """The feature that bans the fact itself or anything that it is derived from."""
        if (found := self.on_name(name)) is not None:
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
    """Every rule, setting, fact, text and condition of the catalogue that touches what is forbidden."""
    ban = ban_of(file.forbidden_features)
    for at, rule in enumerate(file.rules):
        yield from in_rule(rule, ban, ("rules", at))
    for at, setting in enumerate(file.settings):
        yield from in_value(setting.id, setting, ban, ("settings", at))
        for field, text in _prose(setting, ("title_zh", "title_en", "why")):
            yield from _fault(f"{setting.id}.{field}", text, ban.on_words(text), ("settings", at, field))
    for group in ("roles", "kinds", "states", "flags", "transitions", "approvals", "documents"):
        for at, record in enumerate(getattr(file, group)):
            name = getattr(record, "id", None) or record.code
            for field, text in _prose(record, _PROSE):
                yield from _fault(f"{name}.{field}", text, ban.on_words(text), (group, at, field))
    for at, form in enumerate(file.documents):
        if form.ethnicity_printed and form.official_form not in {None, *_FORMS_WITH_ETHNICITY}:
            feature = "forbid.ethnicity-beyond-print"
            path = ("documents", at, "ethnicity_printed")
            yield from _fault(f"{form.id}.ethnicity_printed", f"form {form.official_form}", feature, path)
    table = file.quarterly_assessment
    for at, row in enumerate(table.rows):
        for field, text in _prose(row, ("when", "then", "quote")):
            path = ("quarterly_assessment", "rows", at, field)
            yield from _fault(f"{row.id}.{field}", text, ban.on_words(text), path)
    for at, row in enumerate(table.guitu.rows if table.guitu else ()):
        for name in row.facts:
            path = ("quarterly_assessment", "guitu", "rows", at)
            yield from _fault(row.id, name, ban.on_name(name), path)


_PROSE = (
    "title_zh", "title_en", "event", "guard", "before", "after", "proposes", "reviews", "decides", "informed", "issuer", "when",
    "to", "fields", "receipt", "copy_to", "term", "starts", "ends", "revocation_words", "reduction_words",
)  # fmt: skip
_PROSE_OF_RULE = ("id", "title_zh", "title_en", "phase", "trigger", "action", "on_breach", "quote", "note")


def _prose(record: object, fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    for field in fields:
        text = getattr(record, field, None)
        if isinstance(text, str):
            yield field, text


def in_rule(rule: Rule, ban: Ban, path: Path) -> Iterator[Fault]:
    """Banned names among the numbers of a rule, forbidden things in its words, and who decides or is told what.

    The words of a local rule are also read as one.
    """
    for name in _names(rule.numbers):
        yield from _fault(f"{rule.id}.threshold", name, ban.on_name(name), (*path, "threshold"))
    found = False
    for field, text in _prose(rule, _PROSE_OF_RULE):
        feature = ban.on_words(text)
        found = found or feature is not None
        yield from _fault(f"{rule.id}.{field}", text, feature, (*path, field))
    if rule.binding == "local" and not found:
        words = (rule.title_zh, rule.title_en, rule.trigger, rule.action, rule.on_breach)
        together = " / ".join(word for word in words if not is_spoken_of(word))
        yield from _fault(f"{rule.id}.action", together, ban.on_words(together), (*path, "action"))
    yield from _deciders(rule, path)


def _deciders(rule: Rule, path: Path) -> Iterator[Fault]:
    actors = set(rule.actor)
    if rule.type in _DECISIONS - {"prohibition"} and "SYSTEM" in actors:
        feature = "forbid.automatic-sanction"
        yield from _fault(f"{rule.id}.actor", f"{rule.type} by SYSTEM", feature, (*path, "actor"))
    if rule.type in _DECISIONS - {"prohibition"} and actors and actors <= _HELPERS:
        got, feature = f"{rule.type} by {', '.join(rule.actor)}", "forbid.helpers-enforce"
        yield from _fault(f"{rule.id}.actor", got, feature, (*path, "actor"))
    told = _PARTIES.intersection(rule.copy_to)
    if told and rule.phase == "assessment":
        got, feature = ", ".join(sorted(told)), "forbid.assessment-leak"
        yield from _fault(f"{rule.id}.copy_to", got, feature, (*path, "copy_to"))
    outside = {"UNIT", "SCHOOL", "ENTERPRISE", "MASS_ORG", "VC"}.intersection(rule.copy_to)
    if outside and rule.binding == "local":
        got, feature = ", ".join(sorted(outside)), "forbid.status-exposure"
        yield from _fault(f"{rule.id}.copy_to", got, feature, (*path, "copy_to"))


def in_value(record: str, setting: Setting, ban: Ban, path: Path) -> Iterator[Fault]:
    """Banned names in the id, the value and the options of a setting."""
    yield from _fault(
        f"{record}.id", setting.id, ban.on(setting.id) or ban.on_words(setting.id), (*path, "id")
    )
    for name in (*_names(setting.default), *_names(setting.options)):
        feature = ban.on(name) or ban.on_words(name)
        yield from _fault(f"{record}.default", name, feature, (*path, "default"))


def in_facts(record: str, facts: Mapping[str, Fact], ban: Ban, path: Path) -> Iterator[Fault]:
    """Declared facts that are banned, or derived from what is."""
    for name, fact in facts.items():
        feature = ban.on_fact(name, facts) or ban.on_name(fact.title_zh)
        yield from _fault(f"{record}.facts", name, feature, (*path, name))


def in_condition(record: str, text: str, facts: Mapping[str, Fact], ban: Ban, path: Path) -> Iterator[Fault]:
    """A condition that does not compile, names what is banned, be it in a string, or takes a number or name apart."""
    for word in words_of(text):
        feature = ban.on_fact(word, facts) or ban.on_words(word)
        yield from _fault(f"{record}.when", word, feature, path)
    for part in parts_of_names(text, facts):
        yield from _fault(f"{record}.when", part, "forbid.origin-proxies", path)
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
