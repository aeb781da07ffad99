"""Why the dates and the state of a case in intake are as they are. 社区矫正法 第二十一条、第四十四条."""

from __future__ import annotations

from datetime import date

from corrections.intake.v1 import events_pb2 as ev
from eventcore.acts import day_or_none
from eventcore.event import Event
from lawkit import Law
from lawkit.terms import Length, Term, credit_rule, term
from lawkit.why import Change, Explanation, why, why_term
from servicekit import explaining
from servicekit.explaining import Dated, Explains

from intake.domain.case import CASE
from intake.domain.ids import case_stream
from intake.domain.reporting_in import DEADLINE
from intake.domain.state import Case, length_of, punished

Told = explaining.Case[Case]


def _report_due(told: Told) -> Explanation:
    case = told.state
    facts = {"判决、裁定生效": _text(case.effective)}
    printed = next((e.data.printed_due for e in told.causes if isinstance(e.data, ev.ReportingInOrdered)), "")
    if printed:
        # the printed day governs: nothing was counted
        facts["文书载明的报到期限"] = printed
    since = None if printed else case.effective
    return why(told.law, case.report_rule or DEADLINE, since, facts, on=case.effective)


def _start_date(told: Told) -> Explanation:
    case, computed = told.state, told.causes[-1]
    facts = {"判决、裁定生效": _text(case.effective)}
    return why(told.law, explaining.rule_of(computed), facts=facts, on=case.start)


def _end_date(told: Told) -> Explanation:
    computed, *later = told.causes
    changes = [Change(explaining.rule_of(one), *_changed(one)) for one in later]
    facts = {"期限起算": _text(told.state.start)}
    return why_term(told.law, _begun(told.law, told.state, computed), changes, facts)


def _changed(event: Event) -> tuple[date, Length | None, date]:
    data = event.data
    if isinstance(data, ev.TermShortened):
        by = length_of(data.reduction) or length_of(data.sentence_reduction)
        return date.fromisoformat(data.end_date), by, day_or_none(data.ruling_date) or event.day
    known = event.data_as(ev.TermRecalculated)
    ruled = day_or_none(known.ruling_date) or event.day
    return date.fromisoformat(known.end_date), length_of(known.not_counted), ruled


def _begun(law: Law, case: Case, computed: Event) -> Term:
    """The term as it began: counted where the law fixed its end, else as the document says."""
    fixed = computed.data_as(ev.TermComputed)
    start, end = date.fromisoformat(fixed.start_date), date.fromisoformat(fixed.end_date)
    rule = explaining.rule_of(computed)
    stated = case.probation or case.sentence
    if stated is None or fixed.end_date != fixed.computed_end_date:
        return Term(case.kind_id, start, end, None, 0, (rule,))
    whole = term(law, case.kind_id, start, stated)
    credit = max((whole.end - end).days, 0)
    offset = credit_rule(case.kind_id, punished(case.penalty)) if credit else None
    rules = dict.fromkeys((rule, *whole.rules, *((offset,) if offset else ())))
    return Term(case.kind_id, start, end, stated, credit, tuple(rules))


def _text(day: date | None) -> str:
    return day.isoformat() if day is not None else "未载明"


EXPLAINS: Explains[Case] = Explains(
    CASE,
    case_stream,
    status=lambda case, day: (case.progress.state_on(day),),
    dates={
        "report_due": Dated(lambda case: case.report_due or case.report_provisional, _report_due),
        "start_date": Dated(lambda case: case.start, _start_date),
        "end_date": Dated(lambda case: case.end, _end_date),
    },
    rests_on={"AWAITING_REPORT": "report_due", "MISSED_INTAKE": "report_due", "RELEASED": "end_date"},
    clocks={"reporting-in": "report_due", "term": "end_date"},
)
