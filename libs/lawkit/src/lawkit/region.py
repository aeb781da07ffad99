"""What a region adds within what the law leaves open: settings, local rules, conditions. Handbook section 13.

A region never restricts anybody by itself. A value or a rule that restricts names the national rule that is its
ground; without one the file does not load, whoever signed it. concretising.py says what restricts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from pydantic import ValidationError

from lawkit import concretising
from lawkit.conditions import Condition, compiled
from lawkit.errors import Fault, UnknownRule
from lawkit.forbidden import Ban, ban_of, in_condition, in_facts, in_rule, in_value
from lawkit.law import Law
from lawkit.loading import Path, region_adapter, shape_faults
from lawkit.loading_checks import setting_wants
from lawkit.loading_yaml import marked
from lawkit.model import RegionFile, RegionRule, RegionSetting
from lawkit.rules import Rule

# what a national text must be to carry a restriction
_GROUNDS = {"approval", "deadline", "duty", "ground", "interval", "prohibition", "threshold"}


@dataclass(frozen=True, slots=True)
class Region:
    """A region's additions, checked against the national law. conditions: by id of the local rule.

    digest: SHA-256 of the file in hex.
    """

    code: str
    title_zh: str
    file: RegionFile
    conditions: Mapping[str, Condition]
    digest: str


def read_region(text: bytes | str, law: Law, name: str = "region.yaml") -> Region:
    """The additions in the YAML text.

    Raises WrongFile with line and field of each fault: a wrong record, an unknown setting or rule, a forbidden
    field, a value outside the options, a restriction without a national ground.
    """
    source = marked(text, name)
    raw = source.as_json
    try:
        file = region_adapter().validate_json(raw, strict=True)
    except ValidationError as error:
        raise source.wrong(name, shape_faults(error, raw)) from None
    faults = list(_faults(file, law))
    if faults:
        raise source.wrong(name, faults)
    conditions = {one.rule.id: compiled(one.when, file.facts) for one in file.rules if one.when is not None}
    raw_text = text.encode() if isinstance(text, str) else text
    return Region(file.code, file.title_zh, file, conditions, sha256(raw_text).hexdigest())


def in_region(law: Law, region: Region) -> Law:
    """The law as it holds in the region: its values of the settings, its local rules in force.

    A local rule that concretises a national one answers for it: who asks the national id is told the region's period,
    with the local text before the national one.
    """
    values = {one.id: one.value for one in region.file.settings}
    own = tuple(one.rule for one in region.file.rules)
    return law.with_settings(values).with_local_rules(
        region.file.adopts,
        own,
        region.file.sources,
        concretised=[
            concretising.version(one.rule, law.rule(one.ground))
            for one in concretised(region.file, law)
            if one.ground is not None
        ],
        region_digest=region.digest,
    )


def concretised(file: RegionFile, law: Law) -> tuple[RegionRule, ...]:
    """The region's rules that answer for the national rule that they name: those with a period for all its people."""
    return tuple(
        one
        for one in file.rules
        if one.ground in law.rule_ids
        and one.when is None
        and concretising.answers_for(one.rule, law.rule(one.ground))
    )


def _faults(file: RegionFile, law: Law) -> Iterator[Fault]:
    ban = ban_of(law.catalogue.forbidden_features)
    yield from in_facts("region", file.facts, ban, ("facts",))
    for at, chosen in enumerate(file.settings):
        yield from _of_setting(chosen, law, ban, ("settings", at))
    for at, rule_id in enumerate(file.adopts):
        if rule_id not in law.rule_ids or law.rule(rule_id).binding != "local":
            yield Fault("adopts", rule_id, "a local rule of the catalogue", path=("adopts", at))
    texts = {*law.sources, *(source.id for source in file.sources)}
    for at, one in enumerate(file.rules):
        yield from _of_rule(one, law, ban, ("rules", at))
        for citation in one.rule.source:
            if citation.text not in texts:
                path = ("rules", at, "rule", "source")
                yield Fault(f"{one.rule.id}.source", citation.text, "a source of this file", path=path)
        yield from _twice(file, law, at)
        if one.when is not None:
            yield from in_condition(one.rule.id, one.when, file.facts, ban, ("rules", at, "when"))


def _of_setting(chosen: RegionSetting, law: Law, ban: Ban, path: Path) -> Iterator[Fault]:
    try:
        setting = law.setting(chosen.id)
    except UnknownRule:
        yield Fault(chosen.id, "an unknown setting", "a setting of rules.yaml", path=path)
        return
    here = replace(setting, default=chosen.value)
    want = setting_wants(here)
    if want is not None:
        yield Fault(f"{chosen.id}.value", repr(chosen.value), want, path=(*path, "value"))
        return
    yield from in_value(chosen.id, here, ban, path)
    if setting.guitu is None:
        if chosen.value != setting.default:
            got = repr(chosen.value)
            yield Fault(
                f"{chosen.id}.value", got, f"{setting.default!r}: the law is not open", path=(*path, "value")
            )
    elif not setting.guitu.allows(chosen.value):
        # the rule that leaves the point open is no ground to close it
        used = f"a national ground among {list(setting.used_by[1:])}"
        if chosen.ground not in setting.used_by[1:]:
            got = f"the restricting value {chosen.value!r} with the ground {chosen.ground}"
            yield Fault(f"{chosen.id}.value", got, used, path=(*path, "value"))
        else:
            yield from _ground(chosen.id, chosen.ground, law, path)


def _twice(file: RegionFile, law: Law, at: int) -> Iterator[Fault]:
    """Two local rules that answer for one national rule on the same day."""
    one, answering = file.rules[at], concretised(file, law)
    for other in file.rules[:at] if one in answering else ():
        apart = _ends(other.rule) < one.rule.in_force_from or _ends(one.rule) < other.rule.in_force_from
        if other in answering and other.ground == one.ground and not apart:
            got = f"{one.ground}, which {other.rule.id} concretises on the same days"
            yield Fault(f"{one.rule.id}.ground", got, "one local rule", path=("rules", at, "ground"))


def _ends(rule: Rule) -> date:
    return rule.in_force_to or date.max


def _of_rule(one: RegionRule, law: Law, ban: Ban, path: Path) -> Iterator[Fault]:
    rule = one.rule
    at = (*path, "rule")
    if rule.binding != "local":
        yield Fault(f"{rule.id}.binding", rule.binding, "local", path=(*at, "binding"))
    if rule.id in law.rule_ids or not rule.id.startswith("local."):
        yield Fault(f"{rule.id}.id", rule.id, "a new id local.<region>.<name>", path=(*at, "id"))
    yield from in_rule(rule, ban, at)
    yield from concretising.faults(one, law, path)


def _ground(record: str, ground: str | None, law: Law, path: Path) -> Iterator[Fault]:
    want = "a national rule that allows the restriction"
    if ground is None or ground not in law.rule_ids:
        yield Fault(f"{record}.ground", repr(ground), want, path=(*path, "ground"))
        return
    rule = law.rule(ground)
    if rule.binding != "national" or rule.type not in _GROUNDS or rule.in_force_to is not None:
        got = f"{ground}, a {rule.binding} {rule.type} until {rule.in_force_to or 'today'}"
        yield Fault(f"{record}.ground", got, want, path=(*path, "ground"))
