"""Histories of invented cases: what people do is invented here, every event is the services' own deciders'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID, uuid5

from corrections.common.v1 import facts_pb2 as facts
from corrections.education.v1 import events_pb2 as education_ev
from corrections.education.v1 import service_pb2 as education
from corrections.intake.v1 import events_pb2 as intake_ev
from corrections.intake.v1 import prepared_pb2 as prepared
from corrections.intake.v1 import service_pb2 as intake
from corrections.supervision.v1 import events_pb2 as supervision_ev
from corrections.supervision.v1 import service_pb2 as supervision
from eventcore.event import Event
from eventcore.replay import Act, Replay
from eventcore.replaying import Interpreter
from google.protobuf.message import Message
from guitu_cli.law_simulating import services
from lawkit import load_law

COUNTY = "330203"
_NAMES = UUID(int=0x6775697475)
_EFFECTIVE = datetime(2026, 1, 5, 1, tzinfo=UTC)  # 09:00 in Shanghai
_ALIKE = 40  # so many kinds of life, by days of reporting in and by what follows


def case_id(number: int) -> str:
    """The id of an invented case."""
    return str(uuid5(_NAMES, str(number)))


class Life:
    """What is done in one case; days count from the day on which the decision takes effect."""

    def __init__(self, number: int, effective: datetime = _EFFECTIVE) -> None:
        self.case_id = case_id(number)
        self.effective = effective
        self.acts: list[Act] = []

    def opened(self, months: int = 12) -> Life:
        """A court puts a man on probation."""
        day = self.effective.date().isoformat()
        request = prepared.PreparedCase(
            case_id=self.case_id,
            person_id=self.case_id,
            exchange_id=self.case_id,
            defendant_number=1,
            kind=facts.SUBJECT_KIND_PROBATION,
            organ_code="court",
            organ_unit=COUNTY,
            organ_is_court=True,
            decision_date=day,
            effective_date=day,
            penalty=facts.PENALTY_FIXED_TERM,
            sentence=facts.Period(months=8),
            probation=facts.Period(months=months),
            county=COUNTY,
            sex=facts.SEX_MALE,
        )
        request.seal_to.key_id, request.seal_to.public_key = bytes(16), bytes(32)
        return self.did(0, "intake", request, intake_ev.CaseOpened(), role="SERVICE")

    def reported(self, day: int) -> Life:
        """The person reports in."""
        request = intake.RecordReportingInRequest(mode=intake_ev.RECEPTION_MODE_AT_OFFICE)
        return self.did(day, "intake", request, intake_ev.ReportedIn())

    def admonished(self, day: int, ground: str = "admonition.ground.other-minor") -> Life:
        """An officer admonishes."""
        request = supervision.AdmonishRequest(ground=ground, evidence="记录")
        return self.did(day, "supervision", request, supervision_ev.Admonished())

    def warned(self, day: int, ground: str) -> Life:
        """An officer warns."""
        request = supervision.WarnRequest(ground=ground, evidence="记录")
        return self.did(day, "supervision", request, supervision_ev.Warned())

    def away(self, day: int, days: int, back: int, *, approver: str = "CITY_CCI") -> Life:
        """A leave of so many days from tomorrow on, who approved it, and the day of return."""
        first = (self.effective + timedelta(days=day + 1)).date()
        leave_id = f"leave-{day}"
        asked = supervision.RequestLeaveRequest(
            leave_id=leave_id,
            destination="330106",
            reason=supervision_ev.LEAVE_REASON_FAMILY,
            from_date=first.isoformat(),
            to_date=(first + timedelta(days=days - 1)).isoformat(),
        )
        approved = supervision.ApproveLeaveRequest(leave_id=leave_id)
        returned = supervision.ReturnFromLeaveRequest(leave_id=leave_id)
        self.did(day, "supervision", asked, supervision_ev.LeaveRequested())
        self.did(day, "supervision", approved, supervision_ev.LeaveApproved(), role=approver)
        return self.did(back, "supervision", returned, supervision_ev.LeaveReturned())

    def visited(self, day: int) -> Life:
        """A report in person, and a session of education a day later."""
        made = supervision.RecordReportRequest(method=supervision_ev.REPORT_METHOD_IN_PERSON)
        on = (self.effective + timedelta(days=day + 1)).date().isoformat()
        name = f"session-{day}"
        held = education.ArrangeSessionRequest(session_id=name, topic=education_ev.SESSION_TOPIC_LAW, on=on)
        came = education.RecordAttendanceRequest(session_id=name, minutes=60)
        self.did(day, "supervision", made, supervision_ev.ReportMade())
        self.did(day, "education", held, education_ev.SessionArranged())
        return self.did(day + 1, "education", came, education_ev.SessionAttended())

    def did(
        self, day: int, service: str, request: Message, event: Message, *, role: str = "COUNTY_CCI"
    ) -> Life:
        """Somebody asks for this on that day; `event` only names what it becomes."""
        at = self.effective + timedelta(days=day, minutes=len(self.acts))
        if "case_id" in request.DESCRIPTOR.fields_by_name:
            setattr(request, "case_id", self.case_id)  # noqa: B010
        if "occurred_at" in request.DESCRIPTOR.fields_by_name:
            getattr(request, "occurred_at").FromDatetime(at)  # noqa: B009
        nobody, name = UUID(int=0), event.DESCRIPTOR.full_name
        known = Event(
            service, -1, nobody, len(self.acts) + 1, nobody, name, UUID(self.case_id), at, at,
            "staff/li", COUNTY, role, nobody, None, "", event, b"", b"",
        )  # fmt: skip
        self.acts.append(Act(service, f"{len(self.acts)}", request, known))
        return self

    def events(self, until: datetime | None = None) -> Sequence[Event]:
        """What the services record of it under the law of this release."""
        found = interpreter().replay(self.acts, until or self.acts[-1].event.recorded_at)
        refused = [one for one in found.outcomes if one.kind.startswith("refused/")]
        assert not refused, refused
        return found.events


def known_services() -> Mapping[str, Replay]:
    """The services that say how their history is replayed."""
    return services()


@cache
def interpreter() -> Interpreter:
    """The services under the law of this release."""
    return Interpreter(known_services(), load_law())


def county(cases: int) -> Iterator[tuple[str, Sequence[Event]]]:
    """So many cases of half a year each, some of them late, away too long, or warned."""
    for number in range(cases):
        like = number % _ALIKE
        life = Life(number, _EFFECTIVE + timedelta(days=number % 60)).opened()
        life.reported(2 + like % 14)
        for month in range(1, 6):
            life.visited(15 + 30 * month)
        if like % 4 == 0:
            life.away(50, 3 + like % 9, 55 + like % 12)
        if like % 10 == 0:
            life.warned(100, "warning.ground.other-serious").warned(120, "warning.ground.other-serious")
        life.acts.sort(key=lambda act: act.event.recorded_at)
        yield life.case_id, life.events(life.effective + timedelta(days=180))
