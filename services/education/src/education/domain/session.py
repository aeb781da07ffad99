"""Sessions and attendance (教育学习). 社区矫正法 第二十三条、第三十六条; 社区矫正法实施办法 第四十三条.

No national number of hours exists, and forced excess education is itself a breach: nothing here counts hours
against anybody.
"""

from __future__ import annotations

from corrections.education.v1 import events_pb2 as ev
from corrections.education.v1 import service_pb2 as cmd
from eventcore.decider import Context, Decision, Decisions, NotYetDue, Refused, day, free_text
from lawkit.counting import end_of_day

from education.domain.state import Education, Session

RULE = "education.provide"


def _arrange(case: Education, c: cmd.ArrangeSessionRequest, _: Context) -> Decision:
    on = day("on", c.on)
    known = case.sessions.get(c.session_id)
    if known is not None:
        if (known.topic, known.on) == (c.topic, on):
            return []
        raise Refused("SESSION_ID_TAKEN", rule=RULE, session_id=c.session_id)
    if case.closed:
        raise Refused("EDUCATION_HAS_ENDED", rule="release.conditions", ended=case.closed.isoformat())
    if case.end and on > case.end:
        raise Refused("SESSION_AFTER_TERM", rule="release.conditions", end=case.end.isoformat())
    return [ev.SessionArranged(session_id=c.session_id, topic=c.topic, on=c.on)]


def _attend(case: Education, c: cmd.RecordAttendanceRequest, ctx: Context) -> Decision:
    session = _session(case, c.session_id)
    if session.attended:
        return []
    if ctx.today < session.on:
        raise Refused("SESSION_NOT_YET_HELD", rule=RULE, on=session.on.isoformat())
    return [ev.SessionAttended(session_id=c.session_id, minutes=c.minutes)]


def _excuse(case: Education, c: cmd.ExcuseAbsenceRequest, _: Context) -> Decision:
    session = _session(case, c.session_id)
    if session.excused:
        return []
    if session.attended:
        raise Refused("SESSION_ATTENDED", rule=RULE, session_id=c.session_id)
    return [ev.SessionExcused(session_id=c.session_id, reason=free_text(c.reason))]


def _lapse(case: Education, c: cmd.LapseSessionRequest, ctx: Context) -> Decision:
    session = _session(case, c.session_id)
    if session.settled or case.closed:
        return []
    if ctx.now < end_of_day(session.on):
        raise NotYetDue(rule=RULE, on=session.on.isoformat())
    return [ev.SessionMissed(session_id=c.session_id)]


def _session(case: Education, session_id: str) -> Session:
    try:
        return case.sessions[session_id]
    except KeyError:
        raise Refused("SESSION_UNKNOWN", rule=RULE, session_id=session_id) from None


DECISIONS: Decisions[Education] = {
    cmd.ArrangeSessionRequest: _arrange,
    cmd.RecordAttendanceRequest: _attend,
    cmd.ExcuseAbsenceRequest: _excuse,
    cmd.LapseSessionRequest: _lapse,
}
