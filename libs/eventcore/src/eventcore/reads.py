"""Reads of one aggregate: its stream folded, so that what was just written is never stale (eventstore.md section 5).

The known time decides which events are folded; an as-of day is a question to the folded state, which holds dated
facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from eventcore.decider import SHANGHAI, Caller, Decider, NotFound, StreamKey, fold
from eventcore.event import Event
from eventcore.store import Store

S = TypeVar("S")

_NO_REQUEST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Read(Generic[S]):
    """State after `version` events, those events, and the service's clock (UTC) when they were read."""

    state: S
    version: int
    events: tuple[Event, ...]
    now: datetime

    @property
    def day(self) -> date:
        """Today in Asia/Shanghai by the service's clock."""
        return self.now.astimezone(SHANGHAI).date()


async def read(
    store: Store, decider: Decider[S], key: StreamKey, caller: Caller, *, known_at: datetime | None = None
) -> Read[S]:
    """The stream as it was known at an instant (default: now). NotFound where the caller may see nothing."""
    stream_id = store.stream_id(key)
    loaded = await store.load(_NO_REQUEST, [stream_id])
    events = tuple(
        event
        for event in loaded.streams[stream_id].events
        if known_at is None or event.recorded_at <= known_at
    )
    state = fold(decider, ((event.data, event.stamp) for event in events))
    if not events or not decider.visible(state, caller):
        raise NotFound
    return Read(state, len(events), events, loaded.now)
