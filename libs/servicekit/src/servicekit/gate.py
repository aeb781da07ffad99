"""What every call passes before its handler, in this order.

tracing (OpenTelemetry's own interceptor stands before this one) → deadline → authentication → authorisation →
validation → request id → handler. Whatever is raised on the way becomes a status in `errors.Translator`,
once. Health and reflection pass freely: the TLS handshake has already demanded a certificate.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias, cast
from uuid import UUID

import grpc
import protovalidate
from contracts import registry
from contracts.registry import Method
from corrections.common.v1 import common_pb2
from eventcore.decider import Caller
from google.protobuf.message import DecodeError, Message
from opentelemetry.metrics import Counter, Histogram

from servicekit import calls, telemetry
from servicekit.agencies import Agency
from servicekit.caller import OPERATOR, SERVICE, Unidentified, parse
from servicekit.errors import BadRequest, Denied, Translator, Violation, abort, code_of
from servicekit.impossible import impossible
from servicekit.settings import Limits

FREE = ("/grpc.health.v1.", "/grpc.reflection.")

Context: TypeAlias = "grpc.aio.ServicerContext[object, object]"
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Unary = Callable[[object, Context], Awaitable[object]]
Stream = Callable[[object, Context], AsyncIterator[object]]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that are no request of the method, or too many of them; stands in the request's place."""

    code: str
    violation: Violation


@dataclass(slots=True)
class Incoming:
    """A call on its way through the gate."""

    method: Method
    request: object
    context: Context
    metadata: Mapping[str, str]
    caller: Caller | None = None

    def known(self) -> Caller:
        """The caller, once authentication has passed."""
        if self.caller is None:
            raise Denied(grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", "nobody was identified yet")
        return self.caller


@dataclass(frozen=True)
class Gate(grpc.aio.ServerInterceptor):
    """The interceptor of every server of the platform."""

    installation: str
    agency: Callable[[str], Agency | None]
    limits: Limits
    translator: Translator
    duration: Histogram = field(default_factory=lambda: telemetry.histogram("guitu.rpc.duration"))
    refusals: Counter = field(default_factory=lambda: telemetry.counter("guitu.rpc.refusals"))

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """The method's handler behind the gate."""
        path = handler_call_details.method
        handler = await continuation(handler_call_details)
        if handler is None or path.startswith(FREE):
            return handler
        method = registry.access(path)
        read = _reader(method, self.limits)
        if handler.unary_stream is not None:
            behaviour = self._stream(method, cast("Stream", handler.unary_stream))
            return grpc.unary_stream_rpc_method_handler(
                cast("Callable[..., object]", behaviour), read, handler.response_serializer
            )
        if handler.unary_unary is None:
            raise TypeError(f"{path} takes a stream of requests; no contract of the platform does")
        behaviour = self._unary(method, cast("Unary", handler.unary_unary))
        return grpc.unary_unary_rpc_method_handler(
            cast("Callable[..., object]", behaviour), read, handler.response_serializer
        )

    def _unary(self, method: Method, behaviour: Unary) -> Unary:
        async def run(request: object, context: Context) -> object:
            began = time.monotonic()
            try:
                self._pass(method, request, context)
                async with asyncio.timeout(self._longest(context)):
                    response = await behaviour(request, context)
            except (grpc.aio.AbortError, grpc.aio.UsageError):
                raise
            except Exception as e:
                await self._fail(context, e, method, began)
            else:
                self._answered(method, began, grpc.StatusCode.OK)
                return response

        return run

    def _stream(self, method: Method, behaviour: Stream) -> Stream:
        async def run(request: object, context: Context) -> AsyncIterator[object]:
            began = time.monotonic()
            try:
                self._pass(method, request, context)
                async with asyncio.timeout(self._longest(context)):
                    async for response in behaviour(request, context):
                        yield response
            except (grpc.aio.AbortError, grpc.aio.UsageError):
                raise
            except Exception as e:
                await self._fail(context, e, method, began)
            else:
                self._answered(method, began, grpc.StatusCode.OK)

        return run

    async def _fail(self, context: Context, error: Exception, method: Method, began: float) -> None:
        status = self.translator.status(error, method=method.path)
        code = code_of(status)
        self._answered(method, began, code)
        self.refusals.add(
            1, {"method": method.path, "status": code.name, "code": status.message.split(":")[0]}
        )
        await abort(context, status)

    def _answered(self, method: Method, began: float, code: grpc.StatusCode) -> None:
        self.duration.record(time.monotonic() - began, {"method": method.path, "status": code.name})

    def _longest(self, context: Context) -> float | None:
        remaining = time_remaining(context)
        longest = self.limits.longest_deadline_s
        # gRPC itself cancels at the caller's deadline; only a longer one needs a bound of ours.
        return longest if remaining is None or remaining > longest else None

    def _pass(self, method: Method, request: object, context: Context) -> None:
        incoming = Incoming(method, request, context, calls.texts(context.invocation_metadata()))
        for step in (deadline, self._authenticate, authorise, validate, request_id):
            step(incoming)
        caller = incoming.known()
        trusted = caller.role in (SERVICE, OPERATOR)
        calls.enter(
            calls.Call(
                method=method,
                caller=caller,
                correlation_id=_chain_id(incoming, calls.CORRELATION_KEY) if trusted else None,
                causation_id=_chain_id(incoming, calls.CAUSATION_KEY) if trusted else None,
            )
        )

    def _authenticate(self, incoming: Incoming) -> None:
        spiffe_id = peer(incoming.context)
        purpose = incoming.metadata.get(calls.PURPOSE_KEY) or incoming.method.path.rsplit("/", 1)[-1]
        try:
            incoming.caller = parse(
                spiffe_id, installation=self.installation, agency=self.agency, purpose=purpose
            )
        except Unidentified as e:
            raise Denied(grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", str(e)) from e


def peer(context: Context) -> str:
    """SPIFFE id of the client's certificate; Denied when it has none."""
    found = cast("dict[str, Sequence[bytes]]", context.auth_context()).get("peer_spiffe_id")
    if not found:
        raise Denied(
            grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", "the client's certificate names no SPIFFE id"
        )
    return found[0].decode()


def time_remaining(context: Context) -> float | None:
    """Seconds until the caller's deadline; None when it set none (the stubs of grpc know only the float)."""
    return cast("float | None", context.time_remaining())


def deadline(incoming: Incoming) -> None:
    """A call without a deadline is refused: it would hold its resources for ever when the client is gone."""
    if time_remaining(incoming.context) is None:
        raise BadRequest(
            "DEADLINE_MISSING",
            [
                Violation(
                    "(call)",
                    "deadline.required",
                    "the call has no deadline",
                    "set a deadline of some seconds",
                )
            ],
        )


def authorise(incoming: Incoming) -> None:
    """The caller's role is one of the method's; a method that names no role is closed."""
    method, caller = incoming.method, incoming.known()
    if not method.roles:
        raise Denied(
            grpc.StatusCode.PERMISSION_DENIED, "METHOD_CLOSED", "the method names no role", method=method.path
        )
    if caller.role not in method.roles:
        raise Denied(
            grpc.StatusCode.PERMISSION_DENIED,
            "ROLE_NOT_ALLOWED",
            f"role {caller.role} may not call it; it is for {', '.join(sorted(method.roles))}",
            role=caller.role,
            method=method.path,
        )
    if method.purpose and not incoming.metadata.get(calls.PURPOSE_KEY):
        raise BadRequest(
            "PURPOSE_MISSING",
            [
                Violation(
                    f"metadata {calls.PURPOSE_KEY}",
                    "purpose.required",
                    "a read of a person's data names its purpose",
                    f"send metadata {calls.PURPOSE_KEY}",
                )
            ],
        )


def validate(incoming: Incoming) -> None:
    """The request is readable and keeps every rule of its contract."""
    request, contract = incoming.request, incoming.method.request.DESCRIPTOR.full_name
    if isinstance(request, Unreadable):
        raise BadRequest(request.code, [request.violation])
    message = cast("Message", request)
    broken = [*_broken_rules(message, contract), *impossible(message)]
    if broken:
        raise BadRequest("INVALID_REQUEST", broken)


def _broken_rules(message: Message, contract: str) -> list[Violation]:
    try:
        found = protovalidate.collect_violations(message)
    except protovalidate.EvaluationError:
        # A rule that cannot be computed on a value does not hold for it.
        said = "a rule of the contract cannot be computed on it"
        return [Violation("(message)", "evaluation", said, f"correct it to keep the rules of {contract}")]
    return [
        Violation(
            _path(v.proto.field.elements if v.proto.field else ()) or "(message)",
            v.proto.rule_id or "rule",
            v.proto.message or "breaks the rule",
            f"correct it to keep {v.proto.rule_id or 'the rule'} of {contract}",
        )
        for v in found
    ]


def request_id(incoming: Incoming) -> None:
    """A write names its request, so that sending it twice has one effect."""
    request = cast("Message", incoming.request)
    if "request_id" in request.DESCRIPTOR.fields_by_name and not getattr(request, "request_id"):  # noqa: B009
        raise BadRequest(
            "REQUEST_ID_MISSING",
            [
                Violation(
                    "request_id",
                    "request_id.required",
                    "is empty",
                    "send an id of your own; repeat it when you resend",
                )
            ],
        )


def _path(elements: Sequence[object]) -> str:
    parts: list[str] = []
    for element in elements:
        name = str(getattr(element, "field_name", ""))
        subscript = getattr(element, "subscript", None)
        value = getattr(subscript, "value", None)
        parts.append(name if value is None else f"{name}[{value}]")
    return ".".join(parts)


def _chain_id(incoming: Incoming, key: str) -> UUID | None:
    text = incoming.metadata.get(key)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise BadRequest(
            "INVALID_REQUEST",
            [Violation(f"metadata {key}", "uuid", "is no UUID", "send canonical UUID text")],
        ) from None


@cache
def carries_agency_message(request: type[Message]) -> bool:
    """True when the request is or holds a `Signed`: then it may be as large as the transport allows.

    The handler answers even rubbish with a signed receipt, so nothing is refused by size before it.
    """
    signed = common_pb2.Signed.DESCRIPTOR
    if request.DESCRIPTOR is signed:
        return True
    return any(f.message_type is signed for f in request.DESCRIPTOR.fields)


def _reader(method: Method, limits: Limits) -> Callable[[bytes], object]:
    """Deserialiser that never raises: a failure there would be INTERNAL and tell the client nothing."""
    largest = limits.receive_bytes if carries_agency_message(method.request) else limits.request_bytes
    name = method.request.DESCRIPTOR.full_name

    def read(raw: bytes) -> object:
        if len(raw) > largest:
            said = f"is {len(raw)} bytes, at most {largest} are read"
            remedy = "keep documents outside the message and name them by digest"
            return Unreadable("MESSAGE_TOO_LARGE", Violation("(message)", "message.max_bytes", said, remedy))
        try:
            return method.request.FromString(raw)
        except (DecodeError, ValueError, RecursionError):
            said = f"the bytes are no {name}"
            remedy = "serialise the request with the published contract"
            return Unreadable("UNREADABLE_REQUEST", Violation("(message)", "protobuf", said, remedy))

    return read
