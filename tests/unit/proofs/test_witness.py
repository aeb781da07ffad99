"""A witness cosigns only what continues what it saw; a log believes no answer unverified (guarantee G32)."""

from collections.abc import Callable

import pytest
from proofs.note import (
    Signer,
    add_signatures,
    checkpoint_text,
    cosignature_line,
    sign_checkpoint,
    sign_note,
    split_note,
)
from proofs.tree import HashName, Tree
from proofs.verify import Checkpoint, encode_base64, parse_checkpoint, verify_note
from proofs.witness import (
    MAX_BODY,
    SIZE,
    Conflict,
    Faulty,
    Refused,
    Submission,
    cosign,
    examine,
    parse_request,
    read_answer,
    request,
)

from tests.unit.proofs.test_bundle import signer

ORIGIN = "guitu/test/intake"
LOG, FORGER = signer(ORIGIN), signer(ORIGIN, "forger")
SM3_LOG = Signer(f"{ORIGIN}/sm3", LOG.public_key, LOG.sign)
KEYS = {ORIGIN: [LOG.vkey], f"{ORIGIN}/sm3": [SM3_LOG.vkey]}
COURT, PRISON = signer("guitu/test/witness/court"), signer("guitu/test/witness/prison")
NOW = 1_790_000_000


def leaves(count: int, history: int = 0, *, same: int = 0) -> list[bytes]:
    """Leaf hashes of a log; two histories have their first `same` leaves in common."""
    return [
        (number + (1 << 200) * (history if number >= same else 0)).to_bytes(32, "big")
        for number in range(count)
    ]


TREE = Tree(leaves(40))


class Witness:
    """What the process does, without the process."""

    def __init__(self, key: Signer = COURT) -> None:
        self.key = key
        self.seen: dict[str, Checkpoint] = {}

    def add(self, submission: Submission) -> str:
        found = examine(parse_request(request(submission)), KEYS, self.seen.get)
        self.seen[found.origin] = found
        return cosign(submission.note, self.key, NOW)


def note(tree: Tree, size: int, key: Signer = LOG) -> str:
    return sign_checkpoint(key.name, size, tree.root(size), key)


def step(tree: Tree, old: int, size: int, key: Signer = LOG) -> Submission:
    proof = tree.consistency(old, size) if old > 0 else []
    return Submission(old, tuple(proof), note(tree, size, key))


def refused(witness: Witness, submission: Submission) -> Refused:
    before = dict(witness.seen)
    with pytest.raises(Refused) as error:
        witness.add(submission)
    assert witness.seen == before
    return error.value


@pytest.mark.parametrize("hash", ["sha256", "sm3"])
def test_a_log_that_only_grows_is_cosigned(hash: HashName) -> None:
    tree, key, witness = Tree(leaves(40), hash=hash), LOG if hash == "sha256" else SM3_LOG, Witness()
    old = 0
    for size in (1, 2, 7, 7, 8, 31, 40):
        given = step(tree, old, size, key)
        line = witness.add(given)
        signed = add_signatures(given.note, [line], [COURT.witness_vkey])
        assert [s.time for s in verify_note(signed, [key.vkey, COURT.witness_vkey])] == [None, NOW]
        old = size
    assert witness.seen[key.name].size == 40


def test_a_witness_refuses_a_fork() -> None:
    """Whatever is tried, after one history the witness signs no other."""
    witness = Witness()
    witness.add(step(TREE, 0, 20))
    fork = Tree(leaves(40, 1, same=12))
    same_size = refused(witness, Submission(20, (), note(fork, 20)))
    assert (same_size.status, same_size.text, same_size.kind) == (409, "20\n", SIZE)
    # the fork's own proof, the true one under the fork's root, none, and a longer one
    for proof in (fork.consistency(20, 40), TREE.consistency(20, 40), [], [bytes(32)] * 63):
        assert refused(witness, Submission(20, tuple(proof), note(fork, 40))).status == 422
    # it cannot be told that it has seen less
    for old in (0, 12, 19, 21):
        answer = refused(witness, step(fork, old, 40))
        assert (answer.status, answer.text) == (409, "20\n")
    witness.add(step(TREE, 20, 40))


def test_an_old_checkpoint_replayed_is_refused() -> None:
    witness = Witness()
    witness.add(step(TREE, 0, 10))
    witness.add(step(TREE, 10, 30))
    assert refused(witness, step(TREE, 0, 10)).text == "30\n"
    assert refused(witness, step(TREE, 10, 20)).text == "30\n"
    assert refused(witness, Submission(30, (), note(TREE, 10))).status == 400  # old above the checkpoint


def test_forked_views_shown_to_two_witnesses_never_both_reach_a_quorum() -> None:
    """The log shows one history to the court, another to the prison; whom both must pass sees it."""
    court, prison, procuratorate = (
        Witness(),
        Witness(PRISON),
        Witness(signer("guitu/test/witness/procuratorate")),
    )
    fork = Tree(leaves(40, 1, same=12))
    court.add(step(TREE, 0, 20))
    prison.add(step(fork, 0, 20))
    procuratorate.add(step(TREE, 0, 20))
    assert refused(procuratorate, Submission(20, (), note(fork, 20))).status == 409
    for old, size in ((20, 30), (30, 40)):
        procuratorate.add(step(TREE, old, size))
        assert refused(procuratorate, step(fork, size, 40)).status in (409, 422)
    # each compares what it has with what the other has: one size, two roots, both signed by the log
    assert court.seen[ORIGIN].root != prison.seen[ORIGIN].root


def test_first_contact_takes_no_proof_and_size_zero_proves_nothing() -> None:
    witness = Witness()
    assert refused(witness, Submission(0, (bytes(32),), note(TREE, 5))).status == 422
    assert refused(witness, Submission(3, (), note(TREE, 5))).text == "0\n"
    empty = Tree()
    witness.add(Submission(0, (), note(empty, 0)))
    assert refused(witness, Submission(0, (bytes(32),), note(empty, 0))).status == 422
    witness.add(step(TREE, 0, 5))
    # what has been seen once is never forgotten for the empty tree
    assert refused(witness, Submission(0, (), note(empty, 0))).text == "5\n"


CHANGES: list[tuple[int, Callable[[str], str]]] = [
    (404, lambda _: sign_checkpoint("guitu/test/court", 5, TREE.root(5), signer("guitu/test/court"))),
    (403, lambda _: note(TREE, 5, FORGER)),
    (403, lambda n: n.replace("\n5\n", "\n6\n")),
    (400, lambda n: n.replace("\n5\n", "\n05\n")),
    (400, lambda n: n.replace("\n5\n", "\n-5\n")),
    (400, lambda n: n.replace("\n5\n", f"\n{1 << 63}\n")),
    (400, lambda n: n[:-1]),
    (400, lambda n: split_note(n)[0]),
    (400, lambda n: n.replace(encode_base64(TREE.root(5)), encode_base64(TREE.root(5)[:31]))),
    (403, lambda n: n.replace(encode_base64(TREE.root(5)), encode_base64(TREE.root(4)))),
]  # fmt: skip


@pytest.mark.parametrize(("status", "change"), CHANGES)
def test_what_is_no_checkpoint_of_a_known_log_is_refused(status: int, change: Callable[[str], str]) -> None:
    assert refused(Witness(), Submission(0, (), change(note(TREE, 5)))).status == status


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    text = split_note(note(TREE, 5))[0]
    both = note(TREE, 5) + sign_note(text, signer("somebody/else")).split("\n\n")[1]
    Witness().add(Submission(0, (), both))
    # but a false signature under the name and id of the trusted key voids the note
    other = split_note(note(TREE, 6))[0]
    false = both + sign_note(other, LOG).split("\n\n")[1]
    assert refused(Witness(), Submission(0, (), false)).status == 403


def test_an_extension_line_is_cosigned_with_the_rest() -> None:
    text = checkpoint_text(Checkpoint(ORIGIN, 5, TREE.root(5), ("map abc",)))
    signed = sign_note(text, LOG)
    line = Witness().add(Submission(0, (), signed))
    assert parse_checkpoint(split_note(add_signatures(signed, [line], [COURT.witness_vkey]))[0]).extensions


GOOD = request(step(TREE, 20, 40))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        GOOD.replace(b"old 20", b"old 020"),
        GOOD.replace(b"old 20", b"old +20"),
        GOOD.replace(b"old 20", b"old  20"),
        GOOD.replace(b"old 20", b"Old 20"),
        GOOD.replace(b"old 20", b"old 9223372036854775808"),
        GOOD.replace(b"\n\n", b"\n", 1),
        GOOD.replace(b"old 20\n", b"old 20\n" + (encode_base64(bytes(32)) + "\n").encode() * 60),
        GOOD.replace(b"old 20\n", b"old 20\n" + (encode_base64(bytes(31)) + "\n").encode()),
        GOOD.replace(b"old 20\n", b"old 20\nnot base64\n"),
        GOOD.replace(b"old 20\n", b"old 20\r\n"),
    ],
)
def test_a_malformed_request_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(Refused) as error:
        parse_request(body)
    assert error.value.status == 400
    assert parse_request(GOOD) == step(TREE, 20, 40)


def answer(status: int, body: bytes, kind: str = "text/plain", *, now: int = NOW) -> tuple[str, int]:
    return read_answer(
        status, kind, body, note=note(TREE, 5), witness=COURT.witness_vkey, now=now, skew_s=300
    )


def test_a_good_answer_becomes_a_line_of_the_note() -> None:
    stranger = cosignature_line(note(TREE, 5), PRISON, NOW)
    good = cosignature_line(note(TREE, 5), COURT, NOW)
    assert answer(200, (stranger + good).encode()) == (good, NOW)


@pytest.mark.parametrize(
    ("state", "status", "body", "kind"),
    [
        ("FALSE_SIGNATURE", 200, cosignature_line(note(TREE, 6), COURT, NOW), ""),  # it cosigned another root
        ("FALSE_SIGNATURE", 200, cosignature_line(note(TREE, 5), Signer(COURT.name, COURT.public_key, PRISON.sign), NOW), ""),
        ("WRONG_TIME", 200, cosignature_line(note(TREE, 5), COURT, NOW - 301), ""),
        ("WRONG_TIME", 200, cosignature_line(note(TREE, 5), COURT, NOW + 301), ""),
        ("WRONG_TIME", 200, cosignature_line(note(TREE, 5), COURT, 0), ""),
        ("RUBBISH", 200, cosignature_line(note(TREE, 5), PRISON, NOW), ""),
        ("RUBBISH", 200, "<html>", ""),
        ("RUBBISH", 200, "", ""),
        ("RUBBISH", 200, "\n\n" + cosignature_line(note(TREE, 5), PRISON, NOW), ""),
        ("RUBBISH", 200, cosignature_line(note(TREE, 5), COURT, NOW)[:-1], ""),
        ("RUBBISH", 409, "many\n", SIZE),
        ("RUBBISH", 409, "05\n", SIZE),
        ("RUBBISH", 301, "", ""),
        ("DISAGREES", 409, "5\n", "text/plain"),
        ("DISAGREES", 422, "no\n", ""),
        ("UNKNOWN_LOG", 404, "", ""),
        ("UNKNOWN_LOG", 403, "", ""),
        ("AWAY", 500, "", ""),
        ("AWAY", 429, "", ""),
    ],
)  # fmt: skip
def test_no_answer_is_believed_unverified(state: str, status: int, body: str, kind: str) -> None:
    with pytest.raises(Faulty) as error:
        answer(status, body.encode(), kind)
    assert error.value.state == state, error.value


def test_a_conflict_names_the_size() -> None:
    with pytest.raises(Conflict) as error:
        answer(409, b"17\n", SIZE)
    assert error.value.size == 17
    with pytest.raises(Faulty, match="409"):
        answer(409, b"\xff" * MAX_BODY, SIZE)
