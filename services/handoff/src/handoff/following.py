"""What follows after a message was received: release from hold, receipts to the agency. How it ends: ending.py."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import grpc
from corrections.handoff.v1 import agency_pb2, agency_pb2_grpc
from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import prepared_pb2 as prepared
from corrections.handoff.v1 import service_pb2 as api
from eventcore.decider import NotFound
from eventcore.handler import Seen
from eventcore.reads import read
from servicekit.caller import name_of
from servicekit.calls import caller_of
from servicekit.errors import Unavailable
from servicekit.logs import log

from handoff.arrival import exchange_of
from handoff.cases import Cases
from handoff.domain import message
from handoff.domain.exchange import EXCHANGE
from handoff.domain.refusals import Finding
from handoff.domain.state import Exchange
from handoff.ending import about_of
from handoff.exchanges import Exchanges, stream_of
from handoff.notices import DELIVER_TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Following:
    """RPCs about messages that were received before."""

    exchanges: Exchanges

    async def receipts(self, request: api.GetReceiptsRequest, context: object) -> api.GetReceiptsResponse:
        """Receipts of one of the caller's own messages; NotFound for everybody else's."""
        caller = caller_of(context)
        key = stream_of(exchange_of(self.exchanges.installation, name_of(caller), request.message_id))
        found = await read(self.exchanges.deps.store, EXCHANGE, key, caller)
        opened = [await self.exchanges.open_receipt(reached) for reached in found.state.reached]
        return api.GetReceiptsResponse(receipts=opened)

    async def decision(self, request: api.GetDecisionRequest) -> api.GetDecisionResponse:
        """The body of an accepted message; NotFound for any other."""
        loaded = await self.exchanges.load(UUID(request.exchange_id))
        if loaded.state.accepted is None or loaded.state.received is None:
            raise NotFound
        signed = await self.exchanges.message(loaded.state.received)
        return api.GetDecisionResponse(type=signed.type, body=signed.body)

    async def release(self, request: api.ReleaseHeldRequest, context: object) -> api.ReleaseHeldResponse:
        """The held message is taken up for the case that arrived; one whose sender may not rule in it stays held."""
        exchange_id = UUID(request.exchange_id)

        async def prepare(seen: Seen[Exchange]) -> prepared.PreparedRelease:
            if seen.state.held is None or not await self._may_rule(seen.state, request.case_id):
                return prepared.PreparedRelease()
            about = await about_of(self.exchanges, seen.state)
            receipt = await self.exchanges.receipt(
                exchange_id, msg.STAGE_ACCEPTED, about, seen.now, cases=(request.case_id,)
            )
            accepted = ev.MessageAccepted(
                message_type=seen.state.held.message_type,
                exchange_id=request.exchange_id,
                case_id=request.case_id,
                receipt=receipt,
            )
            return prepared.PreparedRelease(accepted=accepted)

        return api.ReleaseHeldResponse(
            outcome=await self.exchanges.run(request, context, exchange_id, prepare)
        )

    async def _may_rule(self, exchange: Exchange, case_id: str) -> bool:
        received = exchange.received
        agency = self.exchanges.deps.agencies.get(exchange.agency_code)
        if exchange.stage != msg.STAGE_HELD or received is None or agency is None:
            return False
        signed = await self.exchanges.message(received)
        body = message.read(signed.type, signed.body)
        if isinstance(body, Finding):
            return False
        return await Cases(self.exchanges).ruled_by(agency, body) == UUID(case_id)

    async def deliver_receipt(self, request: api.DeliverReceiptRequest) -> api.DeliverReceiptResponse:
        """The agency has the receipt of the stage, unless it offers no endpoint; then it asks with GetReceipts."""
        loaded = await self.exchanges.load(UUID(request.exchange_id))
        reached = [one for one in loaded.state.reached if one.stage == request.stage]
        if not reached:
            raise NotFound
        agency = self.exchanges.deps.agencies.get(loaded.state.agency_code)
        if agency is not None and agency.endpoint:
            receipt = await self.exchanges.open_receipt(reached[-1])
            channel = self.exchanges.deps.peers.agency(agency)
            await _deliver(channel, agency_pb2.DeliverRequest(to=agency.code, message=receipt))
        return api.DeliverReceiptResponse()


async def _deliver(channel: grpc.aio.Channel, request: agency_pb2.DeliverRequest) -> None:
    try:
        await agency_pb2_grpc.AgencyServiceStub(channel).Deliver(request, timeout=DELIVER_TIMEOUT_S)
    except grpc.aio.AioRpcError as e:
        # whatever the agency's own trouble is, the receipt is not delivered and is sent again
        log().warning("receipt.not_delivered", agency=request.to, status=e.code().name)
        raise Unavailable(f"{request.to} did not take the receipt") from e
