"""One broker for the whole run and one PostgreSQL for each of its workers, started when a test asks for them.

A database cluster has one horizon: an open transaction holds back the sequencers of all its databases, and tests of the
order of events count what a turn numbers. So no two workers share one.

The folder of a run is named by the pid of its pytest. That process ends the servers; a run that was killed is
cleared away by the next one.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import psycopg
import pytest
from devstack import runfiles
from devstack.kafka import Kafka
from devstack.kafka import end_recorded as end_kafka
from devstack.postgres import Address, Postgres
from devstack.postgres import end_recorded as end_postgres
from devstack.process import free_port
from devstack.system import System
from devstack.testing import Database, DatabaseFactory, TopicFactory, create_database, drop_database
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_HOME_VARIABLE = "GUITU_TEST_HOME"
_HOME_PREFIX = "guitu-test-"
# Folders whose tests share a running system. One worker plays each, from the beginning of the run: they take longest.
_TOGETHER = ("tests/e2e", "tests/integration/handoff")

# An example may take as long as it takes: a busy machine is no fault of the rule that is tested.
settings.register_profile("guitu", settings(), deadline=None)
settings.load_profile("guitu")


def pytest_configure(config: pytest.Config) -> None:
    """The folder of this run is named for all its processes."""
    if not _is_worker(config):
        _clear_killed_runs()
        os.environ[_HOME_VARIABLE] = str(Path(tempfile.gettempdir()) / f"{_HOME_PREFIX}{os.getpid()}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """The servers of this run have ended and its folder is gone."""
    if not _is_worker(config):
        _clear(Path(os.environ[_HOME_VARIABLE]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Directory = kind = marker: a test below tests/<kind>/ carries the marker <kind> where there is one."""
    for item in items:
        kind = item.path.relative_to(Path(__file__).parent).parts[0]
        marker = {"drills": "drill", "e2e": "integration"}.get(kind, kind)
        if marker in ("integration", "contract", "golden", "drill", "bench"):
            item.add_marker(marker)
    items.sort(key=lambda item: _played_as(item.nodeid) not in _TOGETHER)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """A worker is given a folder that shares a system, or a file, in the order of collection."""
    config.option.loadscopereorder = False
    return _Scheduling(config, log)


class _Scheduling(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return _played_as(nodeid)


def _played_as(nodeid: str) -> str:
    path = nodeid.partition("::")[0]
    return next((folder for folder in _TOGETHER if path.startswith(f"{folder}/")), path)


@pytest.fixture(scope="session")
def postgres_server() -> Address:
    """The worker's PostgreSQL (profile quick: no fsync), with the right to create databases and roles."""
    with _run_folder(os.environ.get("PYTEST_XDIST_WORKER", "")) as home:
        known = home / "postgres.address"
        if not known.exists():
            server = Postgres(home, free_port(), profile="quick")
            server.start()
            address = server.address
            with psycopg.connect(address.dsn(), autocommit=True) as connection:
                connection.execute("create database guitu_template")
            known.write_text(json.dumps([address.host, address.port, address.user, address.password]))
        return Address(*json.loads(known.read_text()))


@pytest.fixture(scope="session")
def kafka_server() -> str:
    """host:port of the run's broker."""
    with _run_folder() as home:
        known = home / "kafka.address"
        if not known.exists():
            broker = Kafka(home, free_port(), free_port(), profile="quick")
            broker.start()
            known.write_text(broker.bootstrap)
        return known.read_text()


@pytest.fixture
def database(postgres_server: Address) -> Iterator[Database]:
    """A fresh, empty database of this test alone, dropped afterwards."""
    made = create_database(postgres_server)
    yield made
    drop_database(made)


@pytest.fixture
def database_factory(postgres_server: Address) -> Iterator[DatabaseFactory]:
    """Makes as many databases as a test needs, each from the empty template or from one made before."""
    factory = DatabaseFactory(postgres_server)
    yield factory
    factory.drop_all()


@pytest.fixture
def topic(kafka_server: str) -> TopicFactory:
    """Makes topics with names of their own: `topic("orders", partitions=2)` answers the name."""
    return TopicFactory(kafka_server)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@contextlib.contextmanager
def _run_folder(worker: str = "") -> Generator[Path]:
    """The run's folder, or the worker's in it; while the block runs nobody else is inside it."""
    home = Path(os.environ[_HOME_VARIABLE], worker)
    home.mkdir(exist_ok=True, parents=True)
    with open(home / "fixtures.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield home


def _clear_killed_runs() -> None:
    for home in Path(tempfile.gettempdir()).glob(f"{_HOME_PREFIX}*"):
        pid = home.name.removeprefix(_HOME_PREFIX)
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and os.access(home, os.W_OK):
            _clear(home)


def _clear(home: Path) -> None:
    if not home.exists():
        return
    for installation in home.glob("e2e-*"):
        System(installation).down()
    for folder in (home, *home.glob("gw*")):
        for name, running in runfiles.recorded(folder).items():
            (end_postgres if name == "postgres" else end_kafka)(folder, running)
    shutil.rmtree(home, ignore_errors=True)  # another run may be at it
