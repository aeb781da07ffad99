"""Answers out of rows and states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contracts import registry
from corrections.audit.v1 import service_pb2 as pb
from eventcore import meta
from eventcore.errors import Invalid
from lawkit import Law
from lawkit.counting import day_of
from lawkit.errors import LawError
from proofs.tree import Tree
from proofs.verify import Policy

from audit.domain.links import OpenLink
from audit.domain.log import Log, Mismatch
from audit.domain.trail import Gap, Seen, cause, ordered, proof
from audit.queries import Logs, Reread
from audit.witnessed import Standing


def trail(
    events: Sequence[Seen],
    logs: Logs,
    elsewhere: Mapping[UUID, bool],
    law: Law,
    cosigned: Mapping[str, int],
    *,
    before: datetime | None = None,
) -> pb.GetCaseTrailResponse:
    """The steps in order, each with title, articles, state of proof and cause.

    elsewhere: causes that some log holds, and whether the caller may know which they are. before: only what was so earlier.
    """
    bad = {(log, m.seq) for log, m in logs.mismatches}
    ids = {e.event_id for e in events}
    begun = {e.stream_id: e.since for e in events if e.version == 1}
    steps = [
        _step(
            _told(e, elsewhere),
            _since(e, begun),
            proof(e, logs.verified, bad, cosigned),
            cause(e, ids, elsewhere),
            law,
        )
        for e in ordered(events)
        if before is None or _since(e, begun) < before
    ]
    return pb.GetCaseTrailResponse(steps=steps)


def gap(one: Gap) -> pb.TrailGap:
    """Versions that a trail does not show."""
    return pb.TrailGap(
        service=one.service, stream_id=str(one.stream_id), first=one.first, last=one.last, hidden=one.hidden
    )


def links(found: Iterable[OpenLink], now: datetime, logs: Logs) -> list[pb.OpenLink]:
    """Links that are not made, each with its state at an instant."""
    return [
        pb.OpenLink(
            stream_id=str(one.stream_id),
            state=one.state(now, up_to_date=logs.names_read),
            since=meta.timestamp(one.since),
        )
        for one in found
    ]


def logs(names: Sequence[str], found: Logs, cosigned: Mapping[str, int]) -> pb.ListLogsResponse:
    """One state a log."""
    return pb.ListLogsResponse(
        logs=[
            _log(
                name,
                found.read.get(name, 0),
                found.verified.get(name, 0),
                [m for n, m in found.mismatches if n == name],
                [stream for n, stream in found.stopped if n == name],
                cosigned.get(name, 0),
                found.rereads.get(name),
            )
            for name in names
        ]
    )


def witnesses(
    policy: Policy | None, found: Mapping[tuple[str, str, str], Standing]
) -> pb.ListWitnessesResponse:
    """One state a witness and tree of a log, in the order of the policy; NEW for one that was never asked."""
    answer = pb.ListWitnessesResponse()
    if policy is None:
        return answer
    answer.quorum_zh, answer.quorum_en = policy.rule("zh"), policy.rule("en")
    for witness in policy.witnesses:
        mine = {(log, tree): one for (name, log, tree), one in found.items() if name == witness.name}
        for (log, tree), one in sorted((mine or {("", ""): Standing()}).items()):
            state = pb.WitnessState(
                witness=witness.name,
                log=log,
                tree=tree,
                state=one.state,
                size=one.size,
                detail=one.detail,
                failures=one.failures,
            )
            if one.cosigned_at is not None:
                state.cosigned_at.CopyFrom(meta.timestamp(one.cosigned_at))
            answer.witnesses.append(state)
    return answer


def consistency(tree: Tree, size1: int, size2: int) -> pb.GetConsistencyResponse:
    """The proof between two sizes of a tree, size2 = 0 for all of it. Invalid for sizes that it does not have."""
    end = size2 or tree.size
    if end > tree.size:
        raise Invalid("size2", f"got {end}, published are {tree.size}")
    if size1 > end:
        raise Invalid("size1", f"got {size1}, want at most {end}")
    return pb.GetConsistencyResponse(
        size2=end, root1=tree.root(size1), root2=tree.root(end), proof=tree.consistency(size1, end)
    )


def log_state(name: str, read: int, log: Log, cosigned: int, reread: Reread | None) -> pb.LogState:
    """The state of a log as decided, up to where it is witnessed, and when it was read as a whole."""
    return _log(name, read, log.verified, log.mismatches, sorted(log.stopped), cosigned, reread)


def _log(
    name: str,
    read: int,
    verified: int,
    mismatches: Iterable[Mismatch],
    stopped: Iterable[str],
    cosigned: int,
    reread: Reread | None,
) -> pb.LogState:
    found = [pb.Mismatch(seq=m.seq, finding=m.finding, event_id=m.event_id, type=m.type) for m in mismatches]
    state = pb.LogState(
        log=name,
        read=read,
        verified=verified,
        mismatches=len(found),
        found=found,
        stopped=stopped,
        cosigned=cosigned,
    )
    if reread is not None:
        state.reading = reread.next
        if reread.whole_at is not None:
            state.whole_size = reread.whole_size or 0
            state.whole_at.CopyFrom(meta.timestamp(reread.whole_at))
    return state


def _told(e: Seen, elsewhere: Mapping[UUID, bool]) -> Seen:
    """Without its cause where the caller may not know which it is: what one may not see does not exist."""
    if e.causation_id is None or elsewhere.get(e.causation_id, True):
        return e
    return replace(e, causation_id=None)


def _since(e: Seen, begun: Mapping[UUID, datetime]) -> datetime:
    """From when on it counts, by the rule of eventcore.valid_time."""
    beginning = begun.get(e.stream_id, e.since)
    known = registry.event_types().get(e.type)
    if known is not None and meta.contract(known).since_first:
        return beginning
    return max(e.since, beginning)


def _step(e: Seen, since: datetime, proof_: str, cause_: str, law: Law) -> pb.Step:
    return pb.Step(
        service=e.service,
        seq=e.seq,
        event_id=str(e.event_id),
        type=e.type,
        title_zh=registry.title_zh(e.type),
        law=_articles(e, law),
        occurred_at=meta.timestamp(e.occurred_at),
        recorded_at=meta.timestamp(e.recorded_at),
        actor=e.actor,
        role=e.role,
        unit=e.unit,
        causation_id=str(e.causation_id or ""),
        proof=proof_,
        stream_id=str(e.stream_id),
        version=e.version,
        cause=cause_,
        since=meta.timestamp(since),
    )


def _articles(e: Seen, law: Law) -> Sequence[str]:
    """Those of the contract; where facts or the day decided, that of the rule that the event rests on; none
    where no law of the catalogue was in force on the fact's day.
    """
    if e.legal_basis == registry.rule(e.type):
        return registry.law(e.type)
    try:
        return [law.article_zh(e.legal_basis, day_of(e.occurred_at))] if e.legal_basis else []
    except LawError:
        return registry.law(e.type)
