"""Ages: the regime of minors and the sealing of juvenile records.

社区矫正法 第五十八条; 刑事诉讼法 第二百八十六条; 关于未成年人犯罪记录封存的实施办法 第四条、第十三条.
Two tests with two days: under age at the start of corrections, and under age at the offence.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from lawkit.counting import add_years
from lawkit.law import Law
from lawkit.rules import Number
from lawkit.thresholds import meets

_REGIME = "minor.continue-after-18"
_SEAL = "sealing.condition"
_SEAL_TERM = "sealing.term"
_ONE_DAY = timedelta(days=1)
# not the law's: GB 11643, year, month and day of birth; the first generation wrote the year with two digits
_CITIZEN = re.compile(r"\d{6}(\d{4})(\d{2})(\d{2})\d{3}[\dX]", re.ASCII)
_FIRST_GENERATION = re.compile(r"\d{6}(\d{2})(\d{2})(\d{2})\d{3}", re.ASCII)
_CENTURY = "19"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # not the law's: GB 11643, annex
_CHECK = "10X98765432"


@dataclass(frozen=True, slots=True)
class Sealing:
    """Whether the record is sealed, by which rule, and the last day for it (None when it is not sealed)."""

    seal: bool
    rule_id: str
    by: date | None


def born_by(identity_number: str) -> date | None:
    """The birth date that a citizen identity number of 18 or 15 digits holds, spaces and case aside.

    None for the document of another state and for an impossible day; the check digit is not judged.
    """
    plain = "".join(identity_number.split()).upper()
    found, century = _CITIZEN.fullmatch(plain), ""
    if found is None:
        found, century = _FIRST_GENERATION.fullmatch(plain), _CENTURY
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        return date(int(century + year), int(month), int(day))
    except ValueError:
        return None


def check_digit(number: str) -> str:
    """The check digit by GB 11643 of a number whose first 17 characters are digits."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return _CHECK[total % len(_CHECK)]


def of_age_on(birth: date, years: int) -> date:
    """The first day of that age: the day after the birthday (set.age.birthday)."""
    return add_years(birth, years) + _ONE_DAY


def minor_regime(law: Law, birth: date, *, term_start: date, reception: date, on: date | None = None) -> bool:
    """Whether the rules for minors apply, from the start of corrections to their end.

    The setting says whether the start of the term counts when it lies before the reception.
    Raises NotInForce.
    """
    earlier = law.setting("set.minor.flag-date").choice == "earlier-of-term-start-and-reception"
    decisive = min(term_start, reception) if earlier else reception
    years = int(law.threshold(_REGIME, "age_years", on or decisive))
    return decisive < of_age_on(birth, years)


def sealing(
    law: Law, birth: date, *, offence: date, sentence_months: Number, completed: date, on: date | None = None
) -> Sealing:
    """Whether the record is sealed and until when, once the sentence is completed.

    offence: the day of the main act when there are several (sealing.mixed-age). Raises NotInForce.
    """
    rule = law.rule(_SEAL, on or completed)
    under_age = offence < of_age_on(birth, int(rule.number("age_at_offence_lt")))
    if not (under_age and meets(rule, sentence_months)):
        return Sealing(False, rule.id, None)
    return Sealing(True, rule.id, law.due(_SEAL_TERM, completed, on).nominal)
