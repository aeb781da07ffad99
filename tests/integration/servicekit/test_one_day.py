"""What a case shows, its row in the list and its place in the figures agree, whatever day and known time are asked about (G29).

A history with late facts, facts that name an earlier day, endings and withdrawn things is played once a service; the moments
are drawn: any day, any known time around any event.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any, TypeVar
from uuid import UUID

import pytest
from assistance import answers as assistance_answers
from assistance import queries as assistance_queries
from assistance.domain.case import CASE as ASSISTANCE
from corrections.assistance.v1 import events_pb2 as assistance_ev
from corrections.assistance.v1 import service_pb2 as assistance_pb
from corrections.common.v1 import facts_pb2 as facts
from corrections.education.v1 import events_pb2 as education_ev
from corrections.education.v1 import service_pb2 as education_pb
from corrections.handoff.v1 import events_pb2 as handoff_ev
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.intake.v1 import events_pb2 as intake_ev
from corrections.intake.v1 import service_pb2 as intake_pb
from corrections.supervision.v1 import events_pb2 as supervision_ev
from corrections.supervision.v1 import service_pb2 as supervision_pb
from devstack.testing import Database
from education import answers as education_answers
from education import queries as education_queries
from education.domain.case import CASE as EDUCATION
from eventcore import meta
from eventcore.decider import Caller, Decider, Invalid, NotFound, StreamKey
from eventcore.link import Link, connecting
from eventcore.projection import Projections
from eventcore.reads import Read
from eventcore.reads import asked as asked_for
from eventcore.store import Store, pool
from eventcore.testing import instant
from eventcore.testing_log import TestLog
from eventcore.upcasting import Codec
from google.protobuf.message import Message
from handoff import queries as handoff_queries
from handoff.domain.exchange import EXCHANGE
from handoff.domain.state import Exchange
from hypothesis import given, settings
from hypothesis import strategies as st
from intake import answers as intake_answers
from intake import queries as intake_queries
from intake.domain.case import CASE
from intake.figures import FIGURES as INTAKE_FIGURES
from lawkit import load_law
from servicekit.lists import Lists, When
from servicekit.service import Service
from servicekit.testing import INSTALLATION
from supervision import queries as supervision_queries
from supervision.domain.as_of import conduct_on
from supervision.domain.case import CASE as SUPERVISION
from supervision.figures import FIGURES as SUPERVISION_FIGURES
from supervision.figures import MISSING as SUPERVISION_MISSING

from tests.integration.servicekit.test_lists import serving

T = TypeVar("T")

FIRST = date(2026, 3, 2)
DAYS = 45
ONE = timedelta(days=1)
CASES = 6
LAW = load_law()
CALLER = Caller("spiffe://x/staff/330203/COUNTY_CCI/li", "330203", "COUNTY_CCI", "test")
UUID0 = "00000000-0000-4000-8000-000000000000"

Said = Callable[[str], Message]
"""An event that may name a day, ISO 8601."""


def noon(day: date) -> datetime:
    return instant(f"{day.isoformat()}T12:00")


@dataclass
class Played:
    """A service's log with the live tables, and what reads it."""

    log: TestLog
    loop: asyncio.AbstractEventLoop
    store: Store
    lists: Lists
    close: Callable[[], Coroutine[Any, Any, None]]
    cases: list[str] = field(default_factory=list[str])

    def run(self, asked: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(asked)

    def shown(self, decider: Decider[Any], name: str, day: date, known: datetime | None) -> Read[Any] | None:
        """What `show` reads; None where there is no such case."""
        category, _, key = name.partition("/")
        try:
            asked_ = intake_pb.GetCaseRequest(
                as_of=day.isoformat(), known_at=meta.timestamp(known) if known else None
            )
            return self.run(asked_for(self.store, decider, StreamKey(category, key), CALLER, asked_))
        except NotFound:
            return None


def played(database: Database, name: str, lives: Sequence[Sequence[Said]], category: str = "case") -> Played:
    """Each life is told in its order, each fact written some days late, of a day that it names a few days earlier still."""
    log = TestLog(
        database.dsn, installation=INSTALLATION, service=name, packages=[name], simulated_clock=True
    )
    chance = random.Random(name)
    acts: list[tuple[datetime, int, datetime, Message]] = []
    for number, life in enumerate(lives):
        recorded = FIRST + timedelta(days=5 + chance.randrange(8))
        for said in life:
            recorded += timedelta(days=chance.choice((0, 0, 1, 2, 5)))
            occurred = recorded - timedelta(days=chance.choice((0, 0, 0, 1, 4)))
            named = occurred - timedelta(days=chance.choice((0, 0, 1, 3)))
            acts.append((noon(recorded), number, noon(occurred), said(named.isoformat())))
    cases = [f"{category}/{number}" for number in range(len(lives))]
    for recorded_at, number, occurred_at, event in sorted(acts, key=lambda act: act[0]):
        log.set_clock(recorded_at)
        log.write(cases[number], event, occurred_at=occurred_at)
    log.set_clock(noon(FIRST + timedelta(days=DAYS)))
    log.sequence()
    service: Service = import_module(f"{name}.main").SERVICE
    link = Link(connecting(database.dsn, "test"))
    with closing(Projections(link, service.projections, installation=INSTALLATION, service=name)) as live:
        while live.turn():
            pass
    loop = asyncio.new_event_loop()
    connections = pool(database.dsn, service=name)
    loop.run_until_complete(connections.open())
    lists = Lists(
        connections,
        lambda: serving(database, name),
        service.projections,
        installation=INSTALLATION,
        service=name,
        codec=Codec(),
        law=lambda: LAW,
    )

    async def close() -> None:
        await lists.close()
        await connections.close()

    store = Store(connections, service=name, installation=INSTALLATION)
    return Played(log, loop, store, lists, close, cases)


def ended(one: Played) -> None:
    """Nothing is open any more."""
    one.run(one.close())
    one.loop.close()
    one.log.close()


days = st.integers(0, DAYS + 1).map(lambda n: FIRST - timedelta(days=2) + timedelta(days=n))
hours = st.none() | st.integers(0, (DAYS + 2) * 24).map(
    lambda n: noon(FIRST - timedelta(days=1)) + timedelta(hours=n)
)
moments = settings(max_examples=40, deadline=None, derandomize=True)


def asked(one: Played, day: date, known: datetime | None, listed: Callable[[When], T]) -> T | None:
    """The list at the moment; None where it is impossible, which `show` has to find too."""
    try:
        return listed(When(day, known))
    except Invalid as refused:
        field = refused.field
    with pytest.raises(Invalid) as told:
        one.shown(EDUCATION, one.cases[0], day, known)
    assert "at." + told.value.field == field
    return None


@pytest.fixture
def intake(database: Database) -> Iterator[Played]:
    kinds = (facts.SUBJECT_KIND_PROBATION, facts.SUBJECT_KIND_PAROLE)

    def life(number: int) -> list[Said]:
        def opened(on: str) -> Message:
            return intake_ev.CaseOpened(
                person_id=UUID0, exchange_id=UUID0, defendant_number=1, kind=kinds[number % 2], county="330203",
                office="330203001", organ_code="C", decision_date=on, effective_date="2026-03-10",
            )  # fmt: skip

        whole: list[Said] = [
            opened,
            lambda _: intake_ev.TermComputed(start_date="2026-03-10", end_date="2026-04-02"),
            lambda _: intake_ev.ReportingInOrdered(nominal_due="2026-03-20", extended_due="2026-03-20"),
            lambda _: intake_ev.ReportingInMissed() if number % 3 == 0 else intake_ev.GroupFormed(),
            lambda _: intake_ev.ReportedIn(),
            lambda _: intake_ev.EntryDeclared(),
            lambda _: intake_ev.PlanAdopted(),
            lambda on: intake_ev.TermShortened(ruling_date=on, end_date="2026-03-30"),
            lambda _: intake_ev.PlanAdopted(),
            lambda on: intake_ev.TermRecalculated(ruling_date=on, end_date="2026-04-05"),
            lambda _: intake_ev.ReleasePrepared(),
        ]
        ends: list[list[Said]] = [
            [lambda on: intake_ev.Terminated(on=on)],
            [lambda on: intake_ev.Released(end_date=on), lambda on: intake_ev.ReleaseCertified(end_date=on)],
            [lambda _: intake_ev.RulingWithoutEffect()],
        ]
        return whole[: 5 + number] + ends[number % 3]

    one = played(database, "intake", [life(number) for number in range(CASES)])
    yield one
    ended(one)


def test_a_case_its_row_and_the_figures_agree_on_every_day(intake: Played) -> None:
    names = {str(intake.log.subject(name)): name for name in intake.cases}
    page = intake_queries.page_of(intake_pb.ListCasesRequest(page_size=1000))
    queries = intake_queries.Queries(None, intake.store, intake.lists)  # pyright: ignore[reportArgumentType]

    @moments
    @given(days, hours)
    def agree(day: date, known: datetime | None) -> None:
        found = asked(intake, day, known, lambda when: intake.run(queries.cases(CALLER, page, when)))
        if found is None:
            return
        rows, at = found
        listed = {str(row.case_id): intake_answers.row(row, LAW) for row in rows}
        shown = {case_id: intake.shown(CASE, name, day, known) for case_id, name in names.items()}
        assert listed == {
            case_id: intake_answers.case(case_id, one, LAW).case for case_id, one in shown.items() if one
        }
        counted = figures(day, day, When(day, None, at.log_size))
        live = [one for one in listed.values() if one.state not in ("RELEASED", "TERMINATED")]
        assert counted["in-charge"] == len(live)
        assert counted["not-yet-received"] == sum(not one.reported_on for one in live)
        for name, step in (("decided", "decided"), ("received", "reported"), ("terminated", "terminated")):
            mine = [one.state for one in shown.values() if one]
            of_day = [getattr(one, "decided" if step == "decided" else "progress") for one in mine]
            days_ = [one if step == "decided" else getattr(one, step) for one in of_day]
            assert counted[name] == sum(one == day for one in days_), name
        # what came and went explains the difference to the day before
        if day > FIRST:
            before = figures(day - ONE, day - ONE, When(day - ONE, None, at.log_size))
            gone = counted["released"] + counted["terminated"]
            assert counted["in-charge"] == before["in-charge"] + counted["decided"] - gone

    def figures(first: date, last: date, when: When) -> Counter[str]:
        arguments = {"first": first, "last": last, "unit": "3302"}
        found = intake.run(intake.lists.read(intake_queries.PROJECTION, INTAKE_FIGURES, arguments, when))
        counted: Counter[str] = Counter()
        for name, _, count in found.rows:
            counted[name] += count
        return counted

    agree()


@pytest.fixture
def supervision(database: Database) -> Iterator[Played]:
    def stamp(on: str, hour: str) -> Any:
        return meta.timestamp(instant(f"{on}T{hour}"))

    def life(number: int) -> list[Said]:
        whole: list[Said] = [
            lambda on: supervision_ev.SupervisionOpened(
                county="330203",
                office="330203001",
                kind=facts.SUBJECT_KIND_PROBATION,
                decision_date=on,
                end_date="2026-04-01",
            ),
            lambda on: supervision_ev.MissedReceptionNoted(due_date=on),
            lambda on: supervision_ev.ReceptionNoted(reported_on=on),
            lambda _: supervision_ev.Admonished(),
            lambda on: supervision_ev.ContactLost(since=stamp(on, "20:00")),
            lambda _: supervision_ev.PoliceSearchRequested(),
            lambda on: supervision_ev.SubjectFound(found_at=stamp(on, "08:00")),
            lambda _: supervision_ev.RevocationProposed(),
            lambda on: supervision_ev.ContactLost(since=stamp(on, "01:00")),
            lambda on: supervision_ev.RevocationRefused(ruling_date=on),
            lambda on: supervision_ev.SupervisionClosed(on=on),
        ]
        left = [5, 2, 6, 4, 1][number % 5]
        return whole[:left] + whole[left + 1 :] if number else whole

    one = played(database, "supervision", [life(number) for number in range(CASES)])
    yield one
    ended(one)


def test_who_is_missing_is_missing_in_the_list_and_in_the_figures(supervision: Played) -> None:
    names = {str(supervision.log.subject(name)): name for name in supervision.cases}
    page = supervision_queries.page_of(supervision_pb.ListMissingRequest(page_size=1000))
    queries = supervision_queries.Queries(supervision.lists)

    @moments
    @given(days, hours)
    def agree(day: date, known: datetime | None) -> None:
        found = asked(
            supervision, day, known, lambda when: supervision.run(queries.missing(CALLER, page, when))
        )
        if found is None:
            return
        rows, at = found
        shown = {
            case_id: conduct_on(one.state, case_id, day)
            for case_id, name in names.items()
            if (one := supervision.shown(SUPERVISION, name, day, known))
        }
        missing = {
            case_id: meta.instant(one.missing_since)
            for case_id, one in shown.items()
            if one.HasField("missing_since")
        }
        assert {str(row.case_id): row.since for row in rows} == missing
        when = When(day, None, at.log_size)
        arguments = {"first": date.min, "last": day, "unit": "3302"}
        lists = supervision.lists
        [(count,)] = supervision.run(lists.read("missing", SUPERVISION_MISSING, arguments, when)).rows
        assert count == len(missing)
        given_ = supervision.run(lists.read("measures", SUPERVISION_FIGURES, arguments, when)).rows
        admonished = sum(one.admonitions for one in shown.values())
        assert sum(n for name, _, n in given_ if name == "admonition") == admonished

    agree()


@pytest.fixture
def education(database: Database) -> Iterator[Played]:
    def life(number: int) -> list[Said]:
        first, second = f"a{number}", f"b{number}"
        whole: list[Said] = [
            lambda _: education_ev.EducationOpened(county="330203", office="330203001", end_date="2027-01-01"),
            lambda _: education_ev.SessionArranged(session_id=first, on="2026-03-20", topic=education_ev.SESSION_TOPIC_LAW),
            lambda _: education_ev.SessionMissed(session_id=first),
            lambda _: education_ev.SessionArranged(session_id=second, on="2026-03-20", topic=education_ev.SESSION_TOPIC_LAW),
            lambda _: education_ev.SessionExcused(session_id=first),
            lambda _: education_ev.SessionAttended(session_id=second, minutes=30),
            lambda _: education_ev.SessionAttended(session_id=first, minutes=60),
            lambda on: education_ev.EducationClosed(on=on),
        ]  # fmt: skip
        return whole[: 3 + number]

    one = played(database, "education", [life(number) for number in range(CASES)])
    yield one
    ended(one)


def test_a_session_is_in_the_list_of_its_day_as_the_case_shows_it(education: Played) -> None:
    names = {str(education.log.subject(name)): name for name in education.cases}
    page = education_queries.page_of(education_pb.ListSessionsRequest(page_size=1000))
    queries, held = education_queries.Queries(education.lists), date(2026, 3, 20)

    @moments
    @given(days, hours)
    def agree(day: date, known: datetime | None) -> None:
        def listed(when: When) -> Any:
            return education.run(queries.sessions_on(held, CALLER, page, when))

        found = asked(education, day, known, listed)
        if found is None:
            return
        shown = {
            (case_id, session.session_id): session.state
            for case_id, name in names.items()
            if (one := education.shown(EDUCATION, name, day, known))
            for session in education_answers.education(one).sessions
        }
        assert {(str(row.case_id), row.session_id): row.state for row in found[0]} == shown

    agree()


@pytest.fixture
def assistance(database: Database) -> Iterator[Played]:
    def life(number: int) -> list[Said]:
        made: Said = lambda _: assistance_ev.ReferralMade(  # noqa: E731
            referral_id=f"r{number}", need=assistance_ev.NEED_EMPLOYMENT, department="人社局"
        )
        whole: list[Said] = [
            lambda _: assistance_ev.AssistanceOpened(county="330203", office="330203001"),
            made,
            lambda _: assistance_ev.ReferralAccepted(referral_id=f"r{number}"),
            lambda _: assistance_ev.ReferralConcluded(referral_id=f"r{number}", helped=True),
        ]
        if number % 2:
            whole[2:] = [lambda _: assistance_ev.ReferralDeclined(referral_id=f"r{number}")]
        return [*whole[: 2 + number // 2 + number % 2], lambda on: assistance_ev.AssistanceClosed(on=on)]

    one = played(database, "assistance", [life(number) for number in range(CASES)])
    yield one
    ended(one)


def test_a_referral_is_open_in_the_list_as_the_case_shows_it(assistance: Played) -> None:
    names = {str(assistance.log.subject(name)): name for name in assistance.cases}
    page = assistance_queries.page_of(assistance_pb.ListOpenReferralsRequest(page_size=1000))
    queries = assistance_queries.Queries(assistance.lists)

    @moments
    @given(days, hours)
    def agree(day: date, known: datetime | None) -> None:
        found = asked(
            assistance, day, known, lambda when: assistance.run(queries.open_referrals(CALLER, page, when))
        )
        if found is None:
            return
        shown = {
            (case_id, referral.referral_id): referral.state == "ACCEPTED"
            for case_id, name in names.items()
            if (one := assistance.shown(ASSISTANCE, name, day, known))
            for referral in assistance_answers.assistance(one).referrals
            if referral.state in ("MADE", "ACCEPTED")
        }
        assert {(str(row.case_id), row.referral_id): row.accepted for row in found[0]} == shown

    agree()


@pytest.fixture
def handoff(database: Database) -> Iterator[Played]:
    def life(number: int) -> list[Said]:
        took: list[list[Said]] = [
            [lambda _: handoff_ev.MessageAccepted(case_id=UUID0), lambda _: handoff_ev.MessageEffected()],
            [lambda _: handoff_ev.MessageHeld(), lambda _: handoff_ev.MessageWithoutEffect()],
            [lambda _: handoff_ev.MessageRefused()],
        ]
        return [
            lambda _: handoff_ev.MessageReceived(agency_code="C", message_type="Judgment"),
            *took[number % 3],
        ]

    one = played(database, "handoff", [life(number) for number in range(CASES)], "exchange")
    yield one
    ended(one)


def test_an_exchange_is_open_in_the_list_as_it_stands(handoff: Played) -> None:
    names = {handoff.log.subject(name): name for name in handoff.cases}

    def everyone(_state: Exchange, _caller: Caller) -> bool:
        return True

    every = replace(EXCHANGE, visible=everyone)

    @moments
    @given(days, hours)
    def agree(day: date, known: datetime | None) -> None:
        def listed(when: When) -> Any:
            first = (datetime.min.replace(tzinfo=UTC), UUID(int=0))
            return handoff.run(handoff_queries.open_exchanges(handoff.lists, first, 1000, when))

        found = asked(handoff, day, known, listed)
        if found is None:
            return
        waiting = (msg.STAGE_RECEIVED, msg.STAGE_ACCEPTED, msg.STAGE_HELD)
        shown = {
            subject: one.state.stage
            for subject, name in names.items()
            if (one := handoff.shown(every, name, day, known)) and one.state.stage in waiting
        }
        assert {row.exchange_id: row.stage for row in found[0]} == shown

    agree()
