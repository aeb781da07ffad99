"""`guitu report issue|show|verify`: figures of a month or quarter that come out again, byte for byte."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any

import typer
from corrections.audit.v1 import service_pb2 as audit
from lawkit.counties import territories

from guitu_cli.client import client, reader
from guitu_cli.moment import Known, instant
from guitu_cli.output import DONE, FAILED, USAGE, document, fail, plain, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

_TITLES: Mapping[str, str] = {
    "in-charge": "期末在册",
    "not-yet-received": "期末尚未报到",
    "decided": "本期判决、决定",
    "registered": "本期登记",
    "received": "本期接收",
    "missed-reporting-in": "本期未按期报到",
    "released": "本期期满解除",
    "terminated": "本期终止",
    "admonition": "训诫",
    "warning": "警告",
    "penalty-proposed": "提请治安管理处罚",
    "revocation-proposed": "提请撤销",
    "revocation-ruled": "裁定撤销",
    "reimprisonment-decided": "决定收监执行",
    "reduction-proposed": "提请减刑",
    "reduction-ruled": "裁定减刑",
    "contact-lost": "本期失去联系",
    "absconded": "本期认定脱管",
    "missing": "期末失联",
}

report = typer.Typer(no_args_is_help=True, help=say("统计报表", "Reports of figures."))
Unit = Annotated[str, typer.Option(help="Unit in whose name, and whose territory is counted, GB/T 2260.")]
Agency = Annotated[
    str, typer.Option("--agency", help="Procuratorate (`guitu agency list`) in whose name it is read.")
]
File = Annotated[
    Path | None, typer.Option("--file", help="A copy of the report (`show --raw`) that is compared with it.")
]
_PURPOSE = "guitu/report"


@report.command(help=say("统计一个期间并出具报表", "Count a period and issue the figures."))
def issue(
    first: Annotated[str, typer.Option("--from", help="First day, ISO 8601.")],
    last: Annotated[
        str, typer.Option("--to", help="Last day, ISO 8601; who is in charge is counted as of it.")
    ],
    unit: Unit,
    known: Known = "",
    as_json: AsJson = False,
) -> None:
    """The report is an event of audit's log with its parameters; its id is printed."""
    if unit not in territories():
        fail(
            say(
                f"--unit {unit} 不是国家标准 GB/T 2260 的省、市、县区划代码（2、4 或 6 位数字），未出具报表；请核对代码",
                f"--unit {unit}: want a province, city or county of GB/T 2260, 2, 4 or 6 digits; nothing was issued",
            ),
            USAGE,
        )
    request = audit.IssueReportRequest(
        request_id=str(uuid.uuid1()),
        first_day=first,
        last_day=last,
        known_at=instant(known) if known else None,
    )
    with client(reader(unit)) as to:
        issued = to.call(request, audit.IssueReportResponse, purpose=_PURPOSE)
        made = to.call(
            audit.GetReportRequest(report_id=issued.report_id), audit.GetReportResponse, purpose=_PURPOSE
        )
    if as_json:
        document(
            {"report_id": issued.report_id, "sha256": made.issued.sha256.hex(), **json.loads(made.report)}
        )
        return
    _table(issued.report_id, made)


@report.command(help=say("由各服务的日志再次生成报表", "Make an issued report again from the logs."))
def show(
    report_id: str, unit: Unit = "", agency: Agency = "", raw: bool = False, as_json: AsJson = False
) -> None:
    """The report from the logs as they were. --raw: its bytes and nothing else."""
    made = _made(report_id, unit, agency)
    if raw:
        sys.stdout.buffer.write(made.report)
    elif as_json:
        document(json.loads(made.report))
    else:
        _table(report_id, made)


@report.command(
    help=say(
        "核对再次生成的报表与出具时是否逐字节相同", "Whether it is byte for byte the one that was issued."
    )
)
def verify(
    report_id: str, unit: Unit = "", agency: Agency = "", file: File = None, as_json: AsJson = False
) -> None:
    """Exit 0 when the report made again has the digest of the one that was issued, and --file its bytes; 1 when not."""
    held = _held(file) if file else None
    made = _made(report_id, unit, agency)
    other_line = differing_line(held, made.report) if held is not None else 0
    told = {
        "report_id": report_id,
        "same": made.same,
        **({"differing_line": other_line} if file else {}),
        "issued": plain(made.issued),
        "issued_by": made.issued_by,
    }
    if as_json:
        document(told)
    else:
        same = say("逐字节相同", "byte for byte the same")
        other = say("与出具时不同", "NOT the one that was issued")
        typer.echo(f"{report_id} {same if made.same else other}  sha256 {made.issued.sha256.hex()}")
        if other_line:
            typer.echo(
                say(f"{file} 第 {other_line} 行与报表不同", f"{file}: line {other_line} is not the report's")
            )
    raise typer.Exit(DONE if made.same and not other_line else FAILED)


def differing_line(held: bytes, report: bytes) -> int:
    """The first line, from 1, in which a copy is not the report; 0 when it is the report byte for byte."""
    lines = zip_longest(held.splitlines(keepends=True), report.splitlines(keepends=True))
    return next((number for number, (got, want) in enumerate(lines, 1) if got != want), 0)


def _held(file: Path) -> bytes:
    if not file.is_file():
        fail(say(f"{file}：没有这个文件，或不是文件", f"{file}: no such file, or no file"), USAGE)
    try:
        return file.read_bytes()
    except OSError as error:
        fail(say(f"{file}：打不开（{error.strerror}）", f"{file}: {error.strerror}"), USAGE)


def _made(report_id: str, unit: str, agency: str) -> audit.GetReportResponse:
    principal = f"agency/{agency}" if agency else reader(unit)
    with client(principal) as to:
        return to.call(audit.GetReportRequest(report_id=report_id), audit.GetReportResponse, purpose=_PURPOSE)


def _table(report_id: str, made: audit.GetReportResponse) -> None:
    found: dict[str, Any] = json.loads(made.report)
    title = f"{found['unit']}  {found['first_day']} – {found['last_day']}  {report_id}"
    table = [
        {
            head("项目", "figure"): say(_TITLES.get(one["name"], one["name"]), one["name"]),
            head("类别", "kind"): one["kind"],
            head("数", "count"): one["count"],
        }
        for one in found["figures"]
    ]
    rows(title, table, as_json=False)
