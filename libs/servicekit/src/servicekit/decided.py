"""What another organ decided, as handoff accepted it: fetched over mTLS, never stored by who asks."""

from __future__ import annotations

from typing import TypeVar

import grpc
from corrections.handoff.v1 import service_pb2 as handoff
from corrections.handoff.v1.service_pb2_grpc import HandoffServiceStub
from eventcore.decider import Invalid, NotFound
from google.protobuf.message import Message

from servicekit.deps import Deps

M = TypeVar("M", bound=Message)


async def fetched(deps: Deps, exchange_id: str, kind: type[M]) -> M:
    """Body of an accepted message of that type; NotFound when handoff has none, Invalid for another type."""
    stub = HandoffServiceStub(deps.peers.channel("handoff"))
    try:
        found = await stub.GetDecision(handoff.GetDecisionRequest(exchange_id=exchange_id))
    except grpc.aio.AioRpcError as error:
        if error.code() == grpc.StatusCode.NOT_FOUND:
            raise NotFound from error
        raise
    if found.type != kind.DESCRIPTOR.full_name:
        raise Invalid("exchange_id", f"got a message {found.type}, want {kind.DESCRIPTOR.full_name}")
    return kind.FromString(found.body)
