"""What a local rule takes from a supervised person, and what the national rule that it concretises leaves open.

A region never restricts by itself (handbook section 13; 社区矫正法 第四条, 实施办法 第三条). What restricts:

* a type that decides about somebody: approval, ground, liability, prohibition, threshold (a lower line), and what
  other rules are read by: definition, counting, competence, convention;
* a duty, interval, deadline or document that the person (or the guardian or guarantor) bears, and a right of others;
* for organs: whatever harmless-rules.yaml does not describe by its fields (acts.py); as a second net, words that take
  something from the person (restricting-words.yaml: forbid, refuse, summon, monitor, submit, a frequency, …); and a period
  for their decision, for it may be a longer wait.

Such a rule names its ground, the national rule that it concretises: of the same phase, bearer and kinds, in force as
long as the local rule, and open: it names a setting in which a region may choose. A number of the national rule is kept:
only an organ's own period may be shorter. Numbers and frequencies in words are no way around that.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

import yaml
from pydantic import TypeAdapter

from lawkit import acts
from lawkit.errors import Fault
from lawkit.forbidden_words import Synonyms, Words, is_spoken_of
from lawkit.law import Law
from lawkit.loading import Path
from lawkit.model import RegionRule
from lawkit.rules import Rule

_DECIDING = {"approval", "ground", "liability", "prohibition", "threshold"}
_READ_BY = {"definition", "counting", "competence", "convention"}
_PERSONS = {"SUBJECT", "GUARDIAN", "GUARANTOR"}
_PROSE = ("title_zh", "title_en", "trigger", "action", "on_breach", "note")
_NUMERIC = {"days": "day", "working_days": "working_day", "months": "month"}
# at_most and the like end a wait, every repeats it; a number in words would do the same unseen
_IN_WORDS = re.compile(
    r"\d|\b(daily|weekly|monthly|hourly|fortnightly|twice|thrice|once|one|two|three|four|five|six|seven|eight|nine|ten|every|each)\b|"
    r"[一二两三四五六七八九十半每](日|天|次|周|月|小时|年|个月|晚)|每",
    re.IGNORECASE,
)


def faults(one: RegionRule, law: Law, path: Path) -> Iterator[Fault]:
    """What is wrong with the local rule as a concretisation of national law; nothing for service alone."""
    rule = one.rule
    yield from (_placed(fault, path) for fault in acts.frequency_faults(rule))
    why, acting = next(restrictions(rule), None), acts.needs_ground(rule)
    if one.ground is None:
        reason = why or (_waiting(rule) and "it sets a period for an organ's decision") or acting
        if reason:
            allows = "a national rule that allows the restriction"
            want = f"{allows}, for {reason} ({acts.ARTICLES}); {acts.REMEDY}"
            yield Fault(f"{rule.id}.ground", "None", want, path=(*path, "ground"))
        return
    ground = _ground(one.ground, law)
    if ground is None:
        want = "a national rule that allows the restriction"
        yield Fault(f"{rule.id}.ground", repr(one.ground), want, path=(*path, "ground"))
        return
    yield from (_placed(fault, path) for fault in _of_ground(rule, ground, why, law))
    act = why is None and acting is not None and not _waiting(rule)
    yield from (_placed(fault, path) for fault in acts.faults(rule, ground, act=act))


def _placed(fault: Fault, path: Path) -> Fault:
    """The fault at the field of the region's file."""
    inside = ("ground",) if fault.path == ("ground",) else ("rule", *fault.path)
    return Fault(fault.field, fault.got, fault.want, path=(*path, *inside))


def restrictions(rule: Rule) -> Iterator[str]:
    """Why the rule restricts a supervised person; nothing when it only adds service or orders an office."""
    if rule.type in _DECIDING:
        yield f"{_a(rule.type)} decides about a person"
    if rule.type in _READ_BY:
        yield f"{_a(rule.type)} changes how other rules are read"
    bearers = _PERSONS.intersection(rule.actor)
    if bearers and rule.type != "right":
        yield f"{', '.join(sorted(bearers))} bears it"
    if rule.type == "right" and not bearers:
        yield "it is a right of others against the person"
    for field in _PROSE:
        text = getattr(rule, field) or ""
        if text and not is_spoken_of(text) and _words().stand_in(text):
            yield f"its {field} takes something from the person: {text!r}"
    together = " / ".join(getattr(rule, field) or "" for field in _PROSE[:-2])
    if _words().stand_in(together):
        yield "its words take something from the person"


def _of_ground(rule: Rule, ground: Rule, why: str | None, law: Law) -> Iterator[Fault]:
    name = f"{rule.id}.ground"
    ends = ground.in_force_to is not None and (
        rule.in_force_to is None or rule.in_force_to > ground.in_force_to
    )
    if ground.binding != "national" or ends or rule.in_force_from < ground.in_force_from:
        got = f"{ground.id}, {ground.binding}, {ground.in_force_from} to {ground.in_force_to or 'open'}"
        yield Fault(name, got, "a national rule that is in force as long as the local one", path=("ground",))
    if why is not None:
        if rule.phase != ground.phase or (rule.type not in {ground.type, "local"}):
            got = f"{ground.id}, {_a(ground.type)} of {ground.phase}"
            want = f"a national rule of the same matter: {_a(rule.type)} of {rule.phase}"
            yield Fault(name, got, want, path=("ground",))
        others = [*_PERSONS.intersection(rule.actor).difference(ground.actor)]
        wider = [kind for kind in rule.kinds if kind not in ground.kinds]
        if others or wider:
            got = f"{ground.id}, which does not bind {', '.join((*sorted(others), *wider))}"
            yield Fault(name, got, "a national rule that binds the same people", path=("ground",))
        if not _open(ground, law):
            want = f"a rule that leaves something open ({why})"
            yield Fault(name, f"{ground.id}, which leaves nothing open", want, path=("ground",))
        for field in ("trigger", "action", "on_breach"):
            text = getattr(rule, field)
            if _IN_WORDS.search(text) and text != getattr(ground, field):
                got, want = repr(text), "no number or frequency in words"
                yield Fault(f"{rule.id}.{field}", got, want, path=(field,))
        if more := sorted(set(rule.documents) - set(ground.documents)):
            yield Fault(
                f"{rule.id}.documents", ", ".join(more), f"documents of {ground.id}", path=("documents",)
            )
    yield from _of_numbers(rule, ground, why, law)


def _of_numbers(rule: Rule, ground: Rule, why: str | None, law: Law) -> Iterator[Fault]:
    field, path = f"{rule.id}.duration", ("duration",)
    national = dict(_leaves(ground.numbers))
    for key, number in _leaves(rule.numbers):
        if national.get(key) != number:
            want = (
                f"{national[key]} of {ground.id}" if key in national else f"no number: {ground.id} has none"
            )
            yield Fault(f"{rule.id}.threshold", f"{key} {number}", want, path=("threshold",))
    if rule.duration is None:
        return
    got = f"{rule.duration} {rule.unit} {rule.bound}"
    if ground.duration is None:
        if why is not None:
            yield Fault(field, got, f"no number of its own: {ground.id} has none", path=path)
            return
        if rule.bound == "every":  # how often the organ acts: acts.py holds it to the cited words
            return
        for setting_id in ground.settings:
            setting = law.setting(setting_id)
            if setting.kind in _NUMERIC:
                fits = rule.unit == _NUMERIC[setting.kind] and setting.guitu is not None
                if not (fits and setting.guitu and setting.guitu.allows(rule.duration)):
                    want = f"{setting.default} {_NUMERIC[setting.kind]} of {setting_id}, or less"
                    yield Fault(field, got, want, path=path)
        return
    fixed = f"{ground.duration} {ground.unit} {ground.bound} of {ground.id}"
    alike = (rule.unit, rule.bound, rule.counting) == (ground.unit, ground.bound, ground.counting)
    shorter = why is None and ground.bound == "at_most" and rule.duration <= ground.duration
    if not alike or not (shorter or rule.duration == ground.duration):
        yield Fault(field, got, f"{fixed}{', or less' if why is None else ''}", path=path)


def answers_for(rule: Rule, ground: Rule) -> bool:
    """Whether the local rule sets the period of the national one, for all the people that this one is about."""
    return rule.duration is not None and set(rule.kinds) == set(ground.kinds) and ground.binding == "national"


def version(rule: Rule, ground: Rule) -> Rule:
    """The national rule as the local one puts it: its id and numbers, the local period, words, days and text."""
    return replace(
        ground,
        title_zh=rule.title_zh,
        title_en=rule.title_en,
        action=rule.action,
        duration=rule.duration,
        unit=rule.unit,
        bound=rule.bound,
        counting=rule.counting,
        source=(*rule.source, *ground.source),
        quote=rule.quote,
        seen=rule.seen,
        value_seen=rule.value_seen,
        verification=rule.verification,
        in_force_from=rule.in_force_from,
        in_force_to=rule.in_force_to,
        note=f"{rule.id} concretises {ground.id}",
    )


def _waiting(rule: Rule) -> bool:
    """Whether the rule sets a time that somebody may have to wait for."""
    return rule.duration is not None and (rule.type == "deadline" or rule.bound != "every")


def _open(ground: Rule, law: Law) -> bool:
    return any(law.setting(setting_id).guitu is not None for setting_id in ground.settings)


def _ground(ground: str, law: Law) -> Rule | None:
    return law.rule(ground) if ground in law.rule_ids else None


def _leaves(value: object, at: str = "") -> Iterator[tuple[str, int | float]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _leaves(below, f"{at}.{key}" if at else str(key))
    elif isinstance(value, list | tuple):
        for number, below in enumerate(value):
            yield from _leaves(below, f"{at}[{number}]")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield at, value


@cache
def _words() -> Words:
    text = (files("lawkit") / "data" / "restricting-words.yaml").read_text(encoding="utf-8")
    return Words(TypeAdapter(Synonyms).validate_python(yaml.load(text, Loader=yaml.CSafeLoader)))


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
