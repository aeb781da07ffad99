"""How intake's history is replayed under another law (docs/adr/0023).

The judgment itself stays sealed at handoff: what the decider was given is put together from the three events of the
opening. Custody that was offset follows from the computed end; a minor stays one, for the birth date is not known here.
"""

from __future__ import annotations

from datetime import date, timedelta

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import prepared_pb2 as prepared
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.acts import day_or_none
from eventcore.replay import Recorded, Replay, asked, rebuilt
from google.protobuf.message import Message
from lawkit import Law
from lawkit.errors import LawError
from lawkit.terms import credit_per_day, term_of_decision

from intake.domain.case import CASE
from intake.domain.opening import report_rule
from intake.domain.state import kind_id, length_of, punished
from intake.processes.entry_clocks import ENTRY_CLOCKS
from intake.processes.following_supervision import FOLLOWING_SUPERVISION
from intake.processes.release_clocks import RELEASE_CLOCKS
from intake.processes.reporting_clock import REPORTING_CLOCK
from intake.processes.term_clock import TERM_CLOCK

_ONE_DAY = timedelta(days=1)


def _opening(found: Recorded) -> Message:
    opened = found.event.data_as(ev.CaseOpened)
    term, order = found.first(ev.TermComputed), found.first(ev.ReportingInOrdered)
    request = rebuilt(prepared.PreparedCase, found.event)
    assert isinstance(request, prepared.PreparedCase)
    request.birth_date = opened.decision_date if opened.minor else ""
    request.organ_is_court = True
    if isinstance(order, ev.ReportingInOrdered):
        by_court = order.law.rule == report_rule(opened.kind, organ_is_court=True)
        request.organ_is_court = by_court
        request.printed_report_date = order.printed_due
    if isinstance(term, ev.TermComputed):
        request.printed_end_date = term.printed_end_date
        request.temporary_until = term.temporary_until
        request.custody_days = _custody(found.law, request, day_or_none(term.computed_end_date))
    return request


def _custody(law: Law, c: prepared.PreparedCase, computed_end: date | None) -> int:
    """Days of custody whose offset led to the computed end; 0 where none was offset."""
    punishment = punished(c.penalty)
    rate = credit_per_day(law, kind_id(c.kind), punishment)
    start = day_or_none(c.effective_date)
    if computed_end is None or start is None or not rate:
        return 0
    try:
        whole = term_of_decision(
            law,
            kind_id(c.kind),
            start,
            sentence=length_of(c.sentence),
            probation=length_of(c.probation),
            custody_days=0,
            life=False,
            punishment=punishment,
            by_court=c.organ_is_court,
        )
    except LawError:
        return 0
    return 0 if whole is None else max(0, (whole.end - computed_end) // _ONE_DAY) // rate


def _ended(found: Recorded) -> Message | None:
    """A death is recorded by an officer; the other ends follow from supervision's word."""
    ended = found.event.data_as(ev.Terminated)
    if ended.ground != ev.TERMINATION_GROUND_DIED:
        return None
    return rebuilt(cmd.RecordDeathRequest, found.event, died_on=ended.on)


def _without_effect(found: Recorded) -> Message:
    return prepared.PreparedWithoutEffect(ruling=found.event.data_as(ev.RulingWithoutEffect))


REPLAY = Replay(
    decider=CASE,
    acts={
        ev.CaseOpened: _opening,
        ev.ReportedIn: asked(cmd.RecordReportingInRequest),
        ev.GroupFormed: asked(cmd.FormGroupRequest),
        ev.EntryDeclared: asked(cmd.DeclareEntryRequest),
        ev.PlanAdopted: asked(cmd.AdoptPlanRequest),
        ev.TemporaryServiceRenewed: asked(cmd.RenewTemporaryServiceRequest),
        ev.TermRecalculated: asked(cmd.RecalculateTermRequest),
        ev.ReleasePrepared: asked(cmd.PrepareReleaseRequest),
        ev.ReleaseCertified: asked(cmd.CertifyReleaseRequest),
        ev.Terminated: _ended,
        ev.RulingWithoutEffect: _without_effect,
    },
    clocks=(REPORTING_CLOCK, TERM_CLOCK, ENTRY_CLOCKS, RELEASE_CLOCKS),
    follows=(FOLLOWING_SUPERVISION,),
    # their days are those of the clocks that they set
    echoes=frozenset({ev.TermComputed, ev.ReportingInOrdered}),
    apart=frozenset({ev.TextsRead}),
)
