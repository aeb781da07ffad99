"""gRPC servicer of assistance: no rules here, only the way in."""

from __future__ import annotations

from typing import TypeVar

from corrections.assistance.v1 import service_pb2 as pb
from corrections.assistance.v1 import service_pb2_grpc as rpc
from eventcore.decider import StreamKey
from eventcore.reads import asked
from google.protobuf.message import Message
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.lists import When

from assistance import answers
from assistance.domain.case import CASE
from assistance.queries import Queries, page_of

R = TypeVar("R", bound=Message)


class AssistanceServicer(rpc.AssistanceServiceServicer):
    """Commands and questions about the assistance of cases."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._queries = Queries(deps.lists)

    async def OpenAssistance(
        self, request: pb.OpenAssistanceRequest, context: object
    ) -> pb.OpenAssistanceResponse:
        return await self._run(request, context, request.case_id, pb.OpenAssistanceResponse)

    async def CloseAssistance(
        self, request: pb.CloseAssistanceRequest, context: object
    ) -> pb.CloseAssistanceResponse:
        return await self._run(request, context, request.case_id, pb.CloseAssistanceResponse)

    async def MakeReferral(self, request: pb.MakeReferralRequest, context: object) -> pb.MakeReferralResponse:
        return await self._run(request, context, request.case_id, pb.MakeReferralResponse)

    async def AcceptReferral(
        self, request: pb.AcceptReferralRequest, context: object
    ) -> pb.AcceptReferralResponse:
        return await self._run(request, context, request.case_id, pb.AcceptReferralResponse)

    async def DeclineReferral(
        self, request: pb.DeclineReferralRequest, context: object
    ) -> pb.DeclineReferralResponse:
        return await self._run(request, context, request.case_id, pb.DeclineReferralResponse)

    async def ConcludeReferral(
        self, request: pb.ConcludeReferralRequest, context: object
    ) -> pb.ConcludeReferralResponse:
        return await self._run(request, context, request.case_id, pb.ConcludeReferralResponse)

    async def GetAssistance(
        self, request: pb.GetAssistanceRequest, context: object
    ) -> pb.GetAssistanceResponse:
        stream = StreamKey("case", request.case_id)
        return answers.assistance(await asked(self._deps.store, CASE, stream, caller_of(context), request))

    async def ListOpenReferrals(
        self, request: pb.ListOpenReferralsRequest, context: object
    ) -> pb.ListOpenReferralsResponse:
        page = page_of(request)
        when = When.of(request.at, page.log_size)
        rows, found = await self._queries.open_referrals(caller_of(context), page, when)
        return answers.open_referrals(*page.cut(rows, found.log_size), found.at())

    async def _run(self, request: Message, context: object, case_id: str, reply: type[R]) -> R:
        stream = StreamKey("case", case_id)
        outcome = await self._deps.run(request, context, decider=CASE, stream=stream, subject=case_id)
        return reply(outcome=outcome)
