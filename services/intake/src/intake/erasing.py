"""Erasure of a person: proposed, approved, carried out. 个人信息保护法 第四十七条; 档案法 第十四条.

Order of carrying out: the decision is in the log; then the keys are destroyed; then the log says so. A crash in between is
met by the same command again, which the dispatcher sends until it is answered: what is destroyed stays so.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import UUID, uuid5

from corrections.common.v1.common_pb2 import Outcome
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as pb
from corrections.intake.v1.prepared_pb2 import IdentityClaim, PreparedErasure, PreparedErasureProposal
from eventcore import meta
from eventcore.decider import NotFound, StreamKey
from eventcore.reads import Read, read
from google.protobuf.message import Message
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.sealing import KeyDestroyed, KeyUnknown, field_of

from intake.domain.erasure import must_be_approved, observe
from intake.domain.ids import case_stream, key_id_of, person_stream
from intake.domain.person import PERSON
from intake.domain.state import Person
from intake.queries import Queries

_NO_REQUEST = UUID(int=0)
_REASON = field_of(ev.ErasureProposed, "reason")


def record_key_of(person_id: UUID) -> UUID:
    """Key of the record of an erasure: the officers' words outlive the person's key."""
    return uuid5(person_id, "erasure")


class Erasing:
    """RPCs that end what is kept about a person."""

    def __init__(self, deps: Deps, queries: Queries) -> None:
        self._deps = deps
        self._queries = queries

    async def propose(self, request: pb.ProposeErasureRequest, context: object) -> Outcome:
        """The proposal is recorded; NotFound for who sees no case of the person."""
        cases = await self._cases(request.person_id, context)
        key_id = record_key_of(UUID(request.person_id))
        await self._deps.keys.create(key_id, owner_kind="staff")
        reason = await self._deps.keys.seal(key_id, request.reason.encode(), field=_REASON)
        command = PreparedErasureProposal(kept_until=request.kept_until, reason=reason)
        return await self._run(request, context, cases, command)

    async def approve(self, request: pb.ApproveErasureRequest, context: object) -> Outcome:
        """The approval is recorded, and carried out next; NotFound for who sees no case of the person."""
        return await self._run(request, context, await self._cases(request.person_id, context))

    async def carry_out(self, request: pb.CarryOutErasureRequest, context: object) -> Outcome:
        """The keys are destroyed, the identity number finds nobody any more, and the log says so."""
        person_id = UUID(request.person_id)
        cases = [case_stream(str(one)) for one in await self._queries.all_cases_of(person_id)]
        found = await self._person(request.person_id, cases, context)
        command = PreparedErasure()
        if found.state.erased_at is None:
            must_be_approved(found.state, found.day)
            keys = sorted({key_id_of(person_id), *_keys_of(found.state)})
            streams = {self._deps.store.stream_id(one): one.key for one in cases}
            claims = await self._queries.identity_claims(streams)
            await self._deps.keys.destroy(*keys)
            command.key_ids.extend(key.bytes for key in keys)
            command.claims.extend(IdentityClaim(case_id=case_id, mac=mac) for case_id, mac in claims)
        return await self._run(request, context, cases, command)

    async def _run(
        self,
        request: pb.ProposeErasureRequest | pb.ApproveErasureRequest | pb.CarryOutErasureRequest,
        context: object,
        cases: Sequence[StreamKey],
        command: Message | None = None,
    ) -> Outcome:
        """The person's stream decides, on what its cases say at that moment."""
        return await self._deps.run(
            request,
            context,
            decider=PERSON,
            stream=person_stream(request.person_id),
            subject=request.person_id,
            command=command,
            relied_on=cases,
        )

    async def _cases(self, person_id: str, context: object) -> list[StreamKey]:
        """Streams of all cases of the person; NotFound where the caller sees none of them."""
        if not await self._queries.cases_of(UUID(person_id), caller_of(context)):
            raise NotFound
        return [case_stream(str(one)) for one in await self._queries.all_cases_of(UUID(person_id))]

    async def _person(self, person_id: str, cases: Sequence[StreamKey], context: object) -> Read[Person]:
        """The person with what the cases say of it."""
        found = await read(self._deps.store, PERSON, person_stream(person_id), caller_of(context))
        streams = {self._deps.store.stream_id(key): key for key in cases}
        loaded = await self._deps.store.load(_NO_REQUEST, list(streams))
        state = found.state
        for stream_id, key in streams.items():
            for event in loaded.streams[stream_id].events:
                state = observe(state, key, event.data, event.stamp)
        return replace(found, state=state)

    async def erased(self, person: Person) -> pb.Erased:
        """What a reader is told instead of content."""
        found = pb.Erased(approved_by=person.approved_by)
        if person.erased_at is not None:
            found.at.CopyFrom(meta.timestamp(person.erased_at))
        if person.proposed is not None:
            found.proposed_by = person.proposed.by
            found.kept_until = person.proposed.kept_until.isoformat()
            with suppress(KeyDestroyed, KeyUnknown):
                found.reason = (await self._deps.keys.open(person.proposed.reason, field=_REASON)).decode()
        return found


def _keys_of(person: Person) -> list[UUID]:
    """The keys that the texts of the cases are sealed to: the person's, or a case's own."""
    return [UUID(bytes=one.key_id) for one in person.cases.values() if one.key_id]
