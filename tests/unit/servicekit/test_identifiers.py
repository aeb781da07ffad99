"""Ids of the caller's choosing name nobody."""

from __future__ import annotations

from uuid import NAMESPACE_DNS, uuid5

import pytest
from corrections.handoff.v1 import service_pb2 as handoff
from corrections.intake.v1 import events_pb2 as events
from corrections.intake.v1 import service_pb2 as intake
from lawkit.ages import check_digit
from servicekit.identifiers import fault, wrong

NUMBER = "11010119900307001"
CITIZEN = NUMBER + check_digit(NUMBER)
OTHER_CHECK = NUMBER + ("0" if CITIZEN[-1] != "0" else "1")


@pytest.mark.parametrize(
    "value",
    ["1", "case-133/p1/1", "B62:2026-03-01@7+x", "travel-1", "20260301000017", OTHER_CHECK, "x" + "9" * 40]
    + [str(uuid5(NAMESPACE_DNS, str(n))) for n in range(200)]
    + [uuid5(NAMESPACE_DNS, str(n)).hex * 2 for n in range(200)],
)
def test_numbers_and_random_ids_pass(value: str) -> None:
    assert not fault(value)


def test_a_clock_in_nanoseconds_is_no_identity_number() -> None:
    """18 of its 19 digits may hold a day and a check digit, but no province and no century of anybody alive."""
    assert not [n for n in range(2_000) if fault(f"call/{1_795_334_400_000_000_000 + n * 617_283_951}")]


@pytest.mark.parametrize("value", ["欧阳秘密甲/1", "wang xiaoer", "", "-1", "a\n", "é", "１２３"])
def test_other_scripts_and_blanks_are_refused(value: str) -> None:
    assert "wants [A-Za-z0-9]" in fault(value)


@pytest.mark.parametrize(
    "value", [CITIZEN, CITIZEN.lower(), f"a/{CITIZEN}/1", f"1{CITIZEN}7", "case-330203900307001"]
)
def test_identity_numbers_are_refused_wherever_they_stand(value: str) -> None:
    assert "identity" in fault(value)
    assert "identity" in fault(f"请 {value}", any_form=True)


@pytest.mark.parametrize("value", ["13800138000", "tel13800138000x", "+8613800138000", "m/86-13800138000"])
def test_mobile_numbers_are_refused(value: str) -> None:
    assert "mobile" in fault(value, any_form=True)


def test_the_answer_names_the_field_and_not_its_content() -> None:
    member = events.GroupMember(member_id="王妈妈 13800138000 住江北区某路1号")
    request = intake.FormGroupRequest(request_id="来 1", members=[events.GroupMember(member_id="1"), member])
    [found] = wrong(request)
    assert found.field == "members[1].member_id"
    assert "王妈妈" not in repr(found)
    assert "13800138000" not in repr(found)
    assert "UUID" in found.remedy
    assert [one.field for one in wrong(handoff.GetReceiptsRequest(message_id="甲"))] == ["message_id"]
