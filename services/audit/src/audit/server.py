"""gRPC servicer of audit: no rules here, only the way in."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from corrections.audit.v1 import service_pb2 as pb
from corrections.audit.v1 import service_pb2_grpc as rpc
from eventcore import meta
from eventcore.decider import Invalid, StreamKey, day
from eventcore.valid_time import before_of, require_possible
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.paging import DEFAULT_SIZE
from servicekit.witnesses import PolicyFile

from audit import answers
from audit.bundling import Bundler
from audit.cosigning import Cosigning
from audit.domain.links import NAMES
from audit.domain.log import LOG
from audit.domain.logs import LOGS, OTHERS, OWN
from audit.domain.trail import gaps, lacking
from audit.doubting import Doubting
from audit.examining import Examiner
from audit.histories import Histories
from audit.proving import Prover
from audit.queries import Queries
from audit.reading import Reading
from audit.reporting import Reporting
from audit.trees import Trees
from audit.verifying import Verifying
from audit.witnessed import Witnessed


class AuditServicer(rpc.AuditServiceServicer):
    """Checks logs, shows trails, exports bundles. `logs`: the services whose logs speak of cases."""

    def __init__(self, deps: Deps, logs: Sequence[str] = OTHERS) -> None:
        self._deps = deps
        self._queries = Queries(deps.pool)
        trees = self._trees = Trees(self._queries)
        self._histories = Histories(deps, logs)
        self._witnessed = Witnessed(deps.pool)
        self._doubting = Doubting(deps.pool)
        examiner = Examiner(deps, self._queries, trees)
        self._verifying = Verifying(deps, self._queries, examiner, self._witnessed)
        policy = PolicyFile(deps.settings.home)
        self._cosigning = Cosigning(deps, trees, self._witnessed, policy, self._doubting.of)
        self._bundler = Bundler(deps, self._queries, trees, self._cosigning, {*logs, OWN})
        self._prover = Prover(deps, self._queries, trees, self._cosigning)
        self._reading = Reading(deps, self._queries)
        self._reporting = Reporting(deps)

    async def VerifyLog(self, request: pb.VerifyLogRequest, context: object) -> pb.VerifyLogResponse:
        _require_log(request.log)
        return await self._verifying.verify(request, context)

    async def ReopenStream(self, request: pb.ReopenStreamRequest, context: object) -> pb.ReopenStreamResponse:
        _require_log(request.log)
        key = StreamKey("log", request.log)
        subject = self._deps.store.stream_id(key)
        outcome = await self._deps.run(request, context, decider=LOG, stream=key, subject=subject)
        return pb.ReopenStreamResponse(outcome=outcome)

    async def GetCaseTrail(self, request: pb.GetCaseTrailRequest, context: object) -> pb.GetCaseTrailResponse:
        case_id = UUID(request.case_id)
        caller = caller_of(context)
        await self._queries.require(case_id, caller)
        known_at = meta.instant(request.known_at) if request.HasField("known_at") else None
        as_of = day("as_of", request.as_of) if request.as_of else None
        now = await self._queries.now()
        first = await self._queries.first_recorded() if known_at is not None else None
        require_possible("", as_of=as_of, known_at=known_at, now=now, first=first)
        events = await self._queries.trail(case_id, known_at)
        causes = {e.causation_id for e in events if e.causation_id is not None}
        elsewhere = await self._queries.published_of(causes - {e.event_id for e in events}, caller)
        cosigned = await self._witnessed.sizes()
        lacked = lacking(events)
        not_shown = gaps(lacked, await self._queries.versions({stream for _, stream in lacked}))
        logs, at = await self._queries.logs(), known_at or now
        before = None if as_of is None else before_of(as_of)
        answer = answers.trail(events, logs, elsewhere, self._deps.law, cosigned, before=before)
        answer.gaps.extend(answers.gap(one) for one in not_shown)
        answer.links.extend(answers.links(await self._queries.links_of(case_id, at), at, logs))
        return answer

    async def ExportBundle(self, request: pb.ExportBundleRequest, context: object) -> pb.ExportBundleResponse:
        case_id = UUID(request.case_id)
        await self._queries.require(case_id, caller_of(context))
        return pb.ExportBundleResponse(bundle=await self._doubting.made(self._bundler.export(case_id)))

    async def ExportProof(self, request: pb.ExportProofRequest, context: object) -> pb.ExportProofResponse:
        case_id = UUID(request.case_id)
        await self._queries.require(case_id, caller_of(context))
        event_id = UUID(request.event_id) if request.event_id else None
        tree = "sm3" if request.tree == "sm3" else "sha256"
        found = await self._doubting.made(self._prover.export(case_id, event_id, tree))
        return pb.ExportProofResponse(proof=found.text, type=found.type, event_id=str(found.event_id))

    async def CosignLog(self, request: pb.CosignLogRequest, context: object) -> pb.CosignLogResponse:
        _require_log(request.log)
        sizes = await self._cosigning.every_tree(request.log)
        return pb.CosignLogResponse(sha256=sizes["sha256"], sm3=sizes["sm3"])

    async def ListWitnesses(
        self, request: pb.ListWitnessesRequest, context: object
    ) -> pb.ListWitnessesResponse:
        return answers.witnesses(self._cosigning.policy(), await self._cosigning.standings())

    async def ListHistories(
        self, request: pb.ListHistoriesRequest, context: object
    ) -> pb.ListHistoriesResponse:
        caller = caller_of(context)
        after = UUID(request.after) if request.after else None
        found = await self._queries.cases(caller, after, request.page_size or DEFAULT_SIZE)
        return pb.ListHistoriesResponse(
            histories=await self._histories.of(found),
            cases=await self._queries.case_count(caller),
            now=meta.timestamp(await self._queries.now()),
        )

    async def GetConsistency(
        self, request: pb.GetConsistencyRequest, context: object
    ) -> pb.GetConsistencyResponse:
        _require_log(request.log)
        tree = await self._trees.published(request.log, "sm3" if request.tree == "sm3" else "sha256")
        return answers.consistency(tree, request.size1, request.size2)

    async def ListLogs(self, request: pb.ListLogsRequest, context: object) -> pb.ListLogsResponse:
        caller = caller_of(context)
        found = await self._queries.logs_for(caller)
        answer = answers.logs(LOGS, found, await self._witnessed.sizes())
        links = answers.links(await self._queries.links(caller), await self._queries.now(), found)
        for state in answer.logs:
            if state.log == NAMES:
                state.links.extend(links)
        return answer

    async def RecordReads(self, request: pb.RecordReadsRequest, context: object) -> pb.RecordReadsResponse:
        return await self._reading.record(request, context)

    async def ListReads(self, request: pb.ListReadsRequest, context: object) -> pb.ListReadsResponse:
        return await self._reading.of_case(request, context)

    async def ListPersonReads(
        self, request: pb.ListPersonReadsRequest, context: object
    ) -> pb.ListPersonReadsResponse:
        return await self._reading.for_person(request, context)

    async def IssueReport(self, request: pb.IssueReportRequest, context: object) -> pb.IssueReportResponse:
        return await self._reporting.issue(request, context)

    async def GetReport(self, request: pb.GetReportRequest, context: object) -> pb.GetReportResponse:
        return await self._reporting.again(request, context)


def _require_log(name: str) -> None:
    if name not in LOGS:
        raise Invalid("log", f"got {name}, want one of {', '.join(LOGS)}")
