"""Which rule set decides on a day, and when none may be used. 社区矫正法实施办法 第四条."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
from corrections.administration.v1.events_pb2 import ReleaseSignature, RuleSetReleased, RuleSetWithdrawn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventcore import checkpoint
from lawkit import load_law
from proofs.note import Signer
from servicekit import law_release
from servicekit.rule_sets import RuleSet, RuleSetMissing, RuleSets, needed, of_the_day, path_of

RULES = (files("lawkit") / "data" / "rules.yaml").read_bytes()
OTHER = RULES + b"# another text\n"


def one(name: str, effective_on: str, withdrawn_from: str = "", digest: str = "") -> RuleSet:
    """A rule set that two people released."""
    release = RuleSetReleased(rule_set_id=name, digest=digest or name * 8, effective_on=effective_on)
    return RuleSet(release, date.fromisoformat(withdrawn_from) if withdrawn_from else None)


FIRST, SECOND = one("2026-01", "2026-01-01"), one("2026-07", "2026-07-01", "2026-08-01")


@pytest.mark.parametrize(
    ("day", "found"),
    [("2025-12-31", None), ("2026-01-01", FIRST), ("2026-06-30", FIRST), ("2026-07-01", SECOND),
     ("2026-07-31", SECOND), ("2026-08-01", FIRST)],
)  # fmt: skip
def test_the_one_that_took_effect_last_and_is_not_withdrawn_decides(day: str, found: RuleSet | None):
    assert of_the_day([SECOND, FIRST], date.fromisoformat(day)) == found


def test_only_what_still_decides_is_needed():
    assert needed([FIRST, SECOND], date(2026, 3, 1)) == [FIRST, SECOND]
    later = one("2026-09", "2026-09-01")
    assert needed([FIRST, SECOND, later], date(2026, 9, 2)) == [later]


def signer(name: str, seed: int) -> Signer:
    return checkpoint.signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def released(*people: Signer, home: Path) -> RuleSet:
    """The other text, released by these people, as administration's event says it."""
    digest = sha256(OTHER).hexdigest()
    pinned = [signer("zhang/author", 1), signer("li/checker", 2)]
    (home / "law").mkdir()
    (home / "law" / "law.vkeys").write_text("".join(f"{p.vkey}\n" for p in pinned), encoding="utf-8")
    note = law_release.signed(digest, people[1], before=law_release.signed(digest, people[0]))
    found = law_release.released(digest, note, [p.vkey for p in people])
    author, checker = (
        ReleaseSignature(signer=by.who, key_id=by.key_id.hex(), signature=by.signature)
        for by in (found.author, found.checker)
    )
    event = RuleSetReleased(
        rule_set_id="x", digest=digest, effective_on="2026-01-01", author=author, checker=checker
    )
    return RuleSet(event, None)


def test_a_text_is_used_only_with_its_digest_and_the_signatures_of_two_known_people(tmp_path: Path):
    rules = RuleSets(load_law(), tmp_path, signed=True, here=lambda law: law)
    good = released(signer("zhang/author", 1), signer("li/checker", 2), home=tmp_path)
    with pytest.raises(RuleSetMissing, match="is not there"):
        rules.law(good)
    path = path_of(tmp_path, good.release.digest)
    path.parent.mkdir()
    path.write_bytes(RULES)
    with pytest.raises(RuleSetMissing, match="another text"):
        rules.law(good)
    path.write_bytes(OTHER)
    assert rules.law(good).digest == good.release.digest


def test_strangers_release_nothing(tmp_path: Path):
    rules = RuleSets(load_law(), tmp_path, signed=True, here=lambda law: law)
    strangers = released(signer("zhang/author", 3), signer("li/checker", 4), home=tmp_path)
    path = path_of(tmp_path, strangers.release.digest)
    path.parent.mkdir()
    path.write_bytes(OTHER)
    with pytest.raises(RuleSetMissing):
        rules.law(strangers)
    assert RuleSets(load_law(), tmp_path, signed=False, here=lambda law: law).law(strangers)


def test_the_softwares_own_rules_need_no_file(tmp_path: Path):
    rules = RuleSets(load_law(), tmp_path, signed=False, here=lambda law: law)
    assert rules.law(one("x", "2026-01-01", digest=load_law().digest)) is load_law()


def test_a_correction_decides_instead_of_what_it_corrects():
    wrong = one("2026-09", "2026-09-01")
    right = RuleSet(
        RuleSetReleased(rule_set_id="x", digest="d", effective_on="2026-07-15", corrects="2026-09"), None
    )
    known = [FIRST, wrong, right]
    assert [of_the_day(known, date(2026, month, 20)) for month in (6, 7, 9)] == [FIRST, right, right]
    # what was withdrawn corrects nothing
    assert (
        of_the_day([FIRST, wrong, replace(right, withdrawn_from=date(2026, 8, 1))], date(2026, 9, 20))
        == wrong
    )


def test_a_withdrawal_that_two_people_did_not_sign_ends_nothing(tmp_path: Path):
    author, checker = signer("zhang/author", 1), signer("li/checker", 2)
    known = released(author, checker, home=tmp_path)
    rules = RuleSets(load_law(), tmp_path, signed=True, here=lambda law: law)
    text = law_release.withdrawal_of("x", "2026-08-01")

    def by(*people: Signer) -> RuleSet:
        signatures = [
            ReleaseSignature(signer=p.vkey.name.partition("/")[0], key_id=p.vkey.id.hex(), signature=p.sign(text.encode()))
            for p in people
        ]  # fmt: skip
        return RuleSet(known.release, date(2026, 8, 1), RuleSetWithdrawn(
            withdrawn_from="2026-08-01", author=signatures[0], checker=signatures[-1]))  # fmt: skip

    assert rules.checked(by(author, checker)).withdrawn_from == date(2026, 8, 1)
    alone = (by(author), by(author, signer("li/checker", 4)), RuleSet(known.release, date(2026, 8, 1)))
    for one_person in alone:
        assert rules.checked(one_person).withdrawn_from is None
    in_the_sandbox = RuleSets(load_law(), tmp_path, signed=False, here=lambda law: law)
    assert in_the_sandbox.checked(alone[-1]) == alone[-1]
