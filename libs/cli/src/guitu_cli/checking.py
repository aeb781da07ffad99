"""`guitu fsck`: every service's store checked against itself and against its signed checkpoints."""

from __future__ import annotations

import time

import psycopg
import typer
from devstack.databases import service_address
from devstack.system import System
from eventcore.fsck import fsck as check
from proofs.note import parse_vkeys

from guitu_cli.output import DONE, FAILED, Row, rows
from guitu_cli.running import AsJson, services
from guitu_cli.texts import say


def fsck(as_json: AsJson = False) -> None:
    """Every leaf, number and root is recomputed; exit 1 when a log is not what was signed, with the first bad event."""
    found = [check_log(System(), name) for name in services()]
    rows(say("存储自检", "Store check"), found, as_json=as_json)
    raise typer.Exit(FAILED if any(one["fault"] for one in found) else DONE)


def check_log(system: System, service: str) -> Row:
    """What the check of one service's log came to; `fault` is empty when all is well."""
    keys = system.home / "keys" / "logs.vkeys"
    pinned = (
        [key for key in parse_vkeys(keys.read_text()) if key.name.endswith(f"/{service}")]
        if keys.exists()
        else []
    )
    started = time.monotonic()
    with psycopg.connect(
        service_address(system.home, system.servers.address, service).dsn(service)
    ) as connection:
        report = check(connection, vkeys=pinned)
    seconds = max(time.monotonic() - started, 0.001)
    return {
        "service": service,
        "events": report.events,
        "checkpoints": report.checkpoints,
        "root": report.root.hex()[:16],
        "events_per_s": round(report.events / seconds),
        "fault": report.fault or "",
    }
