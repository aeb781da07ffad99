"""Who read of persons' records: each read an event of its own. 个人信息保护法 第二十八条; 社区矫正法 第五十四条.

A batch of reads is a stream: no stream grows for ever, and no two services wait for each other.
"""

from __future__ import annotations

from corrections.audit.v1 import service_pb2 as cmd
from eventcore import meta
from eventcore.decider import Context, Decider, Decision, Decisions, On, StreamKey, by_type, evolving

# Whose duty it may hinder when the person hears of the read: 个人信息保护法 第三十五条.
_WITHHELD = ("PSB", "PROC")  # not the law's: kinds of role by their names


def stream_of(batch: str) -> StreamKey:
    """Stream of a batch."""
    return StreamKey("reads", batch)


def told_to_the_person(role: str, refused: str) -> bool:
    """Whether the person may know of a read in this role."""
    return not refused and not role.startswith(_WITHHELD)


def _recorded(_: None, c: cmd.RecordReadsRequest, __: Context) -> Decision:
    stream = stream_of(c.request_id)
    return [On(stream, one.read, occurred_at=meta.instant(one.at)) for one in c.reads]


DECISIONS: Decisions[None] = {cmd.RecordReadsRequest: _recorded}

READS: Decider[None] = Decider(
    initial=None,
    evolve=evolving(),
    decide=by_type(DECISIONS),
    opens=frozenset({cmd.RecordReadsRequest}),
)
