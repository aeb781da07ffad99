"""gRPC servicer of intake: no rules here, only the way in."""

from __future__ import annotations

from typing import TypeVar

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as pb
from corrections.intake.v1 import service_pb2_grpc as rpc
from corrections.intake.v1.prepared_pb2 import PreparedWithoutEffect
from eventcore.reads import asked
from google.protobuf.message import Message
from servicekit import rulings
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.lists import When

from intake import answers
from intake.decisions import Decisions
from intake.domain.case import CASE
from intake.domain.ids import case_stream
from intake.erasing import Erasing
from intake.figures import figures
from intake.persons import Persons
from intake.queries import Queries, page_of
from intake.texts import Texts

R = TypeVar("R", bound=Message)
Ruling = (
    pb.ShortenTermRequest
    | pb.RenewTemporaryServiceRequest
    | pb.RecalculateTermRequest
    | pb.TerminateCaseRequest
)


class IntakeServicer(rpc.IntakeServiceServicer):
    """Commands and questions about cases and persons."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._queries = Queries(deps.pool, deps.store, deps.lists)
        self._decisions = Decisions(deps, self._queries)
        self._erasing = Erasing(deps, self._queries)
        self._persons = Persons(deps, self._queries, self._erasing)
        self._texts = Texts(deps)

    async def OpenCase(self, request: pb.OpenCaseRequest, context: object) -> pb.OpenCaseResponse:
        return pb.OpenCaseResponse(outcome=await self._decisions.open_case(request, context))

    async def RecordReportingIn(
        self, request: pb.RecordReportingInRequest, context: object
    ) -> pb.RecordReportingInResponse:
        return await self._run(request, context, request.case_id, pb.RecordReportingInResponse)

    async def LapseReportingIn(
        self, request: pb.LapseReportingInRequest, context: object
    ) -> pb.LapseReportingInResponse:
        return await self._run(request, context, request.case_id, pb.LapseReportingInResponse)

    async def FormGroup(self, request: pb.FormGroupRequest, context: object) -> pb.FormGroupResponse:
        return await self._run(request, context, request.case_id, pb.FormGroupResponse)

    async def DeclareEntry(self, request: pb.DeclareEntryRequest, context: object) -> pb.DeclareEntryResponse:
        return await self._run(request, context, request.case_id, pb.DeclareEntryResponse)

    async def AdoptPlan(self, request: pb.AdoptPlanRequest, context: object) -> pb.AdoptPlanResponse:
        return await self._run(request, context, request.case_id, pb.AdoptPlanResponse)

    async def ShortenTerm(self, request: pb.ShortenTermRequest, context: object) -> pb.ShortenTermResponse:
        return await self._ruled(
            request, context, pb.ShortenTermResponse, request, rule="reduction.dates-in-ruling"
        )

    async def RenewTemporaryService(
        self, request: pb.RenewTemporaryServiceRequest, context: object
    ) -> pb.RenewTemporaryServiceResponse:
        command = await self._decisions.renewal(request)
        return await self._ruled(
            request, context, pb.RenewTemporaryServiceResponse, command, rule="decision.temporary.who"
        )

    async def RecalculateTerm(
        self, request: pb.RecalculateTermRequest, context: object
    ) -> pb.RecalculateTermResponse:
        command = await self._decisions.recalculation(request)
        return await self._ruled(
            request, context, pb.RecalculateTermResponse, command, rule="reimprison.noncounted.law"
        )

    async def TerminateCase(
        self, request: pb.TerminateCaseRequest, context: object
    ) -> pb.TerminateCaseResponse:
        return await self._ruled(
            request, context, pb.TerminateCaseResponse, request, rule="termination.grounds"
        )

    async def RecordDeath(self, request: pb.RecordDeathRequest, context: object) -> pb.RecordDeathResponse:
        return await self._run(request, context, request.case_id, pb.RecordDeathResponse)

    async def PrepareRelease(
        self, request: pb.PrepareReleaseRequest, context: object
    ) -> pb.PrepareReleaseResponse:
        return await self._run(request, context, request.case_id, pb.PrepareReleaseResponse)

    async def LapseTerm(self, request: pb.LapseTermRequest, context: object) -> pb.LapseTermResponse:
        return await self._run(request, context, request.case_id, pb.LapseTermResponse)

    async def CertifyRelease(
        self, request: pb.CertifyReleaseRequest, context: object
    ) -> pb.CertifyReleaseResponse:
        return await self._run(request, context, request.case_id, pb.CertifyReleaseResponse)

    async def GetCase(self, request: pb.GetCaseRequest, context: object) -> pb.GetCaseResponse:
        stream = case_stream(request.case_id)
        found = await asked(self._deps.store, CASE, stream, caller_of(context), request)
        return answers.case(request.case_id, found, self._deps.law)

    async def ListCases(self, request: pb.ListCasesRequest, context: object) -> pb.ListCasesResponse:
        page = page_of(request)
        rows, found = await self._queries.cases(caller_of(context), page, When.of(request.at, page.log_size))
        return answers.listed(*page.cut(rows, found.log_size), found.at(), self._deps.law)

    async def GetPerson(self, request: pb.GetPersonRequest, context: object) -> pb.GetPersonResponse:
        return await self._persons.identity(request, context)

    async def OpenTexts(self, request: pb.OpenTextsRequest, context: object) -> pb.OpenTextsResponse:
        return await self._texts.opened(request, context)

    async def ProposeErasure(
        self, request: pb.ProposeErasureRequest, context: object
    ) -> pb.ProposeErasureResponse:
        return pb.ProposeErasureResponse(outcome=await self._erasing.propose(request, context))

    async def ApproveErasure(
        self, request: pb.ApproveErasureRequest, context: object
    ) -> pb.ApproveErasureResponse:
        return pb.ApproveErasureResponse(outcome=await self._erasing.approve(request, context))

    async def CarryOutErasure(
        self, request: pb.CarryOutErasureRequest, context: object
    ) -> pb.CarryOutErasureResponse:
        return pb.CarryOutErasureResponse(outcome=await self._erasing.carry_out(request, context))

    async def FindCases(self, request: pb.FindCasesRequest, context: object) -> pb.FindCasesResponse:
        mac = self._decisions.identity_mac(request.identity_number)
        return answers.found(await self._persons.cases_with(mac, context), self._deps.law)

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
        return await rulings.or_without_effect(given, without_effect, law=self._deps.law, rule=rule)

    async def _run(
        self, request: Message, context: object, case_id: str, reply: type[R], command: Message | None = None
    ) -> R:
        outcome = await self._deps.run(
            request, context, decider=CASE, stream=case_stream(case_id), subject=case_id, command=command
        )
        return reply(outcome=outcome)
