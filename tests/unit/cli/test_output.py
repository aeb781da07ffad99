"""Tables speak the locale's language; JSON has the same keys in every locale."""

from __future__ import annotations

import json

import pytest
from guitu_cli.output import rows
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
