"""A second verifier of published logs, written from the texts of C2SP and RFC 6962 alone: nothing of Guitu is imported.

It fetches over HTTP and recomputes everything by the recursive definitions: slow, plain, and with no line in common with
`proofs`. Ed25519 is that of the `cryptography` package.
"""

from __future__ import annotations

import base64
import hashlib
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Hash = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Log:
    """A log that was fetched and found true."""

    origin: str
    size: int
    root: bytes
    entries: list[bytes]
    leaves: list[bytes]


def fetch(url: str, kind: str = "application/octet-stream") -> bytes:
    """The body of a GET; the content type is that of the specification."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.headers["Content-Type"] == kind, answer.headers["Content-Type"]
        return answer.read()


def verified(prefix: str, vkey: str, *, hash: str = "sha256") -> Log:
    """Checkpoint, every tile, every entry and an inclusion proof of each 50th entry of the log are right."""

    def h(data: bytes) -> bytes:
        return hashlib.new(hash, data).digest()

    origin, size, root = checkpoint(fetch(f"{prefix}/checkpoint", "text/plain; charset=utf-8"), vkey)
    entries = [entry for index in range(-(-size // 256)) for entry in _bundle(prefix, index, size)]
    leaves = [h(b"\x00" + entry) for entry in entries]
    assert len(leaves) == size
    for level in range(8):
        for index in range(-(-(size // 256**level) // 256)):
            width = min(256, size // 256**level - index * 256)
            tile = fetch(f"{prefix}/tile/{level}/{_number(index)}{_partial(width)}")
            start, step = index * 256 * 256**level, 256**level
            want = [mth(h, leaves[start + i * step : start + (i + 1) * step]) for i in range(width)]
            assert tile == b"".join(want), f"tile {level}/{index}"
    assert mth(h, leaves) == root
    for index in range(0, size, 50):
        assert root_of_path(h, leaves[index], index, size, path(h, index, leaves)) == root
    return Log(origin, size, root, entries, leaves)


def checkpoint(note: bytes, vkey: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint that the key signed (signed-note, tlog-checkpoint)."""
    name, identifier, encoded = vkey.strip().split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    assert hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == identifier
    assert key[0] == 1
    text, _, signatures = note.decode().rpartition("\n\n")
    text += "\n"
    found = False
    for line in signatures.removesuffix("\n").split("\n"):
        dash, signer, raw = line.split(" ")
        signature = base64.b64decode(raw, validate=True)
        assert dash == "—"
        if signer == name and signature[:4].hex() == identifier:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], text.encode())
            found = True
    assert found, "the log did not sign"
    origin, size, root, *_ = text.split("\n")
    assert origin == name
    assert str(int(size)) == size
    return origin, int(size), base64.b64decode(root, validate=True)


def mth(h: Hash, leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, over leaf hashes."""
    if not leaves:
        return h(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return h(b"\x01" + mth(h, leaves[:k]) + mth(h, leaves[k:]))


def path(h: Hash, m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if m < k:
        return [*path(h, m, leaves[:k]), mth(h, leaves[k:])]
    return [*path(h, m - k, leaves[k:]), mth(h, leaves[:k])]


def root_of_path(h: Hash, leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root by RFC 9162 section 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        assert sn
        if fn & 1 or fn == sn:
            r = h(b"\x01" + p + r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = h(b"\x01" + r + p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return r


def consistent(h: Hash, first: int, second: int, root1: bytes, root2: bytes, proof: list[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2."""
    if first == second:
        return not proof and root1 == root2
    rest = [root1, *proof] if first & (first - 1) == 0 else list(proof)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = rest[0]
    for c in rest[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = h(b"\x01" + c + fr), h(b"\x01" + c + sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = h(b"\x01" + sr + c)
        fn, sn = fn >> 1, sn >> 1
    return fr == root1 and sr == root2 and sn == 0


def _split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def _number(index: int) -> str:
    text = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        text = f"x{index % 1000:03d}/{text}"
    return text


def _partial(width: int) -> str:
    return "" if width == 256 else f".p/{width}"


def _bundle(prefix: str, index: int, size: int) -> list[bytes]:
    width = min(256, size - index * 256)
    data = fetch(f"{prefix}/tile/entries/{_number(index)}{_partial(width)}")
    entries: list[bytes] = []
    while data:
        length = int.from_bytes(data[:2], "big")
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    assert len(entries) == width
    return entries
