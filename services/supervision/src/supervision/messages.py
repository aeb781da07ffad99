"""Messages of other organs, fetched from handoff: what the decider is given instead of a bare exchange id.

A command that a message causes names the exchange only; what the organ wrote travels from service to service over mTLS.
A request that states the facts itself is decided as it is.
"""

from __future__ import annotations

from typing import TypeVar

import grpc
from corrections.handoff.v1 import messages_pb2 as message
from corrections.handoff.v1 import service_pb2 as handoff
from corrections.handoff.v1.service_pb2_grpc import HandoffServiceStub
from corrections.supervision.v1 import service_pb2 as pb
from eventcore.decider import Invalid, NotFound
from google.protobuf.message import Message
from servicekit.deps import Deps

M = TypeVar("M", bound=Message)
R = TypeVar("R", bound=Message)


class Messages:
    """Fills requests from the messages that they name."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def revocation(self, request: pb.RecordRevocationRulingRequest) -> pb.RecordRevocationRulingRequest:
        """The request with the ruling's day and whether the court revoked."""
        if request.ruling_date:
            return request
        found = await self._fetch(request.exchange_id, message.RevocationRuling)
        return _filled(
            request,
            pb.RecordRevocationRulingRequest(ruling_date=found.ruling_date, revoked=found.revoked),
        )

    async def reimprisonment(self, request: pb.RecordReimprisonmentRequest) -> pb.RecordReimprisonmentRequest:
        """The request with the decision's day."""
        if request.decision_date:
            return request
        found = await self._fetch(request.exchange_id, message.ReimprisonmentDecision)
        return _filled(request, pb.RecordReimprisonmentRequest(decision_date=found.decision_date))

    async def reduction(self, request: pb.RecordReductionRulingRequest) -> pb.RecordReductionRulingRequest:
        """The request with the ruling's day and lengths."""
        if request.ruling_date:
            return request
        found = await self._fetch(request.exchange_id, message.ReductionRuling)
        return _filled(
            request,
            pb.RecordReductionRulingRequest(
                ruling_date=found.ruling_date,
                reduced=found.reduced,
                sentence_reduction=found.sentence_reduction if found.HasField("sentence_reduction") else None,
                probation_reduction=found.probation_reduction
                if found.HasField("probation_reduction")
                else None,
            ),
        )

    async def found(self, request: pb.RecordFoundRequest) -> pb.RecordFoundRequest:
        """The request with the instant that the police state."""
        if request.HasField("found_at") or not request.exchange_id:
            return request
        found = await self._fetch(request.exchange_id, message.FoundNotice)
        return _filled(request, pb.RecordFoundRequest(found_at=found.found_at))

    async def opinion(self, request: pb.NoteCorrectionOpinionRequest) -> pb.NoteCorrectionOpinionRequest:
        """The request with the opinion's day."""
        if request.opinion_date:
            return request
        found = await self._fetch(request.exchange_id, message.CorrectionOpinion)
        return _filled(request, pb.NoteCorrectionOpinionRequest(opinion_date=found.opinion_date))

    async def _fetch(self, exchange_id: str, kind: type[M]) -> M:
        """Body of an accepted message of that type; NotFound when handoff has none."""
        stub = HandoffServiceStub(self._deps.peers.channel("handoff"))
        try:
            found = await stub.GetDecision(handoff.GetDecisionRequest(exchange_id=exchange_id))
        except grpc.aio.AioRpcError as error:
            if error.code() == grpc.StatusCode.NOT_FOUND:
                raise NotFound from error
            raise
        if found.type != kind.DESCRIPTOR.full_name:
            raise Invalid("exchange_id", f"got a message {found.type}, want {kind.DESCRIPTOR.full_name}")
        return kind.FromString(found.body)


def _filled(request: R, facts: R) -> R:
    """A copy of the request with these facts."""
    copy = type(request)()
    copy.CopyFrom(request)
    copy.MergeFrom(facts)
    return copy
