"""An explanation of a service as people read it on a terminal, and as a structure."""

from __future__ import annotations

from typing import Any

import typer
from corrections.law.v1 import explanation_pb2 as told
from google.protobuf import json_format

from guitu_cli.output import rows
from guitu_cli.texts import head, say

_STATES = {
    told.DAY_STATE_START: say("起", "start"),
    told.DAY_STATE_COUNTED: say("计", "counted"),
    told.DAY_STATE_SKIPPED: say("跳过", "skipped"),
    told.DAY_STATE_EXTENDED: say("顺延至", "rolled to"),
}


def structure(explanation: told.Explanation) -> dict[str, Any]:
    """The explanation as JSON has it."""
    return json_format.MessageToDict(explanation, preserving_proto_field_name=True)


def show(explanation: told.Explanation) -> None:
    """The sentences, then the days one by one, then the events to look up."""
    typer.echo("\n".join(explanation.sentences_zh))
    if explanation.counting.provisional:
        typer.echo(
            say(
                "此日为暂定。",
                "provisional: a year of working days that may move this day is not imported yet",
            )
        )
    if explanation.counting.days:
        days = [
            {
                head("日", "day"): one.day,
                head("第几日", "number"): one.number or "",
                head("状态", "state"): _STATES.get(one.state, ""),
                head("原因", "why"): one.why_zh,
            }
            for one in explanation.counting.days
        ]
        typer.echo("")
        rows(say("逐日", "Day by day"), days, as_json=False)
    if explanation.events:
        happened = [
            {
                head("日", "day"): one.day,
                head("事件", "event"): one.title_zh,
                head("服务", "service"): one.service,
                head("编号", "id"): one.event_id,
            }
            for one in explanation.events
        ]
        typer.echo("")
        rows(say("依据的事件", "Events"), happened, as_json=False)
