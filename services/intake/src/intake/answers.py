"""States and rows as the contract's messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from corrections.common.v1.common_pb2 import Moment
from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.intake.v1 import service_pb2 as pb
from eventcore.reads import Read
from eventcore.texts import texts_of
from lawkit import Law, law_of_the_day

from intake.domain.reporting_in import last_day
from intake.domain.state import Case
from intake.queries import Row


def case(case_id: str, read: Read[Case], law: Law) -> pb.GetCaseResponse:
    """A folded case on the day that was read."""
    found, day = read.state, read.on
    return pb.GetCaseResponse(
        case=pb.Case(
            case_id=case_id,
            person_id=found.person_id,
            kind=found.kind,
            state=found.progress.state_on(day),
            county=found.county,
            office=found.office,
            organ_code=found.organ_code,
            effective_date=_text(found.effective),
            start_date=_text(found.start),
            end_date=_text(found.end),
            report_due=_text(_last_day_of(found, law)),
            reported_on=_text(found.progress.reported),
            version=read.version,
            exchange_id=found.exchange_id,
            defendant_number=found.defendant_number,
        ),
        texts=texts_of(read.events),
    )


def _last_day_of(found: Case, law: Law) -> date | None:
    """Last day for reporting in; None where nobody was ordered to."""
    ordered = found.report_due is not None or found.report_provisional is not None
    return (last_day(law, found) or found.report_provisional) if ordered else None


def row(found: Row, law: Law) -> pb.Case:
    """A row of the list, as of the day on which it was read."""
    return pb.Case(
        case_id=str(found.case_id),
        person_id=str(found.person_id),
        kind=SubjectKind.Name(SubjectKind.values()[found.kind]),
        state=found.progress.state_on(found.today),
        county=found.county,
        office=found.office,
        organ_code=found.organ_code,
        effective_date=_text(found.effective),
        start_date=_text(found.start_date),
        end_date=_text(found.end_date),
        report_due=_text(_report_due(found, law)),
        reported_on=_text(found.reported),
        version=found.version,
        exchange_id=str(found.exchange_id),
        defendant_number=found.defendant_number,
    )


def _report_due(found: Row, law: Law) -> date | None:
    """The day as the calendar of the moment gives it, where it was not final when it was ordered."""
    if found.report_rule is None or found.effective is None:
        return found.report_due
    return law_of_the_day.last_day(law, found.report_rule, found.effective) or found.report_due


def listed(rows: Iterable[Row], next_page_token: str, at: Moment, law: Law) -> pb.ListCasesResponse:
    """A page of cases."""
    cases = [row(one, law) for one in rows]
    return pb.ListCasesResponse(cases=cases, next_page_token=next_page_token, at=at)


def found(rows: Iterable[Row], law: Law) -> pb.FindCasesResponse:
    """The cases of a person."""
    return pb.FindCasesResponse(cases=[row(one, law) for one in rows])


def person(fields: Mapping[str, str]) -> pb.GetPersonResponse:
    """A person's identity in the clear."""
    return pb.GetPersonResponse(
        name=fields.get("name", ""),
        identity_number=fields.get("identity_number", ""),
        birth_date=fields.get("birth_date", ""),
        address=fields.get("address", ""),
        phone=fields.get("phone", ""),
    )


def _text(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
