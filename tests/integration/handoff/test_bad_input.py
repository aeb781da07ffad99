"""Mutated messages through real gRPC: signed receipts for each, no INTERNAL, no UNKNOWN, no crash.

2,000 each time; GUITU_MUTATIONS=10000 takes more of the same sequence (10,000 cost two minutes and a half of a core).
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from random import Random
from typing import cast

import grpc
from corrections.common.v1.common_pb2 import Signed
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import service_pb2 as api
from corrections.handoff.v1 import service_pb2_grpc as rpc
from devstack import ca
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from servicekit.tls import Material

from tests.integration.handoff.platform import COURT, Platform, resign, wait
from tests.unit.handoff.messages import judgment
from tests.unit.handoff.mutations import mutated

SEED = 9
MESSAGES = int(os.environ.get("GUITU_MUTATIONS", "2000"))
ENVELOPES = 500
AT_ONCE = 32
SUBMIT_S = 60.0
PATIENCE_S = 120.0
ANSWERS = (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.ALREADY_EXISTS)


def channel(platform: Platform) -> grpc.aio.Channel:
    credentials = Material.read(platform.folder(f"agency/{COURT}")).channel_credentials()
    return grpc.aio.secure_channel(
        f"127.0.0.1:{platform.system.topology.service('handoff').port}", credentials
    )


def pause_asked(error: grpc.aio.AioRpcError) -> float | None:
    """After how many seconds the same request is to be sent again, where that is the answer; None for any other."""
    info, again = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    status = rpc_status.from_call(cast("grpc.Call", error))
    for detail in status.details if status is not None else ():
        detail.Unpack(info)
        detail.Unpack(again)
    return again.retry_delay.ToTimedelta().total_seconds() if info.reason == "DEPENDENCY_AWAY" else None


async def answered(stub: rpc.HandoffServiceAsyncStub, request: api.SubmitRequest) -> api.SubmitResponse:
    """The answer. On a busy machine the database or a neighbour may be slow: then as an agency is told to do."""
    until = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        try:
            return await stub.Submit(request, timeout=SUBMIT_S)
        except grpc.aio.AioRpcError as error:
            pause = pause_asked(error)
            if pause is None or asyncio.get_running_loop().time() > until:
                raise
            await asyncio.sleep(pause)


async def test_mutated_messages_get_signed_receipts(platform: Platform):
    key = ca.signing_key(platform.home, COURT)
    stages: Counter[str] = Counter()
    free = asyncio.Semaphore(AT_ONCE)
    before = platform.tally()

    async def submit(stub: rpc.HandoffServiceAsyncStub, number: int, message: Signed) -> None:
        async with free:
            request = api.SubmitRequest(request_id=f"mutated-{number}", message=message)
            answer = await answered(stub, request)
            receipts = platform.opened(answer.receipts)
            assert receipts, message
            stages[msg.Stage.Name(receipts[-1].stage)] += 1
            for receipt in receipts:
                if receipt.stage == msg.STAGE_REFUSED:
                    assert receipt.refusal.code
                    assert receipt.refusal.remedy_zh

    made = channel(platform)
    async with made:
        stub = rpc.HandoffServiceStub(made)
        messages_ = mutated(SEED, MESSAGES, lambda m: resign(m, key, f"{COURT}.1"), COURT)
        await asyncio.gather(*(submit(stub, n, m) for n, m in enumerate(messages_)))
    assert sum(stages.values()) == MESSAGES
    assert set(stages) <= {"STAGE_ACCEPTED", "STAGE_REFUSED", "STAGE_HELD"}

    def counted() -> bool:
        now = platform.tally()
        taken = now.received + now.repeated - before.received - before.repeated
        return taken == MESSAGES and now.received == now.accepted + now.refused + now.held

    wait(counted, "every message is counted", 60)


async def test_flipped_bits_of_the_envelope_are_answered_too(platform: Platform):
    key, random = ca.signing_key(platform.home, COURT), Random(SEED)
    statuses: Counter[grpc.StatusCode] = Counter()
    async with channel(platform) as made:
        submit = made.unary_unary("/corrections.handoff.v1.HandoffService/Submit")
        for number in range(ENVELOPES):
            message = judgment(
                message_id=f"envelope-{number}", case_number=f"envelope {number}", organ_code=COURT
            )
            signed = Signed(type=message.DESCRIPTOR.full_name, body=message.SerializeToString())
            resign(signed, key, f"{COURT}.1")
            request = api.SubmitRequest(request_id=f"envelope-{number}", message=signed)
            data = bytearray(request.SerializeToString())
            for _ in range(random.randint(1, 8)):
                data[random.randrange(len(data))] ^= 1 << random.randrange(8)
            try:
                answer = await submit(bytes(data), timeout=20)
                assert platform.opened(api.SubmitResponse.FromString(answer).receipts)
                statuses[grpc.StatusCode.OK] += 1
            except grpc.aio.AioRpcError as error:
                statuses[error.code()] += 1
    assert set(statuses) <= {grpc.StatusCode.OK, *ANSWERS}
    assert statuses[grpc.StatusCode.OK] > 0


def test_an_honest_message_still_passes_afterwards(platform: Platform):
    body = judgment(message_id="honest", case_number="honest", organ_code=COURT)
    assert [r.stage for r in platform.submit(COURT, body)] == [msg.STAGE_RECEIVED, msg.STAGE_ACCEPTED]
