"""Which measures were given in a period and who was out of contact at its end, counted. 衔接配合意见 第十五条."""

from __future__ import annotations

from dataclasses import replace
from typing import LiteralString

from contracts.words import word_of
from corrections.common.v1.common_pb2 import Figure
from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.supervision.v1 import service_pb2 as pb
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.figures import period, with_zeros

from supervision.queries import MEASURE_NAMES, MEASURES, PROJECTION

FIGURES: LiteralString = """
select m.name, s.kind, count(*) from measure m join supervised s on s.case_id = m.case_id
where coalesce(m.since_on, m.given_on) between %(first)s and %(last)s and starts_with(s.county, %(unit)s)
group by 1, 2 order by 1, 2
"""
"""Name, kind and count; parameters first, last (days) and unit."""
MISSING: LiteralString = """
select count(*) from missing where since <= %(now)s::timestamptz and starts_with(county, %(unit)s)
"""
# as the first form of reports counted, for ever
_FIGURES_V1: LiteralString = """
select m.name, s.kind, count(*) from measure m join supervised s on s.case_id = m.case_id
where m.given_on between %(first)s and %(last)s and starts_with(s.county, %(unit)s) group by 1, 2 order by 1, 2
"""
_MISSING_V1: LiteralString = """
select count(*) from missing where since is not null and starts_with(county, %(unit)s)
"""

_MISSING_NAME = "missing"
_NAMES = (*MEASURE_NAMES.values(), _MISSING_NAME)


async def figures(deps: Deps, request: pb.GetFiguresRequest, context: object) -> pb.GetFiguresResponse:
    """The counts of the period, at one size of the log."""
    asked = period(request, caller_of(context))
    measures, out_of_contact = (_FIGURES_V1, _MISSING_V1) if asked.when.by_act else (FIGURES, MISSING)
    given = await deps.lists.read(MEASURES, measures, asked.arguments(), asked.when)
    when = replace(asked.when, log_size=given.log_size)
    missing = await deps.lists.read(PROJECTION, out_of_contact, asked.arguments(), when)
    counted = [
        Figure(name=name, kind=word_of(SubjectKind, SubjectKind.values()[kind]), count=count)
        for name, kind, count in given.rows
    ]
    [(number,)] = missing.rows
    if number:
        counted.append(Figure(name=_MISSING_NAME, count=number))
    told = counted if asked.when.by_act else with_zeros(counted, _NAMES)
    return pb.GetFiguresResponse(figures=told, at=given.at())
