"""Reporting in and reception, in time, late or not at all (报到、接收、漏管).

社区矫正法 第二十一条、第二十二条; 社区矫正法实施办法 第十六条、第十七条; 司发通〔2026〕8号 第七条、第九条、第十一条.
Reception is never refused: neither lateness nor a missing paper stands in its way.
"""

from __future__ import annotations

from datetime import date

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.acts import day_of_act
from eventcore.decider import (
    Context,
    Decision,
    Decisions,
    Evolutions,
    NotYetDue,
    On,
    Stamp,
    free_texts,
)
from lawkit import Law
from lawkit.counting import end_of_day
from lawkit.law_of_the_day import final_day

from intake.domain.ids import case_stream
from intake.domain.state import Case, must_run, with_progress

DEADLINE = "intake.report.deadline"


def _record(case: Case, c: cmd.RecordReportingInRequest, ctx: Context) -> Decision:
    if case.progress.reported is not None:
        return []
    day = day_of_act(c, ctx)
    must_run(case, day)
    return [
        ev.ReportedIn(
            mode=c.mode,
            days_late=_days_late(ctx.law, case, day),
            missing_documents=free_texts(c.missing_documents),
        )
    ]


def _lapse(case: Case, c: cmd.LapseReportingInRequest, ctx: Context) -> Decision:
    done = case.progress
    if done.reported or done.missed or done.released or done.terminated:
        return []
    last = last_day(ctx.law, case)
    if last is None or ctx.now < end_of_day(last):
        # nobody is missing by a day that a year still to come may move: its clock rings when the day is known
        told = last or case.report_provisional
        since = case.effective.isoformat() if case.effective else ""
        raise NotYetDue(rule=case.report_rule or DEADLINE, due=told.isoformat() if told else "", since=since)
    missed = ev.ReportingInMissed(due_date=last.isoformat())
    return [On(case_stream(c.case_id), missed, occurred_at=end_of_day(last))]


def last_day(law: Law, case: Case) -> date | None:
    """Last day for reporting in: printed, else after rest days.

    None where no law of the day sets a clock, and while a year that may move it is still to come: nobody is late by a guess.
    """
    if case.report_due is not None or case.effective is None:
        return case.report_due
    return final_day(law, case.report_rule or DEADLINE, case.effective)


def _days_late(law: Law, case: Case, day: date) -> int:
    last = last_day(law, case)
    return 0 if last is None else max(0, (day - last).days)


def _reported(case: Case, _: ev.ReportedIn, stamp: Stamp) -> Case:
    return with_progress(case, reported=stamp.day)


def _missed(case: Case, _: ev.ReportingInMissed, stamp: Stamp) -> Case:
    return with_progress(case, missed=stamp.day)


DECISIONS: Decisions[Case] = {
    cmd.RecordReportingInRequest: _record,
    cmd.LapseReportingInRequest: _lapse,
}
EVOLUTIONS: Evolutions[Case] = {ev.ReportedIn: _reported, ev.ReportingInMissed: _missed}
