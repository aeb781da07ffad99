"""Reports (报告). 社区矫正法 第二十三条; 社区矫正法实施办法 第二十四条. No national number of reports exists."""

from __future__ import annotations

from dataclasses import replace

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.acts import instant_of_act
from eventcore.decider import Context, Decision, Decisions, Evolutions, Stamp
from lawkit.counting import day_of

from supervision.domain.state import Supervision, must_run


def _record(case: Supervision, c: cmd.RecordReportRequest, ctx: Context) -> Decision:
    at = instant_of_act(c, ctx)
    if (at, c.method) in case.reports:
        return []
    must_run(case, day_of(at))
    return [ev.ReportMade(method=c.method)]


def _made(case: Supervision, e: ev.ReportMade, stamp: Stamp) -> Supervision:
    return replace(case, reports=(*case.reports, (stamp.occurred_at, e.method)))


DECISIONS: Decisions[Supervision] = {cmd.RecordReportRequest: _record}
EVOLUTIONS: Evolutions[Supervision] = {ev.ReportMade: _made}
