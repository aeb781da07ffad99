"""An erasure that was approved is carried out, until it is done. 个人信息保护法 第四十七条."""

from __future__ import annotations

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx


def _approved(tx: Tx, event: Event) -> None:
    request = cmd.CarryOutErasureRequest(person_id=str(event.subject))
    tx.command("carry-out", request, event.subject)


ERASURE = Projection("erasure", handle={ev.ErasureApproved: _approved})
