"""Until when an answer is due: the court's ruling on a proposal, our reply to the procuratorate.

社区矫正法 第三十三条、第四十八条、第六十二条. These clocks are watched: when they are over nothing lapses, and they run on
after the end of corrections, until the answer comes.
"""

from __future__ import annotations

from datetime import date

from corrections.supervision.v1 import events_pb2 as ev
from eventcore.acts import day_or_none
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from lawkit.counting import end_of_day

from supervision.domain.opinion import REPLY

_REVOCATION, _REDUCTION = "revocation-ruling", "reduction-ruling"


def _watch(tx: Tx, event: Event, name: str, *, due: str, rule: str, since: date | None) -> None:
    last = day_or_none(due)
    if last is None:
        return  # no law of that day sets a clock
    provisional: bool = getattr(event.data, "provisional", False)
    subject, wake = event.subject, end_of_day(last)
    tx.deadline(name, subject, wake, None, rule=rule, since=since, provisional=provisional)


def _revocation(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.RevocationProposed)
    _watch(tx, event, _REVOCATION, due=e.ruling_due, rule="revoke.ruling-time", since=event.day)


def _reduction(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.ReductionProposed)
    _watch(tx, event, _REDUCTION, due=e.ruling_due, rule="reduction.ruling-time", since=event.day)


def _noted(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.CorrectionOpinionNoted)
    since = day_or_none(e.opinion_date)
    _watch(tx, event, _reply(e.exchange_id), due=e.reply_due, rule=REPLY, since=since)


def _revocation_ruled(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_REVOCATION, event.subject)


def _reduction_ruled(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_REDUCTION, event.subject)


def _answered(tx: Tx, event: Event) -> None:
    tx.clear_deadline(_reply(event.data_as(ev.CorrectionOpinionAnswered).exchange_id), event.subject)


def _reply(exchange_id: str) -> str:
    return f"reply/{exchange_id}"


ANSWER_CLOCKS = Projection(
    "answer-clocks",
    handle={
        ev.RevocationProposed: _revocation,
        ev.RevocationRuled: _revocation_ruled,
        ev.RevocationRefused: _revocation_ruled,
        ev.ReductionProposed: _reduction,
        ev.ReductionRuled: _reduction_ruled,
        ev.ReductionRefused: _reduction_ruled,
        ev.CorrectionOpinionNoted: _noted,
        ev.CorrectionOpinionAnswered: _answered,
    },
)
