"""How many are in charge, came and went: counts over the list of cases as it was and was known. 衔接配合意见 第十五条.

Who is a subject is in charge from the day of the decision. Who is released is in charge through the last day of the term and
counts as released on the next: so whoever was in charge at the end of a period was so before it or came in it, and did not
go. A test adds it up. `registered` counts what the county registered in the period, whenever it was decided.
"""

from __future__ import annotations

from typing import LiteralString

from corrections.common.v1.common_pb2 import Figure
from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.intake.v1 import service_pb2 as pb
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.figures import period, with_zeros

from intake.domain.state import kind_id
from intake.queries import PROJECTION

FIGURES: LiteralString = """
select f.name, c.kind, count(*) from case_list c cross join lateral (
  select coalesce(c.terminated > %(last)s, true) and coalesce(c.released >= %(last)s, true) as held,
    coalesce(c.decided, c.opened) as decided
) h cross join lateral (values
  ('in-charge', h.held),
  ('not-yet-received', h.held and coalesce(c.reported > %(last)s, true)),
  ('decided', h.decided between %(first)s and %(last)s),
  ('registered', c.opened between %(first)s and %(last)s),
  ('received', c.reported between %(first)s and %(last)s),
  ('missed-reporting-in', c.missed between %(first)s and %(last)s),
  ('released', c.released + 1 between %(first)s and %(last)s),
  ('terminated', c.terminated between %(first)s and %(last)s)
) as f(name, counts)
where f.counts and starts_with(c.county, %(unit)s) group by 1, 2 order by 1, 2
"""
"""Name, kind and count; parameters first, last (days) and unit."""
FIGURES_V1: LiteralString = """
select f.name, c.kind, count(*) from case_list c cross join lateral (
  select c.opened <= %(last)s and coalesce(c.terminated > %(last)s, true) and coalesce(c.released >= %(last)s, true) as held
) h cross join lateral (values
  ('in-charge', h.held),
  ('not-yet-received', h.held and coalesce(c.reported > %(last)s, true)),
  ('registered', c.opened between %(first)s and %(last)s),
  ('received', c.reported between %(first)s and %(last)s),
  ('missed-reporting-in', c.missed between %(first)s and %(last)s),
  ('released', c.released + 1 between %(first)s and %(last)s),
  ('terminated', c.terminated between %(first)s and %(last)s)
) as f(name, counts)
where f.counts and starts_with(c.county, %(unit)s) group by 1, 2 order by 1, 2
"""
"""The same as the first form of reports counted, for ever."""

_NAMES = (
    "in-charge", "not-yet-received", "decided", "registered", "received", "missed-reporting-in", "released", "terminated",
)  # fmt: skip


async def figures(deps: Deps, request: pb.GetFiguresRequest, context: object) -> pb.GetFiguresResponse:
    """The counts of the period."""
    asked = period(request, caller_of(context))
    query = FIGURES_V1 if asked.when.by_act else FIGURES
    found = await deps.lists.read(PROJECTION, query, asked.arguments(), asked.when)
    counted = [
        Figure(name=name, kind=kind_id(SubjectKind.values()[kind]), count=count)
        for name, kind, count in found.rows
    ]
    told = counted if asked.when.by_act else with_zeros(counted, _NAMES)
    return pb.GetFiguresResponse(figures=told, at=found.at())
