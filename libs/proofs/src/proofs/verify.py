"""Offline verifier of Guitu case bundles, in one file (归途案卷离线验证).

Python 3.9 or later, standard library only, no network. Copy this file alone to an outside office and run

    python verify.py FILE --keys KEYS [--case ID] [--seen NOTE]... [--json] [--lang zh|en]

FILE is a case bundle or a C2SP tlog-proof of one event. KEYS holds what *you* trust, never taken from FILE: a C2SP
tlog-policy (logs, witnesses, quorum), or vkeys, one a line; without a quorum nothing is called proven.
Exit codes: 0 everything proven; 1 something fails and is named; 2 input not readable, or wrong usage; 3 witness pending
(待见证): nothing fails, but the quorum of your policy is not there, or you named none.

Everything above `read_arguments` is free of input and output: functions over bytes. The other modules of
`proofs` build on this one, so each rule exists once; that is also why the file is longer than others.

Sources: RFC 9162 (trees), RFC 8032 (Ed25519), GB/T 32905 (SM3), GB/T 32918 (SM2); C2SP signed-note, tlog-checkpoint,
tlog-cosignature, tlog-policy and tlog-proof.
"""

from __future__ import annotations

import argparse
import binascii
import glob
import hashlib
import io
import json
import os
import re
import stat
import sys
import unicodedata
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from functools import lru_cache, partial
from typing import Union, cast

HashFunction = Callable[[bytes], bytes]
HASH_SIZE = 32
MAX_ENTRY = 65_535
"""Bytes of one log entry: C2SP tlog-tiles gives its length as a uint16."""

# What is looked at, and said, is bounded: material comes from anybody.
MAX_FILE = 32 << 20
"""Bytes of a bundle, a proof, a note or a file of keys; a bundle of 500 events has less than one million."""
MAX_PARTS = 1_000_000
"""Values in the JSON of a bundle."""
MAX_LOGS = 100
MAX_NOTE = 65_536
"""Letters of a signed note."""
MOST_NAMED = 100
"""Things that a report names of one sort; the rest are counted."""
_MOST_LETTERS = 400

CLOCKS_DIFFER_S = 300
"""Seconds by which a cosignature may be ahead of the user's clock."""
_DAY_S = 86_400


class ProofError(ValueError):
    """A Merkle proof does not prove what it claims."""


class Told(ValueError):
    """What is wrong, said in English and, where given, in Chinese."""

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.zh = zh or en


class NoteError(Told):
    """A signed note is malformed or carries a false signature."""


class NoteUnverified(NoteError):
    """A signed note carries no signature of a known key."""


class WireError(ValueError):
    """Bytes are not a protobuf message."""


class EntryTooLarge(ValueError):
    """The canonical bytes of an event do not fit into a log entry."""


class PolicyError(Told):
    """A trust policy is malformed."""


class Unreadable(Told):
    """The input is no bundle, no proof, or no list of keys."""


def _zh(error: Exception) -> str:
    """The error in Chinese, where there is a text."""
    if isinstance(error, Told):
        return error.zh
    if not isinstance(error, OSError) or error.filename is None:
        return str(error)
    kinds = (
        (FileNotFoundError, "没有这个文件"),
        (IsADirectoryError, "是文件夹，不是文件"),
        (NotADirectoryError, "路径中有一段不是文件夹"),
        (PermissionError, "没有读取的权限"),
    )
    said = next((zh for kind, zh in kinds if isinstance(error, kind)), f"打不开（{error.strerror}）")
    return f"{error.filename}：{said}"


# --- Hashes ---


def sha256(data: bytes) -> bytes:
    """The SHA-256 digest, 32 bytes."""
    return hashlib.sha256(data).digest()


def _rotate(word: int, bits: int) -> int:
    bits %= 32
    return ((word << bits) | (word >> (32 - bits))) & 0xFFFFFFFF


def _sm3_compress(state: list[int], block: bytes) -> list[int]:
    w = [int.from_bytes(block[i : i + 4], "big") for i in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _rotate(w[j - 3], 15)
        w.append(x ^ _rotate(x, 15) ^ _rotate(x, 23) ^ _rotate(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        t = 0x79CC4519 if j < 16 else 0x7A879D8A
        ss1 = _rotate((_rotate(a, 12) + e + _rotate(t, j)) & 0xFFFFFFFF, 7)
        ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
        tt1 = (ff + d + (ss1 ^ _rotate(a, 12)) + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
        tt2 = (gg + h + ss1 + w[j]) & 0xFFFFFFFF
        a, b, c, d = tt1, a, _rotate(b, 9), c
        e, f, g, h = tt2 ^ _rotate(tt2, 9) ^ _rotate(tt2, 17), e, _rotate(f, 19), g
    return [old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h))]


def sm3_pure(data: bytes) -> bytes:
    """The SM3 digest (GB/T 32905) without OpenSSL, 32 bytes; slow."""
    state = [
        0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
    ]  # fmt: skip
    padded = data + b"\x80" + b"\x00" * ((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "big")
    for at in range(0, len(padded), 64):
        state = _sm3_compress(state, padded[at : at + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


def sm3_factory() -> HashFunction | None:
    """OpenSSL's SM3, None where this Python lacks it. Copying a ready object is faster than a look-up."""
    try:
        base = hashlib.new("sm3")
    except ValueError:
        return None

    def digest(data: bytes) -> bytes:
        copy = base.copy()
        copy.update(data)
        return copy.digest()

    return digest


sm3: HashFunction = sm3_factory() or sm3_pure
"""The SM3 digest, 32 bytes."""


def hash_function(name: str) -> HashFunction:
    """The function of a tree's hash, `sha256` or `sm3`."""
    if name == "sha256":
        return sha256
    if name == "sm3":
        return sm3
    raise ValueError(f"unknown hash: got {name!r}, want sha256 or sm3")


# --- Entries and trees (RFC 9162 section 2.1) ---


def canonical(meta: bytes, data: bytes) -> bytes:
    """The bytes a leaf commits to: 0x01, then `meta` and `data` as stored, each after its 4-byte length.

    Raises EntryTooLarge above 65,535 bytes in total.
    """
    size = 9 + len(meta) + len(data)
    if size > MAX_ENTRY:
        raise EntryTooLarge(f"log entry too large: got {size} bytes, want at most {MAX_ENTRY}")
    return b"\x01%b%b%b%b" % (len(meta).to_bytes(4, "big"), meta, len(data).to_bytes(4, "big"), data)


def leaf_hash(entry: bytes, hash: str = "sha256") -> bytes:
    """H(0x00 ‖ entry)."""
    return hash_function(hash)(b"\x00" + entry)


def require_digest(name: str, value: bytes) -> None:
    """Nothing, if `value` has the length of a digest; else ProofError."""
    if len(value) != HASH_SIZE:
        raise ProofError(f"{name}: got {len(value)} bytes, want {HASH_SIZE}")


def root_from_inclusion(
    leaf: bytes,
    index: int,
    size: int,
    proof: Sequence[bytes],
    *,
    hash: str = "sha256",
) -> bytes:
    """The root that follows if `leaf` is number `index` of `size` leaves. Requires 0 <= index < size.

    Raises ProofError for an index outside the tree, a proof too short or too long, a hash not of 32 bytes.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf index: got {index}, want 0 to {size - 1}")
    require_digest("leaf hash", leaf)
    inner = (index ^ (size - 1)).bit_length()
    want = inner + bin(index >> inner).count("1")
    if len(proof) != want:
        raise ProofError(f"inclusion proof: got {len(proof)} hashes, want {want}")
    h = hash_function(hash)
    root = leaf
    for level, sibling in enumerate(proof):
        if len(sibling) != HASH_SIZE:
            raise ProofError(f"proof element {level}: got {len(sibling)} bytes, want {HASH_SIZE}")
        if level < inner and not (index >> level) & 1:
            root = h(b"\x01" + root + sibling)
        else:
            root = h(b"\x01" + sibling + root)
    return root


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, *, hash: str = "sha256"
) -> None:
    """`leaf` is number `index` of the `size` leaves under `root`; raises ProofError otherwise."""
    require_digest("root", root)
    got = root_from_inclusion(leaf, index, size, proof, hash=hash)
    if got != root:
        raise ProofError(f"root from the inclusion proof: got {got.hex()}, want {root.hex()}")


def require_subtree(start: int, end: int) -> None:
    """Nothing, if leaves `start` to `end - 1` are a subtree of every larger tree; else ProofError."""
    if not 0 <= start < end or start & ((1 << (end - start - 1).bit_length()) - 1):
        raise ProofError(f"subtree: got [{start}, {end}), want a start aligned to its width")


def verify_subtree_inclusion(
    leaf: bytes,
    index: int,
    start: int,
    end: int,
    proof: Sequence[bytes],
    root: bytes,
    *,
    hash: str = "sha256",
) -> None:
    """`leaf` is number `index` of the log, inside the subtree [start, end) with `root`; raises ProofError."""
    require_subtree(start, end)
    verify_inclusion(leaf, index - start, end - start, proof, root, hash=hash)


def verify_subtree_consistency(
    start: int,
    end: int,
    size: int,
    proof: Sequence[bytes],
    subroot: bytes,
    root: bytes,
    *,
    hash: str = "sha256",
) -> None:
    """The subtree [start, end) with `subroot` is part of the tree of `size` leaves with `root`.

    Raises ProofError. An empty subtree is part of every tree. The walk of RFC 9162 section 2.1.4.2,
    widened from [0, m) to any subtree (draft-ietf-plants-merkle-tree-certs).
    """
    if not 0 <= start <= end <= size:
        raise ProofError(f"subtree of {size} leaves: got [{start}, {end})")
    if start == end:
        if proof or subroot != hash_function(hash)(b""):
            raise ProofError("empty subtree: want no proof, and the hash of nothing as root")
        return
    require_subtree(start, end)
    for name, value in (("first root", subroot), ("second root", root)):
        require_digest(name, value)
    for number, value in enumerate(proof):
        require_digest(f"proof element {number}", value)
    left, here, last = start, end - 1, size - 1
    while left != here and (here & 1 or end == size):
        left, here, last = left >> 1, here >> 1, last >> 1
    rest = list(proof)
    if left != here:
        if not rest:
            raise ProofError("consistency proof: got 0 hashes, want more")
        first = second = rest.pop(0)
    else:
        first = second = subroot
    h = hash_function(hash)
    for sibling in rest:
        if last == 0:
            raise ProofError(f"consistency proof: got {len(proof)} hashes, want fewer")
        if here & 1 or here == last:
            if left < here:
                first = h(b"\x01" + sibling + first)
            second = h(b"\x01" + sibling + second)
            while not here & 1:
                left, here, last = left >> 1, here >> 1, last >> 1
        else:
            second = h(b"\x01" + second + sibling)
        left, here, last = left >> 1, here >> 1, last >> 1
    if last != 0:
        raise ProofError(f"consistency proof: got {len(proof)} hashes, want more")
    if first != subroot:
        raise ProofError(f"first root from the consistency proof: got {first.hex()}, want {subroot.hex()}")
    if second != root:
        raise ProofError(f"second root from the consistency proof: got {second.hex()}, want {root.hex()}")


def verify_consistency(
    size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes, *, hash: str = "sha256"
) -> None:
    """The log of `size1` leaves is the beginning of that of `size2`. Requires 1 <= size1 <= size2.

    Raises ProofError. The empty tree is refused: it is consistent with everything and proves nothing.
    """
    if size1 < 1:
        raise ProofError(f"first size: got {size1}, want at least 1")
    verify_subtree_consistency(0, size1, size2, proof, root1, root2, hash=hash)


# --- Ed25519 (RFC 8032 section 5.1) ---

Point = tuple[int, int, int, int]
"""Extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z."""
Summand = tuple[int, int, int, int]
"""A point as `point_add` takes the second one: Y - X, Y + X, 2 Z, 2 d T."""

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, FIELD) % FIELD
_D2 = 2 * _D % FIELD
_SQRT_M1 = pow(2, (FIELD - 1) // 4, FIELD)
NEUTRAL: Point = (0, 1, 1, 0)


def summand(p: Point) -> Summand:
    """A point as it is added to many others."""
    return ((p[1] - p[0]) % FIELD, (p[1] + p[0]) % FIELD, 2 * p[2] % FIELD, p[3] * _D2 % FIELD)


def point_add(p: Point, q: Summand) -> Point:
    """The sum of two points of the curve."""
    x, y, z, t = p
    minus, plus, z2, t2d = q
    a, b, c, d = (y - x) * minus % FIELD, (y + x) * plus % FIELD, t * t2d % FIELD, z * z2 % FIELD
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD)


def point_double(p: Point) -> Point:
    """Twice a point of the curve."""
    x, y, z, _ = p
    a, b, s = x * x % FIELD, y * y % FIELD, x + y
    g, h = a - b, a + b
    e, f = h - s * s % FIELD, 2 * z * z % FIELD + g
    return (e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD)


def point_compress(p: Point) -> bytes:
    """The 32 bytes of a point."""
    inverse = pow(p[2], -1, FIELD)
    x, y = p[0] * inverse % FIELD, p[1] * inverse % FIELD
    return (y | (x & 1) << 255).to_bytes(32, "little")


def point_decompress(data: bytes) -> Point | None:
    """The point of 32 bytes; None if they are no point or not its canonical form."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if len(data) != 32 or y >= FIELD:
        return None
    u, v = (y * y - 1) % FIELD, (_D * y * y + 1) % FIELD
    x = u * pow(v, 3, FIELD) * pow(u * pow(v, 7, FIELD), (FIELD - 5) // 8, FIELD) % FIELD
    if v * x * x % FIELD != u:
        x = x * _SQRT_M1 % FIELD
        if v * x * x % FIELD != u:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = FIELD - x
    return (x, y, 1, x * y % FIELD)


def comb(p: Point) -> list[Summand]:
    """Of P, 2^64 P, 2^128 P and 2^192 P the sum of each choice, for `point_combine`: entry 5 is P + 2^128 P."""
    points = [NEUTRAL, p]
    for _ in range(3):
        for _ in range(64):
            p = point_double(p)
        other = summand(p)
        points += [point_add(one, other) for one in points]
    return [summand(one) for one in points]


def base_point() -> Point:
    """The generator B: y = 4/5, x even."""
    point = point_decompress((4 * pow(5, -1, FIELD) % FIELD).to_bytes(32, "little"))
    if point is None:
        raise AssertionError("4/5 is a point of edwards25519")
    return point


BASE_COMB = comb(base_point())


def point_combine(terms: Sequence[tuple[int, list[Summand]]]) -> Point:
    """The sum of scalar (below 2^256) times point, each point given by its `comb`. Not in constant time."""
    rows: list[tuple[list[Summand], list[int]]] = []
    for scalar, table in terms:
        bits = f"{scalar:0256b}"
        quarters = (bits[at : at + 64] for at in range(0, 256, 64))
        rows.append((table, [int("".join(column), 2) for column in zip(*quarters)]))
    # point_double and point_add, written out: calls and tuples are a fifth of the time of a verification
    field = FIELD
    x, y, z, t = NEUTRAL
    for at in range(64):
        a, b, s = x * x % field, y * y % field, x + y
        g, h = a - b, a + b
        e, f = h - s * s % field, 2 * z * z % field + g
        x, y, z, t = e * f % field, g * h % field, f * g % field, e * h % field
        for table, digits in rows:
            if digits[at]:
                minus, plus, z2, t2d = table[digits[at]]
                a, b, c, d = (y - x) * minus % field, (y + x) * plus % field, t * t2d % field, z * z2 % field
                e, f, g, h = b - a, d - c, d + c, b + a
                x, y, z, t = e * f % field, g * h % field, f * g % field, e * h % field
    return (x, y, z, t)


def key_point(public_key: bytes) -> Point | None:
    """The point of a public key; None for an encoding that is none or not canonical, and for a point of small order."""
    a = point_decompress(public_key)
    if a is None:
        return None
    x, y, z, _ = point_double(point_double(point_double(a)))
    return None if x == 0 and y == z else a


@lru_cache(maxsize=256)
def _key_comb(public_key: bytes) -> list[Summand] | None:
    """The comb of a public key, negated; None for a key that is none."""
    a = key_point(public_key)
    return None if a is None else comb((FIELD - a[0], a[1], 1, FIELD - a[3]))


# Bundles of one installation share their checkpoints; a pure function of bytes may remember its answers.
@lru_cache(maxsize=1024)
def ed25519_verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of `message` under `public_key`.

    Strict: S below the group order, canonical encodings only, no public key of small order, no cofactor.
    """
    if len(signature) != 64:
        return False
    table = _key_comb(public_key)
    s = int.from_bytes(signature[32:], "little")
    if table is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    return point_compress(point_combine(((s, BASE_COMB), (k, table)))) == signature[:32]


SignatureCheck = Callable[[bytes, bytes, bytes], bool]
"""`ed25519_verify`, or one that is as strict and faster where a library may be used."""


# --- SM2 (GB/T 32918.2, GM/T 0003.2; digest SM3, curve sm2p256v1 of GM/T 0003.5) ---

SM2_FIELD = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM2_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_SM2_A = SM2_FIELD - 3
_SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_SM2_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
SM2_ID = b"1234567812345678"
"""The signer's identity where none is agreed upon (GB/T 35276)."""

JacobianPoint = tuple[int, int, int]
"""X, Y, Z with x = X/Z², y = Y/Z³; Z = 0 is the point at infinity."""

_INFINITY: JacobianPoint = (1, 1, 0)


def _sm2_double(p: JacobianPoint) -> JacobianPoint:
    x, y, z = p
    delta, gamma = z * z % SM2_FIELD, y * y % SM2_FIELD
    beta = x * gamma % SM2_FIELD
    alpha = 3 * (x - delta) * (x + delta) % SM2_FIELD
    x3 = (alpha * alpha - 8 * beta) % SM2_FIELD
    y3 = (alpha * (4 * beta - x3) - 8 * gamma * gamma) % SM2_FIELD
    return (x3, y3, 2 * y * z % SM2_FIELD)


def _sm2_add(p: JacobianPoint, q: JacobianPoint) -> JacobianPoint:
    if not p[2]:
        return q
    if not q[2]:
        return p
    z1, z2 = p[2] * p[2] % SM2_FIELD, q[2] * q[2] % SM2_FIELD
    u1, u2 = p[0] * z2 % SM2_FIELD, q[0] * z1 % SM2_FIELD
    s1, s2 = p[1] * z2 * q[2] % SM2_FIELD, q[1] * z1 * p[2] % SM2_FIELD
    h, r = u2 - u1, s2 - s1
    if not h:
        return _INFINITY if r else _sm2_double(p)
    h2 = h * h % SM2_FIELD
    h3, v = h * h2 % SM2_FIELD, u1 * h2 % SM2_FIELD
    x3 = (r * r - h3 - 2 * v) % SM2_FIELD
    return (x3, (r * (v - x3) - s1 * h3) % SM2_FIELD, h * p[2] * q[2] % SM2_FIELD)


def _sm2_multiples(p: JacobianPoint) -> list[JacobianPoint]:
    table = [_INFINITY, p]
    while len(table) < 16:
        table.append(_sm2_add(table[-1], p))
    return table


_SM2_BASE_MULTIPLES = _sm2_multiples((*_SM2_G, 1))


def sm2_point(public_key: bytes) -> tuple[int, int] | None:
    """The point of X and Y in 32 bytes each; None if they are no point of the curve."""
    x, y = int.from_bytes(public_key[:32], "big"), int.from_bytes(public_key[32:], "big")
    if len(public_key) != 64 or x >= SM2_FIELD or y >= SM2_FIELD:
        return None
    return (x, y) if (y * y - (x * x + _SM2_A) * x - _SM2_B) % SM2_FIELD == 0 else None


@lru_cache(maxsize=64)
def _sm2_za(public_key: bytes, identity: bytes) -> bytes:
    curve = b"".join(n.to_bytes(32, "big") for n in (_SM2_A, _SM2_B, *_SM2_G))
    return sm3((8 * len(identity)).to_bytes(2, "big") + identity + curve + public_key)


def sm2_digest(public_key: bytes, message: bytes, identity: bytes = SM2_ID) -> bytes:
    """What an SM2 signature signs: e = SM3(ZA ‖ message), 32 bytes. `public_key` is X ‖ Y, 64 bytes."""
    return sm3(_sm2_za(public_key, identity) + message)


@lru_cache(maxsize=1024)
def sm2_verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (r ‖ s, 64 bytes) is that of `message` under `public_key` (X ‖ Y) and the default identity.

    GB/T 32918.2 section 7.1; r and s from 1 to the order less 1, the key a point of the curve.
    """
    point = sm2_point(public_key)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if point is None or len(signature) != 64 or not (0 < r < SM2_ORDER and 0 < s < SM2_ORDER):
        return False
    t = (r + s) % SM2_ORDER
    if not t:
        return False
    mine, total = _sm2_multiples((*point, 1)), _INFINITY
    for shift in range(252, -4, -4):
        if total[2]:
            total = _sm2_double(_sm2_double(_sm2_double(_sm2_double(total))))
        for scalar, table in ((s, _SM2_BASE_MULTIPLES), (t, mine)):
            digit = (scalar >> shift) & 15
            if digit:
                total = _sm2_add(total, table[digit])
    if not total[2]:
        return False
    x = total[0] * pow(total[2], -2, SM2_FIELD) % SM2_FIELD
    return (int.from_bytes(sm2_digest(public_key, message), "big") + x) % SM2_ORDER == r


# --- Signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ---

KIND_ED25519 = 0x01
KIND_COSIGNATURE = 0x04
KIND_OTHER = 0xFF
"""Kinds without a byte of their own: a longer identifier follows it."""
SM2_IDENTIFIER = b"guitu-sm2-v1"
"""Follows KIND_OTHER in an SM2 key, before X ‖ Y; stock verifiers skip the line as one of an unknown key."""
MAX_SIGNATURES = 100


def decode_base64(text: str) -> bytes:
    """The bytes of standard base64 with padding, in its one canonical form; ValueError otherwise."""
    try:
        raw = binascii.a2b_base64(text)
    except ValueError:
        raw = None
    # Only the canonical form survives the way back: a2b skips what is no base64.
    if raw is None or encode_base64(raw) != text:
        raise ValueError("not canonical base64")
    return raw


_to_base64 = partial(binascii.b2a_base64, newline=False)


def encode_base64(data: bytes) -> str:
    """Standard base64 with padding."""
    return _to_base64(data).decode()


def valid_key_name(name: str) -> bool:
    """Whether a key may have this name: not empty, no space, no plus sign, no control character."""
    return bool(name) and not any(c.isspace() or c == "+" or c < " " for c in name)


def key_id(name: str, kind: int, public_key: bytes) -> bytes:
    """The 4 bytes by which a signature line names its key; always SHA-256, whatever the tree's hash."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public_key)[:4]


@dataclass(frozen=True)
class VerifierKey:
    """A public key that somebody trusts: `name+<key id>+<base64 of kind and key>` in text."""

    name: str
    kind: int
    public_key: bytes

    @property
    def id(self) -> bytes:
        """The 4 bytes of the key id."""
        return key_id(self.name, self.kind, self.public_key)

    @property
    def sm2(self) -> bytes | None:
        """X ‖ Y of an SM2 key; None for a key of another kind."""
        if self.kind != KIND_OTHER or not self.public_key.startswith(SM2_IDENTIFIER):
            return None
        return self.public_key[len(SM2_IDENTIFIER) :]

    @property
    def is_known(self) -> bool:
        """Whether its signatures can be verified here."""
        return self.kind in (KIND_ED25519, KIND_COSIGNATURE) or self.sm2 is not None

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encode_base64(bytes([self.kind]) + self.public_key)}"


def parse_vkey(text: str) -> VerifierKey:
    """The key of one vkey line; NoteError if malformed or the id does not fit. Unknown kinds are kept."""
    name, _, rest = text.partition("+")
    identifier, _, encoded = rest.partition("+")
    try:
        raw = decode_base64(encoded)
    except ValueError:
        raw = b""
    if not valid_key_name(name) or not re.fullmatch("[0-9a-f]{8}", identifier) or len(raw) < 2:
        said = text[:80]
        raise NoteError(f"vkey: got {said!r}, want name+id+base64", f"公钥 {said!r} 应形如“名称+编号+base64”")
    key = VerifierKey(name, raw[0], raw[1:])
    if key.id.hex() != identifier:
        raise NoteError(
            f"key id of {name}: got {identifier}, want {key.id.hex()}",
            f"{name} 的公钥编号应为 {key.id.hex()}，实为 {identifier}",
        )
    if key.kind in (KIND_ED25519, KIND_COSIGNATURE) and point_decompress(key.public_key) is None:
        raise NoteError(
            f"public key of {name} is no point of edwards25519", f"{name} 的公钥不是 edwards25519 上的点"
        )
    if key.sm2 is not None and sm2_point(key.sm2) is None:
        raise NoteError(
            f"public key of {name} is no point of the SM2 curve", f"{name} 的公钥不是 SM2 曲线上的点"
        )
    return key


def _is_pin(line: str) -> bool:
    """Whether a line looks like one that only this verifier reads; misspelt it must not pass for a comment."""
    return line.lower().startswith("#guitu-")


def parse_vkeys(text: str) -> list[VerifierKey]:
    """The keys of a file: one vkey a line, empty lines and comments (#) skipped. NoteError."""
    lines = [line.strip() for line in text.split("\n")]
    for number, line in enumerate(lines, 1):
        if _is_pin(line):
            raise NoteError(
                f"line {number}: {line[:80]!r} belongs into a policy, which has a quorum line",
                f"第 {number} 行：{line[:80]!r} 只能写在见证规则里，而这里没有 quorum 行",
            )
    return [parse_vkey(line) for line in lines if line and not line.startswith("#")]


@dataclass(frozen=True)
class SignatureLine:
    """One line under a note: who is said to have signed, by which key, and the signature."""

    name: str
    key_id: bytes
    signature: bytes


def _signature_line(line: str) -> SignatureLine:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not valid_key_name(parts[1]):
        raise NoteError(f"signature line: got {line[:80]!r}, want '— name base64'")
    try:
        raw = decode_base64(parts[2])
    except ValueError as error:
        raise NoteError(f"signature of {parts[1]}: {error}") from error
    if len(raw) < 5:
        raise NoteError(f"signature of {parts[1]}: got {len(raw)} bytes, want at least 5")
    return SignatureLine(parts[1], raw[:4], raw[4:])


def split_note(note: str) -> tuple[str, list[SignatureLine]]:
    """The signed text (with its last newline) and the signature lines; NoteError if malformed."""
    if len(note) > MAX_NOTE:
        raise NoteError(f"note: got {len(note)} letters, want at most {MAX_NOTE}")
    if any((c < " " and c != "\n") or "\ud800" <= c <= "\udfff" for c in note):
        raise NoteError(
            "the note holds control characters or is no UTF-8", "签名文本含控制字符，或不是 UTF-8"
        )
    cut = note.rfind("\n\n")
    if cut < 0 or not note.endswith("\n") or cut + 2 == len(note):
        raise NoteError(
            "want a text, an empty line and signature lines, each ended by a newline",
            "应为正文、一个空行和若干签名行，每行以换行结束",
        )
    lines = note[cut + 2 : -1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"signature lines: got {len(lines)}, want at most {MAX_SIGNATURES}")
    return note[: cut + 1], [_signature_line(line) for line in lines]


@dataclass(frozen=True)
class Verified:
    """A signature that holds; `time` is a cosignature's, in seconds since 1970, else None."""

    key: VerifierKey
    time: int | None


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs: C2SP tlog-cosignature, header, time line, then the note's text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _verify_line(key: VerifierKey, text: str, signature: bytes, check: SignatureCheck) -> Verified:
    time: int | None = None
    message = text.encode()
    if key.kind == KIND_COSIGNATURE:
        time = int.from_bytes(signature[:8], "big")
        if time >= 1 << 63:
            raise NoteError(f"the cosignature of {key.name} ({key.id.hex()}) names no time")
        message, signature = cosigned_message(text, time), signature[8:]
    holds = (
        check(key.public_key, message, signature)
        if key.sm2 is None
        else sm2_verify(key.sm2, message, signature)
    )
    if not holds:
        raise NoteError(f"the signature of {key.name} ({key.id.hex()}) is false")
    return Verified(key, time)


def verify_note(
    note: str, vkeys: Sequence[VerifierKey], *, check: SignatureCheck = ed25519_verify
) -> tuple[Verified, ...]:
    """Who of `vkeys` signed the note, each key once, and each time of a witness. Lines of unknown keys and kinds are skipped.

    Raises NoteError if the note is malformed or a signature of a known key is false, NoteUnverified if no key
    is known.
    """
    text, lines = split_note(note)
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in vkeys:
        if known.setdefault((key.name, key.id), key) != key:
            raise NoteError(f"two different keys are named {key.name} ({key.id.hex()})")
    verified: dict[Verified, None] = {}
    for line in lines:
        found = known.get((line.name, line.key_id))
        if found is not None and found.is_known:
            verified[_verify_line(found, text, line.signature, check)] = None
    if not verified:
        raise NoteUnverified(
            f"no signature of a known key: got {', '.join(f'{s.name} ({s.key_id.hex()})' for s in lines)}"
        )
    return tuple(verified)


def parse_decimal(text: str) -> int:
    """A number of at most 63 bits in canonical decimal; NoteError otherwise."""
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) >= 1 << 63:
        raise NoteError(f"number: got {text[:40]!r}, want canonical decimal below 2^63")
    return int(text)


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log: its origin, how many entries, the tree's root, and further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """The hash of the tree: an SM3 log has an origin of its own."""
        return "sm3" if self.origin.endswith("/sm3") else "sha256"


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text (C2SP tlog-checkpoint); NoteError if malformed."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise NoteError("checkpoint: want origin, size, root and no empty line")
    try:
        root = decode_base64(lines[2])
    except ValueError as error:
        raise NoteError(f"root of the checkpoint: {error}") from error
    if len(root) != HASH_SIZE:
        raise NoteError(f"root of the checkpoint: got {len(root)} bytes, want {HASH_SIZE}")
    checkpoint = Checkpoint(lines[0], parse_decimal(lines[1]), root, tuple(lines[3:]))
    if checkpoint.size == 0 and root != hash_function(checkpoint.hash)(b""):
        raise NoteError("root of the empty log: want the hash of nothing")
    return checkpoint


HEADS_LINE = "stream-heads "
"""Begins the extension line of a checkpoint that commits the heads of all streams."""

SUBJECTS_LINE = "subject-streams "
"""Begins the extension line of a checkpoint that commits which streams speak of which subject."""

BUCKETS = 4096
MAP_KEY = 16
HEAD_RECORD = MAP_KEY + 8
"""Stream id, last version."""
SUBJECT_RECORD = MAP_KEY + HASH_SIZE
"""Key of the subject, hash of its streams."""


@dataclass(frozen=True)
class Bucket:
    """Bucket `index` of a map that a checkpoint commits: its records, and their inclusion proof among all buckets."""

    index: int
    records: bytes
    inclusion: tuple[bytes, ...]


def committed_root(checkpoint: Checkpoint, line: str) -> bytes:
    """The root of a map, from the checkpoint's line that begins so; NoteError unless it has exactly one."""
    lines = [one for one in checkpoint.extensions if one.startswith(line)]
    try:
        root = decode_base64(lines[0][len(line) :]) if len(lines) == 1 else b""
    except ValueError:
        root = b""
    if len(root) != HASH_SIZE:
        raise NoteError(f"{line}of the checkpoint: got {len(lines)} lines, want one with 32 bytes")
    return root


def bucket_of(key: bytes) -> int:
    """The bucket of a map's key (16 bytes): its first 12 bits."""
    return int.from_bytes(key[:2], "big") >> 4


def bucket_leaf(records: bytes) -> bytes:
    """The leaf of a bucket in the tree over all buckets, 32 bytes."""
    return sha256(b"\x00" + records)


def parse_records(bucket: int, records: bytes, width: int) -> dict[bytes, bytes]:
    """Value by key; ProofError unless the records of `width` bytes are sorted by key, each once, of this bucket.

    A value of zeros stands for none, so no record has it.
    """
    found: dict[bytes, bytes] = {}
    before = b""
    for at in range(0, len(records), width):
        key, value = records[at : at + MAP_KEY], records[at + MAP_KEY : at + width]
        if at + width > len(records) or key <= before or bucket_of(key) != bucket or not any(value):
            raise ProofError(f"record {at // width} of bucket {bucket} is malformed")
        found[key], before = value, key
    return found


def root_of_map(values: Mapping[bytes, bytes]) -> bytes:
    """The root over values by key (16 bytes each key), 32 bytes."""
    buckets: list[list[bytes]] = [[] for _ in range(BUCKETS)]
    for key in sorted(values):
        buckets[bucket_of(key)].append(key + values[key])
    row = [bucket_leaf(b"".join(records)) for records in buckets]
    while len(row) > 1:
        row = [sha256(b"\x01" + a + b) for a, b in zip(row[::2], row[1::2])]
    return row[0]


def verify_bucket(bucket: Bucket, root: bytes, width: int) -> dict[bytes, bytes]:
    """Value by key of a bucket that is proven under `root`; raises ProofError otherwise."""
    leaf = bucket_leaf(bucket.records)
    verify_inclusion(leaf, bucket.index, BUCKETS, bucket.inclusion, root)
    return parse_records(bucket.index, bucket.records, width)


def head_value(version: int) -> bytes:
    """A last version as the map of stream heads has it, 8 bytes."""
    return version.to_bytes(HEAD_RECORD - MAP_KEY, "big")


def subject_key(subject: bytes) -> bytes:
    """The key of a subject (16 bytes) in the map of subjects: a bucket names no subject to who does not know it."""
    return sha256(subject)[:MAP_KEY]


def streams_value(streams: Sequence[bytes]) -> bytes:
    """The streams (16 bytes each, ascending) of a subject as the map of subjects has them: their hash, 32 bytes."""
    return sha256(b"".join(streams))


def root_of_heads(last: Mapping[bytes, int]) -> bytes:
    """The root over the last versions of streams (16 bytes each), 32 bytes: what an honest checkpoint commits."""
    return root_of_map({stream: head_value(version) for stream, version in last.items()})


def root_of_subjects(streams: Mapping[bytes, Iterable[bytes]]) -> bytes:
    """The root over the streams by subject (16 bytes each), 32 bytes: what an honest checkpoint commits."""
    return root_of_map({subject_key(one): streams_value(sorted(set(of))) for one, of in streams.items()})


# --- Trust policies (C2SP tlog-policy): whose logs, whose cosignatures, and how many of them ---

NO_QUORUM = "none"
SM2_PIN = "#guitu-sm2"
"""Begins a line of a policy that pins an SM2 key of a log: to other tools, which know no such key, a comment."""
_MOST_NAMES = 256


@dataclass(frozen=True)
class Witness:
    """A witness of a policy: its name there, its key, and where it is asked; no URL is needed to verify."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True)
class Group:
    """A group has witnessed what at least `least` of its members (witnesses or earlier groups) have."""

    name: str
    least: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """What somebody trusts. `quorum` names a witness or a group, or is `none`: then no cosignature is asked for.

    `sm2`: the SM2 keys of logs, whose lines are wanted too.
    """

    logs: tuple[VerifierKey, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str
    sm2: tuple[VerifierKey, ...] = ()

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """The keys of the logs and of the witnesses."""
        return self.logs + self.sm2 + tuple(witness.key for witness in self.witnesses)

    def cosigners(self, signed: Sequence[Verified]) -> tuple[str, ...]:
        """Names of the witnesses whose cosignature is among the verified ones, in the policy's order."""
        by = {
            found.key for found in signed if found.time
        }  # 0 says nothing of the time, and so of the largest tree seen
        return tuple(witness.name for witness in self.witnesses if witness.key in by)

    def met(self, signed: Sequence[Verified]) -> bool:
        """Whether verified signatures reach the quorum."""
        if self.quorum == NO_QUORUM:
            return True
        have = set(self.cosigners(signed))
        for group in self.groups:  # members stand before their group
            if len(have.intersection(group.members)) >= group.least:
                have.add(group.name)
        return self.quorum in have

    def rule(self, lang: str = "zh") -> str:
        """The quorum in words."""
        if self.quorum == NO_QUORUM:
            return "不要求见证" if lang == "zh" else "no witness is asked for"
        return self._words(self.quorum, {group.name: group for group in self.groups}, lang)

    def _words(self, name: str, groups: dict[str, Group], lang: str) -> str:
        group = groups.get(name)
        if group is None:
            return _called(name, lang)
        least, count = group.least, len(group.members)
        if lang == "zh":
            how = "全部" if least == count else f"至少 {least} 个"
        else:
            how = "all of" if least == count else f"{least} of"
        separator = "、" if lang == "zh" else ", "
        parts = separator.join(self._words(member, groups, lang) for member in group.members)
        return f"{how}（{parts}）" if lang == "zh" else f"{how} ({parts})"


def is_policy(text: str) -> bool:
    """Whether a file of keys is a policy: it has a quorum line. A vkey has no space."""
    return any(line.split()[:1] == ["quorum"] for line in text.split("\n"))


class _PolicyReader:
    """Reads a policy line by line; each name is defined before it is used, and once."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: list[Witness] = []
        self.groups: list[Group] = []
        self.sm2: list[VerifierKey] = []
        self.quorum = ""
        self._names = {NO_QUORUM}
        self._members: set[str] = set()

    def line(self, items: Sequence[str]) -> None:
        kind, rest = items[0], items[1:]
        if kind == "log" and len(rest) in (1, 2):
            self.logs.append(self._key(rest[0], KIND_ED25519, [one.public_key for one in self.logs]))
        elif kind == "witness" and len(rest) in (2, 3):
            self._define(rest[0])
            key = self._key(rest[1], KIND_COSIGNATURE, [one.key.public_key for one in self.witnesses])
            self.witnesses.append(Witness(rest[0], key, rest[2] if len(rest) == 3 else ""))
        elif kind == "group" and len(rest) >= 3:
            self._group(rest[0], rest[1], rest[2:])
        elif kind == "quorum" and len(rest) == 1 and not self.quorum:
            if rest[0] not in self._names:
                raise PolicyError(
                    f"quorum: {rest[0]!r} is not defined before it", f"quorum：{rest[0]!r} 未在此前定义"
                )
            self.quorum = rest[0]
        else:
            said = " ".join(items)[:80]
            raise PolicyError(f"policy line: got {said!r}", f"规则中有一行无法识别或重复：{said!r}")

    def pin(self, items: Sequence[str]) -> None:
        """A line that pins an SM2 key: it must be one, since nobody may believe that it is checked when it is not."""
        key = (
            self._key(items[0], KIND_OTHER, [one.public_key for one in self.sm2]) if len(items) == 1 else None
        )
        if key is None or key.sm2 is None:
            said = " ".join(items)[:80]
            raise PolicyError(
                f"{SM2_PIN}: got {said!r}, want one SM2 vkey", f"{SM2_PIN} 后应为一把 SM2 公钥，实为 {said!r}"
            )
        self.sm2.append(key)

    def _define(self, name: str) -> None:
        if name in self._names or len(self._names) > _MOST_NAMES:
            raise PolicyError(
                f"name {name!r}: defined twice, or too many names", f"名称 {name!r} 定义了两次，或名称太多"
            )
        self._names.add(name)

    def _key(self, text: str, kind: int, had: Sequence[bytes]) -> VerifierKey:
        try:
            key = parse_vkey(text)
        except NoteError as error:
            raise PolicyError(str(error), error.zh) from error
        # kinds that came after this verifier are kept and sign nothing; those of the other role are a mistake
        if key.kind != kind and key.kind in (KIND_ED25519, KIND_COSIGNATURE):
            raise PolicyError(
                f"key of {key.name}: got kind {key.kind}, want {kind}",
                f"{key.name} 的公钥类型应为 {kind}，实为 {key.kind}",
            )
        if key.public_key in had:
            raise PolicyError(f"key of {key.name}: listed twice", f"{key.name} 的公钥列了两次")
        return key

    def _group(self, name: str, how: str, members: Sequence[str]) -> None:
        for member in members:
            if member not in self._names or member == NO_QUORUM:
                raise PolicyError(
                    f"group {name}: {member!r} is not defined before it",
                    f"组 {name}：成员 {member!r} 未在此前定义",
                )
            if member in self._members:
                raise PolicyError(
                    f"group {name}: {member!r} is already a member of a group",
                    f"组 {name}：{member!r} 已是某个组的成员",
                )
            self._members.add(member)
        self._define(name)
        least = {"all": len(members), "any": 1}.get(how, 0)
        if not least and re.fullmatch("[1-9][0-9]{0,3}", how):
            least = int(how)
        if not 1 <= least <= len(members):
            raise PolicyError(
                f"group {name}: got {how!r} of {len(members)} members",
                f"组 {name}：共 {len(members)} 个成员，人数要求不能是 {how!r}",
            )
        self.groups.append(Group(name, least, tuple(members)))


def parse_policy(text: str) -> Policy:
    """The policy of a file; PolicyError if malformed."""
    if "\r\n" in text:  # C2SP tlog-policy knows tab and newline alone
        raise PolicyError(
            "the policy has line ends of Windows (CRLF): save it with those of Unix (LF)",
            "见证规则的换行是 Windows 的（CRLF），请另存为 Unix 换行（LF）",
        )
    if any((c < " " and c not in "\t\n") or c == "\x7f" for c in text):
        raise PolicyError("the policy holds control characters", "见证规则含控制字符")
    reader = _PolicyReader()
    for number, line in enumerate(text.split("\n"), 1):
        items = re.split("[ \t]+", line.strip(" \t"))
        if items[0] == SM2_PIN:
            reader.pin(items[1:])
        elif _is_pin(items[0]):
            said = " ".join(items)[:80]
            raise PolicyError(
                f"line {number}: got {said!r}, want {SM2_PIN} and a key; a comment begins with '# '",
                f"第 {number} 行：应为 {SM2_PIN} 和一把公钥，实为 {said!r}；注释请以“# ”开头",
            )
        elif items[0] and not items[0].startswith("#"):
            reader.line(items)
    if not reader.quorum:
        raise PolicyError("want one quorum line", "应有一行 quorum")
    return Policy(
        tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups), reader.quorum, tuple(reader.sm2)
    )


def _is_material(text: str) -> bool:
    """Whether a file is a bundle, a proof or a checkpoint: no file of keys has such a line."""
    return text.lstrip().startswith(("{", PROOF_FORMAT)) or "\n\n— " in text


def parse_trust(text: str) -> tuple[list[VerifierKey], Policy | None]:
    """Keys and policy of a user's file: a tlog-policy, or vkeys alone and then no policy. NoteError, PolicyError."""
    if _is_material(text):
        raise NoteError(
            "a file given for its keys holds none, but is a bundle, a proof or a checkpoint: were the two files swapped?",
            "作为公钥给出的文件里没有公钥，而是案卷、证明或检查点：两份文件是否放反了？",
        )
    if not is_policy(text):
        return parse_vkeys(text), None
    policy = parse_policy(text)
    return list(policy.keys), policy


def joined_trust(texts: Sequence[str]) -> tuple[list[VerifierKey], Policy | None]:
    """Keys of all files, and the policy of the one that is one. NoteError, PolicyError where two are or no key is of a log.

    What witnesses alone are trusted for cannot be checked, and says nothing of the material.
    """
    keys: list[VerifierKey] = []
    policies: list[Policy] = []
    for text in texts:
        found, policy = parse_trust(text)
        keys += found
        policies += [policy] if policy else []
    if len(policies) > 1:
        raise PolicyError("two policies: which quorum is meant?", "给了两份见证规则，只能有一份")
    if all(key.kind == KIND_COSIGNATURE for key in keys):
        raise PolicyError(
            "the files given for their keys pin no key of any log: give that of the log too (log.vkey, logs.vkeys, "
            "trust.policy)",
            "给出的公钥文件里没有任何日志的公钥，无从核对；请再给出日志的公钥（log.vkey、logs.vkeys 或 trust.policy）",
        )
    return list(dict.fromkeys(keys)), policies[0] if policies else None


# --- Event metadata (protobuf wire format) ---

WireFields = dict[int, list["int | bytes"]]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    if at < len(data) and data[at] < 0x80:
        return data[at], at + 1
    value = 0
    for count in range(10):
        if at >= len(data):
            raise WireError("a number ends too early")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            if value >= 1 << 64:
                break
            return value, at
    raise WireError("a number has more than 64 bits")


def wire_fields(data: bytes) -> WireFields:
    """All fields of a protobuf message by number, in order; WireError for anything else, groups included."""
    fields: WireFields = {}
    at, end = 0, len(data)
    while at < end:
        tag, at = (data[at], at + 1) if data[at] < 0x80 else _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if number == 0 or number >= 1 << 29:
            raise WireError(f"field number: got {number}")
        value: int | bytes
        if kind == 0:
            value, at = (data[at], at + 1) if at < end and data[at] < 0x80 else _varint(data, at)
        else:
            if kind == 2:
                length, at = (data[at], at + 1) if at < end and data[at] < 0x80 else _varint(data, at)
            elif kind in (1, 5):
                length = 8 if kind == 1 else 4
            else:
                raise WireError(f"wire type of field {number}: got {kind}")
            if length > end - at:
                raise WireError(f"field {number} ends too early")
            value = data[at : at + length]
            at += length
        if number in fields:
            fields[number].append(value)
        else:
            fields[number] = [value]
    return fields


def _number(fields: WireFields, number: int) -> int:
    values = fields.get(number, [0])
    if len(values) != 1 or not isinstance(values[0], int):
        raise WireError(f"field {number}: want one number")
    return values[0]


def _bytes(fields: WireFields, number: int) -> bytes:
    values = fields.get(number, [b""])
    if len(values) != 1 or not isinstance(values[0], bytes):
        raise WireError(f"field {number}: want bytes, once")
    return values[0]


def _text(fields: WireFields, number: int) -> str:
    try:
        return _bytes(fields, number).decode()
    except UnicodeDecodeError as error:
        raise WireError(f"field {number}: no UTF-8") from error


def _uuid(fields: WireFields, number: int) -> uuid.UUID:
    raw = _bytes(fields, number)
    if len(raw) != 16:
        raise WireError(f"field {number}: got {len(raw)} bytes, want 16")
    return uuid.UUID(bytes=raw)


def _uuids(fields: WireFields, number: int) -> tuple[uuid.UUID, ...]:
    return tuple(_uuid({number: [value]}, number) for value in fields.get(number, []))


RECORDED_TOLERANCE_S = 60
"""Seconds by which an event may be recorded before one that stands in front of it in its log, at most.

The time is read as a command begins, the place follows from when its transaction first writes: of what was under way at once
the later may come first. A transaction that is not done within 30 s is undone.
"""
_TOLERANCE_NS = RECORDED_TOLERANCE_S * 1_000_000_000


@dataclass(frozen=True)
class EventMeta:
    """The fields of corrections.common.v1.EventMeta that bind an event to its place.

    `recorded_at` is in nanoseconds since 1970.
    """

    stream_id: uuid.UUID
    version: int
    event_id: uuid.UUID
    type: str
    recorded_at: int
    subject: uuid.UUID
    service: str
    causation_id: uuid.UUID | None = None
    about: tuple[uuid.UUID, ...] = ()

    def speaks_of(self, subject: uuid.UUID) -> bool:
        """Whether the event says of itself that it is about the subject."""
        return self.subject == subject or subject in self.about


def _recorded_at(fields: WireFields) -> int:
    recorded = wire_fields(_bytes(fields, 7))
    seconds = _number(recorded, 1)
    if seconds >= 1 << 63:
        seconds -= 1 << 64
    return seconds * 1_000_000_000 + _number(recorded, 2)


@lru_cache(maxsize=8192)
def parse_meta(meta: bytes) -> EventMeta:
    """The place of an event, from its stored metadata; WireError if it is none or names a field twice."""
    fields = wire_fields(meta)
    return EventMeta(
        stream_id=_uuid(fields, 1),
        version=_number(fields, 2),
        event_id=_uuid(fields, 3),
        type=_text(fields, 4),
        recorded_at=_recorded_at(fields),
        subject=_uuid(fields, 8),
        service=_text(fields, 19),
        causation_id=_uuid(fields, 10) if _bytes(fields, 10) else None,
        about=_uuids(fields, 20) if 20 in fields else (),
    )


# --- Case bundles (docs/reference/bundle.md) ---

BUNDLE_FORMAT = "guitu-bundle-v3"
REPORT_FORMAT = "guitu-report-v1"


@dataclass(frozen=True)
class BundleEvent:
    """One event with its stored bytes and its inclusion proof under the log's checkpoint."""

    seq: int
    version: int
    meta: bytes
    data: bytes
    inclusion: tuple[bytes, ...]


@dataclass(frozen=True)
class BundleStream:
    """All events of one stream."""

    stream_id: uuid.UUID
    events: tuple[BundleEvent, ...]


@dataclass(frozen=True)
class CaseStreams:
    """Which streams of a log speak of the case, ascending; `bucket` of the map of subjects holds or would hold their hash."""

    bucket: Bucket
    streams: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class BundleLog:
    """What one service's log says about the case, under one signed checkpoint.

    `named`: the streams that the checkpoint commits as those of the case; `heads`: the buckets of the stream heads that
    hold the streams listed.
    """

    service: str
    checkpoint: str
    named: CaseStreams
    heads: tuple[Bucket, ...]
    streams: tuple[BundleStream, ...]


@dataclass(frozen=True)
class Bundle:
    """A case bundle. What stands outside notes and event bytes, like `made_at`, is the maker's word alone."""

    installation: str
    case_id: uuid.UUID
    made_at: str
    logs: tuple[BundleLog, ...]


_JSON_KINDS: dict[type, tuple[str, str]] = {
    dict: ("an object", "对象"),
    list: ("a list", "列表"),
    bool: ("true or false", "真假值"),
    int: ("a number", "数"),
    type(None): ("null", "空值"),
}


class _Json:
    """A JSON value that knows its place; each reader raises Unreadable, naming the place."""

    def __init__(self, value: object, name: str, above: _Json | None = None) -> None:
        self._value, self._name, self._above = value, name, above

    @property
    def _place(self) -> str:
        return self._name if self._above is None else self._above._place + self._name

    def _refuse(self, want: str, zh: str) -> Unreadable:
        text = f"{self._value[:40]!r}" if isinstance(self._value, str) else ""
        got = (text, text) if text else _JSON_KINDS[type(self._value)]
        return Unreadable(
            f"{self._place}: want {want}, got {got[0]}", f"{self._place} 应为{zh}，实为{got[1]}"
        )

    def field(self, name: str) -> _Json:
        if not isinstance(self._value, dict) or name not in self._value:
            raise self._refuse(f"an object with {name!r}", f"含 {name!r} 的对象")
        return _Json(cast("dict[str, object]", self._value)[name], f".{name}", self)

    def items(self, most: int = MAX_PARTS) -> list[_Json]:
        if not isinstance(self._value, list):
            raise self._refuse("a list", "列表")
        values = cast("list[object]", self._value)
        if len(values) > most:
            raise self._refuse(f"at most {most} items", f"至多 {most} 项的列表")
        return [_Json(value, f"[{number}]", self) for number, value in enumerate(values)]

    def text(self, pattern: str = "[^\x00-\x1f]*") -> str:
        if not isinstance(self._value, str) or not re.fullmatch(pattern, self._value):
            raise self._refuse(f"text like {pattern}", f"形如 {pattern} 的文字")
        return self._value

    def note(self) -> str:
        if not isinstance(self._value, str) or re.search("[\ud800-\udfff]", self._value):
            raise self._refuse("text without half a surrogate pair", "文字，且不含半个代理对（surrogate）")
        return self._value

    def number(self) -> int:
        if type(self._value) is not int or not 0 <= self._value < 1 << 63:
            raise self._refuse("a number from 0 to 2^63-1", " 0 至 2^63-1 的整数")
        return self._value

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(self.text("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))

    def raws(self) -> tuple[bytes, ...]:
        values = self._value
        try:
            if isinstance(values, list):
                texts = cast("list[str]", values)
                found = tuple(map(binascii.a2b_base64, texts))
                # `decode_base64` of all at once
                if b"".join(map(_to_base64, found)).decode() == "".join(texts):
                    return found
        except (TypeError, ValueError):
            pass  # said with its place by raw
        return tuple(item.raw() for item in self.items())

    def raw(self) -> bytes:
        try:
            return decode_base64(self._value if isinstance(self._value, str) else "?")
        except ValueError as error:
            raise self._refuse("canonical base64", "规范的 base64") from error


def read_text(data: bytes, what: str) -> str:
    """The text of a file; Unreadable if it is too large, no UTF-8, or begins with a byte order mark."""
    if len(data) > MAX_FILE:
        raise Unreadable(f"{what}: more than {MAX_FILE} bytes", f"{what}：文件超过 {MAX_FILE} 字节")
    if data.startswith(b"\xef\xbb\xbf"):
        raise Unreadable(
            f"{what}: begins with a byte order mark (BOM): save it as UTF-8 without one",
            f"{what}：文件开头有字节序标记（BOM），请另存为不带 BOM 的 UTF-8",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{what}: no UTF-8 at byte {error.start}", f"{what}：第 {error.start} 字节起不是 UTF-8"
        ) from error


def _no_double_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        [name] = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1][:1]
        raise Unreadable(
            f"JSON: an object names {name[:40]!r} twice", f"JSON：同一对象里字段 {name[:40]!r} 出现两次"
        )
    return fields


def _whole_number(digits: str) -> int:
    if len(digits) > 20:  # how many Python takes, and how long it works on them, depends on its version
        raise Unreadable(f"JSON: a number of {len(digits)} digits", f"JSON：有一个 {len(digits)} 位的数")
    return int(digits)


def _no_number(text: str) -> object:
    raise Unreadable(f"JSON: {text[:40]} is no whole number", f"JSON：{text[:40]} 不是整数")


def _parse_json(data: bytes, what: str) -> _Json:
    """The value of JSON in UTF-8; Unreadable says why it is none."""
    text = read_text(data, what)
    parts = sum(map(data.count, (b"[", b"{", b",")))
    if parts > MAX_PARTS:
        raise Unreadable(
            f"{what}: {parts} values, want at most {MAX_PARTS}",
            f"{what}：内有 {parts} 个值，至多 {MAX_PARTS} 个",
        )
    try:
        value: object = json.loads(
            text,
            object_pairs_hook=_no_double_keys,
            parse_int=_whole_number,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except RecursionError:
        raise Unreadable("JSON: nested too deeply", "JSON：嵌套太深") from None
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"no JSON: {error}", f"不是 JSON：第 {error.lineno} 行第 {error.colno} 列"
        ) from error
    return _Json(value, what)


def _parse_event(event: _Json) -> BundleEvent:
    return BundleEvent(
        seq=event.field("seq").number(),
        version=event.field("version").number(),
        meta=event.field("meta").raw(),
        data=event.field("data").raw(),
        inclusion=event.field("inclusion").raws(),
    )


def _parse_stream(stream: _Json) -> BundleStream:
    return BundleStream(
        stream_id=stream.field("stream_id").uuid(),
        events=tuple(_parse_event(event) for event in stream.field("events").items()),
    )


def _parse_named(named: _Json) -> CaseStreams:
    return CaseStreams(
        bucket=_parse_bucket(named),
        streams=tuple(stream.uuid() for stream in named.field("streams").items()),
    )


def _parse_bucket(bucket: _Json) -> Bucket:
    return Bucket(
        index=bucket.field("bucket").number(),
        records=bucket.field("records").raw(),
        inclusion=tuple(item.raw() for item in bucket.field("inclusion").items()),
    )


def _parse_log(log: _Json) -> BundleLog:
    return BundleLog(
        service=log.field("service").text("[a-z][a-z0-9-]{0,62}"),
        checkpoint=log.field("checkpoint").note(),
        named=_parse_named(log.field("subject")),
        heads=tuple(_parse_bucket(bucket) for bucket in log.field("heads").items()),
        streams=tuple(_parse_stream(stream) for stream in log.field("streams").items()),
    )


def parse_bundle(data: bytes) -> Bundle:
    """The bundle in its JSON bytes; Unreadable, with the place, if it is none. Proves nothing."""
    root = _parse_json(data, "bundle")
    root.field("format").text(re.escape(BUNDLE_FORMAT))
    return Bundle(
        installation=root.field("installation").text("[A-Za-z0-9][A-Za-z0-9._-]{0,62}"),
        case_id=root.field("case_id").uuid(),
        made_at=root.field("made_at").text("[0-9T:.Z+-]{10,40}"),
        logs=tuple(_parse_log(log) for log in root.field("logs").items(MAX_LOGS)),
    )


# --- Findings and report ---

# Code: (Chinese, English). Codes are stable for ever.
TEXTS: dict[str, tuple[str, str]] = {
    "CASE_NOT_ASKED_FOR": (
        "案卷不是所要查验的案件：应为 {expected}，实为 {got}",
        "another case: want {expected}, got {got}",
    ),
    "NOTHING_TO_PROVE": ("没有任何事件，无从证明", "no event, so nothing is proven"),
    "LISTED_TWICE": (
        "同一服务、事件流、末版表分格或日志列了不止一次：{got}",
        "a service, stream, bucket of the stream heads or log is listed more than once: {got}",
    ),
    "KEY_NOT_PINNED": (
        "使用者的公钥表里没有名为 {expected} 的日志公钥",
        "the user's keys hold no log key named {expected}",
    ),
    "CHECKPOINT_UNREADABLE": ("检查点格式不对：{got}", "the checkpoint is malformed: {got}"),
    "CHECKPOINT_NOT_SIGNED": (
        "检查点没有可信公钥的签名（密钥可能被替换）：应由 {expected} 签名，实际签名者为 {got}",
        "the checkpoint is not signed by a trusted key (replaced key?): want {expected}, got {got}",
    ),
    "CHECKPOINT_FALSE_SIGNATURE": (
        "检查点的签名是假的：{got}",
        "a signature of the checkpoint is false: {got}",
    ),
    "CHECKPOINT_WITHOUT_SM2": (
        "检查点没有使用者信任的国密（SM2）签名行：应由 {expected} 签名",
        "the checkpoint lacks the SM2 line of a trusted key: want {expected}",
    ),
    "CHECKPOINT_OF_OTHER_LOG": (
        "检查点属于另一个日志：应为 {expected}，实为 {got}",
        "the checkpoint is of another log: want {expected}, got {got}",
    ),
    "CHECKPOINT_OLD": (
        "检查点比事件旧：日志序号 {got} 不在检查点的 {expected} 条之内",
        "the checkpoint is older than the event: position {got} is not among its {expected} entries",
    ),
    "CHECKPOINT_OLDER_THAN_SEEN": (
        "检查点比使用者已见过的旧：已见 {expected} 条，此处只有 {got} 条",
        "the checkpoint is older than one already seen: seen {expected} entries, here {got}",
    ),
    "CHECKPOINT_FORKED": (
        "同一日志同样条数有两个不同的根（分叉）：已见 {expected}，此处 {got}",
        "two roots of one log at one size (fork): seen {expected}, here {got}",
    ),
    "LOG_FORKED": (
        "日志的开头与使用者留存的检查点不符（分叉或改写）：留存的根 {expected}，此处 {got}",
        "the log does not begin with the one already seen (fork or rewritten): root seen {expected}, here {got}",
    ),
    "TILE_MISSING": ("日志的文件不全：缺 {got}", "a file of the log is missing: {got}"),
    "TILE_WRONG": ("日志的文件与其条目不符：{got}", "a file of the log does not fit its entries: {got}"),
    "TILES_NOT_SIGNED": (
        "日志的条目与签名的检查点不符：{got}",
        "the entries of the log are not those that were signed: {got}",
    ),
    "HEADS_NOT_COMMITTED": (
        "检查点没有写明各事件流的末版（stream-heads 行）：{got}",
        "the checkpoint commits no stream heads: {got}",
    ),
    "HEADS_NOT_IN_CHECKPOINT": (
        "末版表第 {got} 格与检查点所写的不符（被改、被换，或来自另一检查点）：{expected}",
        "bucket {got} of the stream heads is not the one that the checkpoint commits: {expected}",
    ),
    "HEADS_DIFFER": (
        "检查点写明的各事件流末版与日志条目不符（末尾的事件可能被隐去）：依条目为 {expected}，检查点写 {got}",
        "the stream heads of the checkpoint do not follow from its entries (events hidden?): want {expected}, got {got}",
    ),
    "STREAM_NOT_IN_HEADS": (
        "案卷里的事件流在检查点的末版表中不存在",
        "a stream of the bundle is not among the stream heads of the checkpoint",
    ),
    "HEADS_NOT_SHOWN": (
        "案卷没有附上事件流 {expected} 所在的末版表第 {got} 格，不能证明没有遗漏",
        "bucket {got} of the stream heads, for stream {expected}, is not in the bundle: completeness is not proven",
    ),
    "SUBJECTS_NOT_COMMITTED": (
        "检查点没有写明哪些事件流关于本案（subject-streams 行），不能证明没有遗漏：{got}",
        "the checkpoint does not commit which streams speak of the case, so completeness is not proven: {got}",
    ),
    "SUBJECTS_NOT_IN_CHECKPOINT": (
        "所涉表第 {got} 格不是检查点为本案所写的那一格（被改、被换，或来自另一检查点）：{expected}",
        "bucket {got} of the subjects is not the one that the checkpoint commits for the case: {expected}",
    ),
    "SUBJECTS_DIFFER": (
        "检查点写明的各案事件流与日志条目不符（可能隐去了事件流）：应为 {expected}，检查点写 {got}",
        "the streams by subject of the checkpoint do not follow from its entries (streams hidden?): want {expected}, got {got}",
    ),
    "STREAM_LIST_FALSE": (
        "案卷所写的本案事件流名单与检查点不符（名单被删改）：检查点的指纹 {expected}，名单的指纹 {got}",
        "the list of the case's streams is not the one that the checkpoint commits (cut or edited): want hash {expected}, "
        "got {got}",
    ),
    "STREAM_LEFT_OUT": (
        "关于本案的事件流被整个略去：检查点写明有它，案卷里没有",
        "a stream that speaks of the case is left out: the checkpoint names it, the bundle does not hold it",
    ),
    "LOG_LEFT_OUT": (
        "使用者信任其公钥的日志 {expected} 不在本材料里，不能证明其中没有有关的记录",
        "the log {expected}, whose key the user trusts, is not in the material: it may hold what matters",
    ),
    "LAST_EVENT_MISSING": (
        "末尾的事件被去掉了：检查点写明末版是 {expected}，案卷只到 {got}",
        "the last events are missing: the checkpoint says that version {expected} is the last, the bundle ends at {got}",
    ),
    "EVENT_BEYOND_HEAD": (
        "事件多于检查点写明的末版：末版是 {expected}，案卷到 {got}",
        "events beyond the last version {expected} that the checkpoint says, the bundle ends at {got}",
    ),
    "EVENT_MISSING": (
        "中间的事件缺失：此处应为版本 {expected}，实为 {got}",
        "an event is missing: want version {expected} here, got {got}",
    ),
    "EVENTS_REORDERED": (
        "事件次序被打乱：此处应为版本 {expected}，实为 {got}",
        "the events are out of order: want version {expected} here, got {got}",
    ),
    "EVENT_TWICE": (
        "同一事件流的同一版本在日志里不止一次：此处应为版本 {expected}，实为 {got}（可以给不同的人看不同的一份）",
        "a version of a stream is in the log twice, so each reader could be shown another one: want version {expected} here, "
        "got {got}",
    ),
    "POSITION_BACKWARDS": (
        "日志序号没有随版本增大：应大于 {expected}，实为 {got}",
        "the log position does not grow with the version: want more than {expected}, got {got}",
    ),
    "RECORDED_BACKWARDS": (
        "记录时间早于日志中排在它前面的事件：不得早于 {expected}，此处 {got}（1970 年起纳秒）",
        "recorded before an event in front of it in the log: want {expected} or later, got {got} (ns since 1970)",
    ),
    "EVENT_NOT_IN_LOG": (
        "事件与签名的日志不符（内容被改、被换或被移动）：签名的根 {expected}，算得 {got}",
        "not in the signed log (changed, replaced or moved): signed root {expected}, computed {got}",
    ),
    "PROOF_MALFORMED": ("包含证明不成立：{got}", "the inclusion proof is malformed: {got}"),
    "EVENT_TOO_LARGE": ("事件超过日志条目上限：{got}", "the event exceeds a log entry: {got}"),
    "META_UNREADABLE": ("事件元数据无法读取：{got}", "the event's metadata is not readable: {got}"),
    "META_STREAM": (
        "事件自身写明属于另一个事件流：应为 {expected}，实为 {got}",
        "the event names another stream: want {expected}, got {got}",
    ),
    "META_VERSION": (
        "事件自身写明的版本不同：案卷写 {expected}，事件写 {got}",
        "the event names another version: the bundle says {expected}, the event {got}",
    ),
    "META_EVENT_ID": ("事件编号不符：应为 {expected}，实为 {got}", "event id: want {expected}, got {got}"),
    "META_SERVICE": (
        "事件自身写明属于另一个服务：应为 {expected}，实为 {got}",
        "the event names another service: want {expected}, got {got}",
    ),
    "STREAM_OF_OTHER_CASE": (
        "事件流里没有一个事件属于本案，也与本案事件没有因果关系：本案 {expected}，所载为 {got}",
        "no event of the stream is about the case, caused one that is, or was caused by one: want {expected}, got {got}",
    ),
}

STATE_PROVEN, STATE_PENDING, STATE_FAILED = "PROVEN", "WITNESS_PENDING", "FAILED"
LENT = (
    "只说明材料与本平台自己保管的公钥相符，能发现改动和差错，不能防平台自己：平台换了公钥和规则，这里也会相符。要自己把关，请从别的途径"
    "（纸面、官方网站）取得公钥，与本文件核对，存成您自己的文件，用 --keys 给出。",
    "This shows that the material agrees with keys that the platform itself keeps: changes and errors are found, but it is no "
    "guard against the platform, which could have replaced keys and quorum. For that get the keys by another way (paper, an official "
    "site), compare, keep your own file, and give it with --keys.",
)
NO_POLICY = (
    "见证规则：您没有给出（tlog-policy 中的 quorum 行）。",
    "Quorum: you named none (the quorum line of a tlog-policy).",
)
INDEX_FROM_0 = (
    "日志序号从 0 起：序号 0 是日志的第一条。",
    "An index counts from 0: index 0 is the first entry of the log.",
)

# What a result means, in one sentence: Chinese, English.
MEANING: dict[str, tuple[str, str]] = {
    STATE_PROVEN: (
        "逐项核对，全部相符，见证也达到您的规则。下面写明证明了什么、没有证明什么。",
        "Everything was checked and agrees, and your quorum is met. What that proves, and what not, stands below.",
    ),
    STATE_PENDING: (
        "逐项核对，全部相符；但见证人的签名还不够，所以现在不能称为“已证明”。待见证只关系到证明，"
        "不影响当事人：解除矫正等决定照法定日期生效。",
        "Everything was checked and agrees, but cosignatures are missing: not to be called proven yet. That concerns the "
        "proof and never the person: a release takes effect on its legal day.",
    ),
    STATE_FAILED: (
        "有不符之处，整份材料都不能作为已证明的材料使用。请保存这份文件和这份报告，另行索取后再验。",
        "Something does not agree, so nothing in this material may be used as proven. Keep the file and this report, ask "
        "for another and check that.",
    ),
}
NOT_JUDGED = (
    "逐项核对，全部相符；但您没有给出见证规则，无从判断见证是否足够，所以现在不能称为“已证明”。请用 --policy 给出写明见证规则的文件"
    "（如 trust.policy），再验一次。这只关系到证明，不影响当事人：解除矫正等决定照法定日期生效。",
    "Everything was checked and agrees, but you named no quorum, so nobody can tell whether enough witnesses signed: not to be "
    "called proven yet. Give a file that names one (trust.policy, for example) with --policy and check again. That concerns the "
    "proof and never the person: a release takes effect on its legal day.",
)
"""What pending means where the user gave no policy: then it is not the witnesses who are missing."""
BOUND = (
    "见证人签名所写的时间以前，所列内容已经存在；记录时间本身是平台的时钟所写，除此之外没有独立的证明。",
    "What is listed existed by the time in each witness's cosignature. Recorded times are by the platform's clock; beyond this "
    "nothing independent proves them.",
)
WITNESSED = (
    "见证规则要求的见证人确认：日志是在他们先前所见之上续写的，没有改写；他们看到的与您看到的是同一部历史。",
    "The witnesses of your quorum found each log to continue what they had seen: not rewritten, and they saw the same history "
    "as you.",
)
UNWITNESSED = (
    "日志有没有改写、有没有给不同的人看不同的历史：您的见证规则没有要求任何见证人。",
    "That a log was not rewritten, nor shown to others in another version: your quorum asks for no witness.",
)
WHO = (
    "见证人是否诚实、是否各自独立，所列公钥是否真属于名称所示的机关：这要由您从别的途径核实。",
    "That the witnesses are honest and independent of each other, and that a key belongs to the office in its name: that is "
    "for you to find out by another way.",
)
BUNDLE_PROVES = (
    (
        "所列的每个事件都在签名的日志里，一个字节没有改，先后位置没有动。",
        "Every event listed is in the signed logs, byte for byte, at its place.",
    ),
    (
        "所列的每个事件流从第 1 版到检查点写明的末版，中间没有缺，末尾没有少。",
        "Every stream listed is whole, from version 1 to the last one that the checkpoint names: none is missing inside "
        "or at the end.",
    ),
    (
        "您信任的每个日志里，凡写明关于本案的事件流（人员、往来文书、通知也在内）都已列入，或由检查点证明没有。",
        "Every stream of every log that you trust which says that it is about the case, the person's, the exchanges' and the "
        "notices' too, is listed, or proven by the checkpoint not to exist.",
    ),
    (
        "记录时间没有倒退：同一事件流里从不变小；同一日志里所列的事件，不比排在前面的早 60 秒以上（同时在办的允许这么多）。",
        "Recorded times do not fall: never within a stream, nor by more than 60 seconds (what was under way at once) behind any "
        "event listed in front of it in the same log.",
    ),
    BOUND,
    WITNESSED,
)
BUNDLE_NOT_PROVEN = (
    (
        "所记的事是否属实。只证明有人这样记了、何时记的、此后没有改过。",
        "That the recorded facts are true: only that somebody recorded them, when, and that nothing was changed since.",
    ),
    (
        "加密的个人信息写的是什么。证明针对密文；密钥依法销毁以后，证明仍然成立。",
        "What encrypted personal fields say: the proof is of the ciphertext, and holds after the key was destroyed.",
    ),
    (
        "没有写明关于本案、只在文字里提到本案的记录（如他案的案卷）是否都已列入；起因不在案卷里的，起因本身没有写明关于本案。",
        "That records are listed which mention the case in their text alone (another case, for example). A cause that is not "
        "in the bundle does not say that it is about the case.",
    ),
    (
        "同一事件流的同一版本，在日志里是否只有一个：只有核对整份日志（tiles）才看得出。",
        "That the log holds each version of a stream only once: that shows only who checks the whole log (tiles).",
    ),
    (
        "检查点之后发生的事，以及案卷的制作时间（制作者自述）。",
        "What happened after the checkpoint, and when the bundle was made (the maker's word).",
    ),
    WHO,
)


def _plain(text: str) -> str:
    """The text without characters that could steer a terminal."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _language(lang: str) -> int:
    return 0 if lang == "zh" else 1


LINE = 80
"""Columns of a report; a Chinese letter takes two."""

# Services as people call them.
SERVICES_ZH = {
    "handoff": "移送",
    "intake": "接收",
    "supervision": "监管",
    "education": "教育",
    "assistance": "帮扶",
    "audit": "存证",
    "administration": "法规",
}
WITNESSES_ZH = {"procuratorate": "检察院", "court": "法院", "prison": "监狱"}
_UNIT = re.compile(r"[\x21-\x7e]+[，。；：、）”]*|.[，。；：、）”]*")


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def fold(text: str, *, first: str = "", rest: str = "", width: int = LINE) -> list[str]:
    """The text in lines of at most `width` columns, broken at blanks and between Chinese letters.

    `first` begins the first line, `rest` the others. No line begins with a closing mark; what is longer than a line is
    cut.
    """
    lines, line, empty = list[str](), first, True
    for found in _UNIT.findall(_plain(text)):
        unit: str = found
        if not empty and columns(line) + columns(unit) > width:
            lines.append(line.rstrip())
            line, empty = rest, True
        if empty and unit == " ":
            continue  # a line begins with a word
        while columns(line) + columns(unit) > width:
            room = width - columns(line)
            lines.append(line + unit[:room])
            line, unit = rest, unit[room:]
        line, empty = line + unit, False
    return [*lines, line.rstrip()]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The cells, numbers at the right of their column, words at the left."""
    padded = [
        " " * (width - columns(cell)) + cell if cell.isdigit() else cell + " " * (width - columns(cell))
        for cell, width in zip(cells, widths)
    ]
    return ("    " + "  ".join(padded)).rstrip()


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(columns(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [_row([_plain(cell) for cell in row], widths) for row in rows]


class _Paper:
    """A report for people: numbered parts, lines of at most LINE columns."""

    def __init__(self, lang: str, title: tuple[str, str], state: str, meaning: tuple[str, str]) -> None:
        self._lang, self._word, self._parts, self._told = lang, _language(lang), 0, False
        results = {
            STATE_PROVEN: ("成立。", "proven."),
            STATE_PENDING: ("待见证。", "witness pending."),
            STATE_FAILED: ("不成立。", "NOT proven."),
        }
        result = results[state][self._word]
        self.lines = [title[self._word], f"结果：{result}" if lang == "zh" else f"Result: {result}"]
        self.lines += fold(meaning[self._word], first="    ", rest="    ")

    def part(self, zh: str, en: str) -> None:
        """A new part begins."""
        numbers = "一二三四五六七八九"
        head = f"{numbers[self._parts]}、{zh}" if self._lang == "zh" else f"{self._parts + 1}. {en}"
        self._parts += 1
        self.lines += ["", *fold(head)]

    def say(self, zh: str, en: str) -> None:
        """A line."""
        self.lines += fold(zh if self._lang == "zh" else en, first="    ", rest="      ")

    def pairs(self, pairs: Sequence[tuple[str, str, str]]) -> None:
        """Names and values below each other: Chinese name, English name, value."""
        width = max(columns(pair[self._word]) for pair in pairs)
        for pair in pairs:
            name = pair[self._word]
            begin = f"    {name}{' ' * (width - columns(name))}  "
            self.lines += fold(pair[2], first=begin, rest=" " * columns(begin))

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Cells below each other, the first row is the head; where they find no room, one below the other."""
        lines = _table(rows)
        if max(map(columns, lines)) <= LINE:
            self.lines += lines
            return
        head, *others = rows
        for row in others:
            self.say(row[0], row[0])
            self.pairs([(f"  {name}", f"  {name}", cell) for name, cell in zip(head[1:], row[1:])])

    def numbered(self, sentences: Sequence[tuple[str, str]]) -> None:
        """Sentences with their numbers."""
        for number, sentence in enumerate(sentences, 1):
            begin = f"    {number}. "
            self.lines += fold(sentence[self._word], first=begin, rest=" " * len(begin))

    def keys(self, vkeys: Sequence[str], policy: Policy | None, *, lent: bool) -> None:
        """The part that says whom the user trusts, and what that is worth where the platform lent him the keys."""
        if lent:
            self.part(
                "凭谁的公钥核对（没有用 --keys 给出：用的是本平台自己的公钥和见证规则）",
                "Against whose keys (no --keys: the platform's own keys and its own quorum)",
            )
            self.say(*LENT)
        else:
            self.part(
                "凭谁的公钥核对（由您用 --keys 给出，不取自本材料）",
                "Against whose keys (yours, by --keys; none is taken from the material)",
            )
        kinds = {KIND_ED25519: "Ed25519", KIND_COSIGNATURE: "见证" if self._lang == "zh" else "witness"}
        named: dict[str, list[str]] = {}
        for key in map(parse_vkey, vkeys):
            kind = "SM2" if key.sm2 is not None else kinds.get(key.kind, f"0x{key.kind:02x}")
            named.setdefault(key.name, []).append(f"{kind} {key.id.hex()}")
        if named:
            self.pairs([(name, name, ", ".join(kinds_)) for name, kinds_ in named.items()])
        if policy is None:
            self.say(*NO_POLICY)
        else:
            self.say(f"见证规则：{policy.rule('zh')}", f"Quorum: {policy.rule('en')}")

    def witnesses(self, logs: Sequence[Witnessed], policy: Policy | None, stated: int | None) -> None:
        """The part that says who cosigned which log when, and which logs lack cosignatures.

        `stated`: what the material itself says of when it was made, seconds since 1970.
        """
        if policy is None or not policy.witnesses:
            return
        self.part(
            "见证：所列时刻之前，该日志检查点内的事件已经存在",
            "Witnesses: at the time shown the events under the log's checkpoint existed",
        )
        rows: list[list[str]] = []
        times: list[int] = []
        for log in logs:
            by = {(s.name, s.key_id): s for s in log.signatures if s.time is not None}
            signed = [by.get((one.key.name, one.key.id.hex())) for one in policy.witnesses]
            times += [one.time for one in signed if one and one.counted and one.time]
            rows.append([log.name, *("—" if one is None else _minute(one) for one in signed)])
        zh = self._lang == "zh"
        names = [WITNESSES_ZH.get(one.name, one.name) if zh else one.name for one in policy.witnesses]
        self.table([["日志" if zh else "log", *names], *rows])
        self.say("以上为协调世界时（UTC）。", "Times are UTC.")
        if any(cell.endswith("*") for row in rows for cell in row):
            self.say(
                "* 这个签名写的时间晚于核对的时刻，或没有写时间：不计入。见证人的时钟或您的时钟不准，可用 --now 指定核对的时刻。",
                "* Dated after the time of this check, or not at all: not counted. A clock is wrong, the witness's or "
                "yours; --now names the time of the check.",
            )
        self._lacking(logs, policy)
        self._clocks(stated, times)

    def _lacking(self, logs: Sequence[Witnessed], policy: Policy) -> None:
        for log in logs:
            if log.enough:
                continue
            have = {(s.name, s.key_id) for s in log.signatures if s.time is not None and s.counted}
            by = [one.name for one in policy.witnesses if (one.key.name, one.key.id.hex()) in have]
            self.say(
                f"{log.name}：还缺见证，已见证的有 {'、'.join(_called(one, 'zh') for one in by) or '（无）'}。",
                f"{log.name}: cosignatures are missing, cosigned by {', '.join(by) or 'nobody'}.",
            )

    def _clocks(self, stated: int | None, times: Sequence[int]) -> None:
        """Why the time that the platform states is not that of the witnesses, where they lie a day apart."""
        if stated is None or not times:
            return
        apart = max(abs(stated - min(times)), abs(stated - max(times))) // _DAY_S
        if apart:
            self.say(
                f"平台写的时间与见证的时间相差 {apart} 天：前者取自平台的时钟，后者取自各见证机关自己的时钟。演示系统的平台时钟"
                "可以任意设定，与真实日期相差很远也是正常的；正式系统如有这样的相差，应当追问原因。能证明的是见证的时间。",
                f"The time that the platform states and that of the witnesses lie {apart} {'day' if apart == 1 else 'days'} "
                "apart: the first is of the platform's clock, the second of each witness's own. The clock of a "
                "demonstration is set by hand and may lie far from the real day; elsewhere ask why. What is proven is the "
                "witnesses' time.",
            )

    def findings(self, findings: Sequence[Finding], count: int, titles: Mapping[str, str] | None) -> None:
        """The part that names what does not agree, and how much of it is not named."""
        if not findings:
            return
        self.part(f"不符之处（{count} 处）", f"What does not agree ({count})")
        for number, finding in enumerate(findings, 1):
            begin = f"    {number}. "
            text = f"{finding.text(self._lang, titles)} [{finding.code}]"
            self.lines += fold(text, first=begin, rest=" " * len(begin))
        self.unnamed(count - len(findings))
        if any(finding.seq is not None for finding in findings):
            self._indexed()

    def causes(self, report: Report, titles: Mapping[str, str] | None) -> None:
        """The part that names the events whose cause is elsewhere."""
        count = report.causes_elsewhere_count
        if not count:
            return
        self.part(
            f"起因不在案卷里的事件（{count} 个）", f"Events whose cause is not in this bundle ({count})"
        )
        for one in report.causes_elsewhere:
            title = (titles or {}).get(one.type, one.type)
            self.say(
                f"{_called(one.service, 'zh')}，日志序号 {one.seq}，{title}：起因为 {one.cause}",
                f"{one.service}, index {one.seq}, {one.type}: caused by {one.cause}",
            )
        self.unnamed(count - len(report.causes_elsewhere))
        self._indexed()

    def links(self, report: Report) -> None:
        """The part that names the streams that do not say themselves that they are about the case."""
        count = report.links_open_count
        if not count:
            return
        self.part(
            f"关联待建立的事件流（{count} 个）", f"Streams whose link to the case is not yet made ({count})"
        )
        self.say(
            "下列事件流引起了本案的事件，或由其引起，但自身没有写明关乎本案；所列事件都已核对，但检查点没有承诺它属于本案。"
            "刚开启本案的往来稍后会写明；一直没有写明的，由 guitu case trail 指出。",
            "These streams caused an event of the case or were caused by one, but do not say that they are about it; the events "
            "listed are checked, but no checkpoint commits that the stream belongs to the case. An exchange that has just opened "
            "the case will say so; guitu case trail tells where it never did.",
        )
        for one in report.links_open:
            self.say(
                f"{_called(one.service, 'zh')}，事件流 {one.stream_id}",
                f"{one.service}, stream {one.stream_id}",
            )
        self.unnamed(count - len(report.links_open))

    def _indexed(self) -> None:
        """From what an index counts, once in a report."""
        if not self._told:
            self.say(*INDEX_FROM_0)
        self._told = True

    def unnamed(self, count: int) -> None:
        """How many more there are than are named, if any."""
        if count > 0:
            self.say(f"……另有 {count} 处，不再逐一列出。", f"… and {count} more, not named here.")

    def ends(
        self,
        report: AnyReport,
        proves: Sequence[tuple[str, str]],
        not_proven: Sequence[tuple[str, str]],
    ) -> str:
        """The last two parts, and the whole text. Where no witness was asked for none is said to have confirmed."""
        state = report.state
        if report.policy is not None and report.policy.quorum == NO_QUORUM:
            proves = [sentence for sentence in proves if sentence is not WITNESSED]
            not_proven = [*not_proven, UNWITNESSED]
        if state == STATE_PROVEN:
            self.part("证明了什么", "What is proven")
            self.numbered(proves)
        elif state == STATE_PENDING:
            if report.policy is None:
                self.part(
                    "给出见证规则、见证达到规则之后，将证明什么",
                    "What will be proven once you name a quorum and the witnesses meet it",
                )
            else:
                self.part("见证足够之后，将证明什么", "What will be proven once enough witnesses have signed")
            self.numbered(proves)
        self.part("没有证明什么", "What is not proven")
        self.numbered(not_proven)
        return "\n".join(_plain(line) for line in self.lines) + "\n"


@dataclass(frozen=True)
class Witnessed:
    """Who signed the checkpoint of a log, named as people call it, and whether that is enough for the user's quorum."""

    name: str
    signatures: Sequence[Signature]
    enough: bool


@dataclass(frozen=True)
class Shown:
    """What is particular to one kind of report; the rest is drawn the same for all.

    `facts`: names and values (Chinese name, English name, value). `table`: the logs, the head first. `notes`: sentences
    below it. `stated`: when the platform says that the material was made, seconds since 1970.
    """

    title: tuple[str, str]
    proves: Sequence[tuple[str, str]]
    not_proven: Sequence[tuple[str, str]]
    witnessed: Sequence[Witnessed]
    facts: Sequence[tuple[str, str, str]] = ()
    table: Sequence[Sequence[str]] = ()
    notes: Sequence[tuple[str, str]] = ()
    stated: int | None = None


def _drawn(report: AnyReport, shown: Shown, lang: str, titles: Mapping[str, str] | None) -> str:
    unjudged = report.state == STATE_PENDING and report.policy is None
    paper = _Paper(lang, shown.title, report.state, NOT_JUDGED if unjudged else MEANING[report.state])
    if shown.facts:
        paper.part("验证的是什么", "What was verified")
        paper.pairs(shown.facts)
    paper.keys(report.keys, report.policy, lent=report.keys_lent)
    if shown.table:
        paper.part("逐个日志核对", "Log by log")
        paper.table(shown.table)
        for note in shown.notes:
            paper.say(*note)
    for origin in report.not_compared:
        paper.say(
            f"没有比对：您留存的检查点属于 {origin}，本材料里没有这个日志。",
            f"Not compared: the checkpoint that you kept is of {origin}, a log that is not in this material.",
        )
    paper.witnesses(shown.witnessed, report.policy, shown.stated)
    if isinstance(report, Report):
        paper.causes(report, titles)
        paper.links(report)
    paper.findings(report.findings, report.failed, titles)
    return paper.ends(report, shown.proves, shown.not_proven)


def _minute(signature: Signature) -> str:
    """When a witness signed, to the minute; with a star where that does not count."""
    at = _utc(signature.time or 0)
    return at[:16].replace("T", " ") + ("" if signature.counted else "*")


def _instant(text: str) -> int | None:
    """Seconds since 1970 of an instant in RFC 3339; None where it is none."""
    try:
        at = datetime.fromisoformat(re.sub("[Zz]$", "+00:00", text))
    except ValueError:
        return None
    return None if at.tzinfo is None else int(at.timestamp())


def _called(name: str, lang: str) -> str:
    """A service or witness as people call it."""
    known = SERVICES_ZH.get(name) or WITNESSES_ZH.get(name)
    return f"{known} {name}" if lang == "zh" and known else name


def _kinds(signatures: Sequence[Signature], lang: str) -> str:
    """With what the log itself signed: Ed25519, SM2."""
    kinds = [s.kind for s in signatures if s.time is None]
    return "+".join(kinds) or ("无" if lang == "zh" else "none")


def _enough(witnessed: bool, policy: Policy | None, lang: str) -> str:
    """Whether a checkpoint has the quorum, in a table's cell; nobody can tell where the user named none."""
    zh, en = ("未判断", "not judged") if policy is None else ("够", "yes") if witnessed else ("不够", "no")
    return zh if lang == "zh" else en


@dataclass(frozen=True)
class Finding:
    """One thing that fails, and where. Empty or None where the place has no such part."""

    code: str
    service: str = ""
    stream_id: str = ""
    seq: int | None = None
    version: int | None = None
    type: str = ""
    expected: str = ""
    got: str = ""

    def place(self, lang: str = "zh", titles: Mapping[str, str] | None = None) -> str:
        """Where, in words; `titles` are what people call the types of events."""
        zh = lang == "zh"
        parts: list[str] = [self.service] if self.service else []
        if self.seq is not None:
            parts.append(f"日志序号 {self.seq}" if zh else f"index {self.seq}")
        if self.version is not None:
            parts.append(f"版本 {self.version}" if zh else f"version {self.version}")
        if self.type:
            title = (titles or {}).get(self.type, "") if zh else ""
            parts.append(f"“{title}”（{self.type}）" if title else self.type)
        if self.stream_id:
            parts.append(f"事件流 {self.stream_id}" if zh else f"stream {self.stream_id}")
        return _plain(("，" if zh else ", ").join(parts))

    def text(self, lang: str = "zh", titles: Mapping[str, str] | None = None) -> str:
        """Where and what, in one sentence, `zh` or `en`."""
        what = TEXTS[self.code][_language(lang)].format(expected=self.expected, got=self.got)
        place = self.place(lang, titles)
        colon = "：" if lang == "zh" else ": "
        return _plain(f"{place}{colon}{what}" if place else what)


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"


class Findings:
    """What fails: the first MOST_NAMED are kept, all are counted. Nobody's input makes a report endless."""

    def __init__(self) -> None:
        self.named: list[Finding] = []
        self.count = 0

    def add(self, finding: Finding) -> None:
        """One more thing fails."""
        self.count += 1
        if len(self.named) < MOST_NAMED:
            kind, expected, got = _short(finding.type), _short(finding.expected), _short(finding.got)
            self.named.append(replace(finding, type=kind, expected=expected, got=got))


@dataclass(frozen=True)
class Signature:
    """Who signed a checkpoint, and how: Ed25519, SM2, witness. `time`: of a cosignature, seconds since 1970.

    A cosignature that is dated in the future, or not at all, is not counted.
    """

    name: str
    key_id: str
    time: int | None
    kind: str = "Ed25519"
    counted: bool = True


@dataclass(frozen=True)
class StreamReport:
    """One stream as checked."""

    stream_id: str
    last_version: int
    events: int


@dataclass(frozen=True)
class LogReport:
    """One service's log as checked; size 0 and no signatures if its checkpoint does not hold."""

    service: str
    origin: str
    size: int
    root: str
    signatures: tuple[Signature, ...]
    streams: tuple[StreamReport, ...]
    witnessed: bool = False


def _state(findings: Sequence[Finding], witnessed: bool) -> str:
    """FAILED if something does, else PROVEN or WITNESS_PENDING."""
    if findings:
        return STATE_FAILED
    return STATE_PROVEN if witnessed else STATE_PENDING


def _utc(seconds: int) -> str:
    """An instant in RFC 3339, UTC; the number itself where the calendar has no such day."""
    try:
        return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):
        return str(seconds)


@dataclass(frozen=True)
class OpenCause:
    """An event about the case that names as its cause an event outside the bundle: a link that another must show."""

    service: str
    seq: int
    type: str
    event_id: str
    cause: str


@dataclass(frozen=True)
class OpenLink:
    """A stream of the bundle that does not say that it is about the case: it only caused an event that is, or was caused by one."""

    service: str
    stream_id: str


@dataclass(frozen=True)
class Report:
    """What was checked, against which keys, and what fails.

    `failed` things fail, of which `findings` names the first MOST_NAMED; so with `causes_elsewhere` and `links_open` and
    their counts.
    """

    installation: str
    case_id: str
    made_at: str
    keys: tuple[str, ...]
    logs: tuple[LogReport, ...]
    findings: tuple[Finding, ...]
    policy: Policy | None = None
    causes_elsewhere: tuple[OpenCause, ...] = ()
    failed: int = 0
    causes_elsewhere_count: int = 0
    links_open: tuple[OpenLink, ...] = ()
    links_open_count: int = 0
    keys_lent: bool = False
    not_compared: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """FAILED, WITNESS_PENDING (nothing fails, cosignatures are missing) or PROVEN."""
        return _state(self.findings, bool(self.logs) and all(log.witnessed for log in self.logs))

    @property
    def proven(self) -> bool:
        """Whether nothing fails and every checkpoint has the quorum of the user's policy."""
        return self.state == STATE_PROVEN

    def json(self) -> str:
        """The report as JSON, keys in a fixed order; findings carry their text in both languages."""
        return _report_json(REPORT_FORMAT, self)

    def text(self, lang: str = "zh", titles: Mapping[str, str] | None = None) -> str:
        """The report for people, `zh` or `en`; `titles` are what they call the types of events."""
        zh = lang == "zh"
        head = (
            ["日志", "检查点条数", "事件流", "事件", "日志签名", "见证"]
            if zh
            else ["log", "checkpoint", "streams", "events", "signed by log", "witnessed"]
        )
        made = f"{self.made_at}（制作者自述）" if zh else f"{self.made_at} (the maker's word)"
        shown = Shown(
            ("归途案卷离线验证", "Offline verification of a Guitu case bundle"),
            BUNDLE_PROVES,
            BUNDLE_NOT_PROVEN,
            [Witnessed(_called(log.service, lang), log.signatures, log.witnessed) for log in self.logs],
            facts=[
                ("案件", "case", self.case_id),
                ("平台", "installation", self.installation),
                ("制作", "made at", made),
            ],
            table=[head, *(self._row(log, lang) for log in self.logs)],
            stated=_instant(self.made_at),
        )
        return _drawn(self, shown, lang, titles)

    def _row(self, log: LogReport, lang: str) -> list[str]:
        return [
            _called(log.service, lang),
            str(log.size),
            str(len(log.streams)),
            str(sum(stream.events for stream in log.streams)),
            _kinds(log.signatures, lang),
            _enough(log.witnessed, self.policy, lang),
        ]


def _report_json(form: str, report: AnyReport) -> str:
    fields = asdict(report)
    del fields["policy"]
    for finding, entry in zip(report.findings, fields["findings"]):
        entry["text_zh"], entry["text_en"] = finding.text("zh"), finding.text("en")
    head = {
        "format": form,
        "proven": report.proven,
        "state": report.state,
        "quorum": report.policy.rule("en") if report.policy else "",
    }
    return json.dumps({**head, **fields}, ensure_ascii=False, indent=1)


# --- Verification of a bundle ---


def verify_signed(
    note: str,
    origin: str,
    signer: str,
    vkeys: Sequence[VerifierKey],
    what: str,
    check: SignatureCheck = ed25519_verify,
) -> tuple[str, tuple[Verified, ...], Finding | None]:
    """The note's text and who signed it; a finding if the key named `signer` did not, or the origin differs.

    `what` begins the finding's code. Of a checkpoint the SM2 line is wanted too where the user pinned an SM2 key of
    that name.
    """
    try:
        text, lines = split_note(note)
    except NoteError as error:
        return "", (), Finding(f"{what}_UNREADABLE", got=str(error))
    mine = [key for key in vkeys if key.name == signer]
    if not any(key.kind == KIND_ED25519 for key in mine):
        return "", (), Finding("KEY_NOT_PINNED", expected=signer)
    if text.split("\n", 1)[0] != origin:
        return "", (), Finding(f"{what}_OF_OTHER_LOG", expected=origin, got=text.split("\n", 1)[0])
    try:
        verified = verify_note(note, vkeys, check=check)
    except NoteUnverified:
        verified = ()
    except NoteError as error:
        return "", (), Finding(f"{what}_FALSE_SIGNATURE", got=str(error))
    if not any(v.key.name == signer and v.key.kind == KIND_ED25519 for v in verified):
        want = ", ".join(f"{key.name} ({key.id.hex()})" for key in mine if key.kind == KIND_ED25519)
        got = ", ".join(f"{line.name} ({line.key_id.hex()})" for line in lines)
        return "", (), Finding(f"{what}_NOT_SIGNED", expected=want, got=got)
    sm2 = [key for key in mine if key.sm2 is not None]
    if what == "CHECKPOINT" and sm2 and not any(v.key in sm2 for v in verified):
        want = ", ".join(f"{key.name} ({key.id.hex()})" for key in sm2)
        return "", (), Finding("CHECKPOINT_WITHOUT_SM2", expected=want)
    return text, verified, None


class _Case:
    """What the events about the case say of others: their own ids, and those of the events that caused them."""

    def __init__(self, bundle: Bundle) -> None:
        self._subject = bundle.case_id
        self._events: set[uuid.UUID] = set()
        self._causes: set[uuid.UUID] = set()
        self._listed: set[uuid.UUID] = set()
        self._caused: list[tuple[str, int, EventMeta]] = []
        self.links_open: list[OpenLink] = []
        for log in bundle.logs:
            for stream in log.streams:
                about = [self._add(log.service, event) for event in stream.events]
                if about and not any(about):
                    self.links_open.append(OpenLink(log.service, str(stream.stream_id)))

    def causes_elsewhere(self) -> tuple[tuple[OpenCause, ...], int]:
        """The events about the case whose cause is not in the bundle: the first ones, and how many they are."""
        found = [one for one in self._caused if one[2].causation_id not in self._listed]
        named = (
            OpenCause(service, seq, _short(meta.type), str(meta.event_id), str(meta.causation_id))
            for service, seq, meta in found[:MOST_NAMED]
        )
        return tuple(named), len(found)

    def _add(self, service: str, event: BundleEvent) -> bool:
        """Whether the event says that it is about the case."""
        try:
            meta = parse_meta(event.meta)
        except WireError:
            return False  # named by _LogCheck
        self._listed.add(meta.event_id)
        if not meta.speaks_of(self._subject):
            return False
        self._events.add(meta.event_id)
        if meta.causation_id is not None:
            self._causes.add(meta.causation_id)
            self._caused.append((service, event.seq, meta))
        return True

    def has(self, meta: EventMeta) -> bool:
        """Whether the event is about the case, caused an event that is, or was caused by one."""
        if meta.speaks_of(self._subject) or meta.event_id in self._causes:
            return True
        return meta.causation_id in self._events


@dataclass(frozen=True)
class _Trust:
    """Whom the user trusts, how signatures are verified, and the time (seconds since 1970) where it is known."""

    vkeys: Sequence[VerifierKey]
    policy: Policy | None
    check: SignatureCheck
    now: int | None

    def counts(self, signed: Verified) -> bool:
        """Whether a signature may count. C2SP lets a verifier reject a cosignature dated in the future.

        Such a one is evidence of no time at all, and 0 says nothing of the largest tree that the witness had seen.
        """
        if signed.time is None:
            return True
        return signed.time > 0 and (self.now is None or signed.time <= self.now + CLOCKS_DIFFER_S)

    def witnessed(self, signers: Sequence[Verified]) -> bool:
        """Whether the signatures that count reach the quorum; without a policy they never do."""
        return self.policy is not None and self.policy.met([one for one in signers if self.counts(one)])

    def signatures(self, signers: Sequence[Verified]) -> tuple[Signature, ...]:
        """The signatures as a report shows them."""
        kinds = {KIND_ED25519: "Ed25519", KIND_COSIGNATURE: "witness"}
        return tuple(
            Signature(s.key.name, s.key.id.hex(), s.time, kinds.get(s.key.kind, "SM2"), self.counts(s))
            for s in signers
        )


class _LogCheck:
    """The check of one log of a bundle: collects findings, each with service, and the event at hand."""

    def __init__(
        self,
        bundle: Bundle,
        log: BundleLog,
        trust: _Trust,
        case: _Case,
        findings: Findings,
        origin: str = "",
    ) -> None:
        self._findings = findings
        self._shown = {bucket.index for bucket in log.heads}
        self._trust = trust
        self._case = case
        self._bundle = bundle
        self._log = log
        self._metas: dict[bytes, EventMeta | WireError] = {}
        self._backwards: set[bytes] = set()
        self._origin = origin or f"guitu/{bundle.installation}/{log.service}"
        self.checkpoint, self.signers = self._open_checkpoint()

    def _find(
        self,
        code: str,
        *,
        stream: BundleStream | None = None,
        event: BundleEvent | None = None,
        expected: object = "",
        got: object = "",
    ) -> None:
        meta = self._meta(event) if event else None
        self._findings.add(
            Finding(
                code,
                service=self._log.service,
                stream_id=str(stream.stream_id) if stream else "",
                seq=event.seq if event else None,
                version=event.version if event else None,
                type=meta.type if isinstance(meta, EventMeta) else "",
                expected=str(expected),
                got=str(got),
            )
        )

    def _meta(self, event: BundleEvent) -> EventMeta | WireError:
        if event.meta not in self._metas:
            try:
                self._metas[event.meta] = parse_meta(event.meta)
            except WireError as error:
                self._metas[event.meta] = error
        return self._metas[event.meta]

    def _open_checkpoint(self) -> tuple[Checkpoint | None, tuple[Verified, ...]]:
        note, origin = self._log.checkpoint, self._origin
        text, signers, failure = verify_signed(
            note, origin, origin, self._trust.vkeys, "CHECKPOINT", self._trust.check
        )
        if failure is not None:
            self._find(failure.code, expected=failure.expected, got=failure.got)
            return None, ()
        try:
            return parse_checkpoint(text), signers
        except NoteError as error:
            self._find("CHECKPOINT_UNREADABLE", got=error)
            return None, ()

    def compare_with_seen(self, seen: Checkpoint) -> None:
        """A finding if the user has already seen a longer log, or the same length with another root."""
        mine = self.checkpoint
        if mine is None or seen.origin != mine.origin:
            return
        if mine.size < seen.size:
            self._find("CHECKPOINT_OLDER_THAN_SEEN", expected=seen.size, got=mine.size)
        elif mine.size == seen.size and (mine.root, mine.extensions) != (seen.root, seen.extensions):
            want, got = (" ".join((one.root.hex(), *one.extensions)) for one in (seen, mine))
            self._find("CHECKPOINT_FORKED", expected=want, got=got)

    def check(self) -> LogReport:
        """Everything in the log is checked; what fails is in `findings`."""
        heads = self._open_heads()
        self._check_named()
        for stream in self._log.streams:
            self._check_head(stream, heads)
            self._check_versions(stream)
            self._check_case(stream)
            for event in stream.events:
                self._check_meta(stream, event)
                self._check_inclusion(stream, event)
        self._check_times()
        mine = self.checkpoint
        return LogReport(
            service=self._log.service,
            origin=self._origin,
            size=mine.size if mine else 0,
            root=mine.root.hex() if mine else "",
            signatures=self._trust.signatures(self.signers),
            witnessed=mine is not None and self._trust.witnessed(self.signers),
            streams=tuple(
                StreamReport(str(s.stream_id), max((e.version for e in s.events), default=0), len(s.events))
                for s in self._log.streams
            ),
        )

    def check_one(self, stream: BundleStream, event: BundleEvent) -> None:
        """One event alone is checked, without its stream."""
        self._check_meta(stream, event)
        self._check_inclusion(stream, event)

    def _open_heads(self) -> dict[int, dict[bytes, bytes]]:
        """The proven buckets of the stream heads; a finding for what the checkpoint does not commit."""
        found: dict[int, dict[bytes, bytes]] = {}
        if self.checkpoint is None:
            return found
        try:
            root = committed_root(self.checkpoint, HEADS_LINE)
        except NoteError as error:
            self._find("HEADS_NOT_COMMITTED", got=error)
            return found
        for bucket in self._log.heads:
            try:
                found[bucket.index] = verify_bucket(bucket, root, HEAD_RECORD)
            except ProofError as error:
                self._find("HEADS_NOT_IN_CHECKPOINT", expected=error, got=bucket.index)
        return found

    def _last_version(self, stream_id: uuid.UUID, heads: dict[int, dict[bytes, bytes]]) -> int | None:
        """The last version as the checkpoint commits it; None, with a finding, where the bundle does not show it."""
        bucket = bucket_of(stream_id.bytes)
        if bucket in heads:
            return int.from_bytes(heads[bucket].get(stream_id.bytes, b""), "big")
        if self.checkpoint is not None and bucket not in self._shown:
            self._find("HEADS_NOT_SHOWN", expected=stream_id, got=bucket)
        return None

    def _check_named(self) -> None:
        """The streams that the checkpoint commits as those of the case are all listed, and no other speaks of it."""
        named = self._log.named
        wanted, listed = set(named.streams), {stream.stream_id for stream in self._log.streams}
        committed = self._committed_streams()
        if committed is None:
            return
        got = streams_value([one.bytes for one in named.streams]) if named.streams else b""
        if got != committed:
            self._find("STREAM_LIST_FALSE", expected=committed.hex() or "-", got=got.hex() or "-")
            return
        for one in named.streams:
            if one not in listed:
                self._find("STREAM_LEFT_OUT", stream=BundleStream(one, ()))
        for stream in self._log.streams:
            metas = (self._meta(event) for event in stream.events)
            speaks = any(isinstance(m, EventMeta) and m.speaks_of(self._bundle.case_id) for m in metas)
            if speaks and stream.stream_id not in wanted:
                self._find("SUBJECTS_DIFFER", stream=stream, expected=stream.stream_id, got="-")

    def _committed_streams(self) -> bytes | None:
        """The hash of the case's streams, empty where it has none; None, with a finding, where that is not proven."""
        if self.checkpoint is None:
            return None
        bucket, key = self._log.named.bucket, subject_key(self._bundle.case_id.bytes)
        try:
            root = committed_root(self.checkpoint, SUBJECTS_LINE)
        except NoteError as error:
            self._find("SUBJECTS_NOT_COMMITTED", got=error)
            return None
        try:
            if bucket.index != bucket_of(key):
                raise ProofError(f"got bucket {bucket.index}, want {bucket_of(key)}")
            return verify_bucket(bucket, root, SUBJECT_RECORD).get(key, b"")
        except ProofError as error:
            self._find("SUBJECTS_NOT_IN_CHECKPOINT", expected=error, got=bucket.index)
            return None

    def _check_head(self, stream: BundleStream, heads: dict[int, dict[bytes, bytes]]) -> None:
        """The last event is the one that the checkpoint says."""
        want = self._last_version(stream.stream_id, heads)
        last = max((event.version for event in stream.events), default=0)
        if want == 0:
            self._find("STREAM_NOT_IN_HEADS", stream=stream)
        elif want is not None and last != want:
            code = "LAST_EVENT_MISSING" if last < want else "EVENT_BEYOND_HEAD"
            self._find(code, stream=stream, expected=want, got=last)

    def _check_versions(self, stream: BundleStream) -> None:
        """Versions are 1, 2, 3, …; positions grow and recorded times never fall with them."""
        versions = [event.version for event in stream.events]
        complete = sorted(versions) == list(range(1, len(versions) + 1))
        want, seq, recorded = 1, -1, None
        for place, event in enumerate(stream.events, 1):
            want = place if complete else want
            if event.version != want:
                code = "EVENTS_REORDERED" if complete or event.version < want else "EVENT_MISSING"
                self._find(code, stream=stream, event=event, expected=want, got=event.version)
            if event.seq <= seq:
                self._find("POSITION_BACKWARDS", stream=stream, event=event, expected=seq, got=event.seq)
            want, seq = event.version + 1, event.seq
            meta = self._meta(event)
            if isinstance(meta, WireError):
                continue  # named by _check_meta
            if recorded is not None and meta.recorded_at < recorded:
                now = meta.recorded_at
                self._find("RECORDED_BACKWARDS", stream=stream, event=event, expected=recorded, got=now)
                self._backwards.add(event.meta)
            recorded = meta.recorded_at

    def _check_times(self) -> None:
        """Along the log, across its streams, no event is recorded more than the tolerance before one in front of it."""
        events = ((event.seq, stream, event) for stream in self._log.streams for event in stream.events)
        latest = 0
        for _, stream, event in sorted(events, key=lambda one: one[0]):
            meta = self._meta(event)
            if isinstance(meta, WireError) or event.meta in self._backwards:
                continue  # named already
            want, now = latest - _TOLERANCE_NS, meta.recorded_at
            if now < want:
                self._find("RECORDED_BACKWARDS", stream=stream, event=event, expected=want, got=now)
            latest = max(latest, now)

    def _check_case(self, stream: BundleStream) -> None:
        """Some event is about the case, or caused one that is, or was caused by one.

        Not each is about it: an exchange speaks of itself, and one judgment may open several cases.
        """
        metas = [(event, self._meta(event)) for event in stream.events]
        known = [(event, meta) for event, meta in metas if isinstance(meta, EventMeta)]
        if known and not any(self._case.has(meta) for _, meta in known):
            event, meta = known[0]
            case, got = self._bundle.case_id, meta.subject
            self._find("STREAM_OF_OTHER_CASE", stream=stream, event=event, expected=case, got=got)

    def _check_meta(self, stream: BundleStream, event: BundleEvent) -> None:
        meta = self._meta(event)
        if isinstance(meta, WireError):
            self._find("META_UNREADABLE", stream=stream, event=event, got=meta)
            return
        checks: tuple[tuple[str, object, object], ...] = (
            ("META_STREAM", stream.stream_id, meta.stream_id),
            ("META_VERSION", event.version, meta.version),
            ("META_EVENT_ID", uuid.uuid5(stream.stream_id, str(event.version)), meta.event_id),
            ("META_SERVICE", self._log.service, meta.service or self._log.service),
        )
        for code, expected, got in checks:
            if expected != got:
                self._find(code, stream=stream, event=event, expected=expected, got=got)
                return

    def _check_inclusion(self, stream: BundleStream, event: BundleEvent) -> None:
        mine = self.checkpoint
        if mine is None:
            return
        if event.seq >= mine.size:
            self._find("CHECKPOINT_OLD", stream=stream, event=event, expected=mine.size, got=event.seq)
            return
        try:
            leaf = leaf_hash(canonical(event.meta, event.data), mine.hash)
            root = root_from_inclusion(leaf, event.seq, mine.size, event.inclusion, hash=mine.hash)
        except EntryTooLarge as error:
            self._find("EVENT_TOO_LARGE", stream=stream, event=event, got=error)
            return
        except ProofError as error:
            self._find("PROOF_MALFORMED", stream=stream, event=event, got=error)
            return
        if root != mine.root:
            self._find(
                "EVENT_NOT_IN_LOG", stream=stream, event=event, expected=mine.root.hex(), got=root.hex()
            )


def _listed_twice(bundle: Bundle) -> Iterator[Finding]:
    for name in _twice(log.service for log in bundle.logs):
        yield Finding("LISTED_TWICE", service=name, got=name)
    for log in bundle.logs:
        for name in _twice(str(stream.stream_id) for stream in log.streams):
            yield Finding("LISTED_TWICE", service=log.service, stream_id=name, got=name)
        for name in _twice(f"stream-heads {bucket.index}" for bucket in log.heads):
            yield Finding("LISTED_TWICE", service=log.service, got=name)


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _left_out(bundle: Bundle, vkeys: Sequence[VerifierKey]) -> set[str]:
    """Names of the logs of this installation that the user pinned and the bundle does not hold."""
    prefix = f"guitu/{bundle.installation}/"
    logs = {
        key.name
        for key in vkeys
        if key.kind == KIND_ED25519 and re.fullmatch(re.escape(prefix) + "[a-z][a-z0-9-]*", key.name)
    }
    return logs - {prefix + log.service for log in bundle.logs}


def open_seen(note: str, vkeys: Sequence[VerifierKey]) -> Checkpoint:
    """The checkpoint that the user kept from earlier; Unreadable if not signed by its log's pinned key."""
    origin = note.split("\n", 1)[0]
    text, _, failure = verify_signed(note, origin, origin, vkeys, "CHECKPOINT")
    if failure is not None:
        raise Unreadable(
            f"checkpoint seen before: {failure.text('en')}", f"以前留存的检查点：{failure.text('zh')}"
        )
    try:
        return parse_checkpoint(text)
    except NoteError as error:
        raise Unreadable(f"checkpoint seen before: {error}", f"以前留存的检查点：{_zh(error)}") from error


def verify_bundle(
    data: bytes,
    vkeys: Sequence[VerifierKey],
    *,
    case_id: uuid.UUID | None = None,
    seen: Sequence[str] = (),
    signature_check: SignatureCheck = ed25519_verify,
    policy: Policy | None = None,
    now: int | None = None,
) -> Report:
    """Every claim of the bundle is checked against the keys that the caller trusts; the report says what fails.

    `policy` says which cosignatures are enough: without one nothing is called proven; its keys are trusted beside
    `vkeys`. `case_id` is the case that the caller asked for, `seen` are signed checkpoints it kept from earlier, `now`
    (seconds since 1970) is the time after which no cosignature counts. Raises Unreadable if the bytes are no bundle, or a kept checkpoint is none.
    """
    bundle = parse_bundle(data)
    vkeys = _trusted(vkeys, policy)
    kept = [open_seen(note, vkeys) for note in seen]
    findings = Findings()
    for finding in _listed_twice(bundle):
        findings.add(finding)
    if case_id is not None and case_id != bundle.case_id:
        findings.add(Finding("CASE_NOT_ASKED_FOR", expected=str(case_id), got=str(bundle.case_id)))
    for name in sorted(_left_out(bundle, vkeys)):
        findings.add(Finding("LOG_LEFT_OUT", expected=name))
    if not any(log.streams for log in bundle.logs):
        findings.add(Finding("NOTHING_TO_PROVE"))
    for log in bundle.logs:
        for stream in log.streams:
            if not stream.events:
                findings.add(
                    Finding("NOTHING_TO_PROVE", service=log.service, stream_id=str(stream.stream_id))
                )
    logs: list[LogReport] = []
    case, trust = _Case(bundle), _Trust(vkeys, policy, signature_check, now)
    for log in bundle.logs:
        check = _LogCheck(bundle, log, trust, case, findings)
        for checkpoint in kept:
            check.compare_with_seen(checkpoint)
        logs.append(check.check())
    causes, causes_count = case.causes_elsewhere()
    return Report(
        installation=bundle.installation,
        case_id=str(bundle.case_id),
        made_at=bundle.made_at,
        keys=tuple(str(key) for key in vkeys),
        logs=tuple(logs),
        findings=tuple(findings.named),
        policy=policy,
        causes_elsewhere=causes,
        failed=findings.count,
        causes_elsewhere_count=causes_count,
        links_open=tuple(case.links_open[:MOST_NAMED]),
        links_open_count=len(case.links_open),
        not_compared=_not_compared(kept, [log.origin for log in logs]),
    )


def _not_compared(kept: Sequence[Checkpoint], origins: Iterable[str]) -> tuple[str, ...]:
    """Logs of which the user kept a checkpoint, and that are not among those of the material."""
    return tuple(sorted({seen.origin for seen in kept} - set(origins)))


def _trusted(vkeys: Sequence[VerifierKey], policy: Policy | None) -> list[VerifierKey]:
    """The user's keys and those of the policy, each once."""
    return list(dict.fromkeys([*vkeys, *(policy.keys if policy else ())]))


# --- Proof of one event (C2SP tlog-proof) ---

PROOF_FORMAT = "c2sp.org/tlog-proof@v1"
PROOF_REPORT_FORMAT = "guitu-proof-report-v1"
MAX_PATH = 63
PROOF_PROVES = (
    (
        "该事件在签名的日志里，一个字节没有改，位置如上。",
        "This event is in the signed log, byte for byte, at this place.",
    ),
    BOUND,
    WITNESSED,
)
PROOF_NOT_PROVEN = (
    ("本案还有哪些别的事件（须看案卷）。", "Which other events the case has (see a bundle)."),
    BUNDLE_NOT_PROVEN[0],
    BUNDLE_NOT_PROVEN[1],
    WHO,
)


@dataclass(frozen=True)
class TlogProof:
    """One entry under a checkpoint. `extra` is what the maker added; here the entry's canonical bytes."""

    index: int
    inclusion: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""


def write_tlog_proof(proof: TlogProof) -> str:
    """The proof as C2SP tlog-proof text; Unreadable if it would not be read back equal."""
    extra = [f"extra {encode_base64(proof.extra)}"] if proof.extra else []
    path = [encode_base64(value) for value in proof.inclusion]
    text = "\n".join([PROOF_FORMAT, *extra, f"index {proof.index}", *path, "", proof.checkpoint])
    if parse_tlog_proof(text) != proof:
        raise Unreadable("tlog-proof: a part holds a line end")
    return text


def parse_tlog_proof(text: str) -> TlogProof:
    """The proof in its text; Unreadable if malformed. Proves nothing."""
    head, found, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not found or lines.pop(0) != PROOF_FORMAT:
        raise Unreadable(
            f"tlog-proof: want {PROOF_FORMAT!r}, index, hashes, an empty line, a checkpoint",
            f"tlog-proof：应为 {PROOF_FORMAT!r}、index、哈希、一个空行和检查点",
        )
    try:
        extra = decode_base64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else b""
        word, _, number = (lines.pop(0) if lines else "").partition(" ")
        if word != "index" or len(lines) > MAX_PATH:
            raise Unreadable(
                f"tlog-proof: want an index line and at most {MAX_PATH} hashes",
                f"tlog-proof：应有一行 index 和至多 {MAX_PATH} 个哈希",
            )
        path = tuple(decode_base64(line) for line in lines)
        return TlogProof(parse_decimal(number), path, checkpoint, extra)
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(f"tlog-proof: {error}", f"tlog-proof：{_zh(error)}") from error


def split_canonical(entry: bytes) -> tuple[bytes, bytes]:
    """`meta` and `data` of canonical bytes; ValueError for anything else."""
    size = int.from_bytes(entry[1:5], "big")
    meta, data = entry[5 : 5 + size], entry[9 + size :]
    if entry[:1] != b"\x01" or canonical(meta, data) != entry:
        raise ValueError("no canonical bytes of an event")
    return meta, data


@dataclass(frozen=True)
class ProofReport:
    """One event as proven: which, where, by whom, and everything that fails."""

    origin: str
    size: int
    root: str
    index: int
    event_id: str
    type: str
    subject: str
    recorded_at: str
    keys: tuple[str, ...]
    signatures: tuple[Signature, ...]
    witnessed: bool
    findings: tuple[Finding, ...]
    policy: Policy | None = None
    failed: int = 0
    keys_lent: bool = False
    not_compared: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """FAILED, WITNESS_PENDING or PROVEN."""
        return _state(self.findings, self.witnessed)

    @property
    def proven(self) -> bool:
        """Whether nothing fails and the checkpoint has the quorum of the user's policy."""
        return self.state == STATE_PROVEN

    def json(self) -> str:
        """The report as JSON, keys in a fixed order."""
        return _report_json(PROOF_REPORT_FORMAT, self)

    def text(self, lang: str = "zh", titles: Mapping[str, str] | None = None) -> str:
        """The report for people, `zh` or `en`; `titles` are what they call the types of events."""
        zh = lang == "zh"
        called = (titles or {}).get(self.type, "") if zh else ""
        place = (
            f"序号 {self.index}（从 0 起），检查点共 {self.size} 条"
            if zh
            else f"index {self.index} (from 0) of {self.size} entries"
        )
        shown = Shown(
            ("归途单个事件的离线验证", "Offline verification of one Guitu event"),
            PROOF_PROVES,
            PROOF_NOT_PROVEN,
            [Witnessed(self.origin, self.signatures, self.witnessed)],
            facts=[
                ("事项", "type", f"{called}（{self.type}）" if called else self.type),
                ("事件", "event", self.event_id),
                ("所属", "about", self.subject),
                ("记录", "recorded", self.recorded_at),
                ("日志", "log", self.origin),
                ("位置", "position", place),
                ("签名", "signed", _kinds(self.signatures, lang)),
            ],
            stated=_instant(self.recorded_at),
        )
        return _drawn(self, shown, lang, titles)


def verify_tlog_proof(
    data: bytes,
    vkeys: Sequence[VerifierKey],
    *,
    case_id: uuid.UUID | None = None,
    seen: Sequence[str] = (),
    signature_check: SignatureCheck = ed25519_verify,
    policy: Policy | None = None,
    now: int | None = None,
) -> ProofReport:
    """One event is checked to be in a log that the caller trusts, and its checkpoint to have the policy's quorum.

    `case_id`: the case that the event must be about. Raises Unreadable if the bytes are no tlog-proof with the
    canonical bytes of an event as extra data, or a kept checkpoint is none.
    """
    try:
        proof = parse_tlog_proof(read_text(data, "tlog-proof"))
        split_note(proof.checkpoint)
        meta, content = split_canonical(proof.extra)
        event = parse_meta(meta)
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(f"tlog-proof: {error}", f"tlog-proof：{_zh(error)}") from error
    vkeys = _trusted(vkeys, policy)
    origin = proof.checkpoint.split("\n", 1)[0]
    bundled = BundleEvent(proof.index, event.version, meta, content, proof.inclusion)
    stream = BundleStream(event.stream_id, (bundled,))
    name = origin[:-4] if origin.endswith("/sm3") else origin
    installation, _, service = name.partition("guitu/")[2].rpartition("/")
    log = BundleLog(service, proof.checkpoint, CaseStreams(Bucket(0, b"", ()), ()), (), (stream,))
    bundle = Bundle(installation, case_id or event.subject, "", (log,))
    usable = with_sm3_names(vkeys)
    findings = Findings()
    trust = _Trust(usable, policy, signature_check, now)
    check = _LogCheck(bundle, log, trust, _Case(bundle), findings, origin)
    check.check_one(stream, bundled)
    kept = [open_seen(note, usable) for note in seen]
    for one in kept:
        check.compare_with_seen(one)
    if case_id is not None and event.subject != case_id:
        findings.add(Finding("CASE_NOT_ASKED_FOR", expected=str(case_id), got=str(event.subject)))
    mine, signers = check.checkpoint, check.signers
    return ProofReport(
        origin=origin,
        size=mine.size if mine else 0,
        root=mine.root.hex() if mine else "",
        index=proof.index,
        event_id=str(event.event_id),
        type=_short(event.type),
        subject=str(event.subject),
        recorded_at=_utc(event.recorded_at // 1_000_000_000),
        keys=tuple(str(key) for key in vkeys),
        signatures=trust.signatures(signers),
        witnessed=mine is not None and trust.witnessed(signers),
        findings=tuple(findings.named),
        policy=policy,
        failed=findings.count,
        not_compared=_not_compared(kept, [origin]),
    )


# --- Tiles (C2SP tlog-tiles): a whole log as files ---

WIDTH = 256
"""Hashes of a full tile; entries of a full bundle."""

ENTRIES = -1
"""The level of entry bundles."""

MAX_LEVEL = 63

Fetch = Callable[[str], bytes]
"""Answers the content of a path below the log's prefix; LookupError or OSError where there is none."""


class TileError(ProofError):
    """A tile or bundle is not what its path or the log's root says.

    `code` is that of a finding; `seq` the first entry that it speaks of, where it is known.
    """

    def __init__(self, message: str, code: str = "TILE_WRONG", seq: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.seq = seq


@dataclass(frozen=True, order=True)
class Tile:
    """A tile, or with the level ENTRIES a bundle: number `index` of its level, `width` of 256."""

    level: int
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not (
            ENTRIES <= self.level <= MAX_LEVEL and 0 <= self.index < 1 << 63 and 1 <= self.width <= WIDTH
        ):
            raise TileError(f"tile: got level {self.level}, index {self.index}, width {self.width}")

    @property
    def path(self) -> str:
        """Its path below the log's prefix: tile/0/x001/x234/067, tile/entries/000.p/17."""
        parts, rest = [f"{self.index % 1000:03}"], self.index // 1000
        while rest:
            parts.append(f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.is_full else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(reversed(parts))}{partial}"

    @property
    def is_full(self) -> bool:
        """Whether nothing can be added to it."""
        return self.width == WIDTH

    @property
    def full(self) -> Tile:
        """The full tile at its place."""
        return Tile(self.level, self.index)


def tile_for(size: int, level: int, index: int) -> Tile:
    """The widest tile at a place in a log of `size` entries; TileError where it has none there."""
    width = (size >> (8 * max(level, 0))) - index * WIDTH
    if width <= 0:
        raise TileError(f"tile: got level {level}, index {index} of a log of {size}")
    return Tile(level, index, min(width, WIDTH))


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """The bundle of entries: each after its length, a big-endian uint16; TileError above 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise TileError(f"entry: got {len(entry)} bytes, want at most {MAX_ENTRY}")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """Exactly `width` entries of a bundle; TileError where it holds fewer, more or part of one."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise TileError(f"bundle: entry {len(entries)} is cut off")
        if len(entries) == width:
            raise TileError(f"bundle: more than {width} entries")
        entries.append(data[at + 2 : end])
        at = end
    if len(entries) != width:
        raise TileError(f"bundle: got {len(entries)} entries, want {width}")
    return entries


def decode_tile(data: bytes, width: int) -> list[bytes]:
    """Exactly `width` hashes of a tile; TileError otherwise."""
    if len(data) != width * HASH_SIZE:
        raise TileError(f"tile: got {len(data)} bytes, want {width * HASH_SIZE}")
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def cut_tile(tile: Tile, wider: Tile, data: bytes) -> bytes:
    """The content of `tile` from that of a wider one at the same place: a tile only ever grows at its end."""
    if (wider.level, wider.index) != (tile.level, tile.index) or wider.width < tile.width:
        raise TileError(f"{tile.path} is not part of {wider.path}")
    if tile.level != ENTRIES:
        return b"".join(decode_tile(data, wider.width)[: tile.width])
    return encode_bundle(decode_bundle(data, wider.width)[: tile.width])


def fetch_tile(fetch: Fetch, tile: Tile) -> bytes:
    """The content of a tile; the full one is cut where the partial one is gone, as logs may delete it then.

    LookupError or OSError of `fetch` where neither is there.
    """
    try:
        return fetch(tile.path)
    except (LookupError, OSError):
        if tile.is_full:
            raise
        return cut_tile(tile, tile.full, fetch(tile.full.path))


class _Edge:
    """The hashes at the right edge of a growing log, level by level; each full row is compared with its tile."""

    def __init__(self, fetch: Fetch, hash: str) -> None:
        self.size = 0
        self._fetch = fetch
        self._hash = hash_function(hash)
        self._rows: list[list[bytes]] = [[]]

    def add(self, entry: bytes) -> None:
        """The entry is appended; TileError if it completes a tile that says otherwise."""
        self._rows[0].append(self._hash(b"\x00" + entry))
        self.size += 1
        level = 0
        while len(self._rows[level]) == WIDTH:
            row = self._rows[level]
            self._compare(Tile(level, (self.size >> (8 * level + 8)) - 1), row)
            if level + 1 == len(self._rows):
                self._rows.append([])
            while len(row) > 1:
                row = [self._hash(b"\x01" + a + b) for a, b in zip(row[::2], row[1::2])]
            self._rows[level + 1].append(row[0])
            self._rows[level] = []
            level += 1

    def close(self) -> None:
        """The partial tiles are compared too."""
        for level, row in enumerate(self._rows):
            if row:
                self._compare(Tile(level, self.size >> (8 * level + 8), len(row)), row)

    def root(self) -> bytes:
        """The root over all entries, 32 bytes."""
        root: bytes | None = None
        for row in self._rows:
            rest = row
            while rest:  # the smallest complete subtree at the right end, then the next one
                width = len(rest) & -len(rest)
                part, rest = rest[-width:], rest[:-width]
                while len(part) > 1:
                    part = [self._hash(b"\x01" + a + b) for a, b in zip(part[::2], part[1::2])]
                root = part[0] if root is None else self._hash(b"\x01" + part[0] + root)
        return self._hash(b"") if root is None else root

    def _compare(self, tile: Tile, want: Sequence[bytes]) -> None:
        try:
            found = decode_tile(fetch_tile(self._fetch, tile), tile.width)
        except TileError as error:
            raise TileError(f"{tile.path}: {error}") from error
        for place, (got, right) in enumerate(zip(found, want)):
            if got != right:
                first = (tile.index * WIDTH + place) << (8 * tile.level)
                raise TileError(f"{tile.path}: does not follow from the entries", seq=first)


def check_tiles(
    fetch: Fetch,
    size: int,
    root: bytes,
    *,
    hash: str = "sha256",
    at: Iterable[int] = (),
    each: Callable[[bytes], None] | None = None,
) -> dict[int, bytes]:
    """All tiles and bundles of a log of `size` entries are there and agree with the entries and with `root`.

    `each` is given every entry, in order. Answers the roots that the log had at the sizes `at`. TileError names the first
    tile that does not agree; LookupError or OSError of `fetch` one that is missing.
    """
    edge, asked, roots = _Edge(fetch, hash), set(at), dict[int, bytes]()
    for index in range(-(-size // WIDTH)):
        bundle = tile_for(size, ENTRIES, index)
        try:
            entries = decode_bundle(fetch_tile(fetch, bundle), bundle.width)
        except TileError as error:
            raise TileError(f"{bundle.path}: {error}", seq=index * WIDTH) from error
        for entry in entries:
            edge.add(entry)
            if each is not None:
                each(entry)
            if edge.size in asked:
                roots[edge.size] = edge.root()
    edge.close()
    if edge.root() != root:
        raise TileError(
            f"root of {size} entries: got {edge.root().hex()}, want {root.hex()}", "TILES_NOT_SIGNED"
        )
    return roots


TILES_REPORT_FORMAT = "guitu-tiles-report-v1"
CHECKPOINT_REPORT_FORMAT = "guitu-checkpoint-report-v1"
TILES_PROVES = (
    (
        "日志从第 1 条到检查点的最后一条都在，次序与签名时一样，一个字节没有改。",
        "The log is whole up to its checkpoint: every entry is there, in the order and with the bytes that were signed.",
    ),
    (
        "每个事件流的版本都是 1、2、3……，没有缺，也没有哪一版写过两次。",
        "Every stream is numbered 1, 2, 3 …: no version is missing, and none stands in the log twice.",
    ),
    (
        "记录时间没有倒退：没有一条比排在它前面的早 60 秒以上（同时在办的允许这么多）。",
        "Recorded times do not fall along the log by more than 60 seconds (what was under way at once).",
    ),
    BOUND,
    WITNESSED,
)
TILES_NOT_PROVEN = (
    BUNDLE_NOT_PROVEN[0],
    BUNDLE_NOT_PROVEN[1],
    ("检查点之后又记了什么。", "What was recorded after the checkpoint."),
    WHO,
)
CHECKPOINT_PROVES = (
    (
        "日志的持有者签过这份检查点（条数和指纹）。",
        "The log's holder signed this checkpoint, a number and a fingerprint.",
    ),
    WITNESSED,
)
CHECKPOINT_NOT_PROVEN = (
    (
        "日志里有哪些内容：须与案卷、证明或日志文件一起核对。",
        "What the log holds: check the checkpoint with a bundle, a proof or the log's files.",
    ),
    WHO,
)


@dataclass(frozen=True)
class WholeLogReport:
    """One log as checked. `place`: where it lay; `entries` compared, 0 for a checkpoint alone or a log that fails.

    `continues`: sizes of the checkpoints kept from earlier whose log this one begins with.
    """

    place: str
    origin: str
    size: int
    root: str
    signatures: tuple[Signature, ...]
    witnessed: bool
    entries: int = 0
    continues: tuple[int, ...] = ()


@dataclass(frozen=True)
class WholeLogsReport:
    """Logs checked entry by entry, or with `tiles` False a checkpoint alone; and everything that fails."""

    tiles: bool
    keys: tuple[str, ...]
    logs: tuple[WholeLogReport, ...]
    findings: tuple[Finding, ...]
    policy: Policy | None = None
    failed: int = 0
    keys_lent: bool = False
    not_compared: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """FAILED, WITNESS_PENDING or PROVEN."""
        return _state(self.findings, bool(self.logs) and all(log.witnessed for log in self.logs))

    @property
    def proven(self) -> bool:
        """Whether nothing fails and each checkpoint has the quorum of the user's policy."""
        return self.state == STATE_PROVEN

    def json(self) -> str:
        """The report as JSON, keys in a fixed order."""
        return _report_json(TILES_REPORT_FORMAT if self.tiles else CHECKPOINT_REPORT_FORMAT, self)

    def text(self, lang: str = "zh", titles: Mapping[str, str] | None = None) -> str:
        """The report for people, `zh` or `en`; `titles` are what they call the types of events."""
        zh = lang == "zh"
        head = (
            ["日志", "检查点条数", "逐条核对", "日志签名", "见证"]
            if zh
            else ["log", "checkpoint", "compared", "signed by log", "witnessed"]
        )
        rows = (
            [
                one.origin,
                str(one.size),
                str(one.entries),
                _kinds(one.signatures, lang),
                _enough(one.witnessed, self.policy, lang),
            ]
            for one in self.logs
        )
        shown = Shown(
            ("归途日志文件离线验证", "Offline verification of whole Guitu logs")
            if self.tiles
            else ("归途检查点离线验证", "Offline verification of a Guitu checkpoint"),
            TILES_PROVES if self.tiles else CHECKPOINT_PROVES,
            TILES_NOT_PROVEN if self.tiles else CHECKPOINT_NOT_PROVEN,
            [Witnessed(one.origin.split("/", 2)[-1], one.signatures, one.witnessed) for one in self.logs],
            table=[head, *rows],
            notes=[
                (
                    f"{one.origin} 的前 {size} 条正是您以前留存的检查点所签的。",
                    f"The first {size} entries of {one.origin} are those of the checkpoint that you kept.",
                )
                for one in self.logs
                for size in one.continues
            ],
        )
        return _drawn(self, shown, lang, titles)


def with_sm3_names(vkeys: Sequence[VerifierKey]) -> list[VerifierKey]:
    """The keys, and those of the logs also under the name of the SM3 log, which the same keys sign."""
    logs = [key for key in vkeys if key.kind == KIND_ED25519 or key.sm2 is not None]
    named = [
        VerifierKey(f"{key.name}/sm3", key.kind, key.public_key)
        for key in logs
        if not key.name.endswith("/sm3")
    ]
    return list(dict.fromkeys([*vkeys, *named]))


class _Entries:
    """What a log's entries say together: last version by stream, streams by subject; and the first fault of each kind.

    `faults`: place, want and got by code, of entries that do not fit the log or those in front of them.
    """

    def __init__(self, service: str) -> None:
        self._service = service
        self.last: dict[bytes, int] = {}
        self.streams: dict[bytes, set[bytes]] = {}
        self.faults: dict[str, tuple[int, str, str]] = {}
        self._latest = 0
        self._size = 0

    def add(self, entry: bytes) -> None:
        try:
            meta = split_canonical(entry)[0]
            self._placed(wire_fields(meta))
        except ValueError:
            self._fault("META_UNREADABLE", "", "")
        self._size += 1

    def _placed(self, fields: WireFields) -> None:
        stream, version, now = _uuid(fields, 1), _number(fields, 2), _recorded_at(fields)
        about = (_uuid(fields, 8), *_uuids(fields, 20))
        event_id, service = _bytes(fields, 3), _text(fields, 19) or self._service
        last = self.last.get(stream.bytes, 0)
        if version != last + 1:
            code = "EVENT_TWICE" if 0 < version <= last else "EVENTS_REORDERED"
            self._fault(code, last + 1, version)
        made = uuid.uuid5(stream, str(version)).bytes
        if event_id != made:
            self._fault("META_EVENT_ID", made.hex(), event_id.hex())
        if service != self._service:
            self._fault("META_SERVICE", self._service, _short(service))
        if now < self._latest - _TOLERANCE_NS:
            self._fault("RECORDED_BACKWARDS", self._latest - _TOLERANCE_NS, now)
        self._latest = max(self._latest, now)
        self.last[stream.bytes] = version
        for subject in about:
            self.streams.setdefault(subject.bytes, set()).add(stream.bytes)

    def _fault(self, code: str, want: object, got: object) -> None:
        self.faults.setdefault(code, (self._size, str(want), str(got)))


class _WholeLog:
    """The check of one log as files, or of its checkpoint alone."""

    def __init__(self, place: str, note: str, trust: _Trust, findings: Findings) -> None:
        self._findings = findings
        self._place = place
        self._trust = trust
        self._entries = 0
        self._continues: tuple[int, ...] = ()
        self.origin = note.split("\n", 1)[0]
        self._checkpoint: Checkpoint | None = None
        text, self._signers, failure = verify_signed(
            note, self.origin, self.origin, trust.vkeys, "CHECKPOINT", trust.check
        )
        if failure is not None:
            self._fail(failure.code, expected=failure.expected, got=failure.got)
            return
        try:
            self._checkpoint = parse_checkpoint(text)
        except NoteError as error:
            self._fail("CHECKPOINT_UNREADABLE", got=str(error))

    def check_seen(self, kept: Sequence[Checkpoint]) -> None:
        """A finding if the user has seen a longer log, or the same length with another root."""
        mine = self._checkpoint
        for seen in kept:
            if mine is None or seen.origin != mine.origin:
                continue
            if mine.size < seen.size:
                self._fail("CHECKPOINT_OLDER_THAN_SEEN", expected=str(seen.size), got=str(mine.size))
            elif mine.size == seen.size and (mine.root, mine.extensions) != (seen.root, seen.extensions):
                want, got = (" ".join((one.root.hex(), *one.extensions)) for one in (seen, mine))
                self._fail("CHECKPOINT_FORKED", expected=want, got=got)

    def check_files(self, fetch: Fetch, kept: Sequence[Checkpoint]) -> None:
        """Every entry and tile is compared with the checkpoint, and the log's beginning with what was kept."""
        mine = self._checkpoint
        if mine is None:
            return
        kept = [seen for seen in kept if seen.origin == mine.origin and 0 < seen.size <= mine.size]
        asked = ""

        def named(path: str) -> bytes:
            nonlocal asked
            asked = path
            return fetch(path)

        name = mine.origin[:-4] if mine.origin.endswith("/sm3") else mine.origin
        entries = _Entries(name.rpartition("/")[2])
        try:
            roots = check_tiles(
                named,
                mine.size,
                mine.root,
                hash=mine.hash,
                at=[seen.size for seen in kept],
                each=entries.add,
            )
        except TileError as error:
            self._fail(error.code, seq=error.seq, got=str(error))
            return
        except (LookupError, OSError):
            self._fail("TILE_MISSING", got=asked)
            return
        for code, (seq, want, got) in entries.faults.items():
            self._fail(code, seq=seq, expected=want, got=got)
        if mine.hash == "sha256":  # the log beside it, of the same entries, commits no map
            self._check_maps(mine, entries)
        self._entries = mine.size
        self._continues = tuple(seen.size for seen in kept if roots[seen.size] == seen.root)
        for seen in kept:
            if seen.size < mine.size and roots[seen.size] != seen.root:
                self._fail("LOG_FORKED", expected=seen.root.hex(), got=roots[seen.size].hex())

    def _check_maps(self, mine: Checkpoint, entries: _Entries) -> None:
        """What the checkpoint says of the end of every stream, and of the streams of every subject, follows from the entries."""
        committed: dict[str, bytes] = {}
        for code, line in (("HEADS", HEADS_LINE), ("SUBJECTS", SUBJECTS_LINE)):
            try:
                committed[code] = committed_root(mine, line)
            except NoteError as error:
                self._fail(f"{code}_NOT_COMMITTED", got=str(error))
        if "META_UNREADABLE" in entries.faults:
            return
        for code, got in committed.items():
            want = root_of_heads(entries.last) if code == "HEADS" else root_of_subjects(entries.streams)
            if want != got:
                self._fail(f"{code}_DIFFER", expected=want.hex(), got=got.hex())

    def report(self) -> WholeLogReport:
        """What was checked."""
        mine = self._checkpoint
        return WholeLogReport(
            place=self._place,
            origin=self.origin,
            size=mine.size if mine else 0,
            root=mine.root.hex() if mine else "",
            signatures=self._trust.signatures(self._signers),
            witnessed=mine is not None and self._trust.witnessed(self._signers),
            entries=self._entries,
            continues=self._continues,
        )

    def _fail(self, code: str, *, seq: int | None = None, expected: str = "", got: str = "") -> None:
        self._findings.add(Finding(code, self.origin, seq=seq, expected=expected, got=got))


def verify_tiles(
    logs: Sequence[tuple[str, Fetch]],
    vkeys: Sequence[VerifierKey],
    *,
    seen: Sequence[str] = (),
    signature_check: SignatureCheck = ed25519_verify,
    policy: Policy | None = None,
    now: int | None = None,
    one: bool = False,
) -> WholeLogsReport:
    """Every entry of each log, given by its place and files, is what its checkpoint signs, and no log is left out.

    Wanted are all logs of the installation whose key the user trusts, each with its SM3 log; with `one` only the log
    that is given. `seen` are checkpoints kept from earlier: each log must begin with what they say. Raises Unreadable if
    there is no log, a checkpoint is missing or no UTF-8, or a kept one is none.
    """
    trusted = _trusted(vkeys, policy)
    usable = with_sm3_names(trusted)
    kept = [open_seen(note, usable) for note in seen]
    findings, trust = Findings(), _Trust(usable, policy, signature_check, now)
    checks: list[_WholeLog] = []
    for place, fetch in logs:
        try:
            note = read_text(fetch("checkpoint"), f"{place}: checkpoint")
        except (LookupError, OSError) as error:
            raise Unreadable(f"{place}: checkpoint: {error}", f"{place}：检查点：{_zh(error)}") from error
        log = _WholeLog(place, note, trust, findings)
        log.check_seen(kept)
        log.check_files(fetch, kept)
        checks.append(log)
    if not checks:
        raise Unreadable(
            "no log: want a folder with a checkpoint", "没有日志：文件夹里没有检查点（checkpoint）"
        )
    origins = [log.origin for log in checks]
    for name in _twice(origins):
        findings.add(Finding("LISTED_TWICE", name, got=name))
    for name in sorted(_logs_wanted(origins, trusted, one=one) - set(origins)):
        findings.add(Finding("LOG_LEFT_OUT", expected=name))
    return replace(_whole(True, checks, trusted, policy, findings), not_compared=_not_compared(kept, origins))


def _logs_wanted(origins: Sequence[str], vkeys: Sequence[VerifierKey], *, one: bool) -> set[str]:
    """The logs that belong beside those given: of the same installation and pinned; and the SM3 log of each."""
    pinned = {key.name for key in vkeys if key.kind == KIND_ED25519 and not key.name.endswith("/sm3")}
    beside = {origin[:-4] if origin.endswith("/sm3") else origin for origin in origins}
    prefixes = {origin.rpartition("/")[0] for origin in beside}
    names = {name for name in pinned if name.rpartition("/")[0] in prefixes}
    if one:
        names &= set(origins)
    return names | {f"{name}/sm3" for name in names}


def verify_checkpoint(
    data: bytes,
    vkeys: Sequence[VerifierKey],
    *,
    seen: Sequence[str] = (),
    signature_check: SignatureCheck = ed25519_verify,
    policy: Policy | None = None,
    now: int | None = None,
) -> WholeLogsReport:
    """A checkpoint alone is signed by the log and by the policy's witnesses, and no older than what was kept."""
    note = read_text(data, "checkpoint")
    try:
        split_note(note)
    except NoteError as error:
        raise Unreadable(f"checkpoint: {error}", f"检查点格式不对：{_zh(error)}") from error
    trusted = _trusted(vkeys, policy)
    usable = with_sm3_names(trusted)
    findings = Findings()
    one = _WholeLog("", note, _Trust(usable, policy, signature_check, now), findings)
    kept = [open_seen(given, usable) for given in seen]
    one.check_seen(kept)
    return replace(
        _whole(False, [one], trusted, policy, findings), not_compared=_not_compared(kept, [one.origin])
    )


def _whole(
    tiles: bool,
    checks: Sequence[_WholeLog],
    trusted: Sequence[VerifierKey],
    policy: Policy | None,
    findings: Findings,
) -> WholeLogsReport:
    return WholeLogsReport(
        tiles=tiles,
        keys=tuple(str(key) for key in trusted),
        logs=tuple(one.report() for one in checks),
        findings=tuple(findings.named),
        policy=policy,
        failed=findings.count,
    )


AnyReport = Union[Report, ProofReport, WholeLogsReport]


def verify_file(
    data: bytes,
    vkeys: Sequence[VerifierKey],
    *,
    case_id: uuid.UUID | None = None,
    seen: Sequence[str] = (),
    policy: Policy | None = None,
    now: int | None = None,
) -> AnyReport:
    """What the file looks like is verified: a tlog-proof, a bundle (JSON) or a checkpoint; Unreadable if it is none."""
    text = read_text(data, "file")
    if text.startswith(f"{PROOF_FORMAT}\n"):
        return verify_tlog_proof(data, vkeys, case_id=case_id, seen=seen, policy=policy, now=now)
    if text.lstrip()[:1] == "{":
        return verify_bundle(data, vkeys, case_id=case_id, seen=seen, policy=policy, now=now)
    if "\n\n— " in text:
        return verify_checkpoint(data, vkeys, seen=seen, policy=policy, now=now)
    raise Unreadable(
        f"no bundle (a JSON object), tlog-proof or checkpoint: begins with {text[:20]!r}",
        f"既不是案卷（JSON 对象），也不是 tlog-proof，也不是检查点：开头是 {text[:20]!r}",
    )


# --- Command line ---

EXIT_PROVEN, EXIT_FAILED, EXIT_UNREADABLE, EXIT_PENDING = 0, 1, 2, 3
EXITS = {STATE_PROVEN: EXIT_PROVEN, STATE_PENDING: EXIT_PENDING, STATE_FAILED: EXIT_FAILED}


KINDS = ("bundle", "proof", "checkpoint", "tiles")


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line; leaves with exit code 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        prog="guitu-verify",
        usage="%(prog)s [bundle|proof|checkpoint|tiles] PATH --keys FILE [选项 options]",
        description="离线验证归途的案卷、单个事件的证明、检查点，或整份日志的文件夹。"
        "Verifies a Guitu case bundle, the proof of one event, a checkpoint, or a folder of whole logs, offline.",
        epilog="退出码 exit codes: 0 成立 proven; 1 不成立 something fails; 2 输入不可读 not readable, usage; "
        "3 待见证 nothing fails, cosignatures are missing or no quorum was named",
    )
    parser.add_argument(
        "path",
        metavar="PATH",
        help="文件（案卷、tlog-proof、检查点）或瓦片文件夹 a file (bundle, tlog-proof, checkpoint) or a folder of tiles",
    )
    parser.add_argument(
        "--keys",
        "--policy",
        required=True,
        action="append",
        metavar="FILE",
        help="可信公钥与见证规则（tlog-policy），或每行一把公钥；可多次 what you trust: a C2SP tlog-policy, or vkeys, one a line; "
        "more than once for both",
    )
    parser.add_argument("--case", metavar="ID", help="所要查验的案件 the case that you asked for")
    parser.add_argument(
        "--seen",
        action="append",
        default=[],
        metavar="FILE",
        help="以前留存的检查点 a checkpoint kept from earlier",
    )
    parser.add_argument(
        "--now",
        metavar="TIME",
        help="核对的时刻（默认本机时钟，RFC 3339）：晚于它的见证不计入 the time after which no cosignature counts; default: this "
        "computer's clock",
    )
    # said by who calls with keys that the user did not give: `guitu verify`
    parser.add_argument("--keys-lent", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="输出 JSON print the report as JSON")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="语言 language")
    given = list(sys.argv[1:] if arguments is None else arguments)
    kind = given.pop(0) if given[1:] and given[0] in KINDS and not given[1].startswith("-") else ""
    options = parser.parse_args(given)
    options.kind = kind
    return options


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(MAX_FILE + 1)


def _read_regular(path: str) -> bytes:
    """A file of somebody else's folder: a pipe would keep the reader waiting, a device never ends."""
    kind = os.stat(path).st_mode
    if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):  # a folder cannot be opened: said as missing
        raise Unreadable(
            f"{path}: no regular file, but a pipe, a device or a socket",
            f"{path}：不是普通文件，而是管道、设备或套接字",
        )
    return _read(path)


def _folders(path: str) -> Iterator[tuple[str, Fetch]]:
    """Each folder with a checkpoint, at `path` and up to two levels below: <service>, <service>/sm3."""
    count = 0
    for found in [
        path,
        *sorted(glob.glob(f"{glob.escape(path)}/*")),
        *sorted(glob.glob(f"{glob.escape(path)}/*/sm3")),
    ]:
        if os.path.isfile(os.path.join(found, "checkpoint")):
            count += 1
            if count > MAX_LOGS:
                raise Unreadable(
                    f"{path}: more than {MAX_LOGS} folders with a checkpoint",
                    f"{path}：含检查点的文件夹超过 {MAX_LOGS} 个",
                )

            def fetch(name: str, below: str = found) -> bytes:
                return _read_regular(os.path.join(below, name))

            yield found, fetch


def _verified(options: argparse.Namespace) -> AnyReport:
    try:
        case_id = None if options.case is None else uuid.UUID(options.case)
    except ValueError:
        raise Unreadable("--case: want a UUID", "--case 应为案件编号（UUID）") from None
    vkeys, policy = joined_trust([read_text(_read(path), path) for path in options.keys])
    seen = [read_text(_read(path), path) for path in options.seen]
    now = _now(options.now)
    if options.kind == "tiles" or (not options.kind and os.path.isdir(options.path)):
        one = os.path.isfile(os.path.join(options.path, "checkpoint"))
        return verify_tiles(list(_folders(options.path)), vkeys, seen=seen, policy=policy, now=now, one=one)
    data = _read(options.path)
    if options.kind == "checkpoint":
        return verify_checkpoint(data, vkeys, seen=seen, policy=policy, now=now)
    if options.kind == "bundle":
        return verify_bundle(data, vkeys, case_id=case_id, seen=seen, policy=policy, now=now)
    if options.kind == "proof":
        return verify_tlog_proof(data, vkeys, case_id=case_id, seen=seen, policy=policy, now=now)
    return verify_file(data, vkeys, case_id=case_id, seen=seen, policy=policy, now=now)


def _now(given: str | None) -> int:
    """Seconds since 1970 of the time given, by default of this computer's clock."""
    if given is None:
        return int(datetime.now(timezone.utc).timestamp())  # noqa: TID251 - the user's own clock
    at = _instant(given)
    if at is None:
        raise Unreadable("--now: want RFC 3339 with its zone", "--now 应为带时区的 RFC 3339 时刻")
    return at


_COLOURS = {STATE_PROVEN: "\x1b[1;32m", STATE_PENDING: "\x1b[1;33m", STATE_FAILED: "\x1b[1;31m"}


def _shown(text: str, state: str) -> str:
    """The text, on a terminal with its result in colour unless NO_COLOR is set."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    title, result, rest = text.split("\n", 2)
    return f"{title}\n{_COLOURS[state]}{result}\x1b[0m\n{rest}"


def main(arguments: Sequence[str] | None = None, titles: Mapping[str, str] | None = None) -> int:
    """Runs the verifier and returns its exit code. `titles`: what people call the types of events."""
    options = read_arguments(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        report = replace(_verified(options), keys_lent=options.keys_lent)
    except (OSError, ValueError) as error:
        said = f"输入不可读：{_zh(error)}" if options.lang == "zh" else f"input not readable: {error}"
        print(_plain(said), file=sys.stderr)
        return EXIT_UNREADABLE
    if options.json:
        print(report.json())
    else:
        print(_shown(report.text(options.lang, titles), report.state), end="")
    return EXITS[report.state]


if __name__ == "__main__":
    sys.exit(main())
