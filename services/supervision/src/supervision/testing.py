"""Histories and requests that the tests of supervision share. Ids are invented."""

from __future__ import annotations

from datetime import date, datetime

from corrections.common.v1.common_pb2 import LawRef
from corrections.common.v1.facts_pb2 import Penalty, Period, SubjectKind
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.testing import SEAL_TO
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit import load_law
from lawkit.counting import SHANGHAI, end_of_day

CASE_ID = "0d6a1cf5-3ae1-5c5b-9a3a-8c5a1c1f7b10"
RULING = "22222222-2222-5222-8222-222222222222"
NOTICE = "33333333-3333-5333-8333-333333333333"
PROBATION = SubjectKind.SUBJECT_KIND_PROBATION
SURVEILLANCE = SubjectKind.SUBJECT_KIND_PUBLIC_SURVEILLANCE
PAROLE = SubjectKind.SUBJECT_KIND_PAROLE
TEMPORARY = SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE
ALL_ITEMS = [item for item in ev.DossierItem.values() if item]


def opened(kind: SubjectKind = PROBATION, **changes: object) -> ev.SupervisionOpened:
    """A case of one year from 2026-03-02 in 330203 with the office 330203001, with these fields changed."""
    fields: dict[str, object] = {
        "kind": kind,
        "county": "330203",
        "office": "330203001",
        "organ_code": "court-330203",
        "start_date": "2026-03-02",
        "end_date": "2027-03-01",
        "effective_date": "2026-03-02",
        "penalty": Penalty.PENALTY_FIXED_TERM,
        "sentence": Period(months=10),
        "seal_to": SEAL_TO,
    }
    return ev.SupervisionOpened(**{**fields, **changes})  # pyright: ignore[reportArgumentType]


def at(text: str) -> Timestamp:
    """The instant of an ISO 8601 time in Asia/Shanghai."""
    stamp = Timestamp()
    stamp.FromDatetime(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))
    return stamp


def at_end_of(text: str) -> Timestamp:
    """24:00 of the day in Asia/Shanghai."""
    stamp = Timestamp()
    stamp.FromDatetime(end_of_day(date.fromisoformat(text)))
    return stamp


def ref(rule: str, day: str = "2026-06-01") -> LawRef:
    """The rule with its article as it stood on the day."""
    return LawRef(rule=rule, article=load_law().article_zh(rule, date.fromisoformat(day)))


def leave(
    leave_id: str, first: str, last: str, destination: str = "330106"
) -> tuple[cmd.RequestLeaveRequest, ev.LeaveRequested, ev.LeaveApproved]:
    """A leave for work: its request, and its events as the county decides them."""
    facts = {"leave_id": leave_id, "destination": destination, "reason": ev.LEAVE_REASON_WORK}
    days = {"from_date": first, "to_date": last}
    county = ev.APPROVER_COUNTY
    return (
        cmd.RequestLeaveRequest(case_id=CASE_ID, **facts, **days),  # pyright: ignore[reportArgumentType]
        ev.LeaveRequested(**facts, **days, approver=county),  # pyright: ignore[reportArgumentType]
        ev.LeaveApproved(leave_id=leave_id, **days, approver=county),
    )


def day(text: str) -> date:
    """The day of an ISO 8601 text."""
    return date.fromisoformat(text)
