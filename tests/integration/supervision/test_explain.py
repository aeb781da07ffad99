"""Why a person counts as warned, on leave or overdue, and why a clock runs, asked of a running supervision."""

from __future__ import annotations

from uuid import UUID

import grpc
import pytest
from corrections.law.v1.service_pb2 import AskedRefusal
from corrections.supervision.v1 import events_pb2 as ev
from corrections.supervision.v1 import service_pb2 as pb
from eventcore import ids

from tests.integration.law_calls import clocks, explain, must_be_closed
from tests.integration.one_service import wait
from tests.integration.supervision.test_supervision import begin
from tests.integration.supervision.world import World


def logged(world: World) -> set[str]:
    rows = world.query("select stream_id, version from es.event")
    return {str(ids.event_id(stream, version)) for stream, version in rows}


def on_leave(world: World, name: str) -> UUID:
    """A case whose person is away from 2026-05-01 to 2026-05-08."""
    case, events = begin(world, name)
    ask = pb.RequestLeaveRequest(
        request_id="l", case_id=str(case), leave_id="l1", destination="330106", reason=ev.LEAVE_REASON_WORK,
        from_date="2026-05-01", to_date="2026-05-08",
    )  # fmt: skip
    world.call("RequestLeave", ask)
    world.call("ApproveLeave", pb.ApproveLeaveRequest(request_id="a", case_id=str(case), leave_id="l1"))
    world.at("2026-05-02T09:00")
    world.has(case, *events, "LeaveRequested", "LeaveApproved")
    return case


def test_a_warning_is_explained_by_its_ground(world: World):
    case, _ = begin(world, "问一")
    ground = "warning.ground.serious-breach"
    warn = pb.WarnRequest(request_id="w", case_id=str(case), ground=ground, evidence="有记录")
    world.call("Warn", warn)
    found = explain(world, case, status="WARNING")
    must_be_closed(found, logged(world))
    assert [one.rule for one in found.rules] == [ground]
    assert [one.title_zh for one in found.events] == ["警告"]
    assert "有记录" not in str(found)


def test_a_leave_and_its_clock_are_explained_until_it_is_overdue(world: World):
    case = on_leave(world, "问二")
    away = explain(world, case, status="ON_LEAVE")
    must_be_closed(away, logged(world))
    assert [one.title_zh for one in away.events] == ["外出申请已批准"]
    wait(lambda: "leave/l1" in clocks(world, case), "the clock of the leave runs")
    clock = explain(world, case, deadline="leave/l1")
    must_be_closed(clock, logged(world))
    assert [one.title_zh for one in clock.events] == ["外出申请已批准"]
    assert any("2026年5月8日（周五） 24:00" in one for one in clock.sentences_zh)
    world.at("2026-05-09T00:00")
    world.has(case, "SupervisionOpened", "ReceptionNoted", "LeaveRequested", "LeaveApproved", "LeaveOverdue")
    overdue = explain(world, case, status="OVERDUE")
    must_be_closed(overdue, logged(world))
    assert [one.rule for one in overdue.rules] == ["leave.breach.order-return"]


def test_a_refused_command_is_decided_once_more_and_writes_nothing(world: World):
    case, _ = begin(world, "问三")
    before = len(world.events(case))
    leave = pb.ApproveLeaveRequest(leave_id="nowhere").SerializeToString()
    asked = AskedRefusal(code="LEAVE_UNKNOWN", command="ApproveLeave", request=leave)
    found = explain(world, case, refusal=asked)
    must_be_closed(found, logged(world))
    assert found.rules[0].rule == "leave.approval-required"
    assert len(world.events(case)) == before
    with pytest.raises(grpc.RpcError) as allowed:
        explain(world, case, refusal=AskedRefusal(command="ReportContactLost"))
    assert allowed.value.code() == grpc.StatusCode.INVALID_ARGUMENT  # pyright: ignore[reportAttributeAccessIssue]


def test_an_unapproved_departure_has_its_clock_and_its_flag(world: World):
    """司发通〔2026〕8号 第十三条第二项: 48 hours from the moment of leaving."""
    case, _ = begin(world, "问四")
    world.at("2026-06-02T09:00")
    left = pb.RecordUnapprovedDepartureRequest(request_id="d", case_id=str(case))
    left.since.FromJsonString("2026-06-02T00:00:00Z")
    world.call("RecordUnapprovedDeparture", left)
    wait(lambda: "unapproved-departure" in clocks(world, case), "its clock runs")
    assert [one.title_zh for one in explain(world, case, status="ABSENT").events] == ["发现擅自外出"]
    clock = explain(world, case, deadline="unapproved-departure")
    must_be_closed(clock, logged(world))
    assert clock.rules[0].rule == "absconded.unapproved-departure"
    assert any("2026年6月4日（周四） 08:00" in one for one in clock.sentences_zh)
    early = explain(world, case, refusal=AskedRefusal(code="NOT_YET_ABSCONDED", command="ClassifyAbsconded"))
    assert early.rules[0].rule == "absconded.unapproved-departure"
