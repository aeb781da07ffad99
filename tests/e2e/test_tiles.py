"""The logs as an outsider gets them from the running system: over HTTP from audit, and as files from `guitu tiles export`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from audit.keys import log_vkeys
from eventcore.checkpoint import sm3_name
from guitu_cli.main import app
from guitu_cli.running import services
from proofs.note import VerifierKey, parse_vkeys
from proofs.verify import EXIT_FAILED, EXIT_PENDING, main

from tests.commands import CliRunner
from tests.e2e.world import World, judgment
from tests.integration.audit import outsider

COURT = "tiled-court"
NAME = "张某甲"  # of the judgment


@pytest.fixture(scope="module")
def lived(world: World) -> World:
    world.register({COURT: "丁法院"})
    world.submit(COURT, judgment(COURT, 1))
    world.settled()
    return world


def test_an_outsider_verifies_both_logs_of_every_service_and_reads_no_name(lived: World) -> None:
    topology = lived.system.topology
    port = topology.service("audit").http_port
    checked = 0
    for key in log_vkeys(lived.system.home, topology.installation, services()):
        prefix = f"http://127.0.0.1:{port}/{key.name.rsplit('/', 1)[1]}"
        if key.name.endswith(("/intake", "/handoff", "/supervision")):
            first = outsider.verified(prefix, str(key))
            sm3_key = VerifierKey(sm3_name(key.name), key.kind, key.public_key)
            sm3 = outsider.verified(f"{prefix}/sm3", str(sm3_key), hash="sm3")
            shorter = min(first.size, sm3.size)
            assert shorter > 0
            assert first.entries[:shorter] == sm3.entries[:shorter]
            assert not any(NAME.encode() in entry for entry in first.entries)
            checked += 1
    assert checked == 3


def test_export_writes_every_log_and_goes_on_where_it_was(
    lived: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tiles"

    def export() -> dict[str, dict[str, object]]:
        ended = CliRunner().invoke(
            app, ["tiles", "export", str(folder), "--json"], env=dict(lived.environment)
        )
        assert ended.exit_code == 0, ended.output
        return {row["service"]: row for row in json.loads(ended.stdout)}

    first = export()
    assert set(first) == set(services())
    keys = lived.system.home / "keys" / "logs.vkeys"
    kept = tmp_path / "kept"
    kept.write_bytes((folder / "handoff" / "checkpoint").read_bytes())
    for name in ("intake", "handoff"):
        for place in (folder / name, folder / name / "sm3"):
            assert (place / "checkpoint").is_file()
            assert (place / "log.vkey").read_text().startswith("guitu/")
            assert (place / "tile").is_dir()
    assert not any(NAME.encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())
    lived.submit(COURT, judgment(COURT, 2))
    lived.settled()
    second = export()
    assert second["handoff"]["added"] == int(str(second["handoff"]["entries"])) - int(
        str(first["handoff"]["entries"])
    )
    assert int(str(second["handoff"]["added"])) > 0

    # with the installation's keys, Ed25519 and SM2, and no network: whole, and begun with what was kept
    known = [key for key in parse_vkeys(keys.read_text()) if key.sm2 is not None]
    assert len(known) == len(services())
    assert main(["tiles", str(folder), "--keys", str(keys), "--seen", str(kept), "--json"]) == EXIT_PENDING
    report = json.loads(capsys.readouterr().out)
    assert (report["findings"], len(report["logs"])) == ([], 2 * len(services()))
    assert all(log["entries"] == log["size"] for log in report["logs"])
    assert any(log["size"] for log in report["logs"])
    assert all({"Ed25519", "SM2"} <= {one["kind"] for one in log["signatures"]} for log in report["logs"])
    [continued] = [log["continues"] for log in report["logs"] if log["continues"]]
    assert continued == [first["handoff"]["entries"]]
    full, rest = divmod(int(str(second["handoff"]["entries"])), 256)
    last = f"{full:03d}.p/{rest}" if rest else f"{full - 1:03d}"
    entries = folder / "handoff" / "tile" / "entries" / last
    whole = entries.read_bytes()
    entries.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert main(["tiles", str(folder), "--keys", str(keys)]) == EXIT_FAILED
    assert "TILE_WRONG" in capsys.readouterr().out
    entries.write_bytes(whole)

    (folder / "intake" / "checkpoint").unlink()
    (folder / "intake" / "log.vkey").unlink()
    ended = CliRunner().invoke(app, ["tiles", "export", str(folder)], env=dict(lived.environment))
    assert ended.exit_code == 1
    assert "holds tiles of another log" in ended.stderr
