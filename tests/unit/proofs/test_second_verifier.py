"""Two verifiers agree: `guitu-verify`, and one written from the texts of C2SP and RFC 9162 alone (outsider.py).

On the vectors of others and on hostile notes, proofs and logs made by mutation both accept or both refuse.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from corrections.common.v1.common_pb2 import EventMeta
from eventcore import gmssl
from hypothesis import example, given, settings
from hypothesis import strategies as st
from proofs import ed25519
from proofs.canonical import canonical
from proofs.maps import LogMaps
from proofs.note import Signer, VerifierKey, cosignature_line, sign_checkpoint
from proofs.tiles import Growing
from proofs.tree import HashName, ProofError, Tree, verify_consistency, verify_inclusion
from proofs.verify import (
    NoteError,
    TlogProof,
    Unreadable,
    leaf_hash,
    parse_checkpoint,
    parse_tlog_proof,
    parse_trust,
    split_note,
    verify_note,
    verify_tiles,
    write_tlog_proof,
)

from tests.integration.audit import outsider

VECTORS = Path(__file__).parents[2] / "data" / "vectors" / "merkle"
ORIGIN = "guitu/test/intake"
SECRET = bytes(31) + b"\x07"
LOG = Signer(
    ORIGIN,
    ed25519.public_key(SECRET),
    lambda message: ed25519.sign(SECRET, message),
    gmssl.load(gmssl.generate()),
)
COURT = Signer("guitu/test/witness/court", LOG.public_key, LOG.sign)
KEYS: list[VerifierKey] = [*LOG.vkeys, COURT.witness_vkey]
VKEYS = [str(key) for key in KEYS]
PLAIN = [str(LOG.vkey)]
ENTRIES = [b"entry %d" % number for number in range(530)]
TREES: dict[HashName, Tree] = {
    hash: Tree([leaf_hash(e, hash) for e in ENTRIES], hash=hash) for hash in ("sha256", "sm3")
}
HASHES: dict[str, Callable[[bytes], bytes]] = {
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sm3": lambda data: hashlib.new("sm3", data).digest(),
}


def note_of(size: int) -> str:
    note = sign_checkpoint(ORIGIN, size, TREES["sha256"].root(size), LOG)
    return note + cosignature_line(note, COURT, 1_700_000_000)


NOTES = {size: note_of(size) for size in (1, 5, 256, 530)}


def accepts(check: Callable[[], object], *refusals: type[Exception]) -> bool:
    """Whether the check ends without one of the exceptions that say no; another one is a defect of its own."""
    try:
        check()
    except refusals:
        return False
    return True


def vectors(name: str) -> list[dict[str, Any]]:
    lines = (VECTORS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@pytest.mark.parametrize("vector", vectors("inclusion"), ids=lambda v: v["vector"])
def test_inclusion_vectors(vector: dict[str, Any]) -> None:
    leaf, root = raw(vector["leafHash"]), raw(vector["root"])
    path = [raw(one) for one in vector["proof"] or []]
    at, size = vector["leafIdx"], vector["treeSize"]
    ours = accepts(lambda: verify_inclusion(leaf, at, size, path, root), ProofError)
    theirs = accepts(lambda: included("sha256", leaf, at, size, path, root), AssertionError)
    assert ours == theirs == (not vector["wantErr"])


@pytest.mark.parametrize("vector", vectors("consistency"), ids=lambda v: v["vector"])
def test_consistency_vectors(vector: dict[str, Any]) -> None:
    roots = raw(vector["root1"]), raw(vector["root2"])
    path = [raw(one) for one in vector["proof"] or []]
    sizes = vector["size1"], vector["size2"]
    ours = accepts(lambda: verify_consistency(*sizes, path, *roots), ProofError)
    theirs = outsider.consistent(HASHES["sha256"], *sizes, *roots, path)
    # one vector has two equal strings as roots that are no hashes: both of ours want hashes
    lenient = vector["vector"] == "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"
    assert ours == theirs == (not vector["wantErr"] and not lenient)


def included(hash: str, leaf: bytes, at: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    assert outsider.root_of_path(HASHES[hash], leaf, at, size, path) == root


def mutated(data: bytes, draw: st.DataObject) -> bytes:
    """The bytes with some of them flipped, cut out, doubled, exchanged or invented."""
    for _ in range(draw.draw(st.integers(0, 3))):
        at = draw.draw(st.integers(0, len(data)))
        end = draw.draw(st.integers(at, min(len(data), at + 40)))
        how = draw.draw(st.sampled_from(("flip", "cut", "double", "insert", "line", "swap")))
        if how == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << draw.draw(st.integers(0, 7)))]) + data[at + 1 :]
        elif how == "cut":
            data = data[:at] + data[end:]
        elif how == "double":
            data = data[:end] + data[at:end] + data[end:]
        elif how == "insert":
            new = draw.draw(
                st.sampled_from(
                    (
                        b"\n",
                        b" ",
                        b"+",
                        b"=",
                        b"\x00",
                        b"\r",
                        "\u2028".encode(),
                        b"0",
                        b"\xff",
                        "\u2014 x AAAAAAA=\n".encode(),
                    )
                )
            )
            data = data[:at] + new + data[at:]
        else:
            lines = data.split(b"\n")
            one, two = (draw.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
            if how == "line":
                lines.insert(one, lines[two])
            else:
                lines[one], lines[two] = lines[two], lines[one]
            data = b"\n".join(lines)
    return data


def our_checkpoint(note: bytes) -> tuple[str, int, bytes]:
    """As `outsider.checkpoint`, by our functions."""
    text = note.decode("utf-8")
    signed = {one.key for one in verify_note(text, KEYS)}
    read = parse_checkpoint(split_note(text)[0])
    if LOG.vkey not in signed or read.origin != ORIGIN:
        raise NoteError("not by the log")
    return read.origin, read.size, read.root


def agree(note: bytes) -> bool:
    """Whether both accept the note; they say the same of it."""
    ours = accepts(lambda: our_checkpoint(note), NoteError, UnicodeDecodeError)
    assert ours == accepts(lambda: outsider.checkpoint(note, VKEYS), AssertionError), note
    if ours:
        assert our_checkpoint(note) == outsider.checkpoint(note, VKEYS)
    return ours


@given(size=st.sampled_from(sorted(NOTES)), data=st.data())
@settings(max_examples=300, deadline=None)
def test_hostile_notes(size: int, data: st.DataObject) -> None:
    agree(mutated(NOTES[size].encode(), data))


def test_notes_of_every_kind_of_signer() -> None:
    good = NOTES[5]
    text, _ = split_note(good)
    lines = good[len(text) + 1 :].splitlines(keepends=True)
    assert agree(good.encode())
    for kept in ([0], [1], [2], [0, 1], [0, 2], [1, 2], [2, 1, 0], [0, 0], [0, 1, 1]):
        assert agree((text + "\n" + "".join(lines[n] for n in kept)).encode()) == (0 in kept)
    assert agree((good + "— stranger AAAAAAA=\n").encode())
    assert agree((good + "— stranger AAAAAAA=\n" * 97).encode())
    assert not agree((good + "— stranger AAAAAAA=\n" * 98).encode())
    for bad in (
        "— stranger AAAA\n",
        "— str+nger AAAAAAA=\n",
        "— stranger AAAAAAB=\n",
        "- stranger AAAAAAA=\n",
        "\n",
    ):
        assert not agree((good + bad).encode())
    for changed in (
        good[:-1],
        good.replace("\n5\n", "\n05\n"),
        good.replace("\n5\n", "\n5\n\n"),
        good.replace("\n5\n", "\n\u0665\n"),
    ):
        assert not agree(changed.encode())


@given(
    hash=st.sampled_from(("sha256", "sm3")),
    size=st.integers(1, 530),
    part=st.integers(0, 999),
    data=st.data(),
)
@settings(max_examples=400, deadline=None)
def test_hostile_inclusion_proofs(hash: HashName, size: int, part: int, data: st.DataObject) -> None:
    tree, at = TREES[hash], part * size // 1000
    path = list(hostile(tree.inclusion(at, size), data))
    leaf = data.draw(st.sampled_from((tree.leaf(at), tree.leaf(0), b"short", bytes(32))))
    asked, whole = (n + data.draw(st.sampled_from((0, 0, 0, 1, -1, 1 << 63))) for n in (at, size))
    root = data.draw(st.sampled_from((tree.root(size), tree.root(size), bytes(32))))
    if asked < 0 or whole < 0:
        return
    ours = accepts(lambda: verify_inclusion(leaf, asked, whole, path, root, hash=hash), ProofError)
    assert ours == accepts(lambda: included(hash, leaf, asked, whole, path, root), AssertionError)


def hostile(path: Sequence[bytes], data: st.DataObject) -> Sequence[bytes]:
    """The path, often with a hash changed, left out, doubled, exchanged or cut short."""
    found = list(path)
    how = data.draw(st.sampled_from(("same", "same", "flip", "drop", "add", "swap", "short")))
    at = data.draw(st.integers(0, len(found)))
    if how == "add":
        found.insert(at, data.draw(st.sampled_from([bytes(32), *path])))
    elif at < len(found):
        if how == "flip":
            found[at] = bytes([found[at][0] ^ 1]) + found[at][1:]
        elif how == "drop":
            del found[at]
        elif how == "swap":
            found[0], found[at] = found[at], found[0]
        elif how == "short":
            found[at] = found[at][:-1]
    return found


@given(
    hash=st.sampled_from(("sha256", "sm3")),
    size=st.integers(1, 530),
    part=st.integers(0, 999),
    data=st.data(),
)
@settings(max_examples=400, deadline=None)
def test_hostile_consistency_proofs(hash: HashName, size: int, part: int, data: st.DataObject) -> None:
    tree, first = TREES[hash], 1 + part * size // 1000
    path = list(hostile(tree.consistency(first, size), data))
    sizes = [n + data.draw(st.sampled_from((0, 0, 0, 0, 1, -1))) for n in (first, size)]
    roots = [data.draw(st.sampled_from((tree.root(n), tree.root(n), bytes(32), b""))) for n in (first, size)]
    ours = accepts(
        lambda: verify_consistency(sizes[0], sizes[1], path, roots[0], roots[1], hash=hash), ProofError
    )
    assert ours == outsider.consistent(HASHES[hash], sizes[0], sizes[1], roots[0], roots[1], path)


def our_proof(data: bytes) -> int:
    proof = parse_tlog_proof(data.decode("utf-8"))
    _, size, root = our_checkpoint(proof.checkpoint.encode())
    verify_inclusion(leaf_hash(proof.extra), proof.index, size, proof.inclusion, root)
    return proof.index


@given(size=st.sampled_from(sorted(NOTES)), part=st.integers(0, 999), data=st.data())
@settings(max_examples=300, deadline=None)
@example(size=1, part=0, data=None)
def test_hostile_tlog_proofs(size: int, part: int, data: st.DataObject | None) -> None:
    at = part * size // 1000
    path = tuple(TREES["sha256"].inclusion(at, size))
    good = write_tlog_proof(TlogProof(at, path, NOTES[size], ENTRIES[at])).encode()
    text = good if data is None else mutated(good, data)
    ours = accepts(lambda: our_proof(text), NoteError, ProofError, Unreadable, UnicodeDecodeError)
    theirs = accepts(lambda: outsider.proof(text, VKEYS, lambda extra: extra), AssertionError)
    assert ours == theirs, text
    assert ours or text != good


def files_of(size: int, hash: HashName) -> dict[str, bytes]:
    edge = Growing(hash=hash)
    made = {tile.path: content for tile, content in edge.extend(ENTRIES[:size])}
    made.update((tile.path, content) for tile, content in edge.partials())
    name = ORIGIN if hash == "sha256" else f"{ORIGIN}/sm3"
    note = sign_checkpoint(name, size, edge.root(), Signer(name, LOG.public_key, LOG.sign))
    return {**made, "checkpoint": note.encode()}


LOGS = {(size, hash): files_of(size, hash) for size in (1, 255, 256, 300, 530) for hash in ("sha256", "sm3")}


@given(which=st.sampled_from(sorted(LOGS)), data=st.data())
@settings(max_examples=120, deadline=None)
def test_hostile_logs(which: tuple[int, HashName], data: st.DataObject) -> None:
    made = dict(LOGS[which])
    path = data.draw(st.sampled_from(sorted(made)))
    how = data.draw(st.sampled_from(("bytes", "bytes", "bytes", "away", "swap", "grown")))
    if how == "bytes":
        made[path] = mutated(made[path], data)
    elif how == "away":
        del made[path]
    elif how == "swap":
        other = data.draw(st.sampled_from(sorted(made)))
        made[path], made[other] = made[other], made[path]
    else:  # a log may delete a partial tile once the full one is there
        made |= {name: content for name, content in LOGS[530, which[1]].items() if name != "checkpoint"}
        made = {
            name: content
            for name, content in made.items()
            if ".p/" not in name or name in LOGS[530, which[1]]
        }
    assert ours_of(made, which[1]) == theirs_of(made, which[1])


def ours_of(made: dict[str, bytes], hash: HashName) -> bool:
    vkeys, policy = parse_trust(f"log {LOG.vkey}\nquorum none\n")
    try:
        report = verify_tiles([("", made.__getitem__)], vkeys, policy=policy, one=True)
    except Unreadable:
        return False
    # C2SP asks for none of them, nor that an entry be an event
    ours_alone = {"HEADS_NOT_COMMITTED", "SUBJECTS_NOT_COMMITTED", "LOG_LEFT_OUT", "META_UNREADABLE"}
    fine = {finding.code for finding in report.findings} <= ours_alone and report.logs[0].witnessed
    return fine and report.logs[0].origin.endswith("/sm3") == (hash == "sm3")


def theirs_of(made: dict[str, bytes], hash: HashName) -> bool:
    key = LOG.vkey if hash == "sha256" else Signer(f"{ORIGIN}/sm3", LOG.public_key, LOG.sign).vkey
    return accepts(
        lambda: outsider.verified_files(made.__getitem__, [str(key)], hash=hash), AssertionError, LookupError
    )


@pytest.mark.parametrize("which", sorted(LOGS), ids=str)
def test_both_accept_what_is_published(which: tuple[int, HashName]) -> None:
    assert ours_of(LOGS[which], which[1])
    assert theirs_of(LOGS[which], which[1])


def test_nothing_of_ours_is_in_the_second_verifier() -> None:
    source = Path(outsider.__file__).read_text(encoding="utf-8")
    imported = set(re.findall(r"^(?:from|import) (\w+)", source, flags=re.MULTILINE))
    assert imported <= {
        "__future__",
        "base64",
        "collections",
        "cryptography",
        "dataclasses",
        "gmssl_pyx",
        "hashlib",
        "re",
        "urllib",
    }


@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.integers(1, 9), st.lists(st.integers(1, 9), max_size=2)), max_size=60
    )
)
@settings(max_examples=20, deadline=None)
def test_both_make_the_same_maps_of_a_log(events: list[tuple[int, int, list[int]]]) -> None:
    """The maps that a checkpoint commits (ADR 0029, 0032): ours grows them, the outsider's are made from the text at once."""
    ours, entries, last = LogMaps(), list[bytes](), dict[int, int]()
    for stream, subject, about in events:
        last[stream] = last.get(stream, 0) + 1
        # streams and subjects that share buckets, and such that do not
        ids = [
            UUID(int=stream << (112 if stream % 2 else 100)),
            *(UUID(int=one) for one in (subject, *about)),
        ]
        of, *named = [one.bytes for one in ids]
        meta = EventMeta(stream_id=of, version=last[stream], subject=named[0], about=named[1:])
        entries.append(canonical(meta.SerializeToString(), b"data"))
        ours.extend([(of, last[stream], named)])
    theirs = outsider.maps(entries)
    assert theirs == {"stream-heads": ours.heads.root(), "subject-streams": ours.subjects.root()}


@pytest.mark.parametrize("line", ["stream-heads", "subject-streams"])
def test_the_outsider_refuses_a_log_whose_maps_lie(line: str) -> None:
    meta = EventMeta(stream_id=bytes(16), version=1, subject=b"s" * 16)
    entry = canonical(meta.SerializeToString(), b"")
    files, tree = {"tile/0/000.p/1": leaf_hash(entry)}, Tree([leaf_hash(entry)])
    files["tile/entries/000.p/1"] = len(entry).to_bytes(2, "big") + entry
    true = {name: base64.b64encode(root).decode() for name, root in outsider.maps([entry]).items()}
    false = base64.b64encode(bytes(32)).decode()
    for said in (true, {**true, line: false}):
        lines = [f"{name} {root}" for name, root in said.items()]
        files["checkpoint"] = sign_checkpoint(ORIGIN, 1, tree.root(1), LOG, extensions=lines).encode()
        holds = accepts(lambda: outsider.verified_files(files.__getitem__, PLAIN), AssertionError)
        assert holds == (said == true)
