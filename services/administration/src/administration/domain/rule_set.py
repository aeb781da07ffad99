"""A rule set is used once its author and another person as checker have signed it. 社区矫正法实施办法 第四条.

The service checks the signatures with the keys that the installation pinned; the decider refuses what they do not carry.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1 import service_pb2 as cmd
from corrections.administration.v1.prepared_pb2 import PreparedRelease
from eventcore.decider import (
    Context,
    Decider,
    Decision,
    Decisions,
    Invalid,
    Refused,
    Stamp,
    by_type,
    day,
    evolving,
)

CATEGORY = "ruleset"
RULE = "general.duties.justice-department"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The release, and from which day it is not to be used any more."""

    released: ev.RuleSetReleased | None = None
    withdrawn_from: str = ""


def _release(state: RuleSet, c: PreparedRelease, _: Context) -> Decision:
    request = c.request
    day("effective_on", request.effective_on)
    if c.missing:
        raise Refused("RULE_SET_NOT_SIGNED", rule=RULE, missing=c.missing)
    event = ev.RuleSetReleased(
        rule_set_id=request.rule_set_id,
        digest=request.digest,
        effective_on=request.effective_on,
        author=c.author,
        checker=c.checker,
    )
    if state.released is None:
        return [event]
    if state.released == event:
        return []
    raise Refused("RULE_SET_ID_TAKEN", rule=RULE, rule_set_id=request.rule_set_id)


def _withdraw(state: RuleSet, c: cmd.WithdrawRuleSetRequest, _: Context) -> Decision:
    withdrawn = day("withdrawn_from", c.withdrawn_from)
    if state.withdrawn_from == c.withdrawn_from:
        return []
    if state.withdrawn_from:
        raise Refused("RULE_SET_WITHDRAWN", rule=RULE, withdrawn_from=state.withdrawn_from)
    if state.released and withdrawn < day("effective_on", state.released.effective_on):
        raise Invalid("withdrawn_from", f"got {withdrawn}, want no day before {state.released.effective_on}")
    return [ev.RuleSetWithdrawn(withdrawn_from=c.withdrawn_from)]


def _released(state: RuleSet, e: ev.RuleSetReleased, _: Stamp) -> RuleSet:
    return replace(state, released=e)


def _withdrawn(state: RuleSet, e: ev.RuleSetWithdrawn, _: Stamp) -> RuleSet:
    return replace(state, withdrawn_from=e.withdrawn_from)


DECISIONS: Decisions[RuleSet] = {PreparedRelease: _release, cmd.WithdrawRuleSetRequest: _withdraw}

RULE_SET = Decider(
    initial=RuleSet(),
    evolve=evolving({ev.RuleSetReleased: _released, ev.RuleSetWithdrawn: _withdrawn}),
    decide=by_type(DECISIONS),
    opens=frozenset({PreparedRelease}),
)
