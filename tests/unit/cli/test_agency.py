"""`guitu agency list` names the codes that --agency and --as take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from guitu_cli.main import app

from tests.commands import CliRunner

REGISTRY = """
- {code: proc-330203, kind: PROC_COUNTY, name_zh: 海曙沙盒人民检察院, unit: "330203"}
- {code: court-3302, kind: COURT, name_zh: 沙盒市中级人民法院, unit: "3302"}
"""


def test_the_agencies_of_the_installation_are_listed_by_code(tmp_path: Path) -> None:
    (tmp_path / "agencies.yaml").write_text(REGISTRY, encoding="utf-8")
    env = {"GUITU_HOME": str(tmp_path), "GUITU_LANG": "zh"}
    told = json.loads(CliRunner().invoke(app, ["agency", "list", "--json"], env=env).stdout)
    assert [one["code"] for one in told] == ["court-3302", "proc-330203"]
    assert told[1] == {
        "code": "proc-330203",
        "name": "海曙沙盒人民检察院",
        "kind": "PROC_COUNTY",
        "unit": "330203",
    }
    shown = CliRunner().invoke(app, ["agency", "list"], env=env).stdout
    assert "机关 2" in shown
    assert "proc-330203" in shown


@pytest.mark.parametrize(("text", "code"), [(None, 0), ("- {code: court}", 1)])
def test_no_registry_is_no_agency_and_a_broken_one_is_said(
    text: str | None, code: int, tmp_path: Path
) -> None:
    if text:
        (tmp_path / "agencies.yaml").write_text(text, encoding="utf-8")
    ended = CliRunner().invoke(app, ["agency", "list", "--json"], env={"GUITU_HOME": str(tmp_path)})
    assert ended.exit_code == code
    assert ended.stdout == ("" if code else "[]\n")
