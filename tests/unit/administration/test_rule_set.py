"""A rule set is on record once two people have signed it; what one person signed is refused."""

from __future__ import annotations

from pathlib import Path

from administration.domain.rule_set import RULE_SET
from administration.releases import prepared
from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1 import service_pb2 as cmd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventcore import checkpoint
from eventcore.testing import scenario
from servicekit.law_release import folder, signed

DIGEST = "a" * 64
AUTHOR, CHECKER = (
    checkpoint.signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))
    for name, seed in (("zhang/author", 1), ("li/checker", 2))
)
BOTH = signed(DIGEST, CHECKER, before=signed(DIGEST, AUTHOR))
RELEASED = ev.RuleSetReleased(
    rule_set_id="2027-01",
    digest=DIGEST,
    effective_on="2027-01-01",
    author=ev.ReleaseSignature(signer="zhang", key_id="01", signature=b"a"),
    checker=ev.ReleaseSignature(signer="li", key_id="02", signature=b"b"),
)
WITHDRAW = cmd.WithdrawRuleSetRequest(rule_set_id="2027-01", withdrawn_from="2027-03-01")


def request(release: str = BOTH, digest: str = DIGEST) -> cmd.ReleaseRuleSetRequest:
    return cmd.ReleaseRuleSetRequest(
        rule_set_id="2027-01", digest=digest, effective_on="2027-01-01", release=release
    )


def home(tmp_path: Path) -> Path:
    """An installation that pinned both keys."""
    folder(tmp_path).mkdir()
    (folder(tmp_path) / "law.vkeys").write_text(f"{AUTHOR.vkey}\n{CHECKER.vkey}\n", encoding="utf-8")
    return tmp_path


def test_two_signatures_release_a_rule_set_and_are_on_record(tmp_path: Path):
    command = prepared(request(), home(tmp_path))
    assert not command.missing
    event = ev.RuleSetReleased(
        rule_set_id="2027-01",
        digest=DIGEST,
        effective_on="2027-01-01",
        author=ev.ReleaseSignature(
            signer="zhang", key_id=AUTHOR.vkey.id.hex(), signature=AUTHOR.sign(_text())
        ),
        checker=ev.ReleaseSignature(
            signer="li", key_id=CHECKER.vkey.id.hex(), signature=CHECKER.sign(_text())
        ),
    )
    scenario(RULE_SET).when(command).then(event)
    scenario(RULE_SET).given(event).when(command).then()


def test_one_signature_or_no_pinned_key_or_another_digest_is_refused(tmp_path: Path):
    nobody = prepared(request(), tmp_path)
    pinned = home(tmp_path)
    alone = prepared(request(signed(DIGEST, AUTHOR)), pinned)
    other = prepared(request(digest="b" * 64), pinned)
    for command in (nobody, alone, other):
        assert command.missing
        scenario(RULE_SET).when(command).refused("RULE_SET_NOT_SIGNED")


def test_an_id_names_one_rule_set_for_ever(tmp_path: Path):
    scenario(RULE_SET).given(RELEASED).when(prepared(request(), home(tmp_path))).refused("RULE_SET_ID_TAKEN")


def test_a_released_rule_set_can_be_withdrawn_once():
    withdrawn = ev.RuleSetWithdrawn(withdrawn_from="2027-03-01")
    other = cmd.WithdrawRuleSetRequest(rule_set_id="2027-01", withdrawn_from="2027-04-01")
    early = cmd.WithdrawRuleSetRequest(rule_set_id="2027-01", withdrawn_from="2026-12-31")
    scenario(RULE_SET).given(RELEASED).when(WITHDRAW).then(withdrawn)
    scenario(RULE_SET).given(RELEASED, withdrawn).when(WITHDRAW).then()
    scenario(RULE_SET).given(RELEASED, withdrawn).when(other).refused("RULE_SET_WITHDRAWN")
    scenario(RULE_SET).given(RELEASED).when(early).invalid("withdrawn_from")
    scenario(RULE_SET).when(WITHDRAW).not_found()


def _text() -> bytes:
    return f"guitu-law-release/v1\n{DIGEST}\n".encode()
