"""Supervision as it was on a day. 社区矫正法 第二十八条、第三十条."""

from __future__ import annotations

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as cmd
from eventcore.testing import given
from google.protobuf.message import Message
from supervision.domain.as_of import conduct_on
from supervision.domain.case import CASE
from supervision.testing import CASE_ID, RULING, at, day, leave, opened, ref

_, ASKED, APPROVED = leave("l1", "2026-05-01", "2026-05-07")
SINCE = at("2026-06-01T08:00")
HISTORY: tuple[tuple[str, Message], ...] = (
    ("2026-03-02", opened()),
    ("2026-04-01", ev.ReportMade(method=ev.REPORT_METHOD_PHONE)),
    ("2026-04-20", ASKED),
    ("2026-04-21", APPROVED),
    ("2026-05-05", ev.LeaveReturned(leave_id="l1")),
    ("2026-05-10", ev.Admonished(ground=ref("admonition.ground.minor-breach"))),
    ("2026-05-11", ev.Warned(ground=ref("warning.ground.serious-breach"))),
    ("2026-06-02", ev.ContactLost(since=SINCE)),
    ("2026-06-04", ev.AbscondedClassified(law=ref("absconded.out-of-contact"), since=SINCE, hours=73)),
    ("2026-06-08", ev.SubjectFound(found_at=at("2026-06-07T08:00"), days_missing=6)),
    ("2026-06-10", ev.RevocationProposed(ground=ref("revoke.probation.ground.other-serious"))),
    ("2026-06-30", ev.RevocationRefused(exchange_id=RULING, ruling_date="2026-06-29")),
    ("2026-07-01", ev.ReductionProposed(ground=ref("reduction.must"))),
    ("2026-09-01", ev.SupervisionClosed(on="2026-09-01")),
)
STATE = given(CASE, *HISTORY).state
SERVED = ("2026-05-02", ev.TermNoted(end_date="2026-09-01"))
RELEASED = ("2026-09-02", ev.SupervisionClosed(on="2026-09-01"))


def on(text: str) -> cmd.Conduct:
    return conduct_on(STATE, CASE_ID, day(text))


def test_a_case_is_open_from_its_opening_to_its_end():
    assert [on(d).open for d in ("2026-03-01", "2026-03-02", "2026-08-31", "2026-09-01")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_served_term_holds_through_its_last_day():
    released = conduct_on(
        given(CASE, ("2026-03-02", opened()), SERVED, RELEASED).state, CASE_ID, day("2026-09-01")
    )
    later = conduct_on(
        given(CASE, ("2026-03-02", opened()), SERVED, RELEASED).state, CASE_ID, day("2026-09-02")
    )
    assert (released.open, later.open) == (True, False)


def test_a_person_is_on_leave_from_the_first_day_to_the_return():
    days = ("2026-04-30", "2026-05-01", "2026-05-04", "2026-05-05", "2026-05-07")
    assert [on(d).on_leave for d in days] == [False, True, True, False, False]


def test_a_person_is_missing_since_the_documented_start_until_found():
    assert not on("2026-05-31").HasField("missing_since")
    assert on("2026-06-01").missing_since == SINCE
    assert [on(d).absconded for d in ("2026-06-03", "2026-06-04", "2026-06-07")] == [False, True, False]
    assert not on("2026-06-07").HasField("missing_since")


def test_counts_are_those_of_the_day():
    before, after = on("2026-03-31"), on("2026-05-11")
    assert (before.reports, before.admonitions, before.warnings) == (0, 0, 0)
    assert (after.reports, after.admonitions, after.warnings) == (1, 1, 1)


def test_a_proposal_is_pending_until_the_day_of_the_ruling():
    assert [on(d).revocation_pending for d in ("2026-06-09", "2026-06-10", "2026-06-29")] == [
        False, True, False,
    ]  # fmt: skip
    assert on("2026-08-01").reduction_pending
