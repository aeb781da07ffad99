"""A backup says what it holds, and nobody restores another, a changed or an outlived one."""

from __future__ import annotations

from pathlib import Path

import pytest
from devstack import backup
from devstack.backup import Log, Manifest
from devstack.errors import StackError
from devstack.system import System

EVENTS = Manifest("guitu-dev", "2026-03-02T09:00:00+08:00", {"intake": Log(3, 3)}, {})
KEYS = Manifest("guitu-dev", "2026-03-02T09:00:00+08:00", {}, {}, "2999-01-01")


def written(folder: Path, made: Manifest) -> Path:
    folder.mkdir()
    made.write(folder)
    return folder


def refused(tmp_path: Path, events: Manifest, keys: Manifest) -> str:
    system = System(tmp_path / "home")
    with pytest.raises(StackError) as error:
        backup.restore(system, written(tmp_path / "e", events), written(tmp_path / "k", keys))
    return str(error.value)


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path):
    assert Manifest.read(written(tmp_path / "e", EVENTS)) == EVENTS


def test_a_changed_file_is_named(tmp_path: Path):
    folder = written(tmp_path / "e", EVENTS)
    (folder / "intake.dump").write_bytes(b"other")
    with pytest.raises(StackError, match=r"intake\.dump"):
        Manifest.read(folder)


def test_keys_whose_life_is_over_are_not_restored(tmp_path: Path):
    old = Manifest(KEYS.installation, KEYS.made_at, {}, {}, "2026-04-06")
    assert "2026-04-06" in refused(tmp_path, EVENTS, old)


def test_events_and_keys_are_of_one_backup(tmp_path: Path):
    other = Manifest(KEYS.installation, "2026-03-03T09:00:00+08:00", {}, {}, KEYS.keys_until)
    assert "one backup" in refused(tmp_path, EVENTS, other)


def test_a_backup_of_another_installation_is_not_restored(tmp_path: Path):
    other = Manifest("guitu-elsewhere", EVENTS.made_at, EVENTS.logs, {})
    assert "guitu-elsewhere" in refused(tmp_path, other, KEYS)


def test_the_folders_are_not_mistaken_for_each_other(tmp_path: Path):
    assert "--keys" in refused(tmp_path, KEYS, EVENTS)
