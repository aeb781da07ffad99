"""Histories of past releases are read by today's code (G28)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import psycopg
import pytest
from devstack.testing import Database
from eventcore.apply import Reader
from eventcore.decider import Decider, fold
from eventcore.entry import of_bytes, source_of
from eventcore.event import Event
from eventcore.link import Link
from eventcore.migrate import migrate
from eventcore.projection import Projections
from eventcore.tx import Effects
from eventcore.upcasting import Codec
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from proofs.canonical import leaf_pair
from servicekit.service import Service

from tests.golden.histories import IMAGE, Record, by_stream, records, releases, services

INSTALLATION = "guitu-golden"
HISTORIES = [(release, service) for release in releases() for service in services(release)]
# Decider of a category of streams where it is not `CASE` of `<service>.domain.case`.
DECIDERS = {
    "intake/person": "intake.domain.person:PERSON",
    "intake/exchange": "intake.domain.unopened:UNOPENED",
    "handoff/exchange": "handoff.domain.exchange:EXCHANGE",
    "audit/log": "audit.domain.log:LOG",
    "administration/calendar": "administration.domain.calendar_year:CALENDAR_YEAR",
    "administration/ruleset": "administration.domain.rule_set:RULE_SET",
}
_APPEND = """
select es.append1_v1(%s::uuid, %s::bytea, %s::bytea, %s::uuid, %s::text, %s::bigint, %s::text, %s::uuid,
  %s::timestamptz, %s::timestamptz, %s::bytea, %s::bytea, %s::text, %s::bytea, %s::bytea)
"""


def decider_of(service: str, stream: str) -> Decider[Any]:
    """The decider that folds a stream of a service today."""
    category = f"{service}/{stream.partition('/')[0]}"
    module, _, name = DECIDERS.get(category, f"{service}.domain.case:CASE").partition(":")
    return getattr(import_module(module), name)


@cache
def composed(service: str) -> Service:
    """The service as its main composes it."""
    return import_module(f"{service}.main").SERVICE


def events(service: str, found: list[Record]) -> list[Event]:
    """The records through the service's codec of today."""
    codec = composed(service).codec
    return [codec.event(r.meta, r.data) for r in found]


@pytest.mark.parametrize(("release", "service"), HISTORIES)
def test_every_release_replays(release: str, service: str):
    for stream, found in by_stream(records(release, service)).items():
        decider = decider_of(service, stream)
        history = [(event.data, event.stamp) for event in events(service, found)]
        assert fold(decider, history) != decider.initial, stream


@pytest.mark.parametrize(("release", "service"), HISTORIES)
def test_stored_bytes_keep_their_leaves(release: str, service: str):
    for record in records(release, service):
        assert leaf_pair(record.meta, record.data) == (record.leaf_sha256, record.leaf_sm3), record.type


@pytest.mark.parametrize(("release", "service"), HISTORIES)
def test_reading_loses_no_field(release: str, service: str):
    """Written anew the content is what was stored: nothing fell into unknown fields, nothing changed its meaning."""
    codec = Codec()
    for record in records(release, service):
        content = codec.event(record.meta, record.data).data
        content.DiscardUnknownFields()
        assert content.SerializeToString(deterministic=True) == record.data, record.type


def released_events() -> Iterator[str]:
    """Full names of the events of the released contracts."""
    for file in FileDescriptorSet.FromString(IMAGE.read_bytes()).file:
        for message in file.message_type:
            if any("event" in option.name for option, _ in message.options.ListFields()):
                yield f"{file.package}.{message.name}"


def test_the_newest_release_has_every_event_that_was_released():
    newest = releases()[-1]
    held = {record.type for service in services(newest) for record in records(newest, service)}
    assert sorted(held) == sorted(released_events())


@pytest.mark.parametrize(("release", "service"), HISTORIES)
def test_todays_projections_read_every_release(release: str, service: str, database: Database):
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        prepare(connection, service)
        stored = [store(connection, event) for event in events(service, records(release, service))]
        with connection.transaction():
            connection.execute("select from es.sequence_v1(100000)")
        link = Link(lambda: psycopg.connect(database.dsn, autocommit=True))
        projections = Projections(
            link,
            composed(service).projections,
            installation=INSTALLATION,
            service=service,
            codec=composed(service).codec,
        )
        try:
            read = sum(iter(projections.turn, 0))
        finally:
            projections.close()
        parked = connection.execute("select consumer, error from es.parked").fetchall()
    assert parked == []
    assert read >= len(stored) or not composed(service).projections


@pytest.mark.parametrize("release", releases())
@pytest.mark.parametrize("service", sorted({service for _, service in HISTORIES}))
def test_todays_subscriptions_read_every_release(release: str, service: str, database: Database):
    """Each event takes effect on every service that reads it; a handler that fails raises here."""
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        prepare(connection, service)
        for subscription in composed(service).subscriptions:
            codec, handle = composed(service).codec, subscription.handle
            reader = Reader.of(INSTALLATION, service, subscription.name, handle, codec)
            for source in sorted(subscription.services):
                follow(connection, reader, source, records(release, source))


def prepare(connection: psycopg.Connection[Any], service: str) -> None:
    """The database is that of the service, its clock simulated."""
    packages = composed(service).migrations
    migrate(
        connection,
        service=service,
        packages=(service,) if packages is None else packages,
        simulated_clock=True,
    )


def store(connection: psycopg.Connection[Any], event: Event) -> Event:
    """The event stands in the log with the very bytes of its release, at the time of its recording."""
    connection.execute("update es.simulated_clock set now = %s", (event.recorded_at,))
    connection.execute(
        _APPEND,
        (event.event_id, b"", b"", event.stream_id, "golden", event.version - 1, event.type, event.subject,
         event.occurred_at, event.recorded_at, event.meta_bytes, event.data_bytes, None,
         *leaf_pair(event.meta_bytes, event.data_bytes)),
    )  # fmt: skip
    return event


def follow(connection: psycopg.Connection[Any], reader: Reader, source: str, found: list[Record]) -> None:
    """The records have had their effect on the reader, one transaction each."""
    for seq, record in enumerate(found):
        entry = of_bytes(source_of(INSTALLATION, source), record.meta, record.data, seq=seq, trace="")
        effects = Effects()
        with connection.transaction():
            reader.apply(connection, entry, effects)
            effects.flush(connection)
