"""Appending: what eventstore.md section 10 promises in G1 to G7, by schedules of two and three connections."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from devstack.testing import Database
from eventcore import append
from eventcore.append import Append
from eventcore.errors import AlreadyExists, Claimed, Conflict, TooLarge
from eventcore.link import Connection

from tests.integration.eventcore.checker import check
from tests.integration.eventcore.writing import (
    aside,
    connect,
    in_log,
    make,
    owner,
    stream,
    turn,
    until,
    waits,
    write,
)


def test_one_of_two_writers_wins(store_database: Database) -> None:
    with connect(store_database) as first, connect(store_database) as second, owner(store_database) as watch:
        with first.transaction():
            write(first, make("a", ("1", 0, 1)))
            loser = aside(lambda: write(second, make("b", ("1", 0, 2))))
            waits(watch, second)
        with pytest.raises(Conflict):
            loser.result(timeout=20)
        write(second, make("b", ("1", 1, 2)))
        assert _versions(watch, "1") == [1, 2, 3]


@pytest.mark.parametrize("wrong", [0, 2, 7])
def test_an_expectation_is_exact(store_database: Database, wrong: int) -> None:
    with connect(store_database) as connection:
        write(connection, make("a", ("1", 0, 1)))
        with pytest.raises(Conflict, match="got version 1"):
            write(connection, make("b", ("1", wrong, 1)))
        with pytest.raises(Conflict, match="got version 0"):
            write(connection, make("c", ("2", 3, 1)))


def test_a_crash_between_streams_leaves_nothing(store_database: Database) -> None:
    low, high = sorted(("1", "2"), key=stream)
    with (
        owner(store_database) as watch,
        connect(store_database) as blocker,
        closing(connect(store_database)) as victim,
    ):
        with blocker.transaction():
            write(blocker, make("b", (high, 0, 1)))
            torn = aside(lambda: write(victim, make("a", (low, 0, 2), (high, 0, 1))))
            waits(watch, victim)  # the first stream's head is written, the second one's is awaited
            watch.execute("select pg_terminate_backend(%s)", [victim.info.backend_pid])
            with pytest.raises(psycopg.OperationalError):
                torn.result(timeout=20)
        assert _versions(watch, low) == []
        assert _versions(watch, high) == [1]
        assert watch.execute("select count(*) from es.request").fetchone() == (1,)
        assert watch.execute("select count(*) from es.stream").fetchone() == (1,)


def test_one_append_writes_several_streams(store_database: Database) -> None:
    with connect(store_database) as connection, owner(store_database) as watch:
        write(connection, make("a", ("1", 0, 2), ("2", 0, 3)))
        write(connection, make("b", ("2", 3, 1), ("1", 2, 1)))
        turn(store_database)
        assert check(watch, acknowledged=[(stream("1"), 3), (stream("2"), 4)])


def test_a_repeated_request_gets_the_first_answer(store_database: Database) -> None:
    with connect(store_database) as connection, owner(store_database) as watch:
        first = make("a", ("1", 0, 1))
        assert write(connection, first) is None
        again = Append(first.request_id, first.digest, b"another answer", first.heads, first.events)
        assert write(connection, again) == first.answer
        several = Append(first.request_id, first.digest, b"another", (), ())
        assert write(connection, several) == first.answer
        with pytest.raises(AlreadyExists):
            write(connection, make("a", ("1", 1, 1), content="other"))
        with pytest.raises(AlreadyExists):
            write(connection, make("a", ("1", 1, 2), content="other"))
        assert _versions(watch, "1") == [1]


def test_a_request_sent_twice_at_once_has_one_effect(store_database: Database) -> None:
    with connect(store_database) as first, connect(store_database) as second, owner(store_database) as watch:
        with first.transaction():
            write(first, make("a", ("1", 0, 1)))
            repeat = aside(lambda: write(second, make("a", ("1", 0, 1))))
            waits(watch, second)
        assert repeat.result(timeout=20) == b"answer to a"
        assert _versions(watch, "1") == [1]


def test_an_answer_without_events_is_stored(store_database: Database) -> None:
    with connect(store_database) as connection:
        assert write(connection, make("a", ("1", 0, 0))) is None
        assert write(connection, make("a", ("1", 0, 0))) == b"answer to a"
        write(connection, make("b", ("1", 0, 1)))


def test_parallel_appends_report_only_what_is_stored(store_database: Database) -> None:
    def writer(number: int) -> list[tuple[str, int]]:
        done: list[tuple[str, int]] = []
        with connect(store_database) as connection:
            for round_ in range(30):
                key = str(round_ % 3)
                version = _head(connection, key)
                try:
                    write(connection, make(f"{number}.{round_}", (key, version, 1)))
                except Conflict:
                    continue
                done.append((key, version + 1))
        return done

    futures = [aside(lambda n=n: writer(n)) for n in range(4)]
    told = [item for future in futures for item in future.result(timeout=60)]
    assert len(told) == len(set(told))
    with owner(store_database) as watch:
        stored = [(key, version) for key in "012" for version in _versions(watch, key)]
    assert sorted(stored) == sorted(told)


def test_an_open_append_blocks_no_other_stream(store_database: Database) -> None:
    with connect(store_database) as first, connect(store_database) as second:
        second.execute("set lock_timeout = '2s'")
        with first.transaction():
            write(first, make("a", ("1", 0, 1), claims=[("a", True)]))
            write(second, make("b", ("2", 0, 1)))
            write(second, make("c", ("3", 0, 1), ("4", 0, 1), claims=[("c", True)]))


def test_a_claimed_value_is_refused_elsewhere(store_database: Database) -> None:
    with connect(store_database) as connection:
        write(connection, make("a", ("1", 0, 1), claims=[("n", True)]))
        write(connection, make("again", ("1", 1, 1), claims=[("n", True)]))
        with pytest.raises(Claimed):
            write(connection, make("b", ("2", 0, 1), claims=[("n", True)]))
        write(connection, make("not mine", ("2", 0, 1), claims=[("n", False)]))
        with pytest.raises(Claimed):
            write(connection, make("b", ("2", 1, 1), claims=[("n", True)]))
        write(connection, make("release", ("1", 2, 1), claims=[("n", False)]))
        write(connection, make("b", ("2", 1, 1), claims=[("n", True)]))


def test_who_takes_a_released_value_stands_behind_the_releaser(store_database: Database) -> None:
    with (
        connect(store_database) as releaser,
        connect(store_database) as taker,
        owner(store_database) as watch,
    ):
        write(releaser, make("hold", ("1", 0, 1), claims=[("n", True)]))
        with releaser.transaction():
            write(releaser, make("release", ("1", 1, 1), claims=[("n", False)]))
            taking = aside(lambda: write(taker, make("take", ("2", 0, 1), claims=[("n", True)])))
            waits(watch, taker)
            query = "select backend_xid is null from pg_stat_activity where pid = %s"
            assert watch.execute(query, [taker.info.backend_pid]).fetchone() == (True,)
        taking.result(timeout=20)
        turn(store_database)
        assert in_log(watch) == [(stream("1"), 1), (stream("1"), 2), (stream("2"), 1)]


def test_history_cannot_be_changed_by_any_role(store_database: Database) -> None:
    with connect(store_database) as connection:
        write(connection, make("a", ("1", 0, 1)))
    turn(store_database)
    statements = [
        statement
        for table in ("event", "log")
        for statement in (
            f"update es.{table} set leaf_sm3 = ''",
            f"delete from es.{table}",
            f"truncate es.{table}",
        )
    ]
    for process in ("serve", "relay", "consume"):
        with connect(store_database, process) as connection:
            for statement in statements:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.encode())
    with owner(store_database) as connection:
        for replica in ("origin", "replica"):
            connection.execute("select set_config('session_replication_role', %s, false)", [replica])
            for statement in statements:
                with pytest.raises(psycopg.Error, match="history cannot be changed"):
                    connection.execute(statement.encode())


def test_only_serve_appends_and_only_the_relay_writes_the_log(store_database: Database) -> None:
    for process in ("relay", "consume"):
        with connect(store_database, process) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                write(connection, make("a", ("1", 0, 1)))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                write(connection, make("a", ("1", 0, 2)))
    for process in ("serve", "consume"):
        with connect(store_database, process) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select es.sequence_v1(1)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("insert into es.event (stream_id) values (null)")


def test_an_append_is_the_first_write_of_its_transaction(store_database: Database) -> None:
    with connect(store_database) as connection:
        for one in (make("a", ("1", 0, 1)), make("b", ("1", 0, 2))):
            connection.execute("begin")
            connection.execute("select pg_current_xact_id()")
            with pytest.raises(psycopg.Error, match="not the first write"):
                write(connection, one)
            connection.execute("rollback")


def test_a_stream_relied_on_must_not_have_changed(store_database: Database) -> None:
    with connect(store_database) as connection, owner(store_database) as watch:
        write(connection, make("a", ("1", 0, 1)))
        write(connection, make("b", ("2", 0, 1), ("1", 1, 0), ("none", 0, 0)))
        with pytest.raises(Conflict):
            write(connection, make("c", ("2", 1, 1), ("1", 0, 0)))
        write(connection, make("d", ("none", 0, 1)))
        assert _versions(watch, "2") == [1]


def test_a_stream_relied_on_is_fenced_like_a_written_one(store_database: Database) -> None:
    with connect(store_database) as reader, connect(store_database) as writer, owner(store_database) as watch:
        with reader.transaction():
            write(reader, make("a", ("2", 0, 1), ("1", 0, 0)))
            late = aside(lambda: write(writer, make("b", ("1", 0, 1))))
            waits(watch, writer)
        late.result(timeout=20)
        turn(store_database)
        assert in_log(watch) == [(stream("2"), 1), (stream("1"), 1)]


@pytest.mark.parametrize("off_s", [-60, 60])
def test_a_recorded_time_far_from_the_clock_is_refused(store_database: Database, off_s: int) -> None:
    with connect(store_database) as connection:
        clock = connection.execute("select es.now()").fetchone()
        assert clock is not None
        wrong = clock[0] + timedelta(seconds=off_s)
        with pytest.raises(Conflict, match="recorded_at"):
            write(connection, make("a", ("1", 0, 1), recorded_at=wrong))
        with pytest.raises(Conflict, match="recorded_at"):
            write(connection, make("b", ("1", 0, 2), recorded_at=wrong))


def test_recorded_time_never_goes_back_in_a_stream(store_database: Database) -> None:
    with connect(store_database) as connection:
        first = make("a", ("1", 0, 1))
        earlier = first.heads[0].recorded_at - timedelta(seconds=1)
        write(connection, first)
        with pytest.raises(Conflict, match="before"):
            write(connection, make("b", ("1", 1, 1), recorded_at=earlier))
        write(connection, make("c", ("1", 1, 1), recorded_at=first.heads[0].recorded_at))


def test_an_event_larger_than_a_log_entry_is_refused(store_database: Database) -> None:
    with pytest.raises(TooLarge):
        make("a", ("1", 0, 1), padding=66_000)
    with connect(store_database) as connection:
        write(connection, make("b", ("1", 0, 1), padding=65_000))


def test_a_group_is_one_call_and_one_transaction(store_database: Database) -> None:
    with connect(store_database) as connection, owner(store_database) as watch:
        group = [make(f"g{n}", (f"{n}", 0, 1 + n % 2), claims=[(f"{n}", True)]) for n in range(16)]
        assert write(connection, *group) is None
        assert watch.execute("select count(distinct xid), count(*) from es.event").fetchone() == (1, 24)
        with pytest.raises(psycopg.Error, match="has been answered"):
            write(connection, make("new", ("new", 0, 1)), group[3])
        with pytest.raises(Conflict):
            write(connection, make("new", ("new", 0, 1)), make("old", ("1", 0, 1)))
        assert _versions(watch, "new") == []


def test_events_need_an_expected_stream(store_database: Database) -> None:
    with connect(store_database) as connection:
        whole = make("a", ("1", 0, 1), ("2", 0, 1))
        torn = Append(whole.request_id, whole.digest, whole.answer, whole.heads[:1], whole.events)
        with pytest.raises((Conflict, psycopg.errors.NotNullViolation)):
            write(connection, torn)


def test_appends_over_streams_in_any_order_do_not_deadlock(store_database: Database) -> None:
    def writer(number: int) -> list[str]:
        refusals: list[str] = []
        with connect(store_database) as connection:
            for round_ in range(25):
                keys = ("1", "2") if (number + round_) % 2 else ("2", "1")
                one = make(f"{number}.{round_}", *((key, _head(connection, key), 1) for key in keys))
                statement, parameters = append.call([one])
                try:
                    connection.execute(statement, parameters)
                except psycopg.Error as error:
                    refusals.append(str(error.sqlstate))
        return refusals

    futures = [aside(lambda n=n: writer(n)) for n in range(4)]
    refusals = [refusal for future in futures for refusal in future.result(timeout=60)]
    assert set(refusals) <= {"ES001", "ES003", "40001"}
    assert len(refusals) < 100
    until(lambda: turn(store_database) == 0)
    with owner(store_database) as watch:
        check(watch)


def _versions(connection: Connection, key: str) -> list[int]:
    query = "select version from es.event where stream_id = %s order by version"
    return [row[0] for row in connection.execute(query, [stream(key)])]


def _head(connection: Connection, key: str) -> int:
    row = connection.execute("select version from es.stream where stream_id = %s", [stream(key)]).fetchone()
    return 0 if row is None else row[0]
