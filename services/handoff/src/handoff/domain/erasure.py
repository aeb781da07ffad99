"""Exchanges whose content was destroyed say so, each on its own stream. 个人信息保护法 第四十七条."""

from __future__ import annotations

from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import prepared_pb2 as cmd
from eventcore.decider import Context, Decider, Decision, Decisions, On, StreamKey, by_type, evolving


def _erase(_: None, c: cmd.PreparedErasure, __: Context) -> Decision:
    return [
        On(StreamKey("exchange", one), ev.ExchangeErased(case_id=c.case_id, exchange_id=one))
        for one in c.exchange_ids
    ]


DECISIONS: Decisions[None] = {cmd.PreparedErasure: _erase}
# of the case's own stream nothing is kept: each exchange has its record
ERASURE: Decider[None] = Decider(
    initial=None, evolve=evolving(), decide=by_type(DECISIONS), opens=frozenset({cmd.PreparedErasure})
)
