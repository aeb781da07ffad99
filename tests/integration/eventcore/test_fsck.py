"""fsck finds what a superuser changed past privileges and triggers, and names the event."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from corrections.common.v1.common_pb2 import EventMeta
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from devstack.testing import Database
from eventcore import checkpoint, fsck_pages, gmssl
from eventcore.fsck import Report, fsck
from eventcore.link import Connection
from google.protobuf.timestamp_pb2 import Timestamp
from proofs.canonical import leaf_pair
from proofs.note import Signer, sign_checkpoint

from tests.integration.eventcore.writing import connect, make, owner, stream, turn, write

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
SIGNER = checkpoint.signer("guitu/guitu-test/education", KEY)
BOTH = replace(SIGNER, sm2=gmssl.load(gmssl.generate()))
OTHER = checkpoint.signer(SIGNER.name, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))


def _filled(database: Database, signer: Signer = SIGNER) -> None:
    with connect(database) as connection:
        for n in range(10):
            write(connection, make(f"{n}", (f"{n % 3}", n // 3, 1)))
    turn(database)
    with connect(database, "relay") as connection:
        checkpoint.sign(connection, signer)
    with connect(database) as connection:
        write(connection, make("waiting", ("0", 4, 1)))


def _tamper(connection: Connection, statement: str) -> Report:
    connection.execute("alter table es.event disable trigger history")
    connection.execute("alter table es.log disable trigger history")
    connection.execute(statement.encode())
    return fsck(connection, vkeys=[SIGNER.vkey])


def test_a_sound_store_passes(store_database: Database) -> None:
    _filled(store_database)
    with owner(store_database) as connection:
        report = fsck(connection, vkeys=[SIGNER.vkey])
    assert (report.fault, report.events, report.log_size, report.checkpoints) == (None, 11, 10, 2)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("update es.event set data = data || '\\x00' where version = 2", "event 3 .*do not give its leaf"),
        ("update es.event set meta = '\\x00' where version = 1", "event 0 .*do not give its leaf"),
        (
            "update es.event set recorded_at = recorded_at - interval '1 day' where version = 3",
            "event 6 .*recorded_at differs",
        ),
        ("update es.event set type = 'corrections.x.v1.Y' where version = 2", "event 3 .*type differs"),
        ("update es.event set leaf_sm3 = leaf_sha256 where version = 2", "event 3 .*leaves of log and event"),
        ("update es.log set leaf_sha256 = leaf_sm3 where seq = 4", "event 4 .*leaves of log and event"),
        ("delete from es.event where version = 2", "event 3 .*not in the store"),
        ("delete from es.log where seq = 5", "event 6 .*want 5"),
        ("delete from es.log where seq = 9", "ends at 9, a checkpoint was signed at 10"),
        (
            "update es.log set seq = -seq where seq in (1, 2); update es.log set seq = 3 + seq where seq < 0",
            "sha256 root over the first 10",
        ),
        (
            "update es.event set leaf_sha256 = substring(leaf_sha256 for 31),"
            " leaf_sm3 = substring(leaf_sha256 from 32) || leaf_sm3 where version = 2",
            "event 3 .*leaves of log and event",
        ),
        (
            "update es.log set leaf_sha256 = substring(leaf_sha256 for 31),"
            " leaf_sm3 = substring(leaf_sha256 from 32) || leaf_sm3 where seq = 4",
            "event 4 .*leaves of log and event",
        ),
        (
            "alter table es.event alter leaf_sm3 drop not null;"
            " update es.event set leaf_sm3 = null where version = 2",
            "event 3 .*leaves of log and event",
        ),
        (
            "alter table es.event alter subject drop not null; update es.event set subject = null where version = 2",
            "event 3 .*subject differs",
        ),
        ("update es.stream set version = version + 1", "the head says version"),
        ("delete from es.sequencer", "the sequencer has lost its place"),
        ("update es.checkpoint set size = -1 where tree = 'sm3'", "a checkpoint was signed at -1"),
        ("update es.checkpoint set note = 'x'", "checkpoint 10: want a text"),
        ("update es.sequencer set seq = seq + 1", "the sequencer is at 11, the log at 10"),
        (
            "update es.checkpoint set root = sha256('x') where tree = 'sha256'",
            "sha256 root over the first 10",
        ),
        ("update es.checkpoint set root = sha256('x') where tree = 'sm3'", "sm3 root over the first 10"),
        ("update es.checkpoint set tree = 'SM3' where tree = 'sm3'", "the signed note says something else"),
        ("update es.sequencer set frontier_sm3 = frontier_sha256", "the sequencer's SM3 frontier"),
        (
            "with e as (delete from es.event e using es.log l where l.seq = 8 and e.stream_id = l.stream_id"
            " and e.version = l.version returning e.*) delete from es.log where seq >= 8",
            "ends at 8",
        ),
    ],
)
def test_every_tampering_is_named(
    store_database: Database, monkeypatch: pytest.MonkeyPatch, statement: str, named: str
) -> None:
    _filled(store_database)
    with owner(store_database) as connection:
        report = _tamper(connection, statement)
        assert report.fault is not None
        assert pytest.RaisesExc(Exception, match=named).matches(Exception(report.fault)), report.fault
        monkeypatch.setattr(fsck_pages, "_PAGE", 3)
        assert fsck(connection, vkeys=[SIGNER.vkey]) == report


@pytest.mark.parametrize(
    "change",
    [
        EventMeta(version=2**63),
        EventMeta(recorded_at=Timestamp(seconds=2**62)),
        EventMeta(occurred_at=Timestamp(seconds=-(2**62))),
        EventMeta(stream_id=b"x" * 18),
        EventMeta(about=[b"abc"]),
    ],
    ids=["version", "recorded_at", "occurred_at", "stream_id", "about"],
)
def test_metadata_that_no_column_could_hold_is_named(store_database: Database, change: EventMeta) -> None:
    """Whoever can write everything makes the leaves to the metadata, in the store and in the log."""
    _filled(store_database)
    with owner(store_database) as connection:
        [meta, data] = connection.execute(
            "select e.meta, e.data from es.event e join es.log l using (stream_id, version) where l.seq = 4"
        ).fetchone() or (b"", b"")
        head = EventMeta.FromString(meta)
        head.MergeFrom(change)
        made = head.SerializeToString()
        sha256, sm3 = leaf_pair(made, data)
        connection.execute("alter table es.event disable trigger history")
        connection.execute("alter table es.log disable trigger history")
        connection.execute(
            "update es.event set meta = %s, leaf_sha256 = %s, leaf_sm3 = %s where meta = %s",
            [made, sha256, sm3, meta],
        )
        connection.execute("update es.log set leaf_sha256 = %s, leaf_sm3 = %s where seq = 4", [sha256, sm3])
        report = fsck(connection, vkeys=[SIGNER.vkey])
    assert "its metadata cannot be read" in str(report.fault)
    assert report.bad_seq == 4


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("update es.event set gen = 0 where version = 3", "event 0 .*order of transactions"),
        ("update es.event e set xid = (e.xid::text::bigint + 1000000)::text::xid8 from es.log l where l.seq = 5"
         " and l.stream_id = e.stream_id and l.version = e.version", "event 5 .*would number it again"),
        ("update es.sequencer set ord = ord - 1", "event 9 .*would number it again"),
    ],
)  # fmt: skip
def test_an_order_of_transactions_that_is_not_the_logs_is_named(
    store_database: Database, monkeypatch: pytest.MonkeyPatch, change: str, named: str
) -> None:
    """No leaf covers it, but the sequencer reads by it."""
    _filled(store_database)
    with owner(store_database) as connection:
        report = _tamper(connection, change)
        assert re.search(named, str(report.fault)), report.fault
        monkeypatch.setattr(fsck_pages, "_PAGE", 3)
        assert fsck(connection, vkeys=[SIGNER.vkey]).bad_seq == report.bad_seq


def test_an_event_that_no_page_has_in_the_order_of_transactions_is_named(
    store_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last one is put between the events of two pages: its own page then has too few."""
    _filled(store_database)
    monkeypatch.setattr(fsck_pages, "_PAGE", 4)
    with owner(store_database) as connection:
        report = _tamper(
            connection,
            "update es.event e set gen = o.gen, xid = o.xid from es.log l, es.log k"
            " join es.event o using (stream_id, version)"
            " where l.seq = 9 and l.stream_id = e.stream_id and l.version = e.version and k.seq = 3",
        )
    assert "order of transactions" in str(report.fault)
    assert report.bad_seq == 9


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ("root = sha256('x')", "the sha256 root over the first 4"),
        ("note = replace(note, 'AAAA', 'BBBB') || 'x'", "checkpoint 4: "),
    ],
)
def test_behind_a_checkpoint_that_lies_the_first_bad_event_is_still_named(
    store_database: Database, lie: str, said: str
) -> None:
    with connect(store_database) as connection, connect(store_database, "relay") as relay:
        for n in range(10):
            write(connection, make(f"{n}", (f"{n % 3}", n // 3, 1)))
            if n in {3, 6}:
                turn(store_database)
                checkpoint.sign(relay, SIGNER)
    turn(store_database)
    with owner(store_database) as connection:
        connection.execute(f"update es.checkpoint set {lie} where tree = 'sha256' and size = 4".encode())
        alone = fsck(connection, vkeys=[SIGNER.vkey])
        assert re.match(said, str(alone.fault)), alone.fault
        assert (alone.events, alone.checkpoints, alone.bad_seq) == (10, 3, None)
        other = sign_checkpoint(SIGNER.name, 5, bytes(32), SIGNER)
        for published in ([], [other], ["x"]):
            report = fsck(connection, vkeys=[SIGNER.vkey], published=published)
            assert report.events == 10
            assert report.fault
        report = _tamper(
            connection,
            "update es.event e set data = data || '\\x00' from es.log l where l.seq = 8"
            " and l.stream_id = e.stream_id and l.version = e.version",
        )
        assert re.match(f"event 8 .*do not give its leaf; {said}", str(report.fault)), report.fault
        assert (report.events, report.bad_seq) == (8, 8)


def test_a_log_that_was_signed_anew_is_not_what_was_published(store_database: Database) -> None:
    """Whoever has the log's key can edit an event, make all roots anew and sign them; others still hold the former."""
    _filled(store_database)
    with owner(store_database) as connection:
        published = [
            row[0] for row in connection.execute("select note from es.checkpoint order by tree desc")
        ]
        assert fsck(connection, vkeys=[SIGNER.vkey], published=published).fault is None
        connection.execute("delete from es.checkpoint")
        assert "nothing signs the log" in str(fsck(connection, vkeys=[SIGNER.vkey]).fault)
        former = checkpoint.sign(connection, SIGNER)
        assert former
        other = sign_checkpoint(SIGNER.name, 7, bytes(32), SIGNER)
        assert fsck(connection, vkeys=[SIGNER.vkey]).fault is None
        fault = fsck(connection, vkeys=[SIGNER.vkey], published=[other]).fault
        assert "the published checkpoint says" in str(fault)
        longer = sign_checkpoint(SIGNER.name, 11, bytes(32), SIGNER)
        fault = fsck(connection, vkeys=[SIGNER.vkey], published=[longer]).fault
        assert "the log ends at 10, a checkpoint was signed at 11" in str(fault)


def test_a_long_log_is_checked_in_processes_of_their_own(
    store_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _filled(store_database)
    with owner(store_database) as connection:
        sound = fsck(connection, vkeys=[SIGNER.vkey])
        monkeypatch.setattr(fsck_pages, "_PAGE", 4)
        monkeypatch.setattr(fsck_pages, "_LONG", 0)
        assert fsck(connection, vkeys=[SIGNER.vkey]) == sound
        connection.execute("alter table es.event disable trigger history")
        connection.execute("update es.event set data = data || '\\x00' where version = 2")
        connection.commit()  # the other processes see what is committed
        report = fsck(connection, vkeys=[SIGNER.vkey])
        assert (report.bad_seq, report.events) == (3, 3)
        assert "do not give its leaf" in str(report.fault)


def test_an_event_taken_out_of_the_middle_of_the_waiting_ones_is_named(store_database: Database) -> None:
    _filled(store_database)
    with owner(store_database) as connection:
        report = _tamper(connection, "update es.event set version = 9 where version = 5")
    assert report.fault is not None
    assert str(stream("0")) in report.fault


def test_a_checkpoint_of_another_key_is_refused(store_database: Database) -> None:
    _filled(store_database)
    with owner(store_database) as connection:
        assert fsck(connection).fault is None
        assert fsck(connection, vkeys=[OTHER.vkey]).fault is not None


def test_the_newest_checkpoint_bears_the_line_of_the_sm2_key_that_is_pinned(store_database: Database) -> None:
    _filled(store_database, BOTH)
    with owner(store_database) as connection:
        assert fsck(connection, vkeys=BOTH.vkeys).fault is None
        note = "select note from es.checkpoint where tree = 'sha256' order by size desc limit 1"
        [signed] = connection.execute(note).fetchone() or [""]
        *kept, ed25519, sm2 = signed.splitlines(keepends=True)
        flipped = sm2[:-5] + ("A" if sm2[-5] != "A" else "B") + sm2[-4:]
        for lines in ([ed25519], [ed25519, flipped]):
            change = "update es.checkpoint set note = %s where note = %s"
            changed = "".join([*kept, *lines])
            connection.execute(change, [changed, signed])
            assert fsck(connection, vkeys=[BOTH.vkey]).fault is None
            assert "checkpoint 10: " in str(fsck(connection, vkeys=BOTH.vkeys).fault)
            connection.execute(change, [signed, changed])


def test_the_position_of_the_bad_event_is_told(store_database: Database) -> None:
    _filled(store_database)
    with owner(store_database) as connection:
        assert (
            _tamper(connection, "update es.event set data = data || '\\x00' where version = 2").bad_seq == 3
        )
        connection.rollback()


@pytest.mark.parametrize(("ahead_s", "named"), [(70, "event 2 .*more than 60 s before"), (50, "")])
def test_a_recorded_time_that_falls_along_the_log_is_named(
    store_database: Database, ahead_s: int, named: str
) -> None:
    """The clock is put forward for a while, and back: the event after it would pass for an older one."""
    clock = "create or replace function es.now() returns timestamptz language sql volatile as 'select clock_timestamp(){}'"
    with owner(store_database) as administrator, connect(store_database) as connection:
        write(connection, make("before", ("0", 0, 1)))
        administrator.execute(clock.format(f" + interval ''{ahead_s} seconds''").encode())
        write(
            connection, make("ahead", ("1", 0, 1), recorded_at=datetime.now(UTC) + timedelta(seconds=ahead_s))
        )
        administrator.execute(clock.format("").encode())
        write(connection, make("after", ("2", 0, 1)))
        write(connection, make("later", ("2", 1, 1)))
        turn(store_database)
        report = fsck(administrator)
        assert bool(report.fault) == bool(named)
        assert re.search(named, report.fault or ""), report.fault
        assert (report.events, report.bad_seq) == (4, 2 if named else None)
        # whatever else is wrong is named first, though it stands behind
        changed = "update es.event set data = data || '\\x00' where stream_id = '{}' and version = 2"
        report = _tamper(administrator, changed.format(stream("2")))
    assert "event 3 " in str(report.fault)
    assert report.bad_seq == 3
