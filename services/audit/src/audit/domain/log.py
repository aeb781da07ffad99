"""A service's log under supervision: what was verified of it and what does not fit. 社区矫正法 第六十二条.

The procuratorate supervises community corrections; a record that can be altered unseen could not be supervised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import prepared_pb2 as cmd
from corrections.audit.v1 import service_pb2 as pb
from eventcore.decider import Context, Decider, Decision, Decisions, Refused, Stamp, by_type, evolving

from audit.domain.comparing import BYTES_CHANGED, EVENT_MISSING, EVENT_TWICE, LEAF_CHANGED

RULE = "oversight.scope"
OF_AN_EVENT = frozenset({BYTES_CHANGED, LEAF_CHANGED, EVENT_MISSING, EVENT_TWICE})
"""Findings that concern one event; the others concern a log as a whole."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A place that does not fit, and how; the event there as published, empty when none was seen."""

    seq: int
    finding: str
    event_id: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """Size, root and both maps of the last verified checkpoint; mismatches that no later look at the whole log has
    cleared; the streams that are stopped, with the position of the bad event.
    """

    verified: int = 0
    root: bytes = b""
    heads: bytes = b""
    subjects: bytes = b""
    mismatches: tuple[Mismatch, ...] = ()
    stopped: Mapping[str, int] = field(default_factory=dict[str, int])


def news(log: Log, c: cmd.Examination) -> Decision:
    """What a look at the log shows that is not on record yet."""
    found = _mismatch(log, c)
    if found is not None:
        if found in log.mismatches:
            return []
        if not c.stream_id or c.stream_id in log.stopped:
            return [_found(c.log, found)]
        stop = ev.StreamStopped(log=c.log, stream_id=c.stream_id, seq=found.seq, finding=found.finding)
        return [_found(c.log, found), stop]
    if c.end_seq:
        return _fits_again(log, c)
    clears = bool(log.mismatches) and c.from_seq == 0
    if c.size == 0 or (c.size == log.verified and not clears):
        return []
    return [
        ev.CheckpointVerified(
            log=c.log, size=c.size, root=c.root, from_seq=c.from_seq, heads=c.heads, subjects=c.subjects
        )
    ]


def _examined(log: Log, c: cmd.Examination, _: Context) -> Decision:
    return news(log, c)


def _fits_again(log: Log, c: cmd.Examination) -> Decision:
    if not any(_clears(c.from_seq, c.end_seq, m) for m in log.mismatches):
        return []
    return [
        ev.CheckpointVerified(
            log=c.log,
            size=log.verified,
            root=log.root,
            from_seq=c.from_seq,
            heads=log.heads,
            end_seq=c.end_seq,
            subjects=log.subjects,
        )
    ]


def _reopen(log: Log, c: pb.ReopenStreamRequest, _: Context) -> Decision:
    if c.stream_id not in log.stopped:
        raise Refused("STREAM_NOT_STOPPED", rule=RULE, log=c.log, stream=c.stream_id)
    seq = log.stopped[c.stream_id]
    if c.ground == ev.REOPEN_GROUND_RESTORED and any(m.seq == seq for m in log.mismatches):
        raise Refused("MISMATCH_STANDS", rule=RULE, log=c.log, seq=str(seq))
    return [
        ev.StreamReopened(log=c.log, stream_id=c.stream_id, ground=c.ground, decision_id=c.decision_id),
    ]


def _mismatch(log: Log, c: cmd.Examination) -> Mismatch | None:
    if c.size == 0:
        return Mismatch(0, "CHECKPOINT_MISSING") if log.verified else None
    # in a part the event comes first: what is wrong with the checkpoint is found by the parts without one
    if not c.signed and not (c.end_seq and c.finding):
        return Mismatch(log.verified, "CHECKPOINT_NOT_SIGNED")
    if c.finding:
        return Mismatch(c.bad_seq, c.finding, c.event_id, c.type)
    if c.size < log.verified:
        return Mismatch(c.size, "CHECKPOINT_OLD")
    if c.size == log.verified and c.root != log.root:
        return Mismatch(c.size, "CHECKPOINT_FORKED")
    # at the same size the maps are the same; a release before a map verified none
    if c.size == log.verified and log.heads and c.heads != log.heads:
        return Mismatch(log.verified, "HEADS_DIFFER")
    if c.size == log.verified and log.subjects and c.subjects != log.subjects:
        return Mismatch(log.verified, "SUBJECTS_DIFFER")
    if c.end_seq:  # a part says nothing of root and heads of the whole
        return None
    if c.published_root != c.root:
        return Mismatch(log.verified, "ROOT_DIFFERS")
    # a log of a release before a map commits none; one that has committed it always does
    if c.heads != c.published_heads and (c.heads or log.heads):
        return Mismatch(log.verified, "HEADS_DIFFER")
    if c.subjects != c.published_subjects and (c.subjects or log.subjects):
        return Mismatch(log.verified, "SUBJECTS_DIFFER")
    return None


def _found(log: str, m: Mismatch) -> ev.MismatchFound:
    return ev.MismatchFound(log=log, seq=m.seq, finding=m.finding, event_id=m.event_id, type=m.type)


def _clears(from_seq: int, end_seq: int, m: Mismatch) -> bool:
    """Whether a mismatch is gone where everything in [from_seq, end_seq) fits; end_seq = 0 is the end of the log.

    The whole log clears all of them, a part those of the events in it, a look at what is new none.
    """
    if not end_seq:
        return from_seq == 0
    return m.finding in OF_AN_EVENT and from_seq <= m.seq < end_seq


def _verified(log: Log, e: ev.CheckpointVerified, _: Stamp) -> Log:
    left = tuple(m for m in log.mismatches if not _clears(e.from_seq, e.end_seq, m))
    return replace(log, verified=e.size, root=e.root, heads=e.heads, subjects=e.subjects, mismatches=left)


def _mismatched(log: Log, e: ev.MismatchFound, _: Stamp) -> Log:
    found = Mismatch(e.seq, e.finding, e.event_id, e.type)
    return replace(log, mismatches=tuple(sorted({*log.mismatches, found}, key=lambda m: (m.seq, m.finding))))


def _stopped(log: Log, e: ev.StreamStopped, _: Stamp) -> Log:
    return replace(log, stopped={**log.stopped, e.stream_id: e.seq})


def _reopened(log: Log, e: ev.StreamReopened, _: Stamp) -> Log:
    return replace(log, stopped={id_: seq for id_, seq in log.stopped.items() if id_ != e.stream_id})


DECISIONS: Decisions[Log] = {cmd.Examination: _examined, pb.ReopenStreamRequest: _reopen}

LOG = Decider(
    initial=Log(),
    evolve=evolving(
        {
            ev.CheckpointVerified: _verified,
            ev.MismatchFound: _mismatched,
            ev.StreamStopped: _stopped,
            ev.StreamReopened: _reopened,
        }
    ),
    decide=by_type(DECISIONS),
    opens=frozenset({cmd.Examination}),
)
