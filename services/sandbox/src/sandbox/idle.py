"""Whether anything is under way, by durable positions alone (issue 3, "Deterministic"). Pure.

One look is not enough: databases are read one after the other, and work may move behind the reader's back. Two looks
with the same numbers are: between them nothing moved, and positions never go back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from eventcore.kafka import Partition
from eventcore.positions import Positions

Ends = Mapping[Partition, int]
Consumes = Mapping[str, frozenset[str]]
"""Topics that each service consumes, by service."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at every service and at the ends of the topics."""

    services: Mapping[str, Positions]
    ends: Ends

    @property
    def next_due(self) -> datetime | None:
        """The next instant at which a clock of any service is due, UTC; None when none runs."""
        due = [p.next_due for p in self.services.values() if p.next_due is not None]
        return min(due) if due else None

    @property
    def set_aside(self) -> Mapping[str, tuple[int, int, int]]:
        """Parked records, unsettled refusals and open dead letters of each service that has any."""
        counted = {n: (p.parked, p.refusals, p.dead_letters) for n, p in self.services.items()}
        return {name: counts for name, counts in counted.items() if any(counts)}

    @property
    def events(self) -> int:
        """Events in all logs."""
        return sum(p.log_end for p in self.services.values())


def busy_inside(service: str, p: Positions) -> Iterator[str]:
    """What is not idle inside one service, in words with the numbers."""
    if p.stored != p.log_end:
        yield f"{service}: {p.stored - p.log_end} events wait for the sequencer at {p.log_end}"
    if p.relay != p.log_end:
        yield f"{service}: the relay is at {p.relay}, the log ends at {p.log_end}"
    for name, seq in sorted(p.projections.items()):
        if seq != p.log_end:
            yield f"{service}: projection {name} is at {seq}, the log ends at {p.log_end}"
    if p.open_commands:
        yield f"{service}: {p.open_commands} commands are open"
    if p.due_deadlines:
        yield f"{service}: {p.due_deadlines} clocks are due and not handed over"
    if p.open_years:
        yield f"{service}: clocks are asked again for {p.open_years} calendar years"


def busy_between(service: str, p: Positions, topics: frozenset[str], ends: Ends) -> Iterator[str]:
    """Which consumers of a service are not at the end of their topics; a consumer without a position is not."""
    covered = {partition for _, partition in p.offsets}
    for partition, end in sorted(ends.items()):
        if partition.topic in topics and partition not in covered:
            yield f"{service}: nobody has a position on {partition.topic}/{partition.partition}, end {end}"
    for (consumer, partition), offset in sorted(p.offsets.items()):
        end = ends.get(partition)
        if end is not None and offset != end:
            where = f"{partition.topic}/{partition.partition}"
            yield f"{service}: consumer {consumer} is at {offset} of {where}, end {end}"


def busy(reading: Reading, consumes: Consumes) -> list[str]:
    """Everything that is not idle in one look; empty when nothing is."""
    found: list[str] = []
    for service, positions in reading.services.items():
        found.extend(busy_inside(service, positions))
        topics = consumes.get(service, frozenset())
        found.extend(busy_between(service, positions, topics, reading.ends))
    return found
