"""Numbering: what eventstore.md section 10 promises in G8 to G14, by schedules and under fire."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from devstack.postgres import Postgres
from devstack.testing import Database, create_database
from eventcore import checkpoint, fsck, readers
from eventcore.checkpoint import Checkpoints
from eventcore.errors import Conflict
from eventcore.link import Connection
from eventcore.migrate import migrate
from eventcore.sequencer import Sequencer, lag, number
from proofs import note
from proofs.tree import Frontier, Tree

from tests.integration.eventcore.checker import check
from tests.integration.eventcore.writing import (
    INSTALLATION,
    SERVICE,
    aside,
    checkpoints,
    connect,
    immediate_stop,
    in_log,
    make,
    owner,
    sequencer,
    stream,
    turn,
    until,
    waits,
    write,
)

ORIGIN = checkpoint.origin(INSTALLATION, SERVICE)
SIGNER = checkpoint.signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_a_slow_append_is_never_skipped(store_database: Database) -> None:
    with (
        connect(store_database) as slow,
        connect(store_database) as fast,
        owner(store_database) as watch,
        closing(sequencer(store_database)) as one,
    ):
        with slow.transaction():
            write(slow, make("slow", ("1", 0, 1)))
            write(fast, make("fast", ("2", 0, 1)))
            assert one.turn() == 0
        assert one.turn() == 2
        assert in_log(watch) == [(stream("1"), 1), (stream("2"), 1)]


def test_what_was_committed_before_a_slow_append_is_not_held(store_database: Database) -> None:
    with connect(store_database) as slow, connect(store_database) as fast:
        write(fast, make("before", ("2", 0, 1)))
        with slow.transaction():
            write(slow, make("slow", ("1", 0, 1)))
            assert turn(store_database) == 1


def test_a_rolled_back_append_leaves_no_hole(store_database: Database) -> None:
    with connect(store_database) as torn, connect(store_database) as other, owner(store_database) as watch:
        with torn.transaction(force_rollback=True):
            write(torn, make("torn", ("1", 0, 3)))
            write(other, make("other", ("2", 0, 1)))
        assert turn(store_database) == 1
        assert check(watch) == [(stream("2"), 1)]


def test_an_old_transaction_cannot_follow_a_younger_one(store_database: Database) -> None:
    low, high = sorted(("1", "2"), key=stream)
    with (
        connect(store_database) as blocker,
        connect(store_database) as old,
        connect(store_database) as young,
        owner(store_database) as watch,
    ):
        write(blocker, make("first", (low, 0, 1)))
        with blocker.transaction():
            write(blocker, make("block", (low, 1, 0)))
            # has its transaction id and waits for the first stream, expecting what the younger one will have written
            late = aside(lambda: write(old, make("old", (low, 1, 1), (high, 1, 1))))
            waits(watch, old)
            write(young, make("young", (high, 0, 1)))
        with pytest.raises(Conflict, match="is older than"):
            late.result(timeout=20)
        write(old, make("old", (low, 1, 1), (high, 1, 1)))
        turn(store_database)
        assert check(watch) == [(stream(low), 1), (stream(high), 1), (stream(low), 2), (stream(high), 2)]


def test_what_a_command_read_comes_first(store_database: Database) -> None:
    with connect(store_database) as cause, connect(store_database) as effect, owner(store_database) as watch:
        effect.execute("begin")
        assert _head(effect, "cause") == 0  # a transaction that began before the cause, but has not written
        write(cause, make("cause", ("cause", 0, 1)))
        assert _head(effect, "cause") == 1
        write(effect, make("effect", ("effect", 0, 1)))
        effect.execute("commit")
        turn(store_database)
        assert in_log(watch) == [(stream("cause"), 1), (stream("effect"), 1)]


def test_two_sequencers_write_one_log(store_database: Database) -> None:
    with connect(store_database) as writer, owner(store_database) as watch:
        for n in range(20):
            write(writer, make(f"{n}", (f"{n}", 0, 5)))
        with connect(store_database, "relay") as first, connect(store_database, "relay") as second:
            with first.transaction():
                number(first, 30)
                behind = aside(lambda: number(second, 30))
                waits(watch, second)
            assert behind.result(timeout=20) == 30
            assert number(second) == 40
        check(watch)


def test_only_one_of_two_sequencers_works_when_they_elect(store_database: Database) -> None:
    with (
        connect(store_database) as writer,
        closing(sequencer(store_database)) as leader,
        closing(sequencer(store_database)) as other,
    ):
        leader.turn()
        write(writer, make("a", ("1", 0, 1)))
        assert other.turn() == 0
        assert leader.turn() == 1
        write(writer, make("b", ("1", 1, 1)))
        leader.close()
        until(lambda: other.turn() == 1)


def test_a_held_xmin_names_its_holder(store_database: Database) -> None:
    with (
        psycopg.connect(store_database.address.dsn(), application_name="nightly report") as holder,
        connect(store_database) as writer,
        connect(store_database, "relay") as relay,
    ):
        holder.execute(
            "select pg_current_xact_id()"
        )  # a write transaction in another database of the cluster
        write(writer, make("a", ("1", 0, 1)))
        assert number(relay) == 0
        behind = lag(relay)
        assert behind.events == 1
        assert behind.holder is not None
        assert (behind.holder.pid, behind.holder.application_name) == (
            holder.info.backend_pid,
            "nightly report",
        )
        holder.rollback()
        assert number(relay) == 1
        assert lag(relay).events == 0


def test_an_empty_turn_takes_no_transaction_id(store_database: Database) -> None:
    with closing(sequencer(store_database)) as one, owner(store_database) as watch:
        one.turn()
        before = watch.execute("select pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
        assert [one.turn() for _ in range(5)] == [0] * 5
        assert watch.execute("select pg_snapshot_xmax(pg_current_snapshot())::text").fetchone() == before


def test_a_turn_wakes_who_listens(store_database: Database) -> None:
    with connect(store_database) as writer, owner(store_database) as listener:
        listener.execute("listen es_log")
        write(writer, make("a", ("1", 0, 1)))
        turn(store_database)
        assert [n.channel for n in listener.notifies(timeout=10, stop_after=1)] == ["es_log"]


def test_a_checkpoint_is_signed_over_what_is_committed(store_database: Database) -> None:
    with (
        connect(store_database) as writer,
        connect(store_database, "relay") as relay,
        connect(store_database, "relay") as signing,
    ):
        assert checkpoint.sign(signing, SIGNER)  # the empty log too: it can be shown to say nothing
        assert not checkpoint.sign(signing, SIGNER)
        write(writer, make("a", ("1", 0, 3)))
        with relay.transaction():
            assert number(relay) == 3
            assert not checkpoint.sign(signing, SIGNER)
        assert checkpoint.sign(signing, SIGNER)
        assert not checkpoint.sign(signing, SIGNER)
        newest = readers.newest_checkpoint(signing)
        assert newest is not None
        assert newest.size == 3
        assert note.verify_note(newest.note, [SIGNER.vkey])


def test_older_generations_are_final_and_stand_first(store_database: Database) -> None:
    with connect(store_database) as writer, owner(store_database) as watch:
        write(writer, make("a", ("1", 0, 1)))
        watch.execute("update es.generation set gen = gen + 1")
        write(writer, make("b", ("1", 1, 1), ("2", 0, 1)))
        turn(store_database)
        assert check(watch) == [(stream("1"), 1), (stream("1"), 2), (stream("2"), 1)]


def test_log_is_dense_under_fire(store_database: Database) -> None:
    with owner(store_database) as watch:
        stop = threading.Event()
        writers = [aside(lambda n=n: _fire(store_database, n)) for n in range(4)]
        readers_ = [aside(lambda: _number_until(store_database, stop)) for _ in range(2)]
        readers_ += [aside(lambda: _sign_until(store_database, stop)) for _ in range(2)]
        killer = aside(lambda: _kill_until(store_database, stop))
        told = [item for future in writers for item in future.result(timeout=120)]
        stop.set()
        for future in (*readers_, killer):
            future.result(timeout=60)
        with closing(sequencer(store_database)) as one:
            until(lambda: lag(watch).events == 0 or one.turn() < 0)
        with closing(checkpoints(store_database, SIGNER)) as signing:
            signing.turn()
        log = check(watch, acknowledged=told)
        assert len(log) >= 200
        report = fsck.fsck(watch, vkeys=[SIGNER.vkey])
        assert report.fault is None
        assert report.checkpoints >= 2


def _fire(database: Database, seed: int) -> list[tuple[UUID, int]]:
    """Appends to hot and cold streams, some in slow transactions; what was acknowledged."""
    dice = random.Random(seed)
    told: list[tuple[UUID, int]] = []
    connection = connect(database)
    for round_ in range(60):
        keys = dice.sample(["hot", "warm", f"{seed}.{round_}", f"{seed}.{round_}b"], k=dice.choice([1, 1, 2]))
        try:
            heads = [(key, _head(connection, key), dice.choice([1, 1, 3])) for key in keys]
            with connection.transaction():
                write(connection, make(f"{seed}.{round_}", *heads))
                if dice.random() < 0.1:
                    connection.execute("select pg_sleep(0.02)")
        except Conflict:
            continue
        except psycopg.OperationalError:
            connection.close()
            connection = connect(database)
            continue
        told += [(stream(k), version + n) for k, version, count in heads for n in range(1, count + 1)]
    connection.close()
    return told


def _number_until(database: Database, stop: threading.Event) -> None:
    with closing(sequencer(database, elect=False, limit=17)) as one:
        while not stop.wait(0.001):
            _survive(one)


def _sign_until(database: Database, stop: threading.Event) -> None:
    with closing(checkpoints(database, SIGNER, interval_s=0.02)) as one:
        while not stop.wait(0.001):
            _survive(one)


def _survive(one: Sequencer | Checkpoints) -> None:
    try:
        one.turn()
    except psycopg.OperationalError:
        one.close()


def _kill_until(database: Database, stop: threading.Event) -> None:
    dice = random.Random(99)
    victims = "select pid from pg_stat_activity where application_name in ('test', 'sequencer', 'checkpoints') and datname = %s"
    with owner(database) as connection:
        while not stop.wait(0.15):
            pids = [row[0] for row in connection.execute(victims, [database.name])]
            if pids:
                connection.execute("select pg_terminate_backend(%s)", [dice.choice(pids)])


def test_immediate_stop_loses_nothing_sequenced(safe_server: Postgres) -> None:
    database = create_database(safe_server.address, "template1")
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        migrate(connection, service=SERVICE)
    seen: list[tuple[UUID, int]] = []
    for round_ in range(3):
        stopped = threading.Event()
        writers = [
            aside(lambda n=n, r=round_: _write_without_waiting(database, f"{r}.{n}")) for n in range(2)
        ]
        watching = aside(lambda stopped=stopped: _watch_log(database, stopped))
        goal = (round_ + 1) * 100
        with closing(sequencer(database)) as one:
            until(lambda one=one, goal=goal: one.turn() < 0 or _logged(database) >= goal)
            immediate_stop(safe_server)
        stopped.set()
        seen = watching.result(timeout=30)
        for writer in writers:
            writer.result(timeout=30)
        safe_server.stop()
        safe_server.start()
        with owner(database) as watch:
            log = check(watch, drained=False)
            assert log[: len(seen)] == seen, "what a reader saw in the log is gone or has moved"
    assert len(seen) >= 200


def _write_without_waiting(database: Database, name: str) -> None:
    """Appends with synchronous_commit off until the server is gone: only the log makes them durable."""
    try:
        with connect(database) as connection:
            connection.execute("set synchronous_commit = off")
            for n in range(1_000_000):
                write(connection, make(f"{name}.{n}", (name, n, 1)))
    except psycopg.OperationalError:
        return


def _watch_log(database: Database, stopped: threading.Event) -> list[tuple[UUID, int]]:
    """Everything that a reader has seen in the log before the server was gone."""
    seen: list[tuple[UUID, int]] = []
    query = "select stream_id, version from es.log where seq >= %s order by seq"
    try:
        with connect(database, "consume") as connection:
            while not stopped.is_set():
                seen += connection.execute(query, [len(seen)]).fetchall()
    except psycopg.OperationalError:
        stopped.wait(30)
    return seen


def _logged(database: Database) -> int:
    with owner(database) as connection:
        return readers.log_end(connection)


def _head(connection: Connection, key: str) -> int:
    row = connection.execute("select version from es.stream where stream_id = %s", [stream(key)]).fetchone()
    return 0 if row is None else row[0]


def test_both_trees_are_signed_at_the_same_size_by_keys_of_their_own_names(store_database: Database) -> None:
    with (
        connect(store_database) as writer,
        closing(sequencer(store_database)) as one,
        closing(checkpoints(store_database, SIGNER)) as signing,
    ):
        for n in range(5):
            write(writer, make(f"{n}", (f"{n}", 0, 7)))
            one.turn()
            assert signing.turn() == 1
    with owner(store_database) as watch:
        notes = _notes(watch)
        leaves = [row[0] for row in watch.execute("select leaf_sm3 from es.log order by seq")]
    assert set(notes["sha256"]) == set(notes["sm3"])
    sm3_key = note.VerifierKey(f"{ORIGIN}/sm3", note.KIND_ED25519, SIGNER.public_key)
    assert sm3_key.id != SIGNER.vkey.id
    tree = Tree(leaves, hash="sm3")
    for size, text in notes["sm3"].items():
        note.verify_note(text, [sm3_key])
        read = note.parse_checkpoint(note.split_note(text)[0])
        assert (read.origin, read.size, read.root) == (sm3_key.name, size, tree.root(size))


def test_a_log_of_a_release_before_catches_up_its_sm3_tree_by_itself(store_database: Database) -> None:
    with connect(store_database) as writer, connect(store_database, "relay") as before:
        write(writer, make("old", ("1", 0, 25)))
        with before.transaction():
            before.execute("select from es.sequence_v1(5000)")
            leaves = [row[0] for row in before.execute("select leaf_sha256 from es.log order by seq")]
            edge = Frontier()
            edge.extend(leaves)
            before.execute("update es.sequencer set frontier_sha256 = %s", [edge.hashes])
        checkpoint.sign(before, SIGNER)
        with owner(store_database) as watch:
            assert {tree: max(notes) for tree, notes in _notes(watch).items()} == {"sha256": 25, "sm3": 0}
        write(writer, make("new", ("2", 0, 1)))
        with closing(sequencer(store_database, limit=10)) as one:
            assert one.turn() == 1  # numbering does not wait for the tree
            assert one.unready()
            until(lambda: one.turn() == 0 and not one.unready())
        with closing(checkpoints(store_database, SIGNER)) as signing:
            assert signing.turn() == 1
    with owner(store_database) as watch:
        assert watch.execute("select size_sm3 from es.sequencer").fetchone() == (26,)
        check(watch)
        assert 26 in _notes(watch)["sm3"]


def test_a_hole_in_the_log_stops_the_signatures_and_not_the_numbering(store_database: Database) -> None:
    with connect(store_database) as writer, owner(store_database) as watch:
        write(writer, make("old", ("1", 0, 3)))
        watch.execute("select from es.sequence_v1(5000)")
        watch.execute("alter table es.log disable trigger history")
        watch.execute("delete from es.log where seq = 1")
        watch.execute("update es.sequencer set frontier_sha256 = array[sha256('a'), sha256('b')]")
        write(writer, make("new", ("2", 0, 1)))
        with (
            closing(sequencer(store_database)) as one,
            closing(checkpoints(store_database, SIGNER)) as signing,
        ):
            assert one.turn() == 1
            assert not one.unready()
            assert signing.turn() == 0
            assert {tree: max(notes) for tree, notes in _notes(watch).items()} == {}


def test_a_checkpoint_that_was_too_early_is_tried_again(store_database: Database) -> None:
    with (
        connect(store_database) as writer,
        closing(sequencer(store_database)) as one,
        closing(checkpoints(store_database, SIGNER, interval_s=3600)) as signing,
    ):
        assert (signing.turn(), signing.unready()) == (1, False)
        write(writer, make("0", ("1", 0, 1)))
        assert one.turn() == 1
        assert (signing.turn(), signing.unready()) == (0, True)


@pytest.mark.parametrize(
    "column", ["subject = gen_random_uuid()", "subject = (select subject from es.event limit 1)"]
)
def test_columns_that_were_changed_are_not_signed(store_database: Database, column: str) -> None:
    """No leaf covers a column; a checkpoint over what was put there later would lie with the right root."""
    with connect(store_database) as writer, owner(store_database) as watch:
        write(writer, make("0", ("1", 0, 2), ("2", 0, 1)))
        with closing(sequencer(store_database)) as one:
            assert one.turn() == 3
            with closing(checkpoints(store_database, SIGNER)) as signing:
                assert signing.turn() == 1
            watch.execute("alter table es.event disable trigger all")
            watch.execute(f"update es.event set {column} where stream_id = %s".encode(), [stream("2")])
            write(writer, make("1", ("1", 2, 1)))
            assert one.turn() == 1
        with closing(checkpoints(store_database, SIGNER)) as after_a_restart:
            assert after_a_restart.turn() == 0
        assert max(_notes(watch)["sha256"]) == 3
        watch.execute("update es.event set subject = stream_id where stream_id = %s", [stream("2")])
        with closing(checkpoints(store_database, SIGNER)) as mended:
            assert mended.turn() == 1
        assert max(_notes(watch)["sha256"]) == 4


def _notes(connection: Connection) -> dict[str, dict[int, str]]:
    """The signed notes by tree and size."""
    found: dict[str, dict[int, str]] = {}
    for tree, size, text in connection.execute(
        "select tree, size, note from es.checkpoint order by tree, size"
    ):
        found.setdefault(tree, {})[size] = text
    return found
