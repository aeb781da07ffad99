"""Offline verifier of Guitu case bundles, in one file (归途案卷离线验证).

Python 3.9 or later, standard library only, no network. Copy this file alone to an outside office and run

    python verify.py BUNDLE --keys KEYS [--case ID] [--seen NOTE]... [--json] [--lang zh|en]

KEYS holds the public keys that *you* trust, one C2SP vkey a line; they never come from the bundle.
Exit codes: 0 everything proven; 1 something fails and is named; 2 input not readable, or wrong usage.

Everything above `read_arguments` is free of input and output: functions over bytes. The other modules of
`proofs` build on this one, so each rule exists once; that is also why the file is longer than others.

Sources: RFC 9162 (trees), RFC 8032 (Ed25519), GB/T 32905 (SM3); C2SP signed-note, tlog-checkpoint and
tlog-cosignature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HashFunction = Callable[[bytes], bytes]
HASH_SIZE = 32
MAX_ENTRY = 65_535
"""Bytes of one log entry: C2SP tlog-tiles gives its length as a uint16."""


class ProofError(ValueError):
    """A Merkle proof does not prove what it claims."""


class NoteError(ValueError):
    """A signed note is malformed or carries a false signature."""


class NoteUnverified(NoteError):
    """A signed note carries no signature of a known key."""


class WireError(ValueError):
    """Bytes are not a protobuf message."""


class EntryTooLarge(ValueError):
    """The canonical bytes of an event do not fit into a log entry."""


class Unreadable(ValueError):
    """The input is no bundle, or no list of keys."""


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
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], *, hash: str = "sha256"
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
        require_digest(f"proof element {level}", sibling)
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

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, FIELD) % FIELD
_SQRT_M1 = pow(2, (FIELD - 1) // 4, FIELD)
NEUTRAL: Point = (0, 1, 1, 0)


def point_add(p: Point, q: Point) -> Point:
    """The sum of two points of the curve."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % FIELD
    b = (p[1] + p[0]) * (q[1] + q[0]) % FIELD
    c = 2 * p[3] * q[3] * _D % FIELD
    d = 2 * p[2] * q[2] % FIELD
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD)


def point_double(p: Point) -> Point:
    """Twice a point of the curve."""
    a = p[0] * p[0] % FIELD
    b = p[1] * p[1] % FIELD
    h = a + b
    e = h - (p[0] + p[1]) ** 2 % FIELD
    g = a - b
    f = 2 * p[2] * p[2] % FIELD + g
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


def multiples(p: Point) -> list[Point]:
    """0, 1, … 15 times `p`, for `point_combine`."""
    table = [NEUTRAL, p]
    while len(table) < 16:
        table.append(point_add(table[-1], p))
    return table


def base_point() -> Point:
    """The generator B: y = 4/5, x even."""
    point = point_decompress((4 * pow(5, -1, FIELD) % FIELD).to_bytes(32, "little"))
    if point is None:
        raise AssertionError("4/5 is a point of edwards25519")
    return point


BASE_MULTIPLES = multiples(base_point())


def point_combine(terms: Sequence[tuple[int, list[Point]]]) -> Point:
    """The sum of scalar times point, each point given by its `multiples`. Not in constant time."""
    total = NEUTRAL
    for shift in range(252, -4, -4):
        if total is not NEUTRAL:
            total = point_double(point_double(point_double(point_double(total))))
        for scalar, table in terms:
            digit = (scalar >> shift) & 15
            if digit:
                total = point_add(total, table[digit])
    return total


def ed25519_verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of `message` under `public_key`.

    Strict: S below the group order, canonical encodings only, no public key of small order, no cofactor.
    """
    if len(signature) != 64:
        return False
    a = point_decompress(public_key)
    s = int.from_bytes(signature[32:], "little")
    if a is None or s >= ORDER:
        return False
    x, y, z, _ = point_double(point_double(point_double(a)))
    if x == 0 and y == z:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    minus_a = (FIELD - a[0], a[1], 1, FIELD - a[3])
    return point_compress(point_combine(((s, BASE_MULTIPLES), (k, multiples(minus_a))))) == signature[:32]


# --- Signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ---

KIND_ED25519 = 0x01
KIND_COSIGNATURE = 0x04
MAX_SIGNATURES = 100


def decode_base64(text: str) -> bytes:
    """The bytes of standard base64 with padding, in its one canonical form; ValueError otherwise."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = None
    if raw is None or base64.b64encode(raw).decode() != text:
        raise ValueError("not canonical base64")
    return raw


def encode_base64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode()


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
        raise NoteError(f"vkey: got {text!r}, want name+id+base64")
    key = VerifierKey(name, raw[0], raw[1:])
    if key.id.hex() != identifier:
        raise NoteError(f"key id of {name}: got {identifier}, want {key.id.hex()}")
    if key.kind in (KIND_ED25519, KIND_COSIGNATURE) and point_decompress(key.public_key) is None:
        raise NoteError(f"public key of {name} is no point of edwards25519")
    return key


def parse_vkeys(text: str) -> list[VerifierKey]:
    """The keys of a file: one vkey a line, empty lines and lines that begin with # skipped."""
    lines = (line.strip() for line in text.split("\n"))
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
        raise NoteError(f"signature line: got {line!r}, want '— name base64'")
    try:
        raw = decode_base64(parts[2])
    except ValueError as error:
        raise NoteError(f"signature of {parts[1]}: {error}") from error
    if len(raw) < 5:
        raise NoteError(f"signature of {parts[1]}: got {len(raw)} bytes, want at least 5")
    return SignatureLine(parts[1], raw[:4], raw[4:])


def split_note(note: str) -> tuple[str, list[SignatureLine]]:
    """The signed text (with its last newline) and the signature lines; NoteError if malformed."""
    if any((c < " " and c != "\n") or "\ud800" <= c <= "\udfff" for c in note):
        raise NoteError("the note holds control characters or is no UTF-8")
    cut = note.rfind("\n\n")
    if cut < 0 or not note.endswith("\n") or cut + 2 == len(note):
        raise NoteError("want a text, an empty line and signature lines, each ended by a newline")
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


def _verify_line(key: VerifierKey, text: str, signature: bytes) -> Verified:
    time: int | None = None
    message = text.encode()
    if key.kind == KIND_COSIGNATURE:
        time = int.from_bytes(signature[:8], "big")
        message, signature = cosigned_message(text, time), signature[8:]
    if not ed25519_verify(key.public_key, message, signature):
        raise NoteError(f"the signature of {key.name} ({key.id.hex()}) is false")
    return Verified(key, time)


def verify_note(note: str, vkeys: Sequence[VerifierKey]) -> tuple[Verified, ...]:
    """Who of `vkeys` signed the note, each key once. Lines of unknown keys and kinds are skipped.

    Raises NoteError if the note is malformed or a signature of a known key is false, NoteUnverified if no key
    is known.
    """
    text, lines = split_note(note)
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in vkeys:
        if known.setdefault((key.name, key.id), key) != key:
            raise NoteError(f"two different keys are named {key.name} ({key.id.hex()})")
    verified: dict[tuple[str, bytes], Verified] = {}
    for line in lines:
        found = known.get((line.name, line.key_id))
        if found is not None and found.kind in (KIND_ED25519, KIND_COSIGNATURE):
            verified.setdefault((line.name, line.key_id), _verify_line(found, text, line.signature))
    if not verified:
        raise NoteUnverified(
            f"no signature of a known key: got {', '.join(f'{s.name} ({s.key_id.hex()})' for s in lines)}"
        )
    return tuple(verified.values())


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


@dataclass(frozen=True)
class Head:
    """A log's statement about one stream: of the first `size` entries its last one has `version`."""

    origin: str
    stream_id: uuid.UUID
    version: int
    size: int


def parse_head(text: str) -> Head:
    """The stream head in a note's text: origin …/head, stream id, version, log size; NoteError otherwise."""
    lines = text.split("\n")
    if len(lines) != 5 or lines.pop() or not lines[0].endswith("/head"):
        raise NoteError("head: want origin ending in /head, stream id, version, log size")
    if not re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lines[1]):
        raise NoteError(f"stream id of the head: got {lines[1]!r}, want a UUID")
    return Head(lines[0], uuid.UUID(lines[1]), parse_decimal(lines[2]), parse_decimal(lines[3]))
