"""Counties of GB/T 2260 (data/counties.txt), codes of before changes included."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_OFFICE = 9  # not the law's: GB/T 2260, three digits after the county's six


@cache
def counties() -> frozenset[str]:
    """Every county code, 6 digits."""
    lines = (files("handoff.domain.data") / "counties.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.split(" ", 1)[0] for line in lines)


def known(county: str) -> bool:
    """True when the code is a county's, now or before a change of codes."""
    return county in counties()


def holds(county: str, office: str) -> bool:
    """True when the office's code (9 digits) lies in the county."""
    return len(office) == _OFFICE and office.isdecimal() and office.startswith(county)
