"""Group, declaration, plan. 社区矫正法 第二十四条、第二十五条、第五十二条; 实施办法 第十九条、第二十条、第二十二条、第五十五条."""

from __future__ import annotations

from corrections.common.v1.facts_pb2 import Sex
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.decider import free_texts
from eventcore.testing import given
from intake.domain.case import CASE
from intake.testing import (
    CASE_ID,
    DECLARED,
    EXPERT,
    GROUP,
    OFFICER,
    OPEN,
    ORDERED,
    PLAN,
    RECEIVED,
    RELEASED,
    REPORTED,
    SUPERVISED,
    TERM,
    WOMAN,
    opened,
)

FORM = cmd.FormGroupRequest(case_id=CASE_ID, members=[OFFICER])
DECLARE = cmd.DeclareEntryRequest(case_id=CASE_ID, public=True)
PRIVATE = cmd.DeclareEntryRequest(case_id=CASE_ID, public=False)
ADOPT = cmd.AdoptPlanRequest(case_id=CASE_ID, measures=["每月报告"])
OF_A_WOMAN = (opened(sex=Sex.SEX_FEMALE), TERM, ORDERED, REPORTED)
OF_A_MINOR = (opened(minor=True), TERM, ORDERED, REPORTED)
RECEIVED_AND_GROUPED = (*RECEIVED, ("2026-03-11", GROUP))


def test_a_group_is_formed():
    given(CASE, *RECEIVED).at("2026-03-11").when(FORM).then(GROUP)


def test_forming_the_same_group_again_changes_nothing():
    given(CASE, *RECEIVED_AND_GROUPED).at("2026-03-11").when(FORM).then()


def test_a_group_can_be_formed_anew():
    other = cmd.FormGroupRequest(case_id=CASE_ID, members=[OFFICER, WOMAN])
    given(CASE, *SUPERVISED).at("2026-04-01").when(other).then(ev.GroupFormed(members=[OFFICER, WOMAN]))


def test_a_group_needs_members():
    given(CASE, *RECEIVED).when(cmd.FormGroupRequest(case_id=CASE_ID)).invalid("members")


def test_a_womans_group_needs_a_woman():
    given(CASE, *OF_A_WOMAN).when(FORM).refused("GROUP_LACKS_WOMAN", rule="group.woman-member")


def test_a_womans_group_with_a_woman_is_formed():
    request = cmd.FormGroupRequest(case_id=CASE_ID, members=[OFFICER, WOMAN])
    given(CASE, *OF_A_WOMAN).when(request).then(ev.GroupFormed(members=[OFFICER, WOMAN]))


def test_a_minors_group_needs_someone_who_knows_minors():
    given(CASE, *OF_A_MINOR).when(FORM).refused("GROUP_LACKS_MINOR_EXPERT", rule="minor.group-expert")
    request = cmd.FormGroupRequest(case_id=CASE_ID, members=[OFFICER, EXPERT])
    given(CASE, *OF_A_MINOR).when(request).then(ev.GroupFormed(members=[OFFICER, EXPERT]))


def test_a_group_formed_before_the_law_of_2020_is_judged_by_the_law_of_its_day():
    old = (
        opened(sex=Sex.SEX_FEMALE, decision_date="2016-07-06"),
        ev.TermComputed(end_date="2020-07-16"),
        ORDERED,
        REPORTED,
    )
    given(CASE, *old).at("2016-08-01").when(FORM).then(GROUP)


def test_no_group_before_reception():
    given(CASE, *OPEN).at("2026-03-05").when(FORM).refused("NOT_RECEIVED", rule="intake.receive")


def test_no_group_after_the_end():
    given(CASE, *RECEIVED, RELEASED).when(FORM).refused("CASE_ENDED", rule="release.conditions")


def test_the_entry_is_declared_in_the_groups_presence():
    given(CASE, *RECEIVED_AND_GROUPED).at("2026-03-12").when(DECLARE).then(DECLARED)


def test_the_declaration_needs_the_group():
    refusal = given(CASE, *RECEIVED).at("2026-03-12").when(DECLARE)
    refusal.refused("DECLARATION_NEEDS_GROUP", rule="declaration.host-and-sign")


def test_declaring_twice_changes_nothing():
    given(CASE, *SUPERVISED).at("2026-03-12").when(DECLARE).then()


def test_the_declaration_of_a_minor_is_never_public():
    minor = given(CASE, *OF_A_MINOR, ev.GroupFormed(members=[EXPERT]))
    minor.when(DECLARE).refused("DECLARATION_NOT_PUBLIC", rule="minor.not-public")
    minor.when(PRIVATE).then(ev.EntryDeclared(public=False))


def test_a_plan_follows_the_declaration():
    given(CASE, *RECEIVED_AND_GROUPED, DECLARED).at("2026-03-13").when(ADOPT).then(PLAN)


def test_there_is_no_plan_before_the_declaration():
    given(CASE, *RECEIVED_AND_GROUPED).at("2026-03-13").when(ADOPT).refused(
        "PLAN_NEEDS_DECLARATION", rule="plan.make"
    )


def test_another_plan_adjusts_the_one_in_force():
    other = cmd.AdoptPlanRequest(case_id=CASE_ID, measures=["每周报告"])
    given(CASE, *SUPERVISED).at("2026-05-01").when(other).then(
        ev.PlanAdopted(measures=free_texts(["每周报告"]))
    )


def test_a_plan_without_measures_is_none():
    given(CASE, *SUPERVISED).when(cmd.AdoptPlanRequest(case_id=CASE_ID)).invalid("measures")
