"""Of whom intake says that the person was erased: the exchanges about the person's cases are erased too."""

from __future__ import annotations

from uuid import UUID

from corrections.handoff.v1 import service_pb2 as cmd
from corrections.intake.v1 import events_pb2 as intake
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.tx import Tx

_ERASED = "insert into erased_case (case_id) values (%s) on conflict do nothing"


def _erased(tx: Tx, event: Event) -> None:
    cases = [UUID(one) for one in event.data_as(intake.PersonErased).case_ids]
    for case_id in cases:
        tx.execute(_ERASED, (case_id,))
    for case_id in cases:
        tx.command(f"erase {case_id}", cmd.EraseCaseRequest(case_id=str(case_id)), case_id)


ERASURE = Subscription(
    "erasure",
    services=("intake",),
    handle={intake.PersonErased: _erased},
    tables=("erased_case",),
)
