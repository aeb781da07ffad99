"""When an act took place, and by which law: what the request says, else now. The law of that day judges it. Pure.

Requests come from people and other systems, so an impossible instant or day is Invalid with its field; folding never
fails, so there it is None.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol

from corrections.common.v1.common_pb2 import LawRef
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit import Law, law_of_the_day
from lawkit.counting import day_of

from eventcore.decider import Context
from eventcore.errors import Invalid, NotYetHappened


class Act(Protocol):
    """A request with a valid time."""

    @property
    def occurred_at(self) -> Timestamp:
        """Valid time of the act."""
        ...


def instant_of_act(request: Act, ctx: Context) -> datetime:
    """Instant of the act, UTC."""
    given = request.occurred_at
    return instant("occurred_at", given) if given.ByteSize() else ctx.now


def day_of_act(request: Act, ctx: Context) -> date:
    """Day of the act in Asia/Shanghai."""
    return day_of(instant_of_act(request, ctx))


def instant(field: str, stamp: Timestamp) -> datetime:
    """The instant that a request's field names, UTC; Invalid for what no clock can show."""
    found = instant_or_none(stamp)
    if found is None:
        raise Invalid(field, "got no instant of the calendar, want a UTC timestamp")
    return found


def instant_or_none(stamp: Timestamp) -> datetime | None:
    """The instant of a timestamp, UTC; None for an impossible one."""
    try:
        return stamp.ToDatetime(UTC)
    except (ValueError, OverflowError):
        return None


def day_or_none(text: str) -> date | None:
    """The day of an ISO 8601 text; None for an empty or impossible one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def text_of(day: date | None) -> str:
    """ISO 8601; empty for none."""
    return day.isoformat() if day else ""


def past_day(field: str, text: str, ctx: Context, *, since: date | None = None) -> date:
    """The day that a request's field names; Invalid when it is none or before the decision (`since`), NotYetHappened."""
    found = day_or_none(text)
    if found is None:
        raise Invalid(field, f"got {text!r}, want a day no later than {ctx.today} as YYYY-MM-DD")
    if found > ctx.today:
        raise NotYetHappened(field, found, ctx.today)
    not_before(field, found, since)
    return found


def not_before(field: str, day: date, since: date | None) -> None:
    """The field's day is none before the decision (`since`): no fact of a case is older. Invalid."""
    if since is not None and day < since:
        raise Invalid(field, f"got {day}, want no day before the decision of {since}")


def law_ref(law: Law, rule_id: str, day: date) -> LawRef:
    """The rule with its article as it stood on the day; no article where none was in force."""
    return LawRef(rule=rule_id, article=law_of_the_day.article_zh(law, rule_id, day))
