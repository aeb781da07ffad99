"""Why a date, a clock, a state or a refusal is as it is, asked of a running intake over real PostgreSQL."""

from __future__ import annotations

from uuid import UUID

import grpc
import pytest
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as pb
from corrections.law.v1 import explanation_pb2 as told
from corrections.law.v1.service_pb2 import AskedRefusal
from eventcore import ids
from eventcore.testing import instant

from tests.integration.intake.test_intake import code, opened, person
from tests.integration.intake.world import World
from tests.integration.law_calls import explain, must_be_closed
from tests.integration.one_service import COUNTY

OTHER_COUNTY = "staff/330212/COUNTY_CCI/sun"


def logged(world: World) -> set[str]:
    rows = world.query("select stream_id, version from es.event")
    return {str(ids.event_id(stream, version)) for stream, version in rows}


def asked(world: World, case: UUID, **what: str | AskedRefusal) -> told.Explanation:
    """The answer, which can be followed to its ends."""
    found = explain(world, case, by=COUNTY, **what)
    must_be_closed(found, logged(world))
    return found


def titles(found: told.Explanation) -> list[str]:
    return [one.title_zh for one in found.events]


def test_dates_clocks_states_and_refusals_are_explained_down_to_events_and_articles(world: World):
    world.at("2026-02-07T09:00")
    (case,) = opened(world, "问一", person(effective_date="2026-02-06"), decided="2026-01-20")
    due = asked(world, case, date="report_due")
    assert titles(due) == ["报到期限已起算"]
    assert due.rules[0].rule == "intake.report.deadline"
    assert "十日内" in due.rules[0].articles[0].text_zh
    assert (due.counting.nominal, due.counting.last_day) == ("2026-02-16", "2026-02-24")
    skipped = {one.day: one.why_zh for one in due.counting.days if one.state == told.DAY_STATE_SKIPPED}
    assert skipped["2026-02-17"] == "春节"
    assert skipped["2026-02-21"] == "周六"
    assert (
        due.sentences_zh[0] == "经过：2026年2月6日（周五）报到期限已起算。"
        or "报到期限已起算" in due.sentences_zh[0]
    )
    assert asked(world, case, deadline="reporting-in") == due

    waiting = asked(world, case, status="")
    assert ("状态", "待报到") in [(one.name, one.value) for one in waiting.facts]

    end = asked(world, case, date="end_date")
    assert titles(end) == ["矫正期限已计算"]
    assert any("一年" in one and "2027年2月5日" in one for one in end.sentences_zh)

    early = asked(world, case, refusal=AskedRefusal(code="NOT_RELEASED", command="CertifyRelease"))
    assert early.rules[0].rule == "release.certificate"
    assert early.sentences_zh[1].startswith("NOT_RELEASED:尚未期满解除")

    world.at("2026-02-25T00:00")
    world.becomes(case, "MISSED_INTAKE")
    missed = asked(world, case, status="MISSED_INTAKE")
    assert titles(missed) == ["报到期限已起算", "逾期未报到"]
    assert [one.rule for one in missed.rules][:2] == ["intake.missed.definition", "intake.report.deadline"]
    assert missed.counting.last_day == "2026-02-24"


def test_a_refusal_of_another_day_is_judged_by_that_day(world: World):
    world.at("2026-03-03T09:00")
    (case,) = opened(world, "问二", person())
    world.at("2026-03-10T09:00")
    report = pb.RecordReportingInRequest(request_id="1", case_id=str(case), mode=ev.RECEPTION_MODE_AT_OFFICE)
    world.call("RecordReportingIn", report)
    before = AskedRefusal(command="FormGroup", day="2026-03-05", code="NOT_RECEIVED")
    assert "NOT_RECEIVED" in asked(world, case, refusal=before).sentences_zh[1]
    wrong = AskedRefusal(command="FormGroup", day="2026-03-05", code="CASE_ENDED")
    with pytest.raises(grpc.RpcError) as other:
        explain(world, case, refusal=wrong)
    assert code(other) == grpc.StatusCode.INVALID_ARGUMENT
    # what was recorded on the 10th was not known on the 5th, though it is said to have happened then
    death = pb.RecordDeathRequest(request_id="2", case_id=str(case), died_on="2026-03-04")
    death.occurred_at.FromDatetime(instant("2026-03-04T10:00"))
    world.call("RecordDeath", death)
    assert "NOT_RECEIVED" in asked(world, case, refusal=before).sentences_zh[1]
    at = AskedRefusal(command="FormGroup")
    at.at.FromDatetime(instant("2026-03-10T08:59"))
    assert "NOT_RECEIVED" in asked(world, case, refusal=at).sentences_zh[1]
    # refused in the morning, received at nine: the day has an instant at which it was refused
    morning = AskedRefusal(command="FormGroup", day="2026-03-10", code="NOT_RECEIVED")
    assert "NOT_RECEIVED" in asked(world, case, refusal=morning).sentences_zh[1]
    version = world.case(case).version
    assert version == world.query("select count(*) from es.event where subject = %s", case)[0][0] - 1


@pytest.mark.parametrize(
    "what",
    [{"date": "no_such_date"}, {"deadline": "no-such-clock"}, {"status": "RELEASED"}],
    ids=["date", "deadline", "status"],
)
def test_what_is_not_there_has_no_reason(world: World, what: dict[str, str]):
    world.at("2026-03-03T09:00")
    (case,) = opened(world, "问三" + next(iter(what)), person())
    with pytest.raises(grpc.RpcError) as nothing:
        explain(world, case, **what)
    assert code(nothing) == grpc.StatusCode.NOT_FOUND


def test_what_a_caller_may_not_see_does_not_exist(world: World):
    world.at("2026-03-03T09:00")
    (case,) = opened(world, "问四", person())
    with pytest.raises(grpc.RpcError) as hidden:
        explain(world, case, OTHER_COUNTY, date="end_date")
    assert code(hidden) == grpc.StatusCode.NOT_FOUND
