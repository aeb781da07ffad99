"""`guitu up`, `down`, `status`: the whole system as plain processes."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Annotated, cast

import grpc
import typer
from corrections.handoff.v1 import service_pb2
from corrections.sandbox.v1 import service_pb2 as api
from corrections.store.v1 import store_pb2
from devstack.errors import StackError
from devstack.home import default_home
from devstack.system import System
from devstack.topology import load
from grpc_health.v1 import health_pb2
from sandbox import registry

from guitu_cli import exchanges
from guitu_cli.client import Client, client
from guitu_cli.output import DONE, NOT_REACHABLE, document, fail, rows
from guitu_cli.texts import head, say

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")]
_PROBE_S = 2.0


def add_to(app: typer.Typer) -> None:
    """The commands are part of the app."""
    app.command(help=say("启动整个系统并保持运行", "Start the whole system and keep it running."))(up)
    app.command(help=say("停止系统，不留进程和端口", "Stop it; no process and no port is left."))(down)
    app.command(
        help=say("进程、进度、挂起的案件、未结的往来", "Processes, lag, parked cases, open exchanges.")
    )(status)


def system(folder: Path | None = None) -> System:
    """The system of a data folder; a service counts as ready when its health check says so."""
    home = (folder or default_home()).resolve()
    return System(home, ready=lambda name, _: serving(name, home))


def bring_up(made: System, *, supervised: bool = False) -> None:
    """Everything runs and answers, with the sandbox's agencies registered and one time for all; see `System.up`."""
    sandbox = made.topology.service("sandbox")
    registry.write(made.home, installation=made.topology.installation, endpoint=f"127.0.0.1:{sandbox.port}")
    made.up(supervised=supervised)
    with contextlib.closing(Client(home=made.home, topology=made.topology)) as to:
        try:
            to.call(api.GetClockRequest(), api.GetClockResponse)  # which aligns the clocks
        except grpc.RpcError as error:
            raise StackError(
                f"the sandbox does not answer ({cast('grpc.Call', error).code().name}): the machine is busy, or its log in "
                f"{made.home / 'logs'} says why; run `guitu down` and start again"
            ) from error


def serving(name: str, home: Path) -> bool:
    """True when the service answers SERVING."""
    asking = Client(home=home)
    try:
        check = asking.channel(name).unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        answer = check(health_pb2.HealthCheckRequest(), timeout=_PROBE_S)
        return answer.status == health_pb2.HealthCheckResponse.SERVING
    except grpc.RpcError:
        return False
    finally:
        asking.close()


def up(as_json: AsJson = False) -> None:
    """Everything runs and answers, and stays so when this command has ended: a supervisor restarts what ends."""
    started = time.monotonic()
    made = system()
    bring_up(made, supervised=True)
    seconds = round(time.monotonic() - started, 1)
    found = [
        {"process": one.name, "pid": one.pid, "ports": ", ".join(f"{k} {v}" for k, v in one.ports.items())}
        for one in made.status()
    ]
    if as_json:
        document({"seconds": seconds, "processes": found})
        return
    rows(say("运行中的进程", "Processes"), found, as_json=False)
    typer.echo(
        say(f"已就绪，用时 {seconds} 秒。`guitu down` 停止。", f"Ready in {seconds} s. `guitu down` ends it.")
    )


def down(as_json: AsJson = False) -> None:
    """Nothing of the system runs any more; the data stay."""
    for folder in (default_home(), default_home() / "demo", default_home() / "drill"):
        System(folder).down()
    if as_json:
        document({"down": True})
    else:
        typer.echo(say("已停止。", "Stopped."))


def status(as_json: AsJson = False) -> None:
    """Processes, how far each log is read, what is parked and what waits between agencies."""
    made = System()
    processes = [
        {
            "process": one.name,
            "pid": one.pid,
            "alive": one.alive,
            "restarts": one.restarts,
            "log": str(one.log.name),
        }
        for one in made.status()
    ]
    answering = {name for name in services() if _alive(processes, name) and serving(name, made.home)}
    positions = [_positions(name) for name in services() if name in answering]
    waiting = open_exchanges() if "handoff" in answering else None
    away = [name for name in services() if name not in answering]
    if as_json:
        document({"processes": processes, "positions": positions, "exchanges": waiting, "away": away})
        raise typer.Exit(NOT_REACHABLE if away else DONE)
    rows(say("进程", "Processes"), processes, as_json=False)
    rows(say("进度", "Positions"), positions, as_json=False)
    if waiting is not None:
        exchanges.show(waiting)
    if away:
        fail(say(f"没有应答：{'、'.join(away)}", f"no answer: {', '.join(away)}"), NOT_REACHABLE)


def services() -> list[str]:
    """The services that keep a log."""
    return [one.name for one in load().services if one.name != "sandbox"]


def open_exchanges() -> exchanges.Waiting:
    """What waits between the agencies, by handoff's word."""
    with client() as to:
        return exchanges.waiting(lambda request: to.call(request, service_pb2.ListOpenExchangesResponse))


def _alive(processes: list[dict[str, str | int | bool]], name: str) -> bool:
    return any(one["process"] == name and one["alive"] for one in processes)


def _positions(name: str) -> dict[str, str | int | float]:
    with client() as to:
        found = to.call_service(name, store_pb2.GetPositionsRequest(), store_pb2.GetPositionsResponse)
    behind = max((found.log_end - reader.seq for reader in found.readers), default=0)
    return {
        head("服务", "service"): name,
        head("日志", "log"): found.log_end,
        head("未入账", "unsequenced"): found.stored - found.log_end,
        head("落后", "behind"): behind,
        head("待发命令", "open commands"): found.open_commands,
        head("到期未办", "due"): found.due_deadlines,
        head("挂起", "parked"): found.parked,
        head("被拒绝", "refused"): found.refusals,
        head("无法读取", "unreadable"): found.dead_letters,
        head("停写的流", "stopped"): found.stopped,
        head("阻塞者", "held by"): found.xmin_holder,
    }
