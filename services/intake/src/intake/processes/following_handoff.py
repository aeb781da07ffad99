"""What other organs decided, once handoff has accepted it: cases are opened, renewed, recalculated.

社区矫正法 第二十条; 社区矫正法实施办法 第十六条. Commands name the exchange; the servicer fetches the decision.
"""

from __future__ import annotations

from uuid import UUID

from corrections.handoff.v1 import events_pb2 as handoff
from corrections.handoff.v1 import messages_pb2 as message
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.tx import Tx

from intake.domain.ids import case_id_of


def _accepted(tx: Tx, event: Event) -> None:
    accepted = event.data_as(handoff.MessageAccepted)
    exchange_id = accepted.exchange_id
    match accepted.message_type:
        case message.Judgment.DESCRIPTOR.full_name:
            for number in accepted.defendant_numbers:
                request = cmd.OpenCaseRequest(exchange_id=exchange_id, defendant_number=number)
                tx.command(f"open/{number}", request, case_id_of(exchange_id, number))
        case message.TemporaryServiceRenewal.DESCRIPTOR.full_name:
            renewal = cmd.RenewTemporaryServiceRequest(case_id=accepted.case_id, exchange_id=exchange_id)
            tx.command("renew", renewal, UUID(accepted.case_id))
        case message.TermRecalculation.DESCRIPTOR.full_name:
            ruling = cmd.RecalculateTermRequest(case_id=accepted.case_id, exchange_id=exchange_id)
            tx.command("recalculate", ruling, UUID(accepted.case_id))
        case _:
            pass  # other services' business


FOLLOWING_HANDOFF = Subscription(
    "following-handoff", services=("handoff",), handle={handoff.MessageAccepted: _accepted}
)
