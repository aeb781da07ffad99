"""The installation that the sandbox belongs to: where its servers and services are, from settings and topology."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from devstack import databases, topology
from devstack.postgres import Address
from eventcore import kafka
from eventcore.link import Link, connecting
from servicekit.settings import Settings

from sandbox.clock import Clock
from sandbox.idle import Consumes

DATABASE = "sandbox"


@dataclass(frozen=True, slots=True)
class Installation:
    """What the sandbox knows of its installation: settings and, of each service, the topics it consumes."""

    settings: Settings
    consumes: Consumes

    @classmethod
    def of(cls, settings: Settings) -> Installation:
        """The installation of a service process of the sandbox: its topology file names services and topics."""
        declared = {s.name: frozenset(s.consumes) for s in topology.load().services if s.name != DATABASE}
        return cls(settings, declared)

    @property
    def services(self) -> tuple[str, ...]:
        """Services with a log of their own."""
        return tuple(self.consumes)

    def dsn(self, service: str) -> str:
        """Connection string of a service's event database, as the owner of that service."""
        server = Address.parse(self.settings.postgres)
        return databases.service_address(self.settings.home, server, service).dsn(service)

    def link(self, service: str, *, durable: bool = False) -> Link:
        """A connection to a service's database. Unless `durable`, its commits may be lost when the server dies."""
        options = "" if durable else "synchronous_commit=off"
        return Link(connecting(_with(self.dsn(service), options), "sandbox"))

    def links(self) -> Mapping[str, Link]:
        """A connection to each service's database."""
        return {name: self.link(name) for name in self.services}

    def clock(self, *, tasks: Callable[[], int] = lambda: 0) -> Clock:
        """The clock of the installation; its copies may be lost in a crash, the truth is not."""
        ends = kafka.topic_ends(kafka.Settings(bootstrap=self.settings.kafka, client_id="sandbox-clock"))
        truth = self.link(DATABASE, durable=True)
        return Clock(truth, self.links(), ends, self.consumes, tasks=tasks, on_close=ends.close)


def _with(dsn: str, option: str) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(dsn, options=f"-c {option}") if option else dsn
