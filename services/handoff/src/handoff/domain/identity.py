"""Citizen identity numbers (公民身份号码, GB 11643): date and check digit ISO 7064 MOD 11-2."""

from __future__ import annotations

import re

from lawkit.ages import born_by, check_digit

STANDARD = "GB 11643-1999"
_CITIZEN = re.compile(r"\d{17}[\dX]", re.ASCII)
_FIRST_GENERATION = re.compile(r"\d{15}", re.ASCII)
# an alphanumeric document of another state or of Hong Kong, Macau, Taiwan; digits alone of these lengths are citizens'
_OTHER_DOCUMENT = re.compile(r"[A-Z0-9()/\-]{4,32}", re.ASCII)
_SLIPPED = re.compile(r"\d{13,}[A-Z]{0,2}", re.ASCII)


def valid(number: str) -> bool:
    """True for a citizen number with a possible date and the right check digit, or another state's document.

    Numbers of the first generation (15 digits) have no check digit; their date must be possible.
    """
    number = number.upper()
    if _CITIZEN.fullmatch(number):
        return born_by(number) is not None and number[-1] == check_digit(number)
    if _FIRST_GENERATION.fullmatch(number):
        return born_by(number) is not None
    return bool(_OTHER_DOCUMENT.fullmatch(number)) and not _SLIPPED.fullmatch(number)
