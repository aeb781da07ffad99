"""What a region's rule may be without a national ground, and what an organ's act towards a person rests on.

Only what data/harmless-rules.yaml describes by its fields needs no ground. Every other rule of a region is taken for an
act towards a person: it names a national rule of the same matter that leaves frequency and manner open (社区矫正法
第四条、第二十六条), and a frequency that it claims stands in the words that it cites.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import TypeAdapter

from lawkit.errors import Fault
from lawkit.forbidden_words import Synonyms, Words
from lawkit.rules import Rule
from lawkit.words import CLOSED

ARTICLES = "社区矫正法 第四条、第二十六条"
REMEDY = (
    "remedy: name in `ground` the national rule that allows this act and leaves its frequency and manner open"
    " (a visit: verify.methods), or leave the rule out; a rule about no supervised person says `kinds: []`"
)
_PROSE = ("title_zh", "title_en", "trigger", "action", "on_breach", "note")
_RECURRING = ("title_zh", "title_en", "trigger", "action")


@dataclass(frozen=True, slots=True)
class _Harmless:
    """Rules that take nothing from anybody, by their fields."""

    __pydantic_config__ = CLOSED

    about: Literal["none", "any"]
    types: tuple[str, ...]
    bears: tuple[str, ...]
    copied_to: tuple[str, ...] = ()

    def describes(self, rule: Rule) -> bool:
        """Whether the rule is one of these."""
        if rule.type not in self.types or (self.about == "none" and rule.kinds):
            return False
        return set(rule.actor) <= set(self.bears) and set(rule.copy_to) <= set(self.copied_to)


@dataclass(frozen=True, slots=True)
class _Frequency:
    """A frequency as rules and as cited texts say it."""

    __pydantic_config__ = CLOSED

    name: str
    every: tuple[int, str]
    words: tuple[str, ...]
    quote: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    """The file."""

    __pydantic_config__ = CLOSED

    harmless: tuple[_Harmless, ...]
    matters: Mapping[str, Synonyms]
    frequencies: tuple[_Frequency, ...]


def needs_ground(rule: Rule) -> str | None:
    """Why the rule needs a national ground; None for what the list of harmless rules describes."""
    if not any(one.describes(rule) for one in _listed().harmless):
        return f"{', '.join(rule.actor)} may act on a person by it"
    said = sorted(_matters(rule))
    return f"its words say {', '.join(said)}" if said and rule.type not in {"right", "copy"} else None


def faults(rule: Rule, ground: Rule, *, act: bool) -> Iterator[Fault]:
    """What is wrong with the ground of a rule; act: an organ's act towards a person, not the time of its own decision."""
    name = f"{rule.id}.ground"
    lacking = sorted(_matters(rule) - _matters(ground))
    if lacking:
        got = f"{ground.id}, which says nothing of {', '.join(lacking)}"
        yield Fault(name, got, f"a national rule that allows it ({ARTICLES}); {REMEDY}", path=("ground",))
    if not act:
        return
    if ground.phase != rule.phase and (rule.phase, rule.type) != ("local", "local"):
        got, want = f"{ground.id}, of {ground.phase}", f"a national rule of {rule.phase}"
        yield Fault(name, got, f"{want} ({ARTICLES})", path=("ground",))
    if rule.type not in {ground.type, "local", "duty", "interval"}:
        got = f"{ground.id}, a rule of type {ground.type}"
        yield Fault(name, got, f"a national rule of type {rule.type} ({ARTICLES})", path=("ground",))
    if others := sorted(set(rule.actor) - set(ground.actor)):
        got = f"{ground.id}, which gives nothing to {', '.join(others)}"
        yield Fault(name, got, f"a national rule for {', '.join(rule.actor)} ({ARTICLES})", path=("ground",))
    if ground.duration is not None and ground.duration != rule.duration:
        got = f"{ground.id}, which sets {ground.duration} {ground.unit} {ground.bound}"
        want = f"a national rule that leaves frequency and manner open ({ARTICLES})"
        yield Fault(name, got, want, path=("ground",))


def frequency_faults(rule: Rule) -> Iterator[Fault]:
    """A frequency that the rule claims and the words that it cites do not."""
    for one in _listed().frequencies:
        told = rule.bound == "every" and (rule.duration, rule.unit) == one.every
        text = " / ".join(getattr(rule, field) or "" for field in _RECURRING)
        if (told or _said(one.name).stand_in(text)) and not any(
            word in (rule.quote or "") for word in one.quote
        ):
            want = f"words of the cited text that say {one.name}: {'、'.join(one.quote)}"
            yield Fault(f"{rule.id}.quote", repr(rule.quote), want, path=("quote",))
    known = {one.every for one in _listed().frequencies}
    if rule.bound == "every" and rule.duration is not None and (rule.duration, rule.unit) not in known:
        want = ", ".join(f"{length} {unit}" for length, unit in sorted(known, key=str))
        yield Fault(
            f"{rule.id}.duration", f"every {rule.duration} {rule.unit}", f"one of {want}", path=("duration",)
        )


def _matters(rule: Rule) -> set[str]:
    text = " / ".join(getattr(rule, field) or "" for field in (*_PROSE, "quote"))
    return {name for name, words in _words().items() if words.stand_in(text)}


@cache
def _listed() -> _Listed:
    text = (files("lawkit") / "data" / "harmless-rules.yaml").read_text(encoding="utf-8")
    return TypeAdapter(_Listed).validate_python(yaml.load(text, Loader=yaml.CSafeLoader))


@cache
def _words() -> Mapping[str, Words]:
    return {name: Words(one) for name, one in _listed().matters.items()}


@cache
def _said(name: str) -> Words:
    words = next(one.words for one in _listed().frequencies if one.name == name)
    return Words(Synonyms(words=words))
