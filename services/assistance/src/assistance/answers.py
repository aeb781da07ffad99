"""States and rows as the contract's messages."""

from __future__ import annotations

from collections.abc import Iterable

from corrections.assistance.v1 import events_pb2 as ev
from corrections.assistance.v1 import service_pb2 as pb
from corrections.common.v1.common_pb2 import Moment
from eventcore.reads import Read
from eventcore.texts import texts_of

from assistance.domain.state import Assistance
from assistance.queries import Row


def assistance(read: Read[Assistance]) -> pb.GetAssistanceResponse:
    """A case's referrals on the day that was read, in order of their making."""
    day = read.on
    return pb.GetAssistanceResponse(
        referrals=[
            pb.Referral(
                referral_id=id_,
                need=r.need,
                department=r.department,
                state=r.state_on(day),
                helped=r.helped and r.state_on(day) == "CONCLUDED",
            )
            for id_, r in read.state.referrals.items()
        ],
        texts=texts_of(read.events),
    )


def open_referrals(rows: Iterable[Row], next_page_token: str, at: Moment) -> pb.ListOpenReferralsResponse:
    """A page of the list of what has no outcome."""
    return pb.ListOpenReferralsResponse(
        next_page_token=next_page_token,
        at=at,
        referrals=[
            pb.OpenReferral(
                case_id=str(row.case_id),
                referral_id=row.referral_id,
                need=ev.Need.Name(row.need),
                department=row.department,
                made_on=row.made_on.isoformat(),
                accepted=row.accepted,
            )
            for row in rows
        ],
    )
