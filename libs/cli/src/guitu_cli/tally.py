"""`guitu tally`: messages, notices and their receipts, counted on both sides, of today or of a past moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer
from corrections.handoff.v1 import service_pb2 as handoff

from guitu_cli.client import client, reader
from guitu_cli.moment import AsOf, Known, moment
from guitu_cli.output import document, plain, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

_PURPOSE = "guitu/tally"
_TITLES: Mapping[str, str] = {
    "received": "收到消息",
    "accepted": "其中已受理",
    "refused": "其中已退回",
    "held": "其中暂存",
    "effected": "已受理中已办结",
    "procuratorate_due": "应通知检察院",
    "procuratorate_receipted": "其中检察院已回执",
    "notices_due": "应发通知",
    "notices_receipted": "其中已回执",
    "repeated": "重复来文",
}
Unit = Annotated[str, typer.Option(help="Unit whose territory is counted, GB/T 2260; default: operator.")]


def tally(as_of: AsOf = "", known: Known = "", unit: Unit = "", as_json: AsJson = False) -> None:
    """Counts of what was between the agencies. The size of the log is told: it repeats the answer."""
    request = handoff.GetTallyRequest(at=moment(as_of, known))
    with client(reader(unit)) as to:
        found = to.call(request, handoff.GetTallyResponse, purpose=_PURPOSE)
    if as_json:
        document({name: int(getattr(found, name)) for name in _TITLES} | {"at": plain(found.at)})
        return
    at = say(f"{found.at.as_of} 当日", f"as of {found.at.as_of}")
    size = say(f"日志 handoff 前 {found.at.log_size} 条", f"log handoff of {found.at.log_size}")
    table = [
        {head("项目", "figure"): say(zh, name), head("数", "count"): int(getattr(found, name))}
        for name, zh in _TITLES.items()
    ]
    rows(f"{say('对账', 'tally')} · {at} · {size}", table, as_json=False)
