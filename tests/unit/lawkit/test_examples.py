"""Every worked example of the handbook runs through lawkit.check and passes; none is left out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from lawkit import load_law
from lawkit.check import check, check_one, computations, examples_of

Example = Mapping[str, Any]
LAW = load_law()
FILE = Path(__file__).parents[2] / "data" / "law" / "examples.yaml"
DOCUMENT = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
EXAMPLES = cast(tuple[Example, ...], examples_of(DOCUMENT))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_worked_example(example: Example) -> None:
    result = check_one(LAW, example)
    assert result.passed, (result.error, result.differences, result.articles)
    assert result.unused == ()


def test_the_report_counts_every_example() -> None:
    report = check(LAW, EXAMPLES)
    assert len(report.results) == len(EXAMPLES)
    assert report.closing == f"{len(EXAMPLES)} passed, 0 failed"


def test_every_computation_of_the_examples_is_known() -> None:
    assert {e["compute"]["fn"] for e in EXAMPLES} <= set(computations())


def test_every_rule_an_example_names_exists() -> None:
    other = ("set.", "trap.", "forbid.")
    named = {r for e in EXAMPLES for r in e["rules"] if not r.startswith(other)}
    assert named <= set(LAW.rule_ids)
