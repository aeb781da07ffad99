"""Leave from the place of residence (外出). 社区矫正法 第二十七条; 社区矫正法实施办法 第二十六条至第二十八条.

Who approves follows from the days and from the sum of two months. Applying three days ahead is what is normally asked
of the person (一般应当): a later application is never refused for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from contracts.words import name_of, words_of
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.acts import day_of_act, day_or_none
from eventcore.decider import (
    Context,
    Decision,
    Decisions,
    Evolutions,
    NotYetDue,
    Refused,
    Stamp,
    day,
    free_text,
)
from lawkit import Law
from lawkit.counting import end_of_day
from lawkit.ladders import Approval, leave_approver, leave_days, leave_days_in_window, leave_of_the_day

from supervision.domain.measures import proposed
from supervision.domain.places import is_leaving, must_be_inland
from supervision.domain.state import Leave, Supervision, must_run, not_before_decision, with_one

RULE = "leave.approval-required"
_TIERS = "leave.office-approval.max-days"
_OLD_LIMIT = "history.2012.leave-one-month"


def _request(case: Supervision, c: cmd.RequestLeaveRequest, ctx: Context) -> Decision:
    first, last = day("from_date", c.from_date), day("to_date", c.to_date)
    asked = Leave(c.destination, c.reason, first, last)
    known = case.leaves.get(c.leave_id)
    if known is not None:
        if (known.destination, known.reason, known.first, known.last) == (
            c.destination,
            c.reason,
            first,
            last,
        ):
            return []
        raise Refused("LEAVE_ID_TAKEN", rule=RULE, leave_id=c.leave_id)
    on = day_of_act(c, ctx)
    must_run(case, on)
    not_before_decision(case, first, "from_date")
    if last < first:
        raise Refused("LEAVE_ENDS_BEFORE_IT_STARTS", rule=RULE, from_date=c.from_date, to_date=c.to_date)
    must_be_inland("destination", c.destination, ctx.law, on)
    near = "leave.same-city-districts"
    if ctx.law.in_force(near, on) and not is_leaving(case.county, c.destination):
        raise Refused("LEAVE_NOT_NEEDED", rule="leave.same-city-districts", destination=c.destination)
    approval = _approval(case, c.leave_id, asked, ctx.law, on)
    return [
        ev.LeaveRequested(
            leave_id=c.leave_id,
            destination=c.destination,
            reason=c.reason,
            from_date=c.from_date,
            to_date=c.to_date,
            approver=_level(approval.approver) if approval else ev.APPROVER_UNSPECIFIED,
        )
    ]


def _approve(case: Supervision, c: cmd.ApproveLeaveRequest, ctx: Context) -> Decision:
    leave = _known(case, c.leave_id)
    if leave.approved:
        return []
    on = day_of_act(c, ctx)
    must_run(case, on)
    if on > leave.last:
        raise Refused("LEAVE_IS_OVER", rule=RULE, to_date=leave.last.isoformat())
    own = ctx.caller.role
    approval = _approval(case, c.leave_id, leave, ctx.law, on)
    if approval is not None and _rank(own) < _rank(approval.approver):
        raise Refused("LEAVE_NEEDS_HIGHER_APPROVER", rule=approval.rule_id, approver=approval.approver)
    return [
        ev.LeaveApproved(
            leave_id=c.leave_id,
            from_date=leave.first.isoformat(),
            to_date=leave.last.isoformat(),
            approver=_level(own),
        )
    ]


def _rank(role: str) -> int:
    """How high the role stands among those who approve leave; 0 for others."""
    known = words_of(ev.Approver)
    return known.index(role) + 1 if role in known else 0


def _level(role: str) -> str:
    """The role among those who approve leave, as events name it."""
    return name_of(ev.Approver, role) if _rank(role) else "APPROVER_UNSPECIFIED"


def _approval(case: Supervision, leave_id: str, leave: Leave, law: Law, on: date) -> Approval | None:
    """Who approves by table 7.1; None while no tier was in force. Later leaves already approved count as well.

    Refused LEAVE_OVER_ONE_MONTH: the Measures of 2012 gave no longer leave.
    """
    if law.in_force(_OLD_LIMIT, on):
        judged = leave_of_the_day(law, leave.first, leave.last, office_entrusted=bool(case.office), on=on)
        if judged.approval is None:
            raise Refused("LEAVE_OVER_ONE_MONTH", judged.rule_id, to_date=leave.last.isoformat())
    if not law.in_force(_TIERS, on):
        return None
    others = [
        (v.first, min(v.last, v.returned or v.last))
        for i, v in case.leaves.items()
        if i != leave_id and v.approved and (v.returned is None or v.returned >= v.first)
    ]
    mine = (leave.first, leave.last)
    total = leave_days_in_window(law, *mine, others, on)
    for later in [other for other in others if other[1] > leave.last]:
        rest = [mine, *(other for other in others if other != later)]
        total = max(total, leave_days_in_window(law, *later, rest, on))
    days = leave_days(law, *mine)
    return leave_approver(law, days, total, office_entrusted=bool(case.office), on=on)


def _deny(case: Supervision, c: cmd.DenyLeaveRequest, ctx: Context) -> Decision:
    leave = _known(case, c.leave_id)
    if leave.approved:
        raise Refused("LEAVE_ALREADY_APPROVED", rule="leave.must-approve-justified", leave_id=c.leave_id)
    if leave.denied:
        return []
    must_run(case, day_of_act(c, ctx))
    return [ev.LeaveDenied(leave_id=c.leave_id, reason=free_text(c.reason))]


def _return(case: Supervision, c: cmd.ReturnFromLeaveRequest, ctx: Context) -> Decision:
    leave = _known(case, c.leave_id)
    if leave.returned:
        return []
    on = day_of_act(c, ctx)
    must_run(case, on)
    if not leave.approved:
        raise Refused("LEAVE_NOT_APPROVED", rule="leave.return", leave_id=c.leave_id)
    over = max(0, (on - leave.last).days)
    returned = ev.LeaveReturned(leave_id=c.leave_id, days_over=over)
    fact = "外出逾期未归"  # not the law's: words of the evidence, for people
    return [returned, *proposed(ctx.law, case.kind_id, leave.last, on, fact)]


def _lapse(case: Supervision, c: cmd.LapseLeaveRequest, ctx: Context) -> Decision:
    leave = _known(case, c.leave_id)
    if not leave.approved or leave.returned or leave.overdue or case.closed:
        return []
    if ctx.now < end_of_day(leave.last):
        raise NotYetDue(rule="leave.breach.order-return", to_date=leave.last.isoformat())
    return [ev.LeaveOverdue(leave_id=c.leave_id, to_date=leave.last.isoformat())]


def _known(case: Supervision, leave_id: str) -> Leave:
    try:
        return case.leaves[leave_id]
    except KeyError:
        raise Refused("LEAVE_UNKNOWN", rule=RULE, leave_id=leave_id) from None


def _requested(case: Supervision, e: ev.LeaveRequested, _: Stamp) -> Supervision:
    first, last = day_or_none(e.from_date), day_or_none(e.to_date)
    if first is None or last is None:
        return case
    return replace(
        case, leaves=with_one(case.leaves, e.leave_id, Leave(e.destination, e.reason, first, last))
    )


def _approved(case: Supervision, e: ev.LeaveApproved, stamp: Stamp) -> Supervision:
    return _with(case, e.leave_id, approved=stamp.day)


def _denied(case: Supervision, e: ev.LeaveDenied, stamp: Stamp) -> Supervision:
    return _with(case, e.leave_id, denied=stamp.day)


def _returned(case: Supervision, e: ev.LeaveReturned, stamp: Stamp) -> Supervision:
    return _with(case, e.leave_id, returned=stamp.day)


def _overdue(case: Supervision, e: ev.LeaveOverdue, stamp: Stamp) -> Supervision:
    return _with(case, e.leave_id, overdue=stamp.day)


def _with(case: Supervision, leave_id: str, **days: date) -> Supervision:
    leave = case.leaves.get(leave_id)
    if leave is None:
        return case
    return replace(case, leaves=with_one(case.leaves, leave_id, replace(leave, **days)))


DECISIONS: Decisions[Supervision] = {
    cmd.RequestLeaveRequest: _request,
    cmd.ApproveLeaveRequest: _approve,
    cmd.DenyLeaveRequest: _deny,
    cmd.ReturnFromLeaveRequest: _return,
    cmd.LapseLeaveRequest: _lapse,
}
EVOLUTIONS: Evolutions[Supervision] = {
    ev.LeaveRequested: _requested,
    ev.LeaveApproved: _approved,
    ev.LeaveDenied: _denied,
    ev.LeaveReturned: _returned,
    ev.LeaveOverdue: _overdue,
}
