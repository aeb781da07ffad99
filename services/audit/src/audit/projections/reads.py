"""Who read this case? Table `case_read`, a row for each case that a read showed."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from corrections.audit.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_UUID_BYTES = 16  # not the law's: bytes of a UUID
_ADD = """
insert into case_read (case_id, seq, stream_id, at, service, reads, fields, unit, role, purpose, actor, refused, shown)
select u.case_id, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s from unnest(%s::uuid[]) as u(case_id)
"""


def cases_of(read: ev.RecordRead) -> Iterator[UUID]:
    """The cases that it showed."""
    for at in range(0, len(read.cases), _UUID_BYTES):
        yield UUID(bytes=read.cases[at : at + _UUID_BYTES])


def _read(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.RecordRead)
    cases = list(cases_of(e))
    tx.execute(
        _ADD,
        (event.seq, event.stream_id, event.occurred_at, e.service, e.reads, list(e.fields), e.unit, e.role, e.purpose,
         e.actor, e.refused, len(cases), cases),
    )  # fmt: skip


READS = Projection("reads", handle={ev.RecordRead: _read}, tables=("case_read",), key="stream_id")
