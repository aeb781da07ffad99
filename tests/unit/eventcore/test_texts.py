"""Free text about a person is sealed before it is stored, and opens only as what it was sealed as."""

from __future__ import annotations

from uuid import UUID

import pytest
from corrections.common.v1.common_pb2 import SealedText
from corrections.intake.v1 import events_pb2 as intake
from corrections.supervision.v1 import events_pb2 as ev
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from eventcore.decider import free_text, free_texts
from eventcore.testing import SEAL_TO, SEALING_KEY
from eventcore.texts import NowhereToSeal, Unopenable, opened, sealed, sealed_texts

CASE, OTHER = UUID(int=1), UUID(int=2)
EVIDENCE = "三次不假外出,有司法所记录"
WARNED = ev.Warned(evidence=free_text(EVIDENCE), public=True)


def the_text(event: ev.Warned) -> SealedText:
    (text,) = sealed_texts(event)
    return text


def test_what_is_written_holds_no_text_and_the_key_opens_it():
    written = sealed(WARNED, SEAL_TO, CASE)
    assert EVIDENCE.encode() not in written.SerializeToString()
    assert (written.public, written.evidence.key_id) == (True, SEAL_TO.key_id)
    assert opened(the_text(written), SEALING_KEY, CASE) == EVIDENCE
    assert WARNED.evidence == free_text(EVIDENCE)


def test_each_of_several_texts_is_sealed():
    plan = intake.PlanAdopted(measures=free_texts(["每月报告", "参加学习"]))
    written = sealed(plan, SEAL_TO, CASE)
    assert [opened(t, SEALING_KEY, CASE) for t in sealed_texts(written)] == ["每月报告", "参加学习"]


def test_a_case_without_a_key_writes_no_free_text():
    with pytest.raises(NowhereToSeal):
        sealed(WARNED, None, CASE)
    assert sealed(ev.Warned(public=True), None, CASE) == ev.Warned(public=True)


def test_what_is_sealed_already_stays_as_it_is():
    written = sealed(WARNED, SEAL_TO, CASE)
    assert sealed(written, None, CASE) is written


def test_the_same_text_never_looks_the_same():
    first, second = (sealed(WARNED, SEAL_TO, CASE) for _ in range(2))
    assert first.evidence.ciphertext != second.evidence.ciphertext


@pytest.mark.parametrize(
    ("change", "case"),
    [
        ({"event_type": "corrections.supervision.v1.Admonished"}, CASE),
        ({"field": "reason"}, CASE),
        ({}, OTHER),
    ],
    ids=["another event", "another field", "another case"],
)
def test_a_text_cannot_be_moved(change: dict[str, str], case: UUID):
    text = the_text(sealed(WARNED, SEAL_TO, CASE))
    moved = SealedText(event_type=text.event_type, field=text.field, sealed=text.sealed)
    for name, value in change.items():
        setattr(moved, name, value)
    with pytest.raises(Unopenable):
        opened(moved, SEALING_KEY, case)


def test_another_persons_key_opens_nothing():
    text = the_text(sealed(WARNED, SEAL_TO, CASE))
    with pytest.raises(Unopenable):
        opened(text, X25519PrivateKey.generate(), CASE)
    text.sealed.key_id = bytes(16)
    with pytest.raises(Unopenable):
        opened(text, SEALING_KEY, CASE)
