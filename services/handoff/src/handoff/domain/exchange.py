"""The decider of an exchange: each duty's module adds its decisions."""

from __future__ import annotations

from corrections.handoff.v1 import prepared_pb2 as cmd
from eventcore.decider import Caller, Decider, by_type

from handoff.domain import effect, missing_status, notice, receiving
from handoff.domain.state import Exchange, evolve


def _visible(x: Exchange, caller: Caller) -> bool:
    """True for the platform's services and for the agency on the other side."""
    return caller.role == "SERVICE" or caller.actor.endswith(f"/agency/{x.agency_code}")


EXCHANGE = Decider(
    initial=Exchange(),
    evolve=evolve,
    decide=by_type(receiving.DECISIONS, effect.DECISIONS, notice.DECISIONS, missing_status.DECISIONS),
    opens=frozenset({cmd.PreparedSubmit, cmd.PreparedNotice, cmd.PreparedQuery}),
    visible=_visible,
)
