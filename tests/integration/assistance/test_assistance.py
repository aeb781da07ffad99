"""Assistance over real PostgreSQL and Kafka, from intake's word to the list of open referrals; every message comes twice."""

from __future__ import annotations

from uuid import UUID

import grpc
import pytest
from corrections.assistance.v1 import events_pb2 as ev
from corrections.assistance.v1 import service_pb2 as pb
from corrections.intake.v1 import events_pb2 as intake
from eventcore.testing import SEAL_TO

from tests.integration.law_calls import allowed, deadlines
from tests.integration.one_service import wait
from tests.integration.supervision.world import World


def begin(world: World, name: str) -> UUID:
    """A case of which intake has told; its assistance is open."""
    case = world.case(name)
    world.at("2026-03-20T09:00")
    told = intake.CaseOpened(county="330203", office="330203004", seal_to=SEAL_TO)
    world.intake_says(case, told)
    world.has(case, "AssistanceOpened")
    return case


def refer(world: World, case: UUID, referral: str) -> None:
    """A department is asked to help."""
    request = pb.MakeReferralRequest(
        request_id=f"make {referral}", case_id=str(case), referral_id=referral,
        need=ev.NEED_EMPLOYMENT, department="人社局", consented=True,
    )  # fmt: skip
    world.call("MakeReferral", request)


def waiting(world: World, by: str = "staff/330203/COUNTY_CCI/wang") -> dict[str, bool]:
    """The open referrals that the caller sees: referral -> accepted."""
    found = world.call("ListOpenReferrals", pb.ListOpenReferralsRequest(), by=by).referrals
    return {one.referral_id: one.accepted for one in found}


def states(world: World, case: UUID, as_of: str = "") -> dict[str, str]:
    """The case's referrals as of a day: referral -> state."""
    found = world.call("GetAssistance", pb.GetAssistanceRequest(case_id=str(case), as_of=as_of)).referrals
    return {one.referral_id: one.state for one in found}


def test_a_referral_waits_in_its_countys_list_until_it_has_an_outcome(world: World):
    case = begin(world, "outcome")
    key = str(case)
    refer(world, case, "r1")
    refer(world, case, "r2")
    wait(lambda: waiting(world) == {"r1": False, "r2": False}, "both wait")
    assert waiting(world, by="staff/330204/COUNTY_CCI/wang") == {}
    may = allowed(world, case)
    assert may["AcceptReferral r1"].event_titles_zh
    assert may["MakeReferral specimen"].depends_on_content
    assert may["ConcludeReferral r1"].code == "REFERRAL_NOT_ACCEPTED"
    assert deadlines(world) == []
    assert waiting(world, by="staff/330203004/JO/sun") == waiting(world)
    assert waiting(world, by="staff/330203005/JO/sun") == {}
    world.at("2026-03-25T09:00")
    world.call("AcceptReferral", pb.AcceptReferralRequest(request_id="a", case_id=key, referral_id="r1"))
    world.call(
        "DeclineReferral",
        pb.DeclineReferralRequest(request_id="d", case_id=key, referral_id="r2", reason="无岗位"),
    )
    wait(lambda: waiting(world) == {"r1": True}, "one is accepted, one is settled")
    world.at("2026-04-01T09:00")
    concluded = pb.ConcludeReferralRequest(
        request_id="c", case_id=key, referral_id="r1", outcome="已就业", helped=True
    )
    world.call("ConcludeReferral", concluded)
    wait(lambda: waiting(world) == {}, "nothing waits")
    with pytest.raises(grpc.RpcError) as before:
        states(world, case, "2026-03-19")
    assert before.value.code() is grpc.StatusCode.NOT_FOUND  # pyright: ignore[reportAttributeAccessIssue]
    assert states(world, case, "2026-03-20") == {"r1": "MADE", "r2": "MADE"}
    assert states(world, case, "2026-03-31") == {"r1": "ACCEPTED", "r2": "DECLINED"}
    assert states(world, case) == {"r1": "CONCLUDED", "r2": "DECLINED"}


def test_the_end_of_corrections_closes_assistance_once(world: World):
    case = begin(world, "end")
    world.at("2026-05-02T09:00")
    world.intake_says(case, intake.Terminated(on="2026-05-02"), at="2026-05-02T08:00")
    world.has(case, "AssistanceOpened", "AssistanceClosed")
    closed = world.query(
        "select data from es.event where subject = %s and type like %s", case, "%.AssistanceClosed"
    )
    assert ev.AssistanceClosed.FromString(closed[0][0]).on == "2026-05-02"
    with pytest.raises(grpc.RpcError) as ended:
        refer(world, case, "late")
    assert ended.value.code() is grpc.StatusCode.FAILED_PRECONDITION  # pyright: ignore[reportAttributeAccessIssue]


def test_another_county_does_not_learn_that_there_is_a_case(world: World):
    case = begin(world, "hidden")
    with pytest.raises(grpc.RpcError) as hidden:
        world.call(
            "GetAssistance", pb.GetAssistanceRequest(case_id=str(case)), by="staff/330204/COUNTY_CCI/wang"
        )
    assert hidden.value.code() is grpc.StatusCode.NOT_FOUND  # pyright: ignore[reportAttributeAccessIssue]
