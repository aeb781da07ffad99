"""Cases of intake enter assistance when opened and leave it with the end of corrections. 社区矫正法 第四十三条."""

from __future__ import annotations

from corrections.assistance.v1 import service_pb2 as cmd
from corrections.intake.v1 import events_pb2 as intake
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.tx import Tx


def _opened(tx: Tx, event: Event) -> None:
    case = event.data_as(intake.CaseOpened)
    request = cmd.OpenAssistanceRequest(
        case_id=str(event.subject), county=case.county, office=case.office, seal_to=case.seal_to
    )
    tx.command("open", request, event.subject)


def _released(tx: Tx, event: Event) -> None:
    _close(tx, event, event.data_as(intake.Released).end_date)


def _terminated(tx: Tx, event: Event) -> None:
    _close(tx, event, event.data_as(intake.Terminated).on)


def _close(tx: Tx, event: Event, on: str) -> None:
    tx.command("close", cmd.CloseAssistanceRequest(case_id=str(event.subject), on=on), event.subject)


FOLLOWING_INTAKE = Subscription(
    "following-intake",
    services=("intake",),
    handle={intake.CaseOpened: _opened, intake.Released: _released, intake.Terminated: _terminated},
)
