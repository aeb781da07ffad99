"""Back into prison from temporary service (收监执行). 社区矫正法 第四十九条; 社区矫正法实施办法 第四十九条.

The organ that decided or approved the temporary service decides, also without a proposal.
"""

from __future__ import annotations

from dataclasses import replace

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.acts import past_day
from eventcore.decider import Context, Decision, Decisions, Evolutions, Refused, Stamp
from lawkit.tables import measure_available

from supervision.domain.state import Supervision


def _decide(case: Supervision, c: cmd.RecordReimprisonmentRequest, ctx: Context) -> Decision:
    if c.exchange_id in case.applied:
        return []
    decided = past_day("decision_date", c.decision_date, ctx, since=case.decided).isoformat()
    if not measure_available(ctx.law, case.kind_id, "reimprisonment").allowed:
        raise Refused("REIMPRISONMENT_NOT_FOR_KIND", rule="reimprison.proposer", kind=case.kind_id)
    return [ev.ReimprisonmentDecided(exchange_id=c.exchange_id, decision_date=decided)]


def _decided(case: Supervision, e: ev.ReimprisonmentDecided, _: Stamp) -> Supervision:
    return replace(case, applied=case.applied | {e.exchange_id})


DECISIONS: Decisions[Supervision] = {cmd.RecordReimprisonmentRequest: _decide}
EVOLUTIONS: Evolutions[Supervision] = {ev.ReimprisonmentDecided: _decided}
