"""What bench_proofs.py measures: the check of a store, a bundle of 500 events, a tree beside pymerkle's."""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from corrections.common.v1.common_pb2 import EventMeta
from corrections.education.v1.events_pb2 import SessionAttended
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from devstack.postgres import Address, Postgres
from devstack.process import free_port
from eventcore import append, checkpoint, ids, meta
from eventcore.append import NewEvent
from eventcore.decider import Caller
from eventcore.fsck import fsck
from eventcore.migrate import migrate
from proofs import verify
from proofs.bundle import BundleEvent, BundleLog, BundleStream, CaseStreams, build_bundle
from proofs.maps import LogMaps
from proofs.note import Signer, cosignature_line, sign_checkpoint
from proofs.tree import Frontier, Tree
from proofs.tree import verify_inclusion as ours_verify
from proofs.verify import bucket_of, leaf_hash, parse_trust, verify_bundle
from pymerkle import InmemoryTree
from pymerkle import verify_inclusion as theirs_verify

SERVICE, INSTALLATION, DATABASE = "education", "guitu-bench", "bench"
EVENTS_A_STREAM = 20
EVENTS_OF_A_CASE = 500
LOGS = ("assistance", "audit", "education", "handoff", "intake", "supervision")
_CALLER = Caller("spiffe://guitu-bench/staff/330203/JO/bench", "330203", "JO", "bench")
_START = datetime(2026, 1, 1, tzinfo=UTC)
_EVENT = """
copy es.event (stream_id, version, gen, xid, type, subject, occurred_at, recorded_at, meta, data, leaf_sha256, leaf_sm3)
from stdin
"""
_LOG = "copy es.log (seq, stream_id, version, leaf_sha256, leaf_sm3) from stdin"
_HEADS = """
insert into es.stream (stream_id, category, version, gen, last_xid, last_recorded)
select stream_id, 'case', max(version), 1, '1', max(recorded_at) from es.event group by stream_id
"""


def events(count: int, case: Callable[[int], uuid.UUID], service: str = SERVICE) -> Iterator[NewEvent]:
    """So many events in log order; `case` says of which case each is."""
    versions: dict[uuid.UUID, int] = {}
    for seq in range(count):
        stream = ids.stream_id(INSTALLATION, service, "case", str(case(seq)))
        versions[stream] = versions.get(stream, 0) + 1
        at = _START + timedelta(milliseconds=700 * seq)
        origin = meta.Origin(service, _CALLER, stream, None, "0" * 64, "2004-2026")
        yield append.new_event(
            SessionAttended(session_id="x" * 150, minutes=60),
            origin=origin,
            head=0,
            stream=stream,
            version=versions[stream],
            subject=case(seq),
            occurred_at=at,
            recorded_at=at,
        )


def _case(number: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"case {number}")


def fill(connection: psycopg.Connection, count: int, signer: Signer) -> None:
    """A store of so many events in the log, written past the sequencer, with a signed checkpoint."""
    width = max(1, count // EVENTS_A_STREAM)
    made = list(events(count, lambda seq: _case(seq % width)))
    read = [EventMeta.FromString(one.meta) for one in made]
    with connection.transaction():
        with connection.cursor().copy(_EVENT) as copy:
            for one, head in zip(made, read, strict=True):
                stream = uuid.UUID(bytes=head.stream_id)
                at = one.occurred_at
                row = (stream, head.version, 1, "1", one.type, one.subject, at, at, one.meta, one.data)
                copy.write_row((*row, one.leaf_sha256, one.leaf_sm3))
        with connection.cursor().copy(_LOG) as copy:
            for seq, (one, head) in enumerate(zip(made, read, strict=True)):
                stream = uuid.UUID(bytes=head.stream_id)
                copy.write_row((seq, stream, head.version, one.leaf_sha256, one.leaf_sm3))
        connection.execute(_HEADS)
        sha256, sm3 = Frontier(), Frontier(hash="sm3")
        sha256.extend(one.leaf_sha256 for one in made)
        sm3.extend(one.leaf_sm3 for one in made)
        connection.execute(
            "update es.sequencer set gen = 1, xid = '1', ord = %s, seq = %s, frontier_sha256 = %s, size_sm3 = %s,"
            " frontier_sm3 = %s",
            [count, count, sha256.hashes, count, sm3.hashes],
        )
    connection.execute("analyze")
    checkpoint.sign(connection, signer)


def checking(address: Address, count: int, rounds: int) -> None:
    """fsck over a store of so many events."""
    signer = checkpoint.signer(checkpoint.origin(INSTALLATION, SERVICE), Ed25519PrivateKey.generate())
    with psycopg.connect(address.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {DATABASE}".encode())
    with psycopg.connect(address.dsn(DATABASE), autocommit=True) as connection:
        migrate(connection, service=SERVICE)
        fill(connection, count, signer)
        rates: list[float] = []
        for _ in range(rounds):
            began = time.monotonic()
            report = fsck(connection, vkeys=[signer.vkey])
            rates.append(report.events / (time.monotonic() - began))
            assert (report.fault, report.events) == (None, count), report
    show("fsck_events_per_s", statistics.median(rates), 50_000)


def show(name: str, value: float, target: float, *, less_is_better: bool = False) -> None:
    """One line of the result."""
    fine = value <= target if less_is_better else value >= target
    print(f"{name} {value:,.1f} target {target:,g} {'ok' if fine else 'short'}", flush=True)


def _case_logs(width: int) -> list[tuple[str, Tree, LogMaps, list[NewEvent], list[int], Signer]]:
    """A case of 500 events in six logs, each among `width` events of others."""
    own = _case(0)
    shares = [EVENTS_OF_A_CASE // len(LOGS)] * len(LOGS)
    shares[-1] += EVENTS_OF_A_CASE - sum(shares)
    made: list[tuple[str, Tree, LogMaps, list[NewEvent], list[int], Signer]] = []
    for service, share in zip(LOGS, shares, strict=True):
        step = max(2, width // share)

        def case(seq: int, step: int = step, share: int = share) -> uuid.UUID:
            return (
                own
                if seq % step == 0 and seq // step < share
                else _case(1 + seq % (width // EVENTS_A_STREAM))
            )

        stored = list(events(step * share, case, service))
        maps = LogMaps()
        read = [EventMeta.FromString(one.meta) for one in stored]
        maps.extend([(head.stream_id, head.version, (head.subject, *head.about)) for head in read])
        signer = checkpoint.signer(checkpoint.origin(INSTALLATION, service), Ed25519PrivateKey.generate())
        places = [seq for seq, head in enumerate(read) if head.subject == own.bytes]
        made.append((service, Tree(one.leaf_sha256 for one in stored), maps, stored, places, signer))
    return made


def bundling(width: int, rounds: int) -> None:
    """A bundle of a case of 500 events, built from trees in memory as audit does, and verified by the one file."""
    logs = _case_logs(width)
    keys = [signer.vkey for *_, signer in logs]
    witnesses = [
        checkpoint.signer(f"guitu/{INSTALLATION}/witness/{name}", Ed25519PrivateKey.generate())
        for name in ("procuratorate", "court", "prison")
    ]
    lines = [f"log {key}" for key in keys]
    lines += [f"witness w{number} {one.witness_vkey}" for number, one in enumerate(witnesses)]
    trust, policy = parse_trust("\n".join([*lines, "group all all w0 w1 w2", "quorum all", ""]))
    built: list[float] = []
    verified: list[float] = []
    data = b""
    for _ in range(rounds):
        began = time.monotonic()
        parts: list[BundleLog] = []
        for service, tree, maps, stored, places, signer in logs:
            stream = ids.stream_id(INSTALLATION, service, "case", str(_case(0)))
            root = tree.root()
            note = sign_checkpoint(signer.name, tree.size, root, signer, extensions=maps.lines())
            found = tuple(
                BundleEvent(seq, version, stored[seq].meta, stored[seq].data, tuple(tree.inclusion(seq)))
                for version, seq in enumerate(places, 1)
            )
            named = CaseStreams(maps.subjects.prove_subject(_case(0).bytes), (stream,))
            shown = (maps.heads.prove(bucket_of(stream.bytes)),)
            note += "".join(cosignature_line(note, one, 1_700_000_000) for one in witnesses)
            parts.append(BundleLog(service, note, named, shown, (BundleStream(stream, found),)))
        data = build_bundle(INSTALLATION, _case(0), made_at=_START, logs=parts)
        built.append(1000 * (time.monotonic() - began))
        for remembers in (verify._key_comb, verify.ed25519_verify, verify.parse_meta):  # pyright: ignore[reportPrivateUsage]
            remembers.cache_clear()  # an outsider's process has seen nothing yet
        began = time.monotonic()
        report = verify_bundle(data, trust, case_id=_case(0), policy=policy)
        verified.append(1000 * (time.monotonic() - began))
        assert report.proven, report.text("en")
        assert sum(s.events for log in report.logs for s in log.streams) == EVENTS_OF_A_CASE
    print(f"  bundle: {len(data):,} B, logs of {width:,} events")
    show("bundle_of_500_built_ms", statistics.median(built), 200, less_is_better=True)
    show("bundle_of_500_verified_ms", statistics.median(verified), 100, less_is_better=True)


def heading(streams: int, batch: int) -> None:
    """What a checkpoint over `batch` new events of as many streams pays for committing both maps; one in ten begins."""
    names = [_case(n).bytes for n in range(streams + 20 * batch // 10)]
    maps = LogMaps()
    maps.extend([(name, 1, (name,)) for name in names[:streams]])
    maps.lines()
    took: list[float] = []
    for turn in range(20):
        first = turn * batch % (streams - batch)
        began = time.monotonic()
        begun = names[streams + turn * batch // 10 : streams + (turn + 1) * batch // 10]
        maps.extend(
            [(name, turn + 2, (name,)) for name in (*names[first : first + batch - len(begun)], *begun)]
        )
        maps.lines()
        took.append(1000 * (time.monotonic() - began))
    show(f"maps_ms_a_checkpoint_of_{batch}", statistics.median(took), 10, less_is_better=True)


def peer(count: int) -> None:
    """Tree and proofs beside pymerkle (GPL, a tool of development only)."""
    entries = [b"entry %d" % n for n in range(count)]
    began = time.monotonic()
    tree = Tree(leaf_hash(entry) for entry in entries)
    root, paths = tree.root(), [tree.inclusion(n) for n in range(0, count, 100)]
    for n, path in zip(range(0, count, 100), paths, strict=True):
        ours_verify(tree.leaf(n), n, count, path, root)
    ours = time.monotonic() - began
    began = time.monotonic()
    theirs_tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        theirs_tree.append_entry(entry)
    theirs_root = theirs_tree.get_root()
    for n in range(0, count, 100):
        proof = theirs_tree.prove_inclusion(n + 1)
        theirs_verify(theirs_tree.get_leaf(n + 1), theirs_root, proof)
    theirs = time.monotonic() - began
    assert root == theirs_root, "both follow RFC 9162"
    print(
        f"ratio tree_and_proofs_to_pymerkle {theirs / ours:.2f} target 1 {'ok' if ours <= theirs else 'short'}"
    )


def main() -> None:
    """All measurements, then the server is gone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=200_000, help="events of the store that fsck checks")
    parser.add_argument(
        "--width", type=int, default=60_000, help="events of each log that a bundle is made of"
    )
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    bundling(arguments.width, arguments.rounds)
    heading(100_000, 200)
    peer(min(arguments.width, 20_000))
    home = Path(tempfile.mkdtemp(prefix="guitu-bench-"))
    try:
        with ExitStack() as stack:
            server = Postgres(home, free_port(), profile="quick")
            server.start()
            stack.callback(server.stop)
            checking(server.address, arguments.events, arguments.rounds)
    finally:
        shutil.rmtree(home, ignore_errors=True)
