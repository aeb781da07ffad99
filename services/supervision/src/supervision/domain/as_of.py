"""A case's supervision as it was on a day, asked of its dated facts. 社区矫正法 第二十八条、第三十条."""

from __future__ import annotations

from datetime import date

from corrections.supervision.v1 import service_pb2 as cmd
from lawkit.counting import day_of

from supervision.domain.state import Departure, Leave, Proposal, Search, Supervision


def conduct_on(case: Supervision, case_id: str, day: date) -> cmd.Conduct:
    """What was true at the end of the day."""
    conduct = cmd.Conduct(
        case_id=case_id,
        open=_began(case.opened, day) and not _ended(case, day),
        reports=sum(day_of(at) <= day for at, _ in case.reports),
        on_leave=any(_away(leave, day) for leave in case.leaves.values()),
        admonitions=sum(s.day <= day for s in case.admonitions),
        warnings=sum(s.day <= day for s in case.warnings),
        revocation_pending=_pending(case.revocations, day),
        reduction_pending=_pending(case.reductions, day),
        absconded=_absconded(case, day),
    )
    # nobody is searched for by us any more at the end of the day on which supervision ended
    over = _began(case.closed, day)
    missing = next((s for s in case.searches if _open(s, day) and not over), None)
    if missing is not None:
        conduct.missing_since.FromDatetime(missing.since)
    away = next((s for s in case.departures if _open(s, day) and not over), None)
    if away is not None:
        conduct.absent_since.FromDatetime(away.since)
    return conduct


def _began(since: date | None, day: date) -> bool:
    return since is not None and since <= day


def _ended(case: Supervision, day: date) -> bool:
    # a term that was served holds through its last day; what ends before it ends on the day
    return _began(case.closed, day) and not day == case.closed == case.end


def _away(leave: Leave, day: date) -> bool:
    in_time = leave.first <= day <= leave.last
    return in_time and _began(leave.approved, day) and not _began(leave.returned, day)


def _open(search: Search | Departure, day: date) -> bool:
    return search.began <= day and not _began(search.ended, day)


def _pending(proposals: tuple[Proposal, ...], day: date) -> bool:
    return any(p.day <= day and not _began(p.answered, day) for p in proposals)


def _absconded(case: Supervision, day: date) -> bool:
    return any(
        _began(s.absconded, day) and not _began(s.ended, day) for s in (*case.searches, *case.departures)
    ) or any(
        _began(leave.absconded, day) and not _began(leave.returned, day) for leave in case.leaves.values()
    )
