"""Correction opinions of the procuratorate (纠正意见) and the written answer. 社区矫正法 第六十二条; 检例第131号.

They may come, and are answered, after corrections have ended as well.
"""

from __future__ import annotations

from dataclasses import replace

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.acts import past_day, text_of
from eventcore.decider import Context, Decision, Decisions, Evolutions, Refused, Stamp, free_text
from lawkit.law_of_the_day import last_day, provisional

from supervision.domain.state import Opinion, Supervision, with_one

REPLY = "oversight.written-correction"


def _note(case: Supervision, c: cmd.NoteCorrectionOpinionRequest, ctx: Context) -> Decision:
    if c.exchange_id in case.opinions:
        return []
    dated = past_day("opinion_date", c.opinion_date, ctx, since=case.decided)
    return [
        ev.CorrectionOpinionNoted(
            exchange_id=c.exchange_id,
            reply_due=text_of(last_day(ctx.law, REPLY, dated)),
            provisional=provisional(ctx.law, REPLY, dated),
            opinion_date=dated.isoformat(),
        )
    ]


def _answer(case: Supervision, c: cmd.AnswerCorrectionOpinionRequest, _: Context) -> Decision:
    opinion = case.opinions.get(c.exchange_id)
    if opinion is None:
        raise Refused("OPINION_UNKNOWN", rule="oversight.reply-reasons", exchange_id=c.exchange_id)
    if opinion.answered:
        return []
    return [
        ev.CorrectionOpinionAnswered(exchange_id=c.exchange_id, adopted=c.adopted, answer=free_text(c.answer))
    ]


def _noted(case: Supervision, e: ev.CorrectionOpinionNoted, stamp: Stamp) -> Supervision:
    return replace(case, opinions=with_one(case.opinions, e.exchange_id, Opinion(stamp.day)))


def _answered(case: Supervision, e: ev.CorrectionOpinionAnswered, stamp: Stamp) -> Supervision:
    opinion = case.opinions.get(e.exchange_id)
    if opinion is None:
        return case
    done = replace(opinion, answered=stamp.day)
    return replace(case, opinions=with_one(case.opinions, e.exchange_id, done))


DECISIONS: Decisions[Supervision] = {
    cmd.NoteCorrectionOpinionRequest: _note,
    cmd.AnswerCorrectionOpinionRequest: _answer,
}
EVOLUTIONS: Evolutions[Supervision] = {
    ev.CorrectionOpinionNoted: _noted,
    ev.CorrectionOpinionAnswered: _answered,
}
