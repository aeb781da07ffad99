"""Messages of agencies on real servers: accepted, refused, repeated, held, effected; each promise of the issue's
point 7."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import grpc
import pytest
from corrections.common.v1 import facts_pb2 as facts
from corrections.common.v1.common_pb2 import Moment, Signed
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import service_pb2 as api
from corrections.intake.v1 import events_pb2 as intake
from eventcore import meta
from eventcore.testing import SEAL_TO
from google.protobuf.message import Message

from tests.integration.handoff.platform import COURT, OTHER_COURT, POLICE, PROC, Platform, wait
from tests.unit.handoff.messages import judgment, nobody, person

RECEIVED, ACCEPTED, REFUSED = msg.STAGE_RECEIVED, msg.STAGE_ACCEPTED, msg.STAGE_REFUSED
HELD, EFFECTED = msg.STAGE_HELD, msg.STAGE_EFFECTED
OPERATOR = "operator/li"


def of_court(name: str, *persons: msg.Defendant, **changed: object) -> msg.Judgment:
    """A judgment whose message id and case number carry the test's name."""
    return judgment(
        *persons, **{"message_id": name, "organ_code": COURT, "case_number": f"案号 {name}", **changed}
    )


def revocation(name: str, of: str, *, message_id: str = "") -> msg.RevocationRuling:
    reference = facts.CaseReference(organ_code=COURT, case_number=f"案号 {of}", defendant_number=1)
    return msg.RevocationRuling(
        message_id=message_id or name,
        reference=reference,
        ruling_number="1",
        ruling_date="2026-03-01",
        revoked=True,
    )


def opened(exchange_id: str, number: int = 1, county: str = "330203") -> intake.CaseOpened:
    return intake.CaseOpened(
        exchange_id=exchange_id,
        defendant_number=number,
        kind=facts.SUBJECT_KIND_PROBATION,
        organ_code=COURT,
        county=county,
        seal_to=SEAL_TO,
    )


def stages(receipts: list[msg.Receipt]) -> list[msg.Stage]:
    return [receipt.stage for receipt in receipts]


def exchange_of(platform: Platform, agency: str, message: Message) -> str:
    return platform.exchange_id(agency, getattr(message, "message_id", ""))


def test_a_judgment_is_received_accepted_and_effected_with_a_receipt_each(platform: Platform):
    body = of_court("whole-way", person(1), nobody(2), person(3))
    got = platform.submit(COURT, body)
    assert stages(got) == [RECEIVED, ACCEPTED]
    assert {r.sender for r in got} == {COURT}
    exchange_id = exchange_of(platform, COURT, body)

    platform.intake.tell("whole-1", opened(exchange_id, 1))
    assert stages(platform.receipts(COURT, "whole-way")) == [RECEIVED, ACCEPTED]
    platform.intake.tell("whole-3", opened(exchange_id, 3))
    wait(lambda: len(platform.receipts(COURT, "whole-way")) == 3, "effected")
    last = platform.receipts(COURT, "whole-way")[-1]
    assert last.stage == EFFECTED
    assert list(last.case_ids) == [str(platform.intake.case(f"whole-{n}")) for n in (1, 3)]
    wait(
        lambda: any(r.message_id == "whole-way" for r in platform.agencies.receipts(COURT)),
        "the court has the last receipt without asking",
    )


def test_the_same_message_again_gets_the_same_receipts_and_no_second_event(platform: Platform):
    body = of_court("repeated")
    envelope = platform.sign(COURT, body)
    first = platform.submit(COURT, envelope, request_id="repeated-1")
    events = platform.rows("select count(*) from es.event")
    before = platform.tally().repeated
    assert platform.submit(COURT, envelope, request_id="repeated-1") == first
    assert platform.submit(COURT, envelope, request_id="repeated-2") == first
    assert platform.rows("select count(*) from es.event") == events
    assert platform.tally().repeated == before + 1


def test_other_content_under_a_known_id_is_refused_by_a_receipt(platform: Platform):
    platform.submit(COURT, of_court("reused"))
    other = of_court("reused", person(custody_days=5))
    [refused] = platform.submit(COURT, other)
    assert (refused.stage, refused.refusal.code) == (REFUSED, "MESSAGE_ID_REUSED")
    assert platform.submit(COURT, other) == [refused]
    assert stages(platform.receipts(COURT, "reused")) == [RECEIVED, ACCEPTED]


def test_a_judgment_comes_once_whatever_its_message_id(platform: Platform):
    platform.submit(COURT, of_court("first-id"))
    again = of_court("second-id", case_number="案号 first-id")
    _, refused = platform.submit(COURT, again)
    assert (refused.stage, refused.refusal.code) == (REFUSED, "JUDGMENT_ALREADY_RECEIVED")
    assert refused.refusal.remedy_zh


# what breaks only the contract of exchange names the duty that the message was to fulfil
DELIVERY = "社区矫正法 第二十条"


@pytest.mark.parametrize(
    ("name", "code", "field", "article"),
    [
        ("term", "TERM_OUT_OF_BOUNDS", "defendants[0].sentence.months", "刑法 第七十三条第二款"),
        ("date", "DATE_IMPOSSIBLE", "defendants[0].effective_date", DELIVERY),
        ("organ", "ORGAN_UNKNOWN", "organ_code", "社区矫正法 第二十条"),
        ("place", "PLACE_UNKNOWN", "defendants[0].execution_county", "社区矫正法 第十七条第一款"),
        ("name", "FIELD_INVALID", "defendants[0].name", DELIVERY),
        ("none", "NO_SUBJECT", "defendants", "社区矫正法 第二条第一款"),
    ],
)
def test_bad_input_is_refused_with_field_code_article_and_remedy(
    platform: Platform, name: str, code: str, field: str, article: str
):
    bad = {
        "term": of_court("bad-term", person(sentence=facts.Period(months=-6))),
        "date": of_court("bad-date", person(effective_date="2026-02-30")),
        "organ": of_court("bad-organ", organ_code="nobody"),
        "place": of_court("bad-place", person(execution_county="999999")),
        "name": of_court("bad-name", person(name="")),
        "none": of_court("bad-none", nobody()),
    }
    received, refused = platform.submit(COURT, bad[name])
    assert (received.stage, refused.stage) == (RECEIVED, REFUSED)
    assert (refused.refusal.code, refused.refusal.field, refused.refusal.article) == (code, field, article)
    assert refused.refusal.remedy_zh


def test_a_forged_message_is_refused_and_takes_nobodys_id(platform: Platform):
    body = of_court("forged")
    forged = platform.sign(COURT, body)
    forged.signatures[0].value = bytes(64)
    assert platform.submit(COURT, forged)[-1].refusal.code == "SIGNATURE_INVALID"
    foreign = platform.sign(OTHER_COURT, body)
    assert platform.submit(COURT, foreign)[-1].refusal.code == "KEY_UNKNOWN"
    bare = platform.sign(COURT, body)
    del bare.signatures[:]
    assert platform.submit(COURT, bare)[-1].refusal.code == "SIGNATURE_MISSING"
    assert stages(platform.submit(COURT, body)) == [RECEIVED, ACCEPTED]


def test_an_agency_speaks_for_itself_only(platform: Platform):
    refused = platform.submit(OTHER_COURT, of_court("not-mine"))[-1]
    assert refused.refusal.code == "SENDER_NOT_ORGAN"


def test_nobody_reads_anothers_receipts(platform: Platform):
    platform.submit(COURT, of_court("private"))
    with pytest.raises(grpc.RpcError) as error:
        platform.receipts(OTHER_COURT, "private")
    assert error.value.code() == grpc.StatusCode.NOT_FOUND  # pyright: ignore[reportAttributeAccessIssue]


def test_nine_megabytes_are_refused_and_eight_are_read(platform: Platform):
    def of(size: int, name: str) -> msg.Judgment:
        paper = msg.Document(title="判决书", media_type="application/pdf", content=bytes(size))
        return of_court(name, documents=[paper])

    large = platform.submit(COURT, of(9 * 1024 * 1024, "nine"))
    assert large[-1].refusal.code == "MESSAGE_TOO_LARGE"
    body = of(8 * 1024 * 1024 - 4096, "eight")
    assert stages(platform.submit(COURT, body)) == [RECEIVED, ACCEPTED]
    exchange_id = exchange_of(platform, COURT, body)
    whole = platform.by("service/intake").GetDecision(
        api.GetDecisionRequest(exchange_id=exchange_id), timeout=20
    )
    assert msg.Judgment.FromString(whole.body) == body


def test_unknown_types_and_rubbish_are_refused_by_receipts(platform: Platform):
    rubbish = Signed(type=msg.Judgment.DESCRIPTOR.full_name, body=b"\xff\xff\xff")
    assert platform.submit(COURT, rubbish)[-1].refusal.code == "UNREADABLE_BODY"
    unknown = platform.sign(COURT, msg.Notice(message_id="n"))
    assert platform.submit(COURT, unknown)[-1].refusal.code == "UNKNOWN_TYPE"
    assert platform.submit(COURT, Signed())[-1].refusal.code == "UNKNOWN_TYPE"


def test_a_ruling_before_its_judgment_is_held_and_taken_up_by_itself(platform: Platform):
    ruling = revocation("early-ruling", of="late-judgment")
    assert stages(platform.submit(COURT, ruling)) == [RECEIVED, HELD]
    wait(lambda: any(e.stage == HELD for e in platform.open_exchanges()), "listed as held")
    body = of_court("late-judgment")
    platform.submit(COURT, body)
    platform.intake.tell("late", opened(exchange_of(platform, COURT, body)))
    wait(lambda: stages(platform.receipts(COURT, "early-ruling")) == [RECEIVED, HELD, ACCEPTED], "released")
    assert list(platform.receipts(COURT, "early-ruling")[-1].case_ids) == [str(platform.intake.case("late"))]
    platform.intake.tell(
        "late",
        intake.Terminated(
            ground=intake.TERMINATION_GROUND_REVOKED,
            exchange_id=exchange_of(platform, COURT, ruling),
            on="2026-03-01",
        ),
    )
    wait(lambda: platform.receipts(COURT, "early-ruling")[-1].stage == EFFECTED, "effected")


def test_a_ruling_on_a_known_case_is_accepted_and_one_of_the_police_is_not(platform: Platform):
    body = of_court("known-case")
    platform.submit(COURT, body)
    platform.intake.tell("known", opened(exchange_of(platform, COURT, body)))
    wait(lambda: len(platform.receipts(COURT, "known-case")) == 3, "effected")
    assert stages(platform.submit(COURT, revocation("a-ruling", of="known-case"))) == [RECEIVED, ACCEPTED]
    refused = platform.submit(POLICE, revocation("police-ruling", of="known-case"))[-1]
    assert refused.refusal.code == "RULING_NOT_FROM_ORGAN"
    assert refused.refusal.article == "社区矫正法 第四十八条第一款"


def told(receipts: list[msg.Receipt]) -> list[tuple[object, ...]]:
    """Everything that receipts tell, but what each message has of its own."""
    return [(r.stage, r.sender, r.receiver, str(r.refusal), list(r.case_ids)) for r in receipts]


def test_a_ruling_of_a_court_that_may_not_rule_is_answered_as_one_about_nobody(platform: Platform):
    early = revocation("early-foreign-ruling", of="own-case")
    assert stages(platform.submit(OTHER_COURT, early)) == [RECEIVED, HELD]
    body = of_court("own-case")
    platform.submit(COURT, body)
    platform.intake.tell("own", opened(exchange_of(platform, COURT, body)))
    wait(lambda: len(platform.receipts(COURT, "own-case")) == 3, "effected")
    late = revocation("late-foreign-ruling", of="own-case")
    nobody_there = revocation("foreign-ruling-about-nobody", of="there is no such case")
    envelope = platform.sign(OTHER_COURT, late)
    first = platform.submit(OTHER_COURT, envelope)
    assert platform.submit(OTHER_COURT, envelope) == first
    assert told(first) == told(platform.submit(OTHER_COURT, nobody_there))
    assert stages(first) == [RECEIVED, HELD]
    released = (
        "select 1 from es.command where target like '%%ReleaseHeld' and answer is not null and subject = %s"
    )
    for message in (early, late):
        exchange_id = exchange_of(platform, OTHER_COURT, message)
        wait(lambda at=exchange_id: bool(platform.rows(released, at)), "the release was answered")
        assert stages(platform.receipts(OTHER_COURT, message.message_id)) == [RECEIVED, HELD]


def test_a_court_elsewhere_that_tried_a_new_crime_revokes(platform: Platform):
    body = of_court("case-of-the-new-crime")
    platform.submit(COURT, body)
    platform.intake.tell("new-crime", opened(exchange_of(platform, COURT, body)))
    wait(lambda: len(platform.receipts(COURT, "case-of-the-new-crime")) == 3, "effected")
    ruling = revocation("for-a-new-crime", of="case-of-the-new-crime")
    ruling.crime = msg.CRIME_GROUND_NEW_CRIME
    refused = platform.submit(OTHER_COURT, ruling)[-1]
    assert (refused.stage, refused.refusal.code) == (REFUSED, "CRIME_JUDGMENT_MISSING")
    assert refused.refusal.article == "社区矫正法 第四十六条第二款"
    ruling.message_id, ruling.crime_judgment_number = "for-a-new-crime-complete", "（2026）乙刑初9号"
    envelope = platform.sign(OTHER_COURT, ruling)
    got = platform.submit(OTHER_COURT, envelope)
    assert stages(got) == [RECEIVED, ACCEPTED]
    assert platform.submit(OTHER_COURT, envelope) == got
    assert list(got[-1].case_ids) == [str(platform.intake.case("new-crime"))]


def test_a_ruling_that_cannot_be_done_ends_with_a_receipt_that_says_why(platform: Platform):
    body = of_court("ended-case")
    platform.submit(COURT, body)
    platform.intake.tell("ended", opened(exchange_of(platform, COURT, body)))
    wait(lambda: len(platform.receipts(COURT, "ended-case")) == 3, "effected")
    ruling = revocation("too-late", of="ended-case")
    assert stages(platform.submit(COURT, ruling)) == [RECEIVED, ACCEPTED]
    exchange_id = exchange_of(platform, COURT, ruling)
    not_done = intake.RulingWithoutEffect(
        exchange_id=exchange_id,
        code="CASE_ENDED",
        forbidden_by="release.conditions",
        article="社区矫正法 第四十四条",
    )
    platform.intake.tell("ended", not_done)
    platform.intake.again()
    wait(lambda: len(platform.receipts(COURT, "too-late")) == 3, "ended")
    last = platform.receipts(COURT, "too-late")[-1]
    assert (last.stage, last.refusal.code, last.refusal.article) == (
        msg.STAGE_WITHOUT_EFFECT,
        "CASE_ENDED",
        "社区矫正法 第四十四条",
    )
    assert last.refusal.remedy_zh
    wait(lambda: exchange_id not in {e.exchange_id for e in platform.open_exchanges()}, "no longer open")
    wait(lambda: any(r == last for r in platform.agencies.receipts(COURT)), "the court has it without asking")


def not_opened(exchange_id: str, number: int) -> intake.JudgmentWithoutEffect:
    return intake.JudgmentWithoutEffect(
        exchange_id=exchange_id,
        defendant_number=number,
        code="TERM_END_UNKNOWN",
        forbidden_by="counting.start.parole",
        article="刑法 第八十三条第二款",
    )


def test_a_judgment_that_no_case_can_be_opened_of_ends_and_may_come_anew(platform: Platform):
    body = of_court("cannot-be-opened")
    exchange_id = exchange_of(platform, COURT, body)
    platform.submit(COURT, body)
    platform.intake.tell("unopened", not_opened(exchange_id, 1))
    platform.intake.again()
    wait(lambda: len(platform.receipts(COURT, "cannot-be-opened")) == 3, "ended")
    last = platform.receipts(COURT, "cannot-be-opened")[-1]
    assert (last.stage, last.refusal.code, list(last.case_ids)) == (
        msg.STAGE_WITHOUT_EFFECT,
        "TERM_END_UNKNOWN",
        [],
    )
    assert [(p.defendant_number, p.refusal) for p in last.persons] == [(1, last.refusal)]
    assert last.refusal.remedy_zh
    assert last.refusal.article == "刑法 第八十三条第二款"
    wait(lambda: exchange_id not in {e.exchange_id for e in platform.open_exchanges()}, "no longer open")
    wait(lambda: any(r == last for r in platform.agencies.receipts(COURT)), "the court has it without asking")
    anew = of_court("completed", case_number=body.case_number)
    assert stages(platform.submit(COURT, anew)) == [RECEIVED, ACCEPTED]


def test_one_person_of_a_judgment_may_have_no_case_while_another_has_one(platform: Platform):
    body = of_court("one-of-two", person(1), person(2))
    exchange_id = exchange_of(platform, COURT, body)
    platform.submit(COURT, body)
    platform.intake.tell("two-2", not_opened(exchange_id, 2))
    platform.intake.again()
    platform.intake.tell("two-1", opened(exchange_id, 1))
    platform.intake.again()
    wait(lambda: len(platform.receipts(COURT, "one-of-two")) == 3, "ended")
    last, case = platform.receipts(COURT, "one-of-two")[-1], str(platform.intake.case("two-1"))
    assert (last.stage, list(last.case_ids)) == (msg.STAGE_WITHOUT_EFFECT, [case])
    assert [p.defendant_number for p in last.persons] == [2]
    ruled = platform.submit(COURT, revocation("ruling-on-the-first", of="one-of-two"))
    assert stages(ruled) == [RECEIVED, ACCEPTED]
    again = of_court("both-again", person(1), person(2), case_number=body.case_number)
    assert platform.submit(COURT, again)[-1].refusal.code == "JUDGMENT_ALREADY_RECEIVED"
    second = of_court("the-second-completed", person(2), case_number=body.case_number)
    assert stages(platform.submit(COURT, second)) == [RECEIVED, ACCEPTED]


def test_counts_agree(platform: Platform):
    platform.submit(COURT, of_court("counted"))
    platform.submit(COURT, of_court("counted", person(custody_days=1)))
    platform.submit(PROC, Signed(type="?", body=b"?"))

    def agree() -> bool:
        t = platform.tally()
        return t.received == t.accepted + t.refused + t.held and t.received >= 3

    wait(agree, "received = accepted + refused + held")
    assert platform.tally("operator/li").received >= platform.tally().received
    assert not any(counts(platform.tally("staff/650102/COUNTY_CCI/li")))


def counts(tally: api.GetTallyResponse) -> tuple[int, ...]:
    """What a tally counts, whatever moment it stands for; repetitions last."""
    return (
        tally.received, tally.accepted, tally.refused, tally.held, tally.effected, tally.procuratorate_due,
        tally.procuratorate_receipted, tally.notices_due, tally.notices_receipted, tally.repeated,
    )  # fmt: skip


def test_a_tally_of_the_past_agrees_with_the_list_of_that_moment_and_with_what_it_said_then(
    platform: Platform,
):
    def agreed(at: Moment) -> api.GetTallyResponse:
        found, listed = platform.tally(OPERATOR, at), platform.open_exchanges(OPERATOR, at)
        assert found.held == len([e for e in listed if e.inbound and e.stage == HELD])
        assert found.notices_due - found.notices_receipted == len([e for e in listed if not e.inbound])
        return found

    def listed(name: str) -> None:
        """The ruling waits for its case, and all that came before it is counted."""
        wanted = platform.exchange_id(COURT, name)
        wait(lambda: wanted in {e.exchange_id for e in platform.open_exchanges(OPERATOR)}, "listed")

    platform.submit(COURT, revocation("tallied-first", of="no case of this name"))
    listed("tallied-first")
    before = platform.tally(OPERATOR)
    envelope = platform.sign(COURT, revocation("tallied", of="no case of this name either"))
    platform.submit(COURT, envelope)
    platform.submit(COURT, envelope)
    listed("tallied")
    [[instant]] = platform.rows("select clock_timestamp()")
    assert isinstance(instant, datetime)
    then = agreed(Moment(known_at=meta.timestamp(instant)))
    assert (then.received, then.repeated) == (before.received + 1, before.repeated + 1)

    platform.submit(COURT, of_court("tallied-later"))
    platform.submit(COURT, envelope)
    wait(lambda: platform.tally(OPERATOR).received > then.received, "counted")
    now = platform.tally(OPERATOR)
    assert now.repeated == then.repeated + 1
    assert agreed(Moment(known_at=meta.timestamp(instant))) == then
    assert counts(agreed(Moment(log_size=then.at.log_size)))[:-1] == counts(then)[:-1]
    assert counts(agreed(Moment(as_of=now.at.as_of, log_size=now.at.log_size))) == counts(now)
    assert counts(agreed(Moment(as_of=then.at.as_of, known_at=meta.timestamp(instant)))) == counts(then)
    earlier = date.fromisoformat(then.at.as_of) - timedelta(days=2)
    assert not any(counts(agreed(Moment(as_of=earlier.isoformat()))))


def test_a_message_signed_anew_is_the_same_message(platform: Platform):
    body = of_court("signed-twice")
    first = platform.submit(COURT, body)
    envelope = platform.sign(COURT, body)
    envelope.signatures.add(key_id="another", algorithm="SM2", value=b"x")
    assert platform.submit(COURT, envelope) == first


@pytest.mark.parametrize("named", ["欧阳秘密甲/1", "case/11010519491231002X/1", "m/13800138000"])
def test_an_id_that_names_somebody_is_refused_and_stands_nowhere_in_the_clear(platform: Platform, named: str):
    receipts = platform.submit(COURT, of_court("named", message_id=named))
    assert stages(receipts) == [RECEIVED, msg.STAGE_REFUSED]
    assert {r.message_id for r in receipts} == {named}  # the sender knows which of its messages it is
    assert (receipts[-1].refusal.code, receipts[-1].refusal.field) == ("FIELD_INVALID", "message_id")
    held = "select count(*) from es.event where position(%s::bytea in data) > 0 or position(%s::bytea in meta) > 0"
    assert platform.rows(held, named.encode(), named.encode()) == [(0,)]
