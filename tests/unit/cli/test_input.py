"""What a command says to bad input, and how it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from guitu_cli import main, output
from guitu_cli.main import app

from tests.commands import CliRunner

USAGE = 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "MOON"], "--kind MOON: want one of COURT, DETENTION, PRISON,"),
        (["--unit", "3302030"], "--unit 3302030: want 2, 4, 6 or 9 digits"),
        (["--unit", "甬江"], "--unit 甬江"),
    ],
)
def test_a_new_agency_has_a_kind_and_a_unit_that_exist(arguments: list[str], said: str, tmp_path: Path):
    environment = {"GUITU_LANG": "en", "GUITU_HOME": str(tmp_path)}
    ended = CliRunner().invoke(app, ["agency", "new", "C1", *arguments], env=environment)
    assert (ended.exit_code, ended.stdout) == (USAGE, "")
    assert ended.stderr.startswith(said)
    assert list(tmp_path.iterdir()) == []


def test_an_agency_code_is_no_path(tmp_path: Path):
    ended = CliRunner().invoke(app, ["agency", "new", "../C1"], env={"GUITU_HOME": str(tmp_path)})
    assert ended.exit_code == USAGE


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["agency", "new", "C1", "--kind", "MOON", "--json"], "MOON"),
        (["push", "no-such-file", "--json"], "no-such-file"),
        (["no-such-command", "--json"], "no-such-command"),
    ],
)
def test_an_error_is_a_document_where_json_is_asked_for(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "argv", ["guitu", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.main()
    shown = capsys.readouterr()
    error = json.loads(shown.err)
    assert (ended.value.code, error["exit_code"], shown.out) == (USAGE, USAGE, "")
    assert said in error["error"]


def test_an_error_is_a_sentence_where_no_json_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "argv", ["guitu", "status"])
    with pytest.raises(SystemExit):
        output.fail("the broker is away\n")
    assert capsys.readouterr().err == "the broker is away\n"
