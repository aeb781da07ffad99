"""What every call passes before its handler, in this order.

tracing (OpenTelemetry's own interceptor stands before this one) → room → deadline → authentication → authorisation →
validation → request id → handler → read log, where the method shows something of persons. Whatever is raised on the way becomes a status in `errors.Translator`,
once. Health and reflection pass freely: the TLS handshake has already demanded a certificate.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import grpc
from contracts import registry
from contracts.registry import Method
from eventcore.decider import Caller
from eventcore.errors import Busy, Invalid, Refused
from opentelemetry.metrics import Counter, Histogram

from servicekit import calls, checks, read_log, telemetry
from servicekit.agencies import Agency
from servicekit.caller import OPERATOR, SERVICE, Unidentified, parse
from servicekit.checks import Context, Incoming, authorise, deadline, request_id, validate
from servicekit.errors import Denied, Translator, Unavailable, abort, code_of
from servicekit.logs import log
from servicekit.read_log import ReadLog
from servicekit.reading import reader
from servicekit.settings import Limits

# Statuses with which somebody is refused what is none of theirs.
_NOT_THEIRS = frozenset({grpc.StatusCode.NOT_FOUND, grpc.StatusCode.PERMISSION_DENIED})
# What a handler says to somebody who may ask tells something of the case all the same: that it has not ended, say.
_TELLING = (Refused, Invalid)
FREE = ("/grpc.health.v1.", "/grpc.reflection.")

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Unary = Callable[[object, Context], Awaitable[object]]
Stream = Callable[[object, Context], AsyncIterator[object]]


@dataclass(slots=True)
class Slots:
    """Room for calls of one event loop."""

    free: int

    @contextmanager
    def taken(self) -> Generator[None]:
        """One is taken inside the block; Busy when none is free."""
        if self.free <= 0:
            raise Busy("the service runs as many calls as it may")
        self.free -= 1
        try:
            yield
        finally:
            self.free += 1


@dataclass(frozen=True)
class Gate(grpc.aio.ServerInterceptor):
    """The interceptor of every server of the platform."""

    installation: str
    agency: Callable[[str], Agency | None]
    limits: Limits
    translator: Translator
    reads: ReadLog | None = None
    duration: Histogram = field(default_factory=lambda: telemetry.histogram("guitu.rpc.duration"))
    slots: Slots = field(init=False)
    refusals: Counter = field(default_factory=lambda: telemetry.counter("guitu.rpc.refusals"))

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", Slots(self.limits.running_calls))

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
        read = reader(method, self.limits)
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
            incoming = self._incoming(method, request, context)
            try:
                with self.slots.taken():
                    caller = self._pass(incoming)
                    async with asyncio.timeout(self._longest(context)):
                        response = await behaviour(request, context)
                        if read_log.wanted(method, caller):
                            await self._record(incoming, caller, response)
            except (grpc.aio.AbortError, grpc.aio.UsageError):
                raise
            except Exception as e:
                await self._fail(incoming, e, began)
            else:
                self._answered(method, began, grpc.StatusCode.OK)
                return response

        return run

    def _stream(self, method: Method, behaviour: Stream) -> Stream:
        async def run(request: object, context: Context) -> AsyncIterator[object]:
            began = time.monotonic()
            incoming = self._incoming(method, request, context)
            try:
                with self.slots.taken():
                    caller = self._pass(incoming)
                    async with asyncio.timeout(self._longest(context)):
                        async for response in behaviour(request, context):
                            if read_log.wanted(method, caller):
                                await self._record(incoming, caller, response)
                            yield response
            except (grpc.aio.AbortError, grpc.aio.UsageError):
                raise
            except Exception as e:
                await self._fail(incoming, e, began)
            else:
                self._answered(method, began, grpc.StatusCode.OK)

        return run

    async def _record(self, incoming: Incoming, caller: Caller, answer: object, *, refused: str = "") -> None:
        if self.reads is None:
            raise read_log.NoReadLog("no read log, so nothing of a person is shown")
        await self.reads.record(
            incoming.method, caller, incoming.request, answer, purpose=incoming.purpose, refused=refused
        )

    async def _fail(self, incoming: Incoming, error: Exception, began: float) -> None:
        method, context = incoming.method, incoming.context
        status = self.translator.status(error, method=method.path)
        code = code_of(status)
        if code in _NOT_THEIRS or isinstance(error, _TELLING):
            await self._refused(incoming, code)
        self._answered(method, began, code)
        self.refusals.add(
            1, {"method": method.path, "status": code.name, "code": status.message.split(":")[0]}
        )
        await abort(context, status)

    async def _refused(self, incoming: Incoming, code: grpc.StatusCode) -> None:
        """Who asked and was shown nothing is recorded too, as far as it can be."""
        method, caller = incoming.method, incoming.caller
        if caller is None or self.reads is None or not read_log.wanted(method, caller):
            return
        try:
            await self._record(incoming, caller, None, refused=code.name)
        except Unavailable:
            log().warning("read.refusal_not_recorded", method=method.path)

    def _answered(self, method: Method, began: float, code: grpc.StatusCode) -> None:
        self.duration.record(time.monotonic() - began, {"method": method.path, "status": code.name})

    def _longest(self, context: Context) -> float | None:
        remaining = checks.time_remaining(context)
        longest = self.limits.longest_deadline_s
        # gRPC itself cancels at the caller's deadline; only a longer one needs a bound of ours.
        return longest if remaining is None or remaining > longest else None

    def _incoming(self, method: Method, request: object, context: Context) -> Incoming:
        texts = calls.texts(context.invocation_metadata())
        return Incoming(method, request, context, texts, texts.get(calls.PURPOSE_KEY, "").strip())

    def _pass(self, incoming: Incoming) -> Caller:
        """Who calls, after every step; the running task is this call from now on."""
        for step in (deadline, self._authenticate, authorise, checks.purpose, validate, request_id):
            step(incoming)
        caller = incoming.known()
        trusted = caller.role in (SERVICE, OPERATOR)
        calls.enter(
            calls.Call(
                method=incoming.method,
                caller=caller,
                correlation_id=checks.chain_id(incoming, calls.CORRELATION_KEY) if trusted else None,
                causation_id=checks.chain_id(incoming, calls.CAUSATION_KEY) if trusted else None,
            )
        )
        read_log.begin()
        return caller

    def _authenticate(self, incoming: Incoming) -> None:
        spiffe_id = checks.peer(incoming.context)
        purpose = incoming.purpose or incoming.method.path.rsplit("/", 1)[-1]
        try:
            incoming.caller = parse(
                spiffe_id, installation=self.installation, agency=self.agency, purpose=purpose
            )
        except Unidentified as e:
            raise Denied(grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED", str(e)) from e
