"""`guitu witness list`: how each witness stands to each log."""

from __future__ import annotations

from datetime import UTC

import typer
from corrections.audit.v1 import service_pb2 as audit
from eventcore.decider import SHANGHAI

from guitu_cli.client import client
from guitu_cli.output import DONE, FAILED, document, plain, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

witness = typer.Typer(no_args_is_help=True, help=say("日志的见证人", "Witnesses of the logs."))
_FINE = frozenset({"OK", "NEW"})
# What each state means: docs/runbooks/witness-away.md says what to do.
STATES = {
    "OK": ("已见证", "has cosigned"),
    "NEW": ("尚未询问", "never asked"),
    "AWAY": ("无应答", "does not answer"),
    "SLOW": ("应答太慢", "answers too late"),
    "RUBBISH": ("应答无法采信", "answers rubbish"),
    "UNKNOWN_LOG": ("不认得本日志或其公钥", "does not know the log or its key"),
    "FALSE_SIGNATURE": ("签名不真", "its signature is false"),
    "WRONG_TIME": ("时钟不对", "its clock is wrong"),
    "DISAGREES": ("见过另一段历史", "has seen another history"),
    "AHEAD": ("见过更长的日志", "has seen a longer log"),
}


@witness.callback()
def _witness() -> None:
    """One group, so that `list` keeps its name."""


@witness.command("list", help=say("列出见证人及其对每份日志的状态", "How each witness stands to each log."))
def list_(as_json: AsJson = False) -> None:
    """Exit 1 when a witness gives no cosignature, or the installation has no policy."""
    with client() as to:
        found = to.call(audit.ListWitnessesRequest(), audit.ListWitnessesResponse)
        logs = to.call(audit.ListLogsRequest(), audit.ListLogsResponse).logs
    if as_json:
        document(
            {**plain(found), "logs": {log.log: {"read": log.read, "cosigned": log.cosigned} for log in logs}}
        )
    else:
        quorum = say(found.quorum_zh, found.quorum_en) or say("未配置", "no policy")
        rows(
            say(f"见证规则：{quorum}", f"Quorum: {quorum}"),
            [_row(one) for one in found.witnesses],
            as_json=False,
        )
        waiting = [log for log in logs if log.cosigned < log.read]
        for log in waiting:
            typer.echo(
                say(
                    f"{log.log}：{log.read} 条中 {log.cosigned} 条已证明，其余待见证",
                    f"{log.log}: {log.cosigned} of {log.read} events proven, the others wait for witnesses",
                )
            )
    good = bool(found.quorum_en) and all(one.state in _FINE for one in found.witnesses)
    raise typer.Exit(DONE if good else FAILED)


def _row(one: audit.WitnessState) -> dict[str, str | int]:
    at = one.cosigned_at.ToDatetime(UTC).astimezone(SHANGHAI) if one.HasField("cosigned_at") else None
    return {
        head("见证人", "witness"): one.witness,
        head("日志", "log"): one.log if one.tree != "sm3" else f"{one.log}/sm3",
        head("状态", "state"): f"{one.state} {say(*STATES.get(one.state, ('', '')))}".rstrip(),
        head("已见证", "size"): one.size,
        head("见证时间", "cosigned at"): f"{at:%Y-%m-%d %H:%M:%S}" if at else "",
        head("失败", "failures"): one.failures,
        head("说明", "detail"): one.detail,
    }
