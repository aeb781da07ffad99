"""Each clock that is watched: what starts it, until when it runs, what ends it; on real PostgreSQL, each event twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from uuid import UUID, uuid5

import psycopg
import pytest
from corrections.common.v1.common_pb2 import LawRef
from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.handoff.v1 import events_pb2 as handoff
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.intake.v1 import events_pb2 as intake
from corrections.supervision.v1 import events_pb2 as supervision
from devstack.testing import Database
from eventcore.link import Link
from eventcore.projection import Projections
from eventcore.testing_log import TestLog
from google.protobuf.message import Message
from lawkit import law_of_the_day, load_law
from lawkit.counting import SHANGHAI, end_of_day
from servicekit.service import Service

LAW = load_law()
INSTALLATION = "guitu-test"
EXCHANGE = "11111111-2222-5333-8444-555555555555"
NOON = "T12:00"


def day(text: str) -> datetime:
    """24:00 of the day."""
    return end_of_day(date.fromisoformat(text))


@dataclass(frozen=True)
class Watched:
    """A clock: its rule, what happens up to its start and on which days, when it is due, what ends it."""

    service: str
    name: str
    rule: str
    begin: Sequence[tuple[str, Message]]
    due: datetime
    ends: Sequence[Message]
    about: str = ""
    still: Sequence[Message] = field(default_factory=list[Message])


def said(text: str) -> datetime:
    """The instant in Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def stamped(message: Message, name: str, text: str) -> Message:
    """The message with an instant in one of its fields."""
    getattr(message, name).FromDatetime(said(text))
    return message


REPORTED = ("2026-03-02", intake.ReportedIn())
TERM = ("2026-03-02", intake.TermComputed(start_date="2026-03-02", end_date="2027-03-01"))
RELEASED = intake.Released(end_date="2027-03-01")
TERMINATED = intake.Terminated(on="2026-04-01")
CLOSED = supervision.SupervisionClosed(on="2026-04-01")
LOST = ("2026-06-01", stamped(supervision.ContactLost(), "since", "2026-06-01T08:00"))
LOST_BEFORE = ("2026-02-10", stamped(supervision.ContactLost(), "since", "2026-02-10T08:00"))
LEFT = ("2026-06-01", stamped(supervision.UnapprovedDepartureFound(), "since", "2026-06-01T08:00"))
RECEIVED = ("2026-03-02", handoff.MessageReceived(message_type=msg.Judgment.DESCRIPTOR.full_name))
NOTICE = handoff.NoticePrepared(
    exchange_id=EXCHANGE, case_id=EXCHANGE, law=LawRef(rule="intake.documents.receipt")
)
TEMPORARY = supervision.SupervisionOpened(kind=SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE)

CLOCKS = [
    Watched("intake", "group", "group.form", [REPORTED], day("2026-03-09"),
            [intake.GroupFormed(), RELEASED, TERMINATED]),
    Watched("intake", "declaration", "declaration.hold", [REPORTED], day("2026-03-09"),
            [intake.EntryDeclared(), RELEASED, TERMINATED], still=[intake.GroupFormed()]),
    Watched("intake", "plan", "plan.make", [REPORTED], day("2026-03-16"),
            [intake.PlanAdopted(), RELEASED, TERMINATED], still=[intake.EntryDeclared()]),
    Watched("intake", "release-summary", "release.summary", [TERM], day("2027-01-30"),
            [intake.ReleasePrepared(), RELEASED, TERMINATED]),
    Watched("intake", "release-summary", "release.summary",
            [TERM, ("2026-06-01", intake.TermShortened(end_date="2026-12-31"))], day("2026-12-01"),
            [intake.ReleasePrepared()]),
    Watched("intake", "release-certificate", "release.certificate", [TERM, ("2027-03-02", RELEASED)],
            day("2027-03-01"), [intake.ReleaseCertified()],
            still=[intake.TermRecalculated(end_date="2030-01-01")]),
    Watched("supervision", "out-of-contact", "absconded.out-of-contact", [LOST], said("2026-06-03T08:00"),
            [supervision.SubjectFound(), supervision.AbscondedClassified(), CLOSED],
            still=[supervision.PoliceSearchRequested()]),
    # the hours of who was lost before the opinion of 2026 run from its first day on
    Watched("supervision", "out-of-contact", "absconded.out-of-contact", [LOST_BEFORE], said("2026-02-23T00:00"),
            [supervision.SubjectFound()]),
    Watched("supervision", "unapproved-departure", "absconded.unapproved-departure", [LEFT],
            said("2026-06-03T08:00"), [supervision.SubjectFound(), supervision.AbscondedClassified(), CLOSED],
            still=[supervision.PoliceSearchRequested()]),
    Watched("supervision", "overdue-leave/l1", "absconded.overdue-return",
            [("2026-05-09", supervision.LeaveOverdue(leave_id="l1", to_date="2026-05-08"))],
            said("2026-05-11T00:00"),
            [supervision.LeaveReturned(leave_id="l1"), supervision.AbscondedClassified(), CLOSED],
            still=[supervision.LeaveReturned(leave_id="another")]),
    Watched("supervision", "leave-decision/l1", "leave.must-approve-justified",
            [("2026-05-06", supervision.LeaveRequested(leave_id="l1"))], day("2026-05-08"),
            [supervision.LeaveApproved(leave_id="l1", from_date="2026-05-10", to_date="2026-05-11"),
             supervision.LeaveDenied(leave_id="l1"), CLOSED]),
    Watched("supervision", "regular-travel", "travel.regular.validity",
            [("2026-03-02", supervision.RegularTravelApproved(from_date="2026-03-02", to_date="2026-09-01"))],
            day("2026-09-01"), [CLOSED]),
    Watched("supervision", "health-report", "health.monthly-report",
            [("2026-03-02", TEMPORARY), ("2026-03-03", supervision.ReceptionNoted())], day("2026-04-03"),
            [CLOSED]),
    Watched("supervision", "health-report", "health.monthly-report",
            [("2026-03-02", TEMPORARY), ("2026-03-03", supervision.ReceptionNoted()),
             ("2026-03-20", supervision.ReportMade())], day("2026-04-20"), [CLOSED]),
    Watched("handoff", "documents-receipt", "intake.documents.receipt", [RECEIVED], day("2026-03-09"),
            [handoff.MessageEffected(), handoff.MessageRefused(), handoff.MessageWithoutEffect()],
            still=[handoff.MessageAccepted()]),
    Watched("handoff", "documents-supplement", "intake.documents.supplement",
            [RECEIVED, ("2026-03-03", handoff.MessageHeld())], day("2026-03-09"),
            [handoff.MessageAccepted(), handoff.MessageWithoutEffect()]),
    Watched("handoff", "notice-receipt", "intake.documents.receipt", [("2026-03-02", NOTICE)],
            day("2026-03-09"), [handoff.NoticeReceipted()], about=EXCHANGE,
            still=[handoff.NoticeRefused(code="OTHER")]),
]  # fmt: skip


@pytest.mark.parametrize("clock", CLOCKS, ids=lambda one: f"{one.service}/{one.name}")
def test_a_watched_clock_runs_from_one_event_to_another(clock: Watched, database: Database):
    declared: Service = import_module(f"{clock.service}.main").SERVICE
    log = TestLog(
        database.dsn, installation=INSTALLATION, service=clock.service, packages=(clock.service,),
        simulated_clock=True,
    )  # fmt: skip
    log.set_clock(said("2028-01-01T09:00"))
    clocks = [one for one in declared.projections if one.name.endswith("-clocks")]
    link = Link(lambda: psycopg.connect(database.dsn, autocommit=True))
    projections = Projections(link, clocks, installation=INSTALLATION, service=clock.service)

    def twice(stream: str, event: Message, on: str) -> None:
        log.write(stream, event, event, occurred_at=said(on + NOON))
        log.sequence()
        while projections.turn():
            pass

    def running(stream: str) -> tuple[object, ...] | None:
        subject = UUID(clock.about) if clock.about else log.subject(stream)
        return log.conn.execute(
            "select rule, due_at, command_id, provisional from es.deadline where subject = %s and name = %s",
            (subject, clock.name),
        ).fetchone()

    try:
        for number, ends in enumerate(clock.ends):
            stream = f"case/{uuid5(UUID(EXCHANGE), f'{number}')}"
            for on, event in clock.begin:
                twice(stream, event, on)
            for event in clock.still:
                twice(stream, event, clock.begin[-1][0])
            assert running(stream) == (clock.rule, clock.due, None, False)
            twice(stream, ends, clock.begin[-1][0])
            assert running(stream) is None
        assert log.conn.execute("select error from es.parked").fetchall() == []
    finally:
        projections.close()
        log.close()


def test_every_watched_clock_names_a_rule_with_an_article():
    for clock in CLOCKS:
        assert law_of_the_day.article_zh(LAW, clock.rule, date.fromisoformat(clock.begin[0][0]))


def test_a_fact_before_its_rule_starts_no_clock(database: Database):
    declared: Service = import_module("intake.main").SERVICE
    log = TestLog(database.dsn, installation=INSTALLATION, service="intake", packages=("intake",))
    clocks = [one for one in declared.projections if one.name == "entry-clocks"]
    link = Link(lambda: psycopg.connect(database.dsn, autocommit=True))
    projections = Projections(link, clocks, installation=INSTALLATION, service="intake")
    log.write("case/old", intake.ReportedIn(), occurred_at=said("2018-05-02" + NOON))
    log.sequence()
    while projections.turn():
        pass
    assert log.conn.execute("select name from es.deadline").fetchall() == []
    projections.close()
    log.close()
