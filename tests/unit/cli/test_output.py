"""Tables speak the locale's language; JSON has the same keys in every locale."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from guitu_cli.output import WIDTH, rows
from guitu_cli.texts import head


@pytest.mark.parametrize(("locale", "shown"), [("zh_CN.UTF-8", "待发命令"), ("en_US.UTF-8", "open commands")])
def test_keys_of_json_are_no_matter_of_the_locale(
    locale: str, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GUITU_LANG", locale)
    found = [{head("待发命令", "open commands"): 3}]
    rows("x", found, as_json=True)
    assert json.loads(capsys.readouterr().out) == [{"open_commands": 3}]
    rows("x", found, as_json=False)
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize("ids", [1, 3, 5])
def test_what_no_table_could_show_stands_a_line_a_field(ids: int, capsys: pytest.CaptureFixture[str]):
    """An id is never cut, and no column folds to a few letters: five ids do not fit beside one another."""
    row: dict[str, str | None] = {f"id{n}": str(UUID(int=n)) for n in range(ids)}
    rows("people", [row | {"name": "a name", "nothing": None}], as_json=False)
    shown = capsys.readouterr().out.splitlines()
    assert all(any(str(UUID(int=n)) in line for line in shown) for n in range(ids))
    assert any("a name" in line for line in shown)
    assert max(map(len, shown)) <= WIDTH
    assert any(line.startswith("name ") for line in shown) == (ids == 5)
