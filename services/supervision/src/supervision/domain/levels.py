"""Which institution has the level of a court (同级社区矫正机构). 社区矫正法实施办法 第九条、第四十二条、第四十六条、第四十七条.

A basic court meets the county's institution, an intermediate court the city's, a high court the province's. In a
municipality no city lies between district and province: its institution stands for both.
"""

from __future__ import annotations

from lawkit import Law
from lawkit.proceedings import CourtLevel, institution_of

_PROVINCE_DIGITS = 2  # not the law's: GB/T 2260
_CITY_DIGITS = 4  # not the law's: GB/T 2260
# GB/T 2260: 北京、天津、上海、重庆
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


def court_level(organ_unit: str, *, parole: bool) -> CourtLevel:
    """The level of the organ of this unit.

    An organ whose unit is not known is taken for the lowest that may decide: parole is granted by intermediate and
    high courts only (刑事诉讼法 第二百七十三条).
    """
    if organ_unit and len(organ_unit) <= _PROVINCE_DIGITS:
        return "high"
    return "intermediate" if parole or (organ_unit and len(organ_unit) <= _CITY_DIGITS) else "basic"


def institutions_of(law: Law, level: CourtLevel, county: str) -> tuple[str, ...]:
    """The roles that have the level of the court, for a case of the county."""
    role = institution_of(law, level)
    return (
        (role, institution_of(law, "high"))
        if level == "intermediate" and in_municipality(county)
        else (role,)
    )


def in_municipality(county: str) -> bool:
    """True for a county or district directly under a municipality."""
    return county[:_PROVINCE_DIGITS] in _MUNICIPALITIES
