"""`deploy/topology.yaml` as frozen dataclasses: what runs, where it listens, which topics and databases there are.

Beside it `deploy/witnesses.yaml`: who witnesses the logs, and how many of them a proof needs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from devstack.errors import StackError
from devstack.home import REPOSITORY
from devstack.witnesses import Witness, Witnesses

DEFAULT_FILE = REPOSITORY / "deploy" / "topology.yaml"
WITNESSES = "witnesses.yaml"
_NAME = re.compile(r"[a-z][a-z_]*")
_DAY_MS = 86_400_000


class TopologyError(StackError):
    """The topology file is wrong. The message names file, place, what was found and what is wanted."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. `retention_ms` -1 keeps records for ever."""

    name: str
    partitions: int
    retention_ms: int = -1


@dataclass(frozen=True, slots=True)
class Service:
    """A service process: its gRPC port, its databases (the first holds its events), the topics it consumes.

    http_port: where it hands out files to anybody; None for most.
    """

    name: str
    port: int
    databases: tuple[str, ...]
    consumes: tuple[str, ...]
    http_port: int | None = None


@dataclass(frozen=True, slots=True)
class Topology:
    """The whole system. Ports are absolute."""

    installation: str
    simulated_clock: bool
    reflection: bool
    postgres_port: int
    kafka_port: int
    kafka_controller_port: int
    services: tuple[Service, ...]
    roles: tuple[str, ...]
    topics: tuple[Topic, ...]
    witnesses: Witnesses = field(default_factory=Witnesses)

    def service(self, name: str) -> Service:
        """The declared service of this name; TopologyError when there is none."""
        for one in self.services:
            if one.name == name:
                return one
        raise TopologyError(
            f"no service {name} in the topology, there are {[one.name for one in self.services]}"
        )

    def consumers(self, topic: str) -> tuple[str, ...]:
        """Names of the services that consume this topic."""
        return tuple(one.name for one in self.services if topic in one.consumes)


def load(
    path: Path = DEFAULT_FILE, *, size: str = "dev", environment: Mapping[str, str] = os.environ
) -> Topology:
    """The topology for `dev` or `production` partitions. `GUITU_INSTALLATION` and `GUITU_BASE_PORT` win.

    Raises TopologyError, which names the first wrong place. Without a file of witnesses beside it there are none.
    """
    root = _read(path)
    root.only("installation", "servers", "services", "roles", "topics")
    installation = root.child("installation").only("name", "base_port", "simulated_clock", "reflection")
    servers = root.child("servers").only("postgres", "kafka", "kafka_controller")
    base = _base_port(installation, environment)
    topics = tuple(_topic(name, node, size) for name, node in root.child("topics").items())
    services = tuple(_service(name, node, base) for name, node in root.child("services").items())
    topology = Topology(
        installation=environment.get("GUITU_INSTALLATION") or installation.text("name"),
        simulated_clock=installation.flag("simulated_clock"),
        reflection=installation.flag("reflection"),
        postgres_port=base + servers.number("postgres", 0, 999),
        kafka_port=base + servers.number("kafka", 0, 999),
        kafka_controller_port=base + servers.number("kafka_controller", 0, 999),
        services=services,
        roles=root.texts("roles"),
        topics=topics,
        witnesses=_witnesses(path.with_name(WITNESSES), base),
    )
    _check(topology, path)
    return topology


def _read(path: Path) -> _Node:
    try:
        return _Node(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)
    except (OSError, yaml.YAMLError) as error:
        raise TopologyError(f"{path} cannot be read: {error}") from error


def _witnesses(path: Path, base: int) -> Witnesses:
    if not path.exists():
        return Witnesses()
    root = _read(path).only("witnesses", "groups", "quorum")
    groups: list[str] = []
    for name, node in root.child("groups").items():
        least = node.only("least", "of").child("least").value
        groups.append(f"group {name} {least} {' '.join(node.texts('of'))}")
    return Witnesses(
        tuple(
            Witness(name, base + node.only("port").number("port", 0, 999))
            for name, node in root.child("witnesses").items()
        ),
        tuple(groups),
        root.text("quorum"),
    )


@dataclass(frozen=True, slots=True)
class _Node:
    """A mapping of the file that knows its place, so that an error can name it."""

    value: Any
    place: str

    def items(self) -> list[tuple[str, _Node]]:
        return [(name, _Node(value, f"{self.place}.{name}")) for name, value in self._mapping().items()]

    def only(self, *names: str) -> _Node:
        extra = sorted(set(self._mapping()) - set(names))
        if extra:
            raise TopologyError(f"{self.place}: got {extra[0]}, want only {', '.join(names)}")
        return self

    def child(self, name: str) -> _Node:
        return _Node(self._required(name), f"{self.place}.{name}")

    def text(self, name: str) -> str:
        value = self._required(name)
        if not isinstance(value, str) or not value:
            raise TopologyError(f"{self.place}.{name}: got {value!r}, want a text")
        return value

    def flag(self, name: str) -> bool:
        value = self._required(name)
        if not isinstance(value, bool):
            raise TopologyError(f"{self.place}.{name}: got {value!r}, want true or false")
        return value

    def has(self, name: str) -> bool:
        return name in self._mapping()

    def number(self, name: str, least: int, most: int) -> int:
        value = self._required(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise TopologyError(
                f"{self.place}.{name}: got {value!r}, want a whole number from {least} to {most}"
            )
        return value

    def texts(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        if default is not None and name not in self._mapping():
            return default
        value = self._required(name)
        if not isinstance(value, list) or not all(
            isinstance(one, str) for one in cast("list[object]", value)
        ):
            raise TopologyError(f"{self.place}.{name}: got {value!r}, want a list of texts")
        return tuple(cast("list[str]", value))

    def _required(self, name: str) -> Any:
        if name not in self._mapping():
            raise TopologyError(f"{self.place}: {name} is missing")
        return self._mapping()[name]

    def _mapping(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise TopologyError(f"{self.place}: got {self.value!r}, want names with values")
        return cast("dict[str, Any]", self.value)


def _base_port(installation: _Node, environment: Mapping[str, str]) -> int:
    given = environment.get("GUITU_BASE_PORT")
    if not given:
        return installation.number("base_port", 1024, 64_000)
    if not given.isdigit() or not 1024 <= int(given) <= 64_000:
        raise TopologyError(f"GUITU_BASE_PORT is {given!r}: set it to a whole number from 1024 to 64000")
    return int(given)


def _topic(name: str, node: _Node, size: str) -> Topic:
    node.only("partitions", "retention_days")
    partitions = node.child("partitions").number(size, 1, 1000)
    if node.child("retention_days").value is None:
        return Topic(name, partitions)
    return Topic(name, partitions, node.number("retention_days", 1, 36_500) * _DAY_MS)


def _service(name: str, node: _Node, base: int) -> Service:
    node.only("port", "http_port", "databases", "consumes")
    if not _NAME.fullmatch(name):
        raise TopologyError(f"{node.place}: got {name!r}, want lower-case letters and underscores")
    return Service(
        name=name,
        port=base + node.number("port", 0, 999),
        databases=node.texts("databases", (name,)),
        consumes=node.texts("consumes", ()),
        http_port=base + node.number("http_port", 0, 999) if node.has("http_port") else None,
    )


def _check(topology: Topology, path: Path) -> None:
    known = {topic.name for topic in topology.topics}
    ports = {
        "postgres": topology.postgres_port,
        "kafka": topology.kafka_port,
        "kafka_controller": topology.kafka_controller_port,
    }
    owners: dict[str, str] = {}
    for service in topology.services:
        for topic in service.consumes:
            if topic not in known:
                raise TopologyError(
                    f"{path.name}.services.{service.name}.consumes: {topic} is not among the topics"
                )
        for database in service.databases:
            if owners.setdefault(database, service.name) != service.name:
                raise TopologyError(
                    f"{path.name}: {owners[database]} and {service.name} share database {database}"
                )
        ports[service.name] = service.port
        if service.http_port is not None:
            ports[f"{service.name} (http)"] = service.http_port
    ports |= {witness.process: witness.port for witness in topology.witnesses.all}
    taken: dict[int, str] = {}
    for name, port in ports.items():
        if taken.setdefault(port, name) != name:
            raise TopologyError(f"{path.name}: {taken[port]} and {name} share port {port}")
