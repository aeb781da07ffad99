"""The smallest plausible request of each command, so that what is allowed can be told before it is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corrections.education.v1 import service_pb2 as cmd
from eventcore.allowed import Specimen, Specimens
from eventcore.decider import Context
from google.protobuf.message import Message

from education.domain.state import Education

_NEW = "specimen"


def _each(request: Callable[[str], Message]) -> Specimen[Education]:
    """One for each session; where there is none, for one that nobody knows."""

    def requests(case: Education, _: Context) -> Sequence[Message]:
        return [request(session_id) for session_id in case.sessions or (_NEW,)]

    return Specimen(requests)


def _open(case: Education, ctx: Context) -> Sequence[Message]:
    end = (case.end or ctx.today).isoformat()
    return [cmd.OpenEducationRequest(county=case.county, office=case.office, end_date=end)]


def _arrange(_: Education, ctx: Context) -> Sequence[Message]:
    return [cmd.ArrangeSessionRequest(session_id=_NEW, on=ctx.today.isoformat())]


SPECIMENS: Specimens[Education] = {
    cmd.OpenEducationRequest: Specimen(_open),
    cmd.ArrangeSessionRequest: Specimen(_arrange, depends_on_content=True),
    cmd.RecordAttendanceRequest: _each(lambda one: cmd.RecordAttendanceRequest(session_id=one)),
    cmd.ExcuseAbsenceRequest: _each(lambda one: cmd.ExcuseAbsenceRequest(session_id=one)),
    cmd.LapseSessionRequest: _each(lambda one: cmd.LapseSessionRequest(session_id=one)),
    cmd.CloseEducationRequest: Specimen(
        lambda _, ctx: [cmd.CloseEducationRequest(on=ctx.today.isoformat())], depends_on_content=True
    ),
}
