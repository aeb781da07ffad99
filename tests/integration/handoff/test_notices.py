"""Outgoing notices with the other side's signed receipt, the police query, the inbound topic; every record twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import grpc
import pytest
from corrections.common.v1 import facts_pb2 as facts
from corrections.common.v1.common_pb2 import LawRef, Sealed
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import service_pb2 as api
from corrections.handoff.v1.events_pb2 import (
    MISSING_STATE_FOUND,
    MISSING_STATE_MISSING,
    MISSING_STATE_NOT_MISSING,
    MISSING_STATE_NOT_REPORTED_IN,
)
from corrections.supervision.v1 import events_pb2 as supervision
from eventcore import kafka
from eventcore.decider import free_text
from eventcore.testing import SEAL_TO
from eventcore.texts import sealed
from google.protobuf.message import Message
from servicekit.sealing import TopicKey

from tests.integration.handoff.platform import COURT, FAR_POLICE, POLICE, PROC, Platform, wait
from tests.integration.handoff.test_exchanges import of_court, opened
from tests.unit.handoff.messages import at

INBOUND = "corrections.inbound.v1"
PURPOSE = (("guitu-purpose", "search"),)


def case_of(platform: Platform, name: str, county: str = "330203") -> None:
    """A case of this name is open."""
    platform.submit(COURT, of_court(name))
    platform.intake.tell(name, opened(platform.exchange_id(COURT, name), county=county))
    wait(lambda: len(platform.receipts(COURT, name)) == 3, "effected")


def about(platform: Platform, to: str, kind: str, name: str) -> list[msg.Notice]:
    return [n for n in platform.agencies.notices(to, kind) if n.reference.case_number == f"案号 {name}"]


def told(platform: Platform, name: str, *events: Message) -> None:
    """Supervision tells of events in intake's case of this name."""
    platform.supervision.tell(name, *events, about=platform.intake.case(name))


def warned() -> supervision.Warned:
    ground = LawRef(rule="warning.ground", article="实施办法 第三十五条")
    return supervision.Warned(ground=ground, evidence=Sealed(key_id=SEAL_TO.key_id, ciphertext=b"c"))


def nowhere(platform: Platform, text: str) -> bool:
    """No table of handoff holds the text in the clear."""
    tables = platform.rows(
        "select schemaname || '.' || tablename from pg_tables where schemaname in ('es', 'public')"
    )
    dumped = (platform.rows(f"select coalesce(string_agg(t::text, ''), '') from {t} t") for (t,) in tables)
    return not any(text in str(row) or text.encode().hex() in str(row) for ((row,),) in dumped)


def test_the_court_reads_the_evidence_of_a_proposal_and_no_table_holds_it(platform: Platform):
    case_of(platform, "proposed")
    case = platform.intake.case("proposed")
    evidence = "第一至五号证据:多次外出未经批准"
    event = supervision.RevocationProposed(
        ground=LawRef(rule="revoke.probation.ground.other-serious", article="实施办法 第四十六条"),
        evidence=free_text(evidence),
    )
    told(platform, "proposed", sealed(event, SEAL_TO, case))
    for agency in (COURT, PROC):
        wait(lambda agency=agency: bool(about(platform, agency, "RevocationProposed", "proposed")), agency)
    [proposal] = about(platform, COURT, "RevocationProposed", "proposed")
    assert {f.name: f.value for f in proposal.facts}["evidence"] == evidence
    [copy] = about(platform, PROC, "RevocationProposed", "proposed")
    assert "evidence" not in {f.name for f in copy.facts}
    assert nowhere(platform, evidence)


def test_the_organ_gets_the_receipt_of_documents_without_any_name(platform: Platform):
    case_of(platform, "documents")
    wait(lambda: bool(about(platform, COURT, "CaseOpened", "documents")), "notice to the court")
    [notice] = about(platform, COURT, "CaseOpened", "documents")
    assert notice.article == "社区矫正法实施办法 第十六条"
    assert notice.reference.defendant_number == 1
    assert "张某甲" not in str(notice)
    # the court's own county: it has informed procuratorate and police itself (社区矫正法 第二十条)
    assert about(platform, PROC, "CaseOpened", "documents") == []


def test_a_warning_is_copied_to_the_procuratorate_with_its_ground_and_no_evidence(platform: Platform):
    case_of(platform, "warned")
    told(platform, "warned", warned())
    wait(lambda: bool(about(platform, PROC, "Warned", "warned")), "copy")
    [copy] = about(platform, PROC, "Warned", "warned")
    assert copy.copy
    assert [f.name for f in copy.facts] == ["ground"]
    assert "口头" not in str(copy)


def test_an_event_that_comes_before_its_case_waits_for_it(platform: Platform):
    platform.submit(COURT, of_court("disorder"))
    told(platform, "disorder", warned())
    case_of(platform, "disorder")
    wait(lambda: bool(about(platform, PROC, "Warned", "disorder")), "copy after the case")


def test_an_agency_that_is_away_gets_its_notice_later_and_holds_back_nobody(platform: Platform):
    platform.agencies.script[PROC] = "away"
    case_of(platform, "away")
    told(platform, "away", warned())
    wait(lambda: any(e.agency_code == PROC for e in platform.open_exchanges()), "open")
    case_of(platform, "not-held-back")
    platform.agencies.script.clear()
    wait(lambda: bool(about(platform, PROC, "Warned", "away")), "delivered")


def test_a_receipt_with_a_wrong_signature_is_never_accepted(platform: Platform):
    platform.agencies.script[PROC] = "forge"
    case_of(platform, "forging")
    told(platform, "forging", warned())
    wait(lambda: len(about(platform, PROC, "Warned", "forging")) > 1, "sent again after the forged receipt")
    assert any(e.agency_code == PROC and not e.inbound for e in platform.open_exchanges())
    platform.agencies.script.clear()
    wait(lambda: not any(e.agency_code == PROC for e in platform.open_exchanges()), "receipted")


def test_a_refused_notice_stays_open_for_people(platform: Platform):
    platform.agencies.script[PROC] = "refuse"
    case_of(platform, "refusing")
    told(platform, "refusing", warned())
    refused = "select 1 from exchange where stage = 3 and not inbound and open"
    wait(lambda: bool(platform.rows(refused)), "listed as refused")


def test_an_addressee_that_nobody_registered_is_shown_open_under_its_role(platform: Platform):
    case_of(platform, "nobody-there", county="530102")
    wait(
        lambda: any(
            e.agency_code == "PROC_COUNTY@530102" for e in platform.open_exchanges("staff/53/CITY_CCI/li")
        ),
        "open",
    )
    assert not any(e.agency_code == "PROC_COUNTY@530102" for e in platform.open_exchanges())


def test_a_notice_that_nobody_can_get_waits_without_an_open_command_until_somebody_is_there(
    platform: Platform,
):
    case_of(platform, "no-endpoint-yet", county="530102")
    told(platform, "no-endpoint-yet", warned())
    yunnan = "staff/53/CITY_CCI/li"

    def waiting() -> list[api.OpenExchange]:
        return [e for e in platform.open_exchanges(yunnan) if e.kind.endswith("Warned")]

    wait(lambda: bool(waiting()), "listed")
    [one] = waiting()
    assert (one.agency_code, one.undeliverable) == ("PROC_COUNTY@530102", True)
    open_ = "select 1 from es.command where answer is null and refusal is null and subject = %s"
    wait(lambda: not platform.rows(open_, one.exchange_id), "no command is open")
    with platform.registered("late-proc", "PROC_COUNTY", "530102"):
        wait(lambda: bool(about(platform, "late-proc", "Warned", "no-endpoint-yet")), "delivered")
        wait(lambda: not waiting(), "receipted")


def test_every_record_twice_has_one_effect(platform: Platform):
    case_of(platform, "twice")
    told(platform, "twice", warned())
    wait(lambda: bool(about(platform, PROC, "Warned", "twice")), "copy")
    done = "select count(*) from es.command where answer is null and refusal is null and target not like '%%Deliver%%'"
    wait(lambda: platform.rows(done, *()) == [(0,)], "nothing open")
    events = platform.rows("select count(*) from es.event")
    ends = sum(len(n.log.list_heads("", None)) for n in (platform.intake, platform.supervision))
    assert ends > 0
    platform.intake.again()
    platform.supervision.again()
    case_of(platform, "after-twice")
    wait(lambda: bool(about(platform, COURT, "CaseOpened", "after-twice")), "the records behind were read")
    assert len(about(platform, PROC, "Warned", "twice")) == 1
    assert platform.rows(
        "select count(*) from es.event where subject = %s and type like %s",
        platform.intake.case("twice"),
        "%NoticePrepared",
    ) == [(2,)]
    assert platform.rows("select count(*) from es.event")[0] > events[0]


def query(
    platform: Platform, police: str, name: str, as_of: str = "", *, request_id: str = ""
) -> api.QueryMissingStatusResponse:
    reference = facts.CaseReference(organ_code=COURT, case_number=f"案号 {name}", defendant_number=1)
    request = api.QueryMissingStatusRequest(
        request_id=request_id or f"q {police} {name} {as_of}",
        reference=reference,
        as_of=as_of,
        reason="协助查找",
    )
    return platform.by(police).QueryMissingStatus(request, timeout=20, metadata=PURPOSE)


def test_the_police_ask_before_during_and_after(platform: Platform):
    case_of(platform, "missing")
    lost, found = datetime(2026, 3, 10, 2, tzinfo=UTC), datetime(2026, 3, 12, 3, tzinfo=UTC)
    told(platform, "missing", supervision.ContactLost(since=at(lost)))
    wait(lambda: query(platform, POLICE, "missing", request_id="now").state != 0, "an answer")
    told(platform, "missing", supervision.SubjectFound(found_at=at(found)))
    found_rows = "select 1 from missing_period where found_at is not null and case_id = %s"
    wait(lambda: bool(platform.rows(found_rows, platform.intake.case("missing"))), "found")

    before = query(platform, POLICE, "missing", "2026-03-09")
    assert (before.state, before.HasField("missing_since")) == (MISSING_STATE_NOT_MISSING, False)
    during = query(platform, POLICE, "missing", "2026-03-11")
    assert (during.state, during.missing_since, during.HasField("found_at")) == (
        MISSING_STATE_MISSING,
        at(lost),
        False,
    )
    after = query(platform, POLICE, "missing", "2026-03-12")
    assert (after.state, after.found_at) == (MISSING_STATE_FOUND, at(found))
    answered = ("select subject, data, meta from es.event where type like %s", "%MissingStatusQueryAnswered")
    asked = platform.rows(*answered)
    assert query(platform, POLICE, "missing", "2026-03-12") == after
    assert nowhere(platform, "协助查找")
    assert platform.rows(*answered) == asked
    case = platform.intake.case("missing")
    for row in asked:  # that an agency asked is public, about whom is not
        written = b"".join(part for part in row if isinstance(part, bytes))
        assert case not in row
        assert case.bytes not in written
        assert str(case).encode() not in written


def test_who_did_not_report_in_is_searched_for_until_he_comes(platform: Platform):
    case_of(platform, "not-reported")
    told(platform, "not-reported", supervision.MissedReceptionNoted(due_date="2026-03-09"))
    told(platform, "not-reported", supervision.ReceptionNoted(reported_on="2026-03-20", days_late=11))
    came = "select 1 from missing_period where found_at is not null and case_id = %s"
    wait(lambda: bool(platform.rows(came, platform.intake.case("not-reported"))), "came")
    assert query(platform, POLICE, "not-reported", "2026-03-09").state == MISSING_STATE_NOT_MISSING
    during = query(platform, POLICE, "not-reported", "2026-03-10")
    assert (during.state, during.missing_since) == (
        MISSING_STATE_NOT_REPORTED_IN,
        at(datetime(2026, 3, 9, 16, tzinfo=UTC)),
    )


def test_who_is_lost_while_awaited_is_out_of_contact_from_then(platform: Platform):
    case_of(platform, "awaited-and-lost")
    told(platform, "awaited-and-lost", supervision.MissedReceptionNoted(due_date="2026-03-09"))
    lost = datetime(2026, 3, 9, 16, tzinfo=UTC)
    told(platform, "awaited-and-lost", supervision.ContactLost(since=at(lost)))
    rows = "select awaited, found_at is null from missing_period where case_id = %s"
    wait(
        lambda: platform.rows(rows, platform.intake.case("awaited-and-lost")) == [(False, True)],
        "one period, no longer awaited",
    )
    assert query(platform, POLICE, "awaited-and-lost").state == MISSING_STATE_MISSING


def test_that_somebody_asked_in_vain_is_an_event_of_the_agency(platform: Platform):
    case_of(platform, "asked-in-vain")
    unanswered = "select count(*) from es.event where type like %s"

    def asked() -> object:
        return platform.rows(unanswered, "%MissingStatusQueryUnanswered")[0][0]

    before = asked()
    for _ in range(2):
        for name in ("asked-in-vain", "nobody is called that"):
            with pytest.raises(grpc.RpcError) as error:
                query(platform, FAR_POLICE, name, request_id=f"vain {name}")
            assert code_of(error)[0] == grpc.StatusCode.NOT_FOUND
    assert asked() == before + 2  # pyright: ignore[reportOperatorIssue]
    assert platform.rows(
        "select count(*) from es.event where subject = %s and type like %s",
        platform.intake.case("asked-in-vain"),
        "%Unanswered",
    ) == [(0,)]


def test_the_list_of_what_waits_comes_page_by_page(platform: Platform):
    for number in range(3):
        reference = facts.CaseReference(organ_code=COURT, case_number=f"页 {number}", defendant_number=1)
        held = msg.RevocationRuling(
            message_id=f"page-{number}", reference=reference, ruling_number="1", ruling_date="2026-03-01"
        )
        platform.submit(COURT, held)
    wanted = {platform.exchange_id(COURT, f"page-{number}") for number in range(3)}
    wait(lambda: wanted <= {e.exchange_id for e in platform.open_exchanges()}, "listed")
    officer, found = platform.by("staff/330203/COUNTY_CCI/li"), list[str]()
    request = api.ListOpenExchangesRequest(page_size=2)
    while True:
        page = officer.ListOpenExchanges(request, timeout=20)
        assert len(page.exchanges) <= 2
        found += [e.exchange_id for e in page.exchanges]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert wanted <= set(found)
    assert len(found) == len(set(found))


def code_of(error: pytest.ExceptionInfo[grpc.RpcError]) -> tuple[grpc.StatusCode, str | None]:
    call = error.value
    assert isinstance(call, grpc.Call)
    return call.code(), call.details()


def test_who_lies_elsewhere_looks_like_nobody(platform: Platform):
    case_of(platform, "hidden")
    with pytest.raises(grpc.RpcError) as elsewhere:
        query(platform, FAR_POLICE, "hidden")
    with pytest.raises(grpc.RpcError) as nobody:
        query(platform, POLICE, "there is no such case")
    assert code_of(elsewhere) == code_of(nobody)
    assert code_of(nobody)[0] == grpc.StatusCode.NOT_FOUND


def test_a_query_by_identity_number_asks_intake(platform: Platform):
    case_of(platform, "by-number")
    platform.intake.answers.cases["11010519491231002X"] = [(platform.intake.case("by-number"), "330203")]

    def ask(police: str) -> api.QueryMissingStatusResponse:
        request = api.QueryMissingStatusRequest(
            request_id=f"n {police}", identity_number="11010519491231002X", reason="协助查找"
        )
        return platform.by(police).QueryMissingStatus(request, timeout=20, metadata=PURPOSE)

    assert ask(POLICE).state == MISSING_STATE_NOT_MISSING
    with pytest.raises(grpc.RpcError) as error:
        ask(FAR_POLICE)
    assert code_of(error)[0] == grpc.StatusCode.NOT_FOUND


def test_a_query_needs_a_reason_and_a_day_that_has_come(platform: Platform):
    case_of(platform, "reasons")
    for as_of in ("2199-01-01", "2026-02-30"):
        with pytest.raises(grpc.RpcError) as error:
            query(platform, POLICE, "reasons", as_of)
        assert code_of(error)[0] == grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture
def producer(platform: Platform) -> Iterator[kafka.Producer]:
    made = kafka.producing(kafka.Settings(platform.system.servers.bootstrap, "court"))()
    yield made
    made.close()


def test_the_inbound_topic_takes_the_same_messages_and_keeps_rubbish_apart(
    platform: Platform, producer: kafka.Producer
):
    key = TopicKey.read(platform.home, "handoff")
    envelope = platform.sign(COURT, of_court("by-topic"))
    good = key.seal(envelope.SerializeToString(), topic=INBOUND)
    forged = platform.sign(COURT, of_court("forged-by-topic"))
    forged.body += b"\x00"
    header = [("guitu_agency", COURT.encode())]
    records: list[tuple[bytes, list[tuple[str, bytes]]]] = [
        (b"no sealed bytes at all", header),
        (good, [("guitu_agency", b"nobody")]),
        (key.seal(b"\xff\xff", topic=INBOUND), header),
        (key.seal(forged.SerializeToString(), topic=INBOUND), header),
        (good, header),
        (good, header),
    ]
    for value, headers in records:
        producer.send(INBOUND, key=b"one", value=value, headers=headers)
    producer.flush(15)

    def taken() -> bool:
        try:
            return len(platform.receipts(COURT, "by-topic")) == 2
        except grpc.RpcError:
            return False

    wait(taken, "the good record was taken up")
    dead = "select reason from es.dead_letter where consumer = 'inbound' order by \"offset\""
    wait(lambda: len(platform.rows(dead)) == 3, "three records are listed")
    assert [reason for (reason,) in platform.rows(dead)] == [
        "the bytes are not sealed to handoff for this topic",
        "the header names no registered agency",
        "the bytes are no signed message",
    ]
    with pytest.raises(grpc.RpcError):
        platform.receipts(COURT, "forged-by-topic")
