"""G1 to G6 as a state machine: any sequence of appends, repeats, claims and torn transactions against a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID

import psycopg
import pytest
from devstack.testing import Database
from eventcore.append import Append
from eventcore.errors import AlreadyExists, Claimed, Conflict
from eventcore.link import Connection
from eventcore.sequencer import number
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.integration.eventcore.checker import check
from tests.integration.eventcore.writing import connect, make, owner, stream, write

KEYS = st.sampled_from(["1", "2", "3"])
OFF = st.sampled_from([0, 0, 0, 0, 1, -1])
COUNTS = st.integers(0, 3)
VALUES = st.sampled_from(["a", "b"])


class _Machine(RuleBasedStateMachine):
    """The model: versions, claims and answers as plain dictionaries."""

    serve: Connection
    relay: Connection
    owner: Connection

    def __init__(self) -> None:
        super().__init__()
        self.owner.execute(
            "set session_replication_role = replica; alter table es.event disable trigger history;"
            " alter table es.log disable trigger history; truncate es.event, es.log, es.stream, es.request, es.claim;"
            " alter table es.event enable always trigger history; alter table es.log enable always trigger history;"
            " update es.sequencer set seq = 0, frontier_sha256 = '{}', size_sm3 = 0, frontier_sm3 = '{}'"
        )
        self.versions: dict[str, int] = {}
        self.claims: dict[str, str] = {}
        self.answers: dict[UUID, Append] = {}
        self.count = 0

    @rule(streams=st.dictionaries(KEYS, st.tuples(OFF, COUNTS), min_size=1, max_size=3))
    def append(self, streams: dict[str, tuple[int, int]]) -> None:
        """Versions of a stream are contiguous; several streams are all or nothing."""
        self.count += 1
        wanted = [(k, max(0, self.versions.get(k, 0) + off), n) for k, (off, n) in streams.items()]
        one = make(f"{self.count}", *wanted)
        if all(expected == self.versions.get(key, 0) for key, expected, _ in wanted):
            assert write(self.serve, one) is None
            self.versions.update({key: expected + n for key, expected, n in wanted})
            self.answers[one.request_id] = one
        else:
            with pytest.raises(Conflict):
                write(self.serve, one)

    @rule(key=KEYS, n=COUNTS)
    def tear(self, key: str, n: int) -> None:
        """What is rolled back never was."""
        self.count += 1
        with self.serve.transaction(force_rollback=True):
            write(self.serve, make(f"{self.count}", (key, self.versions.get(key, 0), n)))

    @rule(data=st.data(), other=st.booleans())
    def repeat(self, data: st.DataObject, other: bool) -> None:
        """The same request has the same answer; other content is refused."""
        if not self.answers:
            return
        first = data.draw(st.sampled_from(list(self.answers.values())))
        digest = b"other" if other else first.digest
        again = Append(first.request_id, digest, b"new answer", first.heads, first.events)
        if other:
            with pytest.raises(AlreadyExists):
                write(self.serve, again)
        else:
            assert write(self.serve, again) == first.answer

    @rule(key=KEYS, value=VALUES, held=st.booleans())
    def claim(self, key: str, value: str, held: bool) -> None:
        """A value is held by one stream."""
        self.count += 1
        one = make(f"{self.count}", (key, self.versions.get(key, 0), 1), claims=[(value, held)])
        if held and self.claims.get(value, key) != key:
            with pytest.raises(Claimed):
                write(self.serve, one)
            return
        write(self.serve, one)
        self.versions[key] = self.versions.get(key, 0) + 1
        if held:
            self.claims[value] = key
        elif self.claims.get(value) == key:
            del self.claims[value]

    @rule()
    def sequence(self) -> None:
        """The log holds each event once, in order."""
        number(self.relay)

    @invariant()
    def store_equals_model(self) -> None:
        rows = self.owner.execute(
            "select stream_id, count(*), max(version) from es.event group by 1"
        ).fetchall()
        stored = {row[0]: (row[1], row[2]) for row in rows}
        assert stored == {stream(k): (v, v) for k, v in self.versions.items() if v}
        claims = dict(
            self.owner.execute("select convert_from(value, 'UTF8'), stream_id from es.claim").fetchall()
        )
        assert claims == {value: stream(key) for value, key in self.claims.items()}

    def teardown(self) -> None:
        number(self.relay)
        check(self.owner)


@pytest.fixture
def machine(store_database: Database) -> Iterator[type[_Machine]]:
    with ExitStack() as stack:

        class Machine(_Machine):
            serve = stack.enter_context(connect(store_database))
            relay = stack.enter_context(connect(store_database, "relay"))
            owner = stack.enter_context(owner(store_database))

        yield Machine


def test_any_sequence_of_appends_keeps_the_promises(machine: type[_Machine]) -> None:
    bounded = settings(
        max_examples=25,
        stateful_step_count=15,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(machine, settings=bounded)


def test_the_machine_notices_a_store_that_lies(machine: type[_Machine]) -> None:
    made = machine()
    made.versions["1"] = 1
    with pytest.raises(AssertionError):
        made.store_equals_model()
    with pytest.raises(psycopg.Error):
        machine.serve.execute("truncate es.event")
