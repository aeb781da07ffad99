"""The agencies of the sandbox in the installation's registry, with their keys, certificates and endpoint.

For the making of a development installation: `write(home, …)` before the services start.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import yaml
from devstack import ca
from devstack.home import write_secret
from eventcore import ids

from sandbox.ids import key_id
from sandbox.scenario import AgencyEntry, Scenario, ScenarioError, county_frame, official

FILE = "agencies.yaml"


def scenarios() -> tuple[Scenario, ...]:
    """The scenarios that come with the sandbox; the county without its cases."""
    return (*official(), county_frame())


def entries(of: Iterable[Scenario]) -> tuple[AgencyEntry, ...]:
    """Every agency that the scenarios name, by code; ScenarioError when two entries of a code differ."""
    found: dict[str, AgencyEntry] = {}
    for scenario in of:
        for entry in scenario.agencies:
            if found.setdefault(entry.code, entry) != entry:
                raise ScenarioError(f"{scenario.name}.agencies: {entry.code} differs from another scenario's")
    return tuple(found[code] for code in sorted(found))


def write(
    home: Path, *, installation: str, endpoint: str, of: Iterable[Scenario] | None = None
) -> tuple[AgencyEntry, ...]:
    """Each agency has certificate, signing key and an entry in `<home>/agencies.yaml`; the answer names them.

    Entries of other agencies (`guitu agency new`) stay. `endpoint` is host:port of the sandbox.
    """
    wanted = entries(scenarios() if of is None else of)
    path = home / FILE
    kept = {entry["code"]: entry for entry in _read(path)}
    for agency in wanted:
        ca.issue(home, f"agency/{agency.code}", installation=installation)
        kept[agency.code] = _entry(home, agency, endpoint) | {
            "server_name": ids.server_name(installation, "sandbox")
        }
    text = yaml.safe_dump([kept[code] for code in sorted(kept)], allow_unicode=True, sort_keys=False)
    write_secret(path, text.encode())
    return wanted


def _entry(home: Path, agency: AgencyEntry, endpoint: str) -> dict[str, Any]:
    public = ca.signing_key(home, agency.code).public_key().public_bytes_raw()
    key = {"key_id": key_id(agency.code), "algorithm": "Ed25519", "public_hex": public.hex()}
    return {
        "code": agency.code,
        "kind": agency.kind,
        "name_zh": agency.name_zh,
        "unit": agency.unit,
        "keys": [key],
        "endpoint": endpoint,
    }


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    found = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
    return cast("list[dict[str, Any]]", found)
