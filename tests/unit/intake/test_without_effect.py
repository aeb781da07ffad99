"""外来文书未予落实. 社区矫正法实施办法 第十六条."""

from __future__ import annotations

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import prepared_pb2 as prepared

from tests.unit.intake.test_term import RECEIVED, YEAR, by_platform, shorten

ASKED = shorten("2026-06-01", YEAR)
NOT_DONE = ev.RulingWithoutEffect(
    exchange_id=ASKED.exchange_id,
    code="TERM_BELOW_FLOOR",
    forbidden_by="reduction.probation.floor-imprisonment",
    article="法释〔2016〕23号 第十八条",
)
NOTE = prepared.PreparedWithoutEffect(ruling=NOT_DONE)


def test_a_ruling_that_cannot_be_done_is_recorded_once_and_decided_no_more():
    by_platform(*RECEIVED).when(NOTE).then(NOT_DONE)
    recorded = by_platform(*RECEIVED, NOT_DONE)
    recorded.when(NOTE).then()
    recorded.when(ASKED).then()
