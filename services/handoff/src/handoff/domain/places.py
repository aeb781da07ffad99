"""Places that a judgment names: the county of execution and its office, by the codes of GB/T 2260."""

from __future__ import annotations

from lawkit.counties import counties

_OFFICE = 9  # not the law's: GB/T 2260, three digits after the county's six


def known(county: str) -> bool:
    """True when the code is a county's, now or before a change of codes."""
    return county in counties()


def holds(county: str, office: str) -> bool:
    """True when the office's code (9 digits) lies in the county."""
    return len(office) == _OFFICE and office.isdecimal() and office.startswith(county)
