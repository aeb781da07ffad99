"""A copy of a report is compared with it byte for byte."""

from __future__ import annotations

import pytest
from guitu_cli.report import differing_line

REPORT = b'{\n "count": 1\n}\n'


@pytest.mark.parametrize(
    ("held", "line"),
    [
        (REPORT, 0),
        (b'{\n "count": 2\n}\n', 2),
        (b"", 1),
        (REPORT[:-1], 3),
        (REPORT[:5], 2),
        (REPORT + b"x", 4),
        (REPORT.replace(b"\n", b"\r\n"), 1),
    ],
)
def test_the_first_line_that_is_not_the_reports_is_named(held: bytes, line: int) -> None:
    assert differing_line(held, REPORT) == line
