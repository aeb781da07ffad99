"""A message has taken effect when everything that it orders is done (生效). 社区矫正法实施办法 第十六条."""

from __future__ import annotations

from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import prepared_pb2 as cmd
from eventcore.decider import Claim, Context, Decision, Refused

from handoff.domain.state import Decisions, Exchange

RULE = "intake.documents.receipt"
ENDED = (msg.STAGE_EFFECTED, msg.STAGE_WITHOUT_EFFECT)
# the server prepared the last receipt on a state that another effect has overtaken: it prepares once more
OVERTAKEN = "EXCHANGE_OVERTAKEN"
# held by the judgment's stream from the moment its case is there: a ruling finds the case without waiting for anybody
REFERENCE_CLAIM = "reference"


def cases(x: Exchange, number: int, case_id: str) -> tuple[str, ...]:
    """The cases of all effects once this one is added, in the order of the persons; empty while one is missing."""
    effects = {**x.effects, number: case_id}
    if not x.numbers or any(n not in effects for n in x.numbers):
        return ()
    return tuple(effects[n] for n in x.numbers)


def _note(x: Exchange, c: cmd.PreparedEffect, _: Context) -> Decision:
    number = c.noted.defendant_number
    if x.stage in ENDED or number in x.effects:
        return []
    if x.accepted is None:
        raise Refused("MESSAGE_NOT_ACCEPTED", rule=RULE)
    if number not in x.numbers:
        raise Refused("PERSON_NOT_IN_DECISION", rule=RULE, number=str(number))
    all_cases = cases(x, number, c.noted.case_id)
    if tuple(c.effected.case_ids) != all_cases:
        raise Refused(OVERTAKEN, rule=RULE)
    done = [c.effected] if all_cases else []
    if not number:
        # a ruling has one effect: that it is done says all
        return done
    macs = dict(zip(x.accepted.defendant_numbers, x.accepted.reference_macs, strict=True))
    return [c.noted, *done, Claim(REFERENCE_CLAIM, macs[number])]


def case_of(x: Exchange, reference_mac: bytes) -> str:
    """The case of the person whom the reference names; empty while there is none."""
    if x.accepted is None:
        return ""
    macs = zip(x.accepted.defendant_numbers, x.accepted.reference_macs, strict=True)
    return next((x.effects.get(number, "") for number, mac in macs if mac == reference_mac), "")


def _without_effect(x: Exchange, c: cmd.PreparedWithoutEffect, _: Context) -> Decision:
    if x.stage in ENDED:
        return []
    if x.accepted is None:
        raise Refused("MESSAGE_NOT_ACCEPTED", rule=RULE)
    return [c.without_effect]


DECISIONS: Decisions = {cmd.PreparedEffect: _note, cmd.PreparedWithoutEffect: _without_effect}
