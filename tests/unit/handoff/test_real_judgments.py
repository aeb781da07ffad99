"""122 real judgments (where the data are present): 104 supervised persons, and no case from the others."""

from __future__ import annotations

from itertools import chain

import protovalidate
import pytest
from handoff.domain import message as validation
from handoff.domain.judgment import subjects
from handoff.domain.message import Sender
from lawkit import load_law

from tests.unit.handoff import judgments
from tests.unit.handoff.messages import COURT, NOW, TODAY

pytestmark = pytest.mark.skipif(
    not judgments.FOLDER.is_dir(), reason="the data are not beside the repository"
)


def test_every_person_on_probation_is_accepted_and_nobody_else():
    accepted, refused = 0, list[tuple[str, str]]()
    for record in judgments.records():
        body = judgments.message(record, organ_code=COURT, county="330203")
        protovalidate.validate(body)
        found = [
            *chain(
                validation.shape(body),
                validation.organ(body, Sender(COURT, "COURT"), frozenset({COURT}), load_law()),
                validation.substance(body, load_law(), NOW, TODAY),
            )
        ]
        if found:
            refused.append((record["category"], found[0].code))
        else:
            accepted += len(subjects(body))
    assert accepted == 104
    assert set(refused) == {
        ("no_community_correction", "NO_SUBJECT"),
        ("suspended_sentence_revoked", "NO_SUBJECT"),
    }
    assert len(refused) == 32
