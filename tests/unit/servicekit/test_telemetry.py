"""Code uses no name of a metric or span that the registry does not declare."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from servicekit import telemetry
from servicekit.errors import Texts

ROOT = Path(__file__).parents[3]
SOURCES = [
    p
    for folder in ("libs", "services")
    for p in (ROOT / folder).rglob("*.py")
    if "corrections" not in p.parts and "buf" not in p.parts and ".venv" not in p.parts
]
METRIC = re.compile(r'(?:counter|histogram|gauge)\(\s*"([^"]+)"')
SPAN = re.compile(r'start(?:_as_current)?_span\(\s*f?"([^"]+)"')


def test_every_metric_in_code_is_in_the_registry():
    used = {name for p in SOURCES for name in METRIC.findall(p.read_text(encoding="utf-8"))}
    assert used <= telemetry.registry()["metrics"].keys()


def test_every_metric_of_the_registry_is_used():
    used = {name for p in SOURCES for name in METRIC.findall(p.read_text(encoding="utf-8"))}
    assert telemetry.registry()["metrics"].keys() <= used


def test_every_metric_is_made_as_the_kind_that_the_registry_says():
    kinds = {
        name: kind
        for p in SOURCES
        for kind, name in re.findall(
            r'(counter|histogram|gauge)\(\s*"([^"]+)"', p.read_text(encoding="utf-8")
        )
    }
    assert kinds == {name: entry["kind"] for name, entry in telemetry.registry()["metrics"].items()}


def test_every_span_of_the_registry_is_used():
    used = {name for p in SOURCES for name in SPAN.findall(p.read_text(encoding="utf-8"))}
    assert telemetry.registry()["spans"].keys() <= used


def test_every_span_in_code_is_in_the_registry():
    used = {name for p in SOURCES for name in SPAN.findall(p.read_text(encoding="utf-8"))}
    assert used <= telemetry.registry()["spans"].keys()


def test_an_undeclared_metric_cannot_be_made():
    with pytest.raises(KeyError):
        telemetry.counter("guitu.nobody.declared.this")


def test_telemetry_is_off_without_an_endpoint():
    telemetry.configure(service="intake", installation="guitu-test", endpoint=None)
    assert not telemetry.enabled()
    assert telemetry.server_interceptors() == ()


CODE = re.compile(
    r'(?:BadRequest|Unreadable)\(\s*"([A-Z_]+)"|_plain\([^"]*"([A-Z_]+)"|Denied\([^"]*"([A-Z_]+)"'
)


def test_every_code_of_the_platform_has_a_chinese_text():
    folder = ROOT / "libs" / "servicekit" / "src" / "servicekit"
    found = [m for p in folder.glob("*.py") for m in CODE.findall(p.read_text(encoding="utf-8"))]
    codes = {code for groups in found for code in groups if code}
    assert len(codes) > 8
    texts = Texts()
    assert [code for code in sorted(codes) if code not in texts] == []
