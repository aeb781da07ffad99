"""The smallest plausible request of each command, so that what is allowed can be told before it is asked.

Leaves, trips, opinions and grounds have one each. What other organs decide or what an officer proves rests on content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from contracts.words import name_of, words_of
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.allowed import Specimen, Specimens
from eventcore.decider import Context
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit.grounds import Measure, grounds, reduction_grounds

from supervision.domain.state import Supervision

_NEW = "specimen"
# GB/T 2260: a place that is away from everybody's home but its own people's, and one for those
_AWAY, _ELSEWHERE = "110101", "310101"
_DOSSIER = [name_of(ev.DossierItem, word) for word in words_of(ev.DossierItem)]


def _one(request: Callable[[str], Message], *, depends_on_content: bool = False) -> Specimen[Supervision]:
    """One of today."""
    return Specimen(lambda _, ctx: [request(ctx.today.isoformat())], depends_on_content)


def _each(
    known: Callable[[Supervision], Iterable[str]], request: Callable[[str], Message]
) -> Specimen[Supervision]:
    """One for each that the case knows; where there is none, for one that nobody knows."""
    return Specimen(lambda case, _: [request(one) for one in (*known(case),) or (_NEW,)])


def _ground(measure: Measure, request: Callable[[str], Message]) -> Specimen[Supervision]:
    """One for each ground of the law for this kind of subject; where there is none, for one that nobody knows."""

    def requests(case: Supervision, ctx: Context) -> Sequence[Message]:
        return [request(one) for one in grounds(ctx.law, measure, case.kind_id) or (_NEW,)]

    return Specimen(requests, depends_on_content=True)


def _now(ctx: Context) -> Timestamp:
    found = Timestamp()
    found.FromDatetime(ctx.now)
    return found


def _open(case: Supervision, ctx: Context) -> Sequence[Message]:
    start, end = (case.start or ctx.today).isoformat(), (case.end or ctx.today).isoformat()
    return [cmd.OpenSupervisionRequest(kind=case.kind, county=case.county, start_date=start, end_date=end)]


def _leave(case: Supervision, ctx: Context) -> Sequence[Message]:
    on = ctx.today.isoformat()
    place = _ELSEWHERE if case.county == _AWAY else _AWAY
    return [cmd.RequestLeaveRequest(leave_id=_NEW, destination=place, from_date=on, to_date=on)]


def _leaves(case: Supervision) -> Iterable[str]:
    return case.leaves


def _travels(case: Supervision) -> Iterable[str]:
    return case.travels


SPECIMENS: Specimens[Supervision] = {
    cmd.OpenSupervisionRequest: Specimen(_open),
    cmd.NoteReceptionRequest: _one(lambda on: cmd.NoteReceptionRequest(reported_on=on)),
    cmd.NoteMissedReceptionRequest: _one(lambda on: cmd.NoteMissedReceptionRequest(due_date=on)),
    cmd.NoteTermRequest: _one(lambda on: cmd.NoteTermRequest(end_date=on), depends_on_content=True),
    cmd.CloseSupervisionRequest: _one(lambda on: cmd.CloseSupervisionRequest(on=on), depends_on_content=True),
    cmd.RecordReportRequest: _one(lambda _: cmd.RecordReportRequest(method=ev.REPORT_METHOD_IN_PERSON)),
    cmd.RequestLeaveRequest: Specimen(_leave, depends_on_content=True),
    cmd.ApproveLeaveRequest: _each(_leaves, lambda one: cmd.ApproveLeaveRequest(leave_id=one)),
    cmd.DenyLeaveRequest: _each(_leaves, lambda one: cmd.DenyLeaveRequest(leave_id=one)),
    cmd.ReturnFromLeaveRequest: _each(_leaves, lambda one: cmd.ReturnFromLeaveRequest(leave_id=one)),
    cmd.LapseLeaveRequest: _each(_leaves, lambda one: cmd.LapseLeaveRequest(leave_id=one)),
    cmd.RequestRegularTravelRequest: _one(
        lambda _: cmd.RequestRegularTravelRequest(travel_id=_NEW, destinations=[_AWAY]),
        depends_on_content=True,
    ),
    cmd.ApproveRegularTravelRequest: _each(
        _travels, lambda one: cmd.ApproveRegularTravelRequest(travel_id=one)
    ),
    cmd.DenyRegularTravelRequest: _each(_travels, lambda one: cmd.DenyRegularTravelRequest(travel_id=one)),
    cmd.RecordUnapprovedDepartureRequest: Specimen(
        lambda _, ctx: [cmd.RecordUnapprovedDepartureRequest(since=_now(ctx))]
    ),
    cmd.RecordContactLostRequest: Specimen(lambda _, ctx: [cmd.RecordContactLostRequest(since=_now(ctx))]),
    cmd.RecordSearchStepRequest: _one(lambda _: cmd.RecordSearchStepRequest(method=ev.SEARCH_METHOD_CALL)),
    cmd.RequestPoliceSearchRequest: _one(lambda _: cmd.RequestPoliceSearchRequest()),
    cmd.ClassifyAbscondedRequest: _one(lambda _: cmd.ClassifyAbscondedRequest()),
    cmd.RecordFoundRequest: Specimen(lambda _, ctx: [cmd.RecordFoundRequest(found_at=_now(ctx))]),
    cmd.AdmonishRequest: _ground("admonition", lambda one: cmd.AdmonishRequest(ground=one)),
    cmd.WarnRequest: _ground("warning", lambda one: cmd.WarnRequest(ground=one)),
    cmd.ProposeRevocationRequest: _ground(
        "revocation", lambda one: cmd.ProposeRevocationRequest(ground=one, dossier=_DOSSIER)
    ),
    cmd.RecordRevocationRulingRequest: _one(
        lambda on: cmd.RecordRevocationRulingRequest(exchange_id=_NEW, ruling_date=on, revoked=True),
        depends_on_content=True,
    ),
    cmd.RecordReimprisonmentRequest: _one(
        lambda on: cmd.RecordReimprisonmentRequest(exchange_id=_NEW, decision_date=on),
        depends_on_content=True,
    ),
    cmd.ProposeReductionRequest: Specimen(
        lambda _, ctx: [cmd.ProposeReductionRequest(ground=one) for one in reduction_grounds(ctx.law)],
        depends_on_content=True,
    ),
    cmd.RecordReductionRulingRequest: _one(
        lambda on: cmd.RecordReductionRulingRequest(exchange_id=_NEW, ruling_date=on, reduced=True),
        depends_on_content=True,
    ),
    cmd.NoteCorrectionOpinionRequest: _one(
        lambda on: cmd.NoteCorrectionOpinionRequest(exchange_id=_NEW, opinion_date=on),
        depends_on_content=True,
    ),
    cmd.AnswerCorrectionOpinionRequest: _each(
        lambda case: case.opinions, lambda one: cmd.AnswerCorrectionOpinionRequest(exchange_id=one)
    ),
}
