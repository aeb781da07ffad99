"""The gRPC servicer of handoff. Each RPC is one call of the part that knows its duty."""

from __future__ import annotations

import grpc
from corrections.handoff.v1 import service_pb2 as api
from corrections.handoff.v1 import service_pb2_grpc as rpc
from eventcore.errors import NotFound
from servicekit.caller import service_of
from servicekit.calls import caller_of
from servicekit.deps import Deps

from handoff.ending import Ending
from handoff.erasing import Erasing
from handoff.exchanges import Exchanges
from handoff.following import Following
from handoff.listing import Listing
from handoff.notices import Notices
from handoff.police import Police
from handoff.submitting import Submitting

# Services that act on what an agency decided; to no other is its text opened.
_ACTING = frozenset({"intake", "supervision"})

Context = grpc.aio.ServicerContext[object, object]


class HandoffServicer(rpc.HandoffServiceServicer):
    """Answers agencies, officers and the platform's services."""

    def __init__(self, deps: Deps) -> None:
        exchanges = Exchanges.of(deps)
        self._submitting = Submitting(exchanges)
        self._following = Following(exchanges)
        self._ending = Ending(exchanges)
        self._erasing = Erasing(exchanges)
        self._notices = Notices(exchanges)
        self._police = Police(exchanges)
        self._listing = Listing(exchanges)

    async def Submit(self, request: api.SubmitRequest, context: Context) -> api.SubmitResponse:
        """One message of an agency."""
        return await self._submitting.submit(request, context)

    async def GetReceipts(self, request: api.GetReceiptsRequest, context: Context) -> api.GetReceiptsResponse:
        """Receipts of one of the caller's messages."""
        return await self._following.receipts(request, context)

    async def QueryMissingStatus(
        self, request: api.QueryMissingStatusRequest, context: Context
    ) -> api.QueryMissingStatusResponse:
        """The police ask whether a person is missing."""
        return await self._police.query(request, context)

    async def ListOpenExchanges(
        self, request: api.ListOpenExchangesRequest, context: Context
    ) -> api.ListOpenExchangesResponse:
        """What waits, oldest first."""
        return await self._listing.open(request, context)

    async def GetTally(self, request: api.GetTallyRequest, context: Context) -> api.GetTallyResponse:
        """Counts of messages, notices and receipts of the caller's territory."""
        return await self._listing.tally(request, context)

    async def GetDecision(self, request: api.GetDecisionRequest, context: Context) -> api.GetDecisionResponse:
        """The body of an accepted message, for the services that act on it; NotFound for all others."""
        if service_of(caller_of(context)) not in _ACTING:
            raise NotFound
        return await self._following.decision(request)

    async def ReleaseHeld(self, request: api.ReleaseHeldRequest, context: Context) -> api.ReleaseHeldResponse:
        """A held message is taken up."""
        return await self._following.release(request, context)

    async def NoteEffect(self, request: api.NoteEffectRequest, context: Context) -> api.NoteEffectResponse:
        """A case was opened or changed as a message orders."""
        return await self._ending.effect(request, context)

    async def NoteWithoutEffect(
        self, request: api.NoteWithoutEffectRequest, context: Context
    ) -> api.NoteWithoutEffectResponse:
        """What a message orders cannot be done."""
        return await self._ending.without_effect(request, context)

    async def PrepareNotice(
        self, request: api.PrepareNoticeRequest, context: Context
    ) -> api.PrepareNoticeResponse:
        """A notice is made."""
        return await self._notices.prepare(request, context)

    async def DeliverNotice(
        self, request: api.DeliverNoticeRequest, context: Context
    ) -> api.DeliverNoticeResponse:
        """A notice is delivered and receipted."""
        return await self._notices.deliver(request, context)

    async def EraseCase(self, request: api.EraseCaseRequest, context: Context) -> api.EraseCaseResponse:
        """What agencies sent about an erased person's case is destroyed."""
        return api.EraseCaseResponse(outcome=await self._erasing.erase(request, context))

    async def DeliverReceipt(
        self, request: api.DeliverReceiptRequest, context: Context
    ) -> api.DeliverReceiptResponse:
        """A receipt is delivered."""
        del context
        return await self._following.deliver_receipt(request)
