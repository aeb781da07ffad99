"""QueryMissingStatus: the police ask, a reason is recorded, the least is answered. 社区矫正法 第三十条.

The entries of the log are published: that an agency asked stands there, about whom does not (docs/adr/0033). The event is
therefore about the agency's queries, not about the case; the case's readers find it in the record of reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from corrections.common.v1.common_pb2 import Sealed
from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import prepared_pb2 as prepared
from corrections.handoff.v1 import service_pb2 as api
from corrections.intake.v1 import service_pb2 as intake
from corrections.intake.v1 import service_pb2_grpc as intake_grpc
from eventcore import ids, meta
from eventcore.decider import SHANGHAI, Caller, NotFound, StreamKey
from eventcore.errors import Invalid
from eventcore.texts import seal
from lawkit.counting import end_of_day
from servicekit import read_log
from servicekit.caller import name_of
from servicekit.calls import caller_of
from servicekit.errors import Unavailable

from handoff import queries
from handoff.cases import Cases
from handoff.domain.dates import day
from handoff.domain.exchange import EXCHANGE
from handoff.domain.missing_status import status_at, worst_first
from handoff.exchanges import QUERIED, REASON, Exchanges


@dataclass(frozen=True, slots=True)
class Police:
    """The query of the police."""

    exchanges: Exchanges

    async def query(
        self, request: api.QueryMissingStatusRequest, context: object
    ) -> api.QueryMissingStatusResponse:
        """The state on the day asked about; the query is an event. NotFound for whoever lies outside the unit,
        which is an event too, of the agency that asked.
        """
        caller = caller_of(context)
        agency = name_of(caller)
        exchange_id = ids.derived(self.exchanges.installation, "query", agency, request.request_id)
        now = (await self.exchanges.load(exchange_id)).now
        today = now.astimezone(SHANGHAI).date()
        as_of = _day(request.as_of, today)
        cases = await self._cases(request, caller)
        if not cases:
            await self._unanswered(request, context, agency, as_of=as_of, today=today)
            raise NotFound
        read_log.show(cases)
        pool, instant = self.exchanges.deps.pool, _instant(as_of, now)
        states = [(status_at(await queries.missing_periods(pool, c), instant), c) for c in cases]
        status, case_id = min(states, key=lambda found: worst_first(found[0]))
        queried = ev.MissingStatusQueried(
            agency_code=agency,
            case_id=str(case_id),
            reason=await self._reason(request.reason, case_id),
            as_of=as_of.isoformat(),
            state=status.state,
            missing_since=_stamp(status.since),
            found_at=_stamp(status.found_at),
        )
        await self.exchanges.key(exchange_id)
        answered = ev.MissingStatusQueryAnswered(
            agency_code=agency, queried=await self.exchanges.seal(exchange_id, queried, field=QUERIED)
        )
        await self.exchanges.run(
            request,
            context,
            exchange_id,
            prepared.PreparedQuery(answered=answered),
            subject=self._queries(agency),
        )
        return await self._answer(exchange_id)

    async def _unanswered(
        self,
        request: api.QueryMissingStatusRequest,
        context: object,
        agency: str,
        *,
        as_of: date,
        today: date,
    ) -> None:
        """That somebody asked is an event of the agency's own; whether the person exists, it does not say either."""
        exchanges = self.exchanges
        by_reference = request.WhichOneof("person") == "reference"
        person_mac = (
            exchanges.macs.reference(request.reference)
            if by_reference
            else exchanges.macs.identity(request.identity_number)
        )
        exchange_id = ids.derived(exchanges.installation, "query", agency, request.request_id)
        await exchanges.key(exchange_id)
        unanswered = ev.MissingStatusQueryUnanswered(
            agency_code=agency,
            person_mac=person_mac,
            reason=await exchanges.deps.keys.seal(exchange_id, request.reason.encode(), field=REASON),
            as_of=as_of.isoformat(),
        )
        await exchanges.deps.run(
            request,
            context,
            decider=EXCHANGE,
            # a stream a day, so that none grows for ever
            stream=StreamKey("exchange", f"queries/{agency}/{today.isoformat()}"),
            subject=self._queries(agency),
            command=prepared.PreparedQuery(unanswered=unanswered),
        )

    def _queries(self, agency: str) -> UUID:
        """What queries are about, to the public: the agency's asking."""
        return ids.derived(self.exchanges.installation, "queries", agency)

    async def _reason(self, reason: str, case_id: UUID) -> Sealed:
        """The reason, sealed to the person; Unavailable until intake's word of a new case has come."""
        known = await queries.known_case(self.exchanges.deps.pool, case_id)
        if known is None:
            raise Unavailable("the case is new; ask again")
        kind = ev.MissingStatusQueried.DESCRIPTOR.full_name
        return seal(reason.encode(), known.seal_to, event_type=kind, field="reason", subject=case_id)

    async def _answer(self, exchange_id: UUID) -> api.QueryMissingStatusResponse:
        """From the event: a repeated request gets the first answer."""
        query = (await self.exchanges.load(exchange_id)).state.query
        if query is None:
            raise NotFound
        if isinstance(query, ev.MissingStatusQueryAnswered):
            content = await self.exchanges.deps.keys.open(query.queried, field=QUERIED)
            query = ev.MissingStatusQueried.FromString(content)
        answer = api.QueryMissingStatusResponse(state=query.state)
        if query.HasField("missing_since"):
            answer.missing_since.CopyFrom(query.missing_since)
        if query.HasField("found_at"):
            answer.found_at.CopyFrom(query.found_at)
        return answer

    async def _cases(self, request: api.QueryMissingStatusRequest, caller: Caller) -> list[UUID]:
        """The person's cases in the caller's territory; none, the same as for nobody."""
        if request.WhichOneof("person") == "reference":
            case_id = await Cases(self.exchanges).named(request.reference)
            known = None if case_id is None else await queries.known_case(self.exchanges.deps.pool, case_id)
            found = [] if case_id is None or known is None else [(case_id, known.county)]
        else:
            found = await self._by_identity(request.identity_number)
        return [case_id for case_id, county in found if caller.covers(county)]

    async def _by_identity(self, identity_number: str) -> list[tuple[UUID, str]]:
        stub = intake_grpc.IntakeServiceStub(self.exchanges.deps.peers.channel("intake"))
        found = await stub.FindCases(intake.FindCasesRequest(identity_number=identity_number))
        return [(UUID(case.case_id), case.county) for case in found.cases]


def _day(text: str, today: date) -> date:
    if not text:
        return today
    asked = day(text)
    if asked is None:
        raise Invalid("as_of", "is no day; want YYYY-MM-DD")
    if asked > today:
        raise Invalid("as_of", f"got {asked}, want no later than {today}")
    return asked


def _instant(asked: date, now: datetime) -> datetime:
    """The last instant of a past day; for today, now."""
    last = end_of_day(asked) - timedelta(microseconds=1)
    return min(last.astimezone(UTC), now)


def _stamp(instant: datetime | None):
    return None if instant is None else meta.timestamp(instant)
