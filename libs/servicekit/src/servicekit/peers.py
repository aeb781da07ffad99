"""Channels to the other services: mTLS that knows each by its name, a deadline on every call, retries while a
peer is away, bounded waits.

`Peers` is for the synchronous roles (relay, consume, tick), `AsyncPeers` for `serve`. A write may be retried
because its request id gives it one effect.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast
from uuid import UUID

import grpc
from corrections.store.v1 import store_pb2, store_pb2_grpc
from eventcore import ids

from servicekit import telemetry
from servicekit.agencies import Agency
from servicekit.settings import Settings, SettingsError
from servicekit.tls import Material, pinned

_SERVICE_CONFIG = json.dumps(
    {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [
            {
                "name": [{}],
                "retryPolicy": {
                    "maxAttempts": 4,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "1s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ],
    }
)
_OPTIONS: Sequence[tuple[str, str | int]] = (
    ("grpc.service_config", _SERVICE_CONFIG),
    ("grpc.enable_retries", 1),
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    ("grpc.max_send_message_length", 16 * 1024 * 1024),
    # A peer that was killed is found again within seconds, not after gRPC's two minutes.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 5_000),
)


class PeerUnknown(SettingsError):
    """No address is known for a service."""


def service_of(method: str) -> str:
    """Service that answers a method: "/corrections.intake.v1.IntakeService/OpenCase" is intake's."""
    return method.lstrip("/").split(".")[1]


class Target(NamedTuple):
    """Where a server listens ("host:port") and the DNS name that its certificate must hold."""

    address: str
    server_name: str


def service(settings: Settings, name: str) -> Target:
    """A service of the installation; PeerUnknown names the variable."""
    try:
        return Target(settings.peers[name], ids.server_name(settings.installation, name))
    except KeyError:
        raise PeerUnknown(
            f'GUITU_PEERS has no address of {name} (JSON object of service name to "host:port"); add it.'
        ) from None


def agency_server(settings: Settings, agency: Agency) -> Target:
    """The own server of an agency that has an endpoint."""
    name = agency.server_name or ids.agency_server_name(settings.installation, agency.code)
    return Target(agency.endpoint, name)


class Peers:
    """Other services, asked synchronously. Safe for several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._timeout_s = settings.limits.default_deadline_s
        self._lock = threading.Lock()
        self._channels: dict[Target, grpc.Channel] = {}

    def channel(self, name: str) -> grpc.Channel:
        """The channel to a service; PeerUnknown names the variable. Calls without a timeout get the default
        one.
        """
        target = service(self._settings, name)
        with self._lock:
            found = self._channels.get(target)
            if found is None:
                credentials = Material.read(self._settings.tls_folder).channel_credentials()
                raw = grpc.secure_channel(target.address, credentials, options=_options(target))
                found = grpc.intercept_channel(raw, _Deadline(self._timeout_s))
                self._channels[target] = found
            return found

    def call(
        self, method: str, request: bytes, metadata: Sequence[tuple[str, str]], timeout_s: float
    ) -> grpc.Future[bytes]:
        """The call has begun; the future gives the answer's bytes or raises grpc.RpcError. For the dispatcher."""
        invoke = self.channel(service_of(method)).unary_unary(method)
        return cast("grpc.Future[bytes]", invoke.future(request, timeout=timeout_s, metadata=tuple(metadata)))

    def store(self, name: str) -> store_pb2_grpc.StoreServiceStub:
        """The log of another service."""
        return store_pb2_grpc.StoreServiceStub(self.channel(name))

    def fetch_missing(
        self, name: str, stream_id: UUID, first: int, last: int
    ) -> Sequence[store_pb2.LogEntry]:
        """Sequenced entries of another service's stream between two versions, both included, in order.

        LookupError when the stream has nothing from the first version on.
        """
        store, found = self.store(name), list[store_pb2.LogEntry]()
        while first + len(found) <= last:
            request = store_pb2.ReadStreamRequest(stream_id=str(stream_id), from_version=first + len(found))
            page = store.ReadStream(request, timeout=self._timeout_s).entries
            if not page:
                break
            found.extend(page)
        if not found:
            raise LookupError(f"{name} has no version {first} of stream {stream_id}")
        return found[: last - first + 1]

    def list_heads(self, name: str, after: UUID | None) -> Sequence[tuple[UUID, int]]:
        """One page of another service's stream heads in order of stream id; empty after the last."""
        request = store_pb2.ListHeadsRequest(after=str(after) if after else "", page_size=1000)
        heads = self.store(name).ListHeads(request, timeout=self._timeout_s).heads
        return [(UUID(h.stream_id), h.version) for h in heads]

    def close(self) -> None:
        """Every channel is closed; calls under way end with CANCELLED."""
        with self._lock:
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()


class AsyncPeers:
    """Other services, asked from the event loop of `serve`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._channels: dict[Target, grpc.aio.Channel] = {}

    def channel(self, name: str) -> grpc.aio.Channel:
        """The channel to a service; PeerUnknown names the variable. Calls without a timeout get the default
        one.
        """
        return self._to(service(self._settings, name))

    def agency(self, agency: Agency) -> grpc.aio.Channel:
        """The channel to an agency's own service, which must bear the name that the registry gives it."""
        return self._to(agency_server(self._settings, agency))

    def _to(self, target: Target) -> grpc.aio.Channel:
        found = self._channels.get(target)
        if found is None:
            timeout_s = self._settings.limits.default_deadline_s
            interceptors = [*telemetry.client_interceptors(), _AsyncUnary(timeout_s), _AsyncStream(timeout_s)]
            credentials = Material.read(self._settings.tls_folder).channel_credentials()
            found = grpc.aio.secure_channel(
                target.address, credentials, options=_options(target), interceptors=interceptors
            )
            self._channels[target] = found
        return found

    async def close(self) -> None:
        """Every channel is closed; calls under way have had a second."""
        for channel in self._channels.values():
            await channel.close(1.0)
        self._channels.clear()


def _options(target: Target) -> Sequence[tuple[str, str | int]]:
    return (*_OPTIONS, pinned(target.server_name))


class _Details(NamedTuple):
    """Call details of the synchronous API, which has no public class for them."""

    method: str
    timeout: float | None
    metadata: Any
    credentials: Any
    wait_for_ready: bool | None
    compression: Any


class _Deadline(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # pyright: ignore[reportMissingTypeArgument]
    """Gives calls without a timeout the default one."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    def _bounded(self, details: Any) -> Any:
        return _Details(
            details.method,
            self._timeout_s if details.timeout is None else details.timeout,
            details.metadata,
            details.credentials,
            details.wait_for_ready,
            details.compression,
        )

    def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        """The call, with a deadline."""
        return continuation(self._bounded(client_call_details), request)

    def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        """The call, with a deadline."""
        return continuation(self._bounded(client_call_details), request)


class _AsyncUnary(grpc.aio.UnaryUnaryClientInterceptor):  # pyright: ignore[reportMissingTypeArgument]
    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    async def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return await continuation(_with_timeout(client_call_details, self._timeout_s), request)


class _AsyncStream(grpc.aio.UnaryStreamClientInterceptor):  # pyright: ignore[reportMissingTypeArgument]
    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    async def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return await continuation(_with_timeout(client_call_details, self._timeout_s), request)


def _with_timeout(details: Any, timeout_s: float) -> Any:
    return details if details.timeout is not None else details._replace(timeout=timeout_s)
