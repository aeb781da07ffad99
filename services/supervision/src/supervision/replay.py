"""How supervision's history is replayed under another law (docs/adr/0023)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from corrections.supervision.v1.prepared_pb2 import PreparedWithoutEffect
from eventcore.acts import text_of
from eventcore.event import Event
from eventcore.replay import SEALED_TEXT, Possible, Recorded, Replay, asked, rebuilt
from google.protobuf.message import Message
from lawkit import Law, load_law
from lawkit.law_of_the_day import last_day

from supervision.domain.case import CASE
from supervision.domain.conduct import TWO_ADMONITIONS
from supervision.domain.levels import court_level, institutions_of
from supervision.domain.state import Supervision
from supervision.processes.absence_clocks import ABSENCE_CLOCKS
from supervision.processes.answer_clocks import ANSWER_CLOCKS
from supervision.processes.following import FOLLOWING
from supervision.processes.leave_clocks import LEAVE_CLOCKS
from supervision.processes.permission_clocks import PERMISSION_CLOCKS
from supervision.processes.report_clocks import REPORT_CLOCKS

_COUNTY = "COUNTY_CCI"
_LONGEST = timedelta(days=400)  # a reply is never due later than that


def _without_effect(found: Recorded) -> Message:
    return PreparedWithoutEffect(ruling=found.event.data_as(ev.RulingWithoutEffect))


def _opinion(found: Recorded) -> Message:
    """The day of the opinion is not recorded: the last one that leads to the recorded day of the reply."""
    dated = _dated(found.law, found.event.data_as(ev.CorrectionOpinionNoted).reply_due, found.event.day)
    return rebuilt(cmd.NoteCorrectionOpinionRequest, found.event, opinion_date=dated.isoformat())


def _dated(law: Law, due: str, known: date) -> date:
    day = known
    while known - day < _LONGEST:
        if text_of(last_day(law, "oversight.written-correction", day)) == due:
            return day
        day -= timedelta(days=1)
    return known


def _possible(case: Supervision, event: Event) -> Iterable[Possible]:
    """The next rung of the ladder: enough admonitions for a warning, enough warnings to propose revocation."""
    case_id, at = str(event.subject), event.occurred_at
    if isinstance(event.data, ev.Admonished):
        request = cmd.WarnRequest(
            case_id=case_id, occurred_at=at, ground=TWO_ADMONITIONS, evidence=SEALED_TEXT
        )
        yield Possible(request, _COUNTY)
    if isinstance(event.data, ev.Warned):
        parole = case.kind == SubjectKind.SUBJECT_KIND_PAROLE
        proposal = cmd.ProposeRevocationRequest(
            case_id=case_id,
            occurred_at=at,
            ground=f"revoke.{case.kind_id.lower()}.ground.two-warnings",
            evidence=SEALED_TEXT,
            dossier=[ev.DossierItem.Name(item) for item in ev.DossierItem.values() if item],
        )
        yield Possible(
            proposal, institutions_of(load_law(), court_level(case.organ_unit, parole=parole), case.county)[0]
        )


REPLAY = Replay(
    decider=CASE,
    acts={
        ev.ReportMade: asked(cmd.RecordReportRequest),
        ev.LeaveRequested: asked(cmd.RequestLeaveRequest),
        ev.LeaveApproved: asked(cmd.ApproveLeaveRequest),
        ev.LeaveDenied: asked(cmd.DenyLeaveRequest),
        ev.LeaveReturned: asked(cmd.ReturnFromLeaveRequest),
        ev.RegularTravelRequested: asked(cmd.RequestRegularTravelRequest),
        ev.RegularTravelApproved: asked(cmd.ApproveRegularTravelRequest),
        ev.RegularTravelDenied: asked(cmd.DenyRegularTravelRequest),
        ev.UnapprovedDepartureFound: asked(cmd.RecordUnapprovedDepartureRequest),
        ev.ContactLost: asked(cmd.RecordContactLostRequest),
        ev.SearchStepRecorded: asked(cmd.RecordSearchStepRequest),
        ev.PoliceSearchRequested: asked(cmd.RequestPoliceSearchRequest),
        ev.AbscondedClassified: asked(cmd.ClassifyAbscondedRequest),
        ev.SubjectFound: asked(cmd.RecordFoundRequest),
        ev.Admonished: asked(cmd.AdmonishRequest),
        ev.Warned: asked(cmd.WarnRequest),
        ev.RevocationProposed: asked(cmd.ProposeRevocationRequest),
        ev.RevocationRuled: asked(cmd.RecordRevocationRulingRequest, revoked=True),
        ev.RevocationRefused: asked(cmd.RecordRevocationRulingRequest, revoked=False),
        ev.ReimprisonmentDecided: asked(cmd.RecordReimprisonmentRequest),
        ev.ReductionProposed: asked(cmd.ProposeReductionRequest),
        ev.ReductionRuled: asked(cmd.RecordReductionRulingRequest, reduced=True),
        ev.ReductionRefused: asked(cmd.RecordReductionRulingRequest, reduced=False),
        ev.CorrectionOpinionNoted: _opinion,
        ev.CorrectionOpinionAnswered: asked(cmd.AnswerCorrectionOpinionRequest),
        ev.RulingWithoutEffect: _without_effect,
    },
    clocks=(LEAVE_CLOCKS, ABSENCE_CLOCKS, ANSWER_CLOCKS, PERMISSION_CLOCKS, REPORT_CLOCKS),
    follows=(FOLLOWING,),
    echoes=frozenset(
        {
            ev.SupervisionOpened,
            ev.ReceptionNoted,
            ev.MissedReceptionNoted,
            ev.TermNoted,
            ev.SupervisionClosed,
        }
    ),
    possible=_possible,
)
