"""Deciders contain no number of the law: a rule of lawkit is named instead (style.md, rule 14).

A literal other than 0, 1 and -1 in a domain module fails, unless its line says `# not the law's: why`.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(ROOT.glob("services/*/src/*/domain/**/*.py")) + sorted(
    ROOT.glob("services/*/src/*/domain.py")
)
# what lawkit itself decides; counting.py and terms.py hold the arithmetic of the calendar
MODULES += [
    ROOT / "libs/lawkit/src/lawkit" / f"{name}.py"
    for name in ("ages", "assessment", "endings", "grids", "health", "ladders", "proceedings", "restrictions",
                 "rewards", "tables", "thresholds")
]  # fmt: skip
EXCUSE = re.compile(r"# not the law's: \S")


def numbers_of(source: str) -> list[str]:
    """`line: number` for each literal that could be the law's."""
    lines = source.splitlines()
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
            continue
        if isinstance(node.value, int | float | complex) and node.value not in {0, 1}:
            last = node.end_lineno or node.lineno
            if not any(EXCUSE.search(line) for line in lines[node.lineno - 1 : last]):
                found.append(f"{node.lineno}: {node.value}")
    return found


def test_deciders_contain_no_number_of_the_law() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}" for path in MODULES for number in numbers_of(path.read_text())
    ]
    assert found == [], "name a rule of lawkit, or say `# not the law's: why` on the line"


@pytest.mark.parametrize("allowed", ["n = 0", "n = -1", "n = x[1]", "n = True", "n = '10'", '"""10 days"""'])
def test_counting_from_nothing_to_one_is_allowed(allowed: str) -> None:
    assert numbers_of(allowed) == []


@pytest.mark.parametrize("number", ["10", "-2", "0.5", "x[2]", "f(days=30)", "2j"])
def test_any_other_number_needs_a_reason(number: str) -> None:
    assert len(numbers_of(f"n = {number}")) == 1
    assert len(numbers_of(f"n = {number}  # not the law's:")) == 1
    assert numbers_of(f"n = {number}  # not the law's: width of a column") == []
