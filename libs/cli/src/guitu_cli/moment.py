"""A moment on two clocks as the command line asks for it: the day on which something was so, and when it was known."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated

import typer
from corrections.common.v1.common_pb2 import Moment
from eventcore.decider import SHANGHAI
from google.protobuf.timestamp_pb2 import Timestamp

from guitu_cli.output import USAGE, fail
from guitu_cli.texts import say

AsOf = Annotated[str, typer.Option("--as-of", help="As it was on this day, ISO 8601.")]
Known = Annotated[
    str, typer.Option("--known", help="As it was known at this instant, or at the end of this day, ISO 8601.")
]


def moment(as_of: str = "", known: str = "") -> Moment:
    """The moment of a list; both empty: now."""
    return Moment(as_of=as_of, known_at=instant(known) if known else None)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def instant(text: str) -> Timestamp:
    """An instant, or the end of a day, in Asia/Shanghai where no zone is named; anything else ends the command."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        fail(say(f"{text} 不是 ISO 8601 时间", f"{text} is no ISO 8601 time"), USAGE)
    if _is_day(text):
        at = datetime.combine(at.date(), time.max, SHANGHAI)
    found = Timestamp()
    found.FromDatetime(at.replace(tzinfo=at.tzinfo or SHANGHAI).astimezone(UTC))
    return found
