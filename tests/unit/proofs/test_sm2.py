"""SM2 by the letter of GM/T 0003.2, and its line under checkpoints that stock verifiers skip."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from eventcore import gmssl
from gmssl_pyx import sm2_sign, sm2_verify
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs import ed25519, verify
from proofs.note import (
    KIND_OTHER,
    SM2_IDENTIFIER,
    NoteError,
    Signer,
    parse_vkey,
    sign_checkpoint,
    split_note,
    verify_note,
)

VECTORS = Path(__file__).parents[2] / "data" / "vectors" / "gm" / "vectors.json"
ORIGIN = "guitu/test/intake"
PEM = gmssl.generate()
KEY = gmssl.load(PEM)
LOG = Signer(ORIGIN, ed25519.public_key(bytes(32)), lambda message: ed25519.sign(bytes(32), message), KEY)
PLAIN = Signer(LOG.name, LOG.public_key, LOG.sign)
VKEY = KEY.vkey(ORIGIN)
NOTE = sign_checkpoint(ORIGIN, 5, b"r" * 32, LOG)


def test_the_vector_of_the_standard_verifies() -> None:
    [vector] = json.loads(VECTORS.read_text(encoding="utf-8"))["sm2_sign"]
    public = bytes.fromhex(vector["public_key_x"] + vector["public_key_y"])
    message = vector["message"].encode()
    assert verify.sm2_digest(public, message, vector["user_id"].encode()).hex() == vector["e"]
    signature = bytes.fromhex(vector["r"] + vector["s"])
    assert verify.sm2_verify(public, message, signature)
    for byte in (0, 31, 32, 63):
        changed = bytearray(signature)
        changed[byte] ^= 1
        assert not verify.sm2_verify(public, message, bytes(changed))
    assert not verify.sm2_verify(public, message + b"\n", signature)


@pytest.mark.parametrize(
    ("r", "s"), [(0, 1), (1, 0), (verify.SM2_ORDER, 1), (1, verify.SM2_ORDER), (1, verify.SM2_ORDER - 1)]
)
def test_numbers_outside_the_group_are_refused(r: int, s: int) -> None:
    assert not verify.sm2_verify(KEY.public_key, b"", r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@pytest.mark.parametrize(
    "public",
    [bytes(64), b"\xff" * 64, bytes(63), KEY.public_key + b"\x00", b""],
    ids=["zeros", "ones", "short", "long", "nothing"],
)
def test_a_key_off_the_curve_verifies_nothing(public: bytes) -> None:
    assert verify.sm2_point(public) is None
    assert not verify.sm2_verify(public, b"", b"\x01" * 64)


def _der(signature: bytes) -> bytes:
    def number(raw: bytes) -> bytes:
        value = int.from_bytes(raw, "big")
        body = value.to_bytes(value.bit_length() // 8 + 1, "big")
        return bytes([2, len(body)]) + body

    body = number(signature[:32]) + number(signature[32:])
    return bytes([0x30, len(body)]) + body


@given(message=st.binary(max_size=300), flip=st.integers(0, 64 * 8), short=st.booleans())
@settings(deadline=None)
def test_ours_agrees_with_gmssl(message: bytes, flip: int, short: bool) -> None:
    signature = bytearray(KEY.sign(message))
    if flip < 64 * 8:
        signature[flip // 8] ^= 1 << flip % 8
    text = message[:-1] if short else message
    ours = verify.sm2_verify(KEY.public_key, text, bytes(signature))
    assert ours == sm2_verify(KEY.public_key, text, _der(bytes(signature)))
    assert ours == (flip == 64 * 8 and text == message)


def test_gmssls_own_signature_over_the_message_verifies() -> None:
    secret = gmssl.generate()
    key = gmssl.load(secret)
    assert key.public_key != KEY.public_key
    raw = bytes.fromhex(secret_of(secret))
    der = sm2_sign(raw, key.public_key, b"a message")
    size = der[3]
    r, s = int.from_bytes(der[4 : 4 + size], "big"), int.from_bytes(der[6 + size :], "big")
    assert verify.sm2_verify(key.public_key, b"a message", r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def secret_of(pem: str) -> str:
    der = verify.decode_base64("".join(pem.split("\n")[1:-2]))
    return der[36:68].hex()


def test_openssl_reads_the_key_file_and_agrees(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no `openssl` on the path")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [openssl, *arguments], cwd=tmp_path, capture_output=True, timeout=20, check=False
        )
        return (done.stdout + done.stderr).decode()

    (tmp_path / "key").write_text(PEM)
    (tmp_path / "text").write_bytes(b"a message\n")
    (tmp_path / "signature").write_bytes(_der(KEY.sign(b"a message\n")))
    assert "SM2" in run("pkey", "-in", "key", "-noout", "-text")
    assert "verif" in run("pkey", "-in", "key", "-pubout", "-out", "public") + "verif"
    said = run(
        *("pkeyutl", "-verify", "-pubin", "-inkey", "public", "-rawin", "-digest", "sm3"),
        *("-pkeyopt", "distid:1234567812345678", "-in", "text", "-sigfile", "signature"),
    )
    assert "Signature Verified Successfully" in said


@pytest.mark.parametrize(
    "text", ["", "no key", PEM.replace("MIGHAgEAMBMG", "MIGHAgEBMBMG"), PEM[:-40], PEM.upper()]
)
def test_another_file_is_no_key(text: str) -> None:
    with pytest.raises(gmssl.NotAnSm2Key):
        gmssl.load(text)


def test_a_public_half_of_another_secret_is_refused() -> None:
    other = "".join(gmssl.generate().split("\n")[1:-2])
    mine = verify.decode_base64("".join(PEM.split("\n")[1:-2]))
    mixed = mine[:-64] + verify.decode_base64(other)[-64:]
    with pytest.raises(gmssl.NotAnSm2Key, match="public half"):
        gmssl.load(f"-----BEGIN PRIVATE KEY-----\n{verify.encode_base64(mixed)}\n-----END PRIVATE KEY-----\n")


def test_a_checkpoint_bears_both_lines_of_one_name() -> None:
    _, lines = split_note(NOTE)
    assert [(line.name, line.key_id) for line in lines] == [(ORIGIN, LOG.vkey.id), (ORIGIN, VKEY.id)]
    assert (VKEY.kind, VKEY.public_key) == (KIND_OTHER, SM2_IDENTIFIER + KEY.public_key)
    assert parse_vkey(str(VKEY)) == VKEY
    assert [one.key for one in verify_note(NOTE, [LOG.vkey, VKEY])] == [LOG.vkey, VKEY]
    assert [one.key for one in verify_note(NOTE, [VKEY])] == [VKEY]


def test_who_knows_only_ed25519_skips_the_line() -> None:
    assert [one.key for one in verify_note(NOTE, [LOG.vkey])] == [LOG.vkey]
    assert NOTE.startswith(sign_checkpoint(ORIGIN, 5, b"r" * 32, PLAIN))


def test_a_false_sm2_line_of_a_pinned_key_voids_the_note() -> None:
    forged = sign_checkpoint(ORIGIN, 6, b"r" * 32, LOG).split("\n")[-2]
    note = sign_checkpoint(ORIGIN, 5, b"r" * 32, PLAIN) + forged + "\n"
    with pytest.raises(NoteError, match="is false"):
        verify_note(note, [LOG.vkey, VKEY])
    assert [one.key for one in verify_note(note, [LOG.vkey])] == [LOG.vkey]


def test_a_pinned_sm2_key_must_have_signed_the_checkpoint() -> None:
    note = sign_checkpoint(ORIGIN, 5, b"r" * 32, PLAIN)
    *_, failure = verify.verify_signed(note, ORIGIN, ORIGIN, [LOG.vkey, VKEY], "CHECKPOINT")
    assert failure is not None
    assert (failure.code, failure.expected) == ("CHECKPOINT_WITHOUT_SM2", f"{ORIGIN} ({VKEY.id.hex()})")
    assert verify.verify_signed(NOTE, ORIGIN, ORIGIN, [LOG.vkey, VKEY], "CHECKPOINT")[2] is None
    missing = verify.verify_signed(NOTE, ORIGIN, ORIGIN, [VKEY], "CHECKPOINT")[2]
    assert missing is not None
    assert missing.code == "KEY_NOT_PINNED"


def test_one_policy_pins_both_keys_of_a_log() -> None:
    text = f"log {LOG.vkey}\n#guitu-sm2 {VKEY}\nquorum none\n"
    vkeys, policy = verify.parse_trust(text)
    assert vkeys == [LOG.vkey, VKEY]
    note = sign_checkpoint(ORIGIN, 5, b"r" * 32, PLAIN).encode()
    [finding] = verify.verify_checkpoint(note, vkeys, policy=policy).findings
    assert finding.code == "CHECKPOINT_WITHOUT_SM2"
    report = verify.verify_checkpoint(NOTE.encode(), vkeys, policy=policy)
    assert (report.state, [s.kind for s in report.logs[0].signatures]) == ("PROVEN", ["Ed25519", "SM2"])
    for line in (f"#guitu-sm2 {LOG.vkey}", "#guitu-sm2", f"#guitu-sm2 {VKEY} more", f"#guitu-sm2 {VKEY}x"):
        with pytest.raises(verify.PolicyError):
            verify.parse_policy(f"log {LOG.vkey}\n{line}\nquorum none\n")
    twice = f"#guitu-sm2 {VKEY}\n"
    with pytest.raises(verify.PolicyError, match="twice"):
        verify.parse_policy(f"{twice}{twice}quorum none\n")
    for begins in ("#guitu-sm2:", "#guitu-sm-2", "#Guitu-SM2", "\t#guitu-"):
        with pytest.raises(verify.PolicyError, match="line 2"):  # no comment: SM2 would not be asked for
            verify.parse_policy(f"log {LOG.vkey}\n{begins} {VKEY}\nquorum none\n")
        with pytest.raises(verify.NoteError, match="line 2"):
            verify.parse_trust(f"{LOG.vkey}\n{begins} {VKEY}\n")
    assert verify.parse_policy(f"log {LOG.vkey}\n# guitu-sm2 is a word\nquorum none\n").sm2 == ()


def test_a_vkey_off_the_curve_is_refused() -> None:
    with pytest.raises(NoteError, match="SM2 curve"):
        parse_vkey(str(type(VKEY)(ORIGIN, KIND_OTHER, SM2_IDENTIFIER + bytes(64))))
