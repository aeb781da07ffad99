"""The day of an act: what the request says, else today. The law of that day judges it."""

from __future__ import annotations

from datetime import UTC, date
from typing import Protocol

from eventcore.decider import Context
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit.counting import day_of


class Act(Protocol):
    """A request with a valid time."""

    @property
    def occurred_at(self) -> Timestamp:
        """Valid time of the act."""
        ...


def day_of_act(request: Act, ctx: Context) -> date:
    """Day of the act in Asia/Shanghai."""
    given = request.occurred_at
    return day_of(given.ToDatetime(UTC)) if given.ByteSize() else ctx.today
