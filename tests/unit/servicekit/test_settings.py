"""A missing or wrong variable ends the process with one sentence that names it, its rule and the remedy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from servicekit import settings
from servicekit.settings import SettingsError


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    tls = tmp_path / "tls"
    tls.mkdir()
    for name in ("tls.crt", "tls.key", "ca.crt"):
        (tls / name).write_text("")
    for name, value in {
        "GUITU_SERVICE": "intake",
        "GUITU_PORT": "21310",
        "GUITU_POSTGRES": "host=127.0.0.1 port=5432 user=intake",
        "GUITU_KAFKA": "127.0.0.1:9092",
        "GUITU_TLS": str(tls),
        "GUITU_PEERS": '{"handoff": "127.0.0.1:21311"}',
    }.items():
        monkeypatch.setenv(name, value)
    return tls


def test_a_whole_environment_is_read():
    read = settings.load()
    assert (read.service, read.port, read.peers) == ("intake", 21310, {"handoff": "127.0.0.1:21311"})
    assert "dbname=intake" in read.conninfo().split()
    assert "dbname=intake_keys" in read.conninfo("intake_keys").split()
    assert read.spiffe_id == "spiffe://guitu-dev/service/intake"
    assert not read.simulated_clock
    assert not read.reflection
    assert read.otlp_endpoint is None


@pytest.mark.parametrize("name", ["SERVICE", "PORT", "POSTGRES", "KAFKA"])
def test_a_missing_variable_is_named(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(f"GUITU_{name}")
    with pytest.raises(SettingsError, match=rf"^GUITU_{name} is not set \(.+\); .+\.$"):
        settings.load()


WRONG = [
    ("GUITU_PORT", "many", "integer"),
    ("GUITU_PORT", "70000", "65535"),
    ("GUITU_KAFKA", "nowhere", "host:port"),
    ("GUITU_POSTGRES", "nowhere", "connection string"),
    ("GUITU_PEERS", "{", "JSON"),
    ("GUITU_PEERS", '{"handoff": "here"}', "host:port"),
    ("GUITU_REFLECTION", "perhaps", "0 or 1"),
    ("GUITU_LAW_DIGEST", "abc", "SHA-256"),
    ("GUITU_LIMITS", '{"drain": 1}', "drain"),
    ("GUITU_LIMITS", "{", "JSON"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "somewhere", "collector"),
]


@pytest.mark.parametrize(("name", "value", "says"), WRONG)
def test_a_wrong_variable_is_named_with_its_rule(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name}\S* is wrong: ") as e:
        settings.load()
    assert says in str(e.value)
    assert "\n" not in str(e.value)


def test_a_missing_certificate_is_named(environment: Path):
    (environment / "tls.key").unlink()
    with pytest.raises(SettingsError, match=r"^GUITU_TLS is wrong: .+ has no tls\.key .+`make up`"):
        settings.load()


def test_a_process_with_wrong_settings_exits_with_2(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GUITU_KAFKA")
    code = "from servicekit.settings import load_or_exit; load_or_exit()"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert run.returncode == 2
    assert run.stderr.startswith("GUITU_KAFKA is not set")
    assert run.stderr.count("\n") == 1
