"""One seed, one county; everybody in it is invented, and everything goes wrong at least once."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sandbox.county.make import county
from sandbox.county.papers import WRONGS
from sandbox.county.people import check_character, invent
from sandbox.player import waves
from sandbox.requests import Cast
from sandbox.scenario import Scenario


@pytest.fixture(scope="module")
def found() -> Scenario:
    return county(7)


def as_bytes(scenario: Scenario) -> bytes:
    prepared = [Cast([scenario], "guitu-test").prepare(a) for a in scenario.acts]
    parts = [p.message.SerializeToString(deterministic=True) for p in prepared if p.message is not None]
    return b"".join(parts) + repr([(a.at, a.principal, a.target, a.expect) for a in scenario.acts]).encode()


def test_one_seed_gives_one_county_byte_for_byte():
    assert as_bytes(county(7, people=60)) == as_bytes(county(7, people=60))


def test_another_seed_gives_another_county():
    assert as_bytes(county(7, people=20)) != as_bytes(county(8, people=20))


def test_nobody_else_has_a_part_in_a_persons_life():
    few, many = county(7, people=10), county(7, people=200)
    for key in ("p001", "p005", "p009"):
        assert [a for a in few.acts if a.case == key] == [a for a in many.acts if a.case == key]


def test_no_two_acts_share_an_id(found: Scenario):
    ids = [a.id for a in found.acts if not a.same_id_as]
    assert len(ids) == len(set(ids))


def test_every_act_fits_its_contract(found: Scenario):
    everyone = Cast([found], "guitu-test")
    assert all(everyone.prepare(a).message is not None for a in found.acts)


def test_volume_is_moderate(found: Scenario):
    assert 1500 <= len(found.acts) <= 3600
    assert len({a.at for a in found.acts}) <= 270


def test_identity_numbers_are_well_formed_and_unique():
    people = [invent(7, i) for i in range(200)]
    numbers = [p.identity_number for p in people]
    assert len(set(numbers)) == 200
    for person, number in zip(people, numbers, strict=True):
        assert re.fullmatch(r"330203\d{11}[\dX]", number)
        assert number[6:14] == f"{person.born:%Y%m%d}"
        assert int(number[16]) % 2 == (0 if person.female else 1)
        assert number[17] == check_character(number[:17])


@pytest.mark.parametrize(
    "target",
    [
        "RevocationRuling", "ReductionRuling", "TermRecalculation", "FoundNotice", "CorrectionOpinion",
        "supervision.RecordContactLost", "supervision.RecordSearchStep", "supervision.RequestPoliceSearch",
        "supervision.ClassifyAbsconded", "supervision.RecordFound", "supervision.Admonish", "supervision.Warn",
        "supervision.ProposeRevocation", "supervision.ProposeReduction", "supervision.DenyLeave",
        "supervision.ApproveRegularTravel", "supervision.AnswerCorrectionOpinion", "handoff.QueryMissingStatus",
        "education.RecordAttendance", "education.ExcuseAbsence", "assistance.ConcludeReferral",
        "assistance.DeclineReferral", "intake.PrepareRelease", "intake.CertifyRelease", "intake.RecordDeath",
    ],
)  # fmt: skip
def test_it_happens_in_the_county(found: Scenario, target: str):
    assert any(a.target == target for a in found.acts)


@pytest.mark.parametrize(
    "code",
    sorted(
        {code for code, _ in WRONGS.values()}
        | {"held", "SIGNATURE_INVALID", "MESSAGE_ID_REUSED", "JUDGMENT_ALREADY_RECEIVED", "NOT_FOUND"}
        | {
            "GROUP_LACKS_WOMAN",
            "GROUP_LACKS_MINOR_EXPERT",
            "DECLARATION_NOT_PUBLIC",
            "REFERRAL_WITHOUT_CONSENT",
        }
    ),
)
def test_it_goes_wrong_in_the_county(found: Scenario, code: str):
    assert any(a.expect.outcome == code for a in found.acts)


def test_messages_are_repeated(found: Scenario):
    assert Counter(a.repeat for a in found.acts)[1] > 5


def test_a_judgment_may_name_several_and_one_who_is_no_subject(found: Scenario):
    several = [a for a in found.acts if a.label == "judgment" and len(a.fields["defendants"]) == 3]
    assert several
    for act in several:
        leader, partner = (f"p{int(act.case[1:]) + step:03d}" for step in (0, 5))
        assert found.cases[partner].pushed_by == (leader, "judgment")
        assert found.cases[partner].defendant_number == 2


def test_no_field_says_what_must_not_be_known(found: Scenario):
    text = repr(found.acts)
    for word in ("ethnic", "民族", "religion", "宗教", "籍贯"):
        assert word not in text


def test_waves_keep_the_order_of_a_case(found: Scenario):
    for at in {a.at for a in found.acts}:
        acts = [a for a in found.acts if a.at == at]
        made = waves(acts)
        assert sum(len(w) for w in made) == len(acts)
        for wave in made:
            assert len({a.case for a in wave}) == len(wave)
        for case in {a.case for a in acts}:
            assert [a for w in made for a in w if a.case == case] == [a for a in acts if a.case == case]


@pytest.mark.parametrize(("people", "days"), [(2, 1), (40, 10)])
def test_in_a_short_county_each_case_has_its_decision(people: int, days: int):
    short = county(seed=1, people=people, days=days)
    labels = {(act.case, act.label) for act in short.acts}
    assert {case.pushed_by for case in short.cases.values() if case.pushed_by[1] != "none"} <= labels
    assert {act.case for act in short.acts} <= set(short.cases)
