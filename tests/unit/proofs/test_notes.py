"""Signed notes by the letter of C2SP signed-note, tlog-checkpoint and tlog-cosignature."""

import pytest
from proofs import ed25519
from proofs.note import (
    KIND_COSIGNATURE,
    Checkpoint,
    NoteError,
    NoteUnverified,
    Signer,
    VerifierKey,
    add_signatures,
    cosignature_line,
    parse_checkpoint,
    parse_vkey,
    parse_vkeys,
    sign_checkpoint,
    sign_note,
    split_note,
    verify_note,
)
from proofs.verify import encode_base64

ORIGIN = "guitu/test/intake"


def signer(name: str, seed: int) -> Signer:
    secret = bytes([seed]) * 32
    return Signer(name, ed25519.public_key(secret), lambda message: ed25519.sign(secret, message))


LOG = signer(ORIGIN, 1)
WITNESS = signer("guitu/test/witness/court", 2)
NOTE = sign_checkpoint(ORIGIN, 5, b"r" * 32, LOG)

# golang.org/x/mod/sumdb/note, the example of its documentation.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_the_go_library_verifies() -> None:
    key = parse_vkey(GO_VKEY)
    assert str(key) == GO_VKEY
    assert [v.key for v in verify_note(GO_NOTE, [key])] == [key]


def test_checkpoint_is_read_back() -> None:
    assert verify_note(NOTE, [LOG.vkey])[0].key == LOG.vkey
    text, lines = split_note(NOTE)
    assert parse_checkpoint(text) == Checkpoint(ORIGIN, 5, b"r" * 32)
    assert [(line.name, line.key_id) for line in lines] == [(ORIGIN, LOG.vkey.id)]


def test_extension_lines_are_kept() -> None:
    note = sign_checkpoint(ORIGIN, 0x7FFFFFFFFFFFFFFF, b"r" * 32, LOG, extensions=["a b", "c"])
    assert parse_checkpoint(split_note(note)[0]).extensions == ("a b", "c")


def test_a_cosignature_is_verified_with_its_time() -> None:
    key = WITNESS.witness_vkey
    assert key.kind == KIND_COSIGNATURE
    assert key.id != WITNESS.vkey.id
    line = cosignature_line(NOTE, WITNESS, 1_700_000_000)
    note = add_signatures(NOTE, [line], [key])
    assert [v.time for v in verify_note(note, [LOG.vkey, key])] == [None, 1_700_000_000]


def test_a_false_line_is_not_added() -> None:
    other = cosignature_line(sign_checkpoint(ORIGIN, 6, b"r" * 32, LOG), WITNESS, 1)
    with pytest.raises(NoteError, match=r"witness/court .* is false"):
        add_signatures(NOTE, [other], [WITNESS.witness_vkey])
    with pytest.raises(NoteUnverified):
        add_signatures(NOTE, [other], [LOG.vkey])


def test_unknown_keys_and_kinds_are_skipped() -> None:
    other = VerifierKey(ORIGIN, 0xFF, b"elsewhere.example/v1" + bytes(33))
    line = f"— {ORIGIN} {encode_base64(other.id + bytes(64))}\n"
    assert parse_vkey(str(other)) == other
    for keys in ([LOG.vkey], [LOG.vkey, other]):
        assert [v.key for v in verify_note(NOTE + line, keys)] == [LOG.vkey]
    with pytest.raises(NoteUnverified, match="no signature of a known key"):
        verify_note(NOTE, [WITNESS.vkey])


def test_a_false_signature_of_a_known_key_refuses_the_note() -> None:
    other = sign_checkpoint(ORIGIN, 6, b"r" * 32, LOG)
    mixed = NOTE + other[other.index("— ") :]
    with pytest.raises(NoteError, match="is false"):
        verify_note(mixed, [LOG.vkey])
    witnessed = NOTE + cosignature_line(other, WITNESS, 1)
    with pytest.raises(NoteError, match="is false"):
        verify_note(witnessed, [LOG.vkey, WITNESS.witness_vkey])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        NOTE[:-1],
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("5\n", "5\r\n"),
        NOTE.replace("5\n", "5\x00\n"),
        NOTE.replace("5\n", "5\ud800\n"),
        NOTE + "\n",
        NOTE + "x\n",
        NOTE + "— a+b AAAAAAA=\n",
        NOTE + "— a AAAAAA==\n",
        NOTE + "— a AAAAAAB=\n",
        NOTE + "— a AAAA AAA=\n",
        NOTE + "— a\u2003b AAAAAAA=\n",
        NOTE + "— a AAAAAAA=\n" * 100,
    ],
)
def test_malformed_notes_are_refused(note: str) -> None:
    with pytest.raises(NoteError):
        verify_note(note, [LOG.vkey])


ROOT = "cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI="


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n05\n{ROOT}\n",
        f"{ORIGIN}\n+5\n{ROOT}\n",
        f"{ORIGIN}\n5 \n{ROOT}\n",
        f"{ORIGIN}\n٥\n{ROOT}\n",
        f"{ORIGIN}\n9223372036854775808\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n",
        f"\n5\n{ROOT}\n",
        f"{ORIGIN}\n5\n{ROOT}",
        f"{ORIGIN}\n5\n{ROOT}\n\nx\n",
        f"{ORIGIN}\n5\ncnI=\n",
        f"{ORIGIN}\n5\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n0\n{ROOT}\n",
        f"{ORIGIN}\n5\n",
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text)


def test_what_could_not_be_read_back_is_not_signed() -> None:
    for text in ("no end", "control \x01\n"):
        with pytest.raises(NoteError):
            sign_note(text, LOG)
    with pytest.raises(NoteError):
        sign_checkpoint(ORIGIN, 1, b"short", LOG)
    with pytest.raises(NoteError):
        sign_checkpoint("two\nlines", 1, b"r" * 32, LOG)
    with pytest.raises(NoteError):
        sign_note("text\n", signer("with space", 1))


@pytest.mark.parametrize(
    "text", ["", "a", "a+b", "a+00000000+", GO_VKEY.replace("c74f", "c74e"), GO_VKEY + "=", GO_VKEY.upper()]
)
def test_malformed_vkeys_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_vkey(text)


def test_a_key_file_holds_one_vkey_a_line() -> None:
    text = f"# court\n{LOG.vkey}\n\n  {WITNESS.witness_vkey}\r\n"
    assert parse_vkeys(text) == [LOG.vkey, WITNESS.witness_vkey]
