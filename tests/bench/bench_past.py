"""What a list of the past costs, and what the record of reads adds to a read.

    python tests/bench/bench_past.py [--cases N] [--rounds N]

A county of N cases in intake and education on a PostgreSQL of its own. Each line reads `figure NAME VALUE UNIT`; the exit code is 0.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from corrections.audit.v1.events_pb2 import RecordRead
from corrections.common.v1 import facts_pb2 as facts
from corrections.intake.v1 import events_pb2 as ev
from devstack.postgres import Postgres
from devstack.process import free_port
from devstack.testing import Database, DatabaseFactory
from eventcore import readers
from eventcore.link import Link, connecting
from eventcore.past import SIZE_AT, Moment, Past
from eventcore.projection import Projections
from eventcore.testing_log import TestLog
from google.protobuf.message import Message
from intake.main import SERVICE
from intake.projections.cases import CASES

INSTALLATION = "guitu-bench"
DAYS = 365
_PAGE = "select * from case_list where starts_with(county, '330203') order by case_id limit 1000"
_BEGIN = datetime(2026, 1, 1, 9, tzinfo=UTC)


def life(number: int) -> list[tuple[int, Message]]:
    """Days after its beginning and events of one case."""
    opened = ev.CaseOpened(
        person_id=f"00000000-0000-4000-8000-{number:012d}", exchange_id=f"00000000-0000-4000-9000-{number:012d}",
        defendant_number=1, kind=facts.SUBJECT_KIND_PROBATION, county="330203", office="330203001",
        organ_code="C", effective_date="2026-01-05",
    )  # fmt: skip
    term = ev.TermComputed(start_date="2026-01-05", end_date="2027-01-04")
    return [
        (0, opened), (0, term), (0, ev.ReportingInOrdered(nominal_due="2026-01-15")), (3, ev.ReportedIn()), (5, ev.GroupFormed()),
        (7, ev.EntryDeclared()), (9, ev.PlanAdopted()), (60, ev.PlanAdopted()), (120, ev.PlanAdopted()), (180, ev.PlanAdopted()),
        (240, ev.TermShortened(end_date="2026-12-04")), (300, ev.ReleasePrepared()),
    ]  # fmt: skip


def fill(log: TestLog, cases: int) -> None:
    """The county's year, in the order in which it happened; a tenth becomes known a week late."""
    log.conn.execute("set synchronous_commit = off")
    acts = [(number % DAYS + day, number, event) for number in range(cases) for day, event in life(number)]
    for day, number, event in sorted(acts, key=lambda act: act[0]):
        now = _BEGIN + timedelta(days=day)
        log.set_clock(now)
        log.write(f"case/{number}", event, occurred_at=now - timedelta(days=7 * (number % 10 == 0)))
    while log.sequence() < len(acts):
        pass
    log.conn.execute("set synchronous_commit = on")
    log.conn.execute("analyze")


def timed(ask: Callable[[], object], rounds: int) -> float:
    """Median of the seconds."""
    found: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


@contextmanager
def county(cases: int) -> Generator[TestLog]:
    """The log is filled and the live tables stand."""
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder), free_port())
        server.start()
        try:
            with psycopg.connect(server.address.dsn(), autocommit=True) as connection:
                connection.execute("create database guitu_template")
            factory = DatabaseFactory(server.address)
            made: Database = factory()
            log = TestLog(
                made.dsn,
                installation=INSTALLATION,
                service="intake",
                packages=["intake"],
                simulated_clock=True,
            )
            fill(log, cases)
            with closing(
                Projections(
                    Link(connecting(made.dsn, "bench")),
                    SERVICE.projections,
                    installation=INSTALLATION,
                    service="intake",
                )
            ) as live:
                began = time.perf_counter()
                while live.turn():
                    pass
                say("projections_live", time.perf_counter() - began, "s")
            yield log
            log.close()
            factory.drop_all()
        finally:
            server.stop()


def say(name: str, value: float, unit: str) -> None:
    """One figure."""
    print(f"figure {name} {value:.4f} {unit}", flush=True)


def past(
    log: TestLog, *, known: datetime | None, before: datetime | None, clocks: bool
) -> tuple[float, float, int]:
    """Seconds to make a moment, seconds of a page of it, and events replayed."""
    size = readers.log_end(log.conn)
    if known is not None:
        [(size,)] = log.conn.execute(SIZE_AT, {"known_at": known}).fetchall()
    projections = SERVICE.projections if clocks else [CASES]
    link = Link(connecting(log.dsn, "past"))
    made = Past(link, projections, installation=INSTALLATION, service="intake")
    with closing(made):
        own, server = time.process_time(), cpu_of(link.conn.info.backend_pid)
        began = time.perf_counter()
        replayed = made.make(Moment(size, before), clocks=clocks)
        seconds = time.perf_counter() - began
        if replayed:
            own, server = time.process_time() - own, cpu_of(link.conn.info.backend_pid) - server
            say(
                "  cpu_an_event",
                (own + server) * 1000 / replayed,
                f"ms (server {server * 1000 / replayed:.3f})",
            )
        return seconds, timed(lambda: made.fetch(_PAGE, {}), 5), replayed


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """The figures are printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    with county(args.cases) as log:
        size = readers.log_end(log.conn)
        say("events", size, "events")
        say("page_today", timed(lambda: log.conn.execute(_PAGE).fetchall(), args.rounds) * 1000, "ms")
        last = _BEGIN + timedelta(days=665)
        say(
            "known_time_to_size",
            timed(
                lambda: log.conn.execute(SIZE_AT, {"known_at": last - timedelta(days=300)}).fetchall(),
                args.rounds,
            )
            * 1000,
            "ms",
        )
        for name, days in (
            ("yesterday", 1),
            ("a_month_ago", 30),
            ("half_a_year_ago", 180),
            ("a_year_ago", 365),
        ):
            for what, known, before in (
                ("known", last - timedelta(days=days), None),
                ("as_of", None, last - timedelta(days=days)),
            ):
                seconds, page, replayed = past(log, known=known, before=before, clocks=False)
                say(
                    f"cases_{what}_{name}",
                    seconds * 1000,
                    f"ms ({replayed} events replayed; page {page * 1000:.1f} ms)",
                )
        seconds, _, replayed = past(log, known=last - timedelta(days=180), before=None, clocks=True)
        say("deadlines_known_half_a_year_ago", seconds * 1000, f"ms ({replayed} events replayed)")
        record = RecordRead(service="intake", method="GetCase", reads="case", actor="spiffe://x/staff/330203/COUNTY_CCI/li",
                            unit="330203", role="COUNTY_CCI", purpose="entry/verify", cases=bytes(16)).SerializeToString()  # fmt: skip
        store = "insert into es.read_record (record) values (%s)"
        say("record_of_a_read", timed(lambda: log.conn.execute(store, (record,)), 200) * 1000, "ms")
        many = RecordRead.FromString(record)
        many.cases = bytes(16 * 1000)
        say(
            "record_of_a_list_of_1000",
            timed(lambda: log.conn.execute(store, (many.SerializeToString(),)), 50) * 1000,
            "ms",
        )


if __name__ == "__main__":
    main()
