"""The police ask whether a person is missing (公安机关查询失联状态). 社区矫正法 第三十条; 衔接配合意见 第十一条、第十二条、
第十四条.

Answered from dated facts: the state of a past day is what was true on it, and nothing that came later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import prepared_pb2 as cmd
from eventcore.decider import Context, Decision

from handoff.domain.state import Decisions, Exchange


@dataclass(frozen=True, slots=True)
class Period:
    """Searched for from `since` to `found_at` (UTC); None: not found.

    awaited: never reported in (漏管): searched for at once, but not out of contact in the law's sense.
    """

    since: datetime
    found_at: datetime | None = None
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """The least that the police need: state at an instant, and its days."""

    state: ev.MissingState
    since: datetime | None = None
    found_at: datetime | None = None


def status_at(periods: Iterable[Period], instant: datetime) -> Status:
    """The state at the instant, of periods in any order."""
    begun = sorted((p for p in periods if p.since <= instant), key=lambda p: p.since)
    if not begun:
        return Status(ev.MISSING_STATE_NOT_MISSING)
    last = begun[-1]
    if last.found_at is None or last.found_at > instant:
        state = ev.MISSING_STATE_NOT_REPORTED_IN if last.awaited else ev.MISSING_STATE_MISSING
        return Status(state, last.since)
    return Status(ev.MISSING_STATE_FOUND, last.since, last.found_at)


# of a person with several cases the police hear what asks most of them
_WORST_FIRST = (  # not the law's: every state of ours, the one that asks most first
    ev.MISSING_STATE_MISSING,
    ev.MISSING_STATE_NOT_REPORTED_IN,
    ev.MISSING_STATE_FOUND,
    ev.MISSING_STATE_NOT_MISSING,
)


def worst_first(status: Status) -> int:
    """Order of states: missing comes first."""
    return _WORST_FIRST.index(status.state)


def _query(x: Exchange, c: cmd.PreparedQuery, _: Context) -> Decision:
    if c.WhichOneof("result") == "unanswered":
        return [c.unanswered]
    return [] if x.query is not None else [c.answered]


DECISIONS: Decisions = {cmd.PreparedQuery: _query}
