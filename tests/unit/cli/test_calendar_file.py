"""A lawyer's file of a calendar year is read whole, or the wrong field is named. All notices here are invented."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from guitu_cli.calendar_file import WrongCalendarFile, request_of

GOOD = """
year: 2027
source: {title: 虚构的安排, url: "https://example.org/invented", issued_on: 2026-11-04, document: notice.txt}
holidays:
- {name: 元旦, days_off: [2026-12-31/2027-01-02], make_up: [2027-01-09]}
- {name: 清明节, days_off: [2027-04-05]}
"""


def written(folder: Path, text: str) -> Path:
    (folder / "notice.txt").write_bytes(b"invented")
    file = folder / "2027.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_ranges_and_single_days_are_read_in_order(tmp_path: Path):
    request = request_of(written(tmp_path, GOOD))
    assert [(d.on, d.work, d.name) for d in request.days] == [
        ("2026-12-31", False, "元旦"),
        ("2027-01-01", False, "元旦"),
        ("2027-01-02", False, "元旦"),
        ("2027-01-09", True, "元旦"),
        ("2027-04-05", False, "清明节"),
    ]
    assert request.source.sha256 == sha256(b"invented").digest()
    assert (request.year, request.source.issued_on) == (2027, "2026-11-04")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("year: 2027", "year: next", "year: got 'next'"),
        ("document: notice.txt", "document: none.txt", r"source\.document"),
        ("2026-12-31/2027-01-02", "2027-01-02/2026-12-31", r"holidays\[0\]\.days_off"),
        ("2027-04-05", "5 April", r"holidays\[1\]\.days_off: got '5 April'"),
        ("days_off: [2027-04-05]", "work: [2027-04-05]", r"holidays\[1\]\.days_off: got nothing"),
        ("name: 清明节", "name: 清明节, off: []", r"holidays\[1\]: got False"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, old: str, new: str, said: str):
    with pytest.raises(WrongCalendarFile, match=said):
        request_of(written(tmp_path, GOOD.replace(old, new)))
