"""Rulings on what supervision proposed change the term or end the case. 社区矫正法 第三十三条、第四十五条、第四十八条、第四十九条."""

from __future__ import annotations

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from corrections.supervision.v1 import events_pb2 as supervision
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.tx import Tx


def _reduced(tx: Tx, event: Event) -> None:
    ruled = event.data_as(supervision.ReductionRuled)
    request = cmd.ShortenTermRequest(
        case_id=str(event.subject),
        exchange_id=ruled.exchange_id,
        ruling_date=ruled.ruling_date,
        reduction=ruled.probation_reduction if ruled.HasField("probation_reduction") else None,
        sentence_reduction=ruled.sentence_reduction if ruled.HasField("sentence_reduction") else None,
    )
    tx.command("shorten", request, event.subject)


def _revoked(tx: Tx, event: Event) -> None:
    ruled = event.data_as(supervision.RevocationRuled)
    _terminate(tx, event, ev.TERMINATION_GROUND_REVOKED, ruled.exchange_id, ruled.ruling_date)


def _reimprisoned(tx: Tx, event: Event) -> None:
    decided = event.data_as(supervision.ReimprisonmentDecided)
    _terminate(tx, event, ev.TERMINATION_GROUND_REIMPRISONED, decided.exchange_id, decided.decision_date)


def _terminate(tx: Tx, event: Event, ground: ev.TerminationGround, exchange_id: str, on: str) -> None:
    request = cmd.TerminateCaseRequest(
        case_id=str(event.subject), exchange_id=exchange_id, ground=ground, on=on
    )
    tx.command("terminate", request, event.subject)


FOLLOWING_SUPERVISION = Subscription(
    "following-supervision",
    services=("supervision",),
    handle={
        supervision.ReductionRuled: _reduced,
        supervision.RevocationRuled: _revoked,
        supervision.ReimprisonmentDecided: _reimprisoned,
    },
)
