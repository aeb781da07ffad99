"""A step's documents and copies follow the kind and the day of the fact."""

from datetime import date

import pytest
from lawkit import load_law
from lawkit.errors import UnknownRule
from lawkit.papers import papers_of, step
from lawkit.rules import ALL_KINDS

LAW = load_law()
TODAY = date(2026, 11, 21)


def test_a_step_is_found_by_id_and_by_event() -> None:
    assert step(LAW, "RevocationProposed") == step(LAW, "tr.revoke.proposed")
    assert step(LAW, "ArrestDecided").id == "tr.revoke.arrest"
    with pytest.raises(UnknownRule, match="transitions"):
        step(LAW, "Guessed")


def test_the_copies_of_a_revocation_proposal_differ_by_kind() -> None:
    probation, parole = (papers_of(LAW, "tr.revoke.proposed", k, TODAY) for k in ("PROBATION", "PAROLE"))
    assert probation.copy_to[0] == parole.copy_to[0] == "PROC_COURT_LEVEL"
    assert "PRISON" in parole.copy_to
    assert "PRISON" not in probation.copy_to
    assert {d.id for d in parole.documents} == {"doc.proposal", "doc.revoke.dossier"}


def test_a_rule_that_is_not_in_force_yet_asks_for_nothing() -> None:
    before, after = (papers_of(LAW, "tr.revoke.proposed", "PAROLE", d) for d in (date(2026, 2, 20), TODAY))
    assert "revoke.dossier" in after.rules
    assert "revoke.dossier" not in before.rules
    assert "doc.revoke.dossier" not in {d.id for d in before.documents}


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_every_step_answers_for_every_kind(kind: str) -> None:
    for transition in LAW.catalogue.transitions:
        papers = papers_of(LAW, transition.id, kind, TODAY)
        assert {d.id for d in papers.documents} <= set(transition.documents)
        assert set(papers.rules) <= set(transition.rules)
