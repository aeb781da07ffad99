"""A case takes part in education from its entry to the end of corrections. 社区矫正法 第三十六条、第四十四条、第四十五条."""

from __future__ import annotations

from corrections.education.v1 import events_pb2 as ev
from corrections.education.v1 import service_pb2 as cmd
from eventcore.decider import Context, Decision, Decisions

from education.domain.state import Education


def _open(case: Education, c: cmd.OpenEducationRequest, _: Context) -> Decision:
    if case.county:
        return []
    return [
        ev.EducationOpened(
            county=c.county, office=c.office, end_date=c.end_date, minor=c.minor, seal_to=c.seal_to
        )
    ]


def _close(case: Education, c: cmd.CloseEducationRequest, _: Context) -> Decision:
    return [] if case.closed else [ev.EducationClosed(on=c.on)]


DECISIONS: Decisions[Education] = {cmd.OpenEducationRequest: _open, cmd.CloseEducationRequest: _close}
