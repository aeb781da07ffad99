"""What counts as leaving the city or county one lives in (离开所居住的市、县). 社区矫正法实施办法 第二十六条.

By the structure of the codes of GB/T 2260: two digits each for province, prefecture and county. Districts of one city
are one unit; a county, banner or county-level city of the same prefecture is another.
"""

from __future__ import annotations

from datetime import date

from eventcore.decider import Invalid, Refused
from lawkit import Law

_PROVINCE, _PREFECTURE, _COUNTY = 2, 4, 6  # not the law's: GB/T 2260
# GB/T 2260: 21 to 50 in the middle are regions, autonomous prefectures and leagues, which have no districts
_CITIES = (*range(1, 21), *range(51, 71))  # not the law's: GB/T 2260
# 01 to 20 and 51 to 80 at the end are districts; all others are counties, banners and county-level cities
_DISTRICTS = (*range(1, 21), *range(51, 81))  # not the law's: GB/T 2260
# Taiwan, Hong Kong, Macao: going there is leaving the country's controlled border, as every other country is
_BEYOND_THE_BORDER = frozenset({"71", "81", "82"})


def must_be_inland(field: str, place: str, law: Law, day: date) -> None:
    """The place lies inside the border. Refused LEAVE_ABROAD for codes that do not; Invalid for what is no code.

    出境入境管理法 第十二条第二项: who has not served the sentence does not leave the country.
    """
    if len(place) == _COUNTY and place.isdigit() and place[:_PROVINCE] not in _BEYOND_THE_BORDER:
        return
    rule = "decision.exit-restriction.basis"
    if place[:_PROVINCE] in _BEYOND_THE_BORDER or (place.isalpha() and place.isascii()):
        if law.in_force(rule, day):
            raise Refused("LEAVE_ABROAD", rule=rule, destination=place)
        return
    raise Invalid(field, f"got {place!r}, want six digits of GB/T 2260")


def is_leaving(home: str, place: str) -> bool:
    """True when going from the county of the home to the place needs approval."""
    if place == home:
        return False
    one_city = place[:_PREFECTURE] == home[:_PREFECTURE] and _number(home[_PROVINCE:_PREFECTURE]) in _CITIES
    return not (one_city and _is_district(place) and _is_district(home))


def _is_district(code: str) -> bool:
    return _number(code[_PREFECTURE:]) in _DISTRICTS


def _number(digits: str) -> int:
    return int(digits) if digits.isdigit() else 0
