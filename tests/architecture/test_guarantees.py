"""Every guarantee built so far has the test that docs/reference/guarantees.md names (eventstore.md section 10)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "guarantees.md"
ROW = re.compile(r"^\| G(\d+) \| .+ \| `(tests/\S+\.py)::(test_\w+)` \|$", re.M)
BUILT = {*range(1, 15), *range(16, 23), 24, 25, 26, 28, 30, 31}
NAMED = [(int(number), path, name) for number, path, name in ROW.findall(PAGE.read_text(encoding="utf-8"))]


def test_no_guarantee_is_missing_from_the_page():
    assert {number for number, _, _ in NAMED} >= BUILT


@pytest.mark.parametrize(("number", "path", "name"), NAMED)
def test_every_guarantee_has_its_test(number: int, path: str, name: str):
    source = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {name}\(", source, re.M), f"G{number}"
