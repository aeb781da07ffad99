"""One real system for all end-to-end tests: every service, the sandbox, PostgreSQL and Kafka of its own.

Its servers are killed and its rows are edited, so it is not the run's shared one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from devstack import topology
from devstack.process import free_ports
from devstack.system import System
from grpc_health.v1 import health_pb2
from guitu_cli.client import Client
from guitu_cli.running import bring_up

from tests.e2e.world import BEGIN, World

_PORTS = 20  # offsets of deploy/topology.yaml


@pytest.fixture(scope="package")
def world() -> Iterator[World]:
    """The system is up and its clock stands at BEGIN; it is gone, with all its data, after the last of these tests."""
    home = Path(os.environ["GUITU_TEST_HOME"]) / f"e2e-{os.getpid()}"
    home.mkdir(parents=True)
    # what audit does once an hour is waited for in seconds
    named = {"GUITU_REREAD_EVERY_S": "5", "GUITU_REREAD_SHARE": "0.2"}
    os.environ |= named
    declared = topology.load(environment={"GUITU_BASE_PORT": str(_free_base())})
    system = System(
        home, profile="quick", topology=declared, ready=lambda name, _: _serving(name, home, declared)
    )
    started = time.monotonic()
    try:
        bring_up(system)
        made = World(system, time.monotonic() - started)
        made.begin(BEGIN)
        yield made
        made.close()
    finally:
        for name in named:
            del os.environ[name]
        system.down()


def _free_base() -> int:
    """First of the free ports of an installation: `GUITU_BASE_PORT`, else some that nobody has."""
    named = os.environ.get("GUITU_BASE_PORT")
    return int(named) if named else free_ports(_PORTS)


def _serving(name: str, home: Path, declared: topology.Topology) -> bool:
    client = Client(home=home, topology=declared)
    check = client.channel(name).unary_unary(
        "/grpc.health.v1.Health/Check",
        request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
        response_deserializer=health_pb2.HealthCheckResponse.FromString,
    )
    try:
        answer = check(health_pb2.HealthCheckRequest(), timeout=2.0)
        return answer.status == health_pb2.HealthCheckResponse.SERVING
    except grpc.RpcError:
        return False
    finally:
        client.close()
