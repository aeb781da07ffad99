"""What stands in the raw files of a server: content in the clear, as it is and in the forms that programs give it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

_CHUNK = 8 * 1024 * 1024
# Kafka's tables of offsets and times: numbers alone, ten megabytes each whatever they hold
_NUMBERS = (".index", ".timeindex")
# base64 of something inside a longer text: three places to stand, and the first and last characters depend on its
# neighbours
_PLACES = 3


def forms(content: str | bytes) -> list[bytes]:
    """The bytes as they are, as hexadecimal digits and as base64 at any place of a longer text; of a text also escaped."""
    plain = content.encode() if isinstance(content, str) else content
    found = [plain, plain.hex().encode(), plain.hex().upper().encode(), *_base64(plain)]
    if isinstance(content, str) and not content.isascii():
        escaped = json.dumps(content)[1:-1]
        found += [escaped.encode(), escaped.replace("\\u", "\\\\u").encode(), quote(content).encode()]
        found += [content.encode("utf-16-le"), content.encode("utf-16-be")]
    return list(dict.fromkeys(found))


def holding(folder: Path, needles: Sequence[bytes]) -> list[str]:
    """Files below the folder that hold one of the needles; what vanishes meanwhile holds nothing."""
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_file() and path.suffix not in _NUMBERS and _holds(path, needles):
                found.append(str(path.relative_to(folder)))
        except FileNotFoundError:
            continue
    return found


def _holds(path: Path, needles: Iterable[bytes]) -> bool:
    longest = max(map(len, needles))
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK):
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
