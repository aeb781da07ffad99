"""How a message that was taken up ends: with its effects, or, for all or some of its persons, without. 实施办法 第十六条."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from corrections.common.v1.common_pb2 import Outcome
from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import prepared_pb2 as prepared
from corrections.handoff.v1 import service_pb2 as api
from eventcore.decider import NotFound, Refused
from eventcore.errors import Aborted

from handoff.domain import effect
from handoff.domain.refusals import without_effect_remedy
from handoff.exchanges import About, Exchanges, Loaded

# each try meets an end that came in between; of a decision's persons all have theirs within a few
MAX_TRIES = 20


async def about_of(exchanges: Exchanges, loaded: Loaded) -> About:
    """The message that a later receipt is about; NotFound where none was received."""
    received = loaded.state.received
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

        async def noted() -> Outcome:
            return await self._note(request, context)

        return api.NoteEffectResponse(outcome=await _tried(request.exchange_id, noted))

    async def without_effect(
        self, request: api.NoteWithoutEffectRequest, context: object
    ) -> api.NoteWithoutEffectResponse:
        """The message, or a decision for one of its persons, has no effect; the last receipt says why. As `effect`."""

        async def noted() -> Outcome:
            return await self._note_without(request, context)

        return api.NoteWithoutEffectResponse(outcome=await _tried(request.exchange_id, noted))

    async def _note(self, request: api.NoteEffectRequest, context: object) -> Outcome:
        exchange_id = UUID(request.exchange_id)
        loaded = await self.exchanges.load(exchange_id)
        noted = ev.EffectNoted(defendant_number=request.defendant_number, case_id=request.case_id)
        command = prepared.PreparedEffect(noted=noted)
        ended = effect.end(loaded.state, request.defendant_number, request.case_id)
        if ended is not None and ended.failed:
            await self._end_without(command, exchange_id, loaded, ended)
        elif ended is not None:
            about = await about_of(self.exchanges, loaded)
            receipt = await self.exchanges.receipt(
                exchange_id, msg.STAGE_EFFECTED, about, loaded.now, cases=ended.cases
            )
            command.effected.CopyFrom(ev.MessageEffected(case_ids=ended.cases, receipt=receipt))
        return await self._run(request, context, exchange_id, command)

    async def _note_without(self, request: api.NoteWithoutEffectRequest, context: object) -> Outcome:
        exchange_id = UUID(request.exchange_id)
        loaded = await self.exchanges.load(exchange_id)
        why = msg.Refusal(
            code=request.code,
            rule=request.rule,
            article=request.article,
            remedy_zh=without_effect_remedy(request.code),
        )
        command = prepared.PreparedWithoutEffect()
        if request.defendant_number:
            person = msg.PersonRefusal(defendant_number=request.defendant_number, refusal=why)
            command.person.person.CopyFrom(person)
            ended = effect.end(loaded.state, request.defendant_number, failed=person)
            if ended is not None:
                await self._end_without(command, exchange_id, loaded, ended)
        else:
            about = await about_of(self.exchanges, loaded)
            stage = msg.STAGE_WITHOUT_EFFECT
            receipt = await self.exchanges.receipt(exchange_id, stage, about, loaded.now, refusal=why)
            command.without_effect.CopyFrom(ev.MessageWithoutEffect(refusal=why, receipt=receipt))
        return await self._run(request, context, exchange_id, command)

    async def _end_without(
        self,
        command: prepared.PreparedEffect | prepared.PreparedWithoutEffect,
        exchange_id: UUID,
        loaded: Loaded,
        ended: effect.End,
    ) -> None:
        """The command ends a decision that some of its persons have no case of."""
        about = await about_of(self.exchanges, loaded)
        why = ended.failed[0].refusal
        receipt = await self.exchanges.receipt(
            exchange_id,
            msg.STAGE_WITHOUT_EFFECT,
            about,
            loaded.now,
            refusal=why,
            cases=ended.cases,
            persons=ended.failed,
        )
        judgment = msg.Judgment.FromString(about.body)
        command.judgment_mac = self.exchanges.macs.judgment(judgment.organ_code, judgment.case_number)
        command.without_effect.CopyFrom(
            ev.MessageWithoutEffect(refusal=why, receipt=receipt, case_ids=ended.cases)
        )

    async def _run(
        self,
        request: api.NoteEffectRequest | api.NoteWithoutEffectRequest,
        context: object,
        exchange_id: UUID,
        command: prepared.PreparedEffect | prepared.PreparedWithoutEffect,
    ) -> Outcome:
        return await self.exchanges.run(request, context, exchange_id, command)


async def _tried(exchange_id: str, noted: Callable[[], Awaitable[Outcome]]) -> Outcome:
    for _ in range(MAX_TRIES):
        try:
            return await noted()
        except Refused as refused:
            if refused.code != effect.OVERTAKEN:
                raise
    raise Aborted(f"ends of exchange {exchange_id} overtook one another")
