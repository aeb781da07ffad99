"""The two sides of C2SP tlog-witness `add-checkpoint`, without input and output.

A witness keeps the last checkpoint that it cosigned of each log; `examine` says whether a new one continues it.
`request` and `read_answer` are the log's side: nothing that a witness answers is believed before it is verified.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from proofs.note import Signer, cosignature_line
from proofs.verify import (
    HASH_SIZE,
    KIND_COSIGNATURE,
    Checkpoint,
    NoteError,
    NoteUnverified,
    ProofError,
    SignatureCheck,
    VerifierKey,
    decode_base64,
    ed25519_verify,
    encode_base64,
    parse_checkpoint,
    parse_decimal,
    split_note,
    verify_consistency,
    verify_note,
)

PATH = "/add-checkpoint"
SIZE = "text/x.tlog.size"
TEXT = "text/plain; charset=utf-8"
MAX_PROOF = 63
MAX_BODY = 64 * 1024
"""Bytes of a request or an answer: 63 hashes and a note of 100 signature lines fit."""


class Refused(Exception):
    """The witness does not cosign: the HTTP status, what it says, and in which kind of text."""

    def __init__(self, status: int, text: str, kind: str = TEXT) -> None:
        super().__init__(f"{status} {text.strip()}")
        self.status, self.text, self.kind = status, text, kind


@dataclass(frozen=True, slots=True)
class Submission:
    """What a log submits: the size it believes the witness has, the proof from there, and the signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: str


def request(submission: Submission) -> bytes:
    """The body of an add-checkpoint call."""
    proof = [encode_base64(value) for value in submission.proof]
    return "\n".join([f"old {submission.old}", *proof, "", submission.note]).encode()


def parse_request(body: bytes) -> Submission:
    """The submission in a body; Refused with 400 if malformed."""
    try:
        head, found, note = body.decode("utf-8").partition("\n\n")
        first, *lines = head.split("\n")
        word, _, number = first.partition(" ")
        if not found or word != "old" or len(lines) > MAX_PROOF:
            raise NoteError(f"want a line 'old N', at most {MAX_PROOF} hashes, an empty line, a checkpoint")
        proof = tuple(decode_base64(line) for line in lines)
        if any(len(value) != HASH_SIZE for value in proof):
            raise NoteError(f"want hashes of {HASH_SIZE} bytes")
        return Submission(parse_decimal(number), proof, note)
    except ValueError as error:
        raise Refused(400, f"{error}\n") from error


def conflict(size: int) -> Refused:
    """The witness has cosigned a checkpoint of another size, or of this size with another root."""
    return Refused(409, f"{size}\n", SIZE)


def examine(
    submission: Submission,
    keys: Mapping[str, Sequence[VerifierKey]],
    last: Callable[[str], Checkpoint | None],
    *,
    check: SignatureCheck = ed25519_verify,
) -> Checkpoint:
    """The checkpoint, if the witness may cosign it; Refused otherwise.

    keys: of each origin that the witness knows. last: the checkpoint it cosigned last of an origin. Looking, storing
    and answering must be one step for an origin: else two answers could roll its record back.
    """
    try:
        text, _ = split_note(submission.note)
        checkpoint = parse_checkpoint(text)
    except NoteError as error:
        raise Refused(400, f"{error}\n") from error
    known = keys.get(checkpoint.origin)
    if not known:
        raise Refused(404, "unknown origin\n")
    try:
        verify_note(submission.note, known, check=check)
    except NoteUnverified as error:
        raise Refused(403, "no signature of a trusted key\n") from error
    except NoteError as error:
        raise Refused(403, f"{error}\n") from error
    if submission.old > checkpoint.size:
        raise Refused(400, f"old size {submission.old} is above {checkpoint.size}\n")
    had = last(checkpoint.origin)
    if submission.old != (had.size if had else 0):
        raise conflict(had.size if had else 0)
    _continues(submission, checkpoint, had)
    return checkpoint


def _continues(submission: Submission, checkpoint: Checkpoint, had: Checkpoint | None) -> None:
    if had is not None and had.size == checkpoint.size:
        # of one size there is one text: other stream heads under the same root would be told to one reader alone
        if (had.root, had.extensions) != (checkpoint.root, checkpoint.extensions):
            raise conflict(had.size)
        if submission.proof:
            raise Refused(422, "a proof between equal sizes is empty\n")
    elif submission.old == 0:
        if submission.proof:
            raise Refused(422, "a proof from size 0 is empty\n")
    elif had is not None:
        try:
            verify_consistency(
                had.size, checkpoint.size, submission.proof, had.root, checkpoint.root, hash=checkpoint.hash
            )
        except ProofError as error:
            raise Refused(422, f"{error}\n") from error


def cosign(note: str, witness: Signer, time: int) -> str:
    """The line of the witness under an examined checkpoint, with the time in seconds since 1970."""
    return cosignature_line(note, witness, time)


# --- The log's side ---


class Faulty(Exception):
    """The witness gave no cosignature that counts. `state` is a code of docs/reference/witnesses.md."""

    def __init__(self, state: str, detail: str) -> None:
        super().__init__(detail)
        self.state = state


class Conflict(Exception):
    """The witness has cosigned another size than it was told; ask again from there."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the witness stands at {size}")
        self.size = size


def read_answer(
    status: int,
    kind: str,
    body: bytes,
    *,
    note: str,
    witness: VerifierKey,
    now: int,
    skew_s: int,
    check: SignatureCheck = ed25519_verify,
) -> tuple[str, int]:
    """The cosignature line of the witness under the note, and its time; verified, and within `skew_s` of `now`.

    Raises Conflict, or Faulty: DISAGREES, UNKNOWN_LOG, FALSE_SIGNATURE, WRONG_TIME, RUBBISH, AWAY.
    """
    if status == 200:
        return _cosignature(body, note, witness, now, skew_s, check)
    said = body[:200].decode("utf-8", "replace").strip()
    if status == 409:
        if kind.partition(";")[0].strip() != SIZE:
            raise Faulty("DISAGREES", f"409 {said}")
        try:
            raise Conflict(parse_decimal(body.decode("ascii").removesuffix("\n")))
        except ValueError as error:
            raise Faulty("RUBBISH", f"409 with {said!r}") from error
    if status == 422:
        raise Faulty("DISAGREES", f"422 {said}")
    if status in (403, 404):
        raise Faulty("UNKNOWN_LOG", f"{status} {said}")
    raise Faulty("AWAY" if status >= 500 or status == 429 else "RUBBISH", f"{status} {said}")


def _cosignature(
    body: bytes, note: str, witness: VerifierKey, now: int, skew_s: int, check: SignatureCheck
) -> tuple[str, int]:
    text = split_note(note)[0]
    try:
        lines = body.decode("utf-8").split("\n")
        _, signatures = split_note(f"{text}\n{body.decode('utf-8')}")
    except ValueError as error:
        raise Faulty("RUBBISH", str(error)[:200]) from error
    wanted = (witness.name, witness.id)
    # lines of other keys are passed over; a line that is not verified must never reach the note
    mine = [line for line, one in zip(lines, signatures, strict=False) if (one.name, one.key_id) == wanted]
    if witness.kind != KIND_COSIGNATURE or not mine:
        raise Faulty("RUBBISH", f"no cosignature of {witness.name} ({witness.id.hex()})")
    try:
        [signed] = verify_note(f"{text}\n{mine[0]}\n", [witness], check=check)
    except NoteError as error:
        raise Faulty("FALSE_SIGNATURE", str(error)) from error
    if not signed.time or abs(signed.time - now) > skew_s:
        raise Faulty("WRONG_TIME", f"cosigned at {signed.time}, here it is {now}")
    return f"{mine[0]}\n", signed.time
