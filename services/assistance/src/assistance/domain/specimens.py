"""The smallest plausible request of each command, so that what is allowed can be told before it is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corrections.assistance.v1 import service_pb2 as cmd
from eventcore.allowed import Specimen, Specimens
from eventcore.decider import Context
from google.protobuf.message import Message

from assistance.domain.state import Assistance

_NEW = "specimen"


def _each(request: Callable[[str], Message]) -> Specimen[Assistance]:
    """One for each referral; where there is none, for one that nobody knows."""

    def requests(case: Assistance, _: Context) -> Sequence[Message]:
        return [request(referral_id) for referral_id in case.referrals or (_NEW,)]

    return Specimen(requests)


SPECIMENS: Specimens[Assistance] = {
    cmd.OpenAssistanceRequest: Specimen(
        lambda case, _: [cmd.OpenAssistanceRequest(county=case.county, office=case.office)]
    ),
    cmd.MakeReferralRequest: Specimen(
        lambda _, __: [cmd.MakeReferralRequest(referral_id=_NEW, consented=True)], depends_on_content=True
    ),
    cmd.AcceptReferralRequest: _each(lambda one: cmd.AcceptReferralRequest(referral_id=one)),
    cmd.DeclineReferralRequest: _each(lambda one: cmd.DeclineReferralRequest(referral_id=one)),
    cmd.ConcludeReferralRequest: _each(lambda one: cmd.ConcludeReferralRequest(referral_id=one)),
    cmd.CloseAssistanceRequest: Specimen(
        lambda _, ctx: [cmd.CloseAssistanceRequest(on=ctx.today.isoformat())], depends_on_content=True
    ),
}
