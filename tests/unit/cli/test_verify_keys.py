"""`guitu verify` says whose keys it used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from guitu_cli.main import app

from tests.commands import CliRunner
from tests.unit.proofs.test_bundle import GOOD, KEYS


@pytest.mark.parametrize("given", [True, False])
def test_keys_of_the_installation_are_not_called_the_users_own(given: bool, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    keys = tmp_path / "keys" / "logs.vkeys"
    keys.write_text("".join(f"{key}\n" for key in KEYS), encoding="utf-8")
    bundle = tmp_path / "case.bundle.json"
    bundle.write_bytes(GOOD)
    named = ["--keys", str(keys)] if given else []
    ended = CliRunner().invoke(
        app, ["verify", str(bundle), "--json", *named], env={"GUITU_HOME": str(tmp_path)}
    )
    assert json.loads(ended.stdout)["keys_lent"] is not given
