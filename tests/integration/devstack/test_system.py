"""The whole system of one data folder: up, found again, ended, and up again after the worst."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from devstack import keeper, runfiles
from devstack.databases import service_address
from devstack.errors import StackError
from devstack.process import free_port, require_port
from devstack.system import System
from devstack.topology import Service, Topic, Topology
from kafka.admin import KafkaAdminClient

_PROBE = """
import json, os, signal, socket
listening = socket.create_server(("127.0.0.1", int(os.environ["GUITU_PORT"])))
print(json.dumps({name: value for name, value in os.environ.items() if name.startswith("GUITU_")}), flush=True)
signal.pause()
"""


@pytest.fixture
def topology() -> Topology:
    services = tuple(
        Service(name, free_port(), (name, f"{name}_keys"), ("corrections.alpha.v1",))
        for name in ("alpha", "beta")
    )
    topics = (Topic("corrections.alpha.v1", 4), Topic("corrections.inbound.v1", 2, 86_400_000))
    return Topology(
        "guitu-test", True, True, free_port(), free_port(), free_port(), services, ("serve", "relay"), topics
    )


@pytest.fixture
def system(tmp_path: Path, topology: Topology, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    for name in ("alpha", "beta"):
        (tmp_path / "modules" / name).mkdir(parents=True)
        (tmp_path / "modules" / name / "__main__.py").write_text(_PROBE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))

    def migrate(connection: psycopg.Connection, service: str, database: str) -> None:
        connection.execute("create table if not exists made (by text, at text)")
        connection.execute("insert into made values (%s, %s)", [service, database])

    system = System(tmp_path / "home", profile="quick", topology=topology, migrate=migrate)
    yield system
    system.down()


def _wait(condition: Callable[[], bool], limit_s: float = 90) -> None:
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, f"not within {limit_s} s"


def _ports(topology: Topology) -> list[int]:
    own = [topology.postgres_port, topology.kafka_port, topology.kafka_controller_port]
    return own + [one.port for one in topology.services]


def test_system_is_wired_as_declared_and_leaves_nothing_behind(system: System) -> None:
    system.up()
    assert {one.name for one in system.status() if one.alive} == {"alpha", "beta", "postgres", "kafka"}

    alpha = service_address(system.home, system.servers.address, "alpha")
    with psycopg.connect(alpha.dsn("alpha_keys")) as connection:
        assert connection.execute("select by, at from made").fetchall() == [("alpha", "alpha_keys")]
        connection.execute("set role alpha_relay")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(alpha.dsn("beta"))

    admin = KafkaAdminClient(bootstrap_servers=system.servers.bootstrap)
    described = {one["name"]: len(one["partitions"]) for one in admin.describe_topics()}
    admin.close()
    assert described == {"corrections.alpha.v1": 4, "corrections.inbound.v1": 2}

    told = (system.home / "logs" / "alpha.log").read_text()
    for name in ("HOME", "INSTALLATION", "SERVICE", "PORT", "POSTGRES", "KAFKA", "TLS", "PEERS", "TOPICS"):
        assert f'"GUITU_{name}"' in told

    system.down()
    assert system.status() == []
    for port in _ports(system.topology):
        require_port(port, "the test")


def test_running_system_is_not_started_twice(system: System, topology: Topology) -> None:
    system.up()
    with pytest.raises(StackError, match="run already: `guitu down` ends them"):
        System(system.home, profile="quick", topology=topology).up()
    assert all(one.alive for one in system.status())


def test_other_launcher_ends_what_a_dead_one_started(system: System, topology: Topology) -> None:
    system.up()
    System(system.home, profile="quick", topology=topology).down()
    assert system.status() == []
    for port in _ports(topology):
        require_port(port, "the test")


def test_system_comes_up_again_after_everything_was_killed(system: System) -> None:
    system.up()
    for one in runfiles.recorded(system.home).values():
        os.kill(one.pid, signal.SIGKILL)
        assert runfiles.wait_ended(one, 5)
    system.up()
    assert all(one.alive for one in system.status())
    with psycopg.connect(system.servers.address.dsn("alpha")) as connection:
        assert connection.execute("select count(*) from made").fetchone() == (2,)


def test_service_that_cannot_start_leaves_nothing_running(system: System, tmp_path: Path) -> None:
    (tmp_path / "modules" / "beta" / "__main__.py").write_text("raise SystemExit('FATAL: no key')")
    with pytest.raises(StackError, match="beta ended at its start: FATAL: no key"):
        system.up()
    assert system.status() == []


def test_supervisor_restarts_what_was_killed(system: System) -> None:
    system.up()
    supervisor = system.supervisor()
    supervisor.start()
    try:
        before = {one.name: one.pid for one in system.status()}
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)

        def all_back() -> bool:
            now = {one.name: one.pid for one in system.status() if one.alive}
            return set(now) == set(before) and all(now[name] != before[name] for name in before)

        _wait(all_back, 60)
    finally:
        supervisor.stop()
    assert supervisor.failures == {}
    assert set(supervisor.restarts) == set(before)


def test_the_supervisor_of_another_launcher_restarts_and_counts_what_was_killed(
    system: System, topology: Topology
) -> None:
    system.up()
    other = System(system.home, profile="quick", topology=topology)
    watching = keeper.supervisor(system.home, other.starters())
    watching.start()
    try:
        before = {one.name: one.pid for one in system.status()}
        for name in ("alpha", "postgres"):
            os.kill(before[name], signal.SIGKILL)

        def back() -> bool:
            now = {one.name: one for one in system.status() if one.alive}
            return set(now) == set(before) and all(now[n].pid != before[n] for n in ("alpha", "postgres"))

        _wait(back, 60)
    finally:
        watching.stop()
    assert {one.name: one.restarts for one in system.status()} == {
        "alpha": 1, "beta": 0, "kafka": 0, "postgres": 1,
    }  # fmt: skip


def test_the_supervisor_is_ended_first_and_leaves_nothing(system: System) -> None:
    system.up(only=("alpha",), supervised=True)
    assert {one.name for one in system.status()} == {"alpha", "postgres", "kafka", "supervisor"}
    assert all(one.alive for one in system.status())
    pids = [one.pid for one in system.status()]
    system.down()
    assert system.status() == []
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_wiped_system_begins_empty(system: System) -> None:
    system.up()
    keys = system.home / "keys"
    for name in ("alpha.ed25519", "alpha.sm2.pub", "court-1.ed25519", "alpha.master"):
        (keys / name).write_text("kept")
    system.wipe()
    # a history that begins anew under the keys of the old one would be a fork of it
    assert {one.name for one in keys.iterdir()} & {"alpha.ed25519", "alpha.sm2.pub"} == set()
    assert (keys / "court-1.ed25519").exists()
    assert (keys / "alpha.master").exists()
    system.up(only=())
    with psycopg.connect(system.servers.address.dsn("alpha")) as connection:
        assert connection.execute("select count(*) from made").fetchone() == (1,)
    assert {one.name for one in system.status()} == {"postgres", "kafka"}


def test_existing_servers_are_used_and_left_alone(
    system: System, topology: Topology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.up(only=())
    monkeypatch.setenv("GUITU_KAFKA", system.servers.bootstrap)
    monkeypatch.setenv("GUITU_POSTGRES", system.servers.address.dsn())
    guest = System(tmp_path / "guest", profile="quick", topology=topology)
    guest.up()
    assert {one.name for one in guest.status()} == {"alpha", "beta"}
    guest.down()
    assert {one.name for one in system.status() if one.alive} == {"postgres", "kafka"}
