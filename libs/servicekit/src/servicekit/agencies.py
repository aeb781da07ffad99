"""The agencies that may send messages: code, kind, unit, keys, endpoint.

The registry is `<home>/agencies.yaml`, written by operations (`guitu agency new`); a change takes effect
without a restart. An entry without a readable key is refused with its line, and the registry in use stays.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from servicekit.logs import log

CODE = "[A-Za-z0-9._-]{1,64}"
UNIT = "([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})"


class RegistryError(Exception):
    """The registry of agencies cannot be read."""


class AgencyKey(BaseModel):
    """A public key that an agency signs with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key_id: str = Field(min_length=1, max_length=64)
    algorithm: str = Field(pattern=r"^(Ed25519|SM2)$")
    public_hex: str = Field(pattern=r"^([0-9a-f]{2}){32,65}$")

    @property
    def public(self) -> bytes:
        """The key's bytes as its algorithm defines them."""
        return bytes.fromhex(self.public_hex)


class Agency(BaseModel):
    """A court, procuratorate, police station, prison or other agency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=f"^{CODE}$")
    # Role of the rule catalogue: COURT, PROC_COUNTY, PSB_COUNTY, PRISON, …
    kind: str = Field(pattern=r"^[A-Z][A-Z_]*$")
    name_zh: str = Field(min_length=1)
    # GB/T 2260: province, city, county or town.
    unit: str = Field(pattern=f"^{UNIT}$")
    keys: tuple[AgencyKey, ...] = ()
    # Codes of organs whose decisions it may pass on: a prison administration for its prisons.
    speaks_for: tuple[str, ...] = ()
    # host:port of the agency's own service; empty when it only calls us.
    endpoint: str = ""
    # DNS name in the certificate of that service; empty = `eventcore.ids.agency_server_name`.
    server_name: str = ""

    def key(self, key_id: str) -> AgencyKey | None:
        """The key of that id, None when the agency has none."""
        return next((k for k in self.keys if k.key_id == key_id), None)


@dataclass(frozen=True, slots=True)
class _Loaded:
    stamp: tuple[int, int, int] | None
    agencies: Mapping[str, Agency]


def read(path: Path) -> Mapping[str, Agency]:
    """Agencies of a registry file by code; RegistryError names the entry that is wrong."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as e:
        raise RegistryError(f"{path.name} cannot be read: {e}") from e
    if raw is None:
        return MappingProxyType({})
    if not isinstance(raw, list):
        raise RegistryError(f"{path.name} is no list of agencies")
    found: dict[str, Agency] = {}
    for index, entry in enumerate(raw):
        try:
            agency = Agency.model_validate(entry)
        except ValidationError as e:
            first = e.errors(include_url=False)[0]
            where = ".".join(str(p) for p in first["loc"])
            raise RegistryError(f"{path.name}, entry {index + 1}: {where}: {first['msg']}") from None
        if agency.code in found:
            raise RegistryError(f"{path.name}, entry {index + 1}: {agency.code} stands there twice")
        found[agency.code] = agency
    return MappingProxyType(found)


class Agencies:
    """The registry as its file says now; asking costs one `stat`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._loaded = _Loaded(None, MappingProxyType({}))
        self._refresh(first=True)

    @classmethod
    def of(cls, home: Path) -> Agencies:
        """The registry of a data folder."""
        return cls(home / "agencies.yaml")

    def get(self, code: str) -> Agency | None:
        """The agency of that code, None when the registry has none."""
        return self.all().get(code)

    def all(self) -> Mapping[str, Agency]:
        """Every agency by code."""
        self._refresh()
        return self._loaded.agencies

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _refresh(self, *, first: bool = False) -> None:
        stamp = self._stamp()
        if stamp == self._loaded.stamp:
            return
        with self._lock:
            if stamp == self._loaded.stamp:
                return
            try:
                agencies = read(self._path) if stamp else MappingProxyType({})
            except RegistryError as e:
                if first:
                    raise
                # A half-written file must not cut off the agencies that were known a moment ago.
                log().warning(
                    "agencies.unreadable", error=str(e), remedy="repair the file; the last good one is in use"
                )
                agencies = self._loaded.agencies
            self._loaded = _Loaded(stamp, agencies)
