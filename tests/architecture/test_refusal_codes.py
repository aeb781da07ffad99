"""Every refusal has a Chinese sentence and stands in the reference; every sentence has a refusal (style.md, rule 7)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from contracts.reference import errors
from contracts.reference.codes import mentioned, raised

ROOT = Path(__file__).parents[2]
PACKAGES = errors.packages(ROOT)
SERVICES = sorted(set(PACKAGES) - {errors.PLATFORM})
PLATFORM = errors.sentences(PACKAGES[errors.PLATFORM])
CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")


@cache
def codes_of(service: str) -> set[str]:
    """Codes that a service raises."""
    return {place.code for place in raised(PACKAGES[service])}


@pytest.mark.parametrize("service", SERVICES)
def test_every_refusal_has_a_chinese_sentence(service: str):
    texts = errors.sentences(PACKAGES[service])
    assert [c for c in sorted(codes_of(service)) if c not in texts and c not in PLATFORM] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_sentence_has_a_refusal(service: str):
    assert sorted(set(errors.sentences(PACKAGES[service])) - codes_of(service)) == []


def test_every_sentence_of_the_platform_has_a_refusal():
    everywhere = [*PACKAGES.values(), ROOT / "libs" / "eventcore" / "src"]
    used = {place.code for package in everywhere for place in mentioned(package, PLATFORM)}
    assert sorted(set(PLATFORM) - used) == []


def test_every_code_stands_in_the_reference():
    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    missing = {c for service in SERVICES for c in codes_of(service)} - set(
        re.findall(r"^\| `(\w+)` \|", page, re.M)
    )
    assert sorted(missing) == []


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_codes_and_sentences_are_well_formed(package: str):
    for code, sentence in errors.sentences(PACKAGES[package]).items():
        assert CODE.fullmatch(code)
        assert re.search(r"[一-鿿]", sentence), code
