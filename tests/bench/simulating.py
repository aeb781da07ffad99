"""The time that `guitu law simulate` takes for many cases, their events in a real PostgreSQL.

One database a service, written through the store's own functions and sequenced. Measured is what the command does: pages
of cases are read by the statement of `ReadStreams`, decoded, replayed under both laws and compared; the two hops of gRPC
(service to audit to command) are not in it, nor is the loading of the draft.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import psycopg
from devstack.postgres import Address, Postgres
from devstack.process import free_port
from eventcore import ids, meta, readers
from eventcore.decider import Caller
from eventcore.event import Event
from eventcore.migrate import migrate
from eventcore.upcasting import Codec
from guitu_cli.law_differences import Laws, Summary
from guitu_cli.law_simulating import Simulation, draft_of
from lawkit import load_law
from proofs.canonical import leaf_pair
from psycopg.rows import TupleRow

from tests.bench.histories import county, known_services

PAGE = 100
INSTALLATION = "guitu-bench"
TARGET_S = 60
_APPEND = """
select es.append1_v1(%s::uuid, %s::bytea, %s::bytea, %s::uuid, 'case', %s::bigint, %s::text, %s::uuid,
  %s::timestamptz, %s::timestamptz, %s::bytea, %s::bytea, null, %s::bytea, %s::bytea)
"""
Connections = dict[str, "psycopg.Connection[TupleRow]"]


def simulated(cases: int) -> tuple[float, float, Summary]:
    """Seconds and seconds of CPU that a simulation of so many cases takes, and what it comes to."""
    home = Path(tempfile.mkdtemp(prefix="guitu-bench-"))
    try:
        with ExitStack() as stack:
            server = Postgres(home, free_port(), profile="quick")
            server.start()
            stack.callback(server.stop)
            stores = _stores(server.address, stack)
            written = _write(stores, cases)
            return _simulate(stores, written)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _stores(address: Address, stack: ExitStack) -> Connections:
    found: Connections = {}
    for name in known_services():
        with psycopg.connect(address.dsn(), autocommit=True) as connection:
            connection.execute(f"create database {name}".encode())
        found[name] = stack.enter_context(psycopg.connect(address.dsn(name), autocommit=True))
        migrate(found[name], service=name, simulated_clock=True)
    return found


def _write(stores: Connections, cases: int) -> list[UUID]:
    """The cases are in the stores' logs, as if they had been written at their time; their ids in order."""
    written: list[UUID] = []
    for case_id, events in county(cases):
        written.append(UUID(case_id))
        for name, connection in stores.items():
            for event in events:
                if event.service == name:
                    _append(connection, case_id, event)
    for connection in stores.values():
        with connection.transaction():
            connection.execute("select from es.sequence_v1(10000000)")
        connection.execute("analyze")
    return sorted(written)


def _append(connection: psycopg.Connection[TupleRow], case_id: str, event: Event) -> None:
    stream = ids.stream_id(INSTALLATION, event.service, "case", case_id)
    request = ids.event_id(stream, event.version)
    caller = Caller(event.actor, event.unit, event.role, "bench")
    head = meta.build(
        event.data,
        origin=meta.Origin(event.service, caller, request, None, "", ""),
        stream=stream,
        version=event.version,
        subject=event.subject,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
    ).SerializeToString(deterministic=True)
    data = event.data.SerializeToString(deterministic=True)
    connection.execute("update es.simulated_clock set now = %s", (event.recorded_at,))
    connection.execute(
        _APPEND,
        (request, sha256(data).digest(), b"", stream, event.version - 1, event.type, event.subject,
         event.occurred_at, event.recorded_at, head, data, *leaf_pair(head, data)),
    )  # fmt: skip


def _simulate(stores: Connections, written: Sequence[UUID]) -> tuple[float, float, Summary]:
    today = load_law()
    draft = draft_of(_shorter_and_fewer().encode(), "draft.yaml", today)
    days = date(2026, 1, 1), date(2026, 12, 31)
    simulation = Simulation(known_services(), Laws(today, draft), *days)
    began, cpu = time.perf_counter(), time.process_time()
    for case_id, events in _histories(stores, written):
        simulation.case(case_id, events, _last(events))
    took = time.perf_counter() - began, time.process_time() - cpu
    simulation.close()
    return *took, simulation.summary


def _last(events: Sequence[Event]) -> datetime:
    return max(event.recorded_at for event in events)


def _histories(stores: Connections, written: Sequence[UUID]) -> Iterator[tuple[str, list[Event]]]:
    codec = Codec()
    for start in range(0, len(written), PAGE):
        page = [str(one) for one in written[start : start + PAGE]]
        found: dict[str, list[Event]] = {case_id: [] for case_id in page}
        for name, connection in stores.items():
            streams = [ids.stream_id(INSTALLATION, name, "case", case_id) for case_id in page]
            parameters = {"stream_ids": streams, "log_size": readers.log_end(connection)}
            with connection.cursor(binary=True) as cursor:
                for row in cursor.execute(readers.STREAMS, parameters):
                    event = readers.record(row).event(codec)
                    found[str(event.subject)].append(event)
        yield from found.items()


def _shorter_and_fewer() -> str:
    """The rules with 7 days for reporting in and one warning as the ground for revocation."""
    text = (files("lawkit") / "data" / "rules.yaml").read_text(encoding="utf-8")
    for rule, was, becomes in (
        ("intake.report.deadline", "duration: 10", "duration: 7"),
        ("revoke.probation.ground.two-warnings", "value: 2", "value: 1"),
    ):
        found = re.search(rf"\n- id: {re.escape(rule)}\n.*?(?=\n- id: )", text, re.S)
        assert found is not None
        text = text.replace(found[0], found[0].replace(was, becomes))
    return text
