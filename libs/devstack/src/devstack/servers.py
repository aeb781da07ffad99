"""PostgreSQL and Kafka of an installation: our own, started together, or those that the environment names.

`GUITU_POSTGRES` (a connection string with the right to create databases and roles) and `GUITU_KAFKA` (host:port)
use existing servers instead; they are never stopped or configured by us.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from devstack.errors import StackError
from devstack.kafka import Kafka
from devstack.postgres import Address, Postgres, Profile
from devstack.topology import Topology


class Servers:
    """Both servers. `postgres` and `kafka` are None where an existing server is used."""

    def __init__(
        self,
        home: Path,
        topology: Topology,
        *,
        profile: Profile = "safe",
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        given_postgres, given_kafka = environment.get("GUITU_POSTGRES"), environment.get("GUITU_KAFKA")
        self._given_address = Address.parse(given_postgres) if given_postgres else None
        self._given_bootstrap = given_kafka or None
        self.postgres = None if given_postgres else Postgres(home, topology.postgres_port, profile=profile)
        self.kafka = (
            None
            if given_kafka
            else Kafka(home, topology.kafka_port, topology.kafka_controller_port, profile=profile)
        )

    @property
    def address(self) -> Address:
        """PostgreSQL, as a user who may create databases and roles."""
        if self._given_address is not None:
            return self._given_address
        assert self.postgres is not None
        return self.postgres.address

    @property
    def bootstrap(self) -> str:
        """Kafka's host:port for clients."""
        if self._given_bootstrap is not None:
            return self._given_bootstrap
        assert self.kafka is not None
        return self.kafka.bootstrap

    def start(self) -> None:
        """Both answer requests. When one cannot start, neither is left running; StackError says why."""
        try:
            _together([one.start for one in (self.kafka, self.postgres) if one is not None])
        except StackError:
            self.stop()
            raise

    def stop(self) -> None:
        """Ours have ended in order; existing ones go on."""
        _together([one.stop for one in (self.kafka, self.postgres) if one is not None])


def _together(actions: list[Callable[[], None]]) -> None:
    with ThreadPoolExecutor(max(1, len(actions))) as pool:
        for done in [pool.submit(action) for action in actions]:
            done.result()
