"""Which rule sets were released by two people? Table `rule_set`."""

from __future__ import annotations

from corrections.administration.v1 import events_pb2 as ev
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx

_PUT = """
insert into rule_set (stream_id, rule_set_id, released, effective_on) values (%s, %s, %s, %s)
on conflict do nothing
"""
_WITHDRAW = "update rule_set set withdrawn_from = %s, withdrawn = %s where stream_id = %s"


def _released(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.RuleSetReleased)
    tx.execute(_PUT, (event.stream_id, e.rule_set_id, event.data_bytes, e.effective_on))


def _withdrawn(tx: Tx, event: Event) -> None:
    e = event.data_as(ev.RuleSetWithdrawn)
    tx.execute(_WITHDRAW, (e.withdrawn_from, event.data_bytes, event.stream_id))


RULE_SETS = Projection(
    "rule-sets",
    handle={ev.RuleSetReleased: _released, ev.RuleSetWithdrawn: _withdrawn},
    tables=("rule_set",),
    key="stream_id",
)
