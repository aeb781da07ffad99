"""Settings of a service process: environment variables `GUITU_*`, read once at start.

A variable that is missing or wrong ends the process with one sentence that names the variable, its rule and
the remedy, exit code 2. Nothing else in the platform reads the environment.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any, NoReturn, Self

from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

PREFIX = "GUITU_"
MEBIBYTE = 1024 * 1024


class SettingsError(Exception):
    """A variable of the environment is missing or wrong."""


class Limits(BaseModel):
    """Bounds of one process; times in seconds, sizes in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Bytes that the transport reads; above it gRPC itself answers RESOURCE_EXHAUSTED.
    receive_bytes: int = Field(default=int(9.5 * MEBIBYTE), ge=MEBIBYTE, le=64 * MEBIBYTE)
    # Bytes of a request that is no agency message: above it INVALID_ARGUMENT.
    request_bytes: int = Field(default=1 * MEBIBYTE, ge=1024)
    # Deadline that our own clients set when the caller names none.
    default_deadline_s: float = Field(default=10.0, gt=0)
    # Longest time that a call may take, whatever its deadline says.
    longest_deadline_s: float = Field(default=300.0, gt=0)
    # Time that running calls get after SIGTERM.
    drain_s: float = Field(default=10.0, ge=0)
    # Calls at a time behind the gate: above it RESOURCE_EXHAUSTED with the time to wait before the next try.
    running_calls: int = Field(default=256, ge=1, le=10_000)
    # Connections to the database of the role `serve`.
    pool_size: int = Field(default=4, ge=1, le=100)
    # How long a call waits for a connection before it is UNAVAILABLE.
    pool_wait_s: float = Field(default=5.0, gt=0)


class Settings(BaseModel):
    """What one service process was told by its environment."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    service: str = Field(pattern=r"^[a-z][a-z_]*$", description="name of the service, lower case")
    installation: str = Field(
        default="guitu-dev",
        pattern=r"^[a-z0-9][a-z0-9.-]*$",
        description="name of the installation, lower case",
    )
    home: Path = Field(default=Path(".guitu"), description="data folder")
    host: str = Field(default="127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(ge=0, le=65535, description="port to listen on; 0 = the kernel chooses")
    http_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="port on which audit hands out the logs as tiles; without it it does not",
    )
    http_entries: bool = Field(
        default=True,
        description="0 withholds the logs' entries on that port; checkpoints, keys and hashes are handed out",
    )
    postgres: str = Field(
        min_length=1, description='connection string without a database, "host=… port=… user=…"'
    )
    kafka: str = Field(
        min_length=1, pattern=r"^[^,\s:]+:\d+(,[^,\s:]+:\d+)*$", description='brokers, "host:port,host:port"'
    )
    tls: Path | None = Field(default=None, description="folder with tls.crt, tls.key and ca.crt")
    peers: dict[str, str] = Field(
        default_factory=dict, description='JSON object of service name to "host:port"'
    )
    topics: dict[str, int] = Field(
        default_factory=dict, description="JSON object of topic to its number of partitions"
    )
    law_digest: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the rule set that must be in use, hex",
    )
    simulated_clock: bool = Field(default=False, description="1 only in an installation of the sandbox")
    reflection: bool = Field(default=False, description="1 offers gRPC reflection")
    log_level: str = Field(
        default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR"
    )
    otlp_endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://.+$",
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_ENDPOINT", "otlp_endpoint"),
        description="address of the collector; telemetry is off without it",
    )
    keep_unreadable: frozenset[str] = Field(
        default=frozenset(),
        description="consumers, by commas, that keep every unreadable record and go on, be it a flood",
    )
    reread_every_s: float = Field(
        default=3600.0,
        gt=0,
        description="audit reads every log again as a whole so often: seconds from the end of a pass",
    )
    reread_share: float = Field(
        default=0.05, gt=0, le=1, description="share of the time that audit spends on it at most"
    )
    limits: Limits = Field(default_factory=Limits, description="JSON object of bounds")

    @field_validator("peers", "topics", "limits", mode="before")
    @classmethod
    def _json_object(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as e:
            raise ValueError(f"is no JSON: {e}") from e

    @field_validator("keep_unreadable", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        return frozenset(filter(None, value.split(","))) if isinstance(value, str) else value

    @field_validator("postgres")
    @classmethod
    def _connection_string(cls, value: str) -> str:
        try:
            return make_conninfo(value)
        except ProgrammingError as e:
            raise ValueError(f"is no connection string ({str(e).strip()})") from e

    @field_validator("peers")
    @classmethod
    def _addresses(cls, value: dict[str, str]) -> dict[str, str]:
        for name, address in value.items():
            if not re.fullmatch(r"[^\s:]+:\d{1,5}", address):
                raise ValueError(f'{name} is "{address}", not host:port')
        return value

    @model_validator(mode="after")
    def _certificates(self) -> Self:
        for name in ("tls.crt", "tls.key", "ca.crt"):
            if not (self.tls_folder / name).is_file():
                raise ValueError(f"GUITU_TLS: {self.tls_folder} has no {name}")
        return self

    @property
    def tls_folder(self) -> Path:
        """Folder of this service's certificate."""
        return self.tls or self.home / "tls" / "service" / self.service

    @property
    def spiffe_id(self) -> str:
        """Identity of this service."""
        return f"spiffe://{self.installation}/service/{self.service}"

    def conninfo(self, database: str | None = None) -> str:
        """Connection string of a database of this service; its own event database when none is named."""
        return make_conninfo(self.postgres, dbname=database or self.service)


_REMEDY = {
    "tls": "make certificates with `make up`, or set it to a folder with tls.crt, tls.key and ca.crt",
    "service": "set it to the name of a folder of services/",
    "simulated_clock": "set it to 0 or 1, or leave it out",
    "reflection": "set it to 0 or 1, or leave it out",
}


def _variable(location: tuple[int | str, ...]) -> str:
    if not location:
        return "GUITU_TLS"
    head = str(location[0])
    if head in ("otlp_endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        return "OTEL_EXPORTER_OTLP_ENDPOINT"
    inner = "".join(f".{part}" for part in location[1:])
    return f"{PREFIX}{head.upper()}{inner}"


def _sentence(problem: Any) -> str:
    location: tuple[int | str, ...] = problem["loc"]
    name = str(location[0]).lower() if location else "tls"
    field = Settings.model_fields.get(name if name in Settings.model_fields else "otlp_endpoint")
    meaning = (field.description or "") if field else ""
    variable = _variable(location)
    remedy = _REMEDY.get(name, f"set {variable} to the {meaning}")
    if problem["type"] == "missing":
        return f"{variable} is not set ({meaning}); {remedy}."
    said = str(problem["msg"]).removeprefix("Value error, ").removeprefix("GUITU_TLS: ")
    return f"{variable} is wrong: {said} ({meaning}); {remedy}."


def load(**given: Any) -> Settings:
    """Settings of this process from the environment (`given` wins); SettingsError names the first wrong
    variable.
    """
    try:
        return Settings.model_validate(_environment() | given)
    except ValidationError as e:
        raise SettingsError(_sentence(e.errors(include_url=False)[0])) from None


def _environment() -> dict[str, str]:
    variables = {name: _variable((name,)) for name in Settings.model_fields}
    return {name: value for name, variable in variables.items() if (value := os.environ.get(variable))}


def load_or_exit(**given: Any) -> Settings:
    """Settings of this process; a wrong variable ends it with one sentence on stderr and exit code 2."""
    try:
        return load(**given)
    except SettingsError as e:
        _exit(str(e))


def _exit(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(2)
