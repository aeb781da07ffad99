"""Logical backups of an installation, and their restore into new servers (docs/runbooks/restore.md).

Two folders that are kept apart: the events and what belongs to them; the keys (key stores, master keys, signing keys,
certificates), with a bounded life. Who has both can read personal data. Nothing runs meanwhile, so that no reader is
ahead of the log that it read.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from kafka import KafkaConsumer
from kafka.structs import TopicPartition

from devstack import postgres, runfiles
from devstack.databases import KEYS
from devstack.errors import StackError
from devstack.postgres import Address
from devstack.system import System

MANIFEST: Final = "manifest.json"
KEYS_DAYS: Final = 35
"""How long a backup of the keys may be restored, unless said otherwise: until then an erased person can be read from it."""
_WITH_EVENTS: Final = ("law", "agencies.yaml")
_WITH_KEYS: Final = ("keys", "tls")
_SERVERS_DATA: Final = ("pg", "kafka", "tiles")
_SIZES = "select (select seq from es.sequencer), (select count(*) from es.event)"
_EMPTY = "select count(*) from pg_namespace where nspname = 'es'"
_KEYS_EMPTY = "select count(*) from pg_tables where schemaname = 'public' and tablename = 'key'"
# Transaction ids belong to one cluster: rows of older generations are final whatever theirs is. The topics are others:
# the relay publishes from the beginning, readers begin at offset 0 and skip what they have seen, by version and leaf.
_NEW_CLUSTER = (
    "update es.generation set gen = gen + 1",
    "update es.relay set seq = 0",
    "delete from es.consumer_offset",
)


class Log(NamedTuple):
    """How long a service's log is, and how many events its store holds."""

    size: int
    events: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder of a backup holds: files by their SHA-256; of the keys, the last day on which they may be restored."""

    installation: str
    made_at: str
    logs: Mapping[str, Log]
    files: Mapping[str, str]
    keys_until: str = ""

    def write(self, folder: Path) -> None:
        """It stands in the folder."""
        text = json.dumps({name: getattr(self, name) for name in self.__slots__}, indent=2)
        (folder / MANIFEST).write_text(text, "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The folder's manifest; StackError where a file is missing or is not the one that was written."""
        try:
            found: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        except FileNotFoundError:
            raise StackError(f"{folder} holds no backup: {MANIFEST} is missing") from None
        made = cls(
            found["installation"],
            found["made_at"],
            {name: Log(*sizes) for name, sizes in found["logs"].items()},
            found["files"],
            found["keys_until"],
        )
        if (present := _digests(folder)) != made.files:
            other = sorted(name for name, _ in set(present.items()) ^ set(made.files.items()))
            raise StackError(f"{folder} is not as it was written: {', '.join(dict.fromkeys(other))}")
        return made


def backup(system: System, folder: Path, keys: Path, *, keys_days: int = KEYS_DAYS) -> Manifest:
    """Both folders hold the installation as it stands still; it is down afterwards. Raises StackError."""
    _must_be_down(system)
    for one in (folder, keys):
        if one.exists() and any(one.iterdir()):
            raise StackError(f"{one} is not empty: name a new folder for each backup")
        one.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.resolve() in (keys.resolve(), *keys.resolve().parents):
        raise StackError("the keys belong in another place than the events")
    system.up(only=())
    try:
        address = system.servers.address
        logs = {name: _log(address, name) for name in databases(system) if not name.endswith(KEYS)}
        for name in databases(system):
            target = (keys if name.endswith(KEYS) else folder) / f"{name}.dump"
            _run(address, name, "pg_dump", "--format=custom", f"--file={target}")
    finally:
        system.down()
    _copied(system.home, folder, _WITH_EVENTS)
    _copied(system.home, keys, _WITH_KEYS)
    now = datetime.now(UTC)
    made = Manifest(system.topology.installation, now.isoformat(), logs, _digests(folder))
    made.write(folder)
    until = (now + timedelta(days=keys_days)).date().isoformat()
    Manifest(made.installation, made.made_at, {}, _digests(keys), until).write(keys)
    return made


def restore(system: System, folder: Path, keys: Path, *, wipe: bool = False) -> Manifest:
    """New servers hold the backup, and may be written to; they stay up, without services, to be checked.

    wipe: what the data folder's own servers hold is given up first; what witnesses remember stays. StackError where
    something is there already, where the keys' life is over, and where the topics know more than the backup.
    """
    _must_be_down(system)
    events, secret = Manifest.read(folder), Manifest.read(keys)
    _must_fit(system, events, secret)
    if wipe:
        for name in _SERVERS_DATA:
            shutil.rmtree(system.home / name, ignore_errors=True)
    _taken_over(folder, system.home, _WITH_EVENTS)
    _taken_over(keys, system.home, _WITH_KEYS)
    system.up(only=())
    try:
        address = system.servers.address
        for name in databases(system):
            _must_be_empty(address, name)
        _topics_must_not_know_more(system, events.logs)
        for name in databases(system):
            dump = (keys if name.endswith(KEYS) else folder) / f"{name}.dump"
            _run(address, name, "pg_restore", "--exit-on-error", f"--dbname={name}", str(dump), named=False)
            if not name.endswith(KEYS):
                new_cluster(address.dsn(name))
    except BaseException:
        system.down()
        raise
    return events


def new_cluster(dsn: str) -> None:
    """A store that was restored from a dump may be written to: its generation is raised, its positions on topics forgotten."""
    with psycopg.connect(dsn) as connection:
        for statement in _NEW_CLUSTER:
            connection.execute(statement)


def databases(system: System) -> list[str]:
    """All databases of the installation."""
    return [name for one in system.topology.services for name in one.databases]


def _must_be_down(system: System) -> None:
    alive = [name for name, one in runfiles.recorded(system.home).items() if runfiles.is_alive(one)]
    if alive:
        raise StackError(f"{', '.join(alive)} of {system.home} run: `guitu down` ends them")


def _must_fit(system: System, events: Manifest, keys: Manifest) -> None:
    for one in (events, keys):
        if one.installation != system.topology.installation:
            raise StackError(f"the backup is of {one.installation}, this is {system.topology.installation}")
    if not events.logs or not keys.keys_until:
        raise StackError("name the folder of the events first, that of the keys with --keys")
    if events.made_at != keys.made_at:
        raise StackError(
            f"the events are of {events.made_at}, the keys of {keys.made_at}: restore one backup"
        )
    if datetime.now(UTC).date() > date.fromisoformat(keys.keys_until):
        raise StackError(
            f"the life of these keys ended on {keys.keys_until}: they may hold keys of persons who were erased since; "
            "delete them, and restore a younger backup"
        )


def _must_be_empty(address: Address, name: str) -> None:
    with psycopg.connect(address.dsn(name)) as connection:
        row = connection.execute(_KEYS_EMPTY if name.endswith(KEYS) else _EMPTY).fetchone()
    if row is None or row[0]:
        raise StackError(f"database {name} is there already: restore into new servers, or give --wipe")


def _topics_must_not_know_more(system: System, logs: Mapping[str, Log]) -> None:
    """A reader would have seen versions that the writer no longer has and writes anew, with other content."""
    consumer = KafkaConsumer(
        bootstrap_servers=system.servers.bootstrap, group_id=None, enable_auto_commit=False
    )
    try:
        for name, log in logs.items():
            topic = next((t for t in system.topology.topics if t.name == f"corrections.{name}.v1"), None)
            known = 0 if topic is None else _published(consumer, topic.name, topic.partitions)
            if known > log.size:
                raise StackError(
                    f"{topic.name if topic else name} knows {known} events, the backup {log.size}: an old dump beside "
                    "topics that know more forks the history; empty the topics, or restore a younger backup"
                )
    finally:
        consumer.close()


def _published(consumer: KafkaConsumer, topic: str, partitions: int) -> int:
    """How many events of the log the topic has seen, by the position that its last records carry."""
    parts = [TopicPartition(topic, number) for number in range(partitions)]
    first, ends = consumer.beginning_offsets(parts), consumer.end_offsets(parts)
    known = 0
    for part in parts:
        if ends[part] == first[part]:
            continue
        consumer.assign([part])
        consumer.seek(part, ends[part] - 1)
        while (consumer.position(part) or 0) < ends[part]:
            for record in consumer.poll(timeout_ms=500).get(part, ()):
                known = max(known, int(dict(record.headers).get("ce_seq", b"-1")) + 1)
    return known


def _log(address: Address, name: str) -> Log:
    with psycopg.connect(address.dsn(name)) as connection:
        row = connection.execute(_SIZES).fetchone()
    if row is None:
        raise StackError(f"{name} holds no store")
    return Log(row[0], row[1])


def _run(address: Address, database: str, program: str, *arguments: str, named: bool = True) -> None:
    """A program of PostgreSQL; the password never stands among the arguments, which others can read."""
    where = [
        f"--host={address.host}",
        f"--port={address.port}",
        f"--username={address.user}",
        "--no-password",
    ]
    environment = {**os.environ, "PGPASSWORD": address.password}
    environment |= {f"PG{name.upper()}": value for name, value in address.extra}
    tail = [database] if named else []
    done = subprocess.run(
        [str(postgres.program(program)), *where, *arguments, *tail],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise StackError(f"{program} of {database}: {done.stderr.decode(errors='replace').strip()}")


def _copied(home: Path, folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        source = home / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        elif source.exists():
            shutil.copy2(source, folder / name)


def _taken_over(folder: Path, home: Path, names: tuple[str, ...]) -> None:
    """What the data folder lacks; a file that it has with other content is never written over."""
    for name in names:
        for source in sorted((folder / name).rglob("*")) if (folder / name).is_dir() else [folder / name]:
            if not source.is_file():
                continue
            target = home / source.relative_to(folder)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copy2(source, target)
            elif name == "keys" and target.read_bytes() != source.read_bytes():
                raise StackError(f"{target} is another than the backup's: restore into a folder of its own")


def _digests(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            with path.open("rb") as file:
                digest = sha256()
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
            found[path.relative_to(folder).as_posix()] = digest.hexdigest()
    return found
