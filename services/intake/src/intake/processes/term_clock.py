"""The term lapses at 24:00 of its last day, whichever ruling fixed it last. 社区矫正法 第四十四条.

Table `running_term` holds the cases whose term runs, and since when: a ruling that comes after the end (a sentence recalculated years
later) starts no clock.
"""

from __future__ import annotations

from datetime import date

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.acts import day_or_none
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import end_of_day

_CLOCK = "term"
_RULE = "release.conditions"
_RUN = "insert into running_term (case_id, start_date) values (%s, %s) on conflict do nothing"
_RUNS = "select start_date from running_term where case_id = %s"
_STOP = "delete from running_term where case_id = %s"


def _computed(tx: Tx, event: Event) -> None:
    term = event.data_as(ev.TermComputed)
    tx.execute(_RUN, (event.subject, day_or_none(term.start_date)))
    _start(tx, event, term.end_date)


def _shortened(tx: Tx, event: Event) -> None:
    _start(tx, event, event.data_as(ev.TermShortened).end_date)


def _recalculated(tx: Tx, event: Event) -> None:
    _start(tx, event, event.data_as(ev.TermRecalculated).end_date)


def _start(tx: Tx, event: Event, end_date: str) -> None:
    running = tx.fetch(_RUNS, (event.subject,))
    if not running:
        return
    due = end_of_day(date.fromisoformat(end_date))
    request = cmd.LapseTermRequest(case_id=str(event.subject))
    request.due_at.FromDatetime(due)
    ((since,),) = running
    tx.deadline(_CLOCK, event.subject, due, request, rule=_RULE, since=since)


def _ended(tx: Tx, event: Event) -> None:
    tx.execute(_STOP, (event.subject,))
    tx.clear_deadline(_CLOCK, event.subject)


TERM_CLOCK = Projection(
    "term-clock",
    handle={
        ev.TermComputed: _computed,
        ev.TermShortened: _shortened,
        ev.TermRecalculated: _recalculated,
        ev.Released: _ended,
        ev.Terminated: _ended,
    },
    tables=("running_term",),
)
