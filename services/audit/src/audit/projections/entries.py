"""What did each log hold when it was published? Tables `log_entry`, `own_entry`; which cases it named, and which it opened.

Both leaves are computed anew from the record's bytes alone: what the service says of itself is not asked.
"""

from __future__ import annotations

from collections.abc import Callable

from contracts import registry
from corrections.intake.v1 import events_pb2 as intake
from eventcore import ids
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.meta import cases_named
from eventcore.projection import Projection
from eventcore.tx import Tx
from proofs.canonical import leaf_pair

from audit.domain.logs import OTHERS, OWN, service_of

_EXCHANGES = "handoff"
# A number that is taken by another event raises: two events under one number must not pass unseen.
_ADD = """
insert into {table} (service, seq, stream_id, version, event_id, type, subject, occurred_at, recorded_at, actor, role,
  unit, causation_id, legal_basis, leaf_sha256, leaf_sm3, about, since)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_NAMED = """
insert into stream_case (case_id, stream_id, named_at) values (%s, %s, %s)
on conflict (case_id, stream_id) do update set named_at = excluded.named_at
where stream_case.named_at is null or stream_case.named_at > excluded.named_at
"""
_OPENED = """
insert into stream_case (case_id, stream_id, opened_at) values (%s, %s, %s)
on conflict (case_id, stream_id) do update set opened_at = excluded.opened_at
"""
_CASE = "insert into audited_case (case_id, county, office) values (%s, %s, %s) on conflict do nothing"


def _adding(table: str) -> Callable[[Tx, Event], None]:
    statement = _ADD.format(table=table)

    def add(tx: Tx, e: Event) -> None:
        leaves = leaf_pair(e.meta_bytes, e.data_bytes)
        tx.execute(
            statement,
            (e.service, e.seq, e.stream_id, e.version, e.event_id, e.type, e.subject, e.occurred_at, e.recorded_at,
             e.actor, e.role, e.unit, e.causation_id, e.legal_basis, *leaves, list(e.about), e.since),
        )  # fmt: skip

    return add


_published = _adding("log_entry")
_own = _adding("own_entry")


def _exchanged(tx: Tx, event: Event) -> None:
    _published(tx, event)
    for case_id in cases_named(event.data):
        tx.execute(_NAMED, (case_id, event.stream_id, event.recorded_at))


def _opened(tx: Tx, event: Event) -> None:
    _published(tx, event)
    e = event.data_as(intake.CaseOpened)
    tx.execute(_CASE, (event.subject, e.county, e.office))
    if e.exchange_id:
        exchange = ids.stream_id(tx.installation, _EXCHANGES, "exchange", e.exchange_id)
        tx.execute(_OPENED, (event.subject, exchange, event.recorded_at))


def _handler(name: str) -> Callable[[Tx, Event], None]:
    if name == intake.CaseOpened.DESCRIPTOR.full_name:
        return _opened
    return _exchanged if service_of(name) == _EXCHANGES else _published


EVERY_LOG = Subscription(
    "every-log",
    services=OTHERS,
    handle={kind: _handler(name) for name, kind in registry.event_types().items() if service_of(name) != OWN},
    tables=("log_entry", "stream_case", "audited_case"),
)

OWN_LOG = Projection(
    "own-log",
    handle={kind: _own for name, kind in registry.event_types().items() if service_of(name) == OWN},
    tables=("own_entry",),
    key="stream_id",
)
