"""Reports: counted by the services that hold the cases, at sizes of their logs that the event names."""

from __future__ import annotations

from collections.abc import Sequence

from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import prepared_pb2 as prepared
from corrections.audit.v1 import service_pb2 as pb
from corrections.common.v1.common_pb2 import Figure, Moment
from corrections.intake.v1 import service_pb2 as intake
from corrections.intake.v1.service_pb2_grpc import IntakeServiceStub
from corrections.supervision.v1 import service_pb2 as supervision
from corrections.supervision.v1.service_pb2_grpc import SupervisionServiceStub
from eventcore import ids, meta
from eventcore.decider import NotFound
from eventcore.reads import read
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.figures import FORMAT, territory

from audit.domain.report import COUNTED, REPORT, digest, must_be_over, rendered, stream_of
from audit.queries import Queries

Answer = intake.GetFiguresResponse | supervision.GetFiguresResponse


class Reporting:
    """Issues reports and makes them again."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def issue(self, request: pb.IssueReportRequest, context: object) -> pb.IssueReportResponse:
        """The figures are counted and issued. NotFound for a territory that is not inside the caller's, Invalid for a period
        that is none or not over.
        """
        caller = caller_of(context)
        unit = territory(request.unit, caller)
        known = meta.instant(request.known_at) if request.HasField("known_at") else None
        must_be_over(request.first_day, request.last_day, known, await Queries(self._deps.pool).now())
        at = Moment(as_of=request.last_day)
        if request.HasField("known_at"):
            at.known_at.CopyFrom(request.known_at)
        answers = [await self._count(name, unit, request.first_day, at, FORMAT) for name in COUNTED]
        report_id = ids.derived(self._deps.settings.installation, "report", caller.actor, request.request_id)
        issued = ev.ReportIssued(
            report_id=str(report_id),
            format=FORMAT,
            unit=unit,
            first_day=request.first_day,
            last_day=request.last_day,
            logs=[
                ev.LogSize(service=name, size=one.at.log_size)
                for name, one in zip(COUNTED, answers, strict=True)
            ],
            ruleset_digest=self._deps.law.digest,
        )
        if request.HasField("known_at"):
            issued.known_at.CopyFrom(request.known_at)
        issued.sha256 = digest(rendered(issued, _figures(answers)))
        outcome = await self._deps.run(
            request,
            context,
            decider=REPORT,
            stream=stream_of(str(report_id)),
            subject=report_id,
            command=prepared.PreparedReport(report=issued),
        )
        return pb.IssueReportResponse(outcome=outcome, report_id=str(report_id))

    async def again(self, request: pb.GetReportRequest, context: object) -> pb.GetReportResponse:
        """The report from the logs at the sizes that were read, and whether it is the one that was issued."""
        found = await read(self._deps.store, REPORT, stream_of(request.report_id), caller_of(context))
        issued = found.state.issued
        if issued is None:
            raise NotFound
        answers = [
            await self._count(
                one.service,
                issued.unit,
                issued.first_day,
                Moment(as_of=issued.last_day, log_size=one.size),
                issued.format,
            )
            for one in issued.logs
        ]
        report = rendered(issued, _figures(answers))
        event = found.events[0]
        return pb.GetReportResponse(
            issued=issued,
            report=report,
            same=digest(report) == issued.sha256,
            issued_by=event.unit,
            issued_at=meta.timestamp(event.recorded_at),
        )

    async def _count(self, service: str, unit: str, first_day: str, at: Moment, form: str) -> Answer:
        channel = self._deps.peers.channel(service)
        if service == "intake":
            asked = intake.GetFiguresRequest(unit=unit, first_day=first_day, at=at, format=form)
            return await IntakeServiceStub(channel).GetFigures(asked)
        wanted = supervision.GetFiguresRequest(unit=unit, first_day=first_day, at=at, format=form)
        return await SupervisionServiceStub(channel).GetFigures(wanted)


def _figures(answers: Sequence[Answer]) -> list[Figure]:
    return [figure for one in answers for figure in one.figures]
