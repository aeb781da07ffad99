"""States and rows as the contract's messages."""

from __future__ import annotations

from collections.abc import Iterable

from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1 import service_pb2 as pb
from corrections.common.v1.common_pb2 import Moment
from eventcore.decider import NotFound
from lawkit import Law
from lawkit.arrangement import ArrangedDay

from administration.domain.calendar_year import CalendarYear, built_in
from administration.domain.rule_set import RuleSet
from administration.queries import Year


def calendar(state: CalendarYear, version: int) -> pb.GetCalendarResponse:
    """A year with its days."""
    return pb.GetCalendarResponse(
        calendar=pb.CalendarYear(
            year=state.year,
            days=state.days,
            source=state.source,
            working_days=state.working_days,
            version=version,
        )
    )


def built_in_calendar(law: Law, year: int) -> pb.GetCalendarResponse:
    """A year that came with the release of the software. NotFound where none did."""
    known = law.calendar.without_provisional_years()
    if year not in known.years:
        raise NotFound
    listed = [(day, False, name) for day, name in known.off.items()]
    listed += [(day, True, name) for day, name in known.make_up.items()]
    days = [ArrangedDay(*one) for one in sorted(listed) if one[0].year == year]
    return calendar(built_in(year, days, known.working_days_of(year)), 0)


def calendars(rows: Iterable[Year], span: str, at: Moment) -> pb.ListCalendarsResponse:
    """The imported years."""
    return pb.ListCalendarsResponse(
        built_in=span,
        at=at,
        calendars=[
            pb.CalendarYear(
                year=row.year,
                version=row.version,
                working_days=row.working_days,
                source=ev.SourceDocument.FromString(row.source),
            )
            for row in rows
        ],
    )


def rule_set(state: RuleSet) -> pb.RuleSet:
    """A released rule set."""
    e, withdrawn = state.released or ev.RuleSetReleased(), state.withdrawn
    return pb.RuleSet(
        rule_set_id=e.rule_set_id,
        digest=e.digest,
        effective_on=e.effective_on,
        author=e.author,
        checker=e.checker,
        withdrawn_from=state.withdrawn_from,
        withdrawn_author=withdrawn.author if withdrawn else None,
        withdrawn_checker=withdrawn.checker if withdrawn else None,
        corrects=e.corrects,
        correction_reason=e.correction_reason,
    )


def rule_sets(rows: Iterable[tuple[bytes, bytes | None]], at: Moment) -> pb.ListRuleSetsResponse:
    """All of them."""
    found = [
        RuleSet(
            ev.RuleSetReleased.FromString(data),
            None if withdrawn is None else ev.RuleSetWithdrawn.FromString(withdrawn),
        )
        for data, withdrawn in rows
    ]
    return pb.ListRuleSetsResponse(rule_sets=[rule_set(one) for one in found], at=at)
