"""One word, ten places: a service has the same name wherever it is named (architecture.md section 1)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml
from contracts.registry import methods

ROOT = Path(__file__).parents[2]
SERVICES = sorted(p.name for p in (ROOT / "services").iterdir() if p.is_dir())
TOPOLOGY = yaml.safe_load((ROOT / "deploy" / "topology.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_one_name_everywhere(service: str):
    package = ROOT / "services" / service / "src" / service
    assert (package / "__main__.py").is_file(), "python -m <service>"
    project = tomllib.loads((ROOT / "services" / service / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["name"] == f"guitu-{service}"
    assert (ROOT / "protos" / "corrections" / service / "v1").is_dir()
    paths = [p for p in methods() if p.startswith(f"/corrections.{service}.v1.")]
    assert paths, "the service offers an API under its own name"
    declared = TOPOLOGY["services"][service]
    assert service in declared.get("databases", [service])
    if service != "sandbox":
        assert f"corrections.{service}.v1" in TOPOLOGY["topics"]


def test_topology_names_no_other_services():
    assert sorted(TOPOLOGY["services"]) == SERVICES
