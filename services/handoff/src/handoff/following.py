"""What follows after a message was received: release from hold, effects, receipts to the agency."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import grpc
from corrections.common.v1.common_pb2 import Outcome, Sealed
from corrections.handoff.v1 import agency_pb2, agency_pb2_grpc
from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import prepared_pb2 as prepared
from corrections.handoff.v1 import service_pb2 as api
from eventcore.decider import NotFound, Refused
from eventcore.errors import Aborted
from eventcore.reads import read
from servicekit.caller import name_of
from servicekit.calls import caller_of

from handoff.arrival import exchange_of
from handoff.cases import Cases
from handoff.domain import effect, message
from handoff.domain.exchange import EXCHANGE
from handoff.domain.refusals import Finding, without_effect_remedy
from handoff.exchanges import About, Exchanges, Loaded, stream_of

# each try meets an effect that came in between; of a decision's persons all have theirs within a few
MAX_TRIES = 20


@dataclass(frozen=True, slots=True)
class Following:
    """RPCs about messages that were received before."""

    exchanges: Exchanges

    async def receipts(self, request: api.GetReceiptsRequest, context: object) -> api.GetReceiptsResponse:
        """Receipts of one of the caller's own messages; NotFound for everybody else's."""
        caller = caller_of(context)
        key = stream_of(exchange_of(self.exchanges.installation, name_of(caller), request.message_id))
        found = await read(self.exchanges.deps.store, EXCHANGE, key, caller)
        opened = [await self.exchanges.open(reached.receipt) for reached in found.state.reached]
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
        loaded = await self.exchanges.load(exchange_id)
        command = prepared.PreparedRelease()
        if loaded.state.held is not None and await self._may_rule(loaded, request.case_id):
            receipt = await self._receipt(exchange_id, loaded, msg.STAGE_ACCEPTED, (request.case_id,))
            accepted = ev.MessageAccepted(
                message_type=loaded.state.held.message_type,
                exchange_id=request.exchange_id,
                case_id=request.case_id,
                receipt=receipt,
            )
            command.accepted.CopyFrom(accepted)
        outcome = await self.exchanges.deps.run(
            request,
            context,
            decider=EXCHANGE,
            stream=stream_of(exchange_id),
            subject=exchange_id,
            command=command,
        )
        return api.ReleaseHeldResponse(outcome=outcome)

    async def _may_rule(self, loaded: Loaded, case_id: str) -> bool:
        received = loaded.state.received
        agency = self.exchanges.deps.agencies.get(loaded.state.agency_code)
        if loaded.state.stage != msg.STAGE_HELD or received is None or agency is None:
            return False
        signed = await self.exchanges.message(received)
        body = message.read(signed.type, signed.body)
        if isinstance(body, Finding):
            return False
        return await Cases(self.exchanges).ruled_by(agency, body) == UUID(case_id)

    async def effect(self, request: api.NoteEffectRequest, context: object) -> api.NoteEffectResponse:
        """The effect is noted; with the last one the message is effected. Aborted when too many come at once."""
        for _ in range(MAX_TRIES):
            try:
                return api.NoteEffectResponse(outcome=await self._note(request, context))
            except Refused as refused:
                if refused.code != effect.OVERTAKEN:
                    raise
        raise Aborted(f"effects of exchange {request.exchange_id} overtook one another")

    async def _note(self, request: api.NoteEffectRequest, context: object) -> Outcome:
        exchange_id = UUID(request.exchange_id)
        loaded = await self.exchanges.load(exchange_id)
        noted = ev.EffectNoted(defendant_number=request.defendant_number, case_id=request.case_id)
        command = prepared.PreparedEffect(noted=noted)
        cases = effect.cases(loaded.state, request.defendant_number, request.case_id)
        if cases:
            receipt = await self._receipt(exchange_id, loaded, msg.STAGE_EFFECTED, cases)
            command.effected.CopyFrom(ev.MessageEffected(case_ids=cases, receipt=receipt))
        return await self.exchanges.deps.run(
            request,
            context,
            decider=EXCHANGE,
            stream=stream_of(exchange_id),
            subject=exchange_id,
            command=command,
        )

    async def without_effect(
        self, request: api.NoteWithoutEffectRequest, context: object
    ) -> api.NoteWithoutEffectResponse:
        """The message has no effect and its exchange ends; the receipt says why."""
        exchange_id = UUID(request.exchange_id)
        loaded = await self.exchanges.load(exchange_id)
        why = msg.Refusal(
            code=request.code,
            rule=request.rule,
            article=request.article,
            remedy_zh=without_effect_remedy(request.code),
        )
        receipt = await self._receipt(exchange_id, loaded, msg.STAGE_WITHOUT_EFFECT, (), why)
        ended = ev.MessageWithoutEffect(refusal=why, receipt=receipt)
        outcome = await self.exchanges.deps.run(
            request,
            context,
            decider=EXCHANGE,
            stream=stream_of(exchange_id),
            subject=exchange_id,
            command=prepared.PreparedWithoutEffect(without_effect=ended),
        )
        return api.NoteWithoutEffectResponse(outcome=outcome)

    async def _receipt(
        self,
        exchange_id: UUID,
        loaded: Loaded,
        stage: msg.Stage,
        cases: tuple[str, ...],
        why: msg.Refusal | None = None,
    ) -> Sealed:
        received = loaded.state.received
        if received is None:
            raise NotFound
        signed = await self.exchanges.message(received)
        about = About(received.message_id, received.agency_code, signed.body)
        return await self.exchanges.receipt(exchange_id, stage, about, loaded.now, refusal=why, cases=cases)

    async def deliver_receipt(self, request: api.DeliverReceiptRequest) -> api.DeliverReceiptResponse:
        """The agency has the receipt of the stage, unless it offers no endpoint; then it asks with GetReceipts."""
        loaded = await self.exchanges.load(UUID(request.exchange_id))
        reached = [one for one in loaded.state.reached if one.stage == request.stage]
        if not reached:
            raise NotFound
        agency = self.exchanges.deps.agencies.get(loaded.state.agency_code)
        if agency is not None and agency.endpoint:
            receipt = await self.exchanges.open(reached[-1].receipt)
            channel = self.exchanges.deps.peers.agency(agency)
            await _deliver(channel, agency_pb2.DeliverRequest(to=agency.code, message=receipt))
        return api.DeliverReceiptResponse()


async def _deliver(channel: grpc.aio.Channel, request: agency_pb2.DeliverRequest) -> None:
    await agency_pb2_grpc.AgencyServiceStub(channel).Deliver(request)
