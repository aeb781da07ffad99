"""A rule set counts as released when its author and another person have signed its digest."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventcore import checkpoint
from proofs.note import Signer
from servicekit.law_release import NotReleased, Release, folder, released, required, signed

DIGEST, OTHER = "a" * 64, "b" * 64


def signer(name: str, seed: int) -> Signer:
    """The key of a person."""
    return checkpoint.signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


AUTHOR, CHECKER = signer("zhang/author", 1), signer("li/checker", 2)
KEYS = [AUTHOR.vkey, CHECKER.vkey]


def both() -> str:
    return signed(DIGEST, CHECKER, before=signed(DIGEST, AUTHOR))


def people(found: Release) -> tuple[str, str]:
    return found.author.who, found.checker.who


def test_two_people_release_a_rule_set() -> None:
    assert people(released(DIGEST, both(), KEYS)) == ("zhang", "li")
    other_order = signed(DIGEST, AUTHOR, before=signed(DIGEST, CHECKER))
    assert people(released(DIGEST, other_order, KEYS)) == ("zhang", "li")


def test_signing_twice_changes_nothing() -> None:
    assert signed(DIGEST, AUTHOR, before=both()) == both()


@pytest.mark.parametrize("one", [AUTHOR, CHECKER])
def test_one_signature_is_not_enough(one: Signer) -> None:
    with pytest.raises(NotReleased, match=f"signed by {one.name}"):
        released(DIGEST, signed(DIGEST, one), KEYS)


@pytest.mark.parametrize("second", [signer("zhang/checker", 3), signer("wang/checker", 1)])
def test_one_person_is_not_two(second: Signer) -> None:
    note = signed(DIGEST, second, before=signed(DIGEST, AUTHOR))
    with pytest.raises(NotReleased, match="another person"):
        released(DIGEST, note, [AUTHOR.vkey, second.vkey])


def test_a_stranger_does_not_count() -> None:
    note = signed(DIGEST, signer("wang/checker", 4), before=signed(DIGEST, AUTHOR))
    with pytest.raises(NotReleased):
        released(DIGEST, note, KEYS)


def test_a_release_is_of_its_rule_set_only() -> None:
    with pytest.raises(NotReleased, match="something else was signed"):
        released(OTHER, both(), KEYS)
    assert signed(OTHER, CHECKER, before=both()) == signed(OTHER, CHECKER)


def test_a_changed_release_is_refused() -> None:
    with pytest.raises(NotReleased, match="no good signature"):
        released(OTHER, both().replace(DIGEST, OTHER), KEYS)


def test_a_key_of_neither_role_does_not_sign() -> None:
    with pytest.raises(NotReleased, match="neither role"):
        signed(DIGEST, signer("zhang/clerk", 5))


def test_the_release_of_an_installation_lies_in_its_folder(tmp_path: Path) -> None:
    with pytest.raises(NotReleased, match=r"no law\.vkeys"):
        required(DIGEST, tmp_path)
    folder(tmp_path).mkdir()
    (folder(tmp_path) / "law.vkeys").write_text("".join(f"{key}\n" for key in KEYS))
    with pytest.raises(NotReleased, match=r"no rules\.release"):
        required(DIGEST, tmp_path)
    (folder(tmp_path) / "rules.release").write_text(both(), encoding="utf-8")
    assert required(DIGEST, tmp_path).author.who == "zhang"
    (folder(tmp_path) / "law.vkeys").write_text("nonsense\n")
    with pytest.raises(NotReleased, match=r"law\.vkeys"):
        required(DIGEST, tmp_path)
