"""Trees, leaves and Ed25519 agree with the vectors of their standards (guarantee G30)."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventcore import openssl
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs.canonical import EntryTooLarge, canonical, leaf_pair, leaf_pairs, leaf_sha256, leaf_sm3
from proofs.ed25519 import ed25519_verify, public_key, sign
from proofs.tree import (
    Frontier,
    HashName,
    ProofError,
    Tree,
    root_of,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)
from proofs.verify import FIELD, ORDER, SignatureCheck, hash_function, sm3, sm3_pure

# Theirs takes any two equal strings as the roots of one size; ours wants digests (eventstore.md section 9).
STRICTER = {"consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"}
VECTORS = Path(__file__).parents[2] / "data" / "vectors"


class Vector(TypedDict):
    """The union of the four kinds; each has the fields that its check reads."""

    vector: str
    leafIdx: int
    treeSize: int
    start: int
    end: int
    size: int
    size1: int
    size2: int
    root: str
    root1: str
    root2: str
    leafHash: str
    proof: list[str] | None
    wantErr: bool


def _vectors(name: str) -> list[tuple[str, Vector]]:
    lines = (VECTORS / "merkle" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [(name, cast(Vector, json.loads(line))) for line in lines]


def _run(kind: str, v: Vector) -> None:
    def raw(text: str) -> bytes:
        return base64.b64decode(text)

    proof = [raw(p) for p in v.get("proof") or []]
    if kind == "inclusion":
        verify_inclusion(raw(v["leafHash"]), v["leafIdx"], v["treeSize"], proof, raw(v["root"]))
    elif kind == "consistency":
        verify_consistency(v["size1"], v["size2"], proof, raw(v["root1"]), raw(v["root2"]))
    elif kind == "subtreeinclusion":
        verify_subtree_inclusion(
            raw(v["leafHash"]), v["leafIdx"], v["start"], v["end"], proof, raw(v["root"])
        )
    else:
        verify_subtree_consistency(v["start"], v["end"], v["size"], proof, raw(v["root1"]), raw(v["root2"]))


ALL = [
    vector
    for name in ("inclusion", "consistency", "subtreeinclusion", "subtreeconsistency")
    for vector in _vectors(name)
]


@pytest.mark.parametrize(("kind", "vector"), ALL, ids=[v["vector"] for _, v in ALL])
def test_vectors_agree(kind: str, vector: Vector) -> None:
    if vector["wantErr"] or vector["vector"] in STRICTER:
        with pytest.raises(ProofError):
            _run(kind, vector)
    else:
        _run(kind, vector)


def test_reference_tree_has_the_published_roots() -> None:
    tree = cast(
        dict[str, list[str]],
        json.loads((VECTORS / "merkle" / "rfc6962_reference_tree.json").read_text("utf-8")),
    )
    leaves = [leaf_sha256(bytes.fromhex(entry)) for entry in tree["leaf_inputs_hex"]]
    assert [leaf.hex() for leaf in leaves] == tree["leaf_hashes_hex"]
    assert [root_of(leaves[:n]).hex() for n in range(9)] == tree["roots_by_size_hex"]


@pytest.mark.parametrize("digest", [sm3, sm3_pure])
def test_sm3_is_that_of_the_standard(digest: Callable[[bytes], bytes]) -> None:
    vectors = cast(
        dict[str, list[dict[str, str]]], json.loads((VECTORS / "gm" / "vectors.json").read_text("utf-8"))
    )
    for vector in vectors["sm3"]:
        assert digest(bytes.fromhex(vector["message_hex"])).hex() == vector["digest"]


@given(st.binary(max_size=300))
@settings(max_examples=50, deadline=None)
def test_both_sm3_agree(data: bytes) -> None:
    assert sm3_pure(data) == sm3(data)


def test_canonical_bytes_are_format_then_lengths_and_bytes() -> None:
    assert canonical(b"ab", b"") == b"\x01\x00\x00\x00\x02ab\x00\x00\x00\x00"
    sha256_leaf, sm3_leaf = leaf_pair(b"ab", b"cde")
    entry = b"\x01\x00\x00\x00\x02ab\x00\x00\x00\x03cde"
    assert (sha256_leaf, sm3_leaf) == (leaf_sha256(entry), leaf_sm3(entry))
    assert sm3_leaf == sm3(b"\x00" + entry)
    assert leaf_pairs([(b"ab", b"cde")]) == [(sha256_leaf, sm3_leaf)]


def test_entry_of_more_than_65535_bytes_is_refused() -> None:
    assert len(canonical(b"m", b"d" * (65_535 - 10))) == 65_535
    with pytest.raises(EntryTooLarge, match="got 65536 bytes, want at most 65535"):
        canonical(b"m", b"d" * (65_535 - 9))


def _naive_root(h: Callable[[bytes], bytes], leaves: list[bytes]) -> bytes:
    """MTH, copied from the text of RFC 9162 section 2.1.1."""
    if not leaves:
        return h(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return h(b"\x01" + _naive_root(h, leaves[:k]) + _naive_root(h, leaves[k:]))


def _leaves(n: int) -> list[bytes]:
    return [leaf_sha256(n.to_bytes(4, "big")) for n in range(n)]


@pytest.mark.parametrize("hash", ["sha256", "sm3"])
def test_frontier_and_tree_have_the_naive_root(hash: HashName) -> None:
    tree, frontier, leaves = Tree(hash=hash), Frontier(hash=hash), _leaves(70)
    for n, leaf in enumerate(leaves, 1):
        tree.extend([leaf])
        frontier.extend([leaf])
        want = _naive_root(hash_function(hash), leaves[:n])
        assert (tree.root(), frontier.root()) == (want, want)
        assert Frontier(frontier.hashes, frontier.size, hash=hash).root() == want
    assert [tree.root(n) for n in range(71)] == [root_of(leaves[:n], hash=hash) for n in range(71)]


@given(st.lists(st.integers(0, 40), max_size=6))
@settings(deadline=None)
def test_frontier_grows_the_same_in_any_batches(batches: list[int]) -> None:
    leaves = _leaves(sum(batches))
    frontier, rest = Frontier(), list(leaves)
    for batch in batches:
        frontier = Frontier(frontier.hashes, frontier.size)
        frontier.extend(rest[:batch])
        rest = rest[batch:]
    assert (frontier.size, frontier.root()) == (len(leaves), Tree(leaves).root())


def test_frontier_refuses_what_is_no_frontier() -> None:
    with pytest.raises(ProofError, match="frontier of 3 leaves: got 1 hashes, want 2"):
        Frontier([b"x" * 32], 3)
    with pytest.raises(ProofError, match="got 31 bytes, want 32"):
        Frontier([b"x" * 31], 1)
    frontier = Frontier()
    with pytest.raises(ProofError, match="leaf 1: got 0 bytes"):
        frontier.extend([b"x" * 32, b""])
    assert frontier.size == 0


def test_all_proofs_of_small_trees_verify() -> None:
    leaves = _leaves(20)
    tree = Tree(leaves)
    for size in range(1, 21):
        for index in range(size):
            verify_inclusion(leaves[index], index, size, tree.inclusion(index, size), tree.root(size))
            proof = tree.consistency(index + 1, size)
            verify_consistency(index + 1, size, proof, tree.root(index + 1), tree.root(size))


def test_all_subtree_proofs_of_small_trees_verify() -> None:
    leaves = _leaves(20)
    tree = Tree(leaves)
    for start in range(20):
        for end in range(start + 1, 21):
            if start % (1 << (end - start - 1).bit_length()):
                continue
            subroot = root_of(leaves[start:end])
            for size in range(end, 21):
                proof = tree.subtree_consistency(start, end, size)
                verify_subtree_consistency(start, end, size, proof, subroot, tree.root(size))


def _flip(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value, "big") ^ (1 << bit)).to_bytes(len(value), "big")


@given(st.data())
@settings(deadline=None)
def test_a_flipped_bit_fails_every_proof(data: st.DataObject) -> None:
    size2 = data.draw(st.integers(2, 300))
    size1 = data.draw(st.integers(1, size2 - 1))
    tree = Tree(_leaves(size2))
    bit = data.draw(st.integers(0, 255))
    path = tree.inclusion(size1, size2)
    values = [tree.leaf(size1), tree.root(), *path]
    at = data.draw(st.integers(0, len(values) - 1))
    values[at] = _flip(values[at], bit)
    with pytest.raises(ProofError):
        verify_inclusion(values[0], size1, size2, values[2:], values[1])
    values = [tree.root(size1), tree.root(), *tree.consistency(size1)]
    at = data.draw(st.integers(0, len(values) - 1))
    values[at] = _flip(values[at], bit)
    with pytest.raises(ProofError):
        verify_consistency(size1, size2, values[2:], values[0], values[1])


def test_hostile_consistency_is_refused() -> None:
    with pytest.raises(ProofError, match="first size: got 0"):
        verify_consistency(0, 1, [], b"r" * 32, b"r" * 32)
    with pytest.raises(ProofError, match="got 31 bytes, want 32"):
        verify_consistency(2, 2, [], b"r" * 31, b"r" * 31)
    with pytest.raises(ProofError):
        verify_consistency(2, 2, [], b"r" * 32, b"s" * 32)
    with pytest.raises(ProofError, match=r"subtree of 1 leaves: got \[0, 2\)"):
        verify_consistency(2, 1, [], b"r" * 32, b"r" * 32)


# RFC 8032 section 7.1: secret key, public key, message, signature.
RFC8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC8032)
def test_ed25519_is_that_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    key, text = bytes.fromhex(secret), bytes.fromhex(message)
    assert public_key(key).hex() == public
    assert sign(key, text).hex() == signature
    assert ed25519_verify(bytes.fromhex(public), text, bytes.fromhex(signature))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 511))
@settings(max_examples=30, deadline=None)
def test_ed25519_agrees_with_openssl(secret: bytes, message: bytes, bit: int) -> None:
    peer = Ed25519PrivateKey.from_private_bytes(secret)
    signature = peer.sign(message)
    assert public_key(secret) == peer.public_key().public_bytes_raw()
    assert sign(secret, message) == signature
    assert ed25519_verify(public_key(secret), message, signature)
    assert not ed25519_verify(public_key(secret), message, _flip(signature, bit))
    assert not ed25519_verify(public_key(secret), message + b"x", signature)


@pytest.mark.parametrize("verify", [ed25519_verify, openssl.ed25519_verify])
def test_ed25519_is_strict_in_our_code_and_by_openssl(verify: SignatureCheck) -> None:
    secret, message = bytes(32), b"m"
    signature, public = sign(secret, message), public_key(secret)
    assert verify(public, message, signature)
    s = int.from_bytes(signature[32:], "little")
    assert not verify(public, message, signature[:32] + (s + ORDER).to_bytes(32, "little"))
    assert not verify(public, message, signature[:63])
    assert not verify(public[:31], message, signature)
    neutral = (1).to_bytes(32, "little")
    for small in (neutral, (1 + FIELD).to_bytes(32, "little"), (FIELD - 1).to_bytes(32, "little"), bytes(32)):
        assert not verify(small, message, neutral + bytes(32))
