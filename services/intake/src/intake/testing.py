"""Decisions and histories that the tests of intake share. Ids are invented."""

from __future__ import annotations

from datetime import date

from corrections.common.v1.common_pb2 import LawRef, Sealed
from corrections.common.v1.facts_pb2 import Penalty, Period, Sex, SubjectKind
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1.prepared_pb2 import PreparedCase
from eventcore.decider import free_texts
from eventcore.testing import SEAL_TO
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit.counting import end_of_day

from intake.domain.ids import case_id_of, person_id_of

EXCHANGE = "11111111-1111-5111-8111-111111111111"
RULING = "22222222-2222-5222-8222-222222222222"
CASE_ID = str(case_id_of(EXCHANGE, 1))
PERSON_ID = str(person_id_of(case_id_of(EXCHANGE, 1)))
SEALED = Sealed(key_id=b"k" * 16, nonce=b"n" * 12, ciphertext=b"c" * 20)

PROBATION = SubjectKind.SUBJECT_KIND_PROBATION
SURVEILLANCE = SubjectKind.SUBJECT_KIND_PUBLIC_SURVEILLANCE
PAROLE = SubjectKind.SUBJECT_KIND_PAROLE
TEMPORARY = SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE

YEAR = Period(months=12)
ARTICLES = {
    PROBATION: LawRef(rule="counting.credit.probation", article="刑法 第七十三条第三款"),
    TEMPORARY: LawRef(rule="release.certificate", article="社区矫正法 第四十四条"),
}
REPORT_LAW = LawRef(rule="intake.report.deadline", article="社区矫正法 第二十一条第一款")


def prepared(**changes: object) -> PreparedCase:
    """A probation of one year from 2026-03-02, with these fields changed."""
    fields: dict[str, object] = {
        "case_id": CASE_ID,
        "person_id": PERSON_ID,
        "exchange_id": EXCHANGE,
        "defendant_number": 1,
        "kind": PROBATION,
        "organ_code": "C-330203",
        "organ_is_court": True,
        "decision_date": "2026-02-20",
        "effective_date": "2026-03-02",
        "penalty": Penalty.PENALTY_FIXED_TERM,
        "sentence": Period(months=10),
        "probation": YEAR,
        "county": "330203",
        "office": "330203001",
        "sex": Sex.SEX_MALE,
        "birth_date": "1990-05-06",
        "name": SEALED,
        "identity_mac": b"m" * 32,
        "seal_to": SEAL_TO,
    }
    return PreparedCase(**{**fields, **changes})  # pyright: ignore[reportArgumentType]


def opened(**changes: object) -> ev.CaseOpened:
    """CaseOpened of `prepared()`, with these fields changed."""
    fields: dict[str, object] = {
        "person_id": PERSON_ID,
        "exchange_id": EXCHANGE,
        "defendant_number": 1,
        "kind": PROBATION,
        "organ_code": "C-330203",
        "decision_date": "2026-02-20",
        "effective_date": "2026-03-02",
        "penalty": Penalty.PENALTY_FIXED_TERM,
        "sentence": Period(months=10),
        "probation": YEAR,
        "county": "330203",
        "office": "330203001",
        "sex": Sex.SEX_MALE,
        "seal_to": SEAL_TO,
    }
    return ev.CaseOpened(**{**fields, **changes})  # pyright: ignore[reportArgumentType]


TERM = ev.TermComputed(
    start_date="2026-03-02",
    end_date="2027-03-01",
    computed_end_date="2027-03-01",
    law=ARTICLES[PROBATION],
)
# ten days from 2026-03-02: Thursday 12 March
ORDERED = ev.ReportingInOrdered(
    nominal_due="2026-03-12", extended_due="2026-03-12", law=REPORT_LAW, effective_date="2026-03-02"
)
REPORTED = ev.ReportedIn(mode=ev.RECEPTION_MODE_AT_OFFICE)
MISSED = ev.ReportingInMissed(due_date="2026-03-12")
OFFICER = ev.GroupMember(member_id="s1", role=ev.MEMBER_ROLE_JUDICIAL_OFFICE, sex=Sex.SEX_MALE)
WOMAN = ev.GroupMember(member_id="s2", role=ev.MEMBER_ROLE_SOCIAL_WORKER, sex=Sex.SEX_FEMALE)
EXPERT = ev.GroupMember(member_id="s3", role=ev.MEMBER_ROLE_VOLUNTEER, knows_minors=True)
GROUP = ev.GroupFormed(members=[OFFICER])
DECLARED = ev.EntryDeclared(public=True)
PLAN = ev.PlanAdopted(measures=free_texts(["每月报告"]))
RELEASED = ev.Released(end_date="2027-03-01")

OPEN = (("2026-03-03", opened()), ("2026-03-03", TERM), ("2026-03-03", ORDERED))
RECEIVED = (*OPEN, ("2026-03-10", REPORTED))
SUPERVISED = (*RECEIVED, ("2026-03-11", GROUP), ("2026-03-12", DECLARED), ("2026-03-13", PLAN))


def open_case(
    kind: SubjectKind, *, end: str = "2028-03-01", **changes: object
) -> tuple[tuple[str, Message], ...]:
    """History of a received case of a kind whose term a document gives."""
    term = ev.TermComputed(start_date="2026-03-02", end_date=end, printed_end_date=end)
    return (
        ("2026-03-03", opened(kind=kind, **changes)),
        ("2026-03-03", term),
        ("2026-03-03", ORDERED),
        ("2026-03-10", REPORTED),
    )


def at_end_of(day: str) -> Timestamp:
    """24:00 of a day in Asia/Shanghai."""
    stamp = Timestamp()
    stamp.FromDatetime(end_of_day(date.fromisoformat(day)))
    return stamp
