"""裁定、决定、通知、纠正意见. 社区矫正法 第三十三条、第四十八条、第四十九条、第六十二条; 刑事诉讼法 第二百六十八条."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest
from contracts import registry
from corrections.handoff.v1 import messages_pb2 as msg
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from handoff.domain import message
from handoff.domain.message import TYPES, Sender
from handoff.domain.refusals import Finding, refusal
from handoff.domain.ruling import reference_of
from lawkit import load_law

from tests.unit.handoff.messages import NOW, REFERENCE, TODAY, at, months

LAW = load_law()
DAY = "2026-03-01"
REVOKED = msg.RevocationRuling(
    message_id="r", reference=REFERENCE, ruling_number="1", ruling_date=DAY, revoked=True
)
FOR_A_CRIME = msg.RevocationRuling(
    message_id="r",
    reference=REFERENCE,
    ruling_number="1",
    ruling_date=DAY,
    revoked=True,
    crime=msg.CRIME_GROUND_NEW_CRIME,
    crime_judgment_number="（2026）乙刑初9号",
)
REDUCED = msg.ReductionRuling(
    message_id="r",
    reference=REFERENCE,
    ruling_number="1",
    ruling_date=DAY,
    reduced=True,
    sentence_reduction=months(2),
    probation_reduction=months(3),
)
RENEWED = msg.TemporaryServiceRenewal(
    message_id="r", reference=REFERENCE, decision_date=DAY, until="2026-09-01"
)
BACK = msg.ReimprisonmentDecision(message_id="r", reference=REFERENCE, decision_date=DAY)
RECALCULATED = msg.TermRecalculation(
    message_id="r", reference=REFERENCE, ruling_date=DAY, not_counted=months(0, 20)
)
FOUND = msg.FoundNotice(message_id="r", reference=REFERENCE, found_at=at(NOW))
OPINION = msg.CorrectionOpinion(message_id="r", reference=REFERENCE, opinion_date=DAY, text="请纠正")
LAWFUL = {
    "COURT": [REVOKED, FOR_A_CRIME, REDUCED, RENEWED, BACK, RECALCULATED],
    "PRISON_ADMIN": [RENEWED, BACK],
    "PSB_COUNTY": [FOUND],
    "PROC_COUNTY": [OPINION],
}


def found(body: Message, role: str = "COURT") -> list[Finding]:
    sender = Sender("somebody", role)
    return [
        *chain(
            message.shape(body),
            message.organ(body, sender, frozenset(), LAW),
            message.substance(body, LAW, NOW, TODAY),
        )
    ]


def with_(body: Message, **changed: object) -> Message:
    copy = type(body)()
    copy.CopyFrom(body)
    for name, value in changed.items():
        copy.ClearField(name)
        if value is not None:
            copy.MergeFrom(type(body)(**{name: value}))
    return copy


@pytest.mark.parametrize(("role", "body"), [(r, b) for r, bodies in LAWFUL.items() for b in bodies])
def test_who_may_rule_is_heard(role: str, body: Message):
    assert found(body, role) == []
    assert reference_of(body) == REFERENCE


@pytest.mark.parametrize(
    ("role", "body"),
    [
        ("PSB_COUNTY", REVOKED),
        ("PSB_COUNTY", FOR_A_CRIME),
        ("PRISON", REDUCED),
        ("PRISON_ADMIN", RECALCULATED),
        ("PROC", BACK),
        ("COURT", FOUND),
        ("PSB", OPINION),
        ("PROC_COUNTY", RENEWED),
    ],
)
def test_who_cannot_rule_is_refused(role: str, body: Message):
    [one] = found(body, role)
    assert one.code == "RULING_NOT_FROM_ORGAN"
    assert refusal(LAW, one).article


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (REVOKED, "ruling_date"),
        (REDUCED, "ruling_date"),
        (RENEWED, "decision_date"),
        (RENEWED, "until"),
        (BACK, "decision_date"),
        (RECALCULATED, "ruling_date"),
        (OPINION, "opinion_date"),
    ],
)
def test_an_impossible_day_is_refused(body: Message, field: str):
    role = "PROC" if body is OPINION else "COURT"
    assert [(f.code, f.field) for f in found(with_(body, **{field: "2026-02-30"}), role)] == [
        ("DATE_IMPOSSIBLE", field)
    ]


@pytest.mark.parametrize("seconds", [-(10**11), 10**12, 10**18])
def test_an_instant_that_cannot_be_is_refused(seconds: int):
    assert found(with_(FOUND, found_at=Timestamp(seconds=seconds)), "PSB")[0].code == "DATE_IMPOSSIBLE"


def test_nothing_is_ruled_or_found_tomorrow():
    assert found(with_(REVOKED, ruling_date="2026-03-03"))[0].code == "DATES_OUT_OF_ORDER"
    later = with_(FOUND, found_at=at(NOW + timedelta(seconds=1)))
    assert found(later, "PSB")[0].field == "found_at"


def test_a_renewal_ends_after_it_begins():
    assert found(with_(RENEWED, until="2026-02-28"))[0].field == "until"
    assert found(with_(RENEWED, until="")) == []


def test_a_reduction_says_by_how_much_and_a_refusal_does_not():
    assert found(with_(REDUCED, reduced=False))[0].code == "RULING_CONTRADICTS_ITSELF"
    nothing = with_(REDUCED, sentence_reduction=None, probation_reduction=None)
    assert found(nothing)[0].code == "RULING_CONTRADICTS_ITSELF"
    assert found(with_(nothing, reduced=False)) == []


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"revoked": None}, "RULING_CONTRADICTS_ITSELF", "revoked"),
        ({"crime": None}, "RULING_CONTRADICTS_ITSELF", "crime"),
        ({"crime_judgment_number": None}, "CRIME_JUDGMENT_MISSING", "crime_judgment_number"),
        ({"crime_judgment_number": " "}, "CRIME_JUDGMENT_MISSING", "crime_judgment_number"),
        (
            {"crime_judgment_number": REFERENCE.case_number},
            "RULING_CONTRADICTS_ITSELF",
            "crime_judgment_number",
        ),
    ],
)
def test_a_revocation_for_a_crime_revokes_and_names_its_judgment(
    changed: dict[str, object], code: str, field: str
):
    [one] = found(with_(FOR_A_CRIME, **changed))
    assert (one.code, one.field) == (code, field)
    assert refusal(LAW, one).article == "社区矫正法 第四十六条第二款"


def test_a_reduction_below_nothing_is_refused():
    one = found(with_(REDUCED, probation_reduction=months(-6)))[0]
    assert (one.code, one.field) == ("TERM_OUT_OF_BOUNDS", "probation_reduction.months")


def test_time_that_does_not_count_has_a_length():
    assert found(with_(RECALCULATED, not_counted=months(0)))[0].code == "TERM_MISSING"


@pytest.mark.parametrize("name", TYPES)
def test_bytes_that_are_no_message_of_their_type_are_unreadable(name: str):
    for body in (b"", b"\xff\xff\xff", b"\x0a\x05ab"):
        assert message.read(name, body) == Finding("UNREADABLE_BODY", "message_id" if not body else "body")


def test_a_type_outside_the_contract_is_unknown():
    assert message.read("corrections.handoff.v1.Notice", b"") == Finding("UNKNOWN_TYPE", "type")
    assert message.read("", b"") == Finding("UNKNOWN_TYPE", "type")


def test_a_body_of_more_than_eight_mebibytes_is_too_large():
    name = msg.Judgment.DESCRIPTOR.full_name
    assert message.read(name, bytes(message.MAX_BODY_BYTES + 1)) == Finding("MESSAGE_TOO_LARGE", "body")


def test_whoever_may_decide_may_also_send_and_read_the_receipts():
    police = {"PSB", "PSB_COUNTY", "PSB_CITY"}
    senders = {"COURT", "PROC", "PROC_COUNTY", "PRISON_ADMIN", "PRISON", "DETENTION"} | police
    for name in ("Submit", "GetReceipts"):
        assert senders <= set(registry.access(f"/corrections.handoff.v1.HandoffService/{name}").roles)
    assert set(registry.access("/corrections.handoff.v1.HandoffService/QueryMissingStatus").roles) >= police
