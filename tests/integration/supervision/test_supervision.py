"""Supervision over real PostgreSQL and Kafka, from intake's word to the court's; every message comes twice."""

from __future__ import annotations

from uuid import UUID

import grpc
import pytest
from corrections.common.v1.facts_pb2 import CaseReference, Penalty, Period, SubjectKind
from corrections.handoff.v1 import messages_pb2 as message
from corrections.intake.v1 import events_pb2 as intake
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as pb
from eventcore import texts
from eventcore.testing import SEAL_TO, SEALING_KEY
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from supervision.testing import ALL_ITEMS, at

from tests.integration.law_calls import allowed, clocks, deadlines
from tests.integration.one_service import wait
from tests.integration.supervision.world import World

CITY = "staff/3302/CITY_CCI/zhao"
OFFICE = "staff/330203001/JO/li"
REFERENCE = CaseReference(organ_code="C-330203", case_number="一号", defendant_number=1)
TERM = intake.TermComputed(start_date="2026-03-02", end_date="2027-03-01")


def opened(kind: SubjectKind = SubjectKind.SUBJECT_KIND_PROBATION, **changes: object) -> intake.CaseOpened:
    """A probation of one year from 2026-03-02."""
    fields: dict[str, object] = {
        "kind": kind,
        "organ_code": "C-330203",
        "decision_date": "2026-02-20",
        "effective_date": "2026-03-02",
        "penalty": Penalty.PENALTY_FIXED_TERM,
        "sentence": Period(months=10),
        "probation": Period(months=12),
        "county": "330203",
        "office": "330203001",
        "seal_to": SEAL_TO,
    }
    return intake.CaseOpened(**{**fields, **changes})  # pyright: ignore[reportArgumentType]


def begin(world: World, name: str, *, late: int = 0) -> tuple[UUID, list[str]]:
    """A case whose person has reported in, and its events."""
    case = world.case(name)
    world.at("2026-03-20T09:00")
    world.intake_says(case, opened(), TERM)
    world.intake_says(case, intake.ReportedIn(days_late=late), at="2026-03-20T08:00")
    events = ["SupervisionOpened", "ReceptionNoted", *(["MeasureProposed"] if late else [])]
    world.has(case, *events)
    return case, events


def refusal(error: pytest.ExceptionInfo[grpc.RpcError]) -> tuple[str, str, str]:
    """Code, article and Chinese sentence of a refusal."""
    status = rpc_status.from_call(error.value)  # pyright: ignore[reportArgumentType]
    assert status is not None
    info, sentence = error_details_pb2.ErrorInfo(), error_details_pb2.LocalizedMessage()
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(sentence)
    return info.reason, info.metadata["article"], sentence.message


def test_intakes_word_opens_measures_and_ends_supervision(world: World):
    case, events = begin(world, "一", late=8)
    world.intake_says(case, intake.TermShortened(end_date="2026-12-01"))
    world.has(case, *events, "TermNoted")
    assert world.conduct(case).open
    world.at("2026-12-02T09:00")
    world.intake_says(case, intake.Released(end_date="2026-12-01"), at="2026-12-02T00:00")
    world.has(case, *events, "TermNoted", "SupervisionClosed")
    closed = world.query(
        "select data from es.event where subject = %s and type like %s", case, "%.SupervisionClosed"
    )
    assert ev.SupervisionClosed.FromString(closed[0][0]).on == "2026-12-01"
    assert not world.conduct(case).open
    assert world.conduct(case, "2026-12-01").open
    with pytest.raises(grpc.RpcError) as ended:
        world.call(
            "RecordReport",
            pb.RecordReportRequest(request_id="r", case_id=str(case), method=ev.REPORT_METHOD_IN_PERSON),
        )
    code, article, sentence = refusal(ended)
    assert (code, article) == ("SUPERVISION_HAS_ENDED", "社区矫正法实施办法 第五十三条")
    assert sentence == "社区矫正已于2026-12-01结束，不能再办理。"


def test_a_leave_lapses_at_midnight_and_the_return_is_measured(world: World):
    case, events = begin(world, "二")
    key = str(case)
    ask = pb.RequestLeaveRequest(
        request_id="l", case_id=key, leave_id="l1", destination="330106", reason=ev.LEAVE_REASON_WORK,
        from_date="2026-05-01", to_date="2026-05-08",
    )  # fmt: skip
    world.call("RequestLeave", ask)
    approve = pb.ApproveLeaveRequest(request_id="a", case_id=key, leave_id="l1")
    with pytest.raises(grpc.RpcError) as lower:
        world.call("ApproveLeave", approve, by=OFFICE)
    assert refusal(lower)[:2] == ("LEAVE_NEEDS_HIGHER_APPROVER", "社区矫正法实施办法 第二十七条")
    first = world.call("ApproveLeave", approve)
    assert world.call("ApproveLeave", approve) == first
    world.at("2026-05-02T09:00")
    assert world.conduct(case).on_leave
    asked = [*events, "LeaveRequested", "LeaveApproved"]
    may = allowed(world, case)
    assert may["ApproveLeave l1"].nothing_to_do
    assert may["RecordReport"].allowed
    assert "ProposeReduction reduction.may" not in may  # the city's, not the county's
    assert may["DenyLeave l1"].code == "LEAVE_ALREADY_APPROVED"
    assert may["RequestLeave specimen"].depends_on_content
    lapse = allowed(world, case, by="service/intake")["LapseLeave l1"]
    assert (lapse.code, lapse.earliest_date) == ("NOT_YET_DUE", "2026-05-09")
    (clock,) = deadlines(world, case_id=key)
    assert (clock.name, clock.last_day, clock.days_left) == ("leave/l1", "2026-05-08", 6)
    assert (clock.article_zh, clock.since) == ("社区矫正法实施办法 第二十八条", "2026-05-01")
    assert clocks(world, case, by="staff/330204/COUNTY_CCI/wang") == {}
    world.at("2026-05-08T23:59")
    world.has(case, *asked)
    world.at("2026-05-09T00:00")
    wait(lambda: clocks(world, case) == {"overdue-leave/l1": "2026-05-10"}, "48 hours run")
    world.has(case, *asked, "LeaveOverdue")
    world.at("2026-05-10T10:00")
    back = pb.ReturnFromLeaveRequest(request_id="b", case_id=key, leave_id="l1")
    world.call("ReturnFromLeave", back, by=OFFICE)
    world.has(case, *asked, "LeaveOverdue", "LeaveReturned", "MeasureProposed")


def test_a_missing_person_is_listed_until_the_police_find_them(world: World):
    case, events = begin(world, "三")
    key = str(case)
    world.at("2026-06-01T09:00")
    lost = pb.RecordContactLostRequest(request_id="1", case_id=key, since=at("2026-06-01T08:00"))
    world.call("RecordContactLost", lost, by=OFFICE)
    wait(lambda: world.missing().get(key) is False, "listed")
    assert key in world.missing(OFFICE)
    assert key in world.missing(CITY)
    assert key not in world.missing("staff/330204/COUNTY_CCI/qian")
    assert key not in world.missing("staff/330203002/JO/sun")
    ask = pb.RequestPoliceSearchRequest(request_id="2", case_id=key)
    with pytest.raises(grpc.RpcError) as early:
        world.call("RequestPoliceSearch", ask)
    assert refusal(early)[0] == "SEARCH_NOT_MADE"
    step = pb.RecordSearchStepRequest(
        request_id="3", case_id=key, method=ev.SEARCH_METHOD_CALL, result="无人接听"
    )
    world.call("RecordSearchStep", step)
    world.call("RequestPoliceSearch", ask)
    wait(lambda: world.missing().get(key) is True, "police asked")
    early_word = allowed(world, case)["ClassifyAbsconded"]
    assert (early_word.code, early_word.earliest_date) == ("NOT_YET_ABSCONDED", "2026-06-03")
    world.at("2026-06-03T08:01")
    world.call("ClassifyAbsconded", pb.ClassifyAbscondedRequest(request_id="4", case_id=key))
    assert world.conduct(case).absconded
    world.at("2026-06-06T09:00")
    notice = message.FoundNotice(message_id="f", reference=REFERENCE, found_at=at("2026-06-06T07:00"))
    exchange = world.accept("found", notice, case)
    searched = ["ContactLost", "SearchStepRecorded", "PoliceSearchRequested", "AbscondedClassified"]
    world.has(case, *events, *searched, "SubjectFound", "MeasureProposed")
    wait(lambda: key not in world.missing(), "no longer listed")
    found = world.query(
        "select data from es.event where subject = %s and type like %s", case, "%SubjectFound"
    )
    assert ev.SubjectFound.FromString(found[0][0]) == ev.SubjectFound(
        found_at=at("2026-06-06T07:00"), exchange_id=exchange, days_missing=5
    )
    assert world.conduct(case, "2026-06-05").absconded
    assert not world.conduct(case).HasField("missing_since")


def test_who_never_reported_in_is_searched_until_reporting_in(world: World):
    case = world.case("四")
    world.at("2026-03-13T09:00")
    world.intake_says(case, opened(), TERM, intake.ReportingInMissed(due_date="2026-03-12"))
    wait(lambda: str(case) in world.missing(), "searched")
    world.at("2026-03-25T09:00")
    world.intake_says(case, intake.ReportedIn(days_late=13), at="2026-03-25T08:00")
    world.has(case, "SupervisionOpened", "MissedReceptionNoted", "ReceptionNoted", "MeasureProposed")
    wait(lambda: str(case) not in world.missing(), "came")


def test_a_revocation_goes_to_the_court_and_the_ruling_comes_back(world: World):
    case, events = begin(world, "五")
    propose = pb.ProposeRevocationRequest(
        request_id="p", case_id=str(case), ground="revoke.probation.ground.other-serious", evidence="证据目录",
        dossier=[item for item in ALL_ITEMS if item != ev.DOSSIER_ITEM_EVIDENCE],  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    with pytest.raises(grpc.RpcError) as lacking:
        world.call("ProposeRevocation", propose)
    assert refusal(lacking)[0] == "DOSSIER_INCOMPLETE"
    propose.dossier.append(ev.DOSSIER_ITEM_EVIDENCE)
    world.call("ProposeRevocation", propose)
    assert world.conduct(case).revocation_pending
    wait(lambda: clocks(world, case) == {"revocation-ruling": "2026-04-20"}, "the court's time runs")
    (clock,) = deadlines(world, case_id=str(case))
    assert (clock.article_zh, clock.since) == ("社区矫正法 第四十八条第一款", "2026-03-20")
    ruling = message.RevocationRuling(
        message_id="v", reference=REFERENCE, ruling_number="二号", ruling_date="2026-03-20", revoked=False
    )
    world.accept("not revoked", ruling, case)
    world.has(case, *events, "RevocationProposed", "RevocationRefused")
    assert not world.conduct(case).revocation_pending
    wait(lambda: clocks(world, case) == {}, "the court has ruled")


def test_a_ruling_that_comes_before_its_case_waits_for_it(world: World):
    case = world.case("六")
    world.at("2026-03-20T09:00")
    opinion = message.CorrectionOpinion(
        message_id="o", reference=REFERENCE, opinion_date="2026-03-19", text="请纠正"
    )
    ruling = message.RevocationRuling(
        message_id="w", reference=REFERENCE, ruling_number="三号", ruling_date="2026-03-20", revoked=True
    )
    noted = world.accept("opinion", opinion, case)
    ruled = world.accept("ruling", ruling, case)
    wait(lambda: len(world.query("select 1 from waiting where case_id = %s", case)) == 2, "both wait")
    assert world.events(case) == []
    world.intake_says(case, opened(), TERM)
    first, second = sorted([(noted, "CorrectionOpinionNoted"), (ruled, "RevocationRuled")])
    world.has(case, "SupervisionOpened", first[1], second[1])
    assert world.query("select 1 from waiting where case_id = %s", case) == []
    world.intake_says(case, intake.Terminated(ground=intake.TERMINATION_GROUND_REVOKED, on="2026-03-20"))
    wait(lambda: world.events(case)[-1] == "SupervisionClosed", "closed")
    answer = pb.AnswerCorrectionOpinionRequest(
        request_id="x", case_id=str(case), exchange_id=noted, adopted=True, answer="已经提请撤销。"
    )
    world.call("AnswerCorrectionOpinion", answer)
    assert world.events(case)[-1] == "CorrectionOpinionAnswered"


def test_a_reduction_and_a_reimprisonment_are_filled_from_their_messages(world: World):
    case, events = begin(world, "七")
    propose = pb.ProposeReductionRequest(
        request_id="m", case_id=str(case), ground="reduction.probation.exception", evidence="重大立功"
    )
    world.call("ProposeReduction", propose, by=CITY)
    ruling = message.ReductionRuling(
        message_id="z", reference=REFERENCE, ruling_number="四号", ruling_date="2026-03-20", reduced=True,
        sentence_reduction=Period(months=2), probation_reduction=Period(months=3),
    )  # fmt: skip
    world.accept("reduced", ruling, case)
    world.has(case, *events, "ReductionProposed", "ReductionRuled")
    other = world.case("八")
    world.intake_says(other, opened(SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE), TERM)
    decision = message.ReimprisonmentDecision(message_id="y", reference=REFERENCE, decision_date="2026-03-20")
    world.accept("back", decision, other)
    world.has(other, "SupervisionOpened", "ReimprisonmentDecided")


def test_a_ruling_that_cannot_be_done_is_recorded_with_its_reason(world: World):
    case, events = begin(world, "八乙")
    decision = message.ReimprisonmentDecision(message_id="n", reference=REFERENCE, decision_date="2026-03-20")
    world.accept("not for probation", decision, case)
    world.has(case, *events, "RulingWithoutEffect")


def test_the_evidence_of_a_warning_is_in_no_table_and_on_no_topic_and_the_persons_key_opens_it(world: World):
    case, _ = begin(world, "十二")
    evidence = "三次不假外出,有司法所记录"
    asked = pb.WarnRequest(
        request_id="sealed", case_id=str(case), ground="warning.ground.serious-breach", evidence=evidence
    )
    world.call("Warn", asked)
    world.has(case, "SupervisionOpened", "ReceptionNoted", "Warned")
    for (table,) in world.query(
        "select schemaname || '.' || tablename from pg_tables where schemaname in ('es', 'public')"
    ):
        ((dumped,),) = world.query(f"select coalesce(string_agg(t::text, ''), '') from {table} t")
        assert evidence not in dumped, table
        assert evidence.encode().hex() not in dumped, table
    records = world.records("corrections.supervision.v1.Warned")
    assert not any(evidence.encode() in part for record in records for part in record)

    (text,) = world.call("GetConduct", pb.GetConductRequest(case_id=str(case))).texts
    assert (text.event_type, text.field) == ("corrections.supervision.v1.Warned", "evidence")
    assert texts.opened(text, SEALING_KEY, case) == evidence
    assert not world.call("GetConduct", pb.GetConductRequest(case_id=str(case), as_of="2026-03-19")).texts


def test_roles_and_purposes_are_asked_for(world: World):
    case, _ = begin(world, "九")
    with pytest.raises(grpc.RpcError) as role:
        world.call(
            "Warn",
            pb.WarnRequest(
                request_id="w", case_id=str(case), ground="warning.ground.serious-breach", evidence="e"
            ),
            by=OFFICE,
        )
    assert role.value.code() == grpc.StatusCode.PERMISSION_DENIED  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(grpc.RpcError) as purpose:
        world.call("GetConduct", pb.GetConductRequest(case_id=str(case)), purpose="")
    assert refusal(purpose)[0] == "PURPOSE_MISSING"
    with pytest.raises(grpc.RpcError) as hidden:
        world.call("GetConduct", pb.GetConductRequest(case_id=str(case)), by="staff/330204/COUNTY_CCI/qian")
    assert hidden.value.code() == grpc.StatusCode.NOT_FOUND  # pyright: ignore[reportAttributeAccessIssue]
