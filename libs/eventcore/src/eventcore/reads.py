"""Reads of one aggregate: its stream folded, so that what was just written is never stale (eventstore.md section 5).

The known time decides which events are folded; an as-of day is a question to the folded state, which holds dated
facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Literal, Protocol, TypeVar
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from eventcore import meta
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


class AtKnownTime(Protocol):
    """A request that names a known time."""

    known_at: Timestamp

    def HasField(self, field_name: Literal["known_at"]) -> bool:
        """True where the field is set."""
        ...


def known(request: AtKnownTime) -> datetime | None:
    """The known time that a request asks about; None: now."""
    return meta.instant(request.known_at) if request.HasField("known_at") else None


async def read(
    store: Store, decider: Decider[S], key: StreamKey, caller: Caller, *, known_at: datetime | None = None
) -> Read[S]:
    """The stream as it was known at an instant (default: now). NotFound where the caller may see nothing.

    The known time is turned once into a size of the log, as for every list (eventcore.past).
    """
    stream_id = store.stream_id(key)
    loaded = await store.load(_NO_REQUEST, [stream_id])
    events = tuple(loaded.streams[stream_id].events)
    if known_at is not None:
        known = await store.version_at(stream_id, known_at)
        events = tuple(event for event in events if event.version <= known)
    state = fold(decider, ((event.data, event.stamp) for event in events))
    if not events or not decider.visible(state, caller):
        raise NotFound
    return Read(state, len(events), events, loaded.now)
