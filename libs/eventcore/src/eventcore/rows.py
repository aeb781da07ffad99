"""Which rows of a list a caller sees: `Caller.sees` as SQL, for tables with the columns `county` and `office`."""

from __future__ import annotations

from typing import LiteralString

from eventcore.decider import OFFICE, Caller

# the planner folds the case away once the parameters are known, so indexes on either column serve
SEEN: LiteralString = """
(case when %(all)s then true
  when %(of_office)s then %(office)s <> '' and office = %(office)s
  else %(county)s <> '' and starts_with(county, %(county)s) end)
"""


def seen(caller: Caller) -> dict[str, object]:
    """The parameters of SEEN."""
    return {
        "all": caller.of_the_platform,
        "of_office": caller.role == OFFICE,
        "office": caller.unit,
        "county": caller.county,
    }
