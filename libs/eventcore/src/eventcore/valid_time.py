"""From when on what an event says was so: the one rule of the valid clock (docs/adr/0026).

An event counts from the instant at which it occurred, or from the earlier day or instant that it names itself: its contract
says in which field (`since`). What completes the beginning of a stream (`since_first`) counts from that beginning, and
nothing of a stream counts before its first event does. A day counts as a whole, in Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit.counting import SHANGHAI, day_of, end_of_day

from eventcore.acts import day_or_none, instant_or_none
from eventcore.errors import Invalid
from eventcore.meta import contract

if TYPE_CHECKING:
    from eventcore.event import Event


def since(said: Message, occurred_at: datetime) -> datetime:
    """The instant from which what the event says was so, UTC; never later than it occurred."""
    field = contract(type(said)).since
    if not field:
        return occurred_at
    named = _instant(getattr(said, field))
    return occurred_at if named is None or named > occurred_at else named


def before_of(on: date) -> datetime:
    """End of a day, UTC: what was so before it was so on the day."""
    return end_of_day(on).astimezone(UTC)


def counted(stream: Iterable[Event], before: datetime | None) -> tuple[Event, ...]:
    """Of a whole stream's events, in order, those that count before an instant; None: all."""
    events = tuple(stream)
    if before is None:
        return events
    if not events or events[0].since >= before:
        return ()
    return tuple(e for e in events if contract(type(e.data)).since_first or e.since < before)


def require_possible(
    field: str, *, as_of: date | None, known_at: datetime | None, now: datetime, first: datetime | None
) -> None:
    """The moment can be asked about. Invalid names the field below `field`, what it may be, and what to do instead.

    first: when the first event of the log was recorded, None where the log is empty.
    """
    if as_of is not None and as_of > day_of(now):
        text = (
            f"got {as_of}, want no day that has not begun: today is {day_of(now)}. Leave it empty for today"
        )
        raise Invalid(f"{field}as_of", text)
    if known_at is None:
        return
    if known_at > now:
        text = f"got {_told(known_at)}, want no later than now, {_told(now)}. Leave it empty for what is known now"
        raise Invalid(f"{field}known_at", text)
    if first is not None and known_at < first:
        text = f"got {_told(known_at)}, want no earlier than {_told(first)}, when the first event was recorded: nothing was known before"
        raise Invalid(f"{field}known_at", text)
    if as_of is not None and as_of > day_of(known_at):
        text = f"got {as_of}, want no day after {day_of(known_at)}, on which it was known. Ask for a later known time, or leave one empty"
        raise Invalid(f"{field}as_of", text)


def _instant(named: object) -> datetime | None:
    if isinstance(named, Timestamp):
        return instant_or_none(named) if named.ByteSize() else None
    day = day_or_none(str(named))
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def _told(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")
