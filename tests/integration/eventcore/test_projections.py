"""Projections of the own log (eventstore.md section 5)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from corrections.education.v1.events_pb2 import (
    EducationOpened,
    SessionArranged,
    SessionAttended,
    SessionMissed,
)
from devstack.testing import DatabaseFactory
from education.projections.sessions import SESSIONS
from eventcore import ids, parking, readers
from eventcore.event import Event
from eventcore.inbox import Fenced
from eventcore.link import Link, connecting
from eventcore.past import SIZE_AT, Moment, Past
from eventcore.positions import positions
from eventcore.projection import Projection, Projections
from eventcore.rebuild import NotByItself, NotTheSame, ReadersStay, Rebuild
from eventcore.testing import instant
from eventcore.testing_log import TestLog
from eventcore.tx import Tx
from eventcore.unpark import Unparked, Unparker
from lawkit.counting import end_of_day

from tests.integration.migrated import migrated

INSTALLATION = "guitu-test"
SERVICE = "education"
TABLE = """
create table attendance (subject uuid primary key, opened int not null default 0, arranged int not null default 0,
  attended int not null default 0, last_version bigint not null)
"""


class Crash(BaseException):
    """The process ends here."""


def count(column: str) -> Callable[[Tx, Event], None]:
    def handle(tx: Tx, event: Event) -> None:
        tx.execute(
            f"insert into attendance as a (subject, {column}, last_version) values (%s, 1, %s)"
            f" on conflict (subject) do update set {column} = a.{column} + 1, last_version = excluded.last_version",
            (event.subject, event.version),
        )

    return handle


ATTENDANCE = Projection(
    "attendance",
    {
        EducationOpened: count("opened"),
        SessionArranged: count("arranged"),
        SessionAttended: count("attended"),
    },
    ("attendance",),
    key="subject",
)


def rows(log: TestLog) -> list[Any]:
    return log.conn.execute("select * from attendance order by subject").fetchall()


def turn_all(readers: Projections) -> int:
    return sum(iter(readers.turn, 0))


@pytest.fixture
def log(database_factory: DatabaseFactory) -> Iterator[TestLog]:
    made = TestLog(
        migrated(database_factory, "education").dsn, installation=INSTALLATION, service="education"
    )
    made.conn.execute(TABLE)
    yield made
    made.close()


def link(log: TestLog) -> Link:
    return Link(connecting(log.dsn, "test"))


def reading(
    log: TestLog, *projections: Projection, page: int = 500, between: Callable[[str], None] = lambda _: None
) -> closing[Projections]:
    chosen = projections or (ATTENDANCE,)
    return closing(
        Projections(link(log), chosen, installation=INSTALLATION, service=SERVICE, page=page, between=between)
    )


def rebuilding(log: TestLog, batch: int = 200) -> closing[Rebuild]:
    return closing(Rebuild(link(log), ATTENDANCE, installation=INSTALLATION, service=SERVICE, batch=batch))


def fill(log: TestLog, cases: int = 7) -> None:
    for n in range(cases):
        log.write(f"case/{n}", EducationOpened(), SessionArranged(session_id="s"))
    for n in range(0, cases, 2):
        log.write(f"case/{n}", SessionAttended(session_id="s"))
    log.sequence()


def test_rows_and_position_commit_together_whatever_crashes(log: TestLog) -> None:
    fill(log)
    for step in ("read", "moved", "handled", "committed"):
        steps: list[str] = []

        def crash(now: str, at: str = step, seen: list[str] = steps) -> None:
            seen.append(now)
            if now == at and seen.count(at) == 2:
                raise Crash

        with reading(log, page=3, between=crash) as crashing, pytest.raises(Crash):
            turn_all(crashing)
    with reading(log, page=3) as survivor:
        turn_all(survivor)
    assert sorted({r[1:] for r in rows(log)}, reverse=True) == [(1, 1, 1, 3), (1, 1, 0, 2)]
    assert positions(log.conn).projections == {"attendance": positions(log.conn).log_end}


def test_a_zombie_cannot_write_rows(log: TestLog) -> None:
    fill(log)
    with reading(log, page=3) as zombie:
        zombie.turn()
        with reading(log) as live:
            turn_all(live)
        before = rows(log)
        with pytest.raises(Fenced):
            zombie.turn()
        assert zombie.turn() == 0
    assert rows(log) == before


def test_projections_at_different_positions_meet(log: TestLog) -> None:
    fill(log)
    with reading(log, page=4) as first:
        first.turn()
    log.conn.execute("create table other (n int)")

    def note(tx: Tx, event: Event) -> None:
        tx.execute("insert into other values (%s)", (event.seq,))

    with reading(log, ATTENDANCE, Projection("other", {SessionArranged: note}, ("other",))) as both:
        turn_all(both)
    assert len(set(positions(log.conn).projections.values())) == 1
    assert log.conn.execute("select count(*), count(distinct n) from other").fetchone() == (7, 7)
    assert sum(r[2] for r in rows(log)) == 7


def test_only_the_failing_stream_of_the_own_log_waits(log: TestLog) -> None:
    fill(log)
    broken, healed = log.subject("case/2"), False

    def arranged(tx: Tx, event: Event) -> None:
        if event.subject == broken and not healed:
            raise ValueError("cannot")
        count("arranged")(tx, event)

    projection = Projection("attendance", {**ATTENDANCE.handle, SessionArranged: arranged}, ("attendance",))
    with reading(log, projection, page=5) as live:
        turn_all(live)
        log.write("case/2", SessionArranged(session_id="t"))
        log.sequence()
        turn_all(live)
    assert [(p.version, p.error, p.attempts) for p in parking.list_parked(log.conn)] == [
        (2, "ValueError: cannot", 1),
        (3, "", 0),
        (4, "", 0),
    ]
    assert {r[0] for r in rows(log) if r[2]} == {log.subject(f"case/{n}") for n in (0, 1, 3, 4, 5, 6)}

    source, stream = f"{INSTALLATION}/{SERVICE}", log.stream("case/2")
    fetch = log.fetch_missing
    with closing(
        Unparker(link(log), [projection], fetch, installation=INSTALLATION, service=SERVICE)
    ) as unparker:
        assert unparker.unpark("attendance", source, stream) == Unparked(0, 3)
        assert parking.list_parked(log.conn)[0].attempts == 2
        healed = True
        assert unparker.unpark("attendance", source, stream) == Unparked(3, 0)
    assert parking.list_parked(log.conn) == []
    assert [r[1:] for r in rows(log) if r[0] == broken] == [(1, 2, 1, 4)]


def test_rebuild_equals_live(log: TestLog) -> None:
    fill(log)
    with reading(log) as live, rebuilding(log, batch=4) as rebuild:
        turn_all(live)
        log.conn.execute("grant select on attendance to public")
        rebuild.begin()
        rebuild.step()
        log.write("case/3", SessionAttended(session_id="s"))  # live goes on meanwhile
        log.sequence()
        turn_all(live)
        report, clocks = rebuild.finish()
        assert clocks.equal
        assert (report.equal, report.new_rows) == (True, 7)
        granted = "select has_table_privilege('education_serve', 'attendance', 'select')"
        assert log.conn.execute(granted).fetchone() == (True,)
        log.write("case/3", SessionAttended(session_id="s"))
        log.sequence()
        turn_all(live)  # the swapped-in table is the live one
    assert max(r[3] for r in rows(log)) == 2


def test_readers_see_old_then_new(log: TestLog) -> None:
    """G27: readers in one snapshot, a live projection and appends go on while the tables are made anew and swapped in."""
    fill(log, cases=12)
    ending, wrong, seen = threading.Event(), list[object](), list[int]()

    def read() -> None:
        with psycopg.connect(log.dsn) as conn:
            conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            while not ending.is_set():
                with conn.transaction():
                    # as a list does: the position first, the rows of the same moment after it
                    position = conn.execute(
                        "select seq from es.projection where name = 'attendance'"
                    ).fetchone()
                    found = conn.execute(
                        "select coalesce(sum(opened + arranged + attended), 0), "
                        "(select count(*) from es.log l where l.seq < %s) from attendance",
                        position,
                    ).fetchone()
                    assert found is not None
                    seen.append(found[0])
                    if found[0] != found[1]:
                        wrong.append(found)

    def write() -> None:
        with (
            closing(TestLog(log.dsn, installation=INSTALLATION, service="education")) as other,
            reading(log, page=7) as live,
        ):
            n = 0
            while not ending.is_set():
                other.write(f"late/{n}", EducationOpened(), SessionArranged(session_id="s"))
                other.sequence()
                live.turn()
                n += 1

    with reading(log) as live:
        turn_all(live)
    threads = [threading.Thread(target=one) for one in (read, read, write)]
    for one in threads:
        one.start()
    try:
        with rebuilding(log, batch=3) as rebuild:
            for _ in range(3):
                assert all(report.equal for report in rebuild.run())
                read_before = len(seen)
                until(lambda before=read_before: len(seen) > before + 20)
    finally:
        ending.set()
        for one in threads:
            one.join()
    assert wrong == []
    assert min(seen) >= 30
    assert max(seen) > min(seen)


def test_no_batch_of_a_rebuild_holds_the_sequencer_back(log: TestLog) -> None:
    fill(log)
    with reading(log) as live, rebuilding(log, batch=2) as rebuild:
        turn_all(live)
        rebuild.begin()
        while rebuild.step():
            held = log.conn.execute(
                "select count(*) from pg_stat_activity where application_name = 'test' and backend_xid is not null"
            ).fetchone()
            assert held == (0,)


def test_a_reader_who_stays_stops_the_swap_and_nothing_is_changed(
    log: TestLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(log)
    monkeypatch.setattr("eventcore.rebuild._READERS_END_S", 0.2)
    with reading(log) as live:
        turn_all(live)
    before = rows(log)
    with psycopg.connect(log.dsn) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("select 1")
        with rebuilding(log) as rebuild, pytest.raises(ReadersStay):
            rebuild.run()
        assert rows(log) == before
        # the snapshot still sees every row
        assert reader.execute("select count(*) from attendance").fetchone() == (len(before),)
    with rebuilding(log) as rebuild:
        assert all(report.equal for report in rebuild.run())


def test_a_clock_that_differs_from_the_log_is_made_right(log: TestLog) -> None:
    due = datetime(2026, 4, 1, tzinfo=UTC)

    def arranged(tx: Tx, event: Event) -> None:
        count("arranged")(tx, event)
        tx.deadline("session", event.subject, due, None, rule="education.session", since=date(2026, 3, 1))

    clocked = Projection("attendance", {SessionArranged: arranged}, ("attendance",))
    fill(log)
    with reading(log, clocked) as live:
        turn_all(live)
    lost, moved, *_ = sorted(log.subject(f"case/{n}") for n in range(7))
    log.conn.execute("delete from es.deadline where subject = %s", (lost,))
    log.conn.execute("update es.deadline set due_at = due_at + interval '1 day' where subject = %s", (moved,))
    log.conn.execute(
        "insert into es.deadline (deadline_id, name, subject, owner, due_at, rule, provisional, correlation, causation)"
        " select gen_random_uuid(), 'nothing', gen_random_uuid(), owner, due_at, rule, provisional, correlation, causation"
        " from es.deadline limit 1"
    )
    with closing(Rebuild(link(log), clocked, installation=INSTALLATION, service=SERVICE)) as rebuild:
        with pytest.raises(NotTheSame, match=r"es\.deadline"):
            rebuild.run()
        rebuild.run(accept=True)
        assert all(report.equal for report in rebuild.check())
    found = log.conn.execute("select name, due_at, count(*) from es.deadline group by 1, 2").fetchall()
    assert found == [("session", due, 7)]


def until(true: Callable[[], bool], limit_s: float = 90.0) -> None:
    """Returns when the condition holds; fails the test after the limit."""
    end, pause = time.monotonic() + limit_s, threading.Event()
    while not true():
        assert time.monotonic() < end
        pause.wait(0.01)


def test_a_rebuild_that_differs_is_refused_and_changes_nothing(log: TestLog) -> None:
    fill(log)
    with reading(log) as live:
        turn_all(live)
    log.conn.execute("update attendance set attended = 9 where subject = %s", (log.subject("case/1"),))
    with rebuilding(log) as rebuild:
        with pytest.raises(NotTheSame, match="attendance"):
            rebuild.run()
        assert 9 in {r[3] for r in rows(log)}
        rebuild.run(accept=True)
    assert 9 not in {r[3] for r in rows(log)}


def test_one_subject_is_rebuilt_alone(log: TestLog) -> None:
    fill(log)
    with reading(log) as live:
        turn_all(live)
    right = rows(log)
    log.conn.execute("update attendance set attended = 9")
    with rebuilding(log) as rebuild:
        with pytest.raises(NotTheSame, match="attendance"):
            rebuild.one(log.subject("case/1"))
        assert [r[3] for r in rows(log)] == [9] * 7
        rebuild.one(log.subject("case/1"), accept=True)
    wrong = {r[0] for r in rows(log) if r not in right}
    assert wrong == {log.subject(f"case/{n}") for n in (0, 2, 3, 4, 5, 6)}


def test_the_clocks_of_one_subject_are_made_right_with_its_rows(log: TestLog) -> None:
    due = datetime(2026, 4, 1, tzinfo=UTC)

    def arranged(tx: Tx, event: Event) -> None:
        count("arranged")(tx, event)
        tx.deadline("session", event.subject, due, None, rule="education.session", since=date(2026, 3, 1))

    clocked = Projection("attendance", {SessionArranged: arranged}, ("attendance",), key="subject")
    fill(log)
    with reading(log, clocked) as live:
        turn_all(live)
    log.conn.execute("update es.deadline set due_at = due_at + interval '1 day'")
    one = log.subject("case/1")
    with closing(Rebuild(link(log), clocked, installation=INSTALLATION, service=SERVICE)) as rebuild:
        with pytest.raises(NotTheSame, match=r"es\.deadline"):
            rebuild.one(one)
        rebuild.one(one, accept=True)
        assert all(report.equal for report in rebuild.one(one))
    found = log.conn.execute("select subject from es.deadline where due_at = %s", (due,)).fetchall()
    assert found == [(one,)]


def test_the_rows_of_one_stream_are_rebuilt_alone(log: TestLog) -> None:
    log.conn.execute("create table arrangement (stream_id uuid primary key, n int not null)")

    def arranged(tx: Tx, event: Event) -> None:
        tx.execute(
            "insert into arrangement as a values (%s, 1) on conflict (stream_id) do update set n = a.n + 1",
            (event.stream_id,),
        )

    by_stream = Projection("by-stream", {SessionArranged: arranged}, ("arrangement",), key="stream_id")
    fill(log)
    with reading(log, by_stream) as live:
        turn_all(live)
        log.write("case/1", SessionArranged(session_id="t"))
        log.sequence()  # the live projection has not read it yet, and will
        log.conn.execute("update arrangement set n = 9")
        one = log.stream("case/1")
        with closing(Rebuild(link(log), by_stream, installation=INSTALLATION, service=SERVICE)) as rebuild:
            [report] = rebuild.one(one, accept=True)
            assert (report.old_rows, report.new_rows, report.equal) == (1, 1, False)
        assert log.conn.execute("select n from arrangement where stream_id = %s", (one,)).fetchone() == (1,)
        turn_all(live)
    assert log.conn.execute("select n from arrangement where stream_id = %s", (one,)).fetchone() == (2,)
    assert log.conn.execute("select count(*) from arrangement where n = 9").fetchone() == (6,)


def test_rows_of_nobody_are_rebuilt_whole_alone(log: TestLog) -> None:
    fill(log)
    whole = Projection("attendance", ATTENDANCE.handle, ("attendance",), key="")
    made = Rebuild(link(log), whole, installation=INSTALLATION, service=SERVICE)
    with closing(made) as rebuild, pytest.raises(NotByItself):
        rebuild.one(log.subject("case/1"), accept=True)


@pytest.fixture
def education(database_factory: DatabaseFactory) -> Iterator[TestLog]:
    """Education's own tables and projection, and a clock that the test sets."""
    made = TestLog(
        migrated(database_factory, SERVICE, "education").dsn,
        installation=INSTALLATION,
        service=SERVICE,
        packages=["education"],
        simulated_clock=True,
    )
    yield made
    made.close()


def live(log: TestLog) -> None:
    """Everything written is in the log and in the live tables."""
    log.sequence()
    with closing(Projections(link(log), [SESSIONS], installation=INSTALLATION, service=SERVICE)) as readers:
        turn_all(readers)


def size_at(log: TestLog, known: str) -> int:
    [(size,)] = log.conn.execute(SIZE_AT, {"known_at": instant(known)}).fetchall()
    return size


def sessions(log: TestLog, moment: Moment, projection: Projection = SESSIONS) -> list[Any]:
    """The list of sessions at the moment."""
    past = Past(link(log), [projection], installation=INSTALLATION, service=SERVICE)
    with closing(past):
        past.make(moment)
        return past.fetch("select case_id, session_id, state from session order by case_id, session_id", {})


def test_a_late_fact_changes_one_clock_only(education: TestLog) -> None:
    log, case = education, "case/1"
    log.set_clock(instant("2026-02-01T09:00"))
    stream = log.write(
        case, EducationOpened(county="330203"), SessionArranged(session_id="s", on="2026-02-10")
    )
    log.set_clock(instant("2026-02-11T00:00"))
    log.write(case, SessionMissed(session_id="s"))
    live(log)
    log.set_clock(instant("2026-02-20T09:00"))
    log.write(
        case,
        SessionAttended(session_id="s"),
        occurred_at=instant("2026-02-10T18:00"),
        corrects=ids.event_id(stream, 3),
    )
    live(log)

    def state(as_of: str, known: str) -> str:
        before = end_of_day(date.fromisoformat(as_of))
        [(_, _, found)] = sessions(log, Moment(size_at(log, known), before))
        return found

    # what was so on a day before the fact is the same, whenever it is asked
    assert state("2026-02-09", "2026-02-09T12:00") == state("2026-02-09", "2026-02-25T12:00") == "ARRANGED"
    # what was known before the correction stays what it was, whatever day is asked about
    assert state("2026-02-10", "2026-02-15T12:00") == "ARRANGED"
    assert state("2026-02-15", "2026-02-15T12:00") == "MISSED"
    # what is known since changes the days since the fact
    assert state("2026-02-10", "2026-02-25T12:00") == state("2026-02-15", "2026-02-25T12:00") == "ATTENDED"


def test_the_past_is_what_the_first_events_lead_to(education: TestLog) -> None:
    log = education
    steps = [
        EducationOpened(county="330203"),
        SessionArranged(session_id="s", on="2026-02-10"),
        SessionMissed(session_id="s"),
    ]
    for day_ in range(3):
        for n in range(4):
            log.set_clock(instant(f"2026-02-{1 + 4 * day_ + n:02d}T09:00"))
            log.write(
                f"case/{n}", steps[day_], occurred_at=instant(f"2026-02-{1 + 3 * day_ + n % 2:02d}T08:00")
            )
    live(log)
    whole = replace(SESSIONS, key="")  # nothing is taken from the live tables
    for size in range(readers.log_end(log.conn) + 1):
        for before in (None, *(instant(f"2026-02-{day_:02d}T08:30") for day_ in (1, 3, 5, 8))):
            moment = Moment(size, before)
            assert sessions(log, moment) == sessions(log, moment, whole), moment
    assert len(sessions(log, Moment(readers.log_end(log.conn)))) == 4


def test_a_known_time_is_one_size_of_the_log_for_ever(education: TestLog) -> None:
    log = education
    assert size_at(log, "2026-02-01T00:00") == 0
    for day_ in range(1, 20):
        log.set_clock(instant(f"2026-02-{day_:02d}T09:00"))
        log.write(f"case/{day_}", EducationOpened())
    log.sequence()
    found = {day_: size_at(log, f"2026-02-{day_:02d}T12:00") for day_ in range(1, 20)}
    assert found == {day_: day_ for day_ in range(1, 20)}
    assert size_at(log, "2026-02-10T09:00") == 10
    assert size_at(log, "2026-02-10T08:59") == 9
    assert size_at(log, "2026-12-31T00:00") == 19
    # of two appends under way at once the later one may come first: what was recorded after the instant ends the answer
    log.set_clock(instant("2026-02-21T09:00:05"))
    log.write("case/21", EducationOpened())
    log.set_clock(instant("2026-02-21T09:00:00"))
    log.write("case/22", EducationOpened())
    log.sequence()
    assert [size_at(log, f"2026-02-21T09:00:0{s}") for s in (0, 4, 5)] == [19, 19, 21]
