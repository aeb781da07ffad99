"""Which cases are there, and how far is each? Table `case_list`. The state itself is asked of the day it is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from corrections.intake.v1 import events_pb2 as ev
from eventcore.acts import day_or_none
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import day_of

from intake.domain.reporting_in import DEADLINE

_ADD = """
insert into case_list (case_id, person_id, exchange_id, defendant_number, kind, county, office, organ_code, effective,
  opened, decided, version)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict do nothing
"""
_TERM = "update case_list set version = %s, start_date = %s, end_date = %s where case_id = %s"
_END = "update case_list set version = %s, end_date = %s where case_id = %s"
_REPORT_DUE = "update case_list set version = %s, report_due = %s, report_rule = %s where case_id = %s"
_VERSION = "update case_list set version = %s where case_id = %s"
# a step keeps its first day: a plan that is adjusted does not begin again
_STEPS = {
    step: f"update case_list set version = %s, {step} = coalesce({step}, %s) where case_id = %s"
    for step in ("missed", "reported", "declared", "planned", "prepared", "released", "terminated")
}


def _opened(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.CaseOpened)
    tx.execute(
        _ADD,
        (
            event.subject,
            e.person_id,
            e.exchange_id,
            e.defendant_number,
            e.kind,
            e.county,
            e.office,
            e.organ_code,
            day_or_none(e.effective_date),
            event.day,
            day_of(event.since),
            event.version,
        ),
    )


def _term(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.TermComputed)
    tx.execute(_TERM, (event.version, day_or_none(e.start_date), day_or_none(e.end_date), event.subject))


def _shortened(tx: Tx, event: Event) -> None:
    tx.execute(_END, (event.version, day_or_none(event.data_as(ev.TermShortened).end_date), event.subject))


def _recalculated(tx: Tx, event: Event) -> None:
    tx.execute(_END, (event.version, day_or_none(event.data_as(ev.TermRecalculated).end_date), event.subject))


def _ordered(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.ReportingInOrdered)
    fixed = day_or_none(e.printed_due) or day_or_none(e.extended_due)
    due = fixed or day_or_none(e.provisional_due) or day_or_none(e.nominal_due)
    counted_by = (e.law.rule or DEADLINE) if due and not fixed else None
    tx.execute(_REPORT_DUE, (event.version, due, counted_by, event.subject))


def _released(tx: Tx, event: Event) -> None:
    _step(tx, event, "released", day_or_none(event.data_as(ev.Released).end_date) or event.day)


def _terminated(tx: Tx, event: Event) -> None:
    _step(tx, event, "terminated", day_or_none(event.data_as(ev.Terminated).on) or event.day)


def _reached(step: str) -> Callable[[Tx, Event], None]:
    return lambda tx, event: _step(tx, event, step, event.day)


def _step(tx: Tx, event: Event, step: str, on: date) -> None:
    tx.execute(_STEPS[step], (event.version, on, event.subject))


def _seen(tx: Tx, event: Event) -> None:
    tx.execute(_VERSION, (event.version, event.subject))


CASES = Projection(
    "cases",
    handle={
        ev.CaseOpened: _opened,
        ev.TermComputed: _term,
        ev.ReportingInOrdered: _ordered,
        ev.ReportedIn: _reached("reported"),
        ev.ReportingInMissed: _reached("missed"),
        ev.GroupFormed: _seen,
        ev.EntryDeclared: _reached("declared"),
        ev.PlanAdopted: _reached("planned"),
        ev.TermShortened: _shortened,
        ev.TemporaryServiceRenewed: _seen,
        ev.TermRecalculated: _recalculated,
        ev.ReleasePrepared: _reached("prepared"),
        ev.Released: _released,
        ev.ReleaseCertified: _seen,
        ev.Terminated: _terminated,
        ev.RulingWithoutEffect: _seen,
    },
    tables=("case_list",),
)
