"""Release at the end of the term (期满解除). 社区矫正法 第四十四条; 社区矫正法实施办法 第五十三条; 司发通〔2026〕8号 第二十条.

At 24:00 of the last day everything ends, whatever is pending; nothing and nobody is waited for. Temporary
service ends with the sentence, not with the period that was decided (set.release.temporary-pending). The
certificate is issued by a named officer afterwards.
"""

from __future__ import annotations

from dataclasses import replace

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.acts import day_of_act, day_or_none
from eventcore.decider import (
    Context,
    Decision,
    Decisions,
    Evolutions,
    NotYetDue,
    On,
    Refused,
    Stamp,
    free_text,
)
from lawkit.counting import end_of_day

from intake.domain.ids import case_stream
from intake.domain.state import Case, must_be_received, must_run, with_progress


def _prepare(case: Case, c: cmd.PrepareReleaseRequest, ctx: Context) -> Decision:
    must_run(case, day_of_act(c, ctx))
    must_be_received(case)
    return [ev.ReleasePrepared(appraisal=free_text(c.appraisal))]


def _lapse(case: Case, c: cmd.LapseTermRequest, ctx: Context) -> Decision:
    if case.progress.released or case.progress.terminated or case.end is None:
        return []
    if ctx.now < end_of_day(case.end):
        raise NotYetDue(rule="release.conditions", end=case.end.isoformat())
    released = ev.Released(end_date=case.end.isoformat())
    return [On(case_stream(c.case_id), released, occurred_at=end_of_day(case.end))]


def _certify(case: Case, _: cmd.CertifyReleaseRequest, __: Context) -> Decision:
    if case.certified is not None:
        return []
    if case.progress.released is None:
        raise Refused(
            "NOT_RELEASED", rule="release.certificate", end=case.end.isoformat() if case.end else ""
        )
    return [ev.ReleaseCertified(end_date=case.progress.released.isoformat())]


def _prepared(case: Case, _: ev.ReleasePrepared, stamp: Stamp) -> Case:
    return with_progress(case, prepared=case.progress.prepared or stamp.day)


def _released(case: Case, e: ev.Released, stamp: Stamp) -> Case:
    return with_progress(case, released=day_or_none(e.end_date) or stamp.day)


def _certified(case: Case, _: ev.ReleaseCertified, stamp: Stamp) -> Case:
    return replace(case, certified=stamp.day)


DECISIONS: Decisions[Case] = {
    cmd.PrepareReleaseRequest: _prepare,
    cmd.LapseTermRequest: _lapse,
    cmd.CertifyReleaseRequest: _certify,
}
EVOLUTIONS: Evolutions[Case] = {
    ev.ReleasePrepared: _prepared,
    ev.Released: _released,
    ev.ReleaseCertified: _certified,
}
