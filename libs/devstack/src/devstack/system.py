"""The whole system as plain processes of one data folder, wired from the topology."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from devstack import ca, databases, home, kafka, keeper, postgres, process, runfiles, witnesses
from devstack.databases import Migrate
from devstack.errors import StackError
from devstack.postgres import Profile
from devstack.process import TERM_THEN_KILL, Process, Spec
from devstack.servers import Servers
from devstack.supervisor import Kept, Supervisor
from devstack.topology import Service, Topology, load

# Answers whether a service takes calls. Arguments: its name, its port.
Ready = Callable[[str, int], bool]
_SERVERS = ("postgres", "kafka")
_SIGNING = ("ed25519", "ed25519.pub", "sm2", "sm2.pub")  # endings of the keys of a log or a witness
_TRUSTED = ("logs.vkeys", "trust.policy", witnesses.POLICY)  # files that name them
_READY_LIMIT_S = 60.0
# What an operator tells the services themselves; everything else of ours is set here.
_PASSED_ON = frozenset(
    {"GUITU_HTTP_ENTRIES", "GUITU_KEEP_UNREADABLE", "GUITU_REREAD_EVERY_S", "GUITU_REREAD_SHARE"}
)


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """One process of the data folder: whether it lives, where it listens, where it logs."""

    name: str
    pid: int
    alive: bool
    ports: Mapping[str, int]
    log: Path
    restarts: int = 0


class System:
    """Servers, databases, topics, certificates and services of one data folder.

    As a context manager it is up inside the block and down after it. `up` alone leaves it running when this program
    ends; another program's `down` on the same folder ends it by the run files.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        profile: Profile = "safe",
        topology: Topology | None = None,
        migrate: Migrate | None = None,
        ready: Ready | None = None,
    ) -> None:
        self.home = (folder or home.default_home()).resolve()
        self.topology = topology or load()
        self.servers = Servers(self.home, self.topology, profile=profile)
        self.services: dict[str, Process] = {}
        self._migrate = migrate
        self._ready: Ready = ready or accepts

    def __enter__(self) -> System:
        self.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def up(self, only: tuple[str, ...] | None = None, *, supervised: bool = False) -> None:
        """Everything runs and answers; `only` names the services and witnesses to start. On failure nothing is left running.

        supervised: a detached process restarts what ends, also after this program (devstack.keeper); the topology must
        be that of the environment.
        """
        home.prepare(self.home)
        with runfiles.home_lock(self.home):
            alive = [name for name, one in runfiles.recorded(self.home).items() if runfiles.is_alive(one)]
            if alive:
                raise StackError(f"{', '.join(alive)} of {self.home} run already: `guitu down` ends them")
            wanted = [one for one in self.topology.services if only is None or one.name in only]
            try:
                self.servers.start()
                self._prepare()
                self._start_services(wanted)
                for one in self.topology.witnesses.all:
                    if only is None or one.process in only:
                        self.start_service(one.process)
                if supervised:
                    keeper.start(self.home)
            except BaseException:
                self._end_all()
                raise

    def down(self) -> None:
        """No process of this data folder runs, whoever started it, and no port is held; the data stay."""
        if not self.home.exists():
            return
        with runfiles.home_lock(self.home):
            self._end_all()

    def wipe(self) -> None:
        """Down, and the data of the servers, what was published of them and the keys that signed it are gone.

        Certificates, the agencies' keys and the files of log lines stay. A second history under the keys of the first would
        be a fork of it: two checkpoints of one log that contradict each other.
        """
        self.down()
        with runfiles.home_lock(self.home):
            # a witness would rightly refuse logs that begin anew
            for name in ("pg", "kafka", "tiles", "witness"):
                shutil.rmtree(self.home / name, ignore_errors=True)
            owners = [one.name for one in self.topology.services]
            owners += [one.process for one in self.topology.witnesses.all]
            made_anew = {*_TRUSTED, *(f"{owner}.{half}" for owner in owners for half in _SIGNING)}
            for name in made_anew:
                (self.home / "keys" / name).unlink(missing_ok=True)

    def status(self) -> list[ProcessStatus]:
        """All processes recorded in the data folder, by name."""
        restarts = keeper.restarts(self.home)
        return [
            ProcessStatus(
                name,
                one.pid,
                runfiles.is_alive(one),
                one.ports,
                self.home / "logs" / f"{name}.log",
                restarts.get(name, 0),
            )
            for name, one in runfiles.recorded(self.home).items()
        ]

    def environment(self, service: Service) -> dict[str, str]:
        """The environment that wires a process of this service; `GUITU_POSTGRES` names no database."""
        login = databases.service_address(self.home, self.servers.address, service.name)
        topics = {topic.name: topic.partitions for topic in self.topology.topics}
        peers = {one.name: f"127.0.0.1:{one.port}" for one in self.topology.services}
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GUITU_") or name in _PASSED_ON
        }
        http = {} if service.http_port is None else {"GUITU_HTTP_PORT": str(service.http_port)}
        return (
            inherited
            | http
            | {
                "PYTHONUNBUFFERED": "1",
                "GUITU_HOME": str(self.home),
                "GUITU_INSTALLATION": self.topology.installation,
                "GUITU_SERVICE": service.name,
                "GUITU_PORT": str(service.port),
                "GUITU_POSTGRES": login.conninfo(),
                "GUITU_KAFKA": self.servers.bootstrap,
                "GUITU_TLS": str(self.home / "tls" / "service" / service.name),
                "GUITU_PEERS": json.dumps(peers),
                "GUITU_TOPICS": json.dumps(topics),
                "GUITU_SIMULATED_CLOCK": "1" if self.topology.simulated_clock else "0",
                "GUITU_REFLECTION": "1" if self.topology.reflection else "0",
            }
        )

    def start_service(self, name: str) -> None:
        """The service, or the witness, runs and takes calls."""
        for witness in self.topology.witnesses.all:
            if witness.process == name:
                self._launch_witness(witness)
                return
        started = self._launch(self.topology.service(name))
        started.wait_ready(self._answers(name), _READY_LIMIT_S)

    def supervisor(self, *, limit: int = 100) -> Supervisor:
        """A supervisor over servers and services of this launcher, not yet started. Stop it before `down`."""
        kept = [Kept(name, self._is_alive(name), self._starter(name)) for name in self.services]
        if self.servers.postgres is not None:
            kept.append(Kept("postgres", self.servers.postgres.is_alive, self.servers.postgres.start))
        if self.servers.kafka is not None:
            kept.append(Kept("kafka", self.servers.kafka.is_alive, self.servers.kafka.start))
        return Supervisor(kept, limit=limit)

    def starters(self) -> dict[str, Callable[[], None]]:
        """How each process of the system is started again, by name."""
        names = [one.name for one in self.topology.services]
        names += [one.process for one in self.topology.witnesses.all]
        found = {name: self._starter(name) for name in names}
        if self.servers.postgres is not None:
            found["postgres"] = self.servers.postgres.start
        if self.servers.kafka is not None:
            found["kafka"] = self.servers.kafka.start
        return found

    def _prepare(self) -> None:
        from devstack.topics import create_topics

        topology, server = self.topology, self.servers.address
        with ThreadPoolExecutor(4) as pool:
            work: list[Future[object]] = [pool.submit(create_topics, self.servers.bootstrap, topology.topics)]
            for one in topology.services:
                work.append(
                    pool.submit(databases.create, self.home, server, one, topology.roles, self._migrate)
                )
                path = f"service/{one.name}"
                work.append(pool.submit(ca.issue, self.home, path, installation=topology.installation))
            for done in work:
                done.result()
        witnesses.write_policy(self.home, topology.installation, topology.witnesses)

    def _launch_witness(self, witness: witnesses.Witness) -> None:
        process.require_port(witness.port, witness.process)
        started = Process(witnesses.spec(self.home, self.topology.installation, witness))
        started.start()
        self.services[witness.process] = started

    def _start_services(self, wanted: list[Service]) -> None:
        started = [(one.name, self._launch(one)) for one in wanted]
        for name, running in started:
            running.wait_ready(self._answers(name), _READY_LIMIT_S)

    def _launch(self, service: Service) -> Process:
        ports = {"grpc": service.port}
        if service.http_port is not None:
            ports["http"] = service.http_port
        for port in ports.values():
            process.require_port(port, service.name)
        argv = [sys.executable, "-m", service.name, "all"]
        spec = Spec(service.name, argv, self.home, self.environment(service), self.home, ports)
        started = Process(spec)
        started.start()
        self.services[service.name] = started
        return started

    def _answers(self, name: str) -> Callable[[], bool]:
        port = self.topology.service(name).port
        return lambda: self._ready(name, port)

    def _is_alive(self, name: str) -> Callable[[], bool]:
        return lambda: self.services[name].is_alive()

    def _starter(self, name: str) -> Callable[[], None]:
        return lambda: self.start_service(name)

    def _end_all(self) -> None:
        # first who would start again what is ended; it may have done so until its end
        watching = runfiles.found(self.home, keeper.NAME)
        if watching is not None:
            runfiles.end(watching, TERM_THEN_KILL)
            runfiles.forget(self.home, keeper.NAME)
        recorded = runfiles.recorded(self.home)
        services = [one for name, one in recorded.items() if name not in _SERVERS]
        with ThreadPoolExecutor(max(1, len(services))) as pool:
            for done in [pool.submit(runfiles.end, one, TERM_THEN_KILL) for one in services]:
                done.result()
        for one in services:
            runfiles.forget(self.home, one.name)
        ending = {"postgres": postgres.end_recorded, "kafka": kafka.end_recorded}
        with ThreadPoolExecutor(2) as pool:
            work = [
                pool.submit(ending[name], self.home, recorded[name]) for name in ending if name in recorded
            ]
            for done in work:
                done.result()
        process.reap_ended()


def accepts(_name: str, port: int) -> bool:
    """True when somebody accepts a connection on this port of the loopback."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False
