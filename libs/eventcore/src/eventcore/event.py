"""An event as readers see it: its metadata, its content, and the stored bytes that were hashed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from google.protobuf.message import Message

from eventcore.decider import SHANGHAI, Stamp
from eventcore.valid_time import since

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one service. `seq` is its place in the log, -1 while not sequenced; instants are UTC.

    about: cases that it speaks of besides its subject.
    """

    service: str
    seq: int
    stream_id: UUID
    version: int
    event_id: UUID
    type: str
    subject: UUID
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    unit: str
    role: str
    correlation_id: UUID
    causation_id: UUID | None
    legal_basis: str
    data: Message
    meta_bytes: bytes
    data_bytes: bytes
    trace: str = ""
    about: tuple[UUID, ...] = ()

    @property
    def stamp(self) -> Stamp:
        """What `evolve` may know of the event besides its content."""
        return Stamp(self.occurred_at, self.recorded_at, self.version, self.actor, self.role)

    @property
    def day(self) -> date:
        """Day of the fact in Asia/Shanghai."""
        return self.occurred_at.astimezone(SHANGHAI).date()

    @property
    def since(self) -> datetime:
        """From when on what it says was so, UTC (eventcore.valid_time)."""
        return since(self.data, self.occurred_at)

    def data_as(self, kind: type[M]) -> M:
        """The content as its own type, for handlers that are registered for it; TypeError for another."""
        if not isinstance(self.data, kind):
            raise TypeError(f"got {self.type}, want {kind.DESCRIPTOR.full_name}")
        return self.data
