"""Whether a service takes calls, asked from outside: for launchers and `guitu status`."""

from __future__ import annotations

from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2

from servicekit.tls import Material, pinned


def is_serving(address: str, folder: Path, *, server_name: str, timeout_s: float = 1.0) -> bool:
    """True when the server of that name at "host:port" says SERVING; `folder` holds the certificate that asks."""
    credentials = Material.read(folder).channel_credentials()
    with grpc.secure_channel(address, credentials, options=(pinned(server_name),)) as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            answer = check(health_pb2.HealthCheckRequest(), timeout=timeout_s, wait_for_ready=True)
        except grpc.RpcError:
            return False
    return answer.status == health_pb2.HealthCheckResponse.SERVING
