"""Lists and counts for officers: what is between agencies, and whether both sides' numbers agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import service_pb2 as api
from eventcore import meta
from eventcore.decider import Caller
from servicekit import paging
from servicekit.agencies import Agencies
from servicekit.calls import caller_of
from servicekit.lists import Rows, When

from handoff import queries
from handoff.exchanges import Exchanges
from handoff.notices import reachable

_BATCH = 1000
_FIRST = (datetime.min.replace(tzinfo=UTC), UUID(int=0))
_FIELDS = (
    "received", "accepted", "refused", "held", "effected", "procuratorate_due", "procuratorate_receipted",
    "notices_due", "notices_receipted", "repeated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """RPCs that list and count."""

    exchanges: Exchanges

    async def open(
        self, request: api.ListOpenExchangesRequest, context: object
    ) -> api.ListOpenExchangesResponse:
        """A page of what waits in the caller's territory, oldest first."""
        agencies = self.exchanges.deps.agencies
        page = paging.page_of(request, parts=(paging.instant, UUID), first=_FIRST, key=_key)
        found, at = await self._concerning(caller_of(context), page, When.of(request.at, page.log_size))
        rows, token = page.cut(found, at.log_size)
        shown = [_shown(one, agencies) for one in rows]
        return api.ListOpenExchangesResponse(exchanges=shown, next_page_token=token, at=at.at())

    async def _concerning(
        self, caller: Caller, page: paging.Page[queries.Open], when: When
    ) -> tuple[list[queries.Open], Rows]:
        """Of all that waits behind the page before, what concerns the caller, as far as the page needs."""
        deps, after, found = self.exchanges.deps, page.after, list[queries.Open]()
        while True:
            batch, at = await queries.open_exchanges(deps.lists, after, _BATCH, when)
            when = replace(when, log_size=at.log_size)
            found += [one for one in batch if concerns(caller, one.agency_code, one.county, deps.agencies)]
            if len(batch) < _BATCH or len(found) >= page.limit:
                return found, at
            after = _key(batch[-1])

    async def tally(self, request: api.GetTallyRequest, context: object) -> api.GetTallyResponse:
        """The counts of what concerns the caller's territory; now: as of the last event that the projection has read."""
        deps, caller = self.exchanges.deps, caller_of(context)
        found = await queries.tally(deps.lists, When.of(request.at))
        counts = [row[2:] for row in found.rows if concerns(caller, row[0], row[1], deps.agencies)]
        summed = {name: sum(row[n] for row in counts) for n, name in enumerate(_FIELDS)}
        return api.GetTallyResponse(**summed, at=found.at())


def _key(one: queries.Open) -> tuple[object, ...]:
    return one.since, one.exchange_id


def concerns(caller: Caller, agency_code: str, county: str, agencies: Agencies) -> bool:
    """The case lies in the caller's unit; where no case is known yet, the agency's territory meets it."""
    if caller.sees(county):
        return True
    agency = agencies.get(agency_code)
    if county or agency is None or not caller.unit:
        return False
    return agency.unit.startswith(caller.unit) or caller.unit.startswith(agency.unit)


def _shown(one: queries.Open, agencies: Agencies) -> api.OpenExchange:
    waits_for_agency = not one.inbound and one.stage == msg.STAGE_UNSPECIFIED
    return api.OpenExchange(
        exchange_id=str(one.exchange_id),
        agency_code=one.agency_code,
        inbound=one.inbound,
        kind=one.kind,
        stage=msg.Stage.Name(one.stage),
        since=meta.timestamp(one.since),
        age_days=max((one.now - one.since).days, 0),
        undeliverable=waits_for_agency and reachable(agencies, one.agency_code) is None,
    )
