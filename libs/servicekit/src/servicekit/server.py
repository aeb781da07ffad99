"""The gRPC server of a process: mTLS, health, reflection, limits, and a drain that lets calls finish."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import grpc
from contracts import registry
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from lawkit import Law

from servicekit import telemetry
from servicekit.agencies import Agencies
from servicekit.errors import Texts, Translator
from servicekit.gate import Gate
from servicekit.logs import log
from servicekit.read_log import ReadLog
from servicekit.settings import Limits, Settings
from servicekit.tls import server_credentials

STORE = "corrections.store.v1.StoreService"
LAW = "corrections.law.v1.LawService"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def options(limits: Limits) -> Sequence[tuple[str, int]]:
    """Channel arguments of a server."""
    return (
        ("grpc.max_receive_message_length", limits.receive_bytes),
        ("grpc.max_send_message_length", 64 * 1024 * 1024),
        ("grpc.so_reuseport", 0),
        ("grpc.max_connection_age_ms", 300_000),
        ("grpc.max_connection_age_grace_ms", 30_000),
        # A client may ask every 10 s whether we still live; services keep idle channels open.
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
    )


def served(service: str) -> tuple[str, ...]:
    """Full names of the gRPC services of a service's own contracts."""
    names = {path.split("/")[1] for path in registry.methods()}
    return tuple(sorted(n for n in names if n.startswith(f"corrections.{service}.") or n in (LAW, STORE)))


@dataclass
class Server:
    """A server that refuses to be wrong: see `gate`. NOT_SERVING until `serving()` is called.

    reads: the record of reads; without it whatever shows something of persons is refused.
    """

    settings: Settings
    agencies: Agencies
    texts: Texts
    law: Callable[[], Law]
    add: Callable[[grpc.aio.Server], None]
    reads: ReadLog | None = None
    health: HealthServicer = field(default_factory=HealthServicer)
    port: int = 0
    _server: grpc.aio.Server | None = None

    async def start(self) -> int:
        """The server listens; returns the port. OSError when the port is taken."""
        settings = self.settings
        gate = Gate(
            installation=settings.installation,
            agency=self.agencies.get,
            limits=settings.limits,
            translator=Translator(service=settings.service, texts=self.texts, law=self.law),
            reads=self.reads,
        )
        server = grpc.aio.server(
            interceptors=[*telemetry.server_interceptors(), gate],
            options=options(settings.limits),
            # The gate refuses earlier and says when to come again; this bounds what comes in before it.
            maximum_concurrent_rpcs=2 * settings.limits.running_calls,
        )
        self.add(server)
        health_pb2_grpc.add_HealthServicer_to_server(self.health, server)
        if settings.reflection:
            from grpc_reflection.v1alpha import reflection

            names = (*served(settings.service), health_pb2.DESCRIPTOR.services_by_name["Health"].full_name)
            reflection.enable_server_reflection((*names, reflection.SERVICE_NAME), server)
        await self._status(NOT_SERVING)
        address = f"{settings.host}:{settings.port}"
        try:
            self.port = server.add_secure_port(address, server_credentials(settings.tls_folder))
        except RuntimeError as e:
            raise OSError(f"{address} is in use or not an address of this machine; set GUITU_PORT") from e
        await server.start()
        self._server = server
        return self.port

    async def serving(self) -> None:
        """Health says SERVING."""
        await self._status(SERVING)

    async def drain(self) -> None:
        """Health says NOT_SERVING, no new call starts, running calls had `drain_s` to finish, the port is
        free.
        """
        await self.health.enter_graceful_shutdown()
        if self._server is not None:
            began = asyncio.get_running_loop().time()
            await self._server.stop(self.settings.limits.drain_s)
            log().info("server.drained", seconds=round(asyncio.get_running_loop().time() - began, 3))
            self._server = None

    async def _status(self, status: health_pb2.HealthCheckResponse.ServingStatus) -> None:
        for name in ("", *served(self.settings.service)):
            await self.health.set(name, status)
