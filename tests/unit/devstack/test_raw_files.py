"""The search of raw files finds content in every form; else an erasure could pass it by."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.raw_files import forms, holding

NAME, NUMBER = "澹台销毁之上", "13957481234"  # 上 in UTF-16 has a byte of a line's end
WRITTEN = {
    "as it is": NAME.encode(),
    "in GBK": NAME.encode("gbk"),
    "in UTF-16": NAME.encode("utf-16-le"),
    "in UTF-16 of a number": NUMBER.encode("utf-16-be"),
    "percent": quote(NAME).lower().encode(),
    "percent of GBK": quote(NAME.encode("gbk")).encode(),
    "in JSON": json.dumps({"name": NAME}).encode(),
    "in JSON in JSON": json.dumps(json.dumps({"name": NAME})).encode(),
    "as Python shows bytes": repr(NAME.encode()).encode(),
    "as PostgreSQL shows bytes": b"\\x" + ("被告人" + NAME).encode().hex().encode(),
    "in octal": "".join(f"\\{byte:03o}" for byte in NAME.encode()).encode(),
    "packed": gzip.compress(b"row\n" + NAME.encode()),
    **{f"base64 at {n}": base64.b64encode(b"x" * n + NAME.encode() + b"rest") for n in range(4)},
    **{f"base64 for addresses at {n}": base64.urlsafe_b64encode(b"x" * n + NAME.encode()) for n in range(3)},
}


@pytest.mark.parametrize("form", WRITTEN)
def test_content_is_found_in_every_form(form: str, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "1").write_bytes(b"\0" * 10_000 + b"left\n" + WRITTEN[form] + b"\nright\0")
    if form == "packed":
        (tmp_path / "base" / "1").write_bytes(WRITTEN[form])
    (tmp_path / "base" / "2").write_bytes(b"\0" * 10_000 + "澹台销毁".encode() + NUMBER[:-1].encode())
    assert holding(tmp_path, [*forms(NAME), *forms(NUMBER)]) == ["base/1"]


def test_a_key_is_found_in_what_is_not_text(tmp_path: Path) -> None:
    key = bytes(range(5, 37))  # with a line's end in it
    (tmp_path / "wal").write_bytes(b"\xff" * 8191 + key + b"\xfe")
    (tmp_path / "other").write_bytes(b"\xff" * 8191 + key[:-1] + b"\xfe")
    assert holding(tmp_path, forms(key)) == ["wal"]
