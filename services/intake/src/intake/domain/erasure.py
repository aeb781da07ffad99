"""What is kept about a person is destroyed when its purpose is fulfilled and its keeping period over (销毁).

个人信息保护法 第十九条、第四十七条; 档案法 第十四条、第四十八条: nobody destroys alone. One officer proposes and names the last day
of the keeping period, which the county's archive schedule fixes (set.retention.periods); another person approves. Then the
keys go, and after them the record that they are gone: it is never said before it is so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from corrections.intake.v1.prepared_pb2 import PreparedErasure, PreparedErasureProposal
from eventcore.acts import day_or_none
from eventcore.decider import (
    Context,
    Decision,
    Decisions,
    Evolutions,
    Invalid,
    Refused,
    Release,
    Stamp,
    StreamKey,
    day,
)
from google.protobuf.message import Message

from intake.domain.ids import case_stream
from intake.domain.opening import IDENTITY
from intake.domain.state import Kept, Person, Proposed

FULFILLED = "privacy.delete"
AUTHORISED = "privacy.archive"


def must_be_over(person: Person, kept_until: date, today: date) -> None:
    """No case of the person runs and the keeping period is over. Refused CASE_RUNNING, KEEPING_PERIOD_RUNS."""
    ends = [case.ended for case in person.cases.values()]
    if any(end is None or end >= today for end in ends):
        raise Refused("CASE_RUNNING", rule=FULFILLED)
    if kept_until >= today:
        raise Refused("KEEPING_PERIOD_RUNS", rule=FULFILLED, kept_until=kept_until.isoformat())


def _propose(person: Person, c: PreparedErasureProposal, ctx: Context) -> Decision:
    if person.erased_at is not None:
        return []
    kept_until = day("kept_until", c.kept_until)
    must_be_over(person, kept_until, ctx.today)
    last = max((case.ended for case in person.cases.values() if case.ended), default=None)
    if last is not None and kept_until < last:
        raise Invalid("kept_until", f"got {kept_until}, want no day before the end of the last case, {last}")
    return [ev.ErasureProposed(kept_until_date=c.kept_until, reason=c.reason, case_ids=sorted(person.cases))]


def _approve(person: Person, _: cmd.ApproveErasureRequest, ctx: Context) -> Decision:
    if person.erased_at is not None:
        return []
    proposed = person.proposed
    if proposed is None:
        raise Refused("ERASURE_NOT_PROPOSED", rule=AUTHORISED)
    if proposed.by == ctx.caller.actor:
        raise Refused("ERASURE_NEEDS_SECOND_PERSON", rule=AUTHORISED)
    must_be_over(person, proposed.kept_until, ctx.today)
    return [
        ev.ErasureApproved(kept_until_date=proposed.kept_until.isoformat(), case_ids=sorted(person.cases))
    ]


def must_be_approved(person: Person, today: date) -> None:
    """The keys may be destroyed now. Refused ERASURE_NOT_APPROVED, and as `must_be_over`."""
    if person.proposed is None or not person.approved_by:
        raise Refused("ERASURE_NOT_APPROVED", rule=AUTHORISED)
    must_be_over(person, person.proposed.kept_until, today)


def _carried_out(person: Person, c: PreparedErasure, ctx: Context) -> Decision:
    if person.erased_at is not None:
        return []
    must_be_approved(person, ctx.today)
    erased = ev.PersonErased(case_ids=sorted(person.cases), key_ids=c.key_ids)
    return [erased, *(Release(IDENTITY, one.mac, case_stream(one.case_id)) for one in c.claims)]


def _proposed(person: Person, e: ev.ErasureProposed, stamp: Stamp) -> Person:
    until = day_or_none(e.kept_until_date)
    return (
        replace(person, proposed=Proposed(until, e.reason, stamp.actor), approved_by="") if until else person
    )


def _approved(person: Person, _: ev.ErasureApproved, stamp: Stamp) -> Person:
    return replace(person, approved_by=stamp.actor)


def _erased(person: Person, _: ev.PersonErased, stamp: Stamp) -> Person:
    return replace(person, identity=MappingProxyType({}), erased_at=stamp.recorded_at)


def observe(person: Person, key: StreamKey, event: Message, _: Stamp) -> Person:
    """The person as an event of one of the cases shows: whether it runs, and the key of its texts."""
    before = person.cases.get(key.key, Kept())
    if isinstance(event, ev.CaseOpened):
        after = before._replace(key_id=event.seal_to.key_id)
    elif isinstance(event, ev.Released):
        after = before._replace(ended=day_or_none(event.end_date))
    elif isinstance(event, ev.Terminated):
        after = before._replace(ended=day_or_none(event.on))
    else:
        return person
    return replace(person, cases=MappingProxyType({**person.cases, key.key: after}))


DECISIONS: Decisions[Person] = {
    PreparedErasureProposal: _propose,
    cmd.ApproveErasureRequest: _approve,
    PreparedErasure: _carried_out,
}
EVOLUTIONS: Evolutions[Person] = {
    ev.ErasureProposed: _proposed,
    ev.ErasureApproved: _approved,
    ev.PersonErased: _erased,
}
