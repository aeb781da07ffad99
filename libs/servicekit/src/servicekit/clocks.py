"""The legal clocks that run in a service's cases: rows of es.deadline, with the article of the day.

A clock that was handed over to its lapse is open no more; one without a request waits for somebody else and stays.
The clocks of a day before are those that the readers of the log started until then (servicekit.lists).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

import grpc
from corrections.law.v1 import service_pb2 as pb
from eventcore import meta
from eventcore.decider import Caller
from eventcore.rows import SEEN, seen
from lawkit import Law, law_of_the_day
from lawkit.counting import day_of

from servicekit import paging
from servicekit.calls import caller_of
from servicekit.deps import Deps
from servicekit.lists import Rows, When
from servicekit.paging import Page

_LAST_INSTANT = timedelta(microseconds=1)
# the end of the day so many days from today, in Asia/Shanghai; the clock is asked once
_WITHIN = """
(date_trunc('day', %(now)s::timestamptz at time zone 'Asia/Shanghai') + (%(within)s::integer + 1) * interval '1 day')
  at time zone 'Asia/Shanghai'
"""
_CLOCKS: LiteralString = (
    """
select d.due_at, d.deadline_id, d.subject, d.name, d.rule, d.since, d.provisional, coalesce(c.county, ''),
  %(now)s::timestamptz
from {clocks} d left join {table} c on c.case_id = d.subject
where d.handed_over_for is null and (not %(past)s or d.command_id is null or d.due_at > %(now)s::timestamptz)
  and (%(subject)s::uuid is null or d.subject = %(subject)s)
  and (%(before)s::timestamptz is null or d.due_at < %(before)s)
  and (%(within)s::integer is null or d.due_at <= """
    + _WITHIN
    + ") and "
    + SEEN
    + """
  and (d.due_at, d.deadline_id) > (%(due_at)s, %(deadline_id)s)
order by d.due_at, d.deadline_id limit %(limit)s
"""
)
_NO_CASES: LiteralString = "(select null::uuid as case_id, '' as county, '' as office where false)"


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock that runs; `now` is the service's clock, UTC."""

    due_at: datetime
    deadline_id: UUID
    subject: UUID
    name: str
    rule: str
    since: date | None
    provisional: bool
    county: str
    now: datetime


class Clocks:
    """The part of the LawService that lists clocks: one statement a page."""

    def __init__(self, deps: Deps, table: LiteralString | None) -> None:
        self._deps = deps
        self._clocks: LiteralString = _CLOCKS.replace("{table}", table or _NO_CASES)

    async def ListDeadlines(
        self, request: pb.ListDeadlinesRequest, context: grpc.aio.ServicerContext[object, object]
    ) -> pb.ListDeadlinesResponse:
        """A page of the clocks in the cases that the caller sees."""
        page: Page[Clock] = paging.page_of(
            request,
            parts=(paging.instant, UUID),
            first=(datetime.min.replace(tzinfo=UTC), UUID(int=0)),
            key=lambda clock: (clock.due_at, clock.deadline_id),
        )
        found = await self._open(request, caller_of(context), page)
        rows, token = page.cut([Clock(*row) for row in found.rows], found.log_size)
        deadlines = [deadline(self._deps.law, clock) for clock in rows]
        return pb.ListDeadlinesResponse(deadlines=deadlines, next_page_token=token, at=found.at())

    async def _open(self, request: pb.ListDeadlinesRequest, caller: Caller, page: Page[Clock]) -> Rows:
        due_at, deadline_id = page.after
        arguments = {
            **seen(caller),
            "subject": UUID(request.case_id) if request.case_id else None,
            "before": request.due_before.ToDatetime(UTC) if request.HasField("due_before") else None,
            "within": request.within_days if request.HasField("within_days") else None,
            "due_at": due_at,
            "deadline_id": deadline_id,
            "limit": page.limit,
        }
        return await self._deps.lists.clocks(self._clocks, arguments, When.of(request.at, page.log_size))


def deadline(law: Law, clock: Clock) -> pb.Deadline:
    """The clock as it is told, by the law of the day that it counts from."""
    last = day_of(clock.due_at - _LAST_INSTANT)
    on = clock.since or last
    basis = law_of_the_day.basis(law, clock.rule, on) if clock.rule in law.rule_ids else ""
    version = law_of_the_day.of_the_day(law, basis, on) if basis else None
    return pb.Deadline(
        case_id=str(clock.subject),
        name=clock.name,
        rule=basis or clock.rule,
        rule_from=version.in_force_from.isoformat() if version else "",
        article_zh=law.article_zh(basis, on) if basis else "",
        title_zh=law.rule(clock.rule).title_zh if clock.rule in law.rule_ids else "",
        since=clock.since.isoformat() if clock.since else "",
        due_at=meta.timestamp(clock.due_at),
        last_day=last.isoformat(),
        days_left=(last - day_of(clock.now)).days,
        provisional=clock.provisional,
        county=clock.county,
    )
