"""Who serves outside prison reports the own health each month. 社区矫正法实施办法 第二十四条.

Watched only. Table `health_reporting` holds who has that duty. How often others report the institution says in words
(set.report.regular.frequency): no rule counts it.
"""

from __future__ import annotations

from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.supervision.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_CLOCK, _RULE = "health-report", "health.monthly-report"
_HAS = "insert into health_reporting (case_id) values (%s) on conflict do nothing"
_ASKED = "select 1 from health_reporting where case_id = %s"
_HAS_NOT = "delete from health_reporting where case_id = %s"


def _opened(tx: Tx, event: Event) -> None:
    if event.data_as(ev.SupervisionOpened).kind == SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE:
        tx.execute(_HAS, (event.subject,))


def _counts(tx: Tx, event: Event) -> None:
    if tx.fetch(_ASKED, (event.subject,)):
        tx.watch(_CLOCK, event.subject, _RULE, event.day)


def _closed(tx: Tx, event: Event) -> None:
    tx.execute(_HAS_NOT, (event.subject,))
    tx.clear_deadline(_CLOCK, event.subject)


REPORT_CLOCKS = Projection(
    "report-clocks",
    handle={
        ev.SupervisionOpened: _opened,
        ev.ReceptionNoted: _counts,
        ev.ReportMade: _counts,
        ev.SupervisionClosed: _closed,
    },
    tables=("health_reporting",),
)
