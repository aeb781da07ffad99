"""The topology file: what it declares, and how a mistake in it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from devstack.topology import DEFAULT_FILE, Topology, TopologyError, load


def _changed(tmp_path: Path, *path: str, value: object) -> Path:
    root: dict[str, Any] = yaml.safe_load(DEFAULT_FILE.read_text())
    node = root
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = value
    file = tmp_path / "topology.yaml"
    file.write_text(yaml.safe_dump(root, sort_keys=False))
    return file


def _ours(**environment: str) -> Topology:
    return load(environment=environment)


def test_audit_consumes_every_service_topic() -> None:
    topology = _ours()
    events = {f"corrections.{one.name}.v1" for one in topology.services} - {
        "corrections.sandbox.v1",
        "corrections.audit.v1",
    }
    assert set(topology.service("audit").consumes) == events


def test_intake_is_consumed_by_every_duty() -> None:
    consumers = _ours().consumers("corrections.intake.v1")
    assert set(consumers) == {"supervision", "education", "assistance", "handoff", "audit"}


def test_production_has_twelve_partitions_where_development_has_four() -> None:
    partitions = {
        size: load(size=size, environment={}).topics[0].partitions for size in ("dev", "production")
    }
    assert partitions == {"dev": 4, "production": 12}


def test_events_are_kept_for_ever_and_inbound_messages_are_not() -> None:
    kept = {topic.name: topic.retention_ms for topic in _ours().topics}
    assert kept["corrections.intake.v1"] == -1
    assert kept["corrections.inbound.v1"] == 30 * 86_400_000


def test_service_without_databases_has_one_of_its_name() -> None:
    assert _ours().service("education").databases == ("education",)
    assert _ours().service("intake").databases == ("intake", "intake_keys")


def test_environment_moves_all_ports_and_names_the_installation() -> None:
    topology = _ours(GUITU_BASE_PORT="21000", GUITU_INSTALLATION="county-a")
    assert (topology.postgres_port, topology.kafka_port, topology.service("intake").port) == (
        21001,
        21002,
        21010,
    )
    assert topology.installation == "county-a"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("services", "intake", "port"), "ten", r"services\.intake\.port: got 'ten', want a whole number"),
        (
            ("services", "intake", "consumes"),
            ["corrections.lost.v1"],
            "corrections.lost.v1 is not among the topics",
        ),
        (("services", "intake", "replicas"), 3, "services.intake: got replicas, want only"),
        (("services", "audit", "port"), 10, "intake and audit share port"),
        (("services", "audit", "databases"), ["intake"], "intake and audit share database intake"),
        (("services", "Intake"), {"port": 99}, "got 'Intake', want lower-case letters"),
        (
            ("topics", "corrections.inbound.v1", "retention_days"),
            0,
            "retention_days: got 0, want a whole number",
        ),
        (("topics",), [], r"topics: got \[\], want names with values"),
        (("installation", "simulated_clock"), "yes", "simulated_clock: got 'yes', want true or false"),
    ],
)
def test_mistake_is_named_with_its_place(
    tmp_path: Path, path: tuple[str, ...], value: object, message: str
) -> None:
    with pytest.raises(TopologyError, match=message):
        load(_changed(tmp_path, *path, value=value), environment={})


def test_base_port_that_is_no_port_is_refused() -> None:
    with pytest.raises(TopologyError, match="GUITU_BASE_PORT is '80'"):
        _ours(GUITU_BASE_PORT="80")


def test_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "topology.yaml"
    broken.write_text("services: [")
    with pytest.raises(TopologyError, match="cannot be read"):
        load(broken, environment={})
