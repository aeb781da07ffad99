"""gRPC servicer of supervision: no rules here, only the way in."""

from __future__ import annotations

from typing import TypeVar

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as pb
from corrections.supervision.v1 import service_pb2_grpc as rpc
from corrections.supervision.v1.prepared_pb2 import PreparedWithoutEffect
from eventcore.decider import StreamKey
from eventcore.reads import asked
from google.protobuf.message import Message
from servicekit import rulings
from servicekit.caller import SERVICE
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.lists import When

from supervision import answers
from supervision.domain.as_of import conduct_on
from supervision.domain.case import CASE
from supervision.figures import figures
from supervision.messages import Messages, own_word
from supervision.queries import Queries, page_of

R = TypeVar("R", bound=Message)
Ruling = (
    pb.RecordFoundRequest
    | pb.RecordRevocationRulingRequest
    | pb.RecordReimprisonmentRequest
    | pb.RecordReductionRulingRequest
    | pb.NoteCorrectionOpinionRequest
)


class SupervisionServicer(rpc.SupervisionServiceServicer):
    """Commands and questions about the supervision of cases."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._queries = Queries(deps.lists)
        self._messages = Messages(deps)

    async def OpenSupervision(
        self, request: pb.OpenSupervisionRequest, context: object
    ) -> pb.OpenSupervisionResponse:
        return await self._run(request, context, request.case_id, pb.OpenSupervisionResponse)

    async def NoteReception(
        self, request: pb.NoteReceptionRequest, context: object
    ) -> pb.NoteReceptionResponse:
        return await self._run(request, context, request.case_id, pb.NoteReceptionResponse)

    async def NoteMissedReception(
        self, request: pb.NoteMissedReceptionRequest, context: object
    ) -> pb.NoteMissedReceptionResponse:
        return await self._run(request, context, request.case_id, pb.NoteMissedReceptionResponse)

    async def NoteTerm(self, request: pb.NoteTermRequest, context: object) -> pb.NoteTermResponse:
        return await self._run(request, context, request.case_id, pb.NoteTermResponse)

    async def CloseSupervision(
        self, request: pb.CloseSupervisionRequest, context: object
    ) -> pb.CloseSupervisionResponse:
        return await self._run(request, context, request.case_id, pb.CloseSupervisionResponse)

    async def RecordReport(self, request: pb.RecordReportRequest, context: object) -> pb.RecordReportResponse:
        return await self._run(request, context, request.case_id, pb.RecordReportResponse)

    async def RequestLeave(self, request: pb.RequestLeaveRequest, context: object) -> pb.RequestLeaveResponse:
        return await self._run(request, context, request.case_id, pb.RequestLeaveResponse)

    async def ApproveLeave(self, request: pb.ApproveLeaveRequest, context: object) -> pb.ApproveLeaveResponse:
        return await self._run(request, context, request.case_id, pb.ApproveLeaveResponse)

    async def DenyLeave(self, request: pb.DenyLeaveRequest, context: object) -> pb.DenyLeaveResponse:
        return await self._run(request, context, request.case_id, pb.DenyLeaveResponse)

    async def ReturnFromLeave(
        self, request: pb.ReturnFromLeaveRequest, context: object
    ) -> pb.ReturnFromLeaveResponse:
        return await self._run(request, context, request.case_id, pb.ReturnFromLeaveResponse)

    async def LapseLeave(self, request: pb.LapseLeaveRequest, context: object) -> pb.LapseLeaveResponse:
        return await self._run(request, context, request.case_id, pb.LapseLeaveResponse)

    async def RequestRegularTravel(
        self, request: pb.RequestRegularTravelRequest, context: object
    ) -> pb.RequestRegularTravelResponse:
        return await self._run(request, context, request.case_id, pb.RequestRegularTravelResponse)

    async def ApproveRegularTravel(
        self, request: pb.ApproveRegularTravelRequest, context: object
    ) -> pb.ApproveRegularTravelResponse:
        return await self._run(request, context, request.case_id, pb.ApproveRegularTravelResponse)

    async def DenyRegularTravel(
        self, request: pb.DenyRegularTravelRequest, context: object
    ) -> pb.DenyRegularTravelResponse:
        return await self._run(request, context, request.case_id, pb.DenyRegularTravelResponse)

    async def RecordUnapprovedDeparture(
        self, request: pb.RecordUnapprovedDepartureRequest, context: object
    ) -> pb.RecordUnapprovedDepartureResponse:
        """The person left the city or county without approval."""
        return await self._run(request, context, request.case_id, pb.RecordUnapprovedDepartureResponse)

    async def RecordContactLost(
        self, request: pb.RecordContactLostRequest, context: object
    ) -> pb.RecordContactLostResponse:
        return await self._run(request, context, request.case_id, pb.RecordContactLostResponse)

    async def RecordSearchStep(
        self, request: pb.RecordSearchStepRequest, context: object
    ) -> pb.RecordSearchStepResponse:
        return await self._run(request, context, request.case_id, pb.RecordSearchStepResponse)

    async def RequestPoliceSearch(
        self, request: pb.RequestPoliceSearchRequest, context: object
    ) -> pb.RequestPoliceSearchResponse:
        return await self._run(request, context, request.case_id, pb.RequestPoliceSearchResponse)

    async def ClassifyAbsconded(
        self, request: pb.ClassifyAbscondedRequest, context: object
    ) -> pb.ClassifyAbscondedResponse:
        return await self._run(request, context, request.case_id, pb.ClassifyAbscondedResponse)

    async def RecordFound(self, request: pb.RecordFoundRequest, context: object) -> pb.RecordFoundResponse:
        own_word(request, caller_of(context).role)
        command = await self._messages.found(request)
        return await self._ruled(
            request, context, pb.RecordFoundResponse, command, rule="missing.after-found"
        )

    async def Admonish(self, request: pb.AdmonishRequest, context: object) -> pb.AdmonishResponse:
        return await self._run(request, context, request.case_id, pb.AdmonishResponse)

    async def Warn(self, request: pb.WarnRequest, context: object) -> pb.WarnResponse:
        return await self._run(request, context, request.case_id, pb.WarnResponse)

    async def ProposeRevocation(
        self, request: pb.ProposeRevocationRequest, context: object
    ) -> pb.ProposeRevocationResponse:
        return await self._run(request, context, request.case_id, pb.ProposeRevocationResponse)

    async def RecordRevocationRuling(
        self, request: pb.RecordRevocationRulingRequest, context: object
    ) -> pb.RecordRevocationRulingResponse:
        command = await self._messages.revocation(request)
        return await self._ruled(
            request, context, pb.RecordRevocationRulingResponse, command, rule="revoke.ruling-time"
        )

    async def RecordReimprisonment(
        self, request: pb.RecordReimprisonmentRequest, context: object
    ) -> pb.RecordReimprisonmentResponse:
        command = await self._messages.reimprisonment(request)
        return await self._ruled(
            request, context, pb.RecordReimprisonmentResponse, command, rule="reimprison.decision-time"
        )

    async def ProposeReduction(
        self, request: pb.ProposeReductionRequest, context: object
    ) -> pb.ProposeReductionResponse:
        return await self._run(request, context, request.case_id, pb.ProposeReductionResponse)

    async def RecordReductionRuling(
        self, request: pb.RecordReductionRulingRequest, context: object
    ) -> pb.RecordReductionRulingResponse:
        command = await self._messages.reduction(request)
        return await self._ruled(
            request, context, pb.RecordReductionRulingResponse, command, rule="reduction.dates-in-ruling"
        )

    async def NoteCorrectionOpinion(
        self, request: pb.NoteCorrectionOpinionRequest, context: object
    ) -> pb.NoteCorrectionOpinionResponse:
        command = await self._messages.opinion(request)
        return await self._ruled(
            request, context, pb.NoteCorrectionOpinionResponse, command, rule="oversight.written-correction"
        )

    async def AnswerCorrectionOpinion(
        self, request: pb.AnswerCorrectionOpinionRequest, context: object
    ) -> pb.AnswerCorrectionOpinionResponse:
        return await self._run(request, context, request.case_id, pb.AnswerCorrectionOpinionResponse)

    async def GetConduct(self, request: pb.GetConductRequest, context: object) -> pb.GetConductResponse:
        stream = StreamKey("case", request.case_id)
        found = await asked(self._deps.store, CASE, stream, caller_of(context), request)
        return answers.conduct(conduct_on(found.state, request.case_id, found.on), found)

    async def ListMissing(self, request: pb.ListMissingRequest, context: object) -> pb.ListMissingResponse:
        page = page_of(request)
        when = When.of(request.at, page.log_size)
        rows, found = await self._queries.missing(caller_of(context), page, when)
        return answers.missing(*page.cut(rows, found.log_size), found.at())

    async def GetFigures(self, request: pb.GetFiguresRequest, context: object) -> pb.GetFiguresResponse:
        return await figures(self._deps, request, context)

    async def _ruled(
        self, request: Ruling, context: object, reply: type[R], command: Message, *, rule: str
    ) -> R:
        async def without_effect(why: rulings.Why) -> R:
            ruling = ev.RulingWithoutEffect(
                exchange_id=request.exchange_id,
                code=why.code,
                forbidden_by=why.rule,
                article=why.article,
            )
            instead = PreparedWithoutEffect(ruling=ruling)
            return await self._run(request, context, request.case_id, reply, instead)

        given = self._run(request, context, request.case_id, reply, command)
        if caller_of(context).role != SERVICE:
            # an officer's own record: the officer reads the refusal
            return await given
        return await rulings.or_without_effect(given, without_effect, law=self._deps.law, rule=rule)

    async def _run(
        self, request: Message, context: object, case_id: str, reply: type[R], command: Message | None = None
    ) -> R:
        stream = StreamKey("case", case_id)
        outcome = await self._deps.run(
            request, context, decider=CASE, stream=stream, subject=case_id, command=command
        )
        return reply(outcome=outcome)
