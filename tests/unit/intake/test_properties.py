"""What holds of every history: folding never fails, deciding twice changes nothing, corrections end once."""

from __future__ import annotations

from datetime import date, timedelta

from corrections.common.v1.facts_pb2 import Period, Sex
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.decider import On, Refused, Stamp, free_text
from eventcore.testing import instant, scenario
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st
from intake.domain.case import CASE
from intake.testing import (
    CASE_ID,
    EXPERT,
    OFFICER,
    OPEN,
    PAROLE,
    PROBATION,
    SURVEILLANCE,
    TEMPORARY,
    WOMAN,
    at_end_of,
    open_case,
)

FIRST = date(2026, 3, 3)
DAYS = st.integers(0, 900).map(lambda n: FIRST + timedelta(days=n))
EXCHANGES = st.integers(0, 2).map(lambda n: f"0000000{n}-0000-5000-8000-000000000000")
PERIODS = st.builds(Period, months=st.integers(0, 30), days=st.integers(0, 40))

REQUESTS = st.one_of(
    st.builds(cmd.RecordReportingInRequest, case_id=st.just(CASE_ID), mode=st.sampled_from([1, 2, 3, 4])),
    st.just(cmd.LapseReportingInRequest(case_id=CASE_ID, due_at=at_end_of("2026-03-12"))),
    st.builds(
        cmd.FormGroupRequest,
        case_id=st.just(CASE_ID),
        members=st.lists(st.sampled_from([OFFICER, WOMAN, EXPERT]), max_size=3),
    ),
    st.builds(cmd.DeclareEntryRequest, case_id=st.just(CASE_ID), public=st.booleans()),
    st.builds(
        cmd.AdoptPlanRequest, case_id=st.just(CASE_ID), measures=st.lists(st.sampled_from("甲乙"), max_size=2)
    ),
    st.builds(
        cmd.ShortenTermRequest,
        case_id=st.just(CASE_ID),
        exchange_id=EXCHANGES,
        ruling_date=DAYS.map(date.isoformat),
        reduction=PERIODS,
    ),
    st.builds(
        cmd.RenewTemporaryServiceRequest,
        case_id=st.just(CASE_ID),
        exchange_id=EXCHANGES,
        decision_date=DAYS.map(date.isoformat),
    ),
    st.builds(
        cmd.RecalculateTermRequest,
        case_id=st.just(CASE_ID),
        exchange_id=EXCHANGES,
        ruling_date=DAYS.map(date.isoformat),
        not_counted=PERIODS,
    ),
    st.builds(
        cmd.TerminateCaseRequest,
        case_id=st.just(CASE_ID),
        exchange_id=EXCHANGES,
        ground=st.sampled_from([1, 2, 3]),
        on=DAYS.map(date.isoformat),
    ),
    st.builds(cmd.RecordDeathRequest, case_id=st.just(CASE_ID), died_on=DAYS.map(date.isoformat)),
    st.builds(cmd.PrepareReleaseRequest, case_id=st.just(CASE_ID), appraisal=st.sampled_from(["好", "差"])),
    st.just(cmd.LapseTermRequest(case_id=CASE_ID, due_at=at_end_of("2027-03-01"))),
    st.just(cmd.CertifyReleaseRequest(case_id=CASE_ID)),
)
HISTORIES = st.sampled_from(
    [
        OPEN,
        open_case(PROBATION),
        open_case(SURVEILLANCE, sentence=Period(months=24)),
        open_case(PAROLE, sex=Sex.SEX_FEMALE),
        open_case(TEMPORARY, minor=True),
    ]
)

# What they say is sealed, so that no decider can tell a repetition from another text: the request id does.
SAID_ANEW = (cmd.AdoptPlanRequest, cmd.PrepareReleaseRequest)


def events(decision: object) -> list[Message]:
    items = decision if isinstance(decision, list) else []
    return [i.event if isinstance(i, On) else i for i in items if isinstance(i, On | Message)]


@settings(max_examples=150, deadline=None)
@given(HISTORIES, st.lists(st.tuples(DAYS, REQUESTS), max_size=12))
def test_deciding_twice_changes_nothing_and_corrections_end_once(
    history: tuple[tuple[str, Message], ...], requests: list[tuple[date, Message]]
):
    case, ends = scenario(CASE).given(*history).by("SERVICE", ""), 0
    for day, request in sorted(requests, key=lambda r: r[0]):
        case = case.at(instant(day))
        result = case.when(request)
        written = events(list(result.decision or ()))
        ends += sum(isinstance(e, ev.Released | ev.Terminated) for e in written)
        case = case.given(*((instant(day), e) for e in written))
        if result.error is None and not isinstance(request, SAID_ANEW):
            case.when(request).then()
        state = case.state.progress.state_on(day)
        assert (state in ("RELEASED", "TERMINATED")) == bool(ends)
    assert ends <= 1


TEXT = st.text(max_size=12) | st.just("2026-02-30") | DAYS.map(date.isoformat)
EVENTS = st.one_of(
    st.builds(
        ev.CaseOpened, kind=st.integers(0, 4), decision_date=TEXT, effective_date=TEXT, sentence=PERIODS
    ),
    st.builds(ev.TermComputed, start_date=TEXT, end_date=TEXT, computed_end_date=TEXT),
    st.builds(ev.ReportingInOrdered, nominal_due=TEXT, extended_due=TEXT, printed_due=TEXT),
    st.builds(ev.ReportedIn),
    st.builds(ev.ReportingInMissed, due_date=TEXT),
    st.builds(ev.GroupFormed),
    st.builds(ev.EntryDeclared),
    st.builds(ev.PlanAdopted, measures=st.lists(TEXT.map(free_text), max_size=2)),
    st.builds(ev.TermShortened, exchange_id=EXCHANGES, ruling_date=TEXT, end_date=TEXT),
    st.builds(ev.TemporaryServiceRenewed, exchange_id=EXCHANGES, until=TEXT),
    st.builds(ev.TermRecalculated, exchange_id=EXCHANGES, ruling_date=TEXT, end_date=TEXT),
    st.builds(ev.ReleasePrepared, appraisal=TEXT.map(free_text)),
    st.builds(ev.Released, end_date=TEXT),
    st.builds(ev.ReleaseCertified, end_date=TEXT),
    st.builds(ev.Terminated, ground=st.integers(0, 3), on=TEXT),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(DAYS, EVENTS), max_size=15))
def test_folding_never_fails(history: list[tuple[date, Message]]):
    state = CASE.initial
    for version, (day, event) in enumerate(history, start=1):
        at = instant(day)
        state = CASE.evolve(state, event, Stamp(at, at, version, "actor", "SERVICE"))
        assert state.progress.state_on(day)
        state.end_on(day)


@settings(max_examples=100, deadline=None)
@given(HISTORIES, DAYS, REQUESTS)
def test_a_refusal_names_a_code_and_a_rule(
    history: tuple[tuple[str, Message], ...], day: date, request: Message
):
    result = scenario(CASE).given(*history).by("SERVICE", "").at(instant(day)).when(request)
    if isinstance(result.error, Refused):
        assert result.error.code.isupper()
        assert scenario(CASE).law.rule(result.error.rule)
