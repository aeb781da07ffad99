"""Signed notes and checkpoints.

By the letter of C2SP signed-note, tlog-checkpoint, tlog-cosignature. Reading and verifying is in
`proofs.verify`; this module writes. The private key stays with the caller: a `Signer` holds a function, so
the key may live in an HSM.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proofs.verify import (
    HASH_SIZE,
    KIND_COSIGNATURE,
    KIND_ED25519,
    KIND_OTHER,
    SM2_IDENTIFIER,
    Checkpoint,
    NoteError,
    NoteUnverified,
    SignatureLine,
    Verified,
    VerifierKey,
    cosigned_message,
    encode_base64,
    key_id,
    parse_checkpoint,
    parse_vkey,
    parse_vkeys,
    split_note,
    valid_key_name,
    verify_note,
)

__all__ = [
    "KIND_COSIGNATURE",
    "KIND_ED25519",
    "KIND_OTHER",
    "SM2_IDENTIFIER",
    "Checkpoint",
    "NoteError",
    "NoteUnverified",
    "SignatureLine",
    "Signer",
    "Sm2Key",
    "Verified",
    "VerifierKey",
    "add_signatures",
    "checkpoint_text",
    "cosignature_line",
    "key_id",
    "parse_checkpoint",
    "parse_vkey",
    "parse_vkeys",
    "sign_checkpoint",
    "sign_note",
    "split_note",
    "verify_note",
]


@dataclass(frozen=True, slots=True)
class Sm2Key:
    """An SM2 key that can sign: `sign` takes a message and returns r ‖ s, 64 bytes. `public_key` is X ‖ Y."""

    public_key: bytes
    sign: Callable[[bytes], bytes]

    def vkey(self, name: str) -> VerifierKey:
        """The key that verifiers pin, under a name."""
        return VerifierKey(name, KIND_OTHER, SM2_IDENTIFIER + self.public_key)


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key that can sign: `sign` takes a message and returns 64 bytes.

    The signer of a log is named like the log's origin; with `sm2` its checkpoints bear a second line by that key.
    """

    name: str
    public_key: bytes
    sign: Callable[[bytes], bytes]
    sm2: Sm2Key | None = None

    @property
    def vkey(self) -> VerifierKey:
        """The key that verifiers of the log pin."""
        return VerifierKey(self.name, KIND_ED25519, self.public_key)

    @property
    def vkeys(self) -> list[VerifierKey]:
        """All keys whose lines stand under a checkpoint of the signer."""
        return [self.vkey] if self.sm2 is None else [self.vkey, self.sm2.vkey(self.name)]

    @property
    def witness_vkey(self) -> VerifierKey:
        """The key that verifiers pin if the signer is a witness; another id than `vkey`."""
        return VerifierKey(self.name, KIND_COSIGNATURE, self.public_key)


def _line(key: VerifierKey, signature: bytes) -> str:
    if not valid_key_name(key.name):
        raise NoteError(f"key name: got {key.name!r}, want no space, no plus sign, not empty")
    return f"— {key.name} {encode_base64(key.id + signature)}\n"


def sign_note(text: str, signer: Signer) -> str:
    """The note of `text` with one Ed25519 signature line. The text ends in a newline."""
    note = f"{text}\n{_line(signer.vkey, signer.sign(text.encode()))}"
    if split_note(note)[0] != text:
        raise NoteError("text of a note: want lines ended by a newline")
    return note


def cosignature_line(note: str, witness: Signer, time: int) -> str:
    """The line by which a witness says that it saw the checkpoint at `time`, seconds since 1970.

    The witness must have checked consistency before; this function does not.
    """
    text, _ = split_note(note)
    return _line(witness.witness_vkey, time.to_bytes(8, "big") + witness.sign(cosigned_message(text, time)))


def add_signatures(note: str, lines: Sequence[str], vkeys: Sequence[VerifierKey]) -> str:
    """The note with further signature lines, each verified before: a false line would void the whole note."""
    text, _ = split_note(note)
    for line in lines:
        verify_note(f"{text}\n{line}", vkeys)
    return note + "".join(lines)


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The text of a checkpoint note; NoteError if it would not be read back equal."""
    lines = (checkpoint.origin, str(checkpoint.size), encode_base64(checkpoint.root), *checkpoint.extensions)
    text = "".join(f"{line}\n" for line in lines)
    if parse_checkpoint(text) != checkpoint:
        raise NoteError("checkpoint: a line holds a line end")
    return text


def sign_checkpoint(
    origin: str, size: int, root: bytes, signer: Signer, *, extensions: Sequence[str] = ()
) -> str:
    """The signed checkpoint of a log: `size` entries under `root` (32 bytes); the SM2 line stands second."""
    if len(root) != HASH_SIZE:
        raise NoteError(f"root of the checkpoint: got {len(root)} bytes, want {HASH_SIZE}")
    text = checkpoint_text(Checkpoint(origin, size, root, tuple(extensions)))
    signed = sign_note(text, signer)
    if signer.sm2 is not None:
        signed += _line(signer.sm2.vkey(signer.name), signer.sm2.sign(text.encode()))
    return signed
