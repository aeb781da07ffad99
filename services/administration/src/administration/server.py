"""gRPC servicer of administration: no rules here, only the way in."""

from __future__ import annotations

import asyncio
from uuid import UUID

from corrections.administration.v1 import service_pb2 as pb
from corrections.administration.v1 import service_pb2_grpc as rpc
from eventcore import ids
from eventcore.decider import NotFound, StreamKey
from eventcore.meta import instant
from eventcore.reads import read
from lawkit import load_law
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.lists import When

from administration import answers, releases
from administration.domain import calendar_year, rule_set
from administration.domain.calendar_year import CALENDAR_YEAR
from administration.domain.rule_set import RULE_SET
from administration.queries import Queries


class AdministrationServicer(rpc.AdministrationServiceServicer):
    """The calendar years and rule sets that the installation decided for."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._queries = Queries(deps.lists)

    async def ImportCalendar(
        self, request: pb.ImportCalendarRequest, context: object
    ) -> pb.ImportCalendarResponse:
        key = StreamKey(calendar_year.CATEGORY, str(request.year))
        outcome = await self._deps.run(
            request, context, decider=CALENDAR_YEAR, stream=key, subject=self._subject(key)
        )
        return pb.ImportCalendarResponse(outcome=outcome)

    async def GetCalendar(self, request: pb.GetCalendarRequest, context: object) -> pb.GetCalendarResponse:
        key = StreamKey(calendar_year.CATEGORY, str(request.year))
        known_at = instant(request.known_at) if request.HasField("known_at") else None
        try:
            found = await read(self._deps.store, CALENDAR_YEAR, key, caller_of(context), known_at=known_at)
        except NotFound:
            return answers.built_in_calendar(load_law(), request.year)
        return answers.calendar(found.state, found.version)

    async def ListCalendars(
        self, request: pb.ListCalendarsRequest, context: object
    ) -> pb.ListCalendarsResponse:
        years, found = await self._queries.years(When.of(request.at))
        return answers.calendars(years, load_law().calendar.span, found.at())

    async def ReleaseRuleSet(
        self, request: pb.ReleaseRuleSetRequest, context: object
    ) -> pb.ReleaseRuleSetResponse:
        key = StreamKey(rule_set.CATEGORY, request.rule_set_id)
        known = await self._released(request.corrects, context)
        command = await asyncio.to_thread(
            releases.prepared, request, self._deps.settings.home, corrected_known=known
        )
        outcome = await self._deps.run(
            request, context, decider=RULE_SET, stream=key, subject=self._subject(key), command=command
        )
        return pb.ReleaseRuleSetResponse(outcome=outcome)

    async def WithdrawRuleSet(
        self, request: pb.WithdrawRuleSetRequest, context: object
    ) -> pb.WithdrawRuleSetResponse:
        key = StreamKey(rule_set.CATEGORY, request.rule_set_id)
        command = releases.withdrawn(request, self._deps.settings.home)
        outcome = await self._deps.run(
            request, context, decider=RULE_SET, stream=key, subject=self._subject(key), command=command
        )
        return pb.WithdrawRuleSetResponse(outcome=outcome)

    async def GetRuleSet(self, request: pb.GetRuleSetRequest, context: object) -> pb.GetRuleSetResponse:
        key = StreamKey(rule_set.CATEGORY, request.rule_set_id)
        found = await read(self._deps.store, RULE_SET, key, caller_of(context))
        return pb.GetRuleSetResponse(rule_set=answers.rule_set(found.state))

    async def ListRuleSets(self, request: pb.ListRuleSetsRequest, context: object) -> pb.ListRuleSetsResponse:
        found, at = await self._queries.rule_sets(When.of(request.at))
        return answers.rule_sets(found, at.at())

    async def _released(self, rule_set_id: str, context: object) -> bool:
        """Whether the rule set is on record; releases are for ever, so that it need not be looked up again."""
        if not rule_set_id:
            return False
        key = StreamKey(rule_set.CATEGORY, rule_set_id)
        try:
            return (
                await read(self._deps.store, RULE_SET, key, caller_of(context))
            ).state.released is not None
        except NotFound:
            return False

    def _subject(self, key: StreamKey) -> UUID:
        return ids.derived(self._deps.settings.installation, *key)
