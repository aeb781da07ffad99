"""Exchanges as law cases tell them: a body is judged as Submit would, everything else is decided by the exchange."""

from __future__ import annotations

from itertools import chain
from typing import Never, cast

from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from eventcore.decider import Context, Decider, Decision, Refused
from google.protobuf.message import Message
from handoff.domain import message as rules
from handoff.domain.exchange import EXCHANGE
from handoff.domain.judgment import subjects
from handoff.domain.message import TYPES, Sender
from handoff.domain.state import Exchange

REGISTERED = frozenset({"甲法院", "乙法院"})


def _decide(state: Exchange, body: Message, ctx: Context) -> Decision:
    if body.DESCRIPTOR.full_name not in TYPES:
        return EXCHANGE.decide(state, cast("Never", body), ctx)
    sender = Sender("甲法院", ctx.caller.role)
    found = next(
        chain(
            rules.shape(body),
            rules.organ(body, sender, REGISTERED, ctx.law),
            rules.substance(body, ctx.law, ctx.now, ctx.today),
        ),
        None,
    )
    if found is not None:
        raise Refused(found.code, rule=found.rule, field=found.field)
    numbers = subjects(body) if isinstance(body, msg.Judgment) else ()
    return [ev.MessageAccepted(message_type=body.DESCRIPTOR.name, defendant_numbers=numbers)]


JUDGING = Decider(
    initial=EXCHANGE.initial,
    evolve=EXCHANGE.evolve,
    decide=_decide,
    opens=EXCHANGE.opens | frozenset(TYPES.values()),
    visible=EXCHANGE.visible,
)
