"""Grounds, organs and the words of the contracts come from the catalogue."""

from dataclasses import replace

import pytest
from contracts.words import name_of, word_of, words_of
from corrections.common.v1.facts_pb2 import Penalty, SubjectKind
from corrections.supervision.v1 import events_pb2 as ev
from lawkit import load_law
from lawkit.errors import UnknownRule, WrongData
from lawkit.grounds import RestsOn, grounds, is_ground, is_major_merit, reduction_grounds, rests_on
from lawkit.organs import kin, may_act, organ_of

LAW = load_law()


def test_grounds_are_those_of_the_kind() -> None:
    assert "warning.ground.medical-recheck" in grounds(LAW, "warning", "TEMPORARY_SERVICE")
    assert "warning.ground.medical-recheck" not in grounds(LAW, "warning", "PROBATION")
    assert grounds(LAW, "revocation", "PUBLIC_SURVEILLANCE") == ()
    assert is_ground(LAW, "revocation", "revoke.parole.ground.other-breach")
    assert not is_ground(LAW, "revocation", "revoke.escort")


def test_each_ground_says_on_what_it_rests() -> None:
    found = {one: rests_on(LAW, one) for one in LAW.rule_ids if ".ground." in one}
    resting = {one: on for one, on in found.items() if on is not RestsOn.EVIDENCE}
    assert {one.rpartition(".")[2]: on for one, on in resting.items()} == {
        "late-or-out-ten-days": RestsOn.LATENESS,
        "late-or-out-over-ten-days": RestsOn.LATENESS,
        "late-or-out-over-one-month": RestsOn.LATENESS,
        "injunction-minor": RestsOn.INJUNCTION,
        "injunction-serious": RestsOn.INJUNCTION,
        "two-admonitions": RestsOn.ADMONITIONS,
        "two-warnings": RestsOn.WARNINGS,
    }
    with pytest.raises(UnknownRule, match="unheard-of"):
        rests_on(LAW, "warning.ground.unheard-of")


def test_a_ground_that_rests_on_something_unknown_is_refused() -> None:
    odd = replace(LAW.rule("warning.ground.serious-breach"), guitu={"rests_on": "rumour"})
    with pytest.raises(WrongData, match="rumour"):
        rests_on(LAW.with_local_rules((), own=[odd]), odd.id)


def test_major_merit_is_said_by_the_ground() -> None:
    assert {one: is_major_merit(LAW, one) for one in reduction_grounds(LAW)} == {
        "reduction.must": True, "reduction.may": False, "reduction.probation.exception": True,
    }  # fmt: skip


def test_an_organ_acts_under_each_of_its_roles() -> None:
    assert organ_of(LAW, "PSB_COUNTY") == organ_of(LAW, "PSB_CITY") == "PSB"
    assert may_act(LAW, "missing.police-assist", "PSB_COUNTY")
    assert not may_act(LAW, "missing.police-assist", "COURT")
    decides = {
        r
        for r in ("COURT", "PSB_CITY", "PRISON_ADMIN", "PRISON", "DETENTION", "PROC", "CCI")
        if may_act(LAW, "decision.temporary.who", r)
    }
    assert decides == {"COURT", "PSB_CITY", "PRISON_ADMIN", "PRISON", "DETENTION"}
    assert kin(LAW, "PRISON_ADMIN", "DETENTION")
    assert kin(LAW, "PSB", "PSB_COUNTY")
    assert not kin(LAW, "COURT", "PSB")
    assert not kin(LAW, "", "COURT")


def test_the_contracts_use_the_words_of_the_catalogue() -> None:
    dossier = LAW.rule("revoke.dossier")
    assert words_of(ev.DossierItem) == (*dossier.listed("items"), *dossier.listed("optional"))
    assert set(words_of(ev.Approver)) <= {role.code for role in LAW.catalogue.roles}
    assert set(words_of(SubjectKind)) == set(LAW.kinds)
    assert {p for kind in LAW.kinds.values() for p in kind.penalties} <= set(words_of(Penalty))
    for kind in LAW.kinds.values():
        assert {kind.penalty_rule, kind.term_rule} <= set(LAW.rule_ids)
    assert word_of(Penalty, 0) == word_of(Penalty, 99) == ""
    assert name_of(ev.DossierItem, "original-documents") == "DOSSIER_ITEM_DECISION_COPIES"
