"""What bench_store.py measures, in this order: writing, waiting for a number, replaying, checking, relaying."""

from __future__ import annotations

import argparse
import bisect
import multiprocessing
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from devstack.kafka import Kafka
from devstack.postgres import Address, Postgres
from devstack.process import free_port
from devstack.topics import create_topics
from devstack.topology import Topic
from eventcore import checkpoint, readers
from eventcore.checkpoint import Checkpoints
from eventcore.cloudevents import key_of
from eventcore.fsck import fsck
from eventcore.kafka import ProducerFactory, Settings, producing
from eventcore.link import Connection, Link, connecting
from eventcore.migrate import migrate, options
from eventcore.relay import Relay
from eventcore.runner import Loop, take_short_turns
from eventcore.sequencer import Sequencer, number
from eventcore.upcasting import Codec
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from kafka import KafkaProducer

import treeless  # isort: skip
from workloads import DATABASE, INSTALLATION, SERVICE, TABLES, Done, Task, worker  # isort: skip

WRITERS = 16
PAGE = 1000
REPLAYED = 10_000
RELAYED = 4_000
TOPIC = "corrections.education.v1"

# kind, writers
ROUND: tuple[tuple[str, int], ...] = (
    ("plain", 8), ("ordered", 8), ("ours 1", 4), ("eventsourcing 1", 4), ("bare", 4),
    ("ours 10", 4), ("eventsourcing 10", 4), ("ours 1", 8), ("grouped", 1), ("bare waiting", 1), ("bare", 16),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What eventstore.md section 13 asks for."""

    must: float
    stretch: float | None = None
    less_is_better: bool = False


class Crew:
    """Writer processes that work at the same time."""

    def __init__(self, address: Address) -> None:
        # never fork after importing kafka: a server that has imported nothing else forks the writers
        # (it looks for what to import in PYTHONPATH, not in sys.path)
        os.environ["PYTHONPATH"] = str(Path(__file__).parent)
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["workloads"])
        self._members: list[tuple[BaseProcess, Pipe]] = []
        for n in range(WRITERS):
            ours, theirs = context.Pipe()
            process = context.Process(target=worker, args=(theirs, address, n), daemon=True)
            process.start()
            theirs.close()  # so that a writer's end ends the bench
            self._members.append((process, ours))

    def run(self, kind: str, writers: int, seconds: float) -> list[Done]:
        """What each of the first so many writers did."""
        task = Task(kind, time.monotonic() + 0.05, seconds)
        for _, pipe in self._members[:writers]:
            pipe.send(task)
        return [pipe.recv() for _, pipe in self._members[:writers]]

    def close(self) -> None:
        """All writers have ended."""
        for process, pipe in self._members:
            pipe.send(None)
            process.join(10)


def rate(done: Sequence[Done]) -> float:
    """Operations per second of all writers together."""
    return sum(one.count / one.seconds for one in done)


def show(name: str, value: float, target: Target) -> None:
    """One line of the result."""
    fine = value <= target.must if target.less_is_better else value >= target.must
    line = f"ratio {name} {value:.2f} target {target.must:g} {'ok' if fine else 'short'}"
    if target.stretch is not None:
        near = target.stretch / value if target.less_is_better else value / target.stretch
        line += f" (stretch {target.stretch:g}: {near:.0%})"
    print(line, flush=True)


def prepare(address: Address) -> None:
    """The bench's database has both sides' tables."""
    with psycopg.connect(address.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {DATABASE}".encode())
    with psycopg.connect(address.dsn(DATABASE), autocommit=True) as connection:
        migrate(connection, service=SERVICE)
        connection.execute(TABLES.encode())
    with closing(_datastore(address)) as datastore:
        PostgresApplicationRecorder(datastore).create_table()


def _datastore(address: Address) -> PostgresDatastore:
    return PostgresDatastore(DATABASE, address.host, address.port, address.user, address.password)


def _relay_connection(address: Address) -> Connection:
    return psycopg.connect(address.dsn(DATABASE), autocommit=True, options=options(SERVICE, "relay"))


def appending(address: Address, crew: Crew, rounds: int, seconds: float) -> None:
    """Everything about writing."""
    rates: dict[tuple[str, int], list[float]] = {one: [] for one in ROUND}
    numbered: list[float] = []
    with _relay_connection(address) as relay:
        _drain(relay)
        for _ in range(rounds):
            for kind, writers in ROUND:
                if (kind, writers) == ("ours 1", 8):
                    _drain(relay)
                rates[kind, writers].append(rate(crew.run(kind, writers, seconds)))
                if (kind, writers) == ("ours 1", 8):
                    numbered.append(_drain(relay))
    median = {one: statistics.median(values) for one, values in rates.items()}
    for (kind, writers), value in median.items():
        print(f"  {kind}, {writers} process{'es' if writers > 1 else ''}: {value:,.0f}/s", flush=True)
    print(f"  sequencer: {statistics.median(numbered):,.0f}/s", flush=True)

    def ratio(one: tuple[str, int], other: tuple[str, int]) -> float:
        return statistics.median(a / b for a, b in zip(rates[one], rates[other], strict=True))

    show("ordering_to_plain_insert_8_writers", ratio(("ordered", 8), ("plain", 8)), Target(0.9))
    show("append_1_to_eventsourcing_4_writers", ratio(("ours 1", 4), ("eventsourcing 1", 4)), Target(2.5, 3))
    show(
        "append_10_to_eventsourcing_4_writers",
        ratio(("ours 10", 4), ("eventsourcing 10", 4)),
        Target(1.8, 2.5),
    )
    show("append_1_to_bare_insert_4_writers", ratio(("ours 1", 4), ("bare", 4)), Target(0.5, 0.65))
    # one serve process with 16 commands waiting, on both sides; beside it 16 processes with one insert each
    show(
        "grouped_append_to_bare_insert_16_waiting",
        ratio(("grouped", 1), ("bare waiting", 1)),
        Target(1.1, 1.4),
    )
    print(f"  grouped append to bare inserts of 16 processes: {ratio(('grouped', 1), ('bare', 16)):.2f}")
    sequencing = statistics.median(n / a for n, a in zip(numbered, rates["ours 1", 8], strict=True))
    show("sequencer_to_append_8_writers", sequencing, Target(10, 20))


def _drain(relay: Connection) -> float:
    """Nothing waits for the sequencer; answers events per second over its full batches."""
    began, done = time.monotonic(), 0
    while count := number(relay):
        done += count
    return done / (time.monotonic() - began)


def trees(address: Address, crew: Crew, rounds: int, seconds: float) -> None:
    """What the two trees leave of the rate of appends, sequencer and all."""
    ours, without, ratio = treeless.rates(address, crew, rounds, seconds)
    print(f"  4 writers and the sequencer: {ours:,.0f}/s with both trees, {without:,.0f}/s without")
    show("append_with_both_trees_to_without_4_writers", ratio, Target(0.7))


def latency(address: Address, crew: Crew, seconds: float) -> None:
    """From the start of an append to its number and its place in the tree, while four writers append."""
    marks: list[tuple[int, float]] = []
    ready, stop = threading.Event(), threading.Event()
    take_short_turns()  # as each service does

    def sequence() -> None:
        key = checkpoint.signer(checkpoint.origin(INSTALLATION, SERVICE), Ed25519PrivateKey.generate())
        link = Link(lambda: _relay_connection(address))
        checkpoints = Checkpoints(link.beside(), key)
        checkpoints.turn()  # the log that is there is read
        signing = Loop("checkpoints", checkpoints, unready=checkpoints.unready)
        beside = threading.Thread(target=signing.run, args=(stop,))
        beside.start()
        with closing(Sequencer(link, service=SERVICE)) as sequencer:
            end = readers.log_end(link.conn)
            ready.set()
            while not stop.is_set():
                if count := sequencer.turn():
                    end += count
                    marks.append((end, time.monotonic()))
                else:
                    stop.wait(0.001)

    thread = threading.Thread(target=sequence)
    thread.start()
    assert ready.wait(30), "the log that is there was not read within 30 s"
    began = [mark for one in crew.run("timed", 4, seconds) for mark in one.marks]
    with _relay_connection(address) as relay:
        until(lambda: not _waiting(relay))
        stop.set()
        thread.join()
        rows = relay.execute("select stream_id, version, seq from es.log").fetchall()
    places: dict[tuple[UUID, int], int] = {(row[0], row[1]): row[2] for row in rows}
    ends = [end for end, _ in marks]
    waits = sorted(
        (marks[bisect.bisect_right(ends, places[stream, version])][1] - at) * 1000
        for stream, version, at in began
    )
    p99 = waits[int(len(waits) * 0.99)]
    print(f"  append to sequenced: p50 {statistics.median(waits):.1f} ms of {len(waits)} appends")
    bare = sorted(1000 * took for one in crew.run("bare timed", 4, seconds) for _, _, took in one.marks)
    at_99 = bare[int(len(bare) * 0.99)]
    print(
        f"  bare insert on this disk, 4 processes: p50 {statistics.median(bare):.1f} ms, p99 {at_99:.1f} ms"
    )
    show("append_to_sequenced_p99_ms_4_writers", p99, Target(20, 10, less_is_better=True))


def _waiting(connection: Connection) -> bool:
    row = connection.execute("select es.sequenceable_v2()").fetchone()
    return row == (True,)


def until(true: Callable[[], bool]) -> None:
    """The condition holds; TimeoutError after 30 seconds."""
    end = time.monotonic() + 30
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the condition did not hold within 30 s")
        threading.Event().wait(0.005)


def replay(address: Address, rounds: int) -> None:
    """Reading the log by position in pages, beside the library's reader of notifications."""
    tuples: list[float] = []
    structures: list[float] = []
    decoded: list[float] = []
    theirs: list[float] = []
    codec = Codec()
    with _relay_connection(address) as relay, closing(_datastore(address)) as datastore:
        recorder = PostgresApplicationRecorder(datastore)

        def page_of_tuples(at: int) -> int:
            cursor = relay.cursor(binary=True)
            parameters = {"from_seq": at, "limit": PAGE}
            return len(cursor.execute(readers.LOG_PAGE, parameters, prepare=True).fetchall())

        def page_of_events(at: int) -> int:
            return len(list(readers.decoded(readers.log_page(relay, at, PAGE), codec)))

        for _ in range(rounds):
            tuples.append(_reading(page_of_tuples, 0))
            theirs.append(_reading(lambda at: len(recorder.select_notifications(at, PAGE)), 1))
            structures.append(_reading(lambda at: len(readers.log_page(relay, at, PAGE)), 0))
            decoded.append(_reading(page_of_events, 0))

    def against(ours: list[float]) -> float:
        return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))

    show("replay_tuples_to_eventsourcing", against(tuples), Target(1.0))
    show("replay_structures_to_eventsourcing", against(structures), Target(0.65))
    print(f"  replay of decoded events to eventsourcing: {against(decoded):.2f}")


def _reading(page: Callable[[int], int], first: int) -> float:
    began, done = time.monotonic(), 0
    while done < REPLAYED:
        count = page(first + done)
        if count == 0:
            break
        done += count
    return done / (time.monotonic() - began)


def relaying(address: Address, home: Path, rounds: int) -> None:
    """Log rows to acknowledged records, beside a producer of kafka-python that only sends the same keys and values."""
    with ExitStack() as stack:
        broker = Kafka(home, free_port(), free_port(), profile="quick")
        broker.start()
        stack.callback(broker.stop)
        create_topics(broker.bootstrap, [Topic(TOPIC, 4), Topic("raw", 4)])
        producer_factory = producing(Settings(broker.bootstrap, "bench"))
        producer: Any = _stock_producer(broker.bootstrap)
        stack.callback(producer.close, 5)
        connection = stack.enter_context(_relay_connection(address))
        records = readers.log_page(connection, 0, RELAYED)
        ratios: list[float] = []
        for measured in (False, *[True] * rounds):  # at first both learn their topic
            began = time.monotonic()
            sent = [producer.send("raw", key=key_of(r.stream_id), value=r.data) for r in records]
            producer.flush(timeout=30)
            assert all(one.succeeded() for one in sent)
            raw = len(records) / (time.monotonic() - began)
            connection.execute("update es.relay set seq = 0")
            relayed = _relay(address, producer_factory, len(records))
            if measured:
                ratios.append(relayed / raw)
    show("relay_to_raw_idempotent_producer", statistics.median(ratios), Target(0.55, 0.7))


def _stock_producer(bootstrap: str) -> object:
    """Idempotent, as the relay's: the same acknowledgement, lingering and size of batches."""
    return KafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", linger_ms=5, batch_size=128 * 1024
    )


def _relay(address: Address, producers: ProducerFactory, records: int) -> float:
    """Records per second of a relay that starts at the log's first event."""
    relay = Relay(
        Link(connecting(address.dsn(DATABASE), "bench relay")),
        producers,
        installation=INSTALLATION,
        service=SERVICE,
        topic=TOPIC,
    )
    with closing(relay):
        done = relay.turn()  # opens connection and producer
        first, began = done, time.monotonic()
        while done < records:
            done += relay.turn()
        return (done - first) / (time.monotonic() - began)


def checking(address: Address) -> None:
    """fsck over all that the bench wrote: the bench's own writes are sound."""
    with psycopg.connect(address.dsn(DATABASE), autocommit=True) as connection:
        began = time.monotonic()
        report = fsck(connection)
        seconds = time.monotonic() - began
    print(f"  fsck: {report.events:,} events, {report.events / seconds:,.0f}/s, fault: {report.fault}")


def main() -> None:
    """All measurements, then the servers are gone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.8)
    parser.add_argument("--no-kafka", action="store_true")
    arguments = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="guitu-bench-"))
    try:
        with ExitStack() as stack:
            server = Postgres(home, free_port(), profile="safe")
            server.start()
            stack.callback(server.stop)
            prepare(server.address)
            treeless.prepare(server.address)
            crew = Crew(server.address)
            stack.callback(crew.close)
            for kind, writers in ROUND:
                crew.run(kind, writers, 0.1)  # imports, plans, pools
            appending(server.address, crew, arguments.rounds, arguments.seconds)
            trees(server.address, crew, arguments.rounds, arguments.seconds)
            latency(server.address, crew, 3)
            replay(server.address, arguments.rounds)
            checking(server.address)
            if not arguments.no_kafka:
                relaying(server.address, home, 3)
    finally:
        shutil.rmtree(home, ignore_errors=True)
