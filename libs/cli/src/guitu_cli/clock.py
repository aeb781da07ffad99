"""`guitu clock show|set|advance`: the simulated clock of an installation of the sandbox."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from corrections.sandbox.v1 import service_pb2 as sandbox
from eventcore.decider import SHANGHAI
from google.protobuf.timestamp_pb2 import Timestamp

from guitu_cli.client import client
from guitu_cli.output import USAGE, document, fail
from guitu_cli.running import AsJson
from guitu_cli.texts import say

_LENGTH = re.compile(r"(\d+)([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_LONGEST = timedelta(minutes=10)

clock = typer.Typer(no_args_is_help=True, help=say("模拟时钟", "The simulated clock."))


@clock.command(help=say("显示当前时间和下一个到期时刻", "Show the time and the next due instant."))
def show(as_json: AsJson = False) -> None:
    """The clock as it stands."""
    with client() as to:
        found = to.call(sandbox.GetClockRequest(), sandbox.GetClockResponse)
    due = _local(found.next_due) if found.HasField("next_due") else None
    if as_json:
        document({"now": _local(found.now), "next_due": due, "idle": found.idle})
    else:
        typer.echo(
            say(
                f"现在 {_local(found.now)}，下一到期 {due or '无'}",
                f"now {_local(found.now)}, next due {due or 'none'}",
            )
        )


@clock.command("set", help=say("拨到某一时刻（不能倒拨）", "Move to an instant; never back."))
def set_(
    instant: Annotated[str, typer.Argument(help="ISO 8601; without zone: Asia/Shanghai.")],
    as_json: AsJson = False,
) -> None:
    """The clock shows the instant; what was due on the way has lapsed."""
    try:
        to = datetime.fromisoformat(instant)
    except ValueError:
        fail(say(f"{instant} 不是 ISO 8601 时间", f"{instant} is no ISO 8601 time"), USAGE)
    _move(to.replace(tzinfo=to.tzinfo or SHANGHAI), as_json=as_json)


@clock.command(help=say("向前拨一段时间，如 1d、36h、30m", "Move forward by 1d, 36h, 30m."))
def advance(length: str, as_json: AsJson = False) -> None:
    """The clock shows so much more; what was due on the way has lapsed."""
    found = _LENGTH.fullmatch(length)
    if found is None:
        fail(
            say(f"{length} 不是时长，请写 1d、36h 或 30m", f"{length} is no length: write 1d, 36h or 30m"),
            USAGE,
        )
    by = timedelta(**{_UNITS[found[2]]: int(found[1])})
    with client() as to:
        now = to.call(sandbox.GetClockRequest(), sandbox.GetClockResponse).now
    _move(now.ToDatetime(UTC) + by, as_json=as_json)


def _move(instant: datetime, *, as_json: bool) -> None:
    request = sandbox.SetClockRequest()
    request.to.FromDatetime(instant.astimezone(UTC))
    with client() as to:
        now = _local(to.call(request, sandbox.SetClockResponse, timeout=_LONGEST).now)
    document({"now": now}) if as_json else typer.echo(now)


def _local(at: Timestamp) -> str:
    return at.ToDatetime(UTC).astimezone(SHANGHAI).isoformat(timespec="minutes")
