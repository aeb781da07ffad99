"""Decisions of other organs, fetched from handoff and sealed: what the decider is given instead of a bare id.

Commands name the exchange only; what the organ wrote travels from service to service over mTLS and is never stored
outside its sealed fields (eventstore.md section 2).
"""

from __future__ import annotations

from uuid import UUID

from corrections.common.v1.common_pb2 import Outcome, Sealed, SealTo
from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.handoff.v1 import messages_pb2 as message
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from corrections.intake.v1.prepared_pb2 import PreparedCase, PreparedJudgmentWithoutEffect
from eventcore.decider import Caller, Invalid
from eventcore.errors import Claimed
from eventcore.reads import read
from lawkit.ages import born_by
from servicekit import rulings
from servicekit.calls import caller_of
from servicekit.decided import fetched
from servicekit.deps import Deps
from servicekit.sealing import KeyDestroyed, field_of

from intake.domain.case import CASE
from intake.domain.ids import (
    case_id_of,
    case_stream,
    key_id_of,
    person_id_of,
    person_stream,
    unopened_stream,
)
from intake.domain.person import PERSON
from intake.domain.unopened import UNOPENED
from intake.identity import IdentityMac
from intake.persons import in_the_clear
from intake.queries import Queries

_COURT = "COURT"
# fields of a person that PreparedCase has under another name
_IN_PREPARED = {"birth_date": "sealed_birth_date"}


class Decisions:
    """Turns commands that name an exchange into what the decider decides."""

    def __init__(self, deps: Deps, queries: Queries) -> None:
        self._deps = deps
        self._queries = queries
        self._macs = IdentityMac(deps.settings.home, deps.settings.service)

    async def open_case(self, request: cmd.OpenCaseRequest, context: object) -> Outcome:
        """The case of one person of a judgment has its outcome; one that cannot be opened is recorded with its reason.

        Two cases of one new person may be opened at once: the later one finds the number claimed and the person there.
        """
        judgment = await fetched(self._deps, request.exchange_id, message.Judgment)
        found = [d for d in judgment.defendants if d.number == request.defendant_number]
        if not found:
            raise Invalid(
                "defendant_number", f"got {request.defendant_number}, want a person of the judgment"
            )

        async def opened() -> Outcome:
            try:
                return await self._open_case(request, context, judgment, found[0])
            except Claimed:
                return await self._open_case(request, context, judgment, found[0])

        async def without_effect(why: rulings.Why) -> Outcome:
            return await self._not_opened(request, context, why)

        return await rulings.or_without_effect(
            opened(), without_effect, law=self._deps.law, rule="decision.deliver-documents"
        )

    async def renewal(self, request: cmd.RenewTemporaryServiceRequest) -> cmd.RenewTemporaryServiceRequest:
        """The request with the day and the period that the message states."""
        if request.decision_date:
            return request
        found = await fetched(self._deps, request.exchange_id, message.TemporaryServiceRenewal)
        return cmd.RenewTemporaryServiceRequest(
            case_id=request.case_id,
            exchange_id=request.exchange_id,
            decision_date=found.decision_date,
            until=found.until,
        )

    async def recalculation(self, request: cmd.RecalculateTermRequest) -> cmd.RecalculateTermRequest:
        """The request with the day and the time that the message states."""
        if request.ruling_date:
            return request
        found = await fetched(self._deps, request.exchange_id, message.TermRecalculation)
        return cmd.RecalculateTermRequest(
            case_id=request.case_id,
            exchange_id=request.exchange_id,
            ruling_date=found.ruling_date,
            not_counted=found.not_counted,
        )

    def identity_mac(self, identity_number: str) -> bytes:
        """The keyed hash that is claimed for an identity number."""
        return self._macs.of(identity_number)

    async def _not_opened(self, request: cmd.OpenCaseRequest, context: object, why: rulings.Why) -> Outcome:
        judgment = ev.JudgmentWithoutEffect(
            exchange_id=request.exchange_id,
            defendant_number=request.defendant_number,
            code=why.code,
            forbidden_by=why.rule,
            article=why.article,
        )
        return await self._deps.run(
            request,
            context,
            decider=UNOPENED,
            stream=unopened_stream(request.exchange_id, request.defendant_number),
            subject=case_id_of(request.exchange_id, request.defendant_number),
            command=PreparedJudgmentWithoutEffect(judgment=judgment),
        )

    async def _open_case(
        self,
        request: cmd.OpenCaseRequest,
        context: object,
        judgment: message.Judgment,
        one: message.Defendant,
    ) -> Outcome:
        command = await self._prepared(request, judgment, one, caller_of(context))
        return await self._deps.run(
            request,
            context,
            decider=CASE,
            stream=case_stream(command.case_id),
            subject=command.case_id,
            command=command,
            also=[person_stream(command.person_id)],
        )

    async def _prepared(
        self,
        request: cmd.OpenCaseRequest,
        judgment: message.Judgment,
        one: message.Defendant,
        caller: Caller,
    ) -> PreparedCase:
        case_id = case_id_of(request.exchange_id, request.defendant_number)
        mac = self.identity_mac(one.identity_number)
        known = await self._queries.person_with(mac) if mac else None
        person_id = known or person_id_of(case_id)
        birth_date = _birth_date(one)
        organ = self._deps.agencies.get(judgment.organ_code)
        identity = await (self._changed(known, one, caller) if known else self._sealed(person_id, one))
        return PreparedCase(
            case_id=str(case_id),
            person_id=str(person_id),
            exchange_id=request.exchange_id,
            defendant_number=request.defendant_number,
            kind=one.kind,
            organ_code=judgment.organ_code,
            organ_unit=organ.unit if organ else "",
            # a parole or a temporary service may come from others; an organ that was struck off since was a court
            organ_is_court=organ.kind == _COURT
            if organ
            else one.kind != SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE,
            decision_date=judgment.decision_date,
            effective_date=one.effective_date,
            penalty=one.penalty,
            sentence=one.sentence if one.HasField("sentence") else None,
            probation=one.probation if one.HasField("probation") else None,
            custody_days=one.custody_days,
            printed_end_date=one.printed_end_date,
            printed_report_date=one.printed_report_date,
            temporary_until=one.temporary_until,
            county=one.execution_county,
            office=one.office,
            sex=one.sex,
            birth_date=birth_date,
            injunction=bool(one.injunctions),
            identity_mac=mac,
            seal_to=await self._seal_to(person_id, case_id),
            **identity,
        )

    async def _seal_to(self, person_id: UUID, case_id: UUID) -> SealTo:
        """The person's public half; one of the case's own where the person was erased: what was erased stays so."""
        keys = self._deps.keys
        try:
            return await keys.seal_to(key_id_of(person_id))
        except KeyDestroyed:
            await keys.create(key_id_of(case_id))
            return await keys.seal_to(key_id_of(case_id))

    async def _sealed(self, person_id: UUID, one: message.Defendant) -> dict[str, Sealed]:
        """The identity fields that the judgment states, under a new key of the person's own."""
        key_id = key_id_of(person_id)
        await self._deps.keys.create(key_id)
        return await self._seal(key_id, ev.PersonRegistered, _plain(one))

    async def _changed(self, person_id: UUID, one: message.Defendant, caller: Caller) -> dict[str, Sealed]:
        """What the judgment states otherwise than is known; nothing of a person who was erased."""
        person = (await read(self._deps.store, PERSON, person_stream(str(person_id)), caller)).state
        plain = _plain(one)
        del plain["identity_number"]
        try:
            known = await in_the_clear(self._deps.keys, person)
            changed = {field: text for field, text in plain.items() if text != known.get(field)}
            return await self._seal(key_id_of(person_id), ev.PersonNoted, changed)
        except KeyDestroyed:
            return {}

    async def _seal(
        self, key_id: UUID, event: type[ev.PersonRegistered | ev.PersonNoted], plain: dict[str, str]
    ) -> dict[str, Sealed]:
        """What is stated, sealed for the event that will hold it, by the names of PreparedCase."""
        return {
            _IN_PREPARED.get(name, name): await self._deps.keys.seal(
                key_id, text.encode(), field=field_of(event, name)
            )
            for name, text in plain.items()
            if text
        }


def _plain(one: message.Defendant) -> dict[str, str]:
    return {
        "name": one.name,
        "identity_number": one.identity_number,
        "birth_date": _birth_date(one),
        "address": one.address,
        "phone": one.phone,
    }


def _birth_date(one: message.Defendant) -> str:
    """As the decision states it, else as the identity number holds it: the rules for minors hang on it.

    社区矫正法 第五十二条至第五十八条. Empty when neither tells.
    """
    born = None if one.birth_date else born_by(one.identity_number)
    return born.isoformat() if born is not None else one.birth_date
