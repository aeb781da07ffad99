"""A year of the working-day calendar, as the State Council's notice arranges it. 社区矫正法实施办法 第十四条."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1 import service_pb2 as cmd
from eventcore.decider import Context, Decider, Decision, Decisions, Invalid, Stamp, by_type, day, evolving
from lawkit.arrangement import ArrangedDay, Arrangement, WrongArrangement, arranged

CATEGORY = "calendar"


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The last notice of the year; `source` is None before the first."""

    year: int = 0
    days: tuple[ev.ArrangedDay, ...] = ()
    source: ev.SourceDocument | None = None
    working_days: int = 0


def _import(state: CalendarYear, c: cmd.ImportCalendarRequest, ctx: Context) -> Decision:
    if day("source.issued_on", c.source.issued_on) > ctx.today:
        raise Invalid("source.issued_on", f"got {c.source.issued_on}, want no day after {ctx.today}")
    arrangement = _arrangement(c)
    days = [ev.ArrangedDay(on=d.on.isoformat(), work=d.work, name=d.name) for d in arrangement.days]
    if state.source == c.source and list(state.days) == days:
        return []
    known = ctx.law.calendar.without_provisional_years()
    working_days = arranged(known, [arrangement]).working_days_of(c.year)
    # a year that came with the software's release is corrected by its first import
    correct = state.source is not None or c.year in known.years
    kind = ev.CalendarCorrected if correct else ev.CalendarImported
    return [kind(year=c.year, days=days, source=c.source, working_days=working_days)]


def _arrangement(c: cmd.ImportCalendarRequest) -> Arrangement:
    days = [ArrangedDay(day(f"days[{i}].on", d.on), d.work, d.name) for i, d in enumerate(c.days)]
    try:
        return Arrangement.of(c.year, days)
    except WrongArrangement as wrong:
        raise Invalid(f"days[{wrong.place}].{wrong.field}", str(wrong)) from None


def _imported(_: CalendarYear, e: ev.CalendarImported | ev.CalendarCorrected, _stamp: Stamp) -> CalendarYear:
    return CalendarYear(e.year, tuple(e.days), e.source, e.working_days)


def built_in(year: int, days: Sequence[ArrangedDay], working_days: int) -> CalendarYear:
    """A year that came with the release of the software: no notice of its own is on record."""
    listed = tuple(ev.ArrangedDay(on=d.on.isoformat(), work=d.work, name=d.name) for d in days)
    return CalendarYear(year, listed, None, working_days)


DECISIONS: Decisions[CalendarYear] = {cmd.ImportCalendarRequest: _import}

CALENDAR_YEAR = Decider(
    initial=CalendarYear(),
    evolve=evolving({ev.CalendarImported: _imported, ev.CalendarCorrected: _imported}),
    decide=by_type(DECISIONS),
    opens=frozenset({cmd.ImportCalendarRequest}),
)
