"""Reads of one aggregate: its stream folded, so that what was just written is never stale (eventstore.md section 5).

The known time decides which events were known, the day which of them were so (eventcore.valid_time); the folded state
holds dated facts and is asked as of the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Literal, Protocol, TypeVar
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp
from lawkit.counting import day_of

from eventcore import meta
from eventcore.decider import SHANGHAI, Caller, Decider, NotFound, StreamKey, day, fold
from eventcore.event import Event
from eventcore.store import Store
from eventcore.valid_time import before_of, counted, require_possible

S = TypeVar("S")

_NO_REQUEST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Read(Generic[S]):
    """State after the events that count, these, the version of the last one, and the service's clock (UTC).

    on: the day that the answer is about: the one asked about, else that of the known time, else today.
    """

    state: S
    version: int
    events: tuple[Event, ...]
    now: datetime
    on: date

    @property
    def day(self) -> date:
        """Today in Asia/Shanghai by the service's clock."""
        return self.now.astimezone(SHANGHAI).date()


class AtMoment(Protocol):
    """A request that names a day and a known time."""

    as_of: str
    known_at: Timestamp

    def HasField(self, field_name: Literal["known_at"]) -> bool:
        """True where the field is set."""
        ...


async def asked(
    store: Store, decider: Decider[S], key: StreamKey, caller: Caller, request: AtMoment
) -> Read[S]:
    """The stream at the moment that a request names. Invalid for an impossible one, NotFound as `read`."""
    as_of = day("as_of", request.as_of) if request.as_of else None
    known_at = meta.instant(request.known_at) if request.HasField("known_at") else None
    first = await store.first_recorded() if known_at is not None else None
    return await read(store, decider, key, caller, as_of=as_of, known_at=known_at, first=first)


async def read(
    store: Store,
    decider: Decider[S],
    key: StreamKey,
    caller: Caller,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    first: datetime | None = None,
) -> Read[S]:
    """The stream as it was on a day and as it was known at an instant (default: today, now).

    NotFound where the caller may see nothing of it. The known time is turned once into a size of the log, and the day
    decides by the same rule, as for every list (eventcore.past). Invalid for an impossible moment;
    first: before which none is asked about.
    """
    stream_id = store.stream_id(key)
    loaded = await store.load(_NO_REQUEST, [stream_id])
    events = tuple(loaded.streams[stream_id].events)
    if as_of is not None or known_at is not None:
        require_possible("", as_of=as_of, known_at=known_at, now=loaded.now, first=first)
    if known_at is not None:
        known = await store.version_at(stream_id, known_at)
        events = tuple(event for event in events if event.version <= known)
    events = counted(events, None if as_of is None else before_of(as_of))
    state = fold(decider, ((event.data, event.stamp) for event in events))
    if not events or not decider.visible(state, caller):
        raise NotFound
    on = as_of or day_of(known_at or loaded.now)
    return Read(state, events[-1].version, events, loaded.now, on)
