"""Counties of GB/T 2260 (data/counties.txt), codes of before changes included, and the units that hold them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_UNITS = (2, 4, 6)  # not the law's: digits of a province, a city and a county


@cache
def counties() -> frozenset[str]:
    """Every county code, 6 digits."""
    lines = (files("lawkit") / "data" / "counties.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.split(" ", 1)[0] for line in lines)


@cache
def territories() -> frozenset[str]:
    """Every code of a province, a city or a county, 2, 4 or 6 digits."""
    return frozenset(county[:digits] for county in counties() for digits in _UNITS)
