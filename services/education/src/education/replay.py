"""How education's history is replayed under another law (docs/adr/0023)."""

from __future__ import annotations

from corrections.education.v1 import events_pb2 as ev
from corrections.education.v1 import service_pb2 as cmd
from eventcore.replay import Replay, asked

from education.domain.case import CASE
from education.processes.following_intake import FOLLOWING_INTAKE
from education.processes.session_clocks import SESSION_CLOCKS

REPLAY = Replay(
    decider=CASE,
    acts={
        ev.SessionArranged: asked(cmd.ArrangeSessionRequest),
        ev.SessionAttended: asked(cmd.RecordAttendanceRequest),
        ev.SessionExcused: asked(cmd.ExcuseAbsenceRequest),
    },
    clocks=(SESSION_CLOCKS,),
    follows=(FOLLOWING_INTAKE,),
    echoes=frozenset({ev.EducationOpened, ev.EducationClosed}),
)
