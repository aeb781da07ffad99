"""How far is each log verified, and where does it not fit? Tables `log_state`, `mismatch`."""

from __future__ import annotations

from corrections.audit.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_VERIFIED = """
insert into log_state (log, verified) values (%s, %s)
on conflict (log) do update set verified = excluded.verified
"""
_CLEAR = "delete from mismatch where log = %s"
_FOUND = """
insert into mismatch (log, seq, finding, event_id, type) values (%s, %s, %s, %s, %s) on conflict do nothing
"""


def _verified(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.CheckpointVerified)
    tx.execute(_VERIFIED, (e.log, e.size))
    if e.from_seq == 0:
        tx.execute(_CLEAR, (e.log,))


def _found(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.MismatchFound)
    tx.execute(_FOUND, (e.log, e.seq, e.finding, e.event_id, e.type))


LOG_STATES = Projection(
    "log-states",
    handle={ev.CheckpointVerified: _verified, ev.MismatchFound: _found},
    tables=("log_state", "mismatch"),
    key="",
)
