"""What a call passes before its handler, over real mTLS (architecture.md section 3, stack.md section 7)."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Never, Protocol, cast

import grpc
import pytest
from corrections.store.v1 import store_pb2, store_pb2_grpc
from eventcore.decider import Caller, Invalid, NotFound, NotYetDue, Refused
from eventcore.errors import Aborted, AlreadyExists, NotYetHappened, TooLarge
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status
from psycopg import OperationalError
from servicekit import calls
from servicekit.calls import call_of, caller_of
from servicekit.checks import Context
from servicekit.server import STORE, Server
from servicekit.settings import Limits
from servicekit.testing import Authority

STREAM = "00000000-0000-0000-0000-000000000001"
POSITIONS = f"/{STORE}/GetPositions"
UNPARK = f"/{STORE}/Unpark"
Start = Callable[..., Awaitable["Running"]]


class Running(Protocol):
    """What the fixture `start` gives."""

    server: Server
    authority: Authority
    port: int

    def channel(self, folder: Path | None) -> grpc.aio.Channel: ...
    def by(self, kind: str, name: str) -> grpc.aio.Channel: ...


@dataclass
class Probed:
    """A running server and the servicer behind its gate."""

    running: Running
    handler: Probe

    def by(self, kind: str, name: str) -> grpc.aio.Channel:
        return self.running.by(kind, name)


class Probe(store_pb2_grpc.StoreServiceServicer):
    """Does what a test needs a handler to do: answers, waits, streams, raises."""

    async def ListHeads(self, request: store_pb2.ListHeadsRequest, context: Context) -> Never:
        raise NotImplementedError

    def ReadStreams(self, request: store_pb2.ReadStreamsRequest, context: Context) -> Never:
        raise NotImplementedError

    async def AddCosignatures(self, request: store_pb2.AddCosignaturesRequest, context: Context) -> Never:
        raise NotImplementedError

    async def StopStream(self, request: store_pb2.StopStreamRequest, context: Context) -> Never:
        raise NotImplementedError

    async def ReopenStream(self, request: store_pb2.ReopenStreamRequest, context: Context) -> Never:
        raise NotImplementedError

    async def ListParked(self, request: store_pb2.ListParkedRequest, context: Context) -> Never:
        raise NotImplementedError

    async def ListRefusals(self, request: store_pb2.ListRefusalsRequest, context: Context) -> Never:
        raise NotImplementedError

    async def SettleRefusal(self, request: store_pb2.SettleRefusalRequest, context: Context) -> Never:
        raise NotImplementedError

    async def ListDeadLetters(self, request: store_pb2.ListDeadLettersRequest, context: Context) -> Never:
        raise NotImplementedError

    async def CloseDeadLetter(self, request: store_pb2.CloseDeadLetterRequest, context: Context) -> Never:
        raise NotImplementedError

    def __init__(self) -> None:
        self.callers: list[Caller] = []
        self.entered = asyncio.Event()
        self.release = asyncio.Event()
        self.ended = asyncio.Event()
        self.error: Exception | None = None

    async def GetPositions(
        self, request: store_pb2.GetPositionsRequest, context: Context
    ) -> store_pb2.GetPositionsResponse:
        self.callers.append(caller_of(context))
        if self.error is not None:
            raise self.error
        return store_pb2.GetPositionsResponse(stored=7)

    async def GetCheckpoint(
        self, request: store_pb2.GetCheckpointRequest, context: Context
    ) -> store_pb2.GetCheckpointResponse:
        self.entered.set()
        try:
            await self.release.wait()
        finally:
            self.ended.set()
        return store_pb2.GetCheckpointResponse(note="done")

    async def ReadStream(
        self, request: store_pb2.ReadStreamRequest, context: Context
    ) -> store_pb2.ReadStreamResponse:
        return store_pb2.ReadStreamResponse(log_size=len(request.stream_id))

    async def ReadLog(
        self, request: store_pb2.ReadLogRequest, context: Context
    ) -> AsyncIterator[store_pb2.ReadLogResponse]:
        for seq in range(request.limit):
            yield store_pb2.ReadLogResponse(entries=[store_pb2.LogEntry(seq=seq, data=bytes(100_000))])
            if request.from_seq:
                raise NotFound

    async def Unpark(self, request: store_pb2.UnparkRequest, context: Context) -> store_pb2.UnparkResponse:
        return store_pb2.UnparkResponse(replayed=len(str(call_of(context).correlation_id)))


def details(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    """The google.rpc details of a failed call by their short names."""
    trailers = dict(error.trailing_metadata() or ())
    status = Status.FromString(cast("bytes", trailers["grpc-status-details-bin"]))
    assert status.code == error.code().value[0]
    found: dict[str, Any] = {}
    kinds = (
        error_details_pb2.BadRequest,
        error_details_pb2.ErrorInfo,
        error_details_pb2.PreconditionFailure,
        error_details_pb2.RetryInfo,
        error_details_pb2.LocalizedMessage,
    )
    for packed in status.details:
        for kind in kinds:
            message = kind()
            if packed.Unpack(message):
                found[kind.DESCRIPTOR.name] = message
    return found


async def failed(call: Awaitable[object]) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as e:
        await call
    return e.value


async def refused(call: Awaitable[object], status: grpc.StatusCode, code: str) -> dict[str, Any]:
    error = await failed(call)
    found = details(error)
    assert (error.code(), found["ErrorInfo"].reason) == (status, code), error.details()
    assert found["ErrorInfo"].domain == "corrections.intake.v1"
    chinese = found["LocalizedMessage"]
    assert chinese.locale == "zh-CN"
    assert any("一" <= c <= "鿿" for c in chinese.message), f"{code} has no Chinese text"
    return found


@pytest.fixture
async def probe(start: Start) -> Probed:
    handler = Probe()
    return Probed(await start(handler), handler)


def stub(channel: grpc.aio.Channel) -> store_pb2_grpc.StoreServiceAsyncStub:
    return store_pb2_grpc.StoreServiceStub(channel)


async def test_a_service_is_known_by_its_certificate(probe: Probed):
    answer = await stub(probe.by("service", "handoff")).GetPositions(
        store_pb2.GetPositionsRequest(), timeout=5
    )
    assert answer.stored == 7
    expected = Caller("spiffe://guitu-test/service/handoff", "", "SERVICE", "GetPositions")
    assert probe.handler.callers == [expected]


async def test_the_purpose_of_a_call_comes_from_its_metadata(probe: Probed):
    await stub(probe.by("operator", "li")).GetPositions(
        store_pb2.GetPositionsRequest(), timeout=5, metadata=(("guitu-purpose", "inspection"),)
    )
    assert probe.handler.callers[0].purpose == "inspection"


@pytest.mark.parametrize("given", ["visit-330203199001010011", "zhang san", "a" * 65, "visit/", "138"])
async def test_a_purpose_is_a_code_that_can_hold_no_number_of_a_person(given: str, probe: Probed):
    call = stub(probe.by("operator", "li")).GetPositions(
        store_pb2.GetPositionsRequest(), timeout=5, metadata=(calls.purpose(given),)
    )
    found = await refused(call, grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")
    [violation] = found["BadRequest"].field_violations
    assert violation.field == "metadata guitu-purpose"
    assert given not in violation.description
    assert "remedy: send a code" in violation.description


async def test_a_call_over_the_bound_is_refused_with_the_time_to_wait(start: Start):
    handler = Probe()
    running = await start(handler, limits=Limits(running_calls=1, drain_s=5.0, longest_deadline_s=5.0))
    asking = stub(running.by("operator", "li"))
    first = asking.GetCheckpoint(store_pb2.GetCheckpointRequest(), timeout=5)
    await handler.entered.wait()
    second = asking.GetPositions(store_pb2.GetPositionsRequest(), timeout=5)
    found = await refused(second, grpc.StatusCode.RESOURCE_EXHAUSTED, "BUSY")
    assert found["RetryInfo"].retry_delay.ToMilliseconds() == 1000
    handler.release.set()
    assert (await first).note == "done"
    assert (await asking.GetPositions(store_pb2.GetPositionsRequest(), timeout=5)).stored == 7


async def test_no_certificate_is_refused_in_the_handshake(probe: Probed):
    error = await failed(
        stub(probe.running.channel(None)).GetPositions(store_pb2.GetPositionsRequest(), timeout=5)
    )
    assert error.code() == grpc.StatusCode.UNAVAILABLE


async def test_a_certificate_without_an_identity_is_unauthenticated(probe: Probed):
    call = stub(probe.running.channel(probe.running.authority.nameless())).GetPositions(
        store_pb2.GetPositionsRequest(), timeout=5
    )
    await refused(call, grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")


async def test_an_agency_that_is_not_registered_is_unauthenticated(probe: Probed):
    call = stub(probe.by("agency", "court-9")).GetPositions(store_pb2.GetPositionsRequest(), timeout=5)
    await refused(call, grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")


async def test_a_role_that_the_method_does_not_name_is_denied(probe: Probed):
    call = stub(probe.by("agency", "court-1")).GetPositions(store_pb2.GetPositionsRequest(), timeout=5)
    found = await refused(call, grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED")
    assert found["ErrorInfo"].metadata["role"] == "COURT"


async def test_a_call_without_a_deadline_is_refused(probe: Probed):
    call = stub(probe.by("service", "handoff")).GetPositions(store_pb2.GetPositionsRequest())
    found = await refused(call, grpc.StatusCode.INVALID_ARGUMENT, "DEADLINE_MISSING")
    assert "deadline" in found["BadRequest"].field_violations[0].description


async def test_a_broken_rule_of_the_contract_names_field_rule_and_remedy(probe: Probed):
    request = store_pb2.UnparkRequest(request_id="r", consumer="", source="s", stream_id="no uuid")
    found = await refused(
        stub(probe.by("operator", "li")).Unpark(request, timeout=5),
        grpc.StatusCode.INVALID_ARGUMENT,
        "INVALID_REQUEST",
    )
    violations = {v.field: v for v in found["BadRequest"].field_violations}
    assert violations.keys() == {"consumer", "stream_id"}
    assert violations["stream_id"].reason == "string.uuid"
    assert "remedy: " in violations["stream_id"].description
    assert "stream_id" in violations["stream_id"].localized_message.message


@pytest.mark.parametrize(
    "raw", [b"\xff\xff\xff", b"\x0a\xff", b"\x0a\x02\xff\xfe", random.Random(222).randbytes(64) + b"\xff"]
)
async def test_bytes_that_are_no_protobuf_are_an_invalid_argument(probe: Probed, raw: bytes):
    call = probe.by("operator", "li").unary_unary(UNPARK)(raw, timeout=5)
    found = await refused(call, grpc.StatusCode.INVALID_ARGUMENT, "UNREADABLE_REQUEST")
    assert found["BadRequest"].field_violations[0].field == "(message)"


async def test_mutated_requests_are_never_our_fault(probe: Probed):
    chance = random.Random(20240901)
    whole = store_pb2.UnparkRequest(
        request_id="r", consumer="c", source="s", stream_id=STREAM
    ).SerializeToString()
    call = probe.by("operator", "li").unary_unary(UNPARK)
    allowed = {grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT}
    for _ in range(20):
        calls = [call(mutated(whole, chance), timeout=5) for _ in range(50)]
        assert {await one.code() for one in calls} <= allowed


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with some flipped, dropped, doubled or cut off."""
    raw = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(raw) or 1)
        match chance.randrange(4):
            case 0:
                raw[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del raw[at : at + chance.randint(1, 8)]
            case 2:
                raw[at:at] = raw[at : at + chance.randint(1, 16)]
            case _:
                raw = raw[:at]
    return bytes(raw)


async def test_a_stranger_learns_nothing_about_his_bytes(probe: Probed):
    call = probe.by("agency", "court-9").unary_unary(UNPARK)(b"\xff\xff", timeout=5)
    await refused(call, grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")


async def test_a_request_that_is_too_large_is_refused_with_its_bound(probe: Probed):
    call = probe.by("operator", "li").unary_unary(UNPARK)(bytes(9 * 1024 * 1024), timeout=5)
    found = await refused(call, grpc.StatusCode.INVALID_ARGUMENT, "MESSAGE_TOO_LARGE")
    assert "1048576" in found["BadRequest"].field_violations[0].description


async def test_more_than_the_transport_reads_is_resource_exhausted(probe: Probed):
    error = await failed(probe.by("operator", "li").unary_unary(UNPARK)(bytes(12 * 1024 * 1024), timeout=5))
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "larger than max" in str(error.details())


async def test_a_method_that_does_not_exist_is_unimplemented(probe: Probed):
    error = await failed(probe.by("operator", "li").unary_unary(f"/{STORE}/Nothing")(b"", timeout=5))
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_the_chain_of_events_is_taken_from_a_service_only(probe: Probed):
    request = store_pb2.UnparkRequest(request_id="r", consumer="c", source="s", stream_id=STREAM)
    metadata = (("guitu-correlation", STREAM),)
    answer = await stub(probe.by("operator", "li")).Unpark(request, timeout=5, metadata=metadata)
    assert answer.replayed == len(STREAM)
    call = stub(probe.by("operator", "li")).Unpark(
        request, timeout=5, metadata=(("guitu-correlation", "rubbish"),)
    )
    await refused(call, grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")


OUTCOMES = [
    (
        Refused("NOT_YET_DUE", "leave.approval-required", due="2026-03-01"),
        grpc.StatusCode.FAILED_PRECONDITION,
        "NOT_YET_DUE",
    ),
    (NotYetDue("leave.approval-required"), grpc.StatusCode.FAILED_PRECONDITION, "NOT_YET_DUE"),
    (NotFound("case 7 of county 330203"), grpc.StatusCode.NOT_FOUND, "NOT_FOUND"),
    (Invalid("from_date", "is after to_date"), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"),
    (
        NotYetHappened("on", date(2026, 3, 2), date(2026, 3, 1)),
        grpc.StatusCode.INVALID_ARGUMENT,
        "NOT_YET_HAPPENED",
    ),
    (
        TooLarge("corrections.intake.v1.CaseOpened", 9, 8),
        grpc.StatusCode.INVALID_ARGUMENT,
        "MESSAGE_TOO_LARGE",
    ),
    (AlreadyExists("request r"), grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED"),
    (Aborted("stream"), grpc.StatusCode.ABORTED, "CONCURRENT_CHANGE"),
    (OperationalError("secret host"), grpc.StatusCode.UNAVAILABLE, "DEPENDENCY_AWAY"),
    (ValueError("张三 330203199001010000"), grpc.StatusCode.INTERNAL, "INTERNAL"),
]


@pytest.mark.parametrize(("error", "status", "code"), OUTCOMES, ids=[c for _, _, c in OUTCOMES])
async def test_what_a_handler_raises_becomes_its_status(
    probe: Probed, error: Exception, status: grpc.StatusCode, code: str, capsys: pytest.CaptureFixture[str]
):
    probe.handler.error = error
    call = stub(probe.by("operator", "li")).GetPositions(store_pb2.GetPositionsRequest(), timeout=5)
    found = await refused(call, status, code)
    said = repr(found) + capsys.readouterr().err
    for private in ("张三", "330203199001010000", "secret host", "county"):
        assert private not in said
    if status is grpc.StatusCode.FAILED_PRECONDITION:
        assert found["ErrorInfo"].metadata["article"] == "社区矫正法实施办法 第二十六条"
        assert found["PreconditionFailure"].violations[0].type == code
    if code in ("CONCURRENT_CHANGE", "DEPENDENCY_AWAY"):
        assert found["RetryInfo"].retry_delay.ToMilliseconds() > 0
    if code == "INTERNAL":
        assert len(found["ErrorInfo"].metadata["error_id"]) == 32


async def test_status_details_are_read_by_the_standard_client(probe: Probed):
    probe.handler.error = Refused("NOT_YET_DUE", "leave.approval-required")
    error = await failed(
        stub(probe.by("operator", "li")).GetPositions(store_pb2.GetPositionsRequest(), timeout=5)
    )
    status = rpc_status.from_call(cast("grpc.Call", error))
    assert status is not None
    assert len(status.details) == 4


async def test_a_refusal_in_the_middle_of_a_stream_keeps_its_details(probe: Probed):
    stream = stub(probe.by("service", "audit")).ReadLog(
        store_pb2.ReadLogRequest(from_seq=1, limit=3), timeout=5
    )
    pages: list[int] = []

    async def read() -> None:
        async for page in stream:
            pages.append(page.entries[0].seq)

    await refused(read(), grpc.StatusCode.NOT_FOUND, "NOT_FOUND")
    assert pages == [0]


# The basics of gRPC interoperability (eventstore.md section 12).


async def test_empty_unary(probe: Probed):
    answer = await probe.by("operator", "li").unary_unary(POSITIONS)(b"", timeout=5)
    assert store_pb2.GetPositionsResponse.FromString(answer).stored == 7


async def test_large_unary(probe: Probed):
    raw = (
        store_pb2.ReadStreamRequest(stream_id=STREAM).SerializeToString()
        + b"\x9a\x06\x80\x80\x38"
        + bytes(917_504)
    )
    answer = await probe.by("service", "audit").unary_unary(f"/{STORE}/ReadStream")(raw, timeout=5)
    assert store_pb2.ReadStreamResponse.FromString(answer).log_size == len(STREAM)


async def test_server_streaming(probe: Probed):
    stream = stub(probe.by("service", "audit")).ReadLog(store_pb2.ReadLogRequest(limit=50), timeout=5)
    assert [page.entries[0].seq async for page in stream] == list(range(50))


async def test_cancel_after_begin(probe: Probed):
    call = stub(probe.by("operator", "li")).GetCheckpoint(store_pb2.GetCheckpointRequest(), timeout=5)
    await asyncio.wait_for(probe.handler.entered.wait(), 5)
    assert call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.wait_for(probe.handler.ended.wait(), 5)


async def test_timeout_on_sleeping_server(probe: Probed):
    call = stub(probe.by("operator", "li")).GetCheckpoint(store_pb2.GetCheckpointRequest(), timeout=0.3)
    assert (await failed(call)).code() == grpc.StatusCode.DEADLINE_EXCEEDED
    await asyncio.wait_for(probe.handler.ended.wait(), 5)


async def test_the_longest_deadline_is_ours(start: Start):
    servicer = Probe()
    running = await start(servicer, limits=Limits(longest_deadline_s=0.2))
    call = stub(running.by("operator", "li")).GetCheckpoint(store_pb2.GetCheckpointRequest(), timeout=60)
    await refused(call, grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")


async def test_health_is_asked_without_a_role_or_a_deadline(probe: Probed):
    health = health_stub(probe.by("agency", "court-9"))
    for name in ("", STORE, "corrections.intake.v1.IntakeService"):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


def health_stub(channel: grpc.aio.Channel) -> Any:
    # grpc publishes no types for its own services
    return cast("Any", health_pb2_grpc.HealthStub)(channel)


async def list_services(channel: grpc.aio.Channel) -> list[str]:
    call = cast("Any", reflection_pb2_grpc.ServerReflectionStub)(channel).ServerReflectionInfo()
    await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    answer = await call.read()
    await call.done_writing()
    return [s.name for s in answer.list_services_response.service]


async def test_reflection_is_off_by_default(probe: Probed):
    error = await failed(list_services(probe.by("operator", "li")))
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_reflection_lists_the_services_where_it_is_on(start: Start):
    running = await start(Probe(), reflection=True)
    assert STORE in await list_services(running.by("operator", "li"))


async def test_a_drain_lets_running_calls_finish(probe: Probed):
    channel = probe.by("operator", "li")
    call = stub(channel).GetCheckpoint(store_pb2.GetCheckpointRequest(), timeout=5)
    await asyncio.wait_for(probe.handler.entered.wait(), 5)
    watch = health_stub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=5)
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    drain = asyncio.create_task(probe.running.server.drain())
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
    watch.cancel()
    probe.handler.release.set()
    assert (await call).note == "done"
    await asyncio.wait_for(drain, 5)
    error = await failed(stub(channel).GetPositions(store_pb2.GetPositionsRequest(), timeout=1))
    assert error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


async def test_a_renewed_certificate_is_taken_up(probe: Probed):
    authority = probe.running.authority
    first = ssl.get_server_certificate(("127.0.0.1", probe.running.port))
    authority.issue("service", "intake")
    second = ssl.get_server_certificate(("127.0.0.1", probe.running.port))
    assert first != second
    assert second.split() == (authority.home / "tls/service/intake/tls.crt").read_text().split()


async def test_a_taken_port_is_named(probe: Probed, start: Start):
    with pytest.raises(OSError, match="GUITU_PORT"):
        await start(Probe(), port=probe.running.port)


async def test_without_a_record_of_reads_nothing_of_a_person_is_shown(probe: Probed):
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub(probe.by("operator", "li")).ReadStream(
            store_pb2.ReadStreamRequest(stream_id=STREAM), timeout=5
        )
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
