"""What a case's assistance is, folded from its events: dated facts only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from corrections.assistance.v1 import events_pb2 as ev
from corrections.common.v1.common_pb2 import SealTo
from eventcore.decider import Stamp, evolving


@dataclass(frozen=True, slots=True)
class Referral:
    """One referral: what was asked of whom, and what came of it, each with its day."""

    need: ev.Need
    department: str
    made: date
    accepted: date | None = None
    declined: date | None = None
    concluded: date | None = None
    helped: bool = False

    def state_on(self, day: date) -> str:
        """State as of a day: MADE, ACCEPTED, DECLINED or CONCLUDED."""
        facts = {"ACCEPTED": self.accepted, "DECLINED": self.declined, "CONCLUDED": self.concluded}
        reached = [name for name, on in facts.items() if on is not None and on <= day]
        return reached[-1] if reached else "MADE"


@dataclass(frozen=True, slots=True)
class Assistance:
    """A case in assistance. `closed`: last day of a served term, else the day of the end."""

    county: str = ""
    office: str = ""
    closed: date | None = None
    seal_to: SealTo | None = None
    referrals: Mapping[str, Referral] = field(default_factory=lambda: MappingProxyType({}))


def _opened(state: Assistance, e: ev.AssistanceOpened, _: Stamp) -> Assistance:
    return replace(state, county=e.county, office=e.office, seal_to=e.seal_to)


def _closed(state: Assistance, e: ev.AssistanceClosed, _: Stamp) -> Assistance:
    return replace(state, closed=date.fromisoformat(e.on))


def _made(state: Assistance, e: ev.ReferralMade, stamp: Stamp) -> Assistance:
    return _with(state, e.referral_id, Referral(e.need, e.department, stamp.day))


def _accepted(state: Assistance, e: ev.ReferralAccepted, stamp: Stamp) -> Assistance:
    return _answered(state, e.referral_id, accepted=stamp.day)


def _declined(state: Assistance, e: ev.ReferralDeclined, stamp: Stamp) -> Assistance:
    return _answered(state, e.referral_id, declined=stamp.day)


def _concluded(state: Assistance, e: ev.ReferralConcluded, stamp: Stamp) -> Assistance:
    return _answered(state, e.referral_id, concluded=stamp.day, helped=e.helped)


def _answered(state: Assistance, referral_id: str, **facts: Any) -> Assistance:
    # as of an earlier day the referral may not have been made
    referral = state.referrals.get(referral_id)
    return state if referral is None else _with(state, referral_id, replace(referral, **facts))


def _with(state: Assistance, referral_id: str, referral: Referral) -> Assistance:
    return replace(state, referrals=MappingProxyType({**state.referrals, referral_id: referral}))


evolve = evolving(
    {
        ev.AssistanceOpened: _opened,
        ev.AssistanceClosed: _closed,
        ev.ReferralMade: _made,
        ev.ReferralAccepted: _accepted,
        ev.ReferralDeclined: _declined,
        ev.ReferralConcluded: _concluded,
    }
)
