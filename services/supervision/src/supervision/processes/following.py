"""What intake and other organs say of a case reaches its supervision.

社区矫正法 第二十一条、第二十二条、第四十四条、第四十五条 (intake); 第三十条、第三十三条、第四十八条、第四十九条、第六十二条 (messages that handoff
has accepted). Supervision opens once both the case and its term are known. There is no order between the two topics: a
message about a case that has not come yet waits in a table. Commands name the exchange; the servicer fetches the rest.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from corrections.handoff.v1 import events_pb2 as handoff
from corrections.handoff.v1 import messages_pb2 as message
from corrections.intake.v1 import events_pb2 as intake
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.tx import Tx
from google.protobuf.message import Message

# the row is locked until the commit, so that of two topics' handlers one sees what the other wrote
_LOCK = """
insert into following (case_id) values (%s) on conflict (case_id) do update set case_id = excluded.case_id
returning opening, opened
"""
_KEEP = "update following set opening = %s where case_id = %s"
_OPENED = "update following set opened = true, opening = null where case_id = %s"
_WAIT = "insert into waiting (exchange_id, case_id, message_type) values (%s, %s, %s) on conflict do nothing"
_COME = "delete from waiting where case_id = %s returning exchange_id, message_type"

_Ruling = type[
    cmd.RecordRevocationRulingRequest
    | cmd.RecordReductionRulingRequest
    | cmd.RecordReimprisonmentRequest
    | cmd.RecordFoundRequest
    | cmd.NoteCorrectionOpinionRequest
]
_COMMANDS: Final[dict[str, _Ruling]] = {
    message.RevocationRuling.DESCRIPTOR.full_name: cmd.RecordRevocationRulingRequest,
    message.ReductionRuling.DESCRIPTOR.full_name: cmd.RecordReductionRulingRequest,
    message.ReimprisonmentDecision.DESCRIPTOR.full_name: cmd.RecordReimprisonmentRequest,
    message.FoundNotice.DESCRIPTOR.full_name: cmd.RecordFoundRequest,
    message.CorrectionOpinion.DESCRIPTOR.full_name: cmd.NoteCorrectionOpinionRequest,
}


def _case(tx: Tx, event: Event) -> None:
    case = event.data_as(intake.CaseOpened)
    ((_, opened),) = tx.fetch(_LOCK, (event.subject,))
    if opened:
        return
    half = cmd.OpenSupervisionRequest(
        case_id=str(event.subject),
        kind=case.kind,
        county=case.county,
        office=case.office,
        organ_code=case.organ_code,
        effective_date=case.effective_date,
        penalty=case.penalty,
        sentence=case.sentence if case.HasField("sentence") else None,
        probation=case.probation if case.HasField("probation") else None,
        minor=case.minor,
        injunction=case.injunction,
        organ_unit=case.organ_unit,
        decision_date=case.decision_date,
        seal_to=case.seal_to,
    )
    tx.execute(_KEEP, (half.SerializeToString(), event.subject))


def _term(tx: Tx, event: Event) -> None:
    term = event.data_as(intake.TermComputed)
    ((opening, opened),) = tx.fetch(_LOCK, (event.subject,))
    if opened:
        return
    request = cmd.OpenSupervisionRequest.FromString(opening)
    request.start_date, request.end_date = term.start_date, term.end_date
    tx.command("open", request, event.subject)
    tx.execute(_OPENED, (event.subject,))
    for exchange_id, message_type in sorted(tx.fetch(_COME, (event.subject,))):
        _apply(tx, event.subject, exchange_id, message_type)


def _accepted(tx: Tx, event: Event) -> None:
    accepted = event.data_as(handoff.MessageAccepted)
    if accepted.message_type not in _COMMANDS:
        return
    case_id = UUID(accepted.case_id)
    ((_, opened),) = tx.fetch(_LOCK, (case_id,))
    if opened:
        _apply(tx, case_id, accepted.exchange_id, accepted.message_type)
    else:
        tx.execute(_WAIT, (accepted.exchange_id, case_id, accepted.message_type))


def _apply(tx: Tx, case_id: UUID, exchange_id: str, message_type: str) -> None:
    request = _COMMANDS[message_type](case_id=str(case_id), exchange_id=exchange_id)
    tx.command(f"apply/{exchange_id}", request, case_id)


def _reported(tx: Tx, event: Event) -> None:
    late = event.data_as(intake.ReportedIn).days_late
    day = event.day.isoformat()
    _note(tx, event, cmd.NoteReceptionRequest(case_id=str(event.subject), reported_on=day, days_late=late))


def _missed(tx: Tx, event: Event) -> None:
    due = event.data_as(intake.ReportingInMissed).due_date
    _note(tx, event, cmd.NoteMissedReceptionRequest(case_id=str(event.subject), due_date=due))


def _shortened(tx: Tx, event: Event) -> None:
    end = event.data_as(intake.TermShortened).end_date
    _note(tx, event, cmd.NoteTermRequest(case_id=str(event.subject), end_date=end))


def _recalculated(tx: Tx, event: Event) -> None:
    end = event.data_as(intake.TermRecalculated).end_date
    _note(tx, event, cmd.NoteTermRequest(case_id=str(event.subject), end_date=end))


def _released(tx: Tx, event: Event) -> None:
    on = event.data_as(intake.Released).end_date
    _note(tx, event, cmd.CloseSupervisionRequest(case_id=str(event.subject), on=on))


def _terminated(tx: Tx, event: Event) -> None:
    on = event.data_as(intake.Terminated).on
    _note(tx, event, cmd.CloseSupervisionRequest(case_id=str(event.subject), on=on))


def _note(tx: Tx, event: Event, request: Message) -> None:
    tx.command("note", request, event.subject)


FOLLOWING = Subscription(
    "following",
    services=("intake", "handoff"),
    handle={
        intake.CaseOpened: _case,
        intake.TermComputed: _term,
        intake.ReportedIn: _reported,
        intake.ReportingInMissed: _missed,
        intake.TermShortened: _shortened,
        intake.TermRecalculated: _recalculated,
        intake.Released: _released,
        intake.Terminated: _terminated,
        handoff.MessageAccepted: _accepted,
    },
    tables=("following", "waiting"),
)
