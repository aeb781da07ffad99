"""Every rule with a number has worked examples on both sides of its line, and they pass."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, cast

import pytest
import yaml
from lawkit import load_law
from lawkit.check import check_one, examples_of

Example = Mapping[str, Any]
LAW = load_law()
DATA = files("lawkit") / "data"
OWN = cast(
    tuple[Example, ...],
    examples_of(yaml.load((DATA / "examples_own.yaml").read_bytes(), Loader=yaml.CSafeLoader)),
)
RULES = json.loads((DATA / "rules.json").read_bytes())["law"]["rules"]


def has_number(value: object) -> bool:
    if isinstance(value, dict | list):
        inner = (
            cast(dict[str, object], value).values() if isinstance(value, dict) else cast(list[object], value)
        )
        return any(map(has_number, inner))
    # a zero draws no line: custody before probation counts nothing, however long it was
    return isinstance(value, int | float) and not isinstance(value, bool) and value != 0


NUMBERED = [
    r["id"] for r in RULES if any(has_number(r.get(key)) for key in ("duration", "threshold", "guitu"))
]


def test_a_number_is_found_wherever_a_rule_keeps_it() -> None:
    found = set(NUMBERED)
    assert {"intake.report.deadline", "reduction.start", "minor.continue-after-18"} <= found
    assert not {"intake.receive", "revoke.dossier"} & found


@pytest.mark.parametrize("rule_id", NUMBERED)
def test_a_rule_with_a_number_has_an_example_on_each_side(rule_id: str) -> None:
    about = [e for e in OWN if e["rules"][0] == rule_id]
    outcomes: dict[str, set[str]] = {}
    for example in about:
        outcomes.setdefault(example["compute"]["fn"], set()).add(json.dumps(example["expect"], default=str))
    assert len(about) >= 2
    assert any(len(different) >= 2 for different in outcomes.values())


@pytest.mark.parametrize("example", OWN, ids=lambda example: example["id"])
def test_own_example(example: Example) -> None:
    result = check_one(LAW, example)
    assert result.passed, (result.error, result.differences, result.articles)
    assert result.unused == ()


def test_own_examples_name_existing_rules_once_each() -> None:
    assert len({e["id"] for e in OWN}) == len(OWN)
    named = {r for e in OWN for r in e["rules"] if not r.startswith(("set.", "forbid."))}
    assert named <= set(LAW.rule_ids)
