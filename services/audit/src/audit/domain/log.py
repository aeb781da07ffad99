"""A service's log under supervision: what was verified of it and what does not fit. 社区矫正法 第六十二条.

The procuratorate supervises community corrections; a record that can be altered unseen could not be supervised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import prepared_pb2 as cmd
from eventcore.decider import Context, Decider, Decision, Decisions, Stamp, by_type, evolving

RULE = "oversight.scope"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A place that does not fit, and how; the event there as published, empty when none was seen."""

    seq: int
    finding: str
    event_id: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """Size and root of the last verified checkpoint; mismatches that no later look at the whole log has cleared."""

    verified: int = 0
    root: bytes = b""
    mismatches: tuple[Mismatch, ...] = ()


def _examined(log: Log, c: cmd.Examination, _: Context) -> Decision:
    found = _mismatch(log, c)
    if found is not None:
        return [] if found in log.mismatches else [_found(c.log, found)]
    clears = bool(log.mismatches) and c.from_seq == 0
    if c.size == 0 or (c.size == log.verified and not clears):
        return []
    return [ev.CheckpointVerified(log=c.log, size=c.size, root=c.root, from_seq=c.from_seq)]


def _mismatch(log: Log, c: cmd.Examination) -> Mismatch | None:
    if c.size == 0:
        return Mismatch(0, "CHECKPOINT_MISSING") if log.verified else None
    if not c.signed:
        return Mismatch(log.verified, "CHECKPOINT_NOT_SIGNED")
    if c.finding:
        return Mismatch(c.bad_seq, c.finding, c.event_id, c.type)
    if c.size < log.verified:
        return Mismatch(c.size, "CHECKPOINT_OLD")
    if c.size == log.verified and c.root != log.root:
        return Mismatch(c.size, "CHECKPOINT_FORKED")
    if c.published_root != c.root:
        return Mismatch(log.verified, "ROOT_DIFFERS")
    return None


def _found(log: str, m: Mismatch) -> ev.MismatchFound:
    return ev.MismatchFound(log=log, seq=m.seq, finding=m.finding, event_id=m.event_id, type=m.type)


def _verified(log: Log, e: ev.CheckpointVerified, _: Stamp) -> Log:
    left = log.mismatches if e.from_seq else ()
    return replace(log, verified=e.size, root=e.root, mismatches=left)


def _mismatched(log: Log, e: ev.MismatchFound, _: Stamp) -> Log:
    found = Mismatch(e.seq, e.finding, e.event_id, e.type)
    return replace(log, mismatches=tuple(sorted({*log.mismatches, found}, key=lambda m: (m.seq, m.finding))))


DECISIONS: Decisions[Log] = {cmd.Examination: _examined}

LOG = Decider(
    initial=Log(),
    evolve=evolving({ev.CheckpointVerified: _verified, ev.MismatchFound: _mismatched}),
    decide=by_type(DECISIONS),
    opens=frozenset({cmd.Examination}),
)
