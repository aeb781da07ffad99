"""Notices to agencies: made, signed, delivered, and receipted by the other side's signature.

An addressee is named by its code, or by a role and the county it must cover ("PROC_COUNTY@330203"); of several
candidates the first that is registered gets the notice. One that nobody covers stays in the list of open exchanges
under its role and county, and is delivered once an agency is registered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import grpc
from contracts import registry
from corrections.common.v1.common_pb2 import Outcome, Signed
from corrections.common.v1.facts_pb2 import CaseReference
from corrections.handoff.v1 import agency_pb2, agency_pb2_grpc
from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import prepared_pb2 as prepared
from corrections.handoff.v1 import service_pb2 as api
from corrections.intake.v1 import service_pb2 as intake
from corrections.intake.v1 import service_pb2_grpc as intake_grpc
from eventcore.acts import instant, law_ref
from eventcore.decider import NotFound
from eventcore.handler import Seen
from google.protobuf.message import DecodeError
from lawkit.counting import day_of
from servicekit.agencies import Agencies, Agency
from servicekit.calls import PURPOSE_KEY
from servicekit.errors import Unavailable
from servicekit.logs import log
from servicekit.sealing import field_of

from handoff import queries
from handoff.domain.state import Exchange
from handoff.exchanges import NOTICE, Exchanges
from handoff.signatures import problem

ELSEWHERE = "decision.forward-when-elsewhere"
DELIVER_TIMEOUT_S = 5.0
REASON_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
NO_CODE = "OTHER"
_CITY_DIGITS = 4  # not the law's: GB/T 2260


class BadReceipt(Exception):
    """The agency's answer is no receipt of its own about this notice."""


@dataclass(frozen=True, slots=True)
class Notices:
    """RPCs about notices."""

    exchanges: Exchanges

    async def prepare(self, request: api.PrepareNoticeRequest, context: object) -> api.PrepareNoticeResponse:
        """The notice is ready, signed and sealed. Nothing is made where the organ itself informs its own county."""
        deps = self.exchanges.deps
        case = await queries.known_case(deps.pool, UUID(request.case_id))
        if case is None:
            raise NotFound
        organ = _organ(deps.agencies, case.organ_code)
        if request.rule == ELSEWHERE and organ is not None and case.county.startswith(organ.unit):
            return api.PrepareNoticeResponse(outcome=Outcome(subject=request.case_id))
        exchange_id = UUID(request.exchange_id)

        async def prepare(seen: Seen[Exchange]) -> prepared.PreparedNotice:
            if seen.state.notice is not None:
                return prepared.PreparedNotice()
            return prepared.PreparedNotice(prepared=await self._made(request, case))

        outcome = await self.exchanges.run(
            request, context, exchange_id, prepare, subject=UUID(request.case_id)
        )
        return api.PrepareNoticeResponse(outcome=outcome)

    async def _made(self, request: api.PrepareNoticeRequest, case: queries.KnownCase) -> ev.NoticePrepared:
        exchange_id = UUID(request.exchange_id)
        to = addressee(self.exchanges.deps.agencies, request.to)
        law = law_ref(
            self.exchanges.deps.law, request.rule, day_of(instant("occurred_at", request.occurred_at))
        )
        notice = msg.Notice(
            message_id=request.exchange_id,
            to=to,
            kind=request.kind,
            title_zh=registry.title_zh(request.kind),
            article=law.article,
            reference=await self._reference(case),
            occurred_at=request.occurred_at,
            facts=[*request.facts, *await self._texts(request)],
            copy=request.copy,
        )
        await self.exchanges.key(exchange_id)
        return ev.NoticePrepared(
            to=to,
            kind=request.kind,
            case_id=request.case_id,
            law=law,
            copy=request.copy,
            signed=await self.exchanges.seal(exchange_id, self.exchanges.signer.sign(notice), field=NOTICE),
            cause=request.cause,
            role=request.role,
            exchange_id=request.exchange_id,
        )

    async def _texts(self, request: api.PrepareNoticeRequest) -> list[msg.Fact]:
        """Free text that the addressee needs by law, opened by intake for this notice; none once the person is erased."""
        if not request.texts:
            return []
        stub = intake_grpc.IntakeServiceStub(self.exchanges.deps.peers.channel("intake"))
        asked = intake.OpenTextsRequest(
            request_id=request.exchange_id, case_id=request.case_id, texts=request.texts
        )
        try:
            found = await stub.OpenTexts(asked, metadata=((PURPOSE_KEY, request.rule),))
        except grpc.aio.AioRpcError as e:
            if e.code() != grpc.StatusCode.NOT_FOUND:
                raise
            found = intake.OpenTextsResponse(erased=True)
        if found.erased:
            log().warning("notice.text_erased", exchange_id=request.exchange_id, kind=request.kind)
            return []
        return [
            msg.Fact(name=t.field, value=plain) for t, plain in zip(request.texts, found.texts, strict=True)
        ]

    async def _reference(self, case: queries.KnownCase) -> CaseReference:
        loaded = await self.exchanges.load(case.exchange_id)
        if loaded.state.received is None:
            raise NotFound
        signed = await self.exchanges.message(loaded.state.received)
        judgment = msg.Judgment.FromString(signed.body)
        return CaseReference(
            organ_code=judgment.organ_code,
            case_number=judgment.case_number,
            defendant_number=case.defendant_number,
        )

    async def deliver(self, request: api.DeliverNoticeRequest, context: object) -> api.DeliverNoticeResponse:
        """The agency has the notice and its receipt is stored. Unavailable while it is away or answers unsigned.

        While nobody is registered to get it, nothing happens and nothing is stored: it waits (waiting.py).
        """
        exchange_id = UUID(request.exchange_id)
        # the agency may take its time to answer: what it says is decided on the clock and the state after it
        loaded = await self.exchanges.load(exchange_id)
        notice = loaded.state.notice
        if notice is None:
            raise NotFound
        command = prepared.PreparedDelivery()
        if not isinstance(loaded.state.answered, ev.NoticeReceipted):
            agency = reachable(self.exchanges.deps.agencies, notice.to)
            if agency is None:
                return api.DeliverNoticeResponse(outcome=Outcome(subject=notice.case_id))
            command = await self._delivered(exchange_id, notice, agency)
        outcome = await self.exchanges.run(
            request, context, exchange_id, command, subject=UUID(notice.case_id)
        )
        return api.DeliverNoticeResponse(outcome=outcome)

    async def _delivered(
        self, exchange_id: UUID, notice: ev.NoticePrepared, agency: Agency
    ) -> prepared.PreparedDelivery:
        signed = await self.exchanges.open(notice.signed, field=NOTICE)
        answer = await self._ask(agency, signed)
        try:
            receipt = verified(answer, agency, signed, str(exchange_id))
        except BadReceipt as e:
            log().warning(
                "notice.bad_receipt",
                agency=agency.code,
                exchange_id=str(exchange_id),
                error=str(e),
                remedy="ask the agency which key signed; nothing was accepted, the notice is sent again",
            )
            raise Unavailable("the agency's receipt is not its own") from e
        answered = ev.NoticeRefused if receipt.stage == msg.STAGE_REFUSED else ev.NoticeReceipted
        sealed = await self.exchanges.seal(exchange_id, answer, field=field_of(answered, "receipt"))
        if receipt.stage == msg.STAGE_REFUSED:
            refused = ev.NoticeRefused(
                agency_code=agency.code, code=reason_code(receipt.refusal.code), receipt=sealed
            )
            return prepared.PreparedDelivery(refused=refused)
        receipted = ev.NoticeReceipted(
            agency_code=agency.code, receipt=sealed, stage=receipt.stage, at=receipt.at
        )
        return prepared.PreparedDelivery(receipted=receipted)

    async def _ask(self, agency: Agency, signed: Signed) -> Signed:
        channel = self.exchanges.deps.peers.agency(agency)
        stub = agency_pb2_grpc.AgencyServiceStub(channel)
        request = agency_pb2.DeliverRequest(to=agency.code, message=signed)
        try:
            return (await stub.Deliver(request, timeout=DELIVER_TIMEOUT_S)).receipt
        except grpc.aio.AioRpcError as e:
            # whatever the agency's own trouble is, the notice is not delivered and is sent again
            log().warning("notice.not_delivered", agency=agency.code, status=e.code().name)
            raise Unavailable(f"{agency.code} did not take the notice") from e


def verified(answer: Signed, agency: Agency, notice: Signed, message_id: str) -> msg.Receipt:
    """The agency's receipt about exactly this notice; BadReceipt says what does not fit."""
    if answer.type != msg.Receipt.DESCRIPTOR.full_name:
        raise BadReceipt("it is no receipt")
    wrong = problem(answer, agency)
    if wrong is not None:
        raise BadReceipt(wrong.code)
    try:
        receipt = msg.Receipt.FromString(answer.body)
    except DecodeError as e:
        raise BadReceipt("its body is no receipt") from e
    if receipt.message_id != message_id or receipt.body_sha256 != sha256(notice.body).digest():
        raise BadReceipt("it is about another message")
    if receipt.receiver != agency.code:
        raise BadReceipt("it is another agency's")
    if receipt.stage == msg.STAGE_UNSPECIFIED:
        raise BadReceipt("it names no stage")
    return receipt


def reason_code(code: str) -> str:
    """The agency's reason code; OTHER for a text that is none: it stays in the sealed receipt."""
    return code if REASON_CODE.fullmatch(code) else NO_CODE


def addressee(agencies: Agencies, candidates: str) -> str:
    """Code of the first registered candidate ("role@county" or code, separated by commas); else the first itself."""
    names = candidates.split(",")
    for name in names:
        role, at, county = name.partition("@")
        found = _covering(agencies, role, county) if at else _organ(agencies, name)
        if found is not None:
            return found.code
    return names[0]


def _procuratorate(agencies: Agencies, county: str, digits: int) -> Agency | None:
    """The procuratorate of the territory whose unit has so many digits: of the county, the city, the province."""
    found = [
        one
        for one in agencies.all().values()
        if one.kind.startswith("PROC") and county.startswith(one.unit) and len(one.unit) == digits
    ]
    return min(found, key=lambda one: one.code, default=None)


def reachable(agencies: Agencies, to: str) -> Agency | None:
    """The agency that a notice to `to` can be delivered to; None while none is registered with an endpoint."""
    agency = agencies.get(addressee(agencies, to))
    return agency if agency is not None and agency.endpoint else None


def _covering(agencies: Agencies, role: str, where: str) -> Agency | None:
    """The agency of that role whose unit covers the county; of several the one nearest to it."""
    county, _, organ_code = where.partition("/")
    if role == "PROC_COURT_LEVEL":
        organ = _organ(agencies, organ_code)
        return None if organ is None else _procuratorate(agencies, county, len(organ.unit))
    if role == "PROC_CITY":
        return _procuratorate(agencies, county, _CITY_DIGITS)
    # COURT_CITY: the court of the city that the county belongs to, the intermediate people's court
    kind, of_county = ("COURT", False) if role == "COURT_CITY" else (role, True)
    found = [
        one
        for one in agencies.all().values()
        if one.kind == kind and county.startswith(one.unit) and (of_county or len(one.unit) < len(county))
    ]
    return min(found, key=lambda one: (-len(one.unit), one.code), default=None)


def _organ(agencies: Agencies, code: str) -> Agency | None:
    """The registered agency of that code, or the one that may speak for it."""
    found = agencies.get(code)
    if found is not None:
        return found
    speaking = (one for one in agencies.all().values() if code in one.speaks_for)
    return min(speaking, key=lambda one: one.code, default=None)
