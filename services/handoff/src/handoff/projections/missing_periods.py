"""When each person was searched for: what the police query asks. 社区矫正法 第三十条; 衔接配合意见 第十一条、第十二条、第十四条.

Who never reported in is searched for at once too (漏管), from the end of the last day on, until he comes or is found;
that is another state than being out of contact (失联), and becomes it when an officer records the loss.
"""

from __future__ import annotations

from datetime import UTC, date

from corrections.supervision.v1 import events_pb2 as supervision
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.tx import Tx
from lawkit.counting import end_of_day

_AWAITED = """
insert into missing_period (case_id, since, awaited)
select %s, %s, true where not exists (select 1 from missing_period where case_id = %s and found_at is null)
on conflict do nothing
"""
_CAME = """
update missing_period set found_at = greatest(since, %s) where case_id = %s and awaited and found_at is null
"""
# the search goes on as one for a person out of contact
_OVERTAKEN = "delete from missing_period where case_id = %s and awaited and found_at is null and since >= %s"
_LOST = "insert into missing_period (case_id, since) values (%s, %s) on conflict do nothing"
_FOUND = """
update missing_period set found_at = %s
where case_id = %s and found_at is null and since = (select max(since) from missing_period where case_id = %s)
"""


def _awaited(tx: Tx, event: Event) -> None:
    due = event.data_as(supervision.MissedReceptionNoted).due_date
    tx.execute(_AWAITED, (event.subject, end_of_day(date.fromisoformat(due)), event.subject))


def _came(tx: Tx, event: Event) -> None:
    tx.execute(_CAME, (event.occurred_at, event.subject))


def _lost(tx: Tx, event: Event) -> None:
    lost = event.data_as(supervision.ContactLost)
    since = lost.since.ToDatetime(tzinfo=UTC) if lost.HasField("since") else event.occurred_at
    tx.execute(_OVERTAKEN, (event.subject, since))
    tx.execute(_CAME, (since, event.subject))
    tx.execute(_LOST, (event.subject, since))


def _found(tx: Tx, event: Event) -> None:
    found = event.data_as(supervision.SubjectFound)
    at = found.found_at.ToDatetime(tzinfo=UTC) if found.HasField("found_at") else event.occurred_at
    tx.execute(_FOUND, (at, event.subject, event.subject))


MISSING_PERIODS = Subscription(
    "missing-periods",
    services=("supervision",),
    handle={
        supervision.MissedReceptionNoted: _awaited,
        supervision.ReceptionNoted: _came,
        supervision.ContactLost: _lost,
        supervision.SubjectFound: _found,
    },
    tables=("missing_period",),
)
