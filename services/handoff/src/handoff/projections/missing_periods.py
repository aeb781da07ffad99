"""When each person was out of contact: what the police query asks. 社区矫正法 第三十条."""

from __future__ import annotations

from datetime import UTC

from corrections.supervision.v1 import events_pb2 as supervision
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.tx import Tx

_LOST = "insert into missing_period (case_id, since) values (%s, %s) on conflict do nothing"
_FOUND = """
update missing_period set found_at = %s
where case_id = %s and found_at is null and since = (select max(since) from missing_period where case_id = %s)
"""


def _lost(tx: Tx, event: Event) -> None:
    lost = event.data_as(supervision.ContactLost)
    since = lost.since.ToDatetime(tzinfo=UTC) if lost.HasField("since") else event.occurred_at
    tx.execute(_LOST, (event.subject, since))


def _found(tx: Tx, event: Event) -> None:
    found = event.data_as(supervision.SubjectFound)
    at = found.found_at.ToDatetime(tzinfo=UTC) if found.HasField("found_at") else event.occurred_at
    tx.execute(_FOUND, (at, event.subject, event.subject))


MISSING_PERIODS = Subscription(
    "missing-periods",
    services=("supervision",),
    handle={supervision.ContactLost: _lost, supervision.SubjectFound: _found},
    tables=("missing_period",),
)
