"""What stands in the raw files of a server: content in the clear, as it is and in the forms that programs give it."""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

_CHUNK = 8 * 1024 * 1024
_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
# base64 of something inside a longer text: three places to stand, and the first and last characters depend on its
# neighbours
_PLACES = 3
_GZIP = b"\x1f\x8b"
_GREP_FOUND_OR_NOT = (0, 1)


def forms(content: str | bytes) -> list[bytes]:
    """The bytes as they are and as programs write them: digits, base64 at any place of a longer text, escaped.

    A text in UTF-8, GB 18030 (with GBK and GB 2312 in it) and both UTF-16, each so; and as JSON writes it.
    """
    if isinstance(content, bytes):
        return list(dict.fromkeys(_written(content)))
    # a search for what begins with NUL stops at every byte of the empty half of a server's files
    found = [form for encoding in _ENCODINGS for form in _written(content.encode(encoding))]
    if not content.isascii():
        escaped = json.dumps(content)[1:-1]
        for text in (escaped, escaped.upper().replace("\\U", "\\u")):
            found += [text.encode(), text.replace("\\u", "\\\\u").encode()]
    return list(dict.fromkeys(form.strip(b"\0") for form in found))


def holding(folder: Path, needles: Sequence[bytes]) -> list[str]:
    """Files below the folder that hold one of the needles, packed ones unpacked; what vanishes meanwhile holds nothing."""
    plain = [needle for needle in needles if b"\n" not in needle]
    odd = [needle for needle in needles if b"\n" in needle]  # grep takes a pattern a line
    found = _grepped(folder, plain)
    suspect = _grepped(folder, [max(needle.split(b"\n"), key=len) for needle in odd]) - found
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        try:
            if name in found or not path.is_file():
                continue
            if (name in suspect and _holds(path, odd)) or _in_packed(path, needles):
                found.add(name)
        except FileNotFoundError:
            continue
    return sorted(found)


def _written(plain: bytes) -> list[bytes]:
    """One encoding's bytes: raw, hexadecimal, percent, backslash with hexadecimal and octal digits, base64."""
    found = [plain, plain.hex().encode(), plain.hex().upper().encode(), *_base64(plain)]
    if any(byte > 0x7F for byte in plain):
        percent = quote(plain, safe="").encode()
        found += [percent, _lower_digits(percent)]
        for digits in ("x%02x", "x%02X", "%03o"):
            backslashed = b"".join(
                bytes([byte]) if byte < 0x80 else b"\\" + (digits % byte).encode() for byte in plain
            )
            found += [backslashed, backslashed.replace(b"\\", b"\\\\")]
    return found


def _lower_digits(percent: bytes) -> bytes:
    head, *parts = percent.split(b"%")
    return head + b"".join(b"%" + part[:2].lower() + part[2:] for part in parts)


def _grepped(folder: Path, needles: Sequence[bytes]) -> set[str]:
    """By grep, which looks for all of them at once: a server's folder has hundreds of megabytes."""
    if not needles:
        return set()
    with tempfile.NamedTemporaryFile() as patterns:
        patterns.write(b"\n".join(needles) + b"\n")
        patterns.flush()
        ended = subprocess.run(
            ["grep", "-rlaFZ", "--devices=skip", f"--file={patterns.name}", "."],
            cwd=folder, env={**os.environ, "LC_ALL": "C"}, capture_output=True, check=False,
        )  # fmt: skip
    errors = [line for line in ended.stderr.decode().splitlines() if "No such file" not in line]
    assert not errors, errors
    assert ended.returncode in _GREP_FOUND_OR_NOT or ended.stderr, ended
    return {name.decode().removeprefix("./") for name in ended.stdout.split(b"\0") if name}


def _in_packed(path: Path, needles: Sequence[bytes]) -> bool:
    with path.open("rb") as file:
        if file.read(2) != _GZIP:
            return False
    with gzip.open(path) as file:
        return _read(file.read, needles)


def _holds(path: Path, needles: Iterable[bytes]) -> bool:
    with path.open("rb") as file:
        return _read(file.read, needles)


def _read(read: Callable[[int], bytes], needles: Iterable[bytes]) -> bool:
    longest = max(map(len, needles))
    tail = b""
    while chunk := read(_CHUNK):
        window = tail + chunk
        if any(needle in window for needle in needles):
            return True
        tail = window[-longest:]
    return False


def _base64(plain: bytes) -> list[bytes]:
    found: list[bytes] = []
    for place in range(_PLACES):
        encoded = base64.b64encode(b"\0" * place + plain)
        first = (place * 8 + 5) // 6
        last = (place + len(plain)) * 8 // 6
        found += [encoded[first:last], base64.urlsafe_b64encode(b"\0" * place + plain)[first:last]]
    return found
