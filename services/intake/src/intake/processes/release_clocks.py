"""The summary before the end of the term, and the certificate on its last day. 社区矫正法 第四十四条; 实施办法 第五十三条.

These clocks are watched. The summary is due so long before the last day, whichever ruling fixed it last; the
certificate from the release on, and it stays due until an officer issues it. Table `awaiting_summary` holds the cases whose
summary is not there yet: a ruling that comes after it, or after the end, starts no clock.
"""

from __future__ import annotations

from datetime import date

from corrections.intake.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import end_of_day

_SUMMARY, _CERTIFICATE = "release-summary", "release-certificate"
_AWAIT = "insert into awaiting_summary (case_id) values (%s) on conflict do nothing"
_AWAITED = "select 1 from awaiting_summary where case_id = %s"
_SETTLED = "delete from awaiting_summary where case_id = %s"


def _computed(tx: Tx, event: Event) -> None:
    tx.execute(_AWAIT, (event.subject,))
    _summary(tx, event, event.data_as(ev.TermComputed).end_date)


def _shortened(tx: Tx, event: Event) -> None:
    _summary(tx, event, event.data_as(ev.TermShortened).end_date)


def _recalculated(tx: Tx, event: Event) -> None:
    _summary(tx, event, event.data_as(ev.TermRecalculated).end_date)


def _summary(tx: Tx, event: Event, end_date: str) -> None:
    if tx.fetch(_AWAITED, (event.subject,)):
        tx.watch(_SUMMARY, event.subject, "release.summary", date.fromisoformat(end_date))


def _prepared(tx: Tx, event: Event) -> None:
    tx.execute(_SETTLED, (event.subject,))
    tx.clear_deadline(_SUMMARY, event.subject)


def _released(tx: Tx, event: Event) -> None:
    _prepared(tx, event)
    last = date.fromisoformat(event.data_as(ev.Released).end_date)
    tx.deadline(_CERTIFICATE, event.subject, end_of_day(last), None, rule="release.certificate", since=last)


def _certified(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_CERTIFICATE, event.subject)


def _terminated(tx: Tx, event: Event) -> None:
    tx.execute(_SETTLED, (event.subject,))
    tx.clear_deadlines(event.subject)


RELEASE_CLOCKS = Projection(
    "release-clocks",
    handle={
        ev.TermComputed: _computed,
        ev.TermShortened: _shortened,
        ev.TermRecalculated: _recalculated,
        ev.ReleasePrepared: _prepared,
        ev.Released: _released,
        ev.ReleaseCertified: _certified,
        ev.Terminated: _terminated,
    },
    tables=("awaiting_summary",),
)
