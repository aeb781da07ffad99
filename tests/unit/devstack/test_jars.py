"""The broker's jars are those that were recorded, or the start is refused."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from devstack import jars
from devstack.errors import StackError


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    (tmp_path / "a.jar").write_bytes(b"a")
    (tmp_path / "b.jar").write_bytes(b"b")
    names = ("b.jar", "a.jar")
    lines = [f"{sha256(name[0].encode()).hexdigest()}  {name}\n" for name in names]
    listed = tmp_path / "jars.sha256"
    listed.write_text("".join(lines))
    return listed


def test_recorded_jars_come_in_one_fixed_order(tmp_path: Path, listed: Path) -> None:
    assert jars.check(tmp_path, listed) == [tmp_path / "a.jar", tmp_path / "b.jar"]


def test_changed_jar_is_named(tmp_path: Path, listed: Path) -> None:
    (tmp_path / "b.jar").write_bytes(b"evil")
    with pytest.raises(StackError, match=r"b\.jar has SHA-256 .*, recorded is"):
        jars.check(tmp_path, listed)


def test_missing_jar_is_named_with_the_remedy(tmp_path: Path, listed: Path) -> None:
    (tmp_path / "a.jar").unlink()
    with pytest.raises(StackError, match=r"a\.jar is missing .* run `make setup`"):
        jars.check(tmp_path, listed)


def test_missing_maven_is_said_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match=r"Maven is missing.*apt-get install maven"):
        jars.fetch(tmp_path / "jars")
