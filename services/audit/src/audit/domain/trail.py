"""A case's way through all services: in the order of the facts, causes before effects, with the state of proof."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

STORED = "STORED"
LOGGED = "LOGGED"
PROVEN = "PROVEN"
MISMATCH = "MISMATCH"

IN_TRAIL = "IN_TRAIL"
ELSEWHERE = "ELSEWHERE"
MISSING = "MISSING"


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as published; instants are UTC. since: from when on what it says was so, as it says itself."""

    service: str
    seq: int
    stream_id: UUID
    version: int
    event_id: UUID
    type: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    role: str
    unit: str
    causation_id: UUID | None
    legal_basis: str
    since: datetime


def ordered(events: Iterable[Seen]) -> list[Seen]:
    """The events by valid time, then by known time; of one instant the cause before what it caused."""
    all_ = sorted(events, key=lambda e: (e.recorded_at, e.service, e.seq))
    ranks = _ranks(all_)
    return sorted(all_, key=lambda e: (e.occurred_at, e.recorded_at, ranks[e.event_id], e.service, e.seq))


def proof(
    event: Seen,
    verified: Mapping[str, int],
    mismatches: Collection[tuple[str, int]],
    cosigned: Mapping[str, int],
) -> str:
    """How far the event is proven: MISMATCH where its log does not fit at it, PROVEN below a checkpoint that has the
    quorum of the witnesses, LOGGED below a verified one that has not.
    """
    if (event.service, event.seq) in mismatches:
        return MISMATCH
    if event.seq < cosigned.get(event.service, 0):
        return PROVEN
    return LOGGED if event.seq < verified.get(event.service, 0) else STORED


def cause(event: Seen, trail: Collection[UUID], elsewhere: Collection[UUID]) -> str:
    """Where the event's cause is; empty where nothing caused it.

    trail: events of the trail; elsewhere: causes that some log holds.
    """
    if event.causation_id is None:
        return ""
    if event.causation_id in trail:
        return IN_TRAIL
    return ELSEWHERE if event.causation_id in elsewhere else MISSING


@dataclass(frozen=True, slots=True)
class Gap:
    """Versions of a stream, first to last, that the trail does not show; hidden: some log holds them, about another matter."""

    service: str
    stream_id: UUID
    first: int
    last: int
    hidden: bool


def lacking(events: Iterable[Seen]) -> dict[tuple[str, UUID], list[int]]:
    """By stream the versions from the first on that are not among the events, up to its last one that is."""
    shown: dict[tuple[str, UUID], set[int]] = {}
    for event in events:
        shown.setdefault((event.service, event.stream_id), set()).add(event.version)
    found = {key: [n for n in range(1, max(had)) if n not in had] for key, had in shown.items()}
    return {key: versions for key, versions in found.items() if versions}


def gaps(lacked: Mapping[tuple[str, UUID], Sequence[int]], stored: Collection[tuple[UUID, int]]) -> list[Gap]:
    """What is lacking, neighbours of one kind together. stored: stream and version of what the logs hold."""
    found: list[Gap] = []
    for (service, stream), versions in sorted(lacked.items()):
        for version in versions:
            hidden = (stream, version) in stored
            before = found[-1] if found else None
            if before and (before.stream_id, before.last, before.hidden) == (stream, version - 1, hidden):
                found[-1] = replace(before, last=version)
            else:
                found.append(Gap(service, stream, version, version, hidden))
    return found


def _ranks(events: Sequence[Seen]) -> dict[UUID, int]:
    """Length of the longest chain of causes and of predecessors in the log that leads to each event."""
    known = {e.event_id: e for e in events}
    placed = sorted(events, key=lambda e: (e.service, e.seq))
    follows = {e.event_id: one.event_id for one, e in itertools.pairwise(placed) if one.service == e.service}
    before = {
        e.event_id: [id_ for id_ in (e.causation_id, follows.get(e.event_id)) if id_ in known] for e in events
    }
    ranks: dict[UUID, int] = {}
    waiting = [e.event_id for e in reversed(events)]
    entered: set[UUID] = set()
    while waiting:
        id_ = waiting[-1]
        open_ = [b for b in before[id_] if b is not None and b not in ranks and b not in entered]
        entered.add(id_)  # forged causes may form a circle: each event waits for another only once
        if id_ not in ranks and open_:
            waiting += open_
            continue
        ranks.setdefault(id_, 1 + max((ranks.get(b, 0) for b in before[id_] if b is not None), default=0))
        waiting.pop()
    return ranks
