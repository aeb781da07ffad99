"""The embedded PostgreSQL: ready, private, and whole again after a kill."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from devstack import runfiles
from devstack.errors import StackError
from devstack.postgres import Address, Postgres, end_recorded
from devstack.process import free_port


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "home", free_port(), profile="safe")
    server.start()
    yield server
    server.stop()


def _rows(address: Address) -> list[tuple[int]]:
    with psycopg.connect(address.dsn()) as connection:
        return connection.execute("select x from kept order by x").fetchall()


def _store(address: Address) -> None:
    with psycopg.connect(address.dsn()) as connection:
        connection.execute("create table kept as select generate_series(1, 3) x")


def test_server_never_runs_with_the_privileges_of_root(own_server: Postgres) -> None:
    assert own_server.pid is not None
    status = Path(f"/proc/{own_server.pid}/status").read_text()
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff"))
    inside_namespace = os.readlink(f"/proc/{own_server.pid}/ns/user") != os.readlink("/proc/self/ns/user")
    allowed = {"0000000000000000", "0000000000000002"}
    assert effective in allowed or inside_namespace


def test_wrong_password_is_refused(own_server: Postgres) -> None:
    known = own_server.address
    stranger = Address(known.host, known.port, known.user, "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(stranger.dsn())


def test_password_is_readable_by_its_owner_only(own_server: Postgres, tmp_path: Path) -> None:
    assert (tmp_path / "home" / "keys" / "postgres.password").stat().st_mode & 0o777 == 0o600


def test_committed_rows_outlive_a_clean_restart(own_server: Postgres) -> None:
    _store(own_server.address)
    own_server.stop()
    own_server.start()
    assert _rows(own_server.address) == [(1,), (2,), (3,)]


def test_committed_rows_outlive_a_killed_server(own_server: Postgres) -> None:
    _store(own_server.address)
    own_server.kill()
    own_server.start()
    assert _rows(own_server.address) == [(1,), (2,), (3,)]


def test_pid_file_that_names_a_stranger_does_not_stop_the_start(own_server: Postgres, tmp_path: Path) -> None:
    own_server.kill()
    pid_file = tmp_path / "home" / "pg" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    own_server.start()
    assert own_server.pid is not None


def test_server_of_a_killed_launcher_is_ended_by_its_run_file(own_server: Postgres, tmp_path: Path) -> None:
    home = tmp_path / "home"
    running = runfiles.recorded(home)["postgres"]
    end_recorded(home, running)
    assert not runfiles.is_alive(running)
    assert runfiles.recorded(home) == {}
    assert not (home / "pg" / "postmaster.pid").exists()


def test_port_in_use_is_said_with_its_remedy(own_server: Postgres, tmp_path: Path) -> None:
    second = Postgres(tmp_path / "other", own_server.address.port, profile="quick")
    with pytest.raises(StackError, match=r"port \d+, wanted by PostgreSQL, is in use: end the program"):
        second.start()


def test_server_that_ends_at_once_is_reported_with_its_last_words(
    own_server: Postgres, tmp_path: Path
) -> None:
    own_server.stop()
    (tmp_path / "home" / "pg" / "PG_VERSION").write_text("9\n")
    with pytest.raises(StackError, match=r"postgres ended at its start: .*FATAL"):
        own_server.start()
    (tmp_path / "home" / "pg" / "PG_VERSION").write_text("18\n")
    own_server.start()
    assert own_server.pid is not None
