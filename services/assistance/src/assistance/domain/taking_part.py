"""A case may get assistance from its entry to the end of corrections. 社区矫正法 第四十三条至第四十五条."""

from __future__ import annotations

from corrections.assistance.v1 import events_pb2 as ev
from corrections.assistance.v1 import service_pb2 as cmd
from eventcore.decider import Context, Decision, Decisions

from assistance.domain.state import Assistance


def _open(case: Assistance, c: cmd.OpenAssistanceRequest, _: Context) -> Decision:
    if case.county:
        return []
    return [ev.AssistanceOpened(county=c.county, office=c.office, seal_to=c.seal_to)]


def _close(case: Assistance, c: cmd.CloseAssistanceRequest, _: Context) -> Decision:
    return [] if case.closed else [ev.AssistanceClosed(on=c.on)]


DECISIONS: Decisions[Assistance] = {cmd.OpenAssistanceRequest: _open, cmd.CloseAssistanceRequest: _close}
