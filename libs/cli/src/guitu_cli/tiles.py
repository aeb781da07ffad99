"""`guitu tiles export`: the logs as files that third-party tools fetch and check (C2SP tlog-tiles)."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import Annotated

import typer
from corrections.audit.v1 import service_pb2 as audit
from corrections.store.v1.store_pb2_grpc import StoreServiceStub
from eventcore.checkpoint import origin
from proofs.note import VerifierKey, parse_vkeys
from servicekit.tile_files import Busy, LogKeys, NotProven, OtherHistory, only_writer, publish
from servicekit.witnesses import PolicyFile

from guitu_cli.client import Client, client
from guitu_cli.output import FAILED, Row, fail, rows
from guitu_cli.running import AsJson, services
from guitu_cli.texts import head, say

tiles = typer.Typer(
    no_args_is_help=True, help=say("公开日志的瓦片文件", "The logs as tiles, for outside tools.")
)


@tiles.callback()
def _tiles() -> None:
    """One group, so that `export` keeps its name."""


@tiles.command(
    help=say("导出并核验各服务日志的瓦片文件", "Write every log as tiles, verified while written.")
)
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder; a log in it is continued.")],
    keys: Annotated[
        Path | None, typer.Option(help="File of the logs' keys; default: that of the installation.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """DIR/<service>/{checkpoint,log.vkey,sm2.vkey,tile/...}, the SM3 log under DIR/<service>/sm3/.

    Each log up to its newest checkpoint that has the quorum of the witnesses, where the installation has a policy.

    Exit 1 when a log is not what its checkpoint says, or DIR holds another history: of that log nothing is written then.
    Exit 1 as well when a log has events and no checkpoint that fits: the others are exported. And when another process writes DIR.
    """
    found: list[Row] = []
    left: list[str] = []
    with client() as to, _alone(folder):
        pinned = _pinned(keys or to.home / "keys" / "logs.vkeys")
        for name in services():
            log = LogKeys.among(pinned, origin(to.topology.installation, name))
            if log is not None:
                row, published = _export(to, name, folder / name, log)
                found.append(row)
                left += [] if published else [name]
        if left:
            logs = to.call(audit.ListLogsRequest(), audit.ListLogsResponse).logs
            left = [said for one in logs if one.log in left for said in left_out(one)]
    if not found:
        fail(say("没有任何日志的公钥", "no key of any log is pinned"), FAILED)
    rows(say(f"已导出 {len(found)} 个日志", f"{len(found)} logs exported"), found, as_json=as_json)
    if left:
        fail("\n".join(left), FAILED)


def left_out(log: audit.LogState) -> list[str]:
    """Why nothing of a log could be exported; empty for a log without events."""
    if not log.read:
        return []
    if log.mismatches or log.stopped:
        return [
            say(
                f"{log.log}：未导出，日志与已公布的不符，见 `guitu log verify {log.log}`",
                f"{log.log}: not exported, the log has a mismatch: see `guitu log verify {log.log}`",
            )
        ]
    return [
        say(
            f"{log.log}：未导出，{log.read} 条尚无合用的检查点，见 `guitu witness list`",
            f"{log.log}: not exported, no checkpoint fits its {log.read} events: see `guitu witness list`",
        )
    ]


@contextlib.contextmanager
def _alone(folder: Path) -> Generator[None]:
    try:
        with only_writer(folder):
            yield
    except Busy:
        fail(
            say(
                f"另一个进程正在写入 {folder}：请等它结束后再试，或换一个目录",
                f"another process writes {folder}: wait for its end, then repeat, or name another folder",
            ),
            FAILED,
        )


def _pinned(path: Path) -> list[VerifierKey]:
    try:
        return parse_vkeys(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fail(
            say(
                f"没有公钥文件 {path}：请用 --keys 指定自己留存的公钥",
                f"there is no key file {path}: name the keys that you kept with --keys",
            ),
            FAILED,
        )


def _export(to: Client, name: str, folder: Path, keys: LogKeys) -> tuple[Row, bool]:
    witnessed = PolicyFile(to.home).read() is not None
    if witnessed:
        to.call(audit.CosignLogRequest(log=name), audit.CosignLogResponse)
    try:
        made = publish(folder, StoreServiceStub(to.channel(name)), keys, cosigned=witnessed)
    except (NotProven, OtherHistory) as error:
        fail(f"{name}: {error}", FAILED)
    sha256, sm3 = made.checkpoints.get("sha256"), made.checkpoints.get("sm3")
    row: Row = {
        head("服务", "service"): name,
        head("条数", "entries"): sha256.size if sha256 else 0,
        head("新增", "added"): made.added,
        "sha256": sha256.root.hex()[:16] if sha256 else "",
        "sm3": sm3.root.hex()[:16] if sm3 else "",
    }
    return row, bool(made.checkpoints)
