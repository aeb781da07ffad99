"""A second verifier of published logs, written from the texts of C2SP and RFC 6962 alone: nothing of Guitu is imported.

What an entry holds and which two maps a checkpoint commits is not theirs: that is written from docs/adr/0029 and 0032, the
table of docs/reference/bundle.md, and the fields of EventMeta.

It recomputes everything by the recursive definitions: slow, plain, and with no line in common with `proofs`. Whatever is
not right raises an AssertionError. Ed25519 is that of the `cryptography` package, SM2 that of GmSSL.
"""

from __future__ import annotations

import base64
import hashlib
import re
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from gmssl_pyx import sm2_verify

Hash = Callable[[bytes], bytes]
Files = Callable[[str], bytes]
_SM2 = b"\xffguitu-sm2-v1"  # signed-note, type 0xff: the operator's document names this longer identifier


@dataclass(frozen=True)
class Log:
    """A log that was fetched and found true."""

    origin: str
    size: int
    root: bytes
    entries: list[bytes]
    leaves: list[bytes]
    committed: frozenset[str]


def fetch(url: str, kind: str = "application/octet-stream") -> bytes:
    """The body of a GET; the content type is that of the specification."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.headers["Content-Type"] == kind, answer.headers["Content-Type"]
        return answer.read()


def verified(prefix: str, vkey: str, *, hash: str = "sha256") -> Log:
    """The log below a URL: checkpoint, every tile, every entry and an inclusion proof of each 50th entry are right."""

    def get(path: str) -> bytes:
        kind = "text/plain; charset=utf-8" if path == "checkpoint" else "application/octet-stream"
        return fetch(f"{prefix}/{path}", kind)

    return verified_files(get, [vkey], hash=hash)


def verified_files(get: Files, vkeys: Sequence[str], *, hash: str = "sha256") -> Log:
    """As `verified`, whatever the way by which the files come; the first key names the log."""

    def h(data: bytes) -> bytes:
        return hashlib.new(hash, data).digest()

    note = get("checkpoint")
    origin, size, root = checkpoint(note, vkeys)
    entries = [entry for index in range(-(-size // 256)) for entry in _bundle(get, index, size)]
    leaves = [h(b"\x00" + entry) for entry in entries]
    assert len(leaves) == size
    for level in range(8):
        for index in range(-(-(size // 256**level) // 256)):
            width = min(256, size // 256**level - index * 256)
            start, step = index * 256 * 256**level, 256**level
            want = [mth(h, leaves[start + i * step : start + (i + 1) * step]) for i in range(width)]
            path_, full = f"tile/{level}/{_number(index)}", width == 256
            assert _tile(get, path_, width)[: 32 * width] == b"".join(want), f"{path_}, full: {full}"
    assert mth(h, leaves) == root
    for index in range(0, size, 50):
        assert root_of_path(h, leaves[index], index, size, path(h, index, leaves)) == root
    found = extensions(note, vkeys)
    recomputed = maps(entries) if found else {}
    for name, committed in found.items():
        assert recomputed[name] == committed, f"{name} does not follow from the entries"
    return Log(origin, size, root, entries, leaves, frozenset(found))


def checkpoint(note: bytes, vkeys: str | Sequence[str]) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint that the first key, the log's, signed (signed-note, tlog-checkpoint)."""
    named = [vkeys] if isinstance(vkeys, str) else vkeys
    text, signers = signed(note, named)
    assert named[0] in signers, "the log did not sign"
    lines = text.split("\n")
    assert lines.pop() == ""
    assert len(lines) >= 3
    assert all(lines)
    origin, size, root = lines[:3]
    assert origin == named[0].split("+")[0]
    return origin, decimal(size), digest(root)


def extensions(note: bytes, vkeys: Sequence[str]) -> dict[str, bytes]:
    """The roots of maps that a checkpoint commits in lines below its root, by name."""
    lines = signed(note, vkeys)[0].split("\n")[3:-1]
    named = [line.partition(" ") for line in lines if line.startswith(("stream-heads ", "subject-streams "))]
    found = {name: digest(root) for name, _, root in named}
    assert len(found) == len(named), "a line twice"
    return found


def maps(entries: Sequence[bytes]) -> dict[str, bytes]:
    """What the lines `stream-heads` and `subject-streams` say of a log with these entries."""
    last: dict[bytes, int] = {}
    streams: dict[bytes, set[bytes]] = {}
    for entry in entries:
        event = meta(entry)
        [stream], [version], [subject] = event[1], event[2], event[8]
        assert isinstance(stream, bytes)
        assert version == last.get(stream, 0) + 1, "versions are 1, 2, 3, ..."
        last[stream] = last.get(stream, 0) + 1
        for about in (subject, *event.get(20, ())):
            assert isinstance(about, bytes)
            streams.setdefault(about, set()).add(stream)
    assert all(len(one) == 16 for one in (*last, *streams))
    h = _sha256
    heads = {stream: version.to_bytes(8, "big") for stream, version in last.items()}
    subjects = {h(subject)[:16]: h(b"".join(sorted(of))) for subject, of in streams.items()}
    return {"stream-heads": _map_root(heads), "subject-streams": _map_root(subjects)}


def _map_root(records: dict[bytes, bytes]) -> bytes:
    """Sorted records in 4,096 buckets by the first 12 bits of the key; the tree of RFC 9162 over the buckets."""
    buckets = [b""] * 4096
    for key in sorted(records):
        buckets[int(key.hex()[:3], 16)] += key + records[key]
    return mth(_sha256, [_sha256(b"\x00" + bucket) for bucket in buckets])


def meta(entry: bytes) -> dict[int, list[bytes | int]]:
    """The metadata of an entry as protobuf's wire has it: values by field number."""
    assert entry[:1] == b"\x01"
    size = int.from_bytes(entry[1:5], "big")
    data = entry[5 : 5 + size]
    rest = entry[5 + size :]
    assert len(data) == size
    assert int.from_bytes(rest[:4], "big") == len(rest[4:])
    found: dict[int, list[bytes | int]] = {}
    while data:
        tag, data = _varint(data)
        if tag % 8 == 0:
            value, data = _varint(data)
        elif tag % 8 == 2:
            length, data = _varint(data)
            assert len(data) >= length
            value, data = data[:length], data[length:]
        else:
            width = {1: 8, 5: 4}[tag % 8]
            value, data = data[:width], data[width:]
        found.setdefault(tag // 8, []).append(value)
    return found


def _varint(data: bytes) -> tuple[int, bytes]:
    end = next(at for at, byte in enumerate(data) if byte < 128) + 1
    return sum((byte & 127) << (7 * at) for at, byte in enumerate(data[:end])), data[end:]


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def signed(note: bytes, vkeys: Sequence[str]) -> tuple[str, set[str]]:
    """The text of a note, and which of the keys signed it; a false signature of one of them refuses the note."""
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AssertionError("no UTF-8") from error
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", whole), "a control character"
    match = re.fullmatch(r"((?:.*\n)*)\n((?:.+\n)+)", whole)
    assert match is not None, "no text, empty line and signature lines"
    text, below = match.groups()
    assert text, "no text"
    lines = below.removesuffix("\n").split("\n")
    assert len(lines) <= 100
    found: set[str] = set()
    for line in lines:
        parts = re.fullmatch(r"\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})", line)
        assert parts is not None, f"signature line {line!r}"
        raw = encoded(parts[2])
        assert len(raw) > 4
        for vkey in vkeys:
            name, identifier, kind, key = known(vkey)
            if (name, identifier) == (parts[1], raw[:4]):
                signature(kind, key, text.encode(), raw[4:])
                found.add(vkey)
    assert found, "signed by nobody who is known"
    return text, found


def known(vkey: str) -> tuple[str, bytes, bytes, bytes]:
    """Name, key id, signature type and public key of a vkey."""
    name, identifier, rest = vkey.strip().split("+", 2)
    key = encoded(rest)
    assert hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == identifier
    kind = _SM2 if key.startswith(_SM2) else key[:1]
    return name, bytes.fromhex(identifier), kind, key[len(kind) :]


def signature(kind: bytes, key: bytes, text: bytes, raw: bytes) -> None:
    """The signature holds: Ed25519 (0x01), a timestamped cosignature (0x04), or SM2."""
    if kind == _SM2:
        assert len(raw) == 64
        assert sm2_verify(key, text, _der(raw[:32], raw[32:])), "false SM2 signature"
        return
    if kind == b"\x04":
        time = int.from_bytes(raw[:8], "big")
        assert len(raw) == 72
        assert time < 2**63
        text, raw = f"cosignature/v1\ntime {time}\n".encode() + text, raw[8:]
    else:
        assert kind == b"\x01", "another signature type"
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(raw, text)
    except (InvalidSignature, ValueError) as error:
        raise AssertionError("false signature") from error


def proof(data: bytes, vkeys: Sequence[str], entry: Callable[[bytes], bytes]) -> int:
    """The index of the entry that a tlog-proof proves; `entry` makes the log's entry from the extra data."""
    head, _, note = data.partition(b"\n\n")
    try:
        lines = head.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise AssertionError("no UTF-8") from error
    assert lines.pop(0) == "c2sp.org/tlog-proof@v1"
    assert lines
    extra = encoded(lines.pop(0)[6:]) if lines[0].startswith("extra ") else b""
    assert lines
    index = re.fullmatch("index (.+)", lines.pop(0))
    assert index is not None
    at, hashes = decimal(index[1]), [digest(line) for line in lines]
    _, size, root = checkpoint(note, vkeys)

    def h(data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    assert root_of_path(h, h(b"\x00" + entry(extra)), at, size, hashes) == root
    return at


def decimal(text: str) -> int:
    """ASCII decimal without leading zeroes, of at most 63 bits."""
    assert re.fullmatch("0|[1-9][0-9]*", text)
    assert text.isascii()
    assert len(text) < 20
    assert int(text) < 2**63
    return int(text)


def encoded(text: str) -> bytes:
    """The bytes of standard base64 (RFC 4648 section 4) with padding, unused bits zero (section 3.5)."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise AssertionError("no base64") from error
    assert base64.b64encode(raw).decode() == text
    return raw


def digest(text: str) -> bytes:
    """A hash of 32 bytes in base64."""
    raw = encoded(text)
    assert len(raw) == 32
    return raw


def _der(r: bytes, s: bytes) -> bytes:
    parts = b"".join(b"\x02" + bytes([len(n)]) + n for n in map(_integer, (r, s)))
    return b"\x30" + bytes([len(parts)]) + parts


def _integer(raw: bytes) -> bytes:
    value = int.from_bytes(raw, "big")
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


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


def root_of_path(h: Hash, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root by RFC 9162 section 2.1.3.2."""
    assert index < size
    assert all(len(one) == 32 for one in (leaf, *proof))
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


def consistent(h: Hash, first: int, second: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2. No tree is consistent with the empty one: it says nothing."""
    if not 0 < first <= second or any(len(one) != 32 for one in (root1, root2, *proof)):
        return False
    if first == second:
        return not proof and root1 == root2
    if not proof:
        return False
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


def _tile(get: Files, path: str, width: int) -> bytes:
    """A full tile, or the partial one; a full one in its place where the partial one is gone."""
    if width == 256:
        data = get(path)
        assert len(data) == 8192
        return data
    try:
        data = get(f"{path}.p/{width}")
    except LookupError:
        data, width = get(path), 256
    assert len(data) == 32 * width
    return data


def _bundle(get: Files, index: int, size: int) -> list[bytes]:
    width = min(256, size - index * 256)
    path_ = f"tile/entries/{_number(index)}"
    if width == 256:
        return _entries(get(path_), 256)
    try:
        return _entries(get(f"{path_}.p/{width}"), width)
    except LookupError:
        return _entries(get(path_), 256)[:width]


def _entries(data: bytes, width: int) -> list[bytes]:
    entries: list[bytes] = []
    while data:
        length = int.from_bytes(data[:2], "big")
        assert len(data) >= 2 + length
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    assert len(entries) == width
    return entries
