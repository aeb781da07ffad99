"""A message has taken effect when everything that it orders is done (生效). 社区矫正法实施办法 第十六条."""

from __future__ import annotations

from dataclasses import dataclass

from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import prepared_pb2 as cmd
from eventcore.decider import Claim, Context, Decision, Refused, Release

from handoff.domain.receiving import JUDGMENT_CLAIM
from handoff.domain.state import Decisions, Exchange

RULE = "intake.documents.receipt"
ENDED = (msg.STAGE_EFFECTED, msg.STAGE_WITHOUT_EFFECT)  # not the law's: stages of an exchange
# the last receipt was prepared on another state than the one decided on; the server prepares on that one
OVERTAKEN = "EXCHANGE_OVERTAKEN"
# held by the judgment's stream from the moment its case is there: a ruling finds the case without waiting for anybody
REFERENCE_CLAIM = "reference"


@dataclass(frozen=True, slots=True)
class End:
    """What came of a message once nothing is missing: cases, and persons without one, in the order of the persons."""

    cases: tuple[str, ...]
    failed: tuple[msg.PersonRefusal, ...] = ()


def end(
    x: Exchange, number: int, case_id: str = "", *, failed: msg.PersonRefusal | None = None
) -> End | None:
    """How the message ends with this person's case, or with why there is none; None while another is missing."""
    effects = {**x.effects, number: case_id} if failed is None else x.effects
    failures = x.failures if failed is None else {**x.failures, number: failed}
    if not x.numbers or any(n not in effects and n not in failures for n in x.numbers):
        return None
    return End(
        tuple(effects[n] for n in x.numbers if n in effects),
        tuple(failures[n] for n in x.numbers if n in failures),
    )


def _note(x: Exchange, c: cmd.PreparedEffect, _: Context) -> Decision:
    number = c.noted.defendant_number
    if x.stage in ENDED or number in x.effects or number in x.failures:
        return []
    _must_concern(x, number)
    if x.accepted is not None and not number and c.noted.case_id != x.accepted.case_id:
        raise Refused("CASE_NOT_OF_RULING", rule=RULE, case_id=c.noted.case_id)
    ended = end(x, number, c.noted.case_id)
    if ended is not None and ended.failed:
        done = _ended_without(ended, c)
    else:
        all_cases = ended.cases if ended is not None else ()
        if tuple(c.effected.case_ids) != all_cases or c.HasField("without_effect"):
            raise Refused(OVERTAKEN, rule=RULE)
        done = [c.effected] if all_cases else []
    if not number:
        # a ruling has one effect: that it is done says all
        return done
    accepted = x.accepted or ev.MessageAccepted()
    macs = dict(zip(accepted.defendant_numbers, accepted.reference_macs, strict=True))
    return [c.noted, *done, Claim(REFERENCE_CLAIM, macs[number])]


def _must_concern(x: Exchange, number: int) -> None:
    if x.accepted is None:
        raise Refused("MESSAGE_NOT_ACCEPTED", rule=RULE)
    if number not in x.numbers:
        raise Refused("PERSON_NOT_IN_DECISION", rule=RULE, number=str(number))


def _ended_without(ended: End | None, c: cmd.PreparedEffect | cmd.PreparedWithoutEffect) -> Decision:
    """The end of a decision some of whose persons have no case; the decision may come anew for them."""
    if c.HasField("without_effect") != (ended is not None):
        raise Refused(OVERTAKEN, rule=RULE)
    if ended is None:
        return []
    if tuple(c.without_effect.case_ids) != ended.cases:
        raise Refused(OVERTAKEN, rule=RULE)
    return [c.without_effect, Release(JUDGMENT_CLAIM, c.judgment_mac)]


def case_of(x: Exchange, reference_mac: bytes) -> str:
    """The case of the person whom the reference names; empty while there is none."""
    if x.accepted is None:
        return ""
    macs = zip(x.accepted.defendant_numbers, x.accepted.reference_macs, strict=True)
    return next((x.effects.get(number, "") for number, mac in macs if mac == reference_mac), "")


def _without_effect(x: Exchange, c: cmd.PreparedWithoutEffect, _: Context) -> Decision:
    if x.stage in ENDED:
        return []
    if not c.HasField("person"):
        _must_concern(x, next(iter(x.numbers), 0))
        return [c.without_effect]
    number = c.person.person.defendant_number
    if number in x.effects or number in x.failures:
        return []
    _must_concern(x, number)
    ended = end(x, number, failed=c.person.person)
    return [c.person, *_ended_without(ended, c)]


DECISIONS: Decisions = {cmd.PreparedEffect: _note, cmd.PreparedWithoutEffect: _without_effect}
