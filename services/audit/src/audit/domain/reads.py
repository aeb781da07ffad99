"""Who read of persons' records: sealed batches in audit's own log. 个人信息保护法 第二十八条; 社区矫正法 第五十四条.

A batch of reads is a stream: no stream grows for ever, and no two services wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import prepared_pb2 as cmd
from corrections.audit.v1 import service_pb2 as pb
from eventcore.decider import Context, Decider, Decision, Decisions, StreamKey, by_type, evolving

# Whose duty it may hinder when the person hears of the read: 个人信息保护法 第三十五条.
_WITHHELD = ("PSB", "PROC")  # not the law's: kinds of role by their names
_UUID_BYTES = 16  # not the law's: bytes of a UUID


def stream_of(batch: str) -> StreamKey:
    """Stream of a batch."""
    return StreamKey("reads", batch)


def told_to_the_person(role: str, refused: str) -> bool:
    """Whether the person may know of a read in this role."""
    return not refused and not role.startswith(_WITHHELD)


def cases_of(read: ev.RecordRead) -> Iterator[UUID]:
    """What it showed: cases, and exchanges where what was shown stands under one."""
    for at in range(0, len(read.cases), _UUID_BYTES):
        yield UUID(bytes=read.cases[at : at + _UUID_BYTES])


def together(reads: Iterable[pb.ReadAt]) -> list[pb.ReadAt]:
    """The reads in order; refused attempts alike of one caller are one, with their number and all that was asked for."""
    found: list[pb.ReadAt] = []
    refused: dict[tuple[str, ...], tuple[pb.ReadAt, set[bytes]]] = {}
    for one in reads:
        read = one.read
        if not read.refused:
            found.append(one)
            continue
        alike = (read.service, read.method, read.actor, read.unit, read.role, read.purpose, read.refused)
        if alike not in refused:
            kept = pb.ReadAt()
            kept.CopyFrom(one)
            refused[alike] = kept, set()
            found.append(kept)
        kept, cases = refused[alike]
        cases.update(case.bytes for case in cases_of(read))
        kept.read.cases = b"".join(sorted(cases))
        kept.read.times += read.times or 1
    return found


def _recorded(_: None, c: cmd.PreparedReads, __: Context) -> Decision:
    return [ev.RecordRead(sealed=batch) for batch in c.batches]


DECISIONS: Decisions[None] = {cmd.PreparedReads: _recorded}

READS: Decider[None] = Decider(
    initial=None,
    evolve=evolving(),
    decide=by_type(DECISIONS),
    opens=frozenset({cmd.PreparedReads}),
)
