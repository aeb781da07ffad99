"""How far is each log verified, and where does it not fit? And which streams does that stop?

Tables `log_state`, `mismatch`, `stop`; a stream that was reopened keeps its row, so that its service hears of it.
"""

from __future__ import annotations

from uuid import UUID

from corrections.audit.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

from audit.domain.log import OF_AN_EVENT

_VERIFIED = """
insert into log_state (log, verified) values (%s, %s)
on conflict (log) do update set verified = excluded.verified
"""
_CLEAR = "delete from mismatch where log = %s"
_CLEAR_PART = "delete from mismatch where log = %s and seq >= %s and seq < %s and finding = any(%s)"
_FOUND = """
insert into mismatch (log, seq, finding, event_id, type) values (%s, %s, %s, %s, %s) on conflict do nothing
"""
_STOP = """
insert into stop (log, stream_id, stopped, seq, finding) values (%s, %s, true, %s, %s)
on conflict (log, stream_id) do update set stopped = true, seq = excluded.seq, finding = excluded.finding
"""
_REOPEN = "update stop set stopped = false where log = %s and stream_id = %s"


def _verified(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.CheckpointVerified)
    tx.execute(_VERIFIED, (e.log, e.size))
    if e.end_seq:
        tx.execute(_CLEAR_PART, (e.log, e.from_seq, e.end_seq, sorted(OF_AN_EVENT)))
    elif e.from_seq == 0:
        tx.execute(_CLEAR, (e.log,))


def _found(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.MismatchFound)
    tx.execute(_FOUND, (e.log, e.seq, e.finding, e.event_id, e.type))


def _stopped(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.StreamStopped)
    tx.execute(_STOP, (e.log, UUID(e.stream_id), e.seq, e.finding))


def _reopened(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.StreamReopened)
    tx.execute(_REOPEN, (e.log, UUID(e.stream_id)))


LOG_STATES = Projection(
    "log-states",
    handle={
        ev.CheckpointVerified: _verified,
        ev.MismatchFound: _found,
        ev.StreamStopped: _stopped,
        ev.StreamReopened: _reopened,
    },
    tables=("log_state", "mismatch", "stop"),
    key="",
)
