"""`guitu report issue|show|verify`: figures of a month or quarter that come out again, byte for byte."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from corrections.audit.v1 import service_pb2 as audit

from guitu_cli.client import client
from guitu_cli.moment import Known, instant
from guitu_cli.output import DONE, FAILED, document, plain, rows
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
    request = audit.IssueReportRequest(
        request_id=str(uuid.uuid1()),
        first_day=first,
        last_day=last,
        known_at=instant(known) if known else None,
    )
    with client(f"staff/{unit}/COUNTY_CCI/guitu") as to:
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
def verify(report_id: str, unit: Unit = "", agency: Agency = "", as_json: AsJson = False) -> None:
    """Exit 0 when the report made again has the digest of the one that was issued, 1 when not."""
    made = _made(report_id, unit, agency)
    told = {
        "report_id": report_id,
        "same": made.same,
        "issued": plain(made.issued),
        "issued_by": made.issued_by,
    }
    if as_json:
        document(told)
    else:
        same = say("逐字节相同", "byte for byte the same")
        other = say("与出具时不同", "NOT the one that was issued")
        typer.echo(f"{report_id} {same if made.same else other}  sha256 {made.issued.sha256.hex()}")
    raise typer.Exit(DONE if made.same else FAILED)


def _made(report_id: str, unit: str, agency: str) -> audit.GetReportResponse:
    principal = f"agency/{agency}" if agency else f"staff/{unit}/COUNTY_CCI/guitu"
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
