"""`guitu`: the command line. Exit codes: 0 done or accepted, 1 failed, 2 usage, 3 refused, 4 not reachable."""

from __future__ import annotations

import signal
from types import FrameType
from typing import NoReturn

import psycopg
import typer
from devstack.errors import StackError

from guitu_cli import (
    agency,
    allowed,
    calendar,
    case,
    checking,
    clock,
    deadlines,
    demo,
    drill,
    erase,
    law,
    lists,
    log,
    parking,
    reads,
    recovery_drill,
    report,
    restoring,
    running,
    tally,
    tiles,
    why,
    witness,
    work_items,
)
from guitu_cli.client import not_reachable
from guitu_cli.output import FAILED, fail, wants_json
from guitu_cli.texts import say

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
running.add_to(app)
app.command(help=say("主要工作：演示并核验，自行结束", "The main job: play, verify, end by itself."))(
    demo.demo
)
app.command(help=say("在反复 kill -9 下重演，历史必须相同", "The same county under kill -9: same history."))(
    drill.drill
)
app.add_typer(clock.clock, name="clock")
app.add_typer(agency.agency, name="agency")
case.case.command(help=say("案件中可以办理的事项", "What may be done in a case."))(allowed.allowed)
app.add_typer(case.case, name="case")
app.command(help=say("列出正在计算的法定期限", "List the legal clocks that run."))(deadlines.deadlines)
app.command("list", help=say("任一清单，今日的或某日某时已知的", "Any list, of today or of a past moment."))(
    lists.list_
)
app.command(help=say("消息、通知与回执的对账，今日的或某日某时已知的", "Messages and receipts, two-sided."))(
    tally.tally
)
app.add_typer(report.report, name="report")
app.command(help=say("谁查阅过此人的档案", "Who has read a person's record."))(reads.reads)
app.add_typer(law.law, name="law")
app.add_typer(calendar.calendar, name="calendar")
app.command(
    help=say("以机关名义签名并发送一条消息，打印回执", "Sign and send a message, print its receipts.")
)(agency.push)
app.command(help=say("说明期限、日期、状态或拒绝的理由", "Why a date, clock, state or refusal is as it is."))(
    why.why
)
app.command(help=say("导出案件证明包", "Export the proof bundle of a case."))(case.export)
app.command(help=say("离线验证证明包或单个事件的证明", "Verify a bundle or the proof of one event offline."))(
    case.verify
)
app.command(
    help=say("导出一个事件（默认：解除）的证明", "Export the proof of one event, by default the release.")
)(case.proof)
app.add_typer(witness.witness, name="witness")
app.command(help=say("依法销毁一个人的个人信息（两人）", "Destroy by law what is kept about a person."))(
    erase.erase
)
app.add_typer(log.log, name="log")
app.add_typer(tiles.tiles, name="tiles")
app.command(help=say("列出挂起的记录", "List parked records."))(parking.parked)
app.command(help=say("重放挂起的案件", "Replay a parked stream."))(parking.unpark)
work_items.add_to(app)
app.command(help=say("逐条核对各服务的存储", "Check every service's store, event by event."))(checking.fsck)
app.command(help=say("备份：事件与密钥分开存放", "Back up, with events and keys apart."))(restoring.backup)
app.command(help=say("恢复到新的服务器并逐条核对", "Restore into new servers, checked event by event."))(
    restoring.restore
)
app.command(help=say("演练：备份、恢复、边读边重建", "Drill: back up, restore, rebuild while reading."))(
    recovery_drill.recovery_drill
)
app.command(help=say("由日志重建一个投影", "Make a projection anew from its log."))(checking.rebuild)


def main() -> None:
    """The command line ends with the exit code of its command; SIGTERM ends it like Ctrl-C, after its clean-up."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        # a usage error is a document too where JSON is asked for
        raise SystemExit(app(standalone_mode=not wants_json()))
    except typer.TyperException as error:
        fail(error.format_message(), error.exit_code)
    except StackError as error:
        fail(str(error), FAILED)
    except psycopg.OperationalError:
        fail(*not_reachable())


def _terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + signal.SIGTERM)
