"""Submit: one message of an agency becomes an exchange; every answer is signed receipts (architecture.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from corrections.common.v1.common_pb2 import Outcome, Sealed
from corrections.common.v1.facts_pb2 import CaseReference
from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import prepared_pb2 as prepared
from corrections.handoff.v1 import service_pb2 as api
from eventcore.decider import SHANGHAI
from eventcore.errors import Aborted, Claimed, Invalid
from eventcore.handler import Seen
from servicekit.agencies import Agency
from servicekit.caller import SERVICE, name_of
from servicekit.calls import caller_of

from handoff import queries
from handoff.arrival import Arrival
from handoff.cases import Cases
from handoff.domain.effect import REFERENCE_CLAIM
from handoff.domain.judgment import subjects
from handoff.domain.refusals import Finding, refusal
from handoff.domain.ruling import reference_of
from handoff.domain.state import Exchange
from handoff.exchanges import OTHER_CONTENT, About, Exchanges

# other contents that come at once under one message id overtake each other; each is still answered by a receipt
MAX_TRIES = 10
_ALREADY = Finding("JUDGMENT_ALREADY_RECEIVED", "case_number", "intake.documents.receipt")


@dataclass(frozen=True, slots=True)
class Submitting:
    """The Submit RPC."""

    exchanges: Exchanges

    async def submit(self, request: api.SubmitRequest, context: object) -> api.SubmitResponse:
        """The message is received; the answer holds the receipts of the stages reached so far."""
        arrival = Arrival.of(
            request.message,
            agency=self._agency(request, context),
            installation=self.exchanges.installation,
            macs=self.exchanges.macs,
        )
        for left in reversed(range(MAX_TRIES)):
            try:
                return await self._try(request, context, arrival)
            except Aborted:
                if not left:
                    raise
        raise AssertionError("unreachable: the last try answers or raises")

    async def _try(self, request: api.SubmitRequest, context: object, arrival: Arrival) -> api.SubmitResponse:
        try:
            outcome = await self._run(request, context, arrival)
        except Claimed:
            outcome = await self._run(request, context, arrival, wrong=_ALREADY)
        if not outcome.events:
            pool = self.exchanges.deps.pool
            await queries.count_repetition(pool, arrival.exchange_id, request.request_id)
        return await self._answer(arrival)

    async def _run(
        self, request: api.SubmitRequest, context: object, arrival: Arrival, *, wrong: Finding | None = None
    ) -> Outcome:
        """The message is decided on. wrong: what was found before."""

        async def prepare(seen: Seen[Exchange]) -> prepared.PreparedSubmit:
            return await self._prepared(arrival, seen, wrong)

        return await self.exchanges.run(request, context, arrival.exchange_id, prepare)

    def _agency(self, request: api.SubmitRequest, context: object) -> Agency:
        """The agency of the certificate; for a record of the inbound topic the one that it names."""
        caller = caller_of(context)
        code = request.agency_code if caller.role == SERVICE else name_of(caller)
        agency = self.exchanges.deps.agencies.get(code)
        if agency is None:
            raise Invalid("agency_code", "is not registered")
        return agency

    async def _answer(self, arrival: Arrival) -> api.SubmitResponse:
        state = (await self.exchanges.load(arrival.exchange_id)).state
        other = state.other.get(arrival.content_mac)
        if other is not None:
            receipts = [await self.exchanges.open(other, field=OTHER_CONTENT)]
        else:
            receipts = [await self.exchanges.open_receipt(reached) for reached in state.reached]
        return api.SubmitResponse(receipts=receipts, exchange_id=str(arrival.exchange_id))

    async def _prepared(
        self, arrival: Arrival, seen: Seen[Exchange], wrong: Finding | None
    ) -> prepared.PreparedSubmit:
        mac = arrival.content_mac
        command = prepared.PreparedSubmit(
            received=ev.MessageReceived(
                agency_code=arrival.agency.code,
                message_id=arrival.message_id,
                message_type=arrival.type_name,
                content_mac=mac,
                body_bytes=len(arrival.signed.body),
            )
        )
        known = seen.state.received
        if known is not None and (known.content_mac == mac or mac in seen.state.other):
            return command
        await self.exchanges.key(arrival.exchange_id)
        reused = refusal(self.exchanges.deps.law, Finding("MESSAGE_ID_REUSED", "message_id"))
        command.other_content.content_mac = mac
        command.other_content.receipt.CopyFrom(
            await self._receipt(arrival, seen, msg.STAGE_REFUSED, reused, field=OTHER_CONTENT)
        )
        if known is None:
            await self._receive(command, arrival, seen)
            await self._judge(command, arrival, seen, wrong)
        return command

    async def _receive(
        self, command: prepared.PreparedSubmit, arrival: Arrival, seen: Seen[Exchange]
    ) -> None:
        if arrival.finding is None or arrival.finding.code != "MESSAGE_TOO_LARGE":
            sealed, stored = await self.exchanges.keep(arrival.exchange_id, arrival.signed)
            command.received.stored_sha256 = stored
            if sealed is not None:
                command.received.signed.CopyFrom(sealed)
        command.received.receipt.CopyFrom(await self._receipt(arrival, seen, msg.STAGE_RECEIVED))

    async def _judge(
        self, command: prepared.PreparedSubmit, arrival: Arrival, seen: Seen[Exchange], wrong: Finding | None
    ) -> None:
        deps = self.exchanges.deps
        today = seen.now.astimezone(SHANGHAI).date()
        finding = wrong or next(arrival.findings(deps.agencies, deps.law, seen.now, today), None)
        if finding is not None:
            await self._refuse(command, arrival, seen, finding)
        elif isinstance(arrival.body, msg.Judgment):
            await self._accept_judgment(command, arrival, seen, arrival.body)
        else:
            await self._accept_ruling(command, arrival, seen)

    async def _refuse(
        self, command: prepared.PreparedSubmit, arrival: Arrival, seen: Seen[Exchange], finding: Finding
    ) -> None:
        why = refusal(self.exchanges.deps.law, finding, arrival.decided_on)
        receipt = await self._receipt(arrival, seen, msg.STAGE_REFUSED, why)
        command.judgment_mac = b""
        command.refused.CopyFrom(ev.MessageRefused(refusal=why, receipt=receipt))

    async def _accept_judgment(
        self, command: prepared.PreparedSubmit, arrival: Arrival, seen: Seen[Exchange], judgment: msg.Judgment
    ) -> None:
        macs, numbers = self.exchanges.macs, subjects(judgment)
        references = [
            macs.reference(
                CaseReference(
                    organ_code=judgment.organ_code, case_number=judgment.case_number, defendant_number=number
                )
            )
            for number in numbers
        ]
        # a decision that had no effect for a person may come anew for that one, not for who has a case
        if await queries.any_held(self.exchanges.deps.pool, REFERENCE_CLAIM, references):
            await self._refuse(command, arrival, seen, _ALREADY)
            return
        command.judgment_mac = macs.judgment(judgment.organ_code, judgment.case_number)
        command.accepted.CopyFrom(
            ev.MessageAccepted(
                message_type=arrival.type_name,
                exchange_id=str(arrival.exchange_id),
                defendant_numbers=numbers,
                reference_macs=references,
                receipt=await self._receipt(arrival, seen, msg.STAGE_ACCEPTED),
            )
        )

    async def _accept_ruling(
        self, command: prepared.PreparedSubmit, arrival: Arrival, seen: Seen[Exchange]
    ) -> None:
        reference = reference_of(arrival.body) if arrival.body is not None else None
        if arrival.body is None or reference is None:
            raise TypeError(f"{arrival.type_name} names no case")
        mac = self.exchanges.macs.reference(reference)
        # who may not rule in the case waits as for a case that nobody knows, and learns nothing
        case_id = await Cases(self.exchanges).ruled_by(arrival.agency, arrival.body)
        if case_id is None:
            receipt = await self._receipt(arrival, seen, msg.STAGE_HELD)
            held = ev.MessageHeld(message_type=arrival.type_name, reference_mac=mac, receipt=receipt)
            command.held.CopyFrom(held)
        else:
            command.accepted.CopyFrom(
                ev.MessageAccepted(
                    message_type=arrival.type_name,
                    exchange_id=str(arrival.exchange_id),
                    case_id=str(case_id),
                    receipt=await self._receipt(arrival, seen, msg.STAGE_ACCEPTED, cases=(str(case_id),)),
                )
            )

    async def _receipt(
        self,
        arrival: Arrival,
        seen: Seen[Exchange],
        stage: msg.Stage,
        why: msg.Refusal | None = None,
        *,
        cases: tuple[str, ...] = (),
        field: str = "",
    ) -> Sealed:
        about = About(arrival.named, arrival.agency.code, arrival.signed.body)
        return await self.exchanges.receipt(
            arrival.exchange_id, stage, about, seen.now, refusal=why, cases=cases, field=field
        )
