"""The law that a command asks: that of the release, with a region's additions and the years that were imported."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Protocol, TypeVar

import grpc
import typer
from corrections.administration.v1 import service_pb2 as pb
from corrections.common.v1.common_pb2 import EventMeta
from devstack.home import default_home
from eventcore import meta
from eventcore.event import Event
from google.protobuf.message import Message
from lawkit import Law, load_law
from lawkit.arrangement import ArrangedDay, Arrangement, arranged
from lawkit.errors import WrongFile
from lawkit.region import in_region, read_region
from servicekit.rule_sets import RuleSetMissing, RuleSets

from guitu_cli.output import FAILED, USAGE, fail

Region = Annotated[
    Path | None, typer.Option("--region", exists=True, dir_okay=False, help="A region's additions, YAML.")
]


R = TypeVar("R", bound=Message)


class Asks(Protocol):
    """Who answers a request, as `client.Client` does."""

    def call(self, request: Message, answer: type[R], /) -> R:
        """The answer. Raises grpc.RpcError."""
        ...


def law_here(region: Path | None) -> Law:
    """The law of the release, as it holds in the region of the file; a file that does not load ends the command."""
    return in_the_region(load_law(), region)


def in_the_region(law: Law, region: Path | None) -> Law:
    """This law, be it a draft, as it holds in the region of the file."""
    if region is None:
        return law
    try:
        return in_region(law, read_region(region.read_bytes(), law, region.name))
    except WrongFile as error:
        fail(str(error), USAGE)


def with_imported_years(law: Law, to: Asks, known_at: datetime) -> Law:
    """The law with the calendar years that administration had imported by then, as the services have it.

    Raises grpc.RpcError.
    """
    found: list[Arrangement] = []
    for listed in to.call(pb.ListCalendarsRequest(), pb.ListCalendarsResponse).calendars:
        request = pb.GetCalendarRequest(year=listed.year, known_at=meta.timestamp(known_at))
        year = _known(to, request)
        if year is not None:
            days = [ArrangedDay(date.fromisoformat(day.on), day.work, day.name) for day in year.days]
            found.append(Arrangement.of(year.year, days))
    return law.with_calendar(arranged(law.calendar.without_provisional_years(), found)) if found else law


class LawsThen:
    """The laws by which the events of a history were decided, each made once; `today` decided the latest ones."""

    def __init__(self, today: Law, region: Path | None, to: Asks) -> None:
        self._texts = RuleSets(load_law(), default_home().resolve(), signed=False, here=lambda law: law)
        self._region = region
        self._to = to
        self._made = {(today.digest, today.calendar_version): today}

    def __call__(self, event: Event) -> Law:
        """The law that the event's metadata names; a rule set whose text is not kept here ends the command."""
        told = EventMeta.FromString(event.meta_bytes)
        key = told.ruleset_digest, told.calendar_version
        if key not in self._made:
            try:
                law = in_the_region(self._texts.text(told.ruleset_digest), self._region)
            except RuleSetMissing as missing:
                fail(str(missing), FAILED)
            self._made[key] = with_imported_years(law, self._to, event.recorded_at)
        return self._made[key]


def _known(to: Asks, request: pb.GetCalendarRequest) -> pb.CalendarYear | None:
    """The year as it was known then; None before its first import."""
    try:
        found = to.call(request, pb.GetCalendarResponse).calendar
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:  # pyright: ignore[reportAttributeAccessIssue]
            raise
        return None
    # version 0: the days that came with the release, which the law has
    return found if found.version else None
