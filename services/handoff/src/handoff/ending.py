"""How a message that was taken up ends: with its effects, or, for all or some of its persons, without. 实施办法 第十六条."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import prepared_pb2 as prepared
from corrections.handoff.v1 import service_pb2 as api
from eventcore.decider import NotFound
from eventcore.handler import Seen

from handoff.domain import effect
from handoff.domain.refusals import without_effect_remedy
from handoff.domain.state import Exchange
from handoff.exchanges import About, Exchanges


async def about_of(exchanges: Exchanges, exchange: Exchange) -> About:
    """The message that a later receipt is about; NotFound where none was received."""
    received = exchange.received
    if received is None:
        raise NotFound
    signed = await exchanges.message(received)
    return About(received.message_id, received.agency_code, signed.body)


@dataclass(frozen=True, slots=True)
class Ending:
    """RPCs of the services that act on what an agency decided."""

    exchanges: Exchanges

    async def effect(self, request: api.NoteEffectRequest, context: object) -> api.NoteEffectResponse:
        """The effect is noted; with the last one the message is effected. Aborted when too many come at once."""
        exchange_id = UUID(request.exchange_id)

        async def prepare(seen: Seen[Exchange]) -> prepared.PreparedEffect:
            noted = ev.EffectNoted(defendant_number=request.defendant_number, case_id=request.case_id)
            command = prepared.PreparedEffect(noted=noted)
            ended = effect.end(seen.state, request.defendant_number, request.case_id)
            if ended is not None and ended.failed:
                await self._end_without(command, exchange_id, seen, ended)
            elif ended is not None:
                about = await about_of(self.exchanges, seen.state)
                stage = msg.STAGE_EFFECTED
                receipt = await self.exchanges.receipt(exchange_id, stage, about, seen.now, cases=ended.cases)
                command.effected.CopyFrom(ev.MessageEffected(case_ids=ended.cases, receipt=receipt))
            return command

        return api.NoteEffectResponse(
            outcome=await self.exchanges.run(request, context, exchange_id, prepare)
        )

    async def without_effect(
        self, request: api.NoteWithoutEffectRequest, context: object
    ) -> api.NoteWithoutEffectResponse:
        """The message, or a decision for one of its persons, has no effect; the last receipt says why. As `effect`."""
        exchange_id = UUID(request.exchange_id)
        why = msg.Refusal(
            code=request.code,
            rule=request.rule,
            article=request.article,
            remedy_zh=without_effect_remedy(request.code),
        )

        async def prepare(seen: Seen[Exchange]) -> prepared.PreparedWithoutEffect:
            if request.defendant_number:
                person = msg.PersonRefusal(defendant_number=request.defendant_number, refusal=why)
                command = prepared.PreparedWithoutEffect(person=ev.PersonWithoutEffect(person=person))
                ended = effect.end(seen.state, request.defendant_number, failed=person)
                if ended is not None:
                    await self._end_without(command, exchange_id, seen, ended)
                return command
            about, stage = await about_of(self.exchanges, seen.state), msg.STAGE_WITHOUT_EFFECT
            receipt = await self.exchanges.receipt(exchange_id, stage, about, seen.now, refusal=why)
            whole = ev.MessageWithoutEffect(refusal=why, receipt=receipt)
            return prepared.PreparedWithoutEffect(without_effect=whole)

        return api.NoteWithoutEffectResponse(
            outcome=await self.exchanges.run(request, context, exchange_id, prepare)
        )

    async def _end_without(
        self,
        command: prepared.PreparedEffect | prepared.PreparedWithoutEffect,
        exchange_id: UUID,
        seen: Seen[Exchange],
        ended: effect.End,
    ) -> None:
        """The command ends a decision that some of its persons have no case of."""
        about = await about_of(self.exchanges, seen.state)
        why = ended.failed[0].refusal
        receipt = await self.exchanges.receipt(
            exchange_id,
            msg.STAGE_WITHOUT_EFFECT,
            about,
            seen.now,
            refusal=why,
            cases=ended.cases,
            persons=ended.failed,
        )
        judgment = msg.Judgment.FromString(about.body)
        command.judgment_mac = self.exchanges.macs.judgment(judgment.organ_code, judgment.case_number)
        command.without_effect.CopyFrom(
            ev.MessageWithoutEffect(refusal=why, receipt=receipt, case_ids=ended.cases)
        )
