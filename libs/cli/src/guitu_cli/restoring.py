"""`guitu backup`, `guitu restore`: the installation in two folders, and back into new servers (docs/runbooks/restore.md)."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Annotated
from uuid import UUID

import psycopg
import typer
from corrections.handoff.v1.events_pb2 import ExchangeErased
from corrections.intake.v1.events_pb2 import PersonErased
from devstack import backup as backups
from devstack.databases import KEYS, service_address
from devstack.system import System
from servicekit.sealing import KeyStore, key_pool, master_key

from guitu_cli.checking import check_lists, check_log
from guitu_cli.output import DONE, FAILED, Row, rows
from guitu_cli.running import AsJson, services, system
from guitu_cli.texts import head, say

Keys = Annotated[Path, typer.Option("--keys", help="Folder of the keys; keep it in another place.")]
_OF_TYPE = "select data from es.event where type = %s"


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder of the events; new or empty.")],
    keys: Keys,
    keys_days: Annotated[
        int, typer.Option("--keys-days", min=1, help="How long the keys may be restored.")
    ] = backups.KEYS_DAYS,
    as_json: AsJson = False,
) -> None:
    """Every database is dumped while nothing runs, with the keys apart and their life bounded. The system stays down."""
    made = backups.backup(system(), folder, keys, keys_days=keys_days)
    found: list[Row] = [
        {"service": name, head("日志", "log"): log.size, head("事件", "events"): log.events}
        for name, log in made.logs.items()
    ]
    rows(say("已备份", "Backed up"), found, as_json=as_json)


def restore(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of the events.")],
    keys: Keys,
    wipe: Annotated[
        bool, typer.Option("--wipe", help="Give up what this data folder's own servers hold.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """New servers hold the backup, checked event by event; the system is down and `guitu up` starts it.

    Exit 1, and it is not to be started, where a log or a list is not what was signed. Never beside topics that know more.
    """
    made = system()
    events = backups.restore(made, folder, keys, wipe=wipe)
    try:
        found = checked(made, events, forget_again(made))
    finally:
        made.down()
    rows(say("已恢复", "Restored"), found, as_json=as_json)
    raise typer.Exit(FAILED if any(one["fault"] for one in found) else DONE)


def checked(made: System, events: backups.Manifest, forgotten: int) -> list[Row]:
    """What every restored log and list came to, compared with what the manifest says of it."""
    found: list[Row] = []
    for name in services():
        log = check_log(made, name)
        compared, wrong = (0, "") if log["fault"] else check_lists(made, name)
        kept = events.logs[name]
        if not wrong and log["events"] != kept.events:
            wrong = f"{log['events']} events, the backup has {kept.events}"
        row = {**log, head("清单", "lists"): compared, "fault": log["fault"] or wrong}
        found.append(row)
    if forgotten:
        typer.echo(
            say(f"按记录再次销毁 {forgotten} 把密钥", f"{forgotten} keys destroyed again, as the log says"),
            err=True,
        )
    return found


def forget_again(made: System) -> int:
    """No key is there of which the log says that it was destroyed; how many were."""
    return asyncio.run(_forget_again(made, "intake")) + asyncio.run(_forget_again(made, "handoff"))


async def _forget_again(made: System, service: str) -> int:
    address = service_address(made.home, made.servers.address, service)
    gone = sorted(set(_destroyed(address.dsn(service), service)))
    pool = key_pool(address.dsn(f"{service}{KEYS}"), service="guitu restore", max_size=1)
    async with pool:
        store = KeyStore(pool, master_key(made.home, service))
        left = await store.left(gone)
        if left:
            await store.destroy(*left)
        return len(left)


def _destroyed(dsn: str, service: str) -> list[UUID]:
    kind = PersonErased if service == "intake" else ExchangeErased
    with contextlib.closing(psycopg.connect(dsn)) as connection:
        found = connection.execute(_OF_TYPE, [kind.DESCRIPTOR.full_name]).fetchall()
    if service == "intake":
        return [UUID(bytes=key) for (data,) in found for key in PersonErased.FromString(data).key_ids]
    return [UUID(ExchangeErased.FromString(data).exchange_id) for (data,) in found]
