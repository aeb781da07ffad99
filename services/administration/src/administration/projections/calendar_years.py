"""Which years of the working-day calendar were imported? Table `calendar_year`."""

from __future__ import annotations

from corrections.administration.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_PUT = """
insert into calendar_year (year, version, source, working_days) values (%s, %s, %s, %s)
on conflict (year) do update set
  version = excluded.version, source = excluded.source, working_days = excluded.working_days
"""


def _imported(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.CalendarImported)
    tx.execute(_PUT, (e.year, event.version, e.source.SerializeToString(), e.working_days))


def _corrected(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.CalendarCorrected)
    tx.execute(_PUT, (e.year, event.version, e.source.SerializeToString(), e.working_days))


CALENDAR_YEARS = Projection(
    "calendar-years",
    handle={ev.CalendarImported: _imported, ev.CalendarCorrected: _corrected},
    tables=("calendar_year",),
    key="",
)
