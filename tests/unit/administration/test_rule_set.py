"""A rule set is on record once two people have signed it; what one person signed is refused."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from administration.domain.rule_set import RULE_SET
from administration.releases import prepared, withdrawn
from corrections.administration.v1 import events_pb2 as ev
from corrections.administration.v1 import service_pb2 as cmd
from corrections.administration.v1.prepared_pb2 import PreparedRelease
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventcore import checkpoint
from eventcore.decider import Claim
from eventcore.testing import scenario
from lawkit import load_law
from proofs.note import Signer
from servicekit.law_release import folder, signed, signed_text, text_of, withdrawal_of
from servicekit.rule_sets import path_of

DIGEST = load_law().digest
RULES = (files("lawkit") / "data" / "rules.yaml").read_text(encoding="utf-8")
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
CLAIMED = Claim("ruleset", bytes.fromhex(DIGEST))
NEW_YEARS_EVE, FEBRUARY = "2026-12-31T09:00", "2027-02-01T09:00"
WITHDRAWAL = withdrawal_of("2027-01", "2027-03-01")
BOTH_WITHDRAW = signed_text(WITHDRAWAL, CHECKER, before=signed_text(WITHDRAWAL, AUTHOR))


def request(release: str = BOTH, digest: str = DIGEST) -> cmd.ReleaseRuleSetRequest:
    return cmd.ReleaseRuleSetRequest(
        rule_set_id="2027-01", digest=digest, effective_on="2027-01-01", release=release
    )


def withdrawal(note: str = BOTH_WITHDRAW, on: str = "2027-03-01") -> cmd.WithdrawRuleSetRequest:
    return cmd.WithdrawRuleSetRequest(rule_set_id="2027-01", withdrawn_from=on, withdrawal=note)


def signature(of: Signer, text: str) -> ev.ReleaseSignature:
    who = of.vkey.name.partition("/")[0]
    return ev.ReleaseSignature(signer=who, key_id=of.vkey.id.hex(), signature=of.sign(text.encode()))


def home(tmp_path: Path) -> Path:
    """An installation that pinned both keys."""
    folder(tmp_path).mkdir()
    (folder(tmp_path) / "law.vkeys").write_text(f"{AUTHOR.vkey}\n{CHECKER.vkey}\n", encoding="utf-8")
    return tmp_path


def test_two_signatures_release_a_rule_set_and_are_on_record(tmp_path: Path):
    command = prepared(request(), home(tmp_path))
    assert (command.missing, command.fault) == ("", "")
    event = ev.RuleSetReleased(
        rule_set_id="2027-01",
        digest=DIGEST,
        effective_on="2027-01-01",
        author=signature(AUTHOR, text_of(DIGEST)),
        checker=signature(CHECKER, text_of(DIGEST)),
    )
    scenario(RULE_SET).at(NEW_YEARS_EVE).when(command).then(event, CLAIMED)
    # the same again, also when its day is past
    scenario(RULE_SET).given(event).at(FEBRUARY).when(command).then()


def test_one_signature_or_no_pinned_key_or_another_digest_is_refused(tmp_path: Path):
    nobody = prepared(request(), tmp_path)
    pinned = home(tmp_path)
    alone = prepared(request(signed(DIGEST, AUTHOR)), pinned)
    twice = prepared(request(signed(DIGEST, AUTHOR, before=signed(DIGEST, AUTHOR))), pinned)
    other = prepared(request(digest="b" * 64), pinned)
    for command in (nobody, alone, twice, other):
        assert command.missing
        scenario(RULE_SET).at(NEW_YEARS_EVE).when(command).refused("RULE_SET_NOT_SIGNED")


def test_a_rule_set_begins_today_or_later_for_the_law_of_past_days_is_never_rewritten(tmp_path: Path):
    command = prepared(request(), home(tmp_path))
    scenario(RULE_SET).at("2027-01-02T00:00").when(command).refused("RULE_SET_DAY_PAST")
    released = scenario(RULE_SET).at("2027-01-01T23:59").when(command)
    released.then(
        ev.RuleSetReleased(
            rule_set_id="2027-01",
            digest=DIGEST,
            effective_on="2027-01-01",
            author=command.author,
            checker=command.checker,
        ),
        CLAIMED,
    )


def draft(tmp_path: Path, text: str, *, put: str | None = None) -> PreparedRelease:
    """A draft that both signed; the file holds `put`."""
    digest = sha256(text.encode()).hexdigest()
    path = path_of(tmp_path, digest)
    path.parent.mkdir(exist_ok=True)
    if put is not None:
        path.write_text(put, encoding="utf-8")
    note = signed(digest, CHECKER, before=signed(digest, AUTHOR))
    return prepared(request(note, digest), tmp_path)


def test_a_text_that_no_service_could_use_is_not_recorded(tmp_path: Path):
    home(tmp_path)
    good = RULES + "# another text\n"
    assert draft(tmp_path, good, put=good).fault == ""
    forbidden = RULES.replace("  trigger: surveillance\n", "  trigger: 籍贯\n", 1)
    assert forbidden != RULES
    # a version that has been in force is ended, never rewritten; and what is cited stands in the text
    rewriting = RULES.replace("  trigger: surveillance\n", "  trigger: any judgment\n", 1)
    misquoted = RULES.replace("接受社区矫正期间脱离监管，未超过十日的", "随便编的文字", 1)
    assert len({RULES, rewriting, misquoted}) == 3
    faults = {
        "end it and begin a new version": draft(tmp_path, rewriting, put=rewriting),
        "want words of MEA article 34": draft(tmp_path, misquoted, put=misquoted),
        "not there": draft(tmp_path, RULES + "# missing\n"),
        "another text": draft(tmp_path, RULES + "# other\n", put=good),
        "籍贯": draft(tmp_path, forbidden, put=forbidden),
        "unit": draft(tmp_path, broken := RULES.replace("unit: month", "unit: fortnight", 1), put=broken),
    }
    for said, command in faults.items():
        assert said in command.fault
        scenario(RULE_SET).at(NEW_YEARS_EVE).when(command).refused("RULE_SET_TEXT_UNUSABLE")


def test_a_correction_names_the_rule_set_and_what_was_wrong(tmp_path: Path):
    pinned = home(tmp_path)
    known = request()
    known.corrects, known.correction_reason = "2026-12", "期限误作八日"
    wrong = request()
    wrong.corrects = "2026-12"
    itself = request()
    itself.corrects, itself.correction_reason = "2027-01", "x"
    scenario(RULE_SET).at(NEW_YEARS_EVE).when(prepared(known, pinned)).refused("RULE_SET_UNKNOWN")
    scenario(RULE_SET).at(NEW_YEARS_EVE).when(prepared(wrong, pinned)).invalid("correction_reason")
    scenario(RULE_SET).at(NEW_YEARS_EVE).when(prepared(itself, pinned)).invalid("corrects")
    command = prepared(known, pinned, corrected_known=True)
    event = ev.RuleSetReleased(
        rule_set_id="2027-01", digest=DIGEST, effective_on="2027-01-01", author=command.author,
        checker=command.checker, corrects="2026-12", correction_reason="期限误作八日",
    )  # fmt: skip
    scenario(RULE_SET).at(NEW_YEARS_EVE).when(command).then(event, CLAIMED)
    # neither does a correction reach back
    scenario(RULE_SET).at(FEBRUARY).when(command).refused("RULE_SET_DAY_PAST")


def test_an_id_names_one_rule_set_for_ever(tmp_path: Path):
    command = prepared(request(), home(tmp_path))
    scenario(RULE_SET).given(RELEASED).at(NEW_YEARS_EVE).when(command).refused("RULE_SET_ID_TAKEN")


def test_two_people_withdraw_a_rule_set_once_and_not_for_past_days(tmp_path: Path):
    nobody = withdrawn(withdrawal(), tmp_path)
    pinned = home(tmp_path)
    command = withdrawn(withdrawal(), pinned)
    event = ev.RuleSetWithdrawn(
        withdrawn_from="2027-03-01",
        author=signature(AUTHOR, WITHDRAWAL),
        checker=signature(CHECKER, WITHDRAWAL),
    )
    released = scenario(RULE_SET).given(RELEASED).at(FEBRUARY)
    released.when(command).then(event)
    released.when(nobody).refused("RULE_SET_WITHDRAWAL_NOT_SIGNED")
    for alone in (signed_text(WITHDRAWAL, AUTHOR), BOTH, ""):
        released.when(withdrawn(withdrawal(alone), pinned)).refused("RULE_SET_WITHDRAWAL_NOT_SIGNED")
    # what was signed is this day and no other
    released.when(withdrawn(withdrawal(on="2027-03-02"), pinned)).refused("RULE_SET_WITHDRAWAL_NOT_SIGNED")
    scenario(RULE_SET).given(RELEASED).at("2027-03-02T09:00").when(command).refused("RULE_SET_DAY_PAST")
    again = scenario(RULE_SET).given(RELEASED, event).at("2027-03-02T09:00")
    again.when(command).then()
    again.when(withdrawn(withdrawal(on="2027-04-01"), pinned)).refused("RULE_SET_WITHDRAWN")
    early = scenario(RULE_SET).given(RELEASED).at("2026-12-01T09:00")
    early.when(withdrawn(withdrawal(on="2026-12-31"), pinned)).invalid("withdrawn_from")
    scenario(RULE_SET).when(command).not_found()
