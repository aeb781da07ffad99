"""Messages of other organs, fetched from handoff: what the decider is given instead of a bare exchange id.

A command that a message causes names the exchange only; what the organ wrote travels from service to service over mTLS.
A request that states the facts itself is decided as it is.
"""

from __future__ import annotations

from typing import TypeVar

from corrections.handoff.v1 import messages_pb2 as message
from corrections.supervision.v1 import service_pb2 as pb
from eventcore.errors import Invalid
from google.protobuf.message import Message
from servicekit.caller import SERVICE
from servicekit.decided import fetched
from servicekit.deps import Deps

R = TypeVar("R", bound=Message)


class Messages:
    """Fills requests from the messages that they name."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def revocation(self, request: pb.RecordRevocationRulingRequest) -> pb.RecordRevocationRulingRequest:
        """The request with the ruling's day and whether the court revoked."""
        if request.ruling_date:
            return request
        found = await fetched(self._deps, request.exchange_id, message.RevocationRuling)
        return _filled(
            request,
            pb.RecordRevocationRulingRequest(ruling_date=found.ruling_date, revoked=found.revoked),
        )

    async def reimprisonment(self, request: pb.RecordReimprisonmentRequest) -> pb.RecordReimprisonmentRequest:
        """The request with the decision's day."""
        if request.decision_date:
            return request
        found = await fetched(self._deps, request.exchange_id, message.ReimprisonmentDecision)
        return _filled(request, pb.RecordReimprisonmentRequest(decision_date=found.decision_date))

    async def reduction(self, request: pb.RecordReductionRulingRequest) -> pb.RecordReductionRulingRequest:
        """The request with the ruling's day and lengths."""
        if request.ruling_date:
            return request
        found = await fetched(self._deps, request.exchange_id, message.ReductionRuling)
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
        found = await fetched(self._deps, request.exchange_id, message.FoundNotice)
        return _filled(request, pb.RecordFoundRequest(found_at=found.found_at))

    async def opinion(self, request: pb.NoteCorrectionOpinionRequest) -> pb.NoteCorrectionOpinionRequest:
        """The request with the opinion's day."""
        if request.opinion_date:
            return request
        found = await fetched(self._deps, request.exchange_id, message.CorrectionOpinion)
        return _filled(request, pb.NoteCorrectionOpinionRequest(opinion_date=found.opinion_date))


def own_word(request: pb.RecordFoundRequest, role: str) -> None:
    """An officer tells of an own find; Invalid when the request names a message: its sender would hear of an effect."""
    if request.exchange_id and role != SERVICE:
        raise Invalid("exchange_id", "is the service's to name; leave it empty")


def _filled(request: R, facts: R) -> R:
    """A copy of the request with these facts."""
    copy = type(request)()
    copy.CopyFrom(request)
    copy.MergeFrom(facts)
    return copy
