"""谁有权裁定、决定. 社区矫正法实施办法 第四十二条、第四十六条、第四十七条、第四十九条; 暂予监外执行规定 第二十六条."""

from __future__ import annotations

import pytest
from corrections.handoff.v1 import messages_pb2 as msg
from google.protobuf.message import Message
from handoff.domain import competence
from handoff.domain.competence import Competence
from handoff.domain.message import Sender

from tests.unit.handoff.messages import judgment
from tests.unit.handoff.test_ruling import (
    BACK,
    FOR_A_CRIME,
    FOUND,
    LAW,
    OPINION,
    RECALCULATED,
    REDUCED,
    RENEWED,
    REVOKED,
    with_,
)

HERE = Competence("own", "COURT", "330203", "330203")
FAR = Competence("own", "COURT", "440305", "330203")
PRISON = Competence("own", "PRISON_ADMIN", "44", "330203")
UNREGISTERED = Competence("own", "", "", "330203")


def organ(unit: str, role: str = "COURT", *speaks_for: str, code: str = "another") -> Sender:
    return Sender(code, role, frozenset(speaks_for), unit)


def competent(body: Message, sender: Sender, case: Competence) -> bool:
    return competence.competent(body, sender, case, LAW)


OWN = organ("330203", code="own")


@pytest.mark.parametrize("body", [REVOKED, RECALCULATED, RENEWED, BACK])
@pytest.mark.parametrize("case", [HERE, FAR, PRISON, UNREGISTERED])
def test_the_organ_of_the_case_and_who_speaks_for_it_may_rule(body: Message, case: Competence):
    assert competent(body, OWN, case)
    assert competent(body, organ("99", "COURT", "own"), case)
    assert not competent(body, organ("990101", "COURT", "somebody"), case)


def test_another_court_revokes_only_for_an_original_court_of_another_province():
    assert not competent(REVOKED, organ("330203"), HERE)
    assert not competent(REVOKED, organ("330203"), UNREGISTERED)
    assert competent(REVOKED, organ("330203"), FAR)


def test_the_court_that_revokes_for_another_province_is_of_the_same_level_and_place():
    assert not competent(REVOKED, organ("3302"), FAR)
    assert not competent(REVOKED, organ("330205"), FAR)
    assert competent(REVOKED, organ("3302"), Competence("own", "COURT", "4403", "330203"))


@pytest.mark.parametrize("crime", [msg.CRIME_GROUND_NEW_CRIME, msg.CRIME_GROUND_OMITTED_CRIME])
@pytest.mark.parametrize("case", [HERE, FAR, PRISON, UNREGISTERED])
def test_any_court_revokes_for_a_crime_that_it_tried(crime: int, case: Competence):
    ruling = with_(FOR_A_CRIME, crime=crime)
    for unit in ("110101", "3302", "44", ""):
        assert competent(ruling, organ(unit), case)
        assert not competent(ruling, organ(unit, "PSB_COUNTY"), case)
        assert not competent(ruling, organ(unit, "PRISON"), case)


def test_the_intermediate_or_high_court_of_the_place_reduces_and_no_other():
    for unit, allowed in {"3302": True, "33": True, "330203": False, "4403": False, "": False}.items():
        assert competent(REDUCED, organ(unit), HERE) is allowed
    assert not competent(REDUCED, OWN, HERE)


def test_an_intermediate_court_of_the_prisons_province_recalculates():
    for unit, allowed in {"3307": True, "4401": True, "330205": False, "1101": False}.items():
        assert competent(RECALCULATED, organ(unit), PRISON) is allowed


def test_only_the_organ_of_the_case_renews():
    assert not competent(RENEWED, organ("33", "PRISON_ADMIN"), PRISON)


def test_the_organ_of_the_same_kind_at_the_place_sends_back_to_prison():
    assert competent(BACK, organ("33", "PRISON_ADMIN"), PRISON)
    assert competent(BACK, organ("330203"), FAR)
    assert not competent(BACK, organ("330203"), PRISON)
    assert not competent(BACK, organ("51", "PRISON_ADMIN"), PRISON)
    assert not competent(BACK, organ("33", "PRISON_ADMIN"), UNREGISTERED)


@pytest.mark.parametrize(("body", "role"), [(FOUND, "PSB_COUNTY"), (OPINION, "PROC_COUNTY")])
def test_police_and_procuratorate_of_the_place_are_heard_and_others_not(body: Message, role: str):
    assert competent(body, organ("330203", role), HERE)
    assert competent(body, organ("33", role), HERE)
    assert not competent(body, organ("440305", role), HERE)


def test_what_has_no_rule_nobody_may_send():
    assert not competent(judgment(), OWN, HERE)
