"""Intake from the accepted judgment to the certificate, over real PostgreSQL and Kafka; every message comes twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import grpc
import psycopg
import pytest
from corrections.audit.v1.events_pb2 import RecordRead
from corrections.common.v1.facts_pb2 import Penalty, Period, Sex, SubjectKind
from corrections.handoff.v1 import messages_pb2 as message
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as pb
from corrections.supervision.v1 import events_pb2 as supervision
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from intake.domain.ids import case_id_of, key_id_of
from psycopg.conninfo import make_conninfo
from servicekit.read_log import opened as opened_read
from servicekit.read_log import waiting_key

from tests.integration.intake.world import World, judgment
from tests.integration.law_calls import allowed, clocks, deadlines
from tests.integration.one_service import COUNTY, wait

NAME, NUMBER = "卢十三", "330203199005060011"
MINOR_NUMBER = "330203200905060011"
OFFICER = ev.GroupMember(member_id="s1", role=ev.MEMBER_ROLE_JUDICIAL_OFFICE, sex=Sex.SEX_MALE)


def person(number: int = 1, **changes: object) -> message.Defendant:
    """A probation of one year from 2026-03-02."""
    fields: dict[str, object] = {
        "number": number,
        "name": NAME,
        "sex": Sex.SEX_FEMALE,
        "penalty": Penalty.PENALTY_FIXED_TERM,
        "sentence": Period(months=10),
        "kind": SubjectKind.SUBJECT_KIND_PROBATION,
        "probation": Period(months=12),
        "effective_date": "2026-03-02",
        "execution_county": "330203",
        "office": "330203001",
    }
    return message.Defendant(**{**fields, **changes})  # pyright: ignore[reportArgumentType]


def opened(world: World, name: str, *persons: message.Defendant, decided: str = "2026-02-20") -> list[UUID]:
    """The cases of an accepted judgment, open and listed."""
    numbers = tuple(p.number for p in persons)
    exchange = world.accept(name, judgment(name, *persons, decided=decided), numbers=numbers)
    cases = [case_id_of(exchange, n) for n in numbers]
    for case in cases:
        wait(lambda case=case: world.state(case) != "", f"{case} open")
        wait(lambda case=case: str(case) in world.states("operator/li"), f"{case} listed")
    return cases


def code(error: pytest.ExceptionInfo[grpc.RpcError]) -> grpc.StatusCode:
    return error.value.code()  # pyright: ignore[reportAttributeAccessIssue]


def details(error: pytest.ExceptionInfo[grpc.RpcError]) -> tuple[str, str, str]:
    """Code, article and Chinese sentence of a refusal."""
    status = rpc_status.from_call(error.value)  # pyright: ignore[reportArgumentType]
    assert status is not None
    info, sentence = error_details_pb2.ErrorInfo(), error_details_pb2.LocalizedMessage()
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(sentence)
    return info.reason, info.metadata["article"], sentence.message


def test_a_judgment_becomes_a_case_and_ends_with_a_certificate(world: World):
    world.at("2026-03-03T09:00")
    case, other = opened(world, "一号", person(1), person(2, probation=Period(months=24)))
    assert world.state(case) == "AWAITING_REPORT"
    assert world.case(case).report_due == "2026-03-12"

    world.at("2026-03-10T09:00")
    key = str(case)
    world.call(
        "RecordReportingIn",
        pb.RecordReportingInRequest(request_id="1", case_id=key, mode=ev.RECEPTION_MODE_AT_OFFICE),
    )
    with pytest.raises(grpc.RpcError) as lacking:
        world.call("FormGroup", pb.FormGroupRequest(request_id="2", case_id=key, members=[OFFICER]))
    assert code(lacking) == grpc.StatusCode.FAILED_PRECONDITION
    reason, article, sentence = details(lacking)
    assert (reason, article) == ("GROUP_LACKS_WOMAN", "社区矫正法 第二十五条第二款")
    assert "女性成员" in sentence
    woman = ev.GroupMember(member_id="s2", role=ev.MEMBER_ROLE_SOCIAL_WORKER, sex=Sex.SEX_FEMALE)
    world.call("FormGroup", pb.FormGroupRequest(request_id="2", case_id=key, members=[OFFICER, woman]))
    world.call("DeclareEntry", pb.DeclareEntryRequest(request_id="3", case_id=key))
    world.call("AdoptPlan", pb.AdoptPlanRequest(request_id="4", case_id=key, measures=["每月报告"]))
    world.listed(case, "SUPERVISED")

    world.at("2026-03-13T00:00")
    world.becomes(other, "MISSED_INTAKE")
    assert world.state(case) == "SUPERVISED"

    world.at("2027-02-01T09:00")
    world.call("PrepareRelease", pb.PrepareReleaseRequest(request_id="5", case_id=key, appraisal="遵守规定"))
    world.becomes(case, "PRE_RELEASE")
    with pytest.raises(grpc.RpcError) as early:
        world.call("CertifyRelease", pb.CertifyReleaseRequest(request_id="6", case_id=key))
    assert details(early)[0] == "NOT_RELEASED"

    world.at("2027-03-02T00:00")
    world.becomes(case, "RELEASED")
    world.listed(case, "RELEASED")
    world.call("CertifyRelease", pb.CertifyReleaseRequest(request_id="6", case_id=key))
    with pytest.raises(grpc.RpcError) as ended:
        world.call("RecordDeath", pb.RecordDeathRequest(request_id="7", case_id=key, died_on="2027-03-01"))
    assert details(ended)[0] == "CASE_ENDED"
    kinds = [row[0].rsplit(".", 1)[1] for row in world.query(
        "select type from es.event where subject = %s order by recorded_at, ord", case
    )]  # fmt: skip
    assert kinds == [
        "PersonRegistered", "CaseOpened", "TermComputed", "ReportingInOrdered", "ReportedIn", "GroupFormed",
        "EntryDeclared", "PlanAdopted", "ReleasePrepared", "Released", "ReleaseCertified",
    ]  # fmt: skip
    assert world.state(other) == "MISSED_INTAKE"


def test_a_case_is_read_as_it_was_and_as_it_was_known(world: World):
    world.at("2026-03-03T09:00")
    (case,) = opened(world, "二号", person())
    world.at("2026-03-13T00:00")
    world.becomes(case, "MISSED_INTAKE")
    world.at("2026-03-20T09:00")
    request = pb.RecordReportingInRequest(
        request_id="late", case_id=str(case), mode=ev.RECEPTION_MODE_AT_OFFICE
    )
    request.occurred_at.FromDatetime(datetime(2026, 3, 16, 2, tzinfo=UTC))
    world.call("RecordReportingIn", request)
    assert world.case(case).state == "RECEIVED"
    assert world.case(case, as_of="2026-03-14").state == "MISSED_INTAKE"
    assert world.case(case, as_of="2026-03-16").state == "RECEIVED"
    then = Timestamp()
    then.FromDatetime(datetime(2026, 3, 19, tzinfo=UTC))
    assert world.case(case, as_of="2026-03-16", known_at=then).state == "MISSED_INTAKE"
    with pytest.raises(grpc.RpcError) as before:
        world.case(case, as_of="2026-02-19")
    assert code(before) == grpc.StatusCode.NOT_FOUND
    with pytest.raises(grpc.RpcError) as unreal:
        world.case(case, as_of="2026-02-30")
    assert code(unreal) == grpc.StatusCode.INVALID_ARGUMENT


def test_a_minor_is_a_minor_by_the_identity_number_where_no_birth_date_is_stated(world: World):
    world.at("2026-03-03T09:00")
    (case,) = opened(world, "未成年", person(identity_number=MINOR_NUMBER, birth_date=""))
    query = "select data from es.event where subject = %s and type like %s"
    ((data,),) = world.query(query, case, "%.CaseOpened")
    assert ev.CaseOpened.FromString(data).minor
    read = pb.GetPersonRequest(request_id="minor", person_id=world.case(case).person_id)
    assert world.call("GetPerson", read, purpose="entry/verify-identity").birth_date == "2009-05-06"


def test_a_person_is_one_person_in_two_cases_and_readable_only_for_who_sees_a_case(world: World):
    world.at("2026-03-03T09:00")
    facts: dict[str, Any] = {"identity_number": NUMBER, "birth_date": "1990-05-06", "phone": "13800000000"}
    (first,) = opened(world, "三号", person(**facts))
    elsewhere: dict[str, Any] = facts | {"execution_county": "330204", "office": "", "phone": "13900000000"}
    (second,) = opened(world, "四号", person(**elsewhere))
    person_id = world.case(first).person_id
    assert world.case(second).person_id == person_id

    read = pb.GetPersonRequest(request_id="r1", person_id=person_id)
    found = world.call("GetPerson", read, purpose="entry/verify-identity")
    assert (found.name, found.identity_number, found.birth_date, found.phone) == (
        NAME, NUMBER, "1990-05-06", "13900000000",
    )  # fmt: skip
    [one] = [one for one in recorded(world, "GetPerson") if first.bytes in one.cases]
    assert (one.role, one.purpose, list(one.fields)) == (
        "COUNTY_CCI", "entry/verify-identity", ["name", "identity_number", "birth_date", "phone"],
    )  # fmt: skip
    assert world.query("select count(*) from es.event where type like %s", "%Read") == [(0,)]
    with pytest.raises(grpc.RpcError) as strange:
        world.call("GetPerson", read, by="staff/330205/COUNTY_CCI/zhao")
    assert code(strange) == grpc.StatusCode.NOT_FOUND
    with pytest.raises(grpc.RpcError) as aimless:
        world.call("GetPerson", read, purpose="")
    assert code(aimless) == grpc.StatusCode.INVALID_ARGUMENT

    asked = pb.FindCasesRequest(identity_number=f" {NUMBER.lower()} ")
    cases = world.call("FindCases", asked, by="service/handoff").cases
    assert {c.case_id for c in cases} == {str(first), str(second)}
    nobody = pb.FindCasesRequest(identity_number="110101199001010011")
    assert not world.call("FindCases", nobody, by="service/handoff").cases


def test_no_table_holds_a_persons_data_in_the_clear(world: World):
    world.at("2026-03-03T09:00")
    opened(world, "五号", person(name="欧阳某", identity_number="330203199107080022"))
    tables = world.query(
        "select schemaname || '.' || tablename from pg_tables where schemaname in ('es', 'public')"
    )
    for (table,) in tables:
        (found,) = world.query(f"select coalesce(string_agg(t::text, ''), '') from {table} t")
        for secret in ("欧阳某", "330203199107080022"):
            assert secret not in found[0]
            assert secret.encode().hex() not in found[0], table


def recorded(world: World, method: str) -> list[RecordRead]:
    """What intake has recorded of reads by this method and still keeps for audit, which does not run here."""
    key = waiting_key(world.authority.home, f"intake_{world.suffix}")
    rows = world.query("select record from es.read_record order by ord")
    return [read for (row,) in rows if (read := opened_read(bytes(row), key)).method == method]


def holds(world: World, secret: str) -> list[str]:
    """Tables of intake that hold the text in the clear."""
    tables = world.query(
        "select schemaname || '.' || tablename from pg_tables where schemaname in ('es', 'public')"
    )
    dumped = {t: world.query(f"select coalesce(string_agg(t::text, ''), '') from {t} t") for (t,) in tables}
    return [t for t, ((text,),) in dumped.items() if secret in text or secret.encode().hex() in text]


def test_free_text_is_read_by_who_sees_the_case_until_the_key_is_destroyed(world: World):
    world.at("2026-03-03T09:00")
    case, other = opened(world, "十七号", person(1), person(2))
    world.at("2026-03-10T09:00")
    paper = "缺少执行通知书第二联"
    world.call(
        "RecordReportingIn",
        pb.RecordReportingInRequest(request_id="t", case_id=str(case), missing_documents=[paper], mode=ev.RECEPTION_MODE_AT_OFFICE),
    )  # fmt: skip
    assert holds(world, paper) == []
    found = world.call("GetCase", pb.GetCaseRequest(case_id=str(case)))
    (text,) = found.texts
    assert (text.event_type, text.field) == ("corrections.intake.v1.ReportedIn", "missing_documents")

    def read(by: str = COUNTY, of: UUID = case, purpose: str = "review", id_: str = "r") -> list[str]:
        request = pb.OpenTextsRequest(request_id=id_, case_id=str(of), texts=[text])
        return list(world.call("OpenTexts", request, by=by, purpose=purpose).texts)

    with pytest.raises(grpc.RpcError) as ahead:
        world.call("GetCase", pb.GetCaseRequest(case_id=str(case), as_of="2026-03-11"))
    assert code(ahead) == grpc.StatusCode.INVALID_ARGUMENT
    # nothing was shown, but what it was told may say something of the case
    assert [one.refused for one in recorded(world, "GetCase") if one.cases == case.bytes] == [
        "",
        "INVALID_ARGUMENT",
    ]

    assert read() == read() == read(by="service/handoff") == [paper]
    for stranger in ("staff/330205/COUNTY_CCI/zhao", "service/supervision"):
        with pytest.raises(grpc.RpcError) as strange:
            read(stranger)
        assert code(strange) == grpc.StatusCode.NOT_FOUND
    for purpose, of in (("", case), ("review", other)):
        with pytest.raises(grpc.RpcError) as refused:
            read(of=of, purpose=purpose, id_=f"of {of}")
        assert code(refused) == grpc.StatusCode.INVALID_ARGUMENT
    reads = [one for one in recorded(world, "OpenTexts") if one.cases == case.bytes and not one.refused]
    assert {(one.role, *one.fields) for one in reads} == {
        ("COUNTY_CCI", "texts", "corrections.intake.v1.ReportedIn.missing_documents")
    }
    assert world.query("select count(*) from es.event where type like %s", "%Read") == [(0,)]

    with psycopg.connect(
        make_conninfo(world.dsn, dbname=f"intake_{world.suffix}_keys"), autocommit=True
    ) as keys:
        keys.execute(
            "update key set secret = null, destroyed_at = now() where key_id = %s", (key_id_of(UUID(found.case.person_id)),)
        )  # fmt: skip
    # a process may still open for half a minute what another one has erased
    asked = pb.OpenTextsRequest(request_id="after", case_id=str(case), texts=[text])
    wait(lambda: world.call("OpenTexts", asked).erased, "erased")
    assert read() == []
    again = world.call("GetCase", pb.GetCaseRequest(case_id=str(case)))
    assert (again.case.state, list(again.texts)) == ("RECEIVED", [text])


def test_two_cases_of_a_new_person_opened_at_once_have_one_person(world: World):
    world.at("2026-03-03T09:00")
    one = person(identity_number="330203199209090033")
    exchanges = ["00000000-0000-5000-8000-00000000000a", "00000000-0000-5000-8000-00000000000b"]
    for exchange in exchanges:
        world.decisions.bodies[exchange] = judgment(exchange, one, decided="2026-02-20")

    def open_case(exchange: str) -> pb.OpenCaseResponse:
        request = pb.OpenCaseRequest(request_id=exchange, exchange_id=exchange, defendant_number=1)
        return world.call("OpenCase", request, by="service/handoff")

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(open_case, exchanges))
    assert sorted(len(a.outcome.events) for a in answers) == [3, 4]
    assert len({world.case(case_id_of(e, 1)).person_id for e in exchanges}) == 1


def test_rulings_of_supervision_shorten_and_end_a_term_once(world: World):
    world.at("2026-03-03T09:00")
    shorter, revoked = opened(world, "六号", person(1, probation=Period(months=24)), person(2))
    world.at("2026-06-02T09:00")
    ruling = supervision.ReductionRuled(
        exchange_id="00000000-0000-5000-8000-000000000001",
        ruling_date="2026-06-01",
        probation_reduction=Period(months=6),
    )
    world.rule(shorter, ruling)
    wait(lambda: world.case(shorter).end_date == "2027-09-01", "shortened")
    world.rule(
        revoked,
        supervision.RevocationRuled(
            exchange_id="00000000-0000-5000-8000-000000000002", ruling_date="2026-06-01"
        ),
    )
    world.becomes(revoked, "TERMINATED")
    world.at("2027-09-02T00:00")
    world.becomes(shorter, "RELEASED")
    assert world.state(revoked) == "TERMINATED"
    clocks = "select subject, name from es.deadline where subject = any(%s)"
    due = [(shorter, "release-certificate")]
    wait(lambda: world.query(clocks, [shorter, revoked]) == due, "only the certificate is due")
    assert world.query("select count(*) from es.command where refusal is not null and subject = any(%s)",
                       [shorter, revoked]) == [(0,)]  # fmt: skip


def test_temporary_service_is_renewed_ended_and_recalculated_by_what_the_organs_wrote(world: World):
    world.at("2026-03-03T09:00")
    facts: dict[str, Any] = {
        "kind": SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE,
        "sentence": Period(months=120),
        "probation": None,
        "printed_end_date": "2030-06-30",
        "temporary_until": "2026-09-01",
    }
    (case,) = opened(world, "七号", person(**facts))
    reference = message.TemporaryServiceRenewal().reference
    renewal = message.TemporaryServiceRenewal(
        message_id="renewal", reference=reference, decision_date="2026-08-20", until="2027-03-01"
    )
    world.at("2026-08-21T09:00")
    world.accept("七号续", renewal, case_id=case)
    renewed = "select count(*) from es.event where subject = %s and type like %s"
    wait(lambda: world.query(renewed, case, "%TemporaryServiceRenewed") == [(1,)], "renewed")
    world.rule(
        case,
        supervision.ReimprisonmentDecided(
            exchange_id="00000000-0000-5000-8000-000000000003", decision_date="2026-08-21"
        ),
    )
    world.becomes(case, "TERMINATED")
    ruling = message.TermRecalculation(
        message_id="anew", ruling_date="2026-08-21", not_counted=Period(days=30)
    )
    world.accept("七号重", ruling, case_id=case)
    wait(lambda: world.case(case).end_date == "2030-07-30", "recalculated")
    assert world.query("select count(*) from es.deadline where subject = %s", case) == [(0,)]


def test_a_ruling_that_cannot_be_done_is_recorded_with_its_reason(world: World):
    world.at("2026-03-03T09:00")
    (case,) = opened(world, "七号乙", person())
    exchange = "00000000-0000-5000-8000-00000000000e"
    ruled = supervision.ReductionRuled(exchange_id=exchange, ruling_date="2026-03-03")
    ruled.probation_reduction.months = 600
    world.rule(case, ruled)
    recorded = "select count(*) from es.event where subject = %s and type like %s"
    wait(lambda: world.query(recorded, case, "%RulingWithoutEffect") == [(1,)], "recorded")
    open_ = "select count(*) from es.command where subject = %s and answer is null"
    wait(lambda: world.query(open_, case) == [(0,)], "answered")
    assert world.query(recorded, case, "%TermShortened") == [(0,)]


def test_a_unit_sees_its_territory_and_an_office_what_is_entrusted_to_it(world: World):
    world.at("2026-03-03T09:00")
    mine, theirs = opened(world, "八号", person(1), person(2, execution_county="330204", office=""))
    both = {str(mine), str(theirs)}
    assert both & world.states().keys() == {str(mine)}
    assert both & world.states("staff/3302/CITY_CCI/li").keys() == both
    assert both & world.states("staff/330203001/JO/sun").keys() == {str(mine)}
    assert not both & world.states("staff/330203002/JO/sun").keys()
    assert both & world.states("operator/li").keys() == both
    asked = pb.GetCaseRequest(case_id=str(theirs))
    with pytest.raises(grpc.RpcError) as hidden:
        world.call("GetCase", asked, by=COUNTY)
    with pytest.raises(grpc.RpcError) as missing:
        world.call("GetCase", pb.GetCaseRequest(case_id="00000000-0000-5000-8000-00000000000c"), by=COUNTY)
    assert code(hidden) == code(missing) == grpc.StatusCode.NOT_FOUND
    assert details(hidden) == details(missing)


def test_what_no_case_can_be_made_of_is_recorded_with_its_reason_and_nothing_is_lost(world: World):
    world.at("2026-03-03T09:00")
    parole = person(kind=SubjectKind.SUBJECT_KIND_PAROLE, probation=None)
    both = judgment("九号", parole, person(2), decided="2026-02-20")
    exchange = world.accept("九号", both, numbers=(1, 2))
    case, other = case_id_of(exchange, 1), case_id_of(exchange, 2)
    wait(lambda: world.state(other) != "", "the other person has a case")
    recorded = "select data from es.event where subject = %s and type like %s"
    wait(lambda: len(world.query(recorded, case, "%JudgmentWithoutEffect")) == 1, "recorded")
    ((data,),) = world.query(recorded, case, "%JudgmentWithoutEffect")
    why = ev.JudgmentWithoutEffect.FromString(data)
    assert (why.exchange_id, why.defendant_number) == (exchange, 1)
    assert (why.code, why.forbidden_by) == ("TERM_END_UNKNOWN", "counting.start.parole")
    assert why.article
    opened(world, "十号", person())
    assert world.state(case) == ""
    open_ = "select count(*) from es.command where subject = %s and (answer is null or refusal is not null)"
    wait(lambda: world.query(open_, case) == [(0,)], "answered")
    assert len(world.query(recorded, case, "%")) == 1
    request = pb.OpenCaseRequest(request_id="x", exchange_id=exchange, defendant_number=7)
    with pytest.raises(grpc.RpcError) as unknown:
        world.call("OpenCase", request, by="service/handoff")
    assert code(unknown) == grpc.StatusCode.INVALID_ARGUMENT
    request.exchange_id = "00000000-0000-5000-8000-00000000000d"
    with pytest.raises(grpc.RpcError) as nothing:
        world.call("OpenCase", request, by="service/handoff")
    assert code(nothing) == grpc.StatusCode.NOT_FOUND


def test_impossible_times_and_pages_are_named(world: World):
    late = pb.RecordDeathRequest(
        request_id="x", case_id="00000000-0000-5000-8000-00000000000e", died_on="2026-01-01",
        occurred_at=Timestamp(seconds=10**15),
    )  # fmt: skip
    for method, request in (("RecordDeath", late), ("ListCases", pb.ListCasesRequest(after="x"))):
        with pytest.raises(grpc.RpcError) as wrong:
            world.call(method, request)
        assert code(wrong) == grpc.StatusCode.INVALID_ARGUMENT


def test_the_clocks_of_a_case_follow_its_events(world: World):
    world.at("2026-03-03T09:00")
    (case,) = opened(world, "期限一", person(probation=Period(months=24)))
    all_three = {"reporting-in": "2026-03-12", "term": "2028-03-01", "release-summary": "2028-01-31"}
    wait(lambda: clocks(world, case) == all_three, "all run")
    report, _, term = deadlines(world, case_id=str(case))
    assert (report.article_zh, report.since, report.days_left) == (
        "社区矫正法 第二十一条第一款",
        "2026-03-02",
        9,
    )
    assert (term.rule, term.since, term.provisional) == ("release.conditions", "2026-03-02", False)
    assert clocks(world, case, by="staff/330204/COUNTY_CCI/wang") == {}
    may = allowed(world, case)
    assert may["RecordReportingIn"].allowed
    assert (may["FormGroup"].code, may["FormGroup"].earliest_date) == ("NOT_RECEIVED", "")
    assert (may["CertifyRelease"].code, may["CertifyRelease"].rule) == ("NOT_RELEASED", "release.certificate")
    assert allowed(world, case, as_of="2028-03-02")["RecordReportingIn"].code == "CASE_ENDED"
    lapse = allowed(world, case, by="service/handoff")["LapseTerm"]
    assert (lapse.code, lapse.earliest_date) == ("NOT_YET_DUE", "2028-03-02")
    world.at("2026-03-13T00:00")
    wait(lambda: "reporting-in" not in clocks(world, case), "what lapsed is gone")
    ruling = supervision.ReductionRuled(
        exchange_id="00000000-0000-5000-8000-000000000008",
        ruling_date="2026-03-12",
        probation_reduction=Period(months=6),
    )
    world.rule(case, ruling)
    moved = {"release-summary": "2027-08-02", "term": "2027-09-01"}
    wait(lambda: clocks(world, case) == moved, "the ruling moved the term")
    assert [one.since for one in deadlines(world, case_id=str(case))] == ["2027-09-01", "2026-03-02"]
    came = pb.RecordReportingInRequest(request_id="来", case_id=str(case), mode=ev.RECEPTION_MODE_AT_OFFICE)
    world.call("RecordReportingIn", came)
    entry = {"group": "2026-03-20", "declaration": "2026-03-20", "plan": "2026-03-27"}
    wait(lambda: clocks(world, case) == {**moved, **entry}, "the entry's clocks run")
    world.at("2026-03-23T09:00")
    late = {one.name: one.days_left for one in deadlines(world, case_id=str(case), within_days=7)}
    assert late == {"group": -3, "declaration": -3, "plan": 4}


def test_a_clock_that_needs_a_year_without_calendar_is_provisional(world: World):
    world.at("2026-12-26T09:00")
    facts: dict[str, Any] = {"effective_date": "2026-12-25", "probation": Period(months=24)}
    (case,) = opened(world, "期限二", person(**facts), decided="2026-12-10")
    wait(lambda: len(clocks(world, case)) == 3, "all run")
    found = {one.name: one.provisional for one in deadlines(world, case_id=str(case))}
    assert found == {"reporting-in": True, "term": False, "release-summary": False}


def test_a_ruling_that_lengthens_a_term_moves_its_clock(world: World):
    world.at("2026-03-03T09:00")
    facts: dict[str, Any] = {
        "kind": SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE,
        "sentence": Period(months=120),
        "probation": None,
        "printed_end_date": "2030-06-30",
    }
    (case,) = opened(world, "期限三", person(**facts))
    wait(lambda: clocks(world, case).get("term") == "2030-06-30", "the term runs")
    ruling = message.TermRecalculation(
        message_id="anew", ruling_date="2026-03-03", not_counted=Period(days=30)
    )
    world.accept("期限三重", ruling, case_id=case)
    wait(lambda: clocks(world, case).get("term") == "2030-07-30", "the ruling moved the term")
