"""Which case a reference names, and whether the sender of a ruling may rule in it (domain/competence.py)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from corrections.common.v1.facts_pb2 import CaseReference
from corrections.handoff.v1 import messages_pb2 as msg
from google.protobuf.message import Message
from lawkit import load_law
from servicekit.agencies import Agency

from handoff import queries
from handoff.arrival import sender_of
from handoff.domain import effect
from handoff.domain.competence import Competence, competent
from handoff.domain.ruling import reference_of
from handoff.domain.state import Exchange
from handoff.exchanges import Exchanges


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases as references name them."""

    exchanges: Exchanges

    async def named(self, reference: CaseReference) -> UUID | None:
        """The case; None while it has not been opened."""
        found = await self._found(reference)
        return None if found is None else found[0]

    async def ruled_by(self, agency: Agency, body: Message) -> UUID | None:
        """The case that the body is about, if the agency may rule in it; else None, the same as for no case."""
        reference = reference_of(body)
        if reference is None:
            raise TypeError(f"{body.DESCRIPTOR.full_name} names no case")
        found = await self._found(reference)
        if found is None:
            return None
        case_id, exchange = found
        organ = self.exchanges.deps.agencies.get(reference.organ_code)
        case = Competence(
            organ_code=reference.organ_code,
            organ_role="" if organ is None else organ.kind,
            organ_unit="" if organ is None else organ.unit,
            county=await self._county(case_id, exchange, reference.defendant_number),
        )
        return case_id if competent(body, sender_of(agency), case, load_law()) else None

    async def _found(self, reference: CaseReference) -> tuple[UUID, Exchange] | None:
        mac = self.exchanges.macs.reference(reference)
        stream_id = await queries.holder(self.exchanges.deps.pool, effect.REFERENCE_CLAIM, mac)
        if stream_id is None:
            return None
        state = (await self.exchanges.load_stream(stream_id)).state
        case_id = effect.case_of(state, mac)
        return (UUID(case_id), state) if case_id else None

    async def _county(self, case_id: UUID, exchange: Exchange, number: int) -> str:
        """The county of execution: as intake tells, or, before its word is here, as the decision says."""
        known = await queries.known_case(self.exchanges.deps.pool, case_id)
        if known is not None:
            return known.county
        if exchange.received is None:
            return ""
        judgment = msg.Judgment.FromString((await self.exchanges.message(exchange.received)).body)
        return next((d.execution_county for d in judgment.defendants if d.number == number), "")
