"""Referrals to departments and their outcome (转介帮扶). 社区矫正法 第三十七条至第四十三条.

Assistance is a right, never a duty: without the person's consent nothing is passed on, and an outcome is never held
against anybody.
"""

from __future__ import annotations

from corrections.assistance.v1 import events_pb2 as ev
from corrections.assistance.v1 import service_pb2 as cmd
from eventcore.decider import Context, Decision, Decisions, Refused, free_text

from assistance.domain.state import Assistance, Referral

RULE = "assistance.apply"


def _make(case: Assistance, c: cmd.MakeReferralRequest, _: Context) -> Decision:
    known = case.referrals.get(c.referral_id)
    if known is not None:
        if (known.need, known.department) == (c.need, c.department):
            return []
        raise Refused("REFERRAL_ID_TAKEN", rule=RULE, referral_id=c.referral_id)
    if case.closed:
        raise Refused("ASSISTANCE_HAS_ENDED", rule="release.conditions", ended=case.closed.isoformat())
    if not c.consented:
        raise Refused("REFERRAL_WITHOUT_CONSENT", rule=RULE, referral_id=c.referral_id)
    return [ev.ReferralMade(referral_id=c.referral_id, need=c.need, department=c.department)]


def _accept(case: Assistance, c: cmd.AcceptReferralRequest, _: Context) -> Decision:
    referral = _referral(case, c.referral_id)
    if referral.accepted:
        return []
    _open_still(referral, c.referral_id)
    return [ev.ReferralAccepted(referral_id=c.referral_id)]


def _decline(case: Assistance, c: cmd.DeclineReferralRequest, _: Context) -> Decision:
    referral = _referral(case, c.referral_id)
    if referral.declined:
        return []
    if referral.accepted:
        raise Refused("REFERRAL_ACCEPTED", rule=RULE, referral_id=c.referral_id)
    return [ev.ReferralDeclined(referral_id=c.referral_id, reason=free_text(c.reason))]


def _conclude(case: Assistance, c: cmd.ConcludeReferralRequest, _: Context) -> Decision:
    referral = _referral(case, c.referral_id)
    if referral.concluded:
        return []
    if not referral.accepted:
        raise Refused("REFERRAL_NOT_ACCEPTED", rule=RULE, referral_id=c.referral_id)
    return [ev.ReferralConcluded(referral_id=c.referral_id, outcome=free_text(c.outcome), helped=c.helped)]


def _referral(case: Assistance, referral_id: str) -> Referral:
    try:
        return case.referrals[referral_id]
    except KeyError:
        raise Refused("REFERRAL_UNKNOWN", rule=RULE, referral_id=referral_id) from None


def _open_still(referral: Referral, referral_id: str) -> None:
    if referral.declined:
        raise Refused("REFERRAL_DECLINED", rule=RULE, referral_id=referral_id)


DECISIONS: Decisions[Assistance] = {
    cmd.MakeReferralRequest: _make,
    cmd.AcceptReferralRequest: _accept,
    cmd.DeclineReferralRequest: _decline,
    cmd.ConcludeReferralRequest: _conclude,
}
