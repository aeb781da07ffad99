"""Every service follows the calendar years and rule sets of administration. 社区矫正法实施办法 第四条、第十四条.

The year is a row of es.calendar_year, with the position of who read it; `law_in_use` takes it from there into the law of
every process, and `eventcore.recompute` asks the clocks again that waited for it. A rule set is a row of es.rule_set.
"""

from __future__ import annotations

from corrections.administration.v1 import events_pb2 as ev
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Handler, Tx
from google.protobuf.message import Message

from servicekit.law_in_use import LAW_CHANNEL

_PUT = """
insert into es.calendar_year as c (year, version, content) values (%s, %s, %s)
on conflict (year) do update set version = excluded.version, content = excluded.content, recomputed = false
where c.version < excluded.version
"""
_NOTICE = """
insert into es.calendar_notice (year, version, recorded_at, content) values (%s, %s, %s, %s)
on conflict (year, version) do nothing
"""
_RELEASE = """
insert into es.rule_set (stream_id, version, content) values (%s, %s, %s) on conflict (stream_id) do nothing
"""
_WITHDRAW = """
update es.rule_set set version = %s, withdrawn_from = %s, withdrawal = %s where stream_id = %s and version < %s
"""
_TELL = "select pg_notify(%s, '')"


def _imported(tx: Tx, event: Event) -> None:
    _put(tx, event, event.data_as(ev.CalendarImported))


def _corrected(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.CalendarCorrected)
    _put(tx, event, ev.CalendarImported(year=e.year, days=e.days))


def _put(tx: Tx, event: Event, arranged: ev.CalendarImported) -> None:
    content = ev.CalendarImported(year=arranged.year, days=arranged.days).SerializeToString()
    tx.execute(_NOTICE, (arranged.year, event.version, event.recorded_at, content))
    tx.execute(_PUT, (arranged.year, event.version, content))
    tx.fetch(_TELL, (LAW_CHANNEL,))


def _released(tx: Tx, event: Event) -> None:
    content = event.data_as(ev.RuleSetReleased).SerializeToString()
    tx.execute(_RELEASE, (event.stream_id, event.version, content))
    tx.fetch(_TELL, (LAW_CHANNEL,))


def _withdrawn(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.RuleSetWithdrawn)
    content = e.SerializeToString()
    tx.execute(_WITHDRAW, (event.version, e.withdrawn_from, content, event.stream_id, event.version))
    tx.fetch(_TELL, (LAW_CHANNEL,))


_HANDLE: dict[type[Message], Handler] = {
    ev.CalendarImported: _imported,
    ev.CalendarCorrected: _corrected,
    ev.RuleSetReleased: _released,
    ev.RuleSetWithdrawn: _withdrawn,
}

FOLLOWING_LAW = Subscription("following-law", services=("administration",), handle=_HANDLE)
OWN_LAW = Projection("own-law", handle=_HANDLE)
"""The same for administration itself, which reads its own log."""
