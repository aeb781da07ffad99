"""Why an exchange is where it is: why a message was refused, since when and until when something waits.

社区矫正法 第二十条; 社区矫正法实施办法 第十六条. An exchange is told of to whom its list would show it (listing.py).
"""

from __future__ import annotations

from uuid import UUID

from contracts import registry
from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.law.v1 import explanation_pb2 as told
from eventcore.decider import Caller, NotFound, fold
from eventcore.event import Event
from lawkit.why import Explanation, together, why
from servicekit.deps import Deps
from servicekit.explaining import Asked, of_clock, rule_of, with_events

from handoff import queries, reasons
from handoff.domain.exchange import EXCHANGE
from handoff.domain.state import Exchange
from handoff.exchanges import stream_of
from handoff.listing import concerns
from handoff.processes.exchange_clocks import term_of

_NO_REQUEST = UUID(int=0)
_STAGES = {
    msg.STAGE_RECEIVED: "已收到，待处理",
    msg.STAGE_ACCEPTED: "已受理，待落实",
    msg.STAGE_REFUSED: "已退回",
    msg.STAGE_HELD: "已暂存，待相关文书到达",
    msg.STAGE_EFFECTED: "已生效，已办结",
    msg.STAGE_WITHOUT_EFFECT: "未予落实，已办结",
}


class ExchangeReasons:
    """Explains exchanges to officers of the place of execution; NotFound for everybody else."""

    async def explain(self, asked: Asked) -> told.Explanation:
        """Why the exchange is as it is. Raises NotFound."""
        events = await _events(asked.deps, UUID(asked.request.case_id), asked.caller)
        state = fold(EXCHANGE, ((event.data, event.stamp) for event in events))
        match asked.request.WhichOneof("asked"):
            case "deadline" if asked.clock is not None:
                cause = [one for one in events if one.event_id == asked.clock.cause]
                return with_events(of_clock(asked, asked.clock, cause), cause)
            case "status" if asked.request.status in ("", _code(state)):
                return _status(asked, state, events)
            case "refusal" if state.refusal and asked.request.refusal.code in ("", state.refusal.code):
                return _refused(asked, state.refusal, events)
            case _:
                raise NotFound


def _code(state: Exchange) -> str:
    if state.received is not None:
        return msg.Stage.Name(state.stage).removeprefix("STAGE_")
    return "SIGNED_FOR" if isinstance(state.answered, ev.NoticeReceipted) else "WAITING"


def _status(asked: Asked, state: Exchange, events: list[Event]) -> told.Explanation:
    last = events[-1]
    if state.refusal is not None and last.data.DESCRIPTOR in _REFUSING:
        return _refused(asked, state.refusal, events)
    first = events[0]
    facts = {"状态": _state_zh(state), "自": first.day.isoformat(), "对方": state.agency_code}
    rule = rule_of(last) or registry.rule(last.type)
    reason = why(asked.law_of(last), rule, facts=facts, on=last.day)
    return with_events(_until(asked, first, reason), [first, last] if last != first else [first])


def _until(asked: Asked, first: Event, reason: Explanation) -> Explanation:
    """With the time that a rule gives for it, where one does."""
    rule = term_of(first)
    return together(reason, why(asked.law_of(first), rule, first.day)) if rule else reason


def _state_zh(state: Exchange) -> str:
    if state.received is not None:
        return _STAGES[state.stage]
    if isinstance(state.answered, ev.NoticeReceipted):
        return "对方已签收，已办结"
    return "对方退回，待处理" if state.answered else "待对方签收"


_REFUSING = (ev.MessageRefused.DESCRIPTOR, ev.MessageWithoutEffect.DESCRIPTOR)


def _refused(asked: Asked, refusal: msg.Refusal, events: list[Event]) -> told.Explanation:
    refused = [one for one in events if one.data.DESCRIPTOR in _REFUSING]
    found = reasons.explanation(asked.law_of(refused[-1] if refused else events[-1]), refusal)
    happened = [events[0], *refused]
    told_of = with_events(Explanation((), (), None, ()), happened)
    found.events.extend(told_of.events)
    found.sentences_zh.extend(told_of.sentences_zh)
    return found


async def _events(deps: Deps, exchange_id: UUID, caller: Caller) -> list[Event]:
    stream = deps.store.stream_id(stream_of(exchange_id))
    events = list((await deps.store.load(_NO_REQUEST, [stream])).streams[stream].events)
    state = fold(EXCHANGE, ((event.data, event.stamp) for event in events))
    county = await queries.county_of(deps.pool, exchange_id)
    known = state.received is not None or state.notice is not None
    if not known or not concerns(caller, state.agency_code, county, deps.agencies):
        raise NotFound
    return events
