"""gRPC servicer of education: no rules here, only the way in."""

from __future__ import annotations

from typing import TypeVar

from corrections.education.v1 import service_pb2 as pb
from corrections.education.v1 import service_pb2_grpc as rpc
from eventcore.decider import StreamKey, day
from eventcore.reads import asked
from google.protobuf.message import Message
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.lists import When

from education import answers
from education.domain.case import CASE
from education.queries import Queries, page_of

R = TypeVar("R", bound=Message)


class EducationServicer(rpc.EducationServiceServicer):
    """Commands and questions about the education of cases."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._queries = Queries(deps.lists)

    async def OpenEducation(
        self, request: pb.OpenEducationRequest, context: object
    ) -> pb.OpenEducationResponse:
        return await self._run(request, context, request.case_id, pb.OpenEducationResponse)

    async def CloseEducation(
        self, request: pb.CloseEducationRequest, context: object
    ) -> pb.CloseEducationResponse:
        return await self._run(request, context, request.case_id, pb.CloseEducationResponse)

    async def ArrangeSession(
        self, request: pb.ArrangeSessionRequest, context: object
    ) -> pb.ArrangeSessionResponse:
        return await self._run(request, context, request.case_id, pb.ArrangeSessionResponse)

    async def RecordAttendance(
        self, request: pb.RecordAttendanceRequest, context: object
    ) -> pb.RecordAttendanceResponse:
        return await self._run(request, context, request.case_id, pb.RecordAttendanceResponse)

    async def ExcuseAbsence(
        self, request: pb.ExcuseAbsenceRequest, context: object
    ) -> pb.ExcuseAbsenceResponse:
        return await self._run(request, context, request.case_id, pb.ExcuseAbsenceResponse)

    async def LapseSession(self, request: pb.LapseSessionRequest, context: object) -> pb.LapseSessionResponse:
        return await self._run(request, context, request.case_id, pb.LapseSessionResponse)

    async def GetEducation(self, request: pb.GetEducationRequest, context: object) -> pb.GetEducationResponse:
        stream = StreamKey("case", request.case_id)
        return answers.education(await asked(self._deps.store, CASE, stream, caller_of(context), request))

    async def ListSessions(self, request: pb.ListSessionsRequest, context: object) -> pb.ListSessionsResponse:
        page = page_of(request)
        when, on = When.of(request.at, page.log_size), day("on", request.on)
        rows, found = await self._queries.sessions_on(on, caller_of(context), page, when)
        return answers.sessions(*page.cut(rows, found.log_size), found.at())

    async def _run(self, request: Message, context: object, case_id: str, reply: type[R]) -> R:
        stream = StreamKey("case", case_id)
        outcome = await self._deps.run(request, context, decider=CASE, stream=stream, subject=case_id)
        return reply(outcome=outcome)
