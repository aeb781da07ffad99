"""A rule set is used once its author and another person as checker have signed it. 社区矫正法实施办法 第四条.

The service checks text and signatures with the keys that the installation pinned; the decider refuses what lacks either.
The law of past days is never rewritten: a release and a withdrawal begin today or later. What a wrong rule set decided
stays decided; a rule set that corrects it names it and says what was wrong, and cases are put right one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1.prepared_pb2 import PreparedRelease, PreparedWithdrawal
from eventcore.decider import (
    Claim,
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
    withdrawn: ev.RuleSetWithdrawn | None = None

    @property
    def withdrawn_from(self) -> str:
        """First day on which it is not to be used; empty while it is."""
        return self.withdrawn.withdrawn_from if self.withdrawn else ""


def _release(state: RuleSet, c: PreparedRelease, ctx: Context) -> Decision:
    request = c.request
    if c.missing:
        raise Refused("RULE_SET_NOT_SIGNED", rule=RULE, missing=c.missing)
    event = ev.RuleSetReleased(
        rule_set_id=request.rule_set_id,
        digest=request.digest,
        effective_on=request.effective_on,
        author=c.author,
        checker=c.checker,
        corrects=request.corrects,
        correction_reason=request.correction_reason,
    )
    if state.released == event:
        return []
    if state.released is not None:
        raise Refused("RULE_SET_ID_TAKEN", rule=RULE, rule_set_id=request.rule_set_id)
    _not_past("effective_on", request.effective_on, ctx)
    _correction(c)
    if c.fault:
        raise Refused("RULE_SET_TEXT_UNUSABLE", rule=RULE, digest=request.digest, fault=c.fault)
    # the signatures are over the text: once withdrawn it must not come back by the same ones
    return [event, Claim(CATEGORY, bytes.fromhex(request.digest))]


def _correction(c: PreparedRelease) -> None:
    request = c.request
    if bool(request.corrects) != bool(request.correction_reason):
        raise Invalid("correction_reason", "want what was wrong together with the rule set that is corrected")
    if request.corrects == request.rule_set_id:
        raise Invalid("corrects", "got the rule set itself, want another one")
    if request.corrects and not c.corrected_known:
        raise Refused("RULE_SET_UNKNOWN", rule=RULE, rule_set_id=request.corrects)


def _withdraw(state: RuleSet, c: PreparedWithdrawal, ctx: Context) -> Decision:
    asked = c.request.withdrawn_from
    if state.withdrawn_from == asked:
        return []
    if state.withdrawn_from:
        raise Refused("RULE_SET_WITHDRAWN", rule=RULE, withdrawn_from=state.withdrawn_from)
    withdrawn = _not_past("withdrawn_from", asked, ctx)
    if state.released and withdrawn < day("effective_on", state.released.effective_on):
        raise Invalid("withdrawn_from", f"got {withdrawn}, want no day before {state.released.effective_on}")
    if c.missing:
        raise Refused("RULE_SET_WITHDRAWAL_NOT_SIGNED", rule=RULE, missing=c.missing)
    return [ev.RuleSetWithdrawn(withdrawn_from=asked, author=c.author, checker=c.checker)]


def _not_past(field: str, text: str, ctx: Context) -> date:
    found = day(field, text)
    if found < ctx.today:
        raise Refused("RULE_SET_DAY_PAST", rule=RULE, day=text, today=ctx.today.isoformat())
    return found


def _released(state: RuleSet, e: ev.RuleSetReleased, _: Stamp) -> RuleSet:
    return replace(state, released=e)


def _withdrawn(state: RuleSet, e: ev.RuleSetWithdrawn, _: Stamp) -> RuleSet:
    return replace(state, withdrawn=e)


DECISIONS: Decisions[RuleSet] = {PreparedRelease: _release, PreparedWithdrawal: _withdraw}

RULE_SET = Decider(
    initial=RuleSet(),
    evolve=evolving({ev.RuleSetReleased: _released, ev.RuleSetWithdrawn: _withdrawn}),
    decide=by_type(DECISIONS),
    opens=frozenset({PreparedRelease}),
)
