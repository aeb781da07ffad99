"""A million clocks that waited for a calendar year, and the year comes: on a PostgreSQL of its own, with durable commits."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from contracts import registry
from corrections.intake.v1.service_pb2 import LapseReportingInRequest
from devstack.postgres import Postgres
from devstack.process import free_port
from eventcore import migrate
from eventcore.link import Link
from eventcore.recompute import Recompute
from lawkit import Law, load_law
from lawkit.arrangement import ArrangedDay, Arrangement, arranged
from lawkit.counting import end_of_day

SERVICE = "bench"
# the last days of 2026: ten days from each end in 2027
SINCE = [date(2026, 12, 22) + timedelta(days=number) for number in range(10)]
RULE = "intake.report.deadline"
_FILL = """
insert into es.deadline (deadline_id, name, subject, owner, due_at, command_id, target, request, correlation, rule,
  since, provisional, asked_of)
select md5('d' || n)::uuid, 'reporting-in', md5('s' || n)::uuid, 'bench', %(due_at)s, md5('c' || n)::uuid, %(target)s,
  %(request)s, md5('s' || n)::uuid, %(rule)s, %(since)s, true, ''
from generate_series(%(first)s::int, %(last)s::int) n
"""
_YEAR = "insert into es.calendar_year (year, version, content) values (2027, 1, '')"


def recompute_seconds(clocks: int = 1_000_000) -> float:
    """Wall time until no clock waits and the year counts as recomputed; every clock moves to another day."""
    with _database() as dsn, psycopg.connect(dsn, autocommit=True) as conn:
        _fill(conn, clocks)
        law = _with_an_invented_year()
        reader = Recompute(
            Link(lambda: psycopg.connect(dsn, autocommit=True)), lambda: law, years=lambda: [(2027, 1)]
        )
        began = time.perf_counter()
        asked = 0
        while done := reader.turn():
            asked += done
        seconds = time.perf_counter() - began
        reader.close()
        row = conn.execute(
            "select count(*), count(*) filter (where provisional), (select bool_and(recomputed) from es.calendar_year)"
            " from es.deadline where asked_of = %s",
            (law.calendar_version,),
        ).fetchone()
        assert (asked, row) == (clocks, (clocks, 0, True)), (asked, row)
        return seconds


def _with_an_invented_year() -> Law:
    """2027 begins with days off that no notice of the State Council knows, so that every date moves."""
    days = [ArrangedDay(date(2027, 1, number), False, "虚构") for number in range(1, 15)]
    law = load_law()
    return law.with_calendar(arranged(law.calendar, [Arrangement.of(2027, days)]))


def _fill(conn: psycopg.Connection, clocks: int) -> None:
    each = clocks // len(SINCE)
    for place, since in enumerate(SINCE):
        due_at = end_of_day(since + timedelta(days=10))
        request = LapseReportingInRequest(request_id=str(UUID(int=place)), case_id=str(UUID(int=place)))
        request.due_at.FromDatetime(due_at)
        values = {
            "due_at": due_at,
            "target": registry.method_of(LapseReportingInRequest),
            "request": request.SerializeToString(),
            "rule": RULE,
            "since": since,
            "first": place * each,
            "last": (place + 1) * each - 1,
        }
        conn.execute(_FILL, values)
    conn.execute(_YEAR)
    conn.execute("vacuum analyze es.deadline")
    conn.execute("checkpoint")


@contextmanager
def _database() -> Generator[str]:
    with tempfile.TemporaryDirectory(prefix="guitu-bench-") as folder:
        server = Postgres(Path(folder), free_port())
        server.start()
        try:
            with psycopg.connect(server.address.dsn(), autocommit=True) as conn:
                conn.execute("create database bench")
            dsn = server.address.dsn(SERVICE)
            with psycopg.connect(dsn, autocommit=True) as conn:
                migrate.migrate(conn, service=SERVICE)
            yield dsn
        finally:
            server.stop()
