"""Which referrals have no outcome yet? Table `open_referral`."""

from __future__ import annotations

from corrections.assistance.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_COUNTY = "insert into helped (case_id, county, office) values (%s, %s, %s) on conflict do nothing"
_ADD = """
insert into open_referral (case_id, referral_id, county, office, need, department, made_on, accepted)
select %s, %s, h.county, h.office, %s, %s, %s, false from helped h where h.case_id = %s
on conflict do nothing
"""
_ACCEPT = "update open_referral set accepted = true where case_id = %s and referral_id = %s"
_SETTLE = "delete from open_referral where case_id = %s and referral_id = %s"


def _opened(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.AssistanceOpened)
    tx.execute(_COUNTY, (event.subject, e.county, e.office))


def _made(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.ReferralMade)
    tx.execute(_ADD, (event.subject, e.referral_id, e.need, e.department, event.day, event.subject))


def _accepted(tx: Tx, event: Event) -> None:
    tx.execute(_ACCEPT, (event.subject, event.data_as(ev.ReferralAccepted).referral_id))


def _declined(tx: Tx, event: Event) -> None:
    tx.execute(_SETTLE, (event.subject, event.data_as(ev.ReferralDeclined).referral_id))


def _concluded(tx: Tx, event: Event) -> None:
    tx.execute(_SETTLE, (event.subject, event.data_as(ev.ReferralConcluded).referral_id))


REFERRALS = Projection(
    "referrals",
    handle={
        ev.AssistanceOpened: _opened,
        ev.ReferralMade: _made,
        ev.ReferralAccepted: _accepted,
        ev.ReferralDeclined: _declined,
        ev.ReferralConcluded: _concluded,
    },
    tables=("helped", "open_referral"),
)
