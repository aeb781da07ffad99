"""裁判文书未能建档. 社区矫正法实施办法 第十六条."""

from __future__ import annotations

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import prepared_pb2 as prepared
from eventcore.testing import scenario
from intake.domain.unopened import UNOPENED

NOT_OPENED = ev.JudgmentWithoutEffect(
    exchange_id="00000000-0000-5000-8000-000000000001",
    defendant_number=2,
    code="TERM_END_UNKNOWN",
    forbidden_by="counting.start.parole",
    article="刑法 第八十三条第二款",
)
NOTE = prepared.PreparedJudgmentWithoutEffect(judgment=NOT_OPENED)


def test_a_person_whose_case_cannot_be_opened_is_recorded_once():
    scenario(UNOPENED).when(NOTE).then(NOT_OPENED)
    scenario(UNOPENED).given(NOT_OPENED).when(NOTE).then()
