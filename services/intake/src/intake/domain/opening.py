"""A decision makes a person a subject: the case is opened, its term and its clock run.

社区矫正法 第二十条、第二十一条、第二十二条、第五十八条; 社区矫正法实施办法 第十六条.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corrections.common.v1.facts_pb2 import SubjectKind
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1.prepared_pb2 import PreparedCase
from eventcore.acts import day_or_none, law_ref, text_of
from eventcore.decider import Claim, Context, Decision, Decisions, Evolutions, On, Refused, Stamp, day
from lawkit import Law
from lawkit.counting import add_years
from lawkit.law_of_the_day import due, known_day

from intake.domain.ids import person_stream
from intake.domain.state import Case, LastDay, kind_id, length_of, with_progress
from intake.domain.term_at_opening import term_computed

IDENTITY = "identity"
# a value of set.counting.missing-calendar
SEALED_FIELDS = ("name", "identity_number", "birth_date", "address", "phone")
# the number found the person
STATED_ANEW = tuple(field for field in SEALED_FIELDS if field != "identity_number")


def _open(case: Case, c: PreparedCase, ctx: Context) -> Decision:
    if case.progress.opened is not None:
        return []
    if not kind_id(c.kind):
        raise Refused("NOT_A_SUBJECT", rule="general.scope.four-kinds", number=str(c.defendant_number))
    opened = ev.CaseOpened(
        person_id=c.person_id,
        exchange_id=c.exchange_id,
        defendant_number=c.defendant_number,
        kind=c.kind,
        organ_code=c.organ_code,
        decision_date=c.decision_date,
        effective_date=c.effective_date,
        penalty=c.penalty,
        sentence=c.sentence if c.HasField("sentence") else None,
        probation=c.probation if c.HasField("probation") else None,
        county=c.county,
        office=c.office,
        sex=c.sex,
        minor=is_minor(ctx.law, c.birth_date, day("decision_date", c.decision_date)),
        injunction=c.injunction,
        organ_unit=c.organ_unit,
        seal_to=c.seal_to if c.HasField("seal_to") else None,
    )
    events = [opened, term_computed(ctx.law, c), reporting_in_ordered(ctx.law, c)]
    return [*_registered(case, c), *events]


def _registered(case: Case, c: PreparedCase) -> Decision:
    """The person's identity; of a person whom an earlier case brought, what this decision states anew."""
    if case.person_known:
        return _stated_anew(c)
    identity = ev.PersonRegistered(
        name=c.name,
        identity_number=c.identity_number if c.HasField("identity_number") else None,
        birth_date=c.sealed_birth_date if c.HasField("sealed_birth_date") else None,
        address=c.address if c.HasField("address") else None,
        phone=c.phone if c.HasField("phone") else None,
    )
    claims = [Claim(IDENTITY, c.identity_mac)] if c.identity_mac else []
    return [On(person_stream(c.person_id), identity), *claims]


def _stated_anew(c: PreparedCase) -> Decision:
    stated = ev.PersonNoted(
        exchange_id=c.exchange_id,
        name=c.name if c.HasField("name") else None,
        birth_date=c.sealed_birth_date if c.HasField("sealed_birth_date") else None,
        address=c.address if c.HasField("address") else None,
        phone=c.phone if c.HasField("phone") else None,
    )
    if not any(stated.HasField(field) for field in STATED_ANEW):
        return []
    return [On(person_stream(c.person_id), stated)]


def is_minor(law: Law, birth_date: str, day: date) -> bool:
    """Whether the person is a minor on the day; an age is reached on the day after the birthday
    (set.age.birthday). False where the birth date is not known.
    """
    born = day_or_none(birth_date)
    if born is None:
        return False
    return day <= add_years(born, int(law.threshold("minor.continue-after-18", "age_years")))


def reporting_in_ordered(law: Law, c: PreparedCase) -> ev.ReportingInOrdered:
    """The clock for reporting in, or for being handed over; the printed date governs where there is one.

    Where no rule was in force when the decision took effect, only a printed date sets a clock (lawkit.law_of_the_day).
    """
    rule_id = report_rule(c.kind, organ_is_court=c.organ_is_court)
    effective = day("effective_date", c.effective_date)
    found, known = due(law, rule_id, effective), known_day(law, rule_id, effective)
    extended = known.day if known and known.final else None
    provisional = known.day if known and not known.final else None
    printed = ""
    if c.printed_report_date and law.setting("set.intake.report.authoritative-date").choice == "printed":
        printed = day("printed_report_date", c.printed_report_date).isoformat()
    return ev.ReportingInOrdered(
        nominal_due=text_of(found.nominal if found else None),
        extended_due=text_of(extended),
        printed_due=printed,
        law=law_ref(law, rule_id, effective),
        provisional_due=text_of(provisional),
        effective_date=effective.isoformat(),
    )


def report_rule(kind: SubjectKind, *, organ_is_court: bool) -> str:
    """Rule of the period: others report in themselves, temporary service is handed over."""
    if kind != SubjectKind.SUBJECT_KIND_TEMPORARY_SERVICE:
        return "intake.report.deadline"
    return "intake.temporary.court-handover" if organ_is_court else "intake.temporary.approved-handover"


def _opened(case: Case, e: ev.CaseOpened, stamp: Stamp) -> Case:
    case = replace(
        case,
        person_id=e.person_id,
        exchange_id=e.exchange_id,
        defendant_number=e.defendant_number,
        kind=e.kind,
        organ_code=e.organ_code,
        decided=day_or_none(e.decision_date),
        effective=day_or_none(e.effective_date),
        penalty=e.penalty,
        sentence=length_of(e.sentence),
        probation=length_of(e.probation),
        county=e.county,
        office=e.office,
        sex=e.sex,
        minor=e.minor,
        seal_to=e.seal_to if e.HasField("seal_to") else None,
    )
    return with_progress(case, opened=stamp.day)


def _term(case: Case, e: ev.TermComputed, stamp: Stamp) -> Case:
    end = day_or_none(e.end_date)
    return replace(
        case,
        start=day_or_none(e.start_date),
        computed_end=day_or_none(e.computed_end_date),
        last_days=(LastDay(stamp.day, end),) if end else (),
        temporary_until=day_or_none(e.temporary_until),
    )


def _ordered(case: Case, e: ev.ReportingInOrdered, _: Stamp) -> Case:
    return replace(
        case,
        report_rule=e.law.rule,
        report_nominal=day_or_none(e.nominal_due),
        report_due=day_or_none(e.printed_due) or day_or_none(e.extended_due),
        report_provisional=day_or_none(e.provisional_due) or day_or_none(e.nominal_due),
    )


DECISIONS: Decisions[Case] = {PreparedCase: _open}
EVOLUTIONS: Evolutions[Case] = {
    ev.CaseOpened: _opened,
    ev.TermComputed: _term,
    ev.ReportingInOrdered: _ordered,
}
