"""What intake and supervision did on a message becomes its effect; what they could not do ends it. 社区矫正法实施办法 第十六条."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from corrections.handoff.v1 import service_pb2 as cmd
from corrections.intake.v1 import events_pb2 as intake
from corrections.supervision.v1 import events_pb2 as supervision
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.tx import Tx

_OF_INTAKE = (
    intake.CaseOpened,
    intake.TermShortened,
    intake.TemporaryServiceRenewed,
    intake.TermRecalculated,
    intake.Terminated,
)
_OF_SUPERVISION = (
    supervision.RevocationRefused,
    supervision.ReductionRefused,
    supervision.SubjectFound,
    supervision.CorrectionOpinionNoted,
)


def _note(tx: Tx, event: Event) -> None:
    exchange_id: str = getattr(event.data, "exchange_id", "")
    # a death or a find by the office rests on no message; a text that names none must not stop those of others
    exchange = _exchange(exchange_id)
    if exchange is None:
        return
    request = cmd.NoteEffectRequest(
        exchange_id=str(exchange),
        defendant_number=getattr(event.data, "defendant_number", 0),
        case_id=str(event.subject),
    )
    tx.command("effect", request, exchange)


def _without_effect(tx: Tx, event: Event) -> None:
    e = cast("intake.RulingWithoutEffect | supervision.RulingWithoutEffect", event.data)
    exchange = _exchange(e.exchange_id)
    if exchange is None:
        return
    request = cmd.NoteWithoutEffectRequest(
        exchange_id=str(exchange), code=e.code, rule=e.forbidden_by, article=e.article
    )
    tx.command("without-effect", request, exchange)


def _exchange(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _not_opened(tx: Tx, event: Event) -> None:
    e = event.data_as(intake.JudgmentWithoutEffect)
    request = cmd.NoteWithoutEffectRequest(
        exchange_id=e.exchange_id,
        defendant_number=e.defendant_number,
        code=e.code,
        rule=e.forbidden_by,
        article=e.article,
    )
    tx.command("without-effect", request, UUID(e.exchange_id))


EFFECTS = Subscription(
    "effects",
    services=("intake", "supervision"),
    handle={
        **dict.fromkeys((*_OF_INTAKE, *_OF_SUPERVISION), _note),
        intake.JudgmentWithoutEffect: _not_opened,
        intake.RulingWithoutEffect: _without_effect,
        supervision.RulingWithoutEffect: _without_effect,
    },
)
