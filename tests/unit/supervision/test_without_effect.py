"""外来文书未予落实. 社区矫正法实施办法 第十六条."""

from __future__ import annotations

from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import prepared_pb2 as prepared
from eventcore.testing import given
from supervision.domain.case import CASE

from tests.unit.supervision.test_rulings import RULING, opened, ruling

NOT_DONE = ev.RulingWithoutEffect(
    exchange_id=RULING, code="REVOCATION_NOT_FOR_KIND", forbidden_by="reimprison.proposer"
)
NOTE = prepared.PreparedWithoutEffect(ruling=NOT_DONE)


def test_a_ruling_that_cannot_be_done_is_recorded_once_and_decided_no_more():
    case = given(CASE, opened()).by("SERVICE", "").at("2026-06-02")
    case.when(NOTE).then(NOT_DONE)
    case.given(NOT_DONE).when(NOTE).then()
    case.given(NOT_DONE).when(ruling("2026-06-01", revoked=True)).then()
