"""Every file of the standards' vectors is run by some test; here those that no module of ours needs for itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

TESTS = Path(__file__).parents[1]
VECTORS = TESTS / "data" / "vectors"
FEATURE = (VECTORS / "cloudevents" / "http-protocol-binding.feature").read_text(encoding="utf-8")


def test_every_file_of_vectors_is_named_by_a_test():
    sources = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    unread = [
        path.name
        for path in VECTORS.rglob("*.*")
        if path.name != "README.md"
        and path.name not in sources
        and f"*{path.suffix}" not in sources
        # the proofs' vectors are read by their kind: inclusion, consistency, subtree...
        and f'"{path.stem}"' not in sources
    ]
    assert unread == []


def test_sm4_is_that_of_the_standard():
    [vector] = json.loads((VECTORS / "gm" / "vectors.json").read_text(encoding="utf-8"))["sm4_block"]
    cipher = Cipher(SM4(bytes.fromhex(vector["key"])), modes.ECB())
    encryptor = cipher.encryptor()
    assert (encryptor.update(bytes.fromhex(vector["plaintext"])) + encryptor.finalize()).hex() == vector[
        "ciphertext"
    ]


def outlines() -> list[tuple[str, dict[str, str], str, dict[str, str], Any]]:
    """Name, headers, body, attributes and data of each example of the feature file."""
    found: list[tuple[str, dict[str, str], str, dict[str, str], Any]] = []
    for part in FEATURE.split("Scenario Outline: ")[1:]:
        name = part.split(" (", 1)[0]
        texts = [re.sub(r"(?m)^ {8}", "", text).strip("\n") for text in part.split('"""')[1::2]]
        head, body = texts[0].split("\n\n", 1)
        table, examples = part.split("Examples:")[0], part.split("Examples:")[1]
        for kind in re.findall(r"(?m)^ *\| (\S.*?) +\|$", examples)[1:]:
            lines = [line.replace("<contentType>", kind).split(": ", 1) for line in head.split("\n")[1:]]
            rows = re.findall(r"(?m)^ *\| +(\w+) \| (\S.*?) +\|$", table)
            wanted = {key: text.replace("<contentType>", kind) for key, text in rows if key != "key"}
            found.append((f"{name}, {kind}", dict(lines), body, wanted, json.loads(texts[1])))
    return found


@pytest.mark.parametrize("example", outlines(), ids=lambda example: example[0])
def test_the_http_binding_reads_the_conformance_suites_requests(example: Any):
    _, headers, body, wanted, data = example
    read = from_http_event(HTTPMessage(headers, body.encode()))
    got = dict(read.get_attributes())
    for name, text in wanted.items():
        shown = got[name].isoformat().replace("+00:00", "Z") if name == "time" else str(got[name])
        assert shown == text, name
    assert read.get_data() == data


def test_the_feature_file_has_four_examples():
    assert len(outlines()) == 4
