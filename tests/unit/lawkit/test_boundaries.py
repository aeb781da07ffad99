"""Every number of every rule has worked examples on both sides of its line, and they pass.

Counted by moving the line: with the number one step higher an example comes out differently, and with it one step lower
another one does. An example on the line and one just beyond it do that; two examples far from it do not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, cast

import pytest
import yaml
from lawkit import Law, load_law
from lawkit.check import check_one, examples_of
from lawkit.rules import Rule

Example = Mapping[str, Any]
Place = tuple[str | int, ...]
LAW = load_law()
DATA = files("lawkit") / "data"
OWN = cast(
    tuple[Example, ...],
    examples_of(yaml.load((DATA / "examples_own.yaml").read_bytes(), Loader=yaml.CSafeLoader)),
)
# a rule may say one number twice: its length, and the same line again for a question by value
SAID_AGAIN = {"value", "min", "finish_working_days"}
# and a table where one row ends and the next begins
SAID_TWICE: dict[str, list[tuple[Place, ...]]] = {
    "reduction.start": [
        (("duration",), ("threshold", "rows", 0, "served_months_gte")),
        (("threshold", "rows", 1, "sentence_months_lt"), ("threshold", "rows", 2, "sentence_months_gte")),
    ]
}
FRACTION = {"numerator", "denominator"}
SMALL = 0.01


def leaves(value: object, at: Place = ()) -> Iterator[tuple[Place, float]]:
    """Every number in the value, with its place."""
    if isinstance(value, dict):
        for key, inner in cast(dict[str, object], value).items():
            yield from leaves(inner, (*at, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(cast(list[object], value)):
            yield from leaves(inner, (*at, index))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield at, value


def numbers(rule: Rule) -> Iterator[tuple[tuple[Place, ...], float]]:
    """Every line of the rule: the places where its number stands, and the number."""
    found: dict[Place, float] = dict(leaves({"threshold": rule.threshold, "guitu": rule.guitu}))
    if rule.guitu.keys() >= FRACTION:
        # the share is computed exactly; the file's rounding of it is never read
        del found["threshold", "value"]
    if rule.duration is not None:
        found = {("duration",): rule.duration, **found}
    for same in SAID_TWICE.get(rule.id, ()):
        yield same, found[same[0]]
        for at in same:
            del found[at]
    if ("duration",) in found:
        again = [at for at, number in found.items() if at[-1] in SAID_AGAIN and number == rule.duration]
        yield (("duration",), *again), found.pop(("duration",))
        for at in again:
            del found[at]
    for at, number in found.items():
        yield (at,), number


def moved(value: object, at: Place, number: float) -> object:
    """The value with another number at the place."""
    if not at:
        return number
    if isinstance(value, list | tuple):
        listed = cast(list[object], value)
        return [moved(v, at[1:], number) if i == at[0] else v for i, v in enumerate(listed)]
    fields = cast(dict[str, object], value)
    return {**fields, str(at[0]): moved(fields[str(at[0])], at[1:], number)}


def law_with(rule: Rule, places: tuple[Place, ...], number: float) -> Law:
    """The law in which the rule has another number."""
    changed = {"duration": rule.duration, "threshold": rule.threshold, "guitu": rule.guitu}
    for at in places:
        changed = cast(dict[str, Any], moved(changed, at, number))
    other = LAW.with_local_rules((), own=[replace(rule, **changed)])
    return other if rule.binding == "local" else other_binding(other)


def other_binding(law: Law) -> Law:
    """The rule of the law, not a region's."""
    law.local = LAW.local
    return law


def lines() -> Iterator[tuple[str, tuple[Place, ...], float]]:
    for rule_id in LAW.rule_ids:
        for places, number in numbers(LAW.rule(rule_id)):
            yield rule_id, places, number


LINES = list(lines())


@cache
def about(rule_id: str) -> tuple[Example, ...]:
    return tuple(example for example in OWN if rule_id in example["rules"])


def told_apart(rule: Rule, places: tuple[Place, ...], number: float) -> bool:
    """Whether some example fails when the line lies there."""
    law = law_with(rule, places, number)
    return any(not check_one(law, example).passed for example in about(rule.id))


def step(number: float) -> float:
    return 1 if isinstance(number, int) else SMALL


def test_every_number_of_a_rule_is_found() -> None:
    found = {(rule_id, places[0][-1]) for rule_id, places, _ in LINES}
    assert {
        ("intake.report.deadline", "duration"),
        ("psa.penalty.supervision-breach", "fine_max_cny"),
        ("psa.penalty.supervision-breach", "max"),
        ("counting.appeal-periods", "ruling_days"),
        ("decision.temporary.minimum-served", "original_years_gte"),
        ("decision.temporary.minimum-served", "denominator"),
        ("minor.continue-after-18", "age_years"),
    } <= found
    assert not {"intake.receive", "revoke.dossier"} & {rule_id for rule_id, _, _ in LINES}


@pytest.mark.parametrize(
    ("rule_id", "places", "number"), LINES, ids=lambda v: v if isinstance(v, str) else None
)
def test_a_number_has_an_example_on_each_side(rule_id: str, places: tuple[Place, ...], number: float) -> None:
    rule = LAW.rule(rule_id)
    assert told_apart(rule, places, number + step(number)), "no example shows that the line is not higher"
    if number:  # nothing is less than none
        assert told_apart(rule, places, number - step(number)), "no example shows that the line is not lower"


@pytest.mark.parametrize("example", OWN, ids=lambda example: example["id"])
def test_own_example(example: Example) -> None:
    result = check_one(LAW, example)
    assert result.passed, (result.error, result.differences, result.articles)
    assert result.unused == ()


def test_own_examples_name_existing_rules_once_each() -> None:
    assert len({e["id"] for e in OWN}) == len(OWN)
    named = {r for e in OWN for r in e["rules"] if not r.startswith(("set.", "forbid."))}
    assert named <= set(LAW.rule_ids)
