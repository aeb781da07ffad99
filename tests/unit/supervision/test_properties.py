"""What holds of every history: folding never fails, deciding twice changes nothing, after the end only organs act."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from corrections.common.v1.facts_pb2 import Period
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.decider import Refused, Stamp
from eventcore.testing import instant, scenario
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given, settings
from hypothesis import strategies as st
from supervision.domain.as_of import conduct_on
from supervision.domain.case import CASE
from supervision.testing import (
    ALL_ITEMS,
    CASE_ID,
    PAROLE,
    PROBATION,
    SURVEILLANCE,
    TEMPORARY,
    at_end_of,
    opened,
)

FIRST = date(2026, 3, 3)
DAYS = st.integers(0, 500).map(lambda n: FIRST + timedelta(days=n))
TEXT_DAYS = DAYS.map(date.isoformat)
EXCHANGES = st.integers(0, 2).map(lambda n: f"0000000{n}-0000-5000-8000-000000000000")
STAMPS = DAYS.map(lambda d: at_end_of(d.isoformat()))
PERIODS = st.builds(Period, months=st.integers(0, 30), days=st.integers(0, 40))
IDS = st.sampled_from(["a", "b"])
TEXTS = st.sampled_from(["甲", "乙"])
RULES = [
    r
    for r in scenario(CASE).law.rule_ids
    if r.split(".")[0] in ("admonition", "warning", "revoke", "reduction")
]
GROUNDS = st.sampled_from(RULES)
CASE_FIELD = {"case_id": st.just(CASE_ID)}


def req(kind: Any, **fields: Any) -> st.SearchStrategy[Message]:
    return st.builds(kind, **CASE_FIELD, **fields)


REQUESTS: st.SearchStrategy[Message] = st.one_of(
    req(cmd.NoteReceptionRequest, reported_on=TEXT_DAYS, days_late=st.integers(0, 50)),
    req(cmd.NoteMissedReceptionRequest, due_date=TEXT_DAYS),
    req(cmd.NoteTermRequest, end_date=TEXT_DAYS),
    req(cmd.CloseSupervisionRequest, on=TEXT_DAYS),
    req(cmd.RecordReportRequest, method=st.integers(1, 4)),
    req(
        cmd.RequestLeaveRequest,
        leave_id=IDS,
        destination=st.sampled_from(["330106", "330281", "330205", "JPN", "x"]),
        reason=st.integers(1, 6),
        from_date=TEXT_DAYS,
        to_date=TEXT_DAYS,
    ),
    req(cmd.ApproveLeaveRequest, leave_id=IDS),
    req(cmd.DenyLeaveRequest, leave_id=IDS, reason=TEXTS),
    req(cmd.ReturnFromLeaveRequest, leave_id=IDS),
    req(cmd.LapseLeaveRequest, leave_id=IDS, due_at=STAMPS),
    req(cmd.RequestRegularTravelRequest, travel_id=IDS, destinations=st.just(["320300"]), purpose=TEXTS),
    req(cmd.ApproveRegularTravelRequest, travel_id=IDS),
    req(cmd.DenyRegularTravelRequest, travel_id=IDS, reason=TEXTS),
    req(cmd.RecordContactLostRequest, since=STAMPS),
    req(cmd.RecordSearchStepRequest, method=st.integers(1, 5), result=TEXTS),
    req(cmd.RequestPoliceSearchRequest),
    req(cmd.ClassifyAbscondedRequest),
    req(cmd.RecordFoundRequest, found_at=STAMPS, exchange_id=EXCHANGES | st.just("")),
    req(cmd.AdmonishRequest, ground=GROUNDS, evidence=TEXTS),
    req(cmd.WarnRequest, ground=GROUNDS, evidence=TEXTS),
    req(cmd.ProposeRevocationRequest, ground=GROUNDS, evidence=TEXTS, dossier=st.just(ALL_ITEMS)),
    req(
        cmd.RecordRevocationRulingRequest, exchange_id=EXCHANGES, ruling_date=TEXT_DAYS, revoked=st.booleans()
    ),
    req(cmd.RecordReimprisonmentRequest, exchange_id=EXCHANGES, decision_date=TEXT_DAYS),
    req(cmd.ProposeReductionRequest, ground=GROUNDS, evidence=TEXTS),
    req(
        cmd.RecordReductionRulingRequest,
        exchange_id=EXCHANGES,
        ruling_date=TEXT_DAYS,
        reduced=st.booleans(),
        sentence_reduction=PERIODS,
    ),
    req(cmd.NoteCorrectionOpinionRequest, exchange_id=EXCHANGES, opinion_date=TEXT_DAYS),
    req(cmd.AnswerCorrectionOpinionRequest, exchange_id=EXCHANGES, adopted=st.booleans(), answer=TEXTS),
)
CASES = st.sampled_from(
    [
        opened(PROBATION, injunction=True),
        opened(PAROLE, minor=True),
        opened(SURVEILLANCE, office=""),
        opened(TEMPORARY),
    ]
)
AFTER_THE_END = (
    ev.RevocationRuled, ev.RevocationRefused, ev.ReimprisonmentDecided, ev.ReductionRuled, ev.ReductionRefused,
    ev.CorrectionOpinionNoted, ev.CorrectionOpinionAnswered, ev.SubjectFound,
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(CASES, st.lists(st.tuples(DAYS, REQUESTS), max_size=20))
def test_deciding_twice_changes_nothing_and_after_the_end_only_organs_act(
    first: ev.SupervisionOpened, requests: list[tuple[date, Message]]
):
    case = scenario(CASE).given((FIRST, first)).by("SERVICE", "")
    for day, request in sorted(requests, key=lambda r: r[0]):
        case = case.at(instant(day))
        ended = case.state.closed is not None
        result = case.when(request)
        written = [item for item in (result.decision or ()) if isinstance(item, Message)]
        if ended:
            assert all(isinstance(event, AFTER_THE_END) for event in written)
        case = case.given(*((instant(day), event) for event in written))
        if result.error is None:
            case.when(request).then()
        elif isinstance(result.error, Refused):
            assert result.error.code.isupper()
            assert case.law.rule(result.error.rule)


TEXT = st.text(max_size=12) | st.just("2026-02-30") | TEXT_DAYS
ODD = STAMPS | st.just(Timestamp(seconds=-(10**15))) | st.just(Timestamp())
EVENTS: st.SearchStrategy[Message] = st.one_of(
    st.builds(ev.SupervisionOpened, kind=st.integers(0, 4), county=TEXT, start_date=TEXT, end_date=TEXT),
    st.builds(ev.ReceptionNoted, reported_on=TEXT, days_late=st.integers(-5, 50)),
    st.builds(ev.MissedReceptionNoted, due_date=TEXT),
    st.builds(ev.TermNoted, end_date=TEXT),
    st.builds(ev.SupervisionClosed, on=TEXT),
    st.builds(ev.ReportMade, method=st.integers(0, 4)),
    st.builds(ev.LeaveRequested, leave_id=IDS, from_date=TEXT, to_date=TEXT),
    st.builds(ev.LeaveApproved, leave_id=IDS),
    st.builds(ev.LeaveDenied, leave_id=IDS),
    st.builds(ev.LeaveReturned, leave_id=IDS),
    st.builds(ev.LeaveOverdue, leave_id=IDS),
    st.builds(ev.RegularTravelRequested, travel_id=IDS),
    st.builds(ev.RegularTravelApproved, travel_id=IDS),
    st.builds(ev.RegularTravelDenied, travel_id=IDS),
    st.builds(ev.ContactLost, since=ODD),
    st.builds(ev.SearchStepRecorded),
    st.builds(ev.PoliceSearchRequested),
    st.builds(ev.AbscondedClassified, since=ODD),
    st.builds(ev.SubjectFound, found_at=ODD, exchange_id=EXCHANGES),
    st.builds(ev.Admonished),
    st.builds(ev.Warned),
    st.builds(ev.MeasureProposed),
    st.builds(ev.RevocationProposed),
    st.builds(ev.RevocationRuled, exchange_id=EXCHANGES, ruling_date=TEXT),
    st.builds(ev.RevocationRefused, exchange_id=EXCHANGES, ruling_date=TEXT),
    st.builds(ev.ReimprisonmentDecided, exchange_id=EXCHANGES),
    st.builds(ev.ReductionProposed),
    st.builds(ev.ReductionRuled, exchange_id=EXCHANGES, ruling_date=TEXT),
    st.builds(ev.ReductionRefused, exchange_id=EXCHANGES, ruling_date=TEXT),
    st.builds(ev.CorrectionOpinionNoted, exchange_id=EXCHANGES),
    st.builds(ev.CorrectionOpinionAnswered, exchange_id=EXCHANGES),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(DAYS, EVENTS), max_size=15))
def test_folding_never_fails(history: list[tuple[date, Message]]):
    state = CASE.initial
    for version, (day, event) in enumerate(history, start=1):
        at = instant(day)
        state = CASE.evolve(state, event, Stamp(at, at, version, "actor", "SERVICE"))
        conduct_on(state, CASE_ID, day)
        assert list(state.absences(day)) is not None
