"""Principals of a scenario on the wire: each shows its own certificate; a call is sent until it has an answer.

A repetition carries the same request id, so that it has one effect however often it arrives.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import grpc
from contracts.registry import Method
from devstack import ca
from eventcore import ids
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from servicekit.calls import PURPOSE_KEY
from servicekit.tls import Material, pinned

PURPOSE = "scenario"
_AGAIN = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    }
)
_DEADLINE_S = 10.0
_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 1.0
_OPTIONS = (
    ("grpc.max_send_message_length", 16 * 1024 * 1024),
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `code` is empty for an answer, else a refusal's code or the status' name."""

    code: str
    message: Message | None
    detail: str = ""


class Principals:
    """Channels of all principals to all services, opened when first used. asyncio."""

    def __init__(
        self, home: Path, installation: str, peers: dict[str, str], *, patience_s: float = 90.0
    ) -> None:
        self._home = home
        self._installation = installation
        self._peers = peers
        self._patience_s = patience_s
        self._channels: dict[tuple[str, str], grpc.aio.Channel] = {}
        self.retries = 0

    async def call(self, principal: str, method: Method, request: Message) -> Answer:
        """The answer of the service, or its refusal. After `patience_s` without either: the last status."""
        service = method.path.split(".")[1]
        invoke = self._channel(principal, service).unary_unary(
            method.path, request_serializer=_bytes, response_deserializer=method.response.FromString
        )
        metadata = ((PURPOSE_KEY, PURPOSE),) if method.purpose else ()
        limit, pause = time.monotonic() + self._patience_s, _PAUSE_S
        while True:
            try:
                return Answer("", await invoke(request, timeout=_DEADLINE_S, metadata=metadata))
            except grpc.aio.AioRpcError as e:
                if e.code() not in _AGAIN or time.monotonic() > limit:
                    return Answer(_code(e), None, e.details() or "")
            self.retries += 1
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _channel(self, principal: str, service: str) -> grpc.aio.Channel:
        key = (principal, service)
        if key not in self._channels:
            files = ca.issue(self._home, spiffe_path(principal), installation=self._installation)
            credentials = Material.read(files.folder).channel_credentials()
            options = (*_OPTIONS, pinned(ids.server_name(self._installation, service)))
            self._channels[key] = grpc.aio.secure_channel(self._peers[service], credentials, options=options)
        return self._channels[key]

    async def close(self) -> None:
        """Every channel is closed."""
        await asyncio.gather(*(c.close() for c in self._channels.values()))
        self._channels.clear()


def spiffe_path(principal: str) -> str:
    """Path of a principal's identity: an agency's code, ROLE@unit for an officer, OPERATOR for operations."""
    role, at, unit = principal.partition("@")
    if role == "OPERATOR":
        return "operator/sandbox"
    return f"staff/{unit}/{role}/officer" if at else f"agency/{principal}"


def _bytes(request: Message) -> bytes:
    return request.SerializeToString(deterministic=True)


def _code(error: grpc.aio.AioRpcError) -> str:
    if error.code() is grpc.StatusCode.FAILED_PRECONDITION:
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin" and isinstance(value, bytes):
                for detail in status_pb2.Status.FromString(value).details:
                    info = error_details_pb2.ErrorInfo()
                    if detail.Unpack(info):
                        return info.reason
    return error.code().name
