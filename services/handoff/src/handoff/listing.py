"""Lists and counts for officers: what is between agencies, and whether both sides' numbers agree."""

from __future__ import annotations

from dataclasses import dataclass

from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import service_pb2 as api
from eventcore import meta
from eventcore.decider import Caller
from servicekit.agencies import Agencies
from servicekit.calls import caller_of

from handoff import queries
from handoff.exchanges import Exchanges

_FIELDS = (
    "received", "accepted", "refused", "held", "effected", "procuratorate_due", "procuratorate_receipted",
    "notices_due", "notices_receipted", "repeated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """RPCs that list and count."""

    exchanges: Exchanges

    async def open(self, context: object) -> api.ListOpenExchangesResponse:
        """What waits in the caller's territory, oldest first."""
        caller, agencies = caller_of(context), self.exchanges.deps.agencies
        found = await queries.open_exchanges(self.exchanges.deps.pool)
        shown = [_shown(one) for one in found if _concerns(caller, one, agencies)]
        return api.ListOpenExchangesResponse(exchanges=shown)

    async def tally(self) -> api.GetTallyResponse:
        """The counts as of the last event that the projection has read."""
        row = await queries.tally(self.exchanges.deps.pool)
        return api.GetTallyResponse(**dict(zip(_FIELDS, row, strict=True)))


def _concerns(caller: Caller, one: queries.Open, agencies: Agencies) -> bool:
    """The case lies in the caller's unit; where no case is known yet, the agency's territory meets it."""
    if caller.sees(one.county):
        return True
    agency = agencies.get(one.agency_code)
    if one.county or agency is None or not caller.unit:
        return False
    return agency.unit.startswith(caller.unit) or caller.unit.startswith(agency.unit)


def _shown(one: queries.Open) -> api.OpenExchange:
    return api.OpenExchange(
        exchange_id=str(one.exchange_id),
        agency_code=one.agency_code,
        inbound=one.inbound,
        kind=one.kind,
        stage=msg.Stage.Name(one.stage),
        since=meta.timestamp(one.since),
        age_days=max((one.now - one.since).days, 0),
    )
