"""One decision has one number, however it is typed. 社区矫正法 第二十条."""

from __future__ import annotations

import pytest
from corrections.common.v1.facts_pb2 import CaseReference
from handoff.macs import Macs

MACS = Macs(bytes(32))
NUMBER = "（2026）浙0203刑初1号"


@pytest.mark.parametrize(
    "typed",
    ["(2026)浙0203刑初1号", NUMBER + " ", "（2026） 浙0203刑初 1号", "（２０２６）浙0203刑初1号\u3000"],
)
def test_a_number_typed_in_another_way_is_the_same_decision(typed: str):
    assert MACS.judgment("court", typed) == MACS.judgment("court", NUMBER)
    one, other = (
        CaseReference(organ_code="court", case_number=n, defendant_number=1) for n in (typed, NUMBER)
    )
    assert MACS.reference(one) == MACS.reference(other)


def test_another_number_is_another_decision():
    assert MACS.judgment("court", "（2026）浙0203刑初11号") != MACS.judgment("court", NUMBER)
